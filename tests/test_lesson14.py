"""The lesson of notebook 14: what the ledger says in words and what our tables give must be the same figures."""

import re

import pandas as pd
import pytest

from helpers import charts, check, tables
from helpers.lessons import nb14 as lesson
from tests.answers import nb14 as answers

# Figures that the words of a computed claim quote from elsewhere, or that stand for a date.
QUOTED = {
    "growth-36": {"36", "8.5", "25", "42", "2022"},
    "mlops-growth": set(),
    "many-backgrounds": {"2023", "0", "409", "0.7", "28", "29"},
    "bright-future": {"34", "3"},
    "cloud-mandatory": {"95", "2022", "57", "86"},
    "dated-2024": {"2", "2024"},
}


def numbers(text):
    return set(re.findall(r"\d+(?:\.\d+)?", text.replace(",", "")))


def test_the_words_of_a_claim_agree_with_what_is_computed_here():
    ledger = lesson.ledger()
    computed = ledger[ledger["evidence"] == "computed"]
    assert (computed["tested"] != "").all()
    for name, claim in computed.iterrows():
        ours = numbers(claim.tested)
        ours |= {f"{float(one):.0f}" for one in ours if "." in one} | QUOTED.get(name, set())
        ours |= {"17"} if name == "cloud-mandatory" else set()  # 20 of 121 adverts are 16.53%
        assert numbers(claim.primary_source_says) <= ours, name


def test_a_misquote_has_a_source_and_a_prediction_is_judged_by_what_came_after_it():
    ledger = lesson.ledger()
    assert not (ledger["verdict"].eq("misquoted") & ledger["likely_origin"].eq("None found")).any()
    share = lesson.postings()["share"]
    assert share["2026-06"] > share["2025-02"] and ledger["kind"]["demand-only-rises"] == "open"


def test_the_arithmetic_of_forty_percent():
    said = tables.load("claims").set_index("id")["primary_source_says"]["forty-a-year"]
    evidence = tables.load("claim_evidence").set_index("claim")["value"]
    base = evidence["million-jobs"] / evidence["forty-a-year"] * 100
    assert all(f"{100 * (1.4 ** (1 / years) - 1):.0f}%" in said for years in (4, 5))
    assert f"{base / 1e6} million would gain {base * (1.4**4 - 1) / 1e6:.0f} million" in said


def test_every_claim_has_a_kind_and_the_example_rules_on_those_that_are_asked():
    assert lesson.ledger()["kind"].isin(["stands", "falls", "open"]).all()
    reader, table = lesson.compare({})
    assert reader == "an example reader" and list(table.index) == lesson.ASKED
    assert lesson.compare(answers.RIGHT["rulings"][2])[0] == "you"
    for broken in ({"growth-36": ("open",)}, {"growth-36": ("open", None)}, ..., [1], (0.2, table)):
        assert lesson.compare(broken)[0] == "an example reader"


def test_no_two_dollar_signs_become_a_formula():
    ledger = lesson.ledger().astype(str)
    assert not ledger.apply(lambda column: column.str.contains("$", regex=False)).any(axis=None)


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("AI postings rose by 36% from early 2023 to 2024.", (36, False, "number", 3, 12)),
        ("The share FELL 1,200.5 per cent between June 2021 and late 2022", (-1200.5, False, "share", 1, 3)),
        ("Jobs grow 4% year-over-year from 2019 to 2020", (4, True, "number", 12, 12)),
        ("Jobs grew by 2 percentage points from 2019 to 2020", (None, False, "number", 12, 12)),
        ("Jobs grew by 2% in 2020", (2, False, "number", None, None)),
        ("Vacancies decreased by 12% yoy from Jan. 2023 to Q2 2024", (-12, True, "number", 1, 3)),
        ("The share changed by -6% from early 2023 to mid-2024", (-6, False, "share", 3, 4)),
        ("Jobs rose from 5 to 19% from the market of 2020 to 2021", (None, False, "number", 12, 12)),
        ("Jobs grew 5-10% from 2019 to 2020", (None, False, "number", 12, 12)),
        ("Sales fell, AI ads rose 10% from 2019 to 2020", (None, False, "number", 12, 12)),
        ("Jobs rose 3% from spring 2019 to the fall of 2020", (3, False, "number", None, None)), ("Jobs rose 3% from 01/2019 to 06/2020", (3, False, "number", None, None)),
        ("Jobs rose 3% a year from 2020 to early 2020", (3, True, "number", None, None)),
        ("<b>" * 400, (None, False, None, None, None)),
        (None, (None, False, None, None, None)),
    ],
)  # fmt: skip
def test_a_sentence_is_taken_apart(sentence, parts):
    found = lesson.parse(sentence)
    found |= {side: found[side] and len(found[side]) for side in ("start", "end")}
    assert tuple(found.values()) == parts


def test_which_definitions_make_the_claim_true():
    judge = check.reference("14", "judge_growth")

    def verdict(country, way, base, end):
        column = lesson.postings(country)[way]
        table = pd.DataFrame({"share": column, "number": column})
        return judge(f"The share rose by 36% from {base} to {end}", table)[2]

    assert verdict("US", "per software", "January 2023", "January 2024") == "supported"
    assert verdict("US", "share", "early 2023", "January 2025") == "supported"
    assert verdict("FR", "share", "early 2023", "early 2025") == "supported"
    assert verdict("IE", "number", "early 2023", "early 2024") == "cannot say"
    for country in ("US", "CA", "GB", "DE", "FR", "AU"):
        for base in ("March 2022", "December 2022", "early 2023", "June 2023", "2023"):
            for end in ("January 2024", "early 2024", "2024", "early 2025"):
                assert verdict(country, "number", base, end) != "supported"


def test_the_chart_of_definitions_says_each_verdict():
    found = {"share": (-9.0, 7.0, "contradicted"), "number": (None, None, "cannot say")}
    figure = lesson.draw_definitions(found, "US", "early 2023", "2024")
    assert "0 of 2" in charts.title_of(figure)
    assert "number: cannot say" in figure.get_label()


def test_a_page_is_read_in_part_only(tmp_path):
    file = tmp_path / "audit.md"
    file.write_bytes(b"\xff\n- Claim: " + b"x" * 9_000 + b"\n- Where: here")
    said = lesson.fields(file)
    assert len(said["Claim"]) < 5_000 and said["Where"] == ""
