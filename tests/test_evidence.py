"""The role card: what is drawn says what the facts say, and honest limits. Its words are compared in the notebooks."""

import re

import pytest

from helpers import charts, evidence, stats
from helpers.pay import ROLES
from tests.test_charts import can_be_read


def test_nothing_is_said_of_too_few(monkeypatch):
    monkeypatch.setattr(stats, "LEAST", 74)
    assert evidence.advertised_pay().loc["MLOps Engineer", ["low", "high"]].isna().all()
    assert evidence.first_rung().loc["MLOps Engineer", ["value", "low", "high"]].isna().all()
    assert "MLOps Engineer" not in evidence.tools().index


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
