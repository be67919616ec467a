"""`data/`: valid, whole, and in agreement with the figures that the publishers print."""

import csv
import gzip
import hashlib
import json
import re

import numpy as np
import pandas as pd
import pytest
from frictionless import Package

from helpers import pay, tables

PACKAGE = json.loads((tables.DATA / "datapackage.json").read_text("utf-8"))
TABLES = (
    "ai_postings",
    "postings_index",
    "pay_ranges",
    "pay_audit",
    "pay_records",
    "wages",
    "projections",
    "skill_shares",
    "education",
    "tools",
    "occupation_skills",
    "firm_ai_use",
    "notable_models",
    "claims",
    "claim_evidence",
)


def months(table, values, column):
    """One column a series, one row a month."""
    return table.pivot(index="month", columns=column, values=values).astype("float64")


def test_every_table_is_there_and_documented():
    assert set(tables.names()) == set(TABLES)
    readme = (tables.DATA / "README.md").read_text("utf-8")
    assert re.findall(r"^## (\w+)$", readme, re.M) == list(tables.names())
    for said in ("Who is counted", "How it was made", "Not to be used for", "Licence and credit"):
        assert readme.count(said) == len(TABLES)


def test_nothing_else_lies_in_data():
    expected = {entry["path"] for entry in PACKAGE["resources"]} | {"README.md", "datapackage.json"}
    assert {path.name for path in tables.DATA.iterdir() if path.is_file()} == expected


def test_package_is_valid():
    report = Package(str(tables.DATA / "datapackage.json")).validate()
    assert report.valid, report.flatten(["path", "rowNumber", "fieldName", "message"])[:5]


@pytest.mark.parametrize("resource", PACKAGE["resources"], ids=lambda resource: resource["name"])
def test_checksum_size_and_description(resource):
    content = (tables.DATA / resource["path"]).read_bytes()
    assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert resource["bytes"] == len(content)
    text = gzip.decompress(content) if resource["path"].endswith(".gz") else content
    assert b"\r" not in text and text.endswith(b"\n")
    text.decode("utf-8")
    for key in ("title", "description", "counted", "made", "not_for", "cite", "as_of", "made_by"):
        assert resource[key]
    assert resource["attribution"] and resource["licenses"] and resource["sources"]
    for field in resource["schema"]["fields"]:
        assert field["description"]


def test_small_enough_to_ship():
    sizes = {path.name: path.stat().st_size for path in tables.DATA.iterdir() if path.is_file()}
    assert sum(sizes.values()) < 5e6
    assert sizes["pay_ranges.csv"] < 2.5e6 and sizes["pay_records.csv.gz"] < 400_000


def test_records_are_the_published_ones_in_their_order():
    records = tables.load("pay_records")
    audit = tables.load("pay_audit").set_index(["measure", "group", "key"])["value"]
    years = records["year"].value_counts()
    assert all(years[year] == audit["rows by year", "all", str(year)] for year in range(2020, 2026))
    assert records["arrived"].is_monotonic_increasing and len(records) == 74_301


def test_ai_postings_agree_with_the_tracker():
    table = tables.load("ai_postings")
    us = months(table, "share", "country")["US"]
    assert us[["2023-01-01", "2024-01-01", "2026-06-01"]].tolist() == [2.154, 1.9571, 5.7811]
    assert table["country"].nunique() == 9 and len(table) == 9 * 90
    assert (table["days"] == table["month"].dt.days_in_month).all()
    assert table.groupby("country", observed=True)["days"].sum().eq(2738).all()


def test_ai_postings_countries_disagree_in_sign():
    share = months(tables.load("ai_postings"), "share", "country")
    change = 100 * (share.loc["2024-01-01"] / share.loc["2023-01-01"] - 1)
    assert change["US"] == pytest.approx(-9.14, abs=0.01)
    assert set(change.index[change > 0]) == {"CA", "DE", "FR", "GB", "IE"}
    rise = 100 * (share.loc["2026-06-01", "US"] / share.loc["2023-01-01", "US"] - 1)
    assert rise == pytest.approx(168.4, abs=0.1)


def test_postings_index_agrees_with_the_publisher():
    table = tables.load("postings_index")
    us = table.query("country == 'US' and sector == 'All jobs' and postings == 'total'").set_index("month")
    assert us.loc["2023-01-01", ["index_sa", "index_nsa"]].tolist() == [140.5823, 140.33]
    assert us.loc["2026-08-01", ["index_sa", "index_nsa", "days"]].tolist() == [101.7579, 105.2236, 14]
    days = table.groupby(["country", "sector", "postings"], observed=True)["days"].sum()
    assert days.value_counts().to_dict() == {2387: 12, 1701: 9}
    short = table["days"] < table["month"].dt.days_in_month
    assert set(table.loc[short, "month"].dt.strftime("%Y-%m")) == {"2024-09", "2026-08"}


