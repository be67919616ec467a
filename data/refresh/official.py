"""Tables from official statistics: BLS wages and projections, Census firm survey, O*NET; and Epoch AI."""

import numpy as np
import pandas as pd
from sources import RefreshError, Sources, spec, vocabulary

OCCUPATIONS = vocabulary()["occupations"]
_OWNERS, _SECTORS = vocabulary()["owners"], vocabulary()["sectors"]
_WAGES = spec()["table"]["wages"]["columns"]
_TOP_CODED, _NOT_RELEASED = "#", ("*", "**", "-", "")
_METROS = 40


def wages(sources: Sources) -> pd.DataFrame:
    """Build `wages`: official employment and pay by occupation, for the nation and its parts."""

    def part(file: str, *columns: str) -> pd.DataFrame:
        frame = sources.read("bls-oews", file, ["OCC_CODE", *_WAGES, *columns])
        return frame[frame["OCC_CODE"].isin(OCCUPATIONS)].assign(year="2025")

    nation = part("national_may2020_may2025.csv", "OEWS_YEAR", "O_GROUP")
    # Some years list a broad group under the code of its only member as well.
    nation = nation[nation["O_GROUP"].isin(["total", "major", "detailed"])]
    earlier = part("sector_may2022_may2024.csv", "OEWS_YEAR", "NAICS")
    industry = part("industry_may2025.csv", "industry_code", "display_level")
    code = industry["industry_code"]
    newest = industry[(industry["display_level"] == "2") & code.str.contains("-")]
    sectors = pd.concat(
        [earlier.assign(year=earlier["OEWS_YEAR"]), newest.assign(NAICS=code.str[:2])], ignore_index=True
    )
    metro = part("metro_may2025.csv", "AREA_TITLE")
    jobs = metro.loc[metro["OCC_CODE"] == "00-0000"].set_index("AREA_TITLE")["TOT_EMP"]
    largest = pd.to_numeric(jobs, "coerce").nlargest(_METROS).index
    parts = {
        "nation": nation.assign(area="United States", year=nation["OEWS_YEAR"]),
        "sector": sectors.assign(area=sectors["NAICS"].map(_SECTORS)),
        "owner": industry.assign(area=code.map(_OWNERS)).dropna(subset="area"),
        "state": part("state_may2025.csv", "AREA_TITLE").rename(columns={"AREA_TITLE": "area"}),
        "metro": metro[metro["AREA_TITLE"].isin(largest)].rename(columns={"AREA_TITLE": "area"}),
    }
    table = pd.concat(
        frame.assign(area_type=kind, rank=rank) for rank, (kind, frame) in enumerate(parts.items())
    ).rename(columns={"OCC_CODE": "code"})
    table = table.assign(
        occupation=table["code"].map(OCCUPATIONS),
        year=table["year"].astype("int64"),
        note=oews_notes(table),
    )
    for symbol, name in _WAGES.items():
        table[name] = oews_numbers(table[symbol]).astype("Float64" if name.endswith("_rse") else "Int64")
    return table.sort_values(["rank", "area", "year", "code"], kind="stable")


def oews_numbers(column: pd.Series) -> pd.Series:
    """Turn OEWS text into numbers; the publisher's symbols for a value that is withheld become missing."""
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
        "not released": table[list(_WAGES)].isin(_NOT_RELEASED),
        "at or above the top code": table[list(_WAGES)] == _TOP_CODED,
    }
    notes = pd.Series("", index=table.index)
    for text, mask in texts.items():
        found = mask.rename(columns=_WAGES).apply(lambda row: ", ".join(row.index[row]), axis=1)
        added = (found + f": {text}").where(found != "", "")
        notes = notes.where((notes == "") | (added == ""), notes + "; ") + added
    return notes.replace("", pd.NA)


