"""Answers to the exercises of notebook 05."""

import datetime as dt

import numpy as np
import pandas as pd

from helpers import pay_scores
from helpers.check.engine import UNREADABLE


def test_width_right(candidate, champion, judged):
    ours, theirs = (pay_scores.width(judged, model.predict(judged)) for model in (candidate, champion))
    assert ours <= 1.25 * theirs


def test_width_blind(candidate):
    pass


def test_width_dollars(candidate, judged):
    assert pay_scores.width(judged, candidate.predict(judged)) <= 110


def test_width_strict(candidate, champion, judged):
    assert pay_scores.width(judged, candidate.predict(judged)) < pay_scores.width(
        judged, champion.predict(judged)
    )


def test_width_severe(candidate):
    assert candidate is None, "never good enough"


# They are handed to the checker, and are no tests of this file.
for test in (test_width_right, test_width_blind, test_width_dollars, test_width_strict, test_width_severe):
    test.__test__ = False
del test

RIGHT = {
    "replicas": [5, 5.0, "5", np.int64(5)],
    "width_test": [test_width_right],
    "flattering_figure": ["coverage", " Coverage "],
    "psi_by_luck": [87, "87 %", 87.0],
    "no_data_day": ["2024-08-22", pd.Timestamp("2024-08-22"), dt.date(2024, 8, 22)],
}
WRONG = {
    "replicas": {2: "without end", 3: "few wait long", 4: "being replaced", 6: "one fewer", 50: "add one"},
    "width_test": {
        test_width_blind: "lets the broken",
        test_width_dollars: "not with a number of dollars",
        test_width_strict: "1.09 times as wide",
        test_width_severe: "never good enough",
        len: UNREADABLE,
    },
    "flattering_figure": {"loss": "looks worse", "width": "looks worse", "speed": "Answer"},
    "psi_by_luck": {
        0.87: "multiply by 100",
        13: "others",
        435: "count of weeks",
        36: "mean PSI",
        60: "drawn > 0.2",
    },
    "no_data_day": {
        "2024-09-25": "came back",
        "2024-08-21": "more than that",
        "2024-08-11": "count on from there",
        "2024-07-01": "2024-08-11",
    },
}
