"""`data/`: valid, whole, and in agreement with the figures that the publishers print."""

import gzip
import json
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from frictionless import Package

from helpers import pay, tables

PACKAGE = json.loads((tables.DATA / "datapackage.json").read_text("utf-8"))
FIGURES = tomllib.loads(Path(__file__).with_name("figures.toml").read_text("utf-8"))


def change(table, values, column):
    """Change in %, January 2023 to January 2024, of each series."""
    wide = table.pivot(index="month", columns=column, values=values).astype("float64")
    return 100 * (wide.loc["2024-01-01"] / wide.loc["2023-01-01"] - 1)


@pytest.mark.parametrize(("name", "row"), [(name, row) for name, rows in FIGURES.items() for row in rows])
def test_figures_agree_with_the_publisher(name, row):
    table = tables.load(name)
    for column in row.keys() - {"is"}:
        table = table[table[column].astype("str") == str(row[column])]
    assert len(table) == 1
    assert table.iloc[0][list(row["is"])].to_dict() == row["is"]


def test_nothing_else_lies_in_data():
    expected = {entry["path"] for entry in PACKAGE["resources"]} | {"README.md", "datapackage.json"}
    assert {path.name for path in tables.DATA.iterdir() if path.is_file()} == expected


def test_package_is_valid():  # and each file has the size and the checksum that it says
    report = Package(str(tables.DATA / "datapackage.json")).validate()
    assert report.valid, report.flatten(["path", "rowNumber", "fieldName", "message"])[:5]


@pytest.mark.parametrize("resource", PACKAGE["resources"], ids=lambda resource: resource["name"])
def test_lines_and_description(resource):
    content = (tables.DATA / resource["path"]).read_bytes()
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


def test_ai_postings_hold_every_day_of_nine_countries():
    table = tables.load("ai_postings")
    assert table["country"].nunique() == 9 and len(table) == 9 * 90
    assert (table["days"] == table["month"].dt.days_in_month).all()
    assert table.groupby("country", observed=True)["days"].sum().eq(2738).all()


def test_ai_postings_countries_disagree_in_sign():
    by_country = change(tables.load("ai_postings"), "share", "country")
    assert by_country["US"] == pytest.approx(-9.14, abs=0.01)
    assert set(by_country.index[by_country > 0]) == {"CA", "DE", "FR", "GB", "IE"}


def test_postings_index_is_short_of_days_only_where_a_series_ends():
    table = tables.load("postings_index")
    days = table.groupby(["country", "sector", "postings"], observed=True)["days"].sum()
    assert days.value_counts().to_dict() == {2387: 12, 1701: 9}
    short = table["days"] < table["month"].dt.days_in_month
    assert set(table.loc[short, "month"].dt.strftime("%Y-%m")) == {"2024-09", "2026-08"}
    assert not table.duplicated(["country", "sector", "postings", "month"]).any()


def test_postings_index_sectors_end_in_2024_and_have_no_unadjusted_index():
    table = tables.load("postings_index")
    sectors = table[table["sector"] != "All jobs"]
    assert sectors["index_nsa"].isna().all() and table.drop(sectors.index)["index_nsa"].notna().all()
    assert sectors["month"].max() == pd.Timestamp("2024-09-01")
    by_sector = change(sectors, "index_sa", "sector")
    assert len(by_sector) == 9
    both = by_sector[["Software Development", "Mathematics"]].tolist()
    assert both == pytest.approx([-43.38, -33.31], abs=0.01)


def test_implied_count_of_ai_postings_fell_by_a_fifth():
    index = tables.load("postings_index").query("sector == 'All jobs' and postings == 'total'")
    share = tables.load("ai_postings").query("country == 'US'")
    both = index.merge(share, on=["country", "month"])
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
    each = table.loc[table.index.repeat(table["adverts"])]
    ends = [*each["low"], *each.loc[~each["single"], "high"]]
    assert len(ends) == pytest.approx(4222, abs=5)
    assert np.median(ends) == pytest.approx(194, abs=2.5)


def test_pay_audit_holds_the_evidence():
    value = tables.load("pay_audit").set_index(["measure", "group", "key"]).sort_index()["value"]
    shares = value["title share by month", "Software Engineer"]
    assert shares[:"2024-04"].eq(0).all()
    assert shares[["2024-06", "2024-07"]].tolist() == pytest.approx([13, 19], abs=0.6)
    lags = value["same but for pay", "rows this far apart"]
    assert lags["1"] > 3 * lags["2"] > 100 * lags["by chance"]
    assert value["rows by year", "all"].sum() == 74_301


def test_wages_cover_the_nation_and_its_parts_once():
    table = tables.load("wages")
    years = table.query("area_type == 'nation' and code == '15-2051'")["year"]
    assert set(years) == set(range(2021, 2026))
    assert not table.duplicated(["area_type", "area", "year", "code"]).any()
    areas = table.groupby("area_type", observed=True)["area"].nunique()
    assert areas.to_dict() == {"nation": 1, "sector": 20, "owner": 5, "state": 54, "metro": 40}


@pytest.mark.parametrize("year", range(2022, 2026))
def test_wages_sectors_add_up_to_the_nation(year):
    table = tables.load("wages").query(f"year == {year} and code in ('00-0000', '15-2051', '15-1252')")
    nation = table[table["area_type"] == "nation"].set_index("code")["employment"]
    sectors = table[table["area_type"] == "sector"].groupby("code", observed=True)["employment"]
    assert (abs(sectors.sum() / nation - 1) < 0.0002).all()


