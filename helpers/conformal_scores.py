"""Measure corrected ranges on a stream of weeks, and compare two ways to correct them on the same weeks.

Corrections come from :func:`helpers.conformal.adaptive` or from the notebook: thousand USD a year, one an advert.
"""

import numpy as np
import pandas as pd

from helpers import conformal

BLOCK = 4
"""Weeks that are drawn together: neighbouring weeks resemble each other."""

SUDDEN = "2024-06-01"
"""From this day on the collection holds kinds of adverts that it did not hold before (see ``pay_audit``)."""


def judge(table, correction, target=conformal.TARGET):
    """Measure corrected ranges on the weeks that are judged.

    Parameters
    ----------
    table : pandas.DataFrame
        See :func:`helpers.conformal.stream`.
    correction : array_like, shape (n,)
        See :func:`helpers.conformal.adaptive`.
    target : float

    Returns
    -------
    dict of str to float
        ``coverage`` and ``since June 2024`` (% of adverts), ``role gap`` (how far the coverage of an advert's
        role is from the target, mean over the adverts, in points), ``width`` and ``interval score`` (thousand USD a year;
        the score is the width plus, for an advert outside, 2 / (1 - target) times how far outside it is, so
        that a range can neither win by being wide nor by missing).

    Notes
    -----
    Source of the interval score: Gneiting and Raftery (2007), doi:10.1198/016214506000001437.
    """
    sums = _sums(table, correction, target)
    late = sums[table["arrived"][table["week"] >= 0].drop_duplicates() >= SUDDEN].sum(axis=(0, 1))
    whole = sums.sum(axis=0)[None]
    return {
        "coverage": float(_MEASURES["coverage"](whole, target)[0]),
        "since June 2024": float(100 * late[1] / late[0]),
        "role gap": float(_MEASURES["role gap"](whole, target)[0]),
        "width": float(whole[0, :, 2].sum() / whole[0, :, 0].sum()),
        "interval score": float(_MEASURES["interval score"](whole, target)[0]),
    }


def compare(table, first, second, measure, target=conformal.TARGET, block=BLOCK, draws=2_000, seed=0):
    """Compare two ways to correct on the same weeks, by a paired circular block bootstrap.

    Parameters
    ----------
    table : pandas.DataFrame
        See :func:`helpers.conformal.stream`.
    first, second : array_like, shape (n,)
        Corrections, see :func:`helpers.conformal.adaptive`.
    measure : {"coverage", "role gap", "interval score"}
        See :func:`judge`.
    target : float
    block : int
        How many neighbouring weeks are drawn together; the first week follows the last.
    draws, seed : int

    Returns
    -------
    difference, low, high : float
        `first` minus `second`, and its 95% interval.

    Raises
    ------
    ValueError
        If there is no such measure.

    Notes
    -----
    Source of the bootstrap: Politis and Romano (1992), a circular block-resampling procedure.
    """
    if measure not in _MEASURES:
        raise ValueError(f"measure is one of {', '.join(_MEASURES)}.")
    sums = [_sums(table, correction, target) for correction in (first, second)]
    # The first row is the weeks as they were.
    times = np.vstack([np.ones(len(sums[0])), _blocks(len(sums[0]), block, draws, seed)])
    values = [_MEASURES[measure](np.tensordot(times, part, 1), target) for part in sums]
    difference = values[0] - values[1]
    low, high = np.quantile(difference[1:], (0.025, 0.975))
    return float(difference[0]), float(low), float(high)


def chance_gap(table, target=conformal.TARGET, draws=2_000, seed=0):
    """Find the role gap of perfect ranges, which hold every advert with the chance that was aimed at.

    Adverts are drawn one by one, so this is a floor: those of one week resemble each other, and whole weeks
    bring larger gaps by chance.

    Parameters
    ----------
    table : pandas.DataFrame
        See :func:`helpers.conformal.stream`.
    target : float
    draws, seed : int

    Returns
    -------
    float
        Points, mean over the draws.
    """
    adverts = table.loc[table["week"] >= 0, "role"].value_counts().to_numpy()
    covered = np.random.default_rng(seed).binomial(adverts, target, (draws, len(adverts)))
    sums = np.stack([np.broadcast_to(adverts, covered.shape), covered], axis=-1)
    return float(_MEASURES["role gap"](sums, target).mean())


def _blocks(count, block, draws, seed):
    """How often each of `count` weeks is drawn, shape (draws, count)."""
    starts = np.random.default_rng(seed).integers(0, count, (draws, -(-count // block)))
    weeks = (starts[:, :, None] + np.arange(block)).reshape(draws, -1)[:, :count] % count
    cell = np.arange(draws)[:, None] * count + weeks
    return np.bincount(cell.ravel(), minlength=draws * count).reshape(draws, count)


def _sums(table, correction, target):
    """Sums by judged week and role, shape (weeks, roles, 4): adverts, covered, width, interval score."""
    judged = (table["week"] >= 0).to_numpy()
    rows, correction = table[judged], np.asarray(correction)[judged]
    over = np.maximum(rows["score"].to_numpy() - correction, 0)
    width = np.maximum((rows["range_high"] - rows["range_low"]).to_numpy() + 2 * correction, 0)
    values = (np.ones(len(rows)), over == 0, width, width + 2 / (1 - target) * over)
    roles = len(rows["role"].cat.categories)
    cell = rows["week"].to_numpy() * roles + rows["role"].cat.codes.to_numpy()
    shape = (rows["week"].nunique(), roles)
    sums = [np.bincount(cell, value, shape[0] * shape[1]).reshape(shape) for value in values]
    return np.stack(sums, axis=-1)


# Each takes sums of shape (draws, roles, 2 or more) and the target, and returns one value a draw.
_MEASURES = {
    "coverage": lambda sums, target: 100 * sums[..., 1].sum(axis=1) / sums[..., 0].sum(axis=1),
    "role gap": lambda sums, target: (
        100 * np.abs(sums[..., 1] - target * sums[..., 0]).sum(axis=1) / sums[..., 0].sum(axis=1)
    ),
    "interval score": lambda sums, target: sums[..., 3].sum(axis=1) / sums[..., 0].sum(axis=1),
}


def over_seeds(runs):
    """Summarize what was measured again and again with different seeds.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row a seed, one column a measure.

    Returns
    -------
    pandas.DataFrame
        One row a measure: ``mean``, ``low`` and ``high`` (95% interval of the mean, Student's t), ``smallest``
        and ``largest`` of all seeds.
    """
    from scipy.stats import t  # slow to import

    mean, half = runs.mean(), t.ppf(0.975, len(runs) - 1) * runs.sem()
    columns = {"mean": mean, "low": mean - half, "high": mean + half, "smallest": runs.min()}
    return pd.DataFrame({**columns, "largest": runs.max()})