def test_postings_index_sectors_end_in_2024_and_have_no_unadjusted_index():
    table = tables.load("postings_index")
    sectors = table[table["sector"] != "All jobs"]
    assert sectors["sector"].nunique() == 9
    assert sectors["index_nsa"].isna().all() and table.drop(sectors.index)["index_nsa"].notna().all()
    assert sectors["month"].max() == pd.Timestamp("2024-09-01")
    index = months(sectors, "index_sa", "sector")
    assert index["Software Development"].max() == 226.3454
    change = 100 * (index.loc["2024-01-01"] / index.loc["2023-01-01"] - 1)
    assert change["Software Development"] == pytest.approx(-43.38, abs=0.01)
    assert change["Mathematics"] == pytest.approx(-33.31, abs=0.01)


def test_implied_count_of_ai_postings_fell_by_a_fifth():
    index = tables.load("postings_index").query(
        "country == 'US' and sector == 'All jobs' and postings == 'total'"
    )
    share = tables.load("ai_postings").query("country == 'US'")
    both = index.merge(share, on="month", suffixes=("", "_share"))
    implied = (both["index_nsa"] * both["share"]).set_axis(both["month"]).astype("float64")
    early = {year: implied[f"{year}-01" : f"{year}-02"].mean() for year in (2023, 2024)}
    assert 100 * (early[2024] / early[2023] - 1) == pytest.approx(-19.5, abs=0.1)


def test_pay_ranges_hold_all_pairs():
    table = tables.load("pay_ranges")
    assert table.loc[~table["single"], "adverts"].sum() == 36_604
    assert (table["adverts"] * (2 - table["single"])).sum() == 74_301
    assert table["arrived"].nunique() == 163
    assert (table["low"] <= table["high"]).all()
    assert (table.loc[table["single"], "low"] == table.loc[table["single"], "high"]).all()
    assert (table[["low", "high"]] % 5 == 0).all(axis=None)
    assert not table.drop(columns="adverts").duplicated().any()
    assert set(table["role"].cat.categories) == set(pay.ALL_ROLES)


def test_pay_ranges_give_the_median_with_repeats():
    table = tables.load("pay_ranges").query(
        "year == 2024 and employment == 'FT' and country == 'US'"
        " and title_group == 'Machine Learning Engineer'"
    )
    ends = np.concatenate(
        [
            np.repeat(table["low"], table["adverts"]),
            np.repeat(table["high"], table["adverts"])[np.repeat(~table["single"], table["adverts"])],
        ]
    )
    assert len(ends) == pytest.approx(4222, abs=5)
    assert np.median(ends) == pytest.approx(194, abs=2.5)


def test_pay_audit_holds_the_evidence():
    table = tables.load("pay_audit").set_index(["measure", "group", "key"]).sort_index()
    value, n = table["value"], table["n"]
    assert value["rows in pairs", "all", "all"] == pytest.approx(98.5, abs=0.05)
    assert value["exact repeats", "all", "count"] == 39_304
    assert value["days since the version before", "all", "2024-09-25"] == 45
    assert n["days since the version before", "all", "2024-09-25"] == 11_354
    measure, title = "median pay, US full-time 2024, USD", "Machine Learning Engineer"
    assert (value[measure, title, "with repeats"], n[measure, title, "with repeats"]) == (194_000, 4_222)
    assert (value[measure, title, "without repeats"], n[measure, title, "without repeats"]) == (
        185_000,
        1_220,
    )
    ratio = value["top to bottom of a range", "all pairs"]
    assert ratio[["p10", "p50", "p90"]].tolist() == pytest.approx([1.14, 1.50, 2.08], abs=0.006)
    shares = value["title share by month", "Software Engineer"]
    assert shares[:"2024-04"].eq(0).all()
    assert shares[["2024-06", "2024-07"]].tolist() == pytest.approx([13, 19], abs=0.6)
    lags = value["same but for pay", "rows this far apart"]
    assert lags["1"] > 3 * lags["2"] > 100 * lags["by chance"]
    assert value["rows by year", "all"].sum() == 74_301


