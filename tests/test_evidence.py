"""The role card: figures known from the sources, one rule for each role, honest limits."""

import re

import numpy as np
import pytest
from scipy.stats import binomtest

from helpers import charts, evidence, stats, tables
from helpers.pay import ROLES
from tests.test_charts import can_be_read


def test_official_pay_is_what_the_statistics_published_for_may_2025():
    pay = evidence.official_pay()
    assert tables.as_of("wages").year == 2025
    assert pay.loc["Data scientists", ["low", "value", "high"]].tolist() == [67.24, 120.23, 199.13]
    assert pay.loc["Software developers", "value"] == 135.98
    assert pay["value"].is_monotonic_decreasing and list(evidence.outlook().index) == list(pay.index)


def test_the_outlook_is_the_published_one():
    assert {role for one in evidence.NEAREST.values() for role in one["roles"]} == set(ROLES)
    assert evidence.outlook().loc["Data scientists", "value"] == 33.5


def test_advertised_pay_counts_every_advert_once_and_leaves_out_single_figures():
    raw = tables.load("pay_ranges")
    raw = raw[(raw["country"] == "US") & (raw["employment"] == "FT") & ~raw["single"]]
    raw = raw[raw["role"] == "ML Engineer"]
    spread = np.repeat(raw["low"].to_numpy(), raw["adverts"].to_numpy())
    own = evidence.advertised_pay().loc["ML Engineer"]
    assert (own["adverts"], own["low"]) == (len(spread), np.median(spread))
    assert own["low"] < own["high"]


def test_first_rung_counts_the_adverts_of_the_pay_and_allows_for_repeats():
    rungs = evidence.first_rung()
    assert rungs["adverts"].equals(evidence.advertised_pay()["adverts"])
    assert rungs.loc["MLOps Engineer", ["entry", "adverts"]].tolist() == [2, 73]
    plain, own = binomtest(165, 1993).proportion_ci(method="wilson"), rungs.loc["AI Research Scientist"]
    assert own["low"] < 100 * plain.low and own["high"] > 100 * plain.high


def test_research_adverts_are_told_apart_by_whether_their_title_names_the_field():
    rungs = evidence.first_rung_of_research()
    assert rungs["adverts"].sum() == evidence.first_rung().loc["AI Research Scientist", "adverts"]
    assert rungs.loc[True, ["entry", "adverts"]].tolist() == [7, 382]
    assert rungs["value"].round(1).tolist() == [9.8, 1.8]
    assert 0.79 < rungs.loc[False, "adverts"] / rungs["adverts"].sum() < 0.82  # "four in five"


def test_size_and_tools_count_all_roles_in_one_place():
    sizes = evidence.size()["value"]
    assert sizes.tolist() == [9013, 121, 409, 63]
    table = evidence.tools()
    assert table.loc[("MLOps Engineer", "Docker"), "value"] == pytest.approx(100 * 29 / 63)
    assert "aws, azure or gcp" not in " ".join(table.index.get_level_values("tool")).lower()


@pytest.mark.parametrize(
    ("role", "known"), zip(ROLES, (["SQL"], [], [], ["Docker", "Kubernetes"]), strict=True)
)
def test_what_sets_a_role_apart_does_so_against_every_other_role(role, known):
    table, own = evidence.tools(), evidence.telling(role)
    assert own["apart"].is_monotonic_decreasing and len(own) > 5 and own.loc[known, "apart"].all()
    for tool in own.index[own["apart"]]:
        others = [table.loc[(other, tool), "high"] for other in ROLES if other != role]
        assert own.loc[tool, "low"] > max(others)


def test_doctorates_hold_professional_ones_and_miss_who_was_not_asked():
    table = evidence.doctorates()
    assert table["value"].round().tolist()[:3] == [20, 60, 13]
    assert table.loc["MLOps Engineer"].isna().all()


def test_nothing_is_said_of_too_few(monkeypatch):
    monkeypatch.setattr(stats, "LEAST", 74)
    assert evidence.advertised_pay().loc["MLOps Engineer", ["low", "high"]].isna().all()
    assert evidence.first_rung().loc["MLOps Engineer", ["value", "low", "high"]].isna().all()
    assert "MLOps Engineer" not in evidence.tools().index


@pytest.mark.parametrize("role", ROLES)
def test_seven_facts_with_who_is_counted_and_a_source_with_its_year(role):
    facts = evidence.facts(role)
    assert facts.shape == (7, 6) and facts.columns[0] == role and facts.notna().all(axis=None)
    assert not facts.map(lambda text: "nan" in text.split()).any(axis=None)
    assert facts["Source"].str.contains(r"20\d\d$").all()


@pytest.mark.parametrize("role", ROLES)
def test_the_card_says_what_the_facts_say_and_no_text_is_cut_off(role):
    card, facts = evidence.role_card(role), evidence.facts(role)[role]
    drawn = [text.get_text() for axes in card.axes for text in axes.texts]
    for fact in ("Advertised pay", "Size", "Entry level"):
        first = re.match(r"[\d,]+( to [\d,]+)?", facts[fact])[0]
        assert any(text.startswith(first) for text in drawn), fact
    for name, change in re.findall(r"([A-Z][a-z ]+) ([+-][\d.]+)%", facts["Outlook"]):
        assert change in drawn and name in evidence.outlook().index
    assert role in charts.title_of(card) and role in card.get_label()
    assert charts.png(card) == charts.png(evidence.role_card(role))
    can_be_read(card, least=8.5)


def test_an_unknown_role_gets_one_sentence_with_the_right_ones():
    for make in (evidence.facts, evidence.role_card):
        with pytest.raises(ValueError, match="Data Scientist, AI Research Scientist"):
            make("Wizard")
