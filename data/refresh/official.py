"""Tables from official statistics: BLS wages and projections, Census firm survey, O*NET; and Epoch AI."""

import numpy as np
import pandas as pd
from sources import RefreshError, Sources, read, vocabulary

OCCUPATIONS = vocabulary()["occupations"]
_OWNERS, _SECTORS = vocabulary()["owners"], vocabulary()["sectors"]
_OEWS = {
    "TOT_EMP": "employment",
    "EMP_PRSE": "employment_rse",
    "A_MEAN": "mean",
    "MEAN_PRSE": "mean_rse",
    "A_PCT10": "p10",
    "A_PCT25": "p25",
    "A_MEDIAN": "median",
    "A_PCT75": "p75",
    "A_PCT90": "p90",
}
_TOP_CODED, _NOT_RELEASED = "#", ("*", "**", "-", "")
_METROS = 40
_SPAN = "2024\u201334"  # with the dash that the publisher prints


def wages(sources: Sources) -> pd.DataFrame:
    """Build `wages`: official employment and pay by occupation, for the nation and its parts."""

    def part(file: str, *columns: str) -> pd.DataFrame:
        path = sources.path("bls-oews", file)
        frame = read(path, ["OCC_CODE", *_OEWS, *columns])
        return frame[frame["OCC_CODE"].isin(OCCUPATIONS)]

    nation = part("national_may2020_may2025.csv", "OEWS_YEAR", "O_GROUP")
    # Some years list a broad group under the code of its only member as well.
    nation = nation[nation["O_GROUP"].isin(["total", "major", "detailed"])]
    nation = nation.assign(area_type="nation", area="United States", year=nation["OEWS_YEAR"])
    industry = part("industry_may2025.csv", "industry_code", "display_level").assign(year="2025")
    code = industry["industry_code"].str[:2]
    sector = industry.assign(area_type="sector", area=code.map(_SECTORS))
    sector = sector[(industry["display_level"] == "2") & industry["industry_code"].str.contains("-")]
    owner = industry.assign(area_type="owner", area=industry["industry_code"].map(_OWNERS)).dropna(
        subset="area"
    )
    state = part("state_may2025.csv", "AREA_TITLE").assign(area_type="state", year="2025")
    metro = part("metro_may2025.csv", "AREA_TITLE").assign(area_type="metro", year="2025")
    jobs = metro.loc[metro["OCC_CODE"] == "00-0000"].set_index("AREA_TITLE")["TOT_EMP"]
    metro = metro[metro["AREA_TITLE"].isin(pd.to_numeric(jobs, "coerce").nlargest(_METROS).index)]
    parts = [frame.assign(area=frame["AREA_TITLE"]) for frame in (state, metro)]
    table = pd.concat([nation, sector, owner, *parts]).rename(columns={"OCC_CODE": "code"})
    table = table.assign(occupation=table["code"].map(OCCUPATIONS), year=table["year"].astype("int64"))
    table["note"] = oews_notes(table)
    for symbol, name in _OEWS.items():
        kind = "Float64" if name.endswith("_rse") else "Int64"
        table[name] = oews_numbers(table[symbol]).astype(kind)
    order = ["area_type", "area", "year", "code", "occupation", *_OEWS.values(), "note"]
    ranks = {kind: rank for rank, kind in enumerate(("nation", "sector", "owner", "state", "metro"))}
    table["rank"] = table["area_type"].map(ranks)
    return table.sort_values(["rank", "area", "year", "code"], kind="stable")[order]


def oews_numbers(column: pd.Series) -> pd.Series:
    """Turn OEWS text into numbers; every symbol for a value that is withheld becomes missing.

    Raises
    ------
    RefreshError
        If a value is neither a number nor one of the publisher's symbols.
    """
    withheld = column.isin([_TOP_CODED, *_NOT_RELEASED])
    values = pd.to_numeric(column.str.replace(",", "").where(~withheld), errors="coerce")
    unknown = column[values.isna() & ~withheld]
    if len(unknown):
        raise RefreshError(
            f"The wage column {column.name} holds {unknown.iloc[0]!r}, which is no known symbol."
        )
    return values