def test_wages_sectors_differ_as_published():
    table = tables.load("wages").query("code == '15-2051' and area_type == 'sector'")
    jobs = table.pivot(index="area", columns="year", values="employment").astype("float64")
    shares = 100 * jobs[2025] / 262_440
    assert shares["Finance and insurance"] == pytest.approx(17.8, abs=0.05)
    assert shares["Retail trade"] == pytest.approx(0.7, abs=0.05)
    # Read in the publisher's own workbooks of 2022 and 2024, beside those of 2025.
    assert jobs.loc["Health care and social assistance", [2022, 2024, 2025]].tolist() == [6750, 13070, 15410]


def test_wages_say_why_a_value_is_missing():
    table = tables.load("wages")
    missing = table[["employment", "mean", "median", "p90"]].isna().any(axis=1)
    assert (missing == table["note"].notna()).all()
    coded = table[table["note"].astype("str").str.contains("top code", na=False)]
    assert coded["p90"].isna().all() and (coded["year"] < 2025).all()


def test_degrees_add_up_to_the_people_of_a_role():
    groups = tables.load("education").groupby(["survey", "year", "survey_role"], observed=True)
    assert (groups["people"].sum() == groups["total"].first()).all()


def test_tools_count_who_named_one_among_who_answered_among_who_was_asked():
    table = tables.load("tools")
    assert (table["people"] <= table["answered"]).all() and (table["answered"] <= table["asked"]).all()


@pytest.mark.parametrize("name", ["skill_shares", "education", "tools"])
def test_intervals_hold_their_share(name):
    table = tables.load(name)
    assert (table["share_low"] <= table["share"]).all()
    assert (table["share"] <= table["share_high"]).all()


def test_each_advert_of_2023_stands_in_one_role_by_the_rule_of_the_pay_ranges():
    rows = tables.load("skill_shares").query("method == 'tags, all adverts' and place == 'all countries'")
    assert (rows["role"].astype(str) == rows["group"].astype(str)).all()
    assert (rows.groupby("skill", observed=True)["postings"].sum() == 32_672).all()


def test_occupation_skills_have_no_data_scientists():
    table = tables.load("occupation_skills")
    assert not table["code"].isin(["15-2051.00", "15-1252.00"]).any()
    resource = next(item for item in PACKAGE["resources"] if item["name"] == "occupation_skills")
    assert "Data scientists and software developers have no ratings" in resource["description"]
    assert table.loc[table["kind"] == "work style", "level"].isna().all()
    assert table.loc[table["kind"] != "work style", "level"].notna().all()


def test_firm_ai_use_has_every_period_and_no_value_without_its_error():
    table = tables.load("firm_ai_use")
    assert len(table.query("sector == '00' and question == 'last two weeks'")) == 54
    assert (table["percent"].isna() == table["standard_error"].isna()).all()


def test_notable_models_add_up():
    table = tables.load("notable_models")
    assert table["models"].sum() == 924 and table.query("year == 2024")["models"].sum() == 81


def test_claims_have_a_verdict_a_notebook_and_an_id():
    claims = tables.load("claims").astype("str")  # that each column is filled is checked with the package
    assert claims["id"].is_unique and len(claims) >= 30
    assert claims["id"].str.fullmatch(r"[a-z0-9-]+").all()
    assert claims["notebook"].str.fullmatch(r"0[1-9]|1[0-5]").all()


def test_evidence_bears_on_a_claim():
    assert set(tables.load("claim_evidence")["claim"]) <= set(tables.load("claims")["id"])


@pytest.mark.parametrize(
    ("name", "key", "words"),
    [
        ("skill_shares", "description", ["no licence stated", "not verified", "as others report it"]),
        ("skill_shares", "licenses", ["as others report it", "no stated or no verified licence"]),
        ("skill_shares", "attribution", ["no licence stated", "licence not verified"]),
        ("education", "description", ["ODbL", "Worldwide"]),
        ("education", "licenses", ["ODbL-1.0"]),
        ("education", "as_of", ["2022-09-16"]),
        ("education", "made", ["professional doctorate", "no days"]),
        ("wages", "counted", ["production bonuses"]),
    ],
)
def test_descriptions_say_what_a_reader_must_know(name, key, words):
    resource = next(item for item in PACKAGE["resources"] if item["name"] == name)
    assert [word for word in words if word not in str(resource[key])] == []


def test_job_security_is_open_for_want_of_a_count_of_these_careers():
    claim = tables.load("claims").set_index("id").loc["job-security"]
    known = tables.load("claim_evidence").query("claim == 'job-security'")
    assert claim["verdict"] == "unverifiable" and "entrants" in claim["primary_source_says"]
    assert known["measure"].str.contains("most exposed to AI").all()


def test_descriptions_of_roles_say_what_the_rule_catches():
    ranges = tables.load("pay_ranges").query("role == 'AI Research Scientist'")
    ranges = ranges.assign(plain=ranges["title_group"].isin(["Research Scientist", "Research Engineer"]))
    paired = ranges[~ranges["single"] & (ranges["country"] == "US") & (ranges["employment"] == "FT")]
    shares = [100 * np.average(rows["plain"], weights=rows["adverts"]) for rows in (ranges, paired)]
    made = next(item["made"] for item in PACKAGE["resources"] if item["name"] == "pay_ranges")
    assert f"({shares[0]:.0f}%; {shares[1]:.0f}% of full-time US adverts with a range)" in made
