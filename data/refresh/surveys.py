"""Tables of shares: skills in postings, education and tools in surveys, each with a 95% interval."""

import ast

import numpy as np
import pandas as pd
from sources import RefreshError, Sources, read, vocabulary

from helpers import stats

_KAGGLE = {2021: "Q5", 2022: "Q23"}
_KAGGLE_DEGREE = {2021: "Q4", 2022: "Q8"}
_KAGGLE_TOOLS = {
    (2021, "cloud platform"): "Q27_A_",
    (2021, "framework"): "Q16_",
    (2022, "cloud platform"): "Q31_",
    (2022, "framework"): "Q17_",
}
# Who has no role, or was not asked for one.
_NO_ROLE = ("", "Student", "Currently not employed", "Retired")
ROLES = vocabulary()["roles"]
_SOURCES = {
    "Glassdoor": ("Glassdoor postings", 2020, "US"),
    "Google-for-Jobs": ("Google for Jobs postings", 2025, "US"),
    '"Machine Learning': ("Machine Learning Job Postings in the US", 2025, "US"),
    "data_jobs 2023 (postings with a stated salary, US)": ("data_jobs 2023", 2023, "US"),
    "data_jobs 2023 (postings with a stated salary, all": ("data_jobs 2023", 2023, "all countries"),
}
_METHODS = {
    "regex on description": "text search",
    "skill tags supplied in the dataset": "tags, tagged adverts only",
    "LLM field extraction": "language model",
}
ALL_ADVERTS = "tags, all adverts"
# What the counts of 2025 add to the skills that all collections share. Names that split over several
# spellings are left out.
_EXTRA = (
    (
        "libraries_and_tools",
        "pandas numpy keras jax mlflow xgboost kubeflow terraform kafka git databricks tableau",
    ),
    ("programming_languages", "r scala javascript"),
)
_EXTRA_KINDS = ("computer vision", "recommendation systems", "reinforcement learning", "time series analysis")
_DEGREE_WORDS = {
    "phd": "phd",
    "masters": "master's",
    "bachelors": "bachelor's",
    "not_mentioned": "no degree mentioned",
}
_CLOUDS = "aws, azure or gcp"


def education(sources: Sources) -> pd.DataFrame:
    """Build `education`: highest degree by role, in three surveys."""
    path = sources.path("stackoverflow-2025", "so_2025_pay_by_role_education.csv.gz")
    columns = ["PrimaryRole", "EdLevel"]
    answers = {("Stack Overflow", 2025): read(path, columns)[columns]}
    for year, column in _KAGGLE.items():
        answers["Kaggle", year] = _kaggle(sources, year)[[column, _KAGGLE_DEGREE[year]]]
    frames = []
    for (survey, year), answer in sorted(answers.items()):
        answer = _with_role(answer.set_axis(["survey_role", "degree"], axis=1))
        counts = pd.crosstab(answer["survey_role"], answer["degree"].map(degree))
        people = counts.stack().rename("people").reset_index()
        frames.append(people.assign(survey=survey, year=year))
    table = pd.concat(frames)
    table["total"] = table.groupby(["survey", "year", "survey_role"])["people"].transform("sum")
    table["role"] = table["survey_role"].map(ROLES).fillna("Other")
    order = ["survey", "year", "role", "survey_role", "degree", "people", "total"]
    return _with_shares(table[order], "people", "total")


def degree(answer: str) -> str:
    """Put a survey's answer on education on the scale that the surveys share."""
    for beginning, name in (*vocabulary()["degrees"], ("", "No answer")):
        if answer.startswith(beginning) and (beginning or not answer):
            return name
    raise RefreshError(f"A survey holds the education {answer!r}, which is no known answer.")


def tools(sources: Sources) -> pd.DataFrame:
    """Build `tools`: cloud platforms and frameworks that people of a role say they use."""
    frames = []
    for (year, kind), prefix in _KAGGLE_TOOLS.items():
        survey = _kaggle(sources, year)
        options = [column for column in survey.columns if column.startswith(prefix)]
        named = _with_role(survey[[_KAGGLE[year], *options]].rename(columns={_KAGGLE[year]: "survey_role"}))
        ticked = named[options] != ""
        ticked.columns = [named.loc[ticked[option], option].iloc[0].strip() for option in options]
        groups = ticked.assign(answered=ticked.any(axis=1)).groupby(named["survey_role"])
        counts = groups.sum().assign(asked=groups.size()).reset_index()
        long = counts.melt(["survey_role", "asked", "answered"], var_name="tool", value_name="people")
        frames.append(long.assign(year=year, kind=kind))
    table = pd.concat(frames)
    table["role"] = table["survey_role"].map(ROLES).fillna("Other")
    order = ["year", "role", "survey_role", "kind", "tool", "people", "asked", "answered"]
    return _with_shares(table[order].sort_values(order[:5], kind="stable"), "people", "asked")