def oews_notes(table: pd.DataFrame) -> pd.Series:
    """Say for each row of OEWS text which values are withheld, and why; missing where none is."""
    texts = {
        "not released": table[list(_OEWS)].isin(_NOT_RELEASED),
        "at or above the top code": table[list(_OEWS)] == _TOP_CODED,
    }
    notes = pd.Series("", index=table.index)
    for text, mask in texts.items():
        found = mask.rename(columns=_OEWS).apply(lambda row: ", ".join(row.index[row]), axis=1)
        added = (found + f": {text}").where(found != "", "")
        notes = notes.where((notes == "") | (added == ""), notes + "; ") + added
    return notes.replace("", pd.NA)


def projections(sources: Sources) -> pd.DataFrame:
    """Build `projections` from tables 1.2 and 1.10 of the 2024-34 round."""
    path = sources.path("bls-ep", "table_1_2_occupational_projections_2024_2034.csv")
    names = {
        "2024 National Employment Matrix title": "occupation",
        "2024 National Employment Matrix code": "code",
        "Occupation type": "type",
        "Employment, 2024": "employment_2024",
        "Employment, 2034": "employment_2034",
        f"Employment change, numeric, {_SPAN}": "change",
        f"Employment change, percent, {_SPAN}": "change_percent",
        "Percent self employed, 2024": "self_employed",
        f"Occupational openings, {_SPAN} annual average": "openings",
        "Typical education needed for entry": "education",
        "Work experience in a related occupation": "experience",
        "Typical on-the-job training needed to attain competency in the occupation": "training",
    }
    table = read(path, names)[list(names)].rename(columns=names).replace("—", pd.NA)
    path = sources.path("bls-ep", "table_1_10_separations_openings_2024_2034_soc15.csv")
    leaving = {
        "2024 National Employment Matrix code": "code",
        f"Labor force exits, {_SPAN} annual average": "leave_work",
        f"Occupational transfers, {_SPAN} annual average": "change_occupation",
    }
    table = table.merge(read(path, leaving)[list(leaving)].rename(columns=leaving), how="left", on="code")
    text = ["code", "occupation", "type", "education", "experience", "training"]
    numbers = table.columns.difference(text)
    table[numbers] = table[numbers].apply(pd.to_numeric).astype("Float64")
    detailed = table["type"] == "Line item"
    table["growth_rank"] = table["change_percent"].where(detailed).rank(method="min", ascending=False)
    level = np.select(
        [table["code"] == "00-0000", table["code"].str.endswith("-0000")], ["total", "major group"], "group"
    )
    table = table.assign(
        level=np.where(detailed, "occupation", level),
        occupation=table["occupation"].str.strip(),
        growth_rank=table["growth_rank"].astype("Int64"),
    )
    wanted = (
        table["code"].str.startswith("15-")
        | table["level"].isin(["total", "major group"])
        | table["code"].isin(OCCUPATIONS)
        | (table["growth_rank"] <= 20)
    )
    order = ["code", "occupation", "level", "employment_2024", "employment_2034", "change", "change_percent"]
    order += ["growth_rank", "openings", "leave_work", "change_occupation", "self_employed"]
    return table.loc[wanted, [*order, "education", "experience", "training"]]


def firm_ai_use(sources: Sources) -> pd.DataFrame:
    """Build `firm_ai_use`: the share of firms that answer yes, by sector and survey period."""
    folder = "census-btos-ai"
    keys = ["Sector", "Question ID", "period"]

    def answers(level: str, kind: str) -> pd.DataFrame:
        path = sources.path(folder, f"{level}_{kind}.csv")
        frame = read(path, ["Question ID", "Answer"])
        frame = frame[frame["Answer"] == "Yes"]
        if level == "national":
            frame = frame.assign(Sector="00")
        periods = [column for column in frame.columns if column.isdigit()]
        long = frame.melt(["Sector", "Question ID"], periods, "period", kind)
        return long.assign(**{kind: percent(long[kind])})

    table = pd.concat(
        answers(level, "estimates").merge(answers(level, "se"), on=keys, validate="one_to_one")
        for level in ("national", "sector")
    )
    path = sources.path(folder, "collection_and_reference_dates.csv")
    dates = read(path, ["Smpdt", "Col Start", "Col End"]).set_index("Smpdt")
    for name, column in (("start", "Col Start"), ("end", "Col End")):
        table[name] = pd.to_datetime(table["period"].map(dates[column]), format="%m/%d/%Y")
    table = table.assign(
        sector=table["Sector"],
        name=table["Sector"].map({"00": "All sectors", **_SECTORS}),
        question=table["Question ID"].map({"7": "last two weeks", "24": "next six months"}),
    ).rename(columns={"estimates": "percent", "se": "standard_error"})
    order = ["sector", "name", "question", "period", "start", "end", "percent", "standard_error"]
    return table.sort_values(["question", "sector", "period"])[order]


