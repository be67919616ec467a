"""The checkers of notebook 03: right answers, each likely mistake, and whatever else a learner may hand them."""

import numpy as np
import pandas as pd
import pytest

from helpers import check
from helpers.check import nb03
from tests import books

GAPS = nb03.gaps()
GAIN, PART = GAPS["plain"] - GAPS["role-wise"], GAPS["plain"] - GAPS["own miss"]
RIGHT = {
    "smallest_calibration": [19, 19.0, "19", np.int64(19)],
    "coverage_drop": [9.6, "9.6", np.float64(9.58)],
    "next_miss": [0.195, "0.195", pd.Series([0.195])],
    "share_of_own_miss": [100 * PART / GAIN, f"{100 * PART / GAIN:.1f}%"],
    "wrong_point": [2, "2", 2.0],
}
WRONG = {
    "smallest_calibration": {20: "counts too", 95: "percentage", 100: "Fewer", 5: "Try some n"},
    "coverage_drop": {
        81.1: "late 2023",
        71.5: "late 2024",
        -9.6: "positive",
        0.096: "multiply by 100",
        8.5: "from 80%",
        30: "July to December",
    },
    "next_miss": {0.205: "sign", -0.005: "add it", 0.1: "step size", 0.805: "coverage", 7: "New miss rate"},
    "share_of_own_miss": {
        PART / GAIN: "multiply by 100",
        100 - 100 * PART / GAIN: "missing",
        100 * (GAPS["plain"] - GAPS["own scores"]) / GAIN: "own scores alone",
        100 * GAPS["own miss"] / GAPS["role-wise"]: "two gaps",
        100 * PART / GAPS["plain"]: "whole is the gain",
        10: "take away",
    },
    "wrong_point": {1: "fair", 3: "right", 4: "three points", 0: "three points"},
}


def test_every_exercise_is_tested():
    assert set(RIGHT) == set(WRONG) == set(check.exercises("03"))
    assert len(RIGHT) == 5


@pytest.fixture(autouse=True)
def own_profile():
    with books.empty_profile():
        yield


@pytest.mark.parametrize(("name", "answer"), [(name, one) for name, many in RIGHT.items() for one in many])
def test_right_answers(name, answer):
    verdict = getattr(nb03, name)(answer)
    assert verdict.state == "right", verdict
    assert len(verdict.message) > 40


@pytest.mark.parametrize(
    ("name", "answer", "hint"),
    [(name, one, hint) for name, many in WRONG.items() for one, hint in many.items()],
)
def test_a_mistake_gets_its_own_hint(name, answer, hint):
    verdict = getattr(nb03, name)(answer)
    assert verdict.state == "wrong"
    assert hint in verdict.message