def skill_shares(sources: Sources) -> pd.DataFrame:
    """Build `skill_shares`: postings that name a skill, by role, source and year."""
    path = sources.path("posting-skill-shares", "skill_shares_by_role_2020_2023_2025.csv")
    given = read(path, ["source", "role_group", "postings", "skill", "postings_naming_skill", "method"])
    origin = given["source"].map(_origin)
    counted = pd.DataFrame(
        {
            "group": given["role_group"],
            "year": origin.str[1],
            "place": origin.str[2],
            "skill": given["skill"],
            "postings": pd.to_numeric(given["postings"]),
            "naming": pd.to_numeric(given["postings_naming_skill"]),
            "method": given["method"].map(_METHODS),
            "source": origin.str[0],
        }
    )
    tags = sorted(set(given.loc[counted["source"] == "data_jobs 2023", "skill"]))
    table = pd.concat([counted, _tagged(sources, tags), _parsed(sources)]).astype({"year": "int64"})
    table.insert(0, "role", table["group"].map(ROLES).fillna("Other"))
    table["group"] = table["group"].str.replace(r" \(title\)$", "", regex=True)
    table = table.sort_values(["year", "source", "place", "method", "group", "skill"], kind="stable")
    return _with_shares(table, "naming", "postings")


def _tagged(sources: Sources, tags: list[str]) -> pd.DataFrame:
    """Count tags over all adverts of 2023 with pay, those without any tag too."""
    path = sources.path("job-postings-skills-2023", "data_jobs_salary_all.csv.gz")
    adverts = read(path, ["job_title_short", "job_title", "job_country", "job_skills"])
    named = adverts["job_skills"].map(lambda text: set(ast.literal_eval(text)) if text else set())
    title = adverts["job_title"].str.lower()
    groups = {
        name: adverts["job_title_short"] == name
        for name in ("Data Scientist", "Data Analyst", "Data Engineer", "Machine Learning Engineer")
    }
    groups["MLOps in the title"] = title.str.contains("mlops")
    groups["Research or applied scientist in the title"] = title.str.contains(
        "research scientist|applied scientist"
    )
    places = {"all countries": True, "US": adverts["job_country"] == "United States"}
    rows = []
    for group, in_group in groups.items():
        for place, in_place in places.items():
            sets = named[in_group & in_place]
            for tag in tags:
                wanted = {"aws", "azure", "gcp"} if tag == _CLOUDS else {tag}
                naming = sum(not wanted.isdisjoint(tags_of_one) for tags_of_one in sets)
                rows.append((group, 2023, place, tag, len(sets), naming))
    table = pd.DataFrame(rows, columns=["group", "year", "place", "skill", "postings", "naming"])
    return table.assign(method=ALL_ADVERTS, source="data_jobs 2023")


def _parsed(sources: Sources) -> pd.DataFrame:
    """Tools, fields and degrees of the machine-learning postings of 2025 that a language model read."""
    folder = "posting-skill-shares"
    path = sources.path(folder, "ml_postings_us_2025_skill_counts.csv")
    counts = read(path, ["group", "postings", "field", "item", "postings_naming"])
    wanted = {(field, item) for field, items in _EXTRA for item in items.split()}
    wanted |= {("type_of_ml", item) for item in _EXTRA_KINDS}
    keep = [pair in wanted for pair in zip(counts["field"], counts["item"], strict=True)]
    counts = counts[np.array(keep) & (counts["group"] == "all")]
    rows = list(zip(counts["item"], counts["postings"], counts["postings_naming"], strict=True))
    path = sources.path(folder, "ml_postings_us_2025_degree_mentions.csv")
    degrees = read(path, ["n", *_DEGREE_WORDS]).iloc[0]
    rows += [(name, degrees["n"], degrees[column]) for column, name in _DEGREE_WORDS.items()]
    table = pd.DataFrame(rows, columns=["skill", "postings", "naming"])
    table = table.astype({"postings": "int64", "naming": "int64"})
    source, year, place = _SOURCES['"Machine Learning']
    return table.assign(
        group="Machine-learning postings", year=year, place=place, method="language model", source=source
    )


def _origin(source: str) -> tuple[str, int, str]:
    for beginning, origin in _SOURCES.items():
        if source.startswith(beginning):
            return origin
    raise RefreshError(f"The counts of postings name an unknown source {source!r}.")


def _kaggle(sources: Sources, year: int) -> pd.DataFrame:
    path = sources.path("kaggle-survey", f"kaggle_survey_{year}_responses.csv.gz")
    survey = read(path, [_KAGGLE[year], _KAGGLE_DEGREE[year]])
    # The first row is the text of the questions.
    return survey.iloc[1:].reset_index(drop=True)


def _with_role(answers: pd.DataFrame) -> pd.DataFrame:
    return answers[~answers["survey_role"].isin(_NO_ROLE)]


def _with_shares(table: pd.DataFrame, count: str, n: str) -> pd.DataFrame:
    table = table.reset_index(drop=True)
    share = table[count] / table[n]
    low, high = (end.clip(0, 1) for end in stats.wilson(share, table[n]))  # rounding can put it a hair beyond
    shares = pd.DataFrame({"share": share, "share_low": low, "share_high": high})
    return table.join((100 * shares).round(1))
