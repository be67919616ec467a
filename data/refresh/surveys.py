"""Tables of shares: skills in postings, education and tools in surveys, each with a 95% interval."""

import ast
import itertools

import pandas as pd
from sources import RefreshError, Sources, vocabulary
from titles import ALL_ROLES, role_of

from helpers import stats

ROLES = vocabulary()["roles"] | {role: role for role in ALL_ROLES}
_KAGGLE = vocabulary()["kaggle"]
_COUNTS = "posting-skill-shares"
_CLOUDS = {"aws", "azure", "gcp"}


def education(sources: Sources) -> pd.DataFrame:
    """Build `education`: highest degree by role, in three surveys."""
    columns = ["PrimaryRole", "EdLevel"]
    stack_overflow = sources.read("stackoverflow-2025", "so_2025_pay_by_role_education.csv.gz", columns)
    answers = {
        **{("Kaggle", year): _kaggle(sources, year)[[c["role"], c["degree"]]] for year, c in _KAGGLE.items()},
        ("Stack Overflow", "2025"): stack_overflow[columns],
    }
    frames = []
    for (survey, year), answer in answers.items():
        answer = _with_role(answer.set_axis(["survey_role", "degree"], axis=1))
        counts = pd.crosstab(answer["survey_role"], answer["degree"].map(degree))
        people = counts.stack().rename("people").reset_index()
        frames.append(people.assign(survey=survey, year=year))
    table = pd.concat(frames)
    table["total"] = table.groupby(["survey", "year", "survey_role"])["people"].transform("sum")
    return _with_shares(table, "survey_role", "people", "total")


def degree(answer: str) -> str:
    """Put a survey's answer on education on the scale that the surveys share."""
    for beginning, name in (*vocabulary()["degrees"], ("", "No answer")):
        if answer.startswith(beginning) and (beginning or not answer):
            return name
    raise RefreshError(f"A survey holds the education {answer!r}, which is no known answer.")


def tools(sources: Sources) -> pd.DataFrame:
    """Build `tools`: cloud platforms and frameworks that people of a role say they use."""
    frames = []
    for year, kind in [(year, kind) for year in _KAGGLE for kind in ("cloud platform", "framework")]:
        survey = _kaggle(sources, year).rename(columns={_KAGGLE[year]["role"]: "survey_role"})
        options = [column for column in survey.columns if column.startswith(_KAGGLE[year][kind])]
        named = _with_role(survey[["survey_role", *options]])
        ticked = named[options] != ""
        ticked.columns = [named.loc[ticked[option], option].iloc[0].strip() for option in options]
        groups = ticked.assign(answered=ticked.any(axis=1)).groupby(named["survey_role"])
        counts = groups.sum().assign(asked=groups.size()).reset_index()
        long = counts.melt(["survey_role", "asked", "answered"], var_name="tool", value_name="people")
        frames.append(long.assign(year=year, kind=kind))
    table = _with_shares(pd.concat(frames), "survey_role", "people", "asked")
    return table.sort_values(["year", "role", "survey_role", "kind", "tool"], kind="stable")


def skill_shares(sources: Sources) -> pd.DataFrame:
    """Build `skill_shares`: postings that name a skill, by role, source and year."""
    columns = ["source", "role_group", "postings", "skill", "postings_naming_skill", "method"]
    given = sources.read(_COUNTS, "skill_shares_by_role_2020_2023_2025.csv", columns)
    given = given.rename(columns={"role_group": "group", "postings_naming_skill": "naming"})
    labelled = given["source"].str.startswith(
        "data_jobs 2023"
    )  # by the collector's labels; counted anew by ours
    tags, given = sorted(set(given.loc[labelled, "skill"])), given[~labelled].copy()
    given[["source", "year", "place"]] = given["source"].map(_collection).tolist()
    given["method"] = given["method"].map(vocabulary()["methods"])
    table = pd.concat([given, _tagged(sources, tags), _parsed(sources)])
    table = _with_shares(
        table.astype({"postings": "int64", "naming": "int64"}), "group", "naming", "postings"
    )
    table["group"] = table["group"].str.replace(r" \(title\)$", "", regex=True)
    return table.sort_values(["year", "source", "place", "method", "group", "skill"], kind="stable")


