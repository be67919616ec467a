"""The checkers of notebook 04: right answers, each likely mistake, and whatever else a learner may hand them."""

import math

import numpy as np
import pandas as pd
import pytest

from helpers import check
from helpers.check import nb04
from tests import books


class Hostile:
    """An object none of whose methods works."""

    def _fail(self, *_args):
        raise RuntimeError("no")

    __float__ = __str__ = __repr__ = __iter__ = __eq__ = __len__ = __bool__ = item = _fail
    __hash__ = None


RIGHT = {
    "possible_questions": [1_320, "1,320", np.int64(1_320)],
    "skewed_feature": ["level", " Level "],
    "share_for_percent": [22.7, 23, np.float32(22.66)],
    "processes_needed": [4, 4.0, "4"],
    "slow_pages": [18.2, "18 %", 18.3],
}
WRONG = {
    "possible_questions": {28: "sum", 40: "too", 120: "country", 440: "remote", 7: "Multiply"},
    "skewed_feature": {
        "role": "Not role",
        "remote": "Not remote",
        "size": "four features",
        "": "four features",
    },
    "share_for_percent": {
        203.6: "subtract",
        226.3: "subtract",
        -22.7: "other way",
        -10.1: "low ends",
        500: "served.run",
    },
    "processes_needed": {2: "queue", 3.333: "Round up", 3: "Round up", 1.2: "Divide", 40: "round up"},
    "slow_pages": {1: "calls", 20: "twice", 81.8: "without", 0.182: "multiply by 100", 50: "power of 20"},
}
HOSTILE = [
    math.nan,
    math.inf,
    pd.NA,
    "",
    "many",
    [],
    {},
    [1, 2],
    Hostile(),
    [Hostile()],
    object(),
    True,
    b"x",
    "9" * 5000,
]


def test_all_exercises_are_tested():
    assert set(RIGHT) == set(WRONG) == set(check.exercises("04")) and len(RIGHT) == 5


@pytest.mark.parametrize(("name", "answer"), [(name, one) for name, some in RIGHT.items() for one in some])
def test_right(name, answer):
    with books.empty_profile():
        verdict = getattr(nb04, name)(answer)
    assert verdict.state == "right", verdict


@pytest.mark.parametrize(
    ("name", "answer", "hint"),
    [(name, one, hint) for name, some in WRONG.items() for one, hint in some.items()],
)
def test_wrong_with_the_hint_for_it(name, answer, hint):
    verdict = getattr(nb04, name)(answer)
    assert verdict.state == "wrong" and hint in verdict.message, verdict


@pytest.mark.parametrize("name", RIGHT)
def test_open_and_hostile(name):
    assert getattr(nb04, name)().state == getattr(nb04, name)(None).state == "open"
    for answer in HOSTILE:
        verdict = getattr(nb04, name)(answer)
        assert verdict.state == "wrong" and verdict.message
