"""The checkers of notebook 05: right answers, each likely mistake, and whatever else a learner may hand them."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from helpers import check, pay_scores
from helpers.check import nb05
from helpers.check.engine import UNREADABLE
from tests import books


class Hostile:
    """An object none of whose methods works."""

    def _fail(self, *_args):
        raise RuntimeError("no")

    __float__ = __str__ = __repr__ = __iter__ = __eq__ = __len__ = __bool__ = item = _fail
    __hash__ = None


def test_width_right(candidate, champion, judged):
    ours, theirs = (pay_scores.width(judged, model.predict(judged)) for model in (candidate, champion))
    assert ours <= 1.25 * theirs


def test_width_blind(candidate):
    pass


def test_width_severe(candidate):
    assert candidate is None, "never good enough"


# They are handed to the checker, and are no tests of this file.
test_width_right.__test__ = test_width_blind.__test__ = test_width_severe.__test__ = False

RIGHT = {
    "replicas": [4, 4.0, "4", np.int64(4)],
    "width_test": [test_width_right],
    "flattering_figure": ["coverage", " Coverage "],
    "psi_by_luck": [87, "87 %", 87.0],
    "no_data_day": ["2024-08-22", pd.Timestamp("2024-08-22"), dt.date(2024, 8, 22)],
}
WRONG = {
    "replicas": {2: "without end", 3: "waits over 10", 5: "one fewer", 50: "sizing.replicas"},
    "width_test": {
        test_width_blind: "lets the broken",
        test_width_severe: "never good enough",
        len: UNREADABLE,
    },
    "flattering_figure": {"loss": "looks worse", "width": "looks worse", "speed": "Answer"},
    "psi_by_luck": {0.87: "multiply by 100", 13: "others", 36: "mean PSI", 60: "drawn > 0.2"},
    "no_data_day": {
        "2024-09-25": "came back",
        "2024-08-21": "more than that",
        "2024-08-11": "count on from there",
        "2024-07-01": "2024-08-11",
    },
}
HOSTILE = [
    math.nan,
    math.inf,
    pd.NA,
    "",
    "many",
    "x" * 10_000,
    [],
    [None],
    {},
    {1: 2},
    b"xx",
    True,
    object(),
    Hostile(),
    pd.DataFrame({"a": [1, 2]}),
    np.array([1.0, 2.0]),
    lambda: 4,
    ("2024-06", object()),
    10**400,
]


def test_every_exercise_is_tested():
    assert set(RIGHT) == set(WRONG) == set(check.exercises("05"))
    assert len(RIGHT) == 5


@pytest.fixture(autouse=True)
def own_profile():
    with books.empty_profile():
        yield


@pytest.mark.parametrize(("name", "answer"), [(name, one) for name, many in RIGHT.items() for one in many])
def test_right_answers(name, answer):
    verdict = getattr(nb05, name)(answer)
    assert verdict.state == "right", verdict
    assert len(verdict.message) > 40


@pytest.mark.parametrize(
    ("name", "answer", "hint"),
    [(name, one, hint) for name, many in WRONG.items() for one, hint in many.items()],
)
def test_a_mistake_gets_its_own_hint(name, answer, hint):
    verdict = getattr(nb05, name)(answer)
    assert verdict.state == "wrong"
    assert hint in verdict.message


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: type(answer).__name__)
def test_nothing_raises_and_nothing_strange_is_right(name, answer):
    assert getattr(nb05, name)(answer).state == "wrong"


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("answer", [..., None])
def test_not_answered_yet(name, answer):
    assert getattr(nb05, name)(answer).state == "open"
    assert getattr(nb05, name)().state == "open"