def test_wages_agree_with_the_published_estimates():
    table = tables.load("wages")
    nation = table.query("area_type == 'nation' and code == '15-2051'").set_index("year")
    may_2025 = nation.loc[2025, ["employment", "mean", "median", "p10", "p90"]].tolist()
    assert may_2025 == [262_440, 126_800, 120_230, 67_240, 199_130]
    assert nation.loc[2023, ["employment", "mean", "median"]].tolist() == [192_710, 119_040, 108_020]
    assert nation.loc[2024, "median"] == 112_590
    assert set(nation.index) == {2021, 2022, 2023, 2024, 2025}
    assert not table.duplicated(["area_type", "area", "year", "code"]).any()
    areas = table.groupby("area_type", observed=True)["area"].nunique()
    assert areas.to_dict() == {"nation": 1, "sector": 20, "owner": 5, "state": 54, "metro": 40}


def test_wages_sectors_add_up_to_the_nation():
    table = tables.load("wages").query("code == '15-2051' and year == 2025")
    sectors = table.query("area_type == 'sector'").set_index("area")["employment"]
    assert sectors.sum() == pytest.approx(262_440, rel=0.001)
    assert 100 * sectors["Finance and insurance"] / 262_440 == pytest.approx(17.8, abs=0.05)
    assert 100 * sectors["Retail trade"] / 262_440 == pytest.approx(0.7, abs=0.05)


def test_wages_say_why_a_value_is_missing():
    table = tables.load("wages")
    missing = table[["employment", "mean", "median", "p90"]].isna().any(axis=1)
    assert (missing == table["note"].notna()).all()
    coded = table[table["note"].astype("str").str.contains("top code", na=False)]
    assert set(coded["code"]) == {"11-3021", "15-1221"} and coded["p90"].isna().all()


def test_projections_agree_with_the_release():
    table = tables.load("projections").set_index("code")
    data_scientists = table.loc["15-2051"]
    assert data_scientists[["change_percent", "openings", "growth_rank"]].tolist() == [33.5, 23.4, 4]
    assert data_scientists[["employment_2024", "employment_2034"]].tolist() == [245.9, 328.3]
    assert table.loc["00-0000", "change_percent"] == 3.1
    assert table.loc["15-0000", "change_percent"] == 10.1


def test_skill_shares_agree_with_the_counts():
    table = tables.load("skill_shares")
    tagged = table.query("year == 2023 and place == 'US' and method == 'tags, tagged adverts only'")
    aws = tagged[tagged["skill"] == "aws"].set_index("group")
    assert aws.loc["Machine Learning Engineer", ["share", "postings"]].tolist() == [30.0, 140]
    assert aws.loc["Data Engineer", "share"] == 45.1
    every = table.query("place == 'all countries' and method == 'tags, all adverts'")
    cloud = every[every["skill"] == "aws, azure or gcp"].set_index("role")
    assert cloud.loc["MLOps Engineer", ["share", "share_low", "share_high"]].tolist() == [80.9, 67.5, 89.6]
    assert cloud.loc["ML Engineer", "share"] == 37.4
    assert cloud.loc["AI Research Scientist", "share"] == 10.4


def test_education_agrees_with_the_survey():
    table = tables.load("education").query("year == 2022 and degree == 'Doctorate'").set_index("role")
    assert table.loc["AI Research Scientist", "share"] == pytest.approx(52, abs=0.5)
    assert table.loc["ML Engineer", "share"] == pytest.approx(11, abs=0.5)
    shares = (
        tables.load("education").groupby(["survey", "year", "survey_role"], observed=True)["people"].sum()
    )
    totals = (
        tables.load("education").groupby(["survey", "year", "survey_role"], observed=True)["total"].first()
    )
    assert (shares == totals).all()


def test_education_says_that_stack_overflow_is_odbl():
    resource = next(item for item in PACKAGE["resources"] if item["name"] == "education")
    assert "ODbL" in resource["description"] and "worldwide" in resource["description"].lower()
    assert "ODbL-1.0" in {licence["name"] for licence in resource["licenses"]}


def test_tools_agree_with_the_survey():
    table = (
        tables.load("tools").query("year == 2022 and tool == 'Amazon Web Services (AWS)'").set_index("role")
    )
    assert table.loc["ML Engineer", "share"] == pytest.approx(42, abs=0.5)
    assert table.loc["AI Research Scientist", "share"] == pytest.approx(23, abs=0.5)
    everything = tables.load("tools")
    assert (everything["people"] <= everything["answered"]).all()
    assert (everything["answered"] <= everything["asked"]).all()


@pytest.mark.parametrize("name", ["skill_shares", "education", "tools"])
def test_intervals_hold_their_share(name):
    table = tables.load(name)
    assert (table["share_low"] <= table["share"]).all()
    assert (table["share"] <= table["share_high"]).all()


