"""How good pay ranges are: the simplest rival, pinball loss, coverage, width, and how sure they are.

Adverts arrive in weeks, and those of one week are not independent (one employer may post many). Hence
:func:`bootstrap_weeks`, which draws whole weeks, for periods of eight weeks or more; :func:`coverage_table`
uses Wilson intervals on the effective number of adverts, which are right at best and too narrow otherwise.
"""

import numpy as np
import pandas as pd

from helpers import pay

Z = 1.96  # for 95% intervals


def weighted_quantile(values, weights, quantile):
    """float: the smallest value that at least the share `quantile` of all weight does not exceed."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(np.asarray(weights, dtype=float)[order])
    place = np.searchsorted(reached, quantile * reached[-1] - 1e-9)
    return float(np.asarray(values)[order][place])


class Baseline:
    """The simplest rival: quantiles of the midpoint among adverts of the same role and level.

    Where fewer than 30 adverts share both, the role alone decides, and where they do not share it either, all.

    Parameters
    ----------
    table : pandas.DataFrame
        To learn from; see :func:`helpers.pay.adverts`.
    quantiles : sequence of float
    """

    FEW = 30

    def __init__(self, table, quantiles=pay.QUANTILES):
        self.quantiles = tuple(quantiles)
        self._tables = [self._learn(table, by) for by in (["role", "level"], ["role"])]
        self._all = self._of(table)

    def _of(self, rows):
        return [weighted_quantile(rows["midpoint"], rows["weight"], q) for q in self.quantiles]

    def _learn(self, table, by):
        groups = table.groupby(by, observed=True)
        return by, {key: self._of(rows) for key, rows in groups if rows["weight"].sum() >= self.FEW}

    def predict(self, jobs):
        """numpy.ndarray: thousand USD a year, shape (jobs, quantiles); see :func:`helpers.pay.check_jobs`."""
        jobs = pay.check_jobs(jobs, ("role", "level"))
        (_, fine), (_, coarse) = self._tables
        return np.array(
            [
                fine.get(job, coarse.get(job[:1], self._all))
                for job in zip(jobs["role"], jobs["level"], strict=True)
            ]
        )


def pinball_loss(actual, predicted, quantile, weights=None):
    """Mean pinball (quantile) loss: being `quantile` too low costs as much as 1 - `quantile` too high.

    Parameters
    ----------
    actual, predicted : array_like, shape (n,)
        Thousand USD a year.
    quantile : float
    weights : array_like, optional

    Returns
    -------
    float
        Thousand USD a year; 0 is perfect. Source: Koenker and Bassett (1978).
    """
    error = np.asarray(actual, dtype=float) - np.asarray(predicted, dtype=float)
    return float(np.average(np.maximum(quantile * error, (quantile - 1) * error), weights=weights))


def range_loss(table, ranges, quantiles=pay.QUANTILES):
    """float: mean :func:`pinball_loss` over the quantiles that are the columns of `ranges`, adverts weighted."""
    losses = (
        pinball_loss(table["midpoint"], ranges[:, place], quantile, table["weight"])
        for place, quantile in enumerate(quantiles)
    )
    return float(np.mean(list(losses)))


def inside(table, ranges):
    """numpy.ndarray of bool, shape (n,): does the midpoint lie within its range, both ends included?"""
    midpoint = table["midpoint"].to_numpy()
    return (ranges[:, 0] <= midpoint) & (midpoint <= ranges[:, -1])


def coverage(table, ranges):
    """float: share of the adverts whose midpoint lies within its range, 0 to 1."""
    return float(np.average(inside(table, ranges), weights=table["weight"]))


def width(table, ranges):
    """float: mean width of the ranges over the adverts, thousand USD a year."""
    return float(np.average(ranges[:, -1] - ranges[:, 0], weights=table["weight"]))


def effective_n(weights):
    """float: as how many independent adverts these weigh (Kish): repeats add less than their number."""
    weights = np.asarray(weights, dtype=float)
    return float(weights.sum() ** 2 / (weights**2).sum())


def wilson(share, n):
    """Wilson's 95% interval of a share.

    Parameters
    ----------
    share : float or array_like
        0 to 1.
    n : float or array_like
        On how many observations it rests.

    Returns
    -------
    low, high : float or numpy.ndarray
        0 to 1.
    """
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return centre - half, centre + half


def coverage_table(table, ranges, by):
    """Coverage and width by group.

    Parameters
    ----------
    table : pandas.DataFrame
    ranges : numpy.ndarray, shape (n, quantiles)
    by : str or pandas.Series or list of these
        As for ``table.groupby``, for example ``"role"`` or ``table["arrived"].dt.to_period("M")``.

    Returns
    -------
    pandas.DataFrame
        Indexed by group: ``adverts``, ``coverage``, ``low`` and ``high`` (all three in %, a 95% Wilson
        interval on the effective number of adverts), ``width`` (thousand USD a year).
    """
    hit, wide = inside(table, ranges), ranges[:, -1] - ranges[:, 0]
    weight = table["weight"].to_numpy(dtype=float)
    parts = table.assign(hit=hit * weight, wide=wide * weight, square=weight**2)
    sums = parts.groupby(by, observed=True)[["weight", "hit", "wide", "square"]].sum()
    share = sums["hit"] / sums["weight"]
    low, high = wilson(share, sums["weight"] ** 2 / sums["square"])
    return pd.DataFrame(
        {
            "adverts": sums["weight"].astype(int),
            "coverage": 100 * share,
            "low": 100 * low,
            "high": 100 * high,
            "width": sums["wide"] / sums["weight"],
        }
    )


def bootstrap_weeks(values, table, draws=2_000, seed=0):
    """95% interval of a weighted mean, by drawing whole weeks with replacement.

    Parameters
    ----------
    values : array_like, shape (n,)
        One an advert: for coverage :func:`inside`; for a comparison the difference of two losses.
    table : pandas.DataFrame
        With the columns ``arrived`` and ``weight``; at least eight weeks.
    draws, seed : int

    Returns
    -------
    low, high : float
        In the unit of `values`.
    """
    weight = table["weight"].to_numpy(dtype=float)
    week = pd.factorize(table["arrived"])[0]
    top, bottom = np.bincount(week, np.asarray(values, dtype=float) * weight), np.bincount(week, weight)
    drawn = np.random.default_rng(seed).integers(len(top), size=(draws, len(top)))
    means = top[drawn].sum(axis=1) / bottom[drawn].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def resample_weeks(table, seed):
    """Draw whole weeks with replacement: other adverts that might as well have been there to learn from.

    Parameters
    ----------
    table : pandas.DataFrame
        See :func:`helpers.pay.adverts`.
    seed : int

    Returns
    -------
    pandas.DataFrame
        The rows of the weeks that were drawn, with ``weight`` times the number of draws.
    """
    weeks = table["arrived"].unique()
    drawn = pd.Series(np.random.default_rng(seed).choice(weeks, len(weeks))).value_counts()
    kept = table[table["arrived"].isin(drawn.index)]
    return kept.assign(weight=kept["weight"] * kept["arrived"].map(drawn))
