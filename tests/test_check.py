"""Exercise checkers: right answers, the mistakes that they name, and anything else they may be handed."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import check, market, profile, series, tables
from helpers.check import engine

CHECKERS = [
    getattr(getattr(check, f"nb{notebook.number}"), name)
    for notebook in series.written()
    for name in check.exercises(notebook.number)
]


class Hostile:
    """An object none of whose methods works."""

    def _fail(self, *_args):
        raise RuntimeError("no")

    __float__ = __str__ = __repr__ = __iter__ = __eq__ = __len__ = __bool__ = item = _fail
    __hash__ = None


STRANGE = [
    Hostile(),
    float("nan"),
    float("inf"),
    "",
    "   ",
    "<script>alert(1)</script>",
    "9" * 10_000,
    b"\xff",
    True,
    object(),
    type,
    print,
    [],
    {},
    set(),
    [[]],
    ("US",),
    ("US", None, 3),
    {"US": 1},
    [Hostile()],
    np.array([1, 2, 3]),
    np.float64("nan"),
    pd.NA,
    pd.NaT,
    pd.DataFrame(),
    pd.Series([1.0, 2.0]),
    10**400,
    -(10**400),
    1j,
    dt.datetime.max,
]


@pytest.fixture(autouse=True)
def own_profile(tmp_path, monkeypatch):
    monkeypatch.setenv("ML_CAREERS_HOME", str(tmp_path))


@pytest.mark.parametrize("checker", CHECKERS, ids=lambda checker: checker.__name__)
@pytest.mark.parametrize("missing", [..., None])
def test_unanswered(checker, missing):
    verdict = checker(missing)
    assert verdict.state == "open" and str(verdict).startswith("◯ Not answered yet.")


@pytest.mark.parametrize("checker", CHECKERS, ids=lambda checker: checker.__name__)
def test_strange_answers_are_met_with_a_sentence(checker):
    for answer in STRANGE:
        verdict = checker(answer)
        assert verdict.state == "wrong" and len(verdict.message) > 20
        assert "<script" not in repr(verdict) + verdict._repr_markdown_()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answer=anything)
def test_checkers_never_raise(answer):
    for checker in CHECKERS:
        assert checker(answer).state in {"open", "wrong", "right"}


def test_right_answer_is_noted_once():
    for _ in range(2):
        assert check.nb00.order_of_cells(130).state == "right"
    assert list(profile.load().solved["00"]) == ["order_of_cells"]


def test_wrong_answer_is_not_noted():
    check.nb00.order_of_cells(110)
    assert not profile.load().solved


@pytest.mark.parametrize(
    "given, value",
    [
        (3, 3),
        ("-8.9 %", -8.9),
        ("\N{MINUS SIGN}1,200", -1200),
        (np.float32(2.5), 2.5),
        (pd.Series([4.0]), 4.0),
        (pd.DataFrame([[7]]).to_numpy(), 7.0),
    ],
)
def test_numbers_are_read(given, value):
    assert engine.as_number(given) == pytest.approx(value)


@pytest.mark.parametrize("given", [True, "", "x", float("nan"), "inf", pd.Series([1, 2]), object()])
def test_other_things_are_no_numbers(given):
    with pytest.raises((ValueError, TypeError)):
        engine.as_number(given)


def test_right_rounded_and_as_text():
    us = market.daily("US")
    change = market.change(us, "2024-01", "2025-01")
    for answer in (change, round(change), f"{change:.1f}%", np.float64(change)):
        assert check.nb01.share_change(answer).state == "right"


@pytest.mark.parametrize(
    "answer, hint",
    [
        (0.388, "fraction"),
        (0.76, "percentage points"),
        (138.8, "subtract 100"),
        (-9.1, "year before"),
        (26.2, "two years"),
        (-28.0, "backwards"),
        (5.0, "mean of each month"),
    ],
)
def test_share_change_names_the_mistake(answer, hint):
    verdict = check.nb01.share_change(answer)
    assert verdict.state == "wrong" and hint in verdict.message


@pytest.mark.parametrize(
    "answer, hint",
    [
        (-19.6, "all postings"),
        (-5.9, "share alone"),
        (-10.6, "index alone"),
        (-0.159, "fraction"),
        (3, "day by day"),
    ],
)
def test_implied_count_names_the_mistake(answer, hint):
    assert hint in check.nb01.implied_count(answer).message


@pytest.mark.parametrize(
    "month", ["2023-06", "June 2023", pd.Timestamp("2023-06-15"), pd.Period("2023-06"), dt.date(2023, 6, 1)]
)
@pytest.mark.parametrize("country", ["CA", "canada"])
def test_best_base_takes_any_spelling(country, month):
    assert check.nb01.best_base((country, month)).state == "right"


@pytest.mark.parametrize(
    "answer, hint",
    [
        (("CA", "2023-01"), "lower share"),
        (("US", "2023-06"), "another country"),
        (("US", "2022-03"), "lowest point"),
        (("CA", "2020-07"), "January 2022 to December 2023"),
        (("XX", "2023-06"), "two-letter"),
        ("CA 2023-06", "could not be read"),
    ],
)
def test_best_base_names_the_mistake(answer, hint):
    assert hint in check.nb01.best_base(answer).message


@pytest.mark.parametrize(
    "answer, state, hint",
    [
        ({"CA", "FR", "IE", "GB"}, "right", "4 of 9"),
        (["Canada", "france", "ie", "UK"], "right", "4 of 9"),
        (set(), "wrong", "empty"),
        (pd.Index(["CA", "FR", "IE", "GB"]), "right", "4 of 9"),
        ({"CA", "FR", "IE", "GB", "DE"}, "wrong", "low end below zero"),
        ({"US"}, "wrong", "fell"),
        ("CA", "wrong", "3 more"),
        ({"XX"}, "wrong", "two-letter"),
        (pd.DataFrame(index=["CA", "FR", "IE", "GB"]), "right", "4 of 9"),
    ],
)
def test_rising_countries(answer, state, hint):
    verdict = check.nb01.rising_countries(answer)
    assert verdict.state == state and hint in verdict.message


@pytest.mark.parametrize(
    "answer, state, hint",
    [
        (("US", "2024-02", "2025-02"), "right", "+35.9%"),
        (("united states", "2024-02", "2025-02"), "right", "true sentence"),
        (("US", "2023-01", "2024-01"), "wrong", "-9.1%"),
        (("US", "2023-01", "2025-01"), "wrong", "one year apart"),
        (("US", "2025-02", "2024-02"), "wrong", "one year apart"),
        (("US", "2018-01", "2019-01"), "wrong", "data run"),
        (("XX", "2023-01", "2024-01"), "wrong", "two-letter"),
    ],
)
def test_make_headline(answer, state, hint):
    verdict = check.nb01.make_headline(answer)
    assert verdict.state == state and hint in verdict.message


def test_weeks_needed():
    minutes = sum(notebook.minutes for notebook in series.SERIES)
    for weeks in (minutes / 180, math.ceil(minutes / 180), round(minutes / 180, 1)):
        assert check.nb00.weeks_needed(weeks).state == "right"
    assert "rounded down" in check.nb00.weeks_needed(minutes // 180).message
    assert "Those are hours" in check.nb00.weeks_needed(minutes / 60).message
    assert "first turn minutes" in check.nb00.weeks_needed(minutes / 3).message


def test_oldest_table():
    oldest = min(tables.names(), key=tables.as_of)
    assert check.nb00.oldest_table(oldest).state == "right"
    assert "another one ends earlier" in check.nb00.oldest_table("ai_postings").message
    assert "Choose from" in check.nb00.oldest_table("salaries").message


def test_unknown_notebook_has_no_checkers():
    with pytest.raises(AttributeError, match="no checkers for notebook 77"):
        check.nb77  # noqa: B018