def _tagged(sources: Sources, tags: list[str]) -> pd.DataFrame:
    """Count tags over the adverts of 2023 with pay, each in the one role that its title has by our rule; and who names no degree."""
    columns = ["job_title", "job_country", "job_skills", "job_no_degree_mention"]
    adverts = sources.read("job-postings-skills-2023", "data_jobs_salary_all.csv.gz", columns)
    named = adverts["job_skills"].map(lambda text: set(ast.literal_eval(text)) if text else set())
    roles = adverts["job_title"].map(role_of)
    places = {"all countries": True, "US": adverts["job_country"] == "United States"}
    bases = {"tags, all adverts": True, "tags, tagged adverts only": named.map(bool)}
    rows = []
    for role, (place, in_place), (method, in_base) in itertools.product(
        ALL_ROLES, places.items(), bases.items()
    ):
        sets = named[(roles == role) & in_place & in_base]
        for tag in tags:
            wanted = _CLOUDS if tag == "aws, azure or gcp" else {tag}
            naming = sum(not wanted.isdisjoint(tags_of_one) for tags_of_one in sets)
            rows.append((role, place, method, tag, len(sets), naming))
    for role, (place, in_place) in itertools.product(ALL_ROLES, places.items()):
        marks = adverts.loc[(roles == role) & in_place, "job_no_degree_mention"]
        marked = sum(marks == "True")
        rows.append((role, place, "mark of the collector", "no degree mentioned", len(marks), marked))
    table = pd.DataFrame(rows, columns=["group", "place", "method", "skill", "postings", "naming"])
    return table.assign(year=2023, source="data_jobs 2023")


def _parsed(sources: Sources) -> pd.DataFrame:
    """Tools, fields and degrees of the machine-learning postings of 2025 that a language model read."""
    columns = ["group", "postings", "field", "item", "postings_naming"]
    counts = sources.read(_COUNTS, "ml_postings_us_2025_skill_counts.csv", columns)
    counts = counts[counts["group"] == "all"].set_index(["field", "item"])
    wanted = [(field, item) for field, items in vocabulary()["extra_skills"].items() for item in items]
    counts = counts.loc[wanted, ["postings", "postings_naming"]].reset_index("item")
    words = vocabulary()["degree_words"]
    degrees = sources.read(_COUNTS, "ml_postings_us_2025_degree_mentions.csv", ["n", *words]).iloc[0]
    rows = [*counts.itertuples(index=False), *((name, degrees["n"], degrees[w]) for w, name in words.items())]
    table = pd.DataFrame(rows, columns=["skill", "postings", "naming"])
    source, year, place = _collection('"Machine Learning')
    return table.assign(
        group="Machine-learning postings", year=year, place=place, method="language model", source=source
    )


def _collection(source: str) -> list:
    for beginning, collection in vocabulary()["collections"].items():
        if source.startswith(beginning):
            return collection
    raise RefreshError(f"The counts of postings name an unknown source {source!r}.")


def _kaggle(sources: Sources, year: str) -> pd.DataFrame:
    columns = [_KAGGLE[year]["role"], _KAGGLE[year]["degree"]]
    survey = sources.read("kaggle-survey", f"kaggle_survey_{year}_responses.csv.gz", columns)
    # The first row is the text of the questions.
    return survey.iloc[1:].reset_index(drop=True)


def _with_role(answers: pd.DataFrame) -> pd.DataFrame:
    return answers[~answers["survey_role"].isin(vocabulary()["no_role"])]


def _with_shares(table: pd.DataFrame, group: str, count: str, n: str) -> pd.DataFrame:
    """Add the role of each group, the year as a number, and the share with its 95% Wilson interval."""
    table = table.astype({"year": "int64"}).reset_index(drop=True)
    share = table[count] / table[n]
    low, high = (end.clip(0, 1) for end in stats.wilson(share, table[n]))  # rounding can put it a hair beyond
    shares = pd.DataFrame({"share": share, "share_low": low, "share_high": high})
    return table.assign(role=table[group].map(ROLES).fillna("Other")).join((100 * shares).round(1))