def percent(column: pd.Series) -> pd.Series:
    """Turn "3.7%" into 3.7, and the publisher's "S" (suppressed) into a missing value."""
    text = column.where(column != "S")
    values = pd.to_numeric(text.str.removesuffix("%"), errors="coerce")
    if (values.isna() & text.notna()).any():
        raise RefreshError(
            f"The column {column.name} of the firm survey holds something that is no percentage."
        )
    return values.astype("Float64")


def occupation_skills(sources: Sources) -> pd.DataFrame:
    """Build `occupation_skills`: importance and level of skills, knowledge and work styles."""
    frames = []
    keys = ["O*NET-SOC Code", "Title", "Element ID", "Element Name", "Date"]
    for kind in ("skills", "knowledge", "work_styles"):
        columns = [*keys, "Scale ID", "Data Value", "N", "Standard Error", "Recommend Suppress"]
        ratings = read(sources.path("onet-29.3", f"{kind}.csv"), columns)
        wide = ratings.pivot(index=keys, columns="Scale ID", values=columns[6:]).reset_index()
        wide.columns = ["_".join(filter(None, column)) for column in wide.columns]
        frames.append(wide.assign(kind={"skills": "skill", "work_styles": "work style"}.get(kind, kind)))
    table = pd.concat(frames)
    names = dict(zip(keys, ["code", "occupation", "element_id", "element", "rated"], strict=True))
    names |= {"Data Value_IM": "importance", "Data Value_LV": "level", "N_IM": "n"}
    names |= {"Standard Error_IM": "importance_se", "Standard Error_LV": "level_se"}
    table = table.rename(columns=names)
    unsure = (table[["Recommend Suppress_IM", "Recommend Suppress_LV"]] == "Y").any(axis=1)
    for name in ("importance", "importance_se", "level", "level_se"):
        table[name] = pd.to_numeric(table[name]).astype("Float64").round(2)
    table = table.assign(
        n=pd.to_numeric(table["n"]).astype("Int64"),
        unsure=unsure,
        rated=table["rated"].str[-4:].astype("int64"),
    )
    order = ["code", "occupation", "kind", "element_id", "element", "importance", "importance_se"]
    order += ["level", "level_se", "n", "unsure", "rated"]
    return table.sort_values(["code", "kind", "element_id"])[order]


def notable_models(sources: Sources) -> pd.DataFrame:
    """Build `notable_models`: models a year by the kind of organization behind them."""
    path = sources.path("epoch-notable-models", "notable_ai_models_2025-05.csv")
    models = read(path, ["Publication date", "Organization categorization"])
    kinds = models["Organization categorization"].map(lambda text: frozenset(text.split(",")))
    counts = pd.crosstab(models["Publication date"].str[:4].astype("int64"), kinds.map(model_kind))
    order = ["Industry only", "Industry with others", "Academia only", "Others without industry"]
    counts = counts.reindex(columns=order, fill_value=0).rename_axis(index="year", columns="kind")
    table = counts.stack().rename("models").reset_index()
    return table.assign(total=table.groupby("year")["models"].transform("sum"))


def model_kind(kinds: frozenset[str]) -> str:
    """Name the group of a model from the set of kinds of its authors' organizations."""
    if "Industry" in kinds:
        return "Industry only" if len(kinds) == 1 else "Industry with others"
    return "Academia only" if kinds == {"Academia"} else "Others without industry"