def projections(sources: Sources) -> pd.DataFrame:
    """Build `projections` from tables 1.2 and 1.10 of the 2024-34 round."""

    def part(file: str, columns: str) -> pd.DataFrame:
        names = spec()["table"]["projections"][columns]
        return sources.read("bls-ep", file, names)[list(names)].rename(columns=names)

    table = part("table_1_2_occupational_projections_2024_2034.csv", "columns").replace("—", pd.NA)
    leaving = part("table_1_10_separations_openings_2024_2034_soc15.csv", "leaving")
    table = table.merge(leaving, how="left", on="code")
    text = ["code", "occupation", "type", "education", "experience", "training"]
    numbers = table.columns.difference(text)
    table[numbers] = table[numbers].apply(pd.to_numeric).astype("Float64")
    detailed = table["type"] == "Line item"
    rank = table["change_percent"].where(detailed).rank(method="min", ascending=False)
    level = np.select(
        [table["code"] == "00-0000", table["code"].str.endswith("-0000")], ["total", "major group"], "group"
    )
    table = table.assign(
        level=np.where(detailed, "occupation", level),
        occupation=table["occupation"].str.strip(),
        growth_rank=rank.astype("Int64"),
    )
    wanted = (
        table["code"].str.startswith("15-")
        | table["level"].isin(["total", "major group"])
        | table["code"].isin(OCCUPATIONS)
        | (table["growth_rank"] <= 20)
    )
    return table[wanted]


def firm_ai_use(sources: Sources) -> pd.DataFrame:
    """Build `firm_ai_use`: the share of firms that answer yes, by sector and survey period."""
    folder, keys = "census-btos-ai", ["sector", "Question ID", "period"]

    def answers(level: str, kind: str, name: str) -> pd.DataFrame:
        frame = sources.read(folder, f"{level}_{kind}.csv", ["Question ID", "Answer"])
        frame = frame[frame["Answer"] == "Yes"].rename(columns={"Sector": "sector"})
        if level == "national":
            frame = frame.assign(sector="00")
        periods = [column for column in frame.columns if column.isdigit()]
        long = frame.melt(keys[:2], periods, "period", name)
        return long.assign(**{name: percent(long[name])})

    table = pd.concat(
        answers(level, "estimates", "percent").merge(
            answers(level, "se", "standard_error"), on=keys, validate="one_to_one"
        )
        for level in ("national", "sector")
    )
    dates = sources.read(
        folder, "collection_and_reference_dates.csv", ["Smpdt", "Col Start", "Col End"]
    ).set_index("Smpdt")
    for name, column in (("start", "Col Start"), ("end", "Col End")):
        table[name] = pd.to_datetime(table["period"].map(dates[column]), format="%m/%d/%Y")
    table = table.assign(
        name=table["sector"].map({"00": "All sectors", **_SECTORS}),
        question=table["Question ID"].map({"7": "last two weeks", "24": "next six months"}),
    )
    return table.sort_values(["question", "sector", "period"])


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
    names = spec()["table"]["occupation_skills"]["columns"]
    keys, values = list(names)[:5], ["Data Value", "N", "Standard Error", "Recommend Suppress"]
    frames = []
    for file, kind in (("skills", "skill"), ("knowledge", "knowledge"), ("work_styles", "work style")):
        ratings = sources.read("onet-29.3", f"{file}.csv", [*keys, "Scale ID", *values])
        wide = ratings.pivot(index=keys, columns="Scale ID", values=values).reset_index()
        wide.columns = ["_".join(filter(None, column)) for column in wide.columns]
        frames.append(wide.assign(kind=kind))
    table = pd.concat(frames).rename(columns=names)
    for name in ("importance", "importance_se", "level", "level_se"):
        table[name] = pd.to_numeric(table[name]).astype("Float64").round(2)
    table = table.assign(
        n=pd.to_numeric(table["n"]).astype("Int64"),
        unsure=(table[["Recommend Suppress_IM", "Recommend Suppress_LV"]] == "Y").any(axis=1),
        rated=table["rated"].str[-4:].astype("int64"),
    )
    return table.sort_values(["code", "kind", "element_id"])


def notable_models(sources: Sources) -> pd.DataFrame:
    """Build `notable_models`: models a year by the kind of organization behind them."""
    columns = ["Publication date", "Organization categorization"]
    models = sources.read("epoch-notable-models", "notable_ai_models_2025-05.csv", columns)
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
