"""What must hold whatever the data say: of two jobs that differ in one thing, which may not be offered less."""

import itertools

import numpy as np

from helpers import onnx_model, pay, pay_scores

ODD = 0.10
"""Share of jobs in which a rule may be broken: kinds of jobs that have hardly any adverts."""

SEVERAL = 30
"""Adverts of a company size and level below which their pay is not compared."""

CLEAR = 3
"""Standard errors by which two levels must really differ in pay before their order is held against a model."""


def _middles(model, jobs):
    return model.predict(jobs).mean(axis=1)


def test_two_levels_up_is_not_offered_less(candidate):
    jobs = onnx_model.every_job()
    for lower, higher in (("EN", "SE"), ("MI", "EX")):
        rows = jobs[jobs["level"] == lower]
        less = _middles(candidate, rows.assign(level=higher)) < _middles(candidate, rows)
        assert less.mean() <= ODD, (
            f"{pay.LEVELS[higher]} below {pay.LEVELS[lower]} in {100 * less.mean():.0f}% of jobs"
        )


def _pairs(table):
    """Yield (company size, lower paid level, its adverts, higher paid level, its adverts) where pay differs clearly."""
    for size, adverts in table.groupby("size", observed=True):
        levels = [(level, rows) for level, rows in adverts.groupby("level", observed=True)]
        several = [(level, rows) for level, rows in levels if rows["weight"].sum() >= SEVERAL]
        for one, other in itertools.combinations(several, 2):
            (low, little), (high, much) = sorted((one, other), key=lambda group: _mean(group[1], "midpoint"))
            gap = _mean(much, "midpoint") - _mean(little, "midpoint")
            if gap > CLEAR * np.hypot(_error(little), _error(much)):
                yield size, low, little, high, much


def _mean(rows, column):
    return np.average(rows[column], weights=rows["weight"])


def _error(rows):
    spread = np.average((rows["midpoint"] - _mean(rows, "midpoint")) ** 2, weights=rows["weight"])
    return np.sqrt(spread / pay_scores.effective_n(rows["weight"]))


def test_company_size_does_not_flip_the_order_of_levels(candidate, judged):
    offered = judged.assign(offered=_middles(candidate, judged))
    pairs = list(_pairs(offered))
    assert len({size for size, *_ in pairs}) > 1, "too few adverts to compare company sizes"
    for size, low, little, high, much in pairs:
        assert _mean(little, "offered") < _mean(much, "offered"), (
            f"size {size}: {pay.LEVELS[low]} is offered more than {pay.LEVELS[high]}, which pays more"
        )


def test_the_order_of_questions_does_not_matter(candidate):
    jobs = onnx_model.every_job()
    turned = candidate.predict(jobs[::-1])[::-1]
    assert np.allclose(candidate.predict(jobs), turned, atol=1e-3), "an answer depends on its neighbours"