def test_occupation_skills_have_no_data_scientists():
    table = tables.load("occupation_skills")
    assert not table["code"].isin(["15-2051.00", "15-1252.00"]).any()
    resource = next(item for item in PACKAGE["resources"] if item["name"] == "occupation_skills")
    assert "Data scientists and software developers have no ratings" in resource["description"]
    assert table.loc[table["kind"] == "work style", "level"].isna().all()
    assert table.loc[table["kind"] != "work style", "level"].notna().all()


def test_firm_ai_use_agrees_with_the_census():
    table = tables.load("firm_ai_use").query("sector == '00' and question == 'last two weeks'")
    table = table.sort_values("start")
    assert len(table) == 54
    assert table["percent"].iloc[[0, -1]].tolist() == [3.7, 10.0]
    assert f"{table['start'].iloc[0]:%Y-%m}" == "2023-09"
    assert f"{table['end'].iloc[-1]:%Y-%m}" == "2025-10"
    everything = tables.load("firm_ai_use")
    assert (everything["percent"].isna() == everything["standard_error"].isna()).all()


def test_notable_models_agree_with_epoch():
    table = tables.load("notable_models")
    of_2024 = table[table["year"] == 2024].set_index("kind")
    assert of_2024.loc["Industry only", ["models", "total"]].tolist() == [64, 81]
    assert of_2024["models"].sum() == 81
    assert table["models"].sum() == 924


@pytest.mark.parametrize(
    "figure",
    ["36%", "$122,060", "5% to 19%", "over 1,000,000", "40% a year", "2024-02-02"],
)
def test_every_number_of_the_article_is_a_claim(figure):
    assert (tables.load("claims")["figure"] == figure).sum() == 1


def test_claims_have_a_verdict_a_notebook_and_an_id():
    with (tables.DATA / "claims.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["id"] for row in rows}) == len(rows) >= 30
    for row in rows:
        assert re.fullmatch(r"[a-z0-9-]+", row["id"])
        assert re.fullmatch(r"0[1-9]|1[0-5]", row["notebook"])
        assert row["claim"] and row["primary_source_says"] and row["verdict"]


def test_evidence_bears_on_a_claim():
    evidence = tables.load("claim_evidence")
    assert set(evidence["claim"]) <= set(tables.load("claims")["id"])
    change = evidence[(evidence["claim"] == "growth-36") & (evidence["publisher"] == "UMD-LinkUp")]
    assert {25.0, 42.0} <= set(change["value"])


def test_evidence_says_no_more_than_the_ledger():
    """Months, years and ways of seeing that the documents behind the figures do not give are not made up."""
    evidence = tables.load("claim_evidence").set_index(["publisher", "value"])
    assert evidence.loc[("UMD-LinkUp", 25.0), ["base", "end"]].tolist() == ["2023", "2024"]
    assert evidence.loc[("Dice", 8.5), ["base", "end"]].tolist() == ["2023", "2024"]
    assert evidence.loc["Dice", "base"].loc[[122_060.0, 111_193.0]].tolist() == ["2023", "2023"]
    assert evidence.loc[("Glassdoor", 166_000.0), "seen"] == "second-hand"
    claims = tables.load("claims").set_index("id")["primary_source_says"]
    assert "for entrants" in claims["job-security"] and "survey year 2023" in claims["pay-122060"]


def test_descriptions_say_what_the_sources_do_not_say():
    resources = {item["name"]: item for item in PACKAGE["resources"]}
    skills = resources["skill_shares"]
    assert "no licence stated" in skills["description"] and "not verified" in skills["description"]
    assert "as others report it" in str(skills["licenses"]) and "no licence stated" in str(
        skills["attribution"]
    )
    assert resources["education"]["as_of"] == resources["tools"]["as_of"] == "2022-09-16"
    assert "professional doctorate" in resources["education"]["made"]
    assert "production bonuses" in resources["wages"]["counted"]


def test_descriptions_of_roles_say_what_the_rule_catches():
    ranges = tables.load("pay_ranges").query("role == 'AI Research Scientist'")
    ranges = ranges.assign(plain=ranges["title_group"].isin(["Research Scientist", "Research Engineer"]))
    paired = ranges[~ranges["single"] & (ranges["country"] == "US") & (ranges["employment"] == "FT")]
    shares = [100 * np.average(rows["plain"], weights=rows["adverts"]) for rows in (ranges, paired)]
    made = next(item["made"] for item in PACKAGE["resources"] if item["name"] == "pay_ranges")
    assert f"({shares[0]:.0f}%; {shares[1]:.0f}% of full-time US adverts with a range)" in made
