"""How good pay ranges are, and how sure one can be: coverage, width, loss, intervals, one way to draw weeks again.

`table` is one row a range, with the columns ``midpoint`` (thousand USD a year) and ``weight`` (adverts); `ranges`
is an array of shape (n, 2): low and high end.
"""

import numpy as np
import pandas as pd

LEAST = 30
"""Below this many adverts or people nothing is concluded: a share near a half has an interval of 34 points there."""

Z = 1.959963984540054  # for 95% intervals: the 97.5th percentile of the normal distribution


def inside(table, ranges):
    """numpy.ndarray of bool, shape (n,): does the midpoint lie within its range, both ends included?"""
    midpoint = table["midpoint"].to_numpy()
    return (ranges[:, 0] <= midpoint) & (midpoint <= ranges[:, 1])


def coverage(table, ranges):
    """float: share of the adverts whose midpoint lies within its range, 0 to 1."""
    return float(np.average(inside(table, ranges), weights=table["weight"]))


def width(table, ranges):
    """float: mean width of the ranges over the adverts, thousand USD a year."""
    return float(np.average(ranges[:, 1] - ranges[:, 0], weights=table["weight"]))


def range_loss(table, ranges):
    """float: mean pinball loss of both ends of an 80% range over the adverts, thousand USD a year; 0 is perfect."""
    from sklearn.metrics import mean_pinball_loss  # slow to import

    losses = [
        mean_pinball_loss(table["midpoint"], end, sample_weight=table["weight"], alpha=quantile)
        for quantile, end in zip((0.1, 0.9), ranges.T, strict=True)
    ]
    return float(np.mean(losses))


def effective_n(weights):
    """float: as how many independent adverts these weigh (Kish): repeats add less than their number."""
    weights = np.asarray(weights, dtype=float)
    return float(weights.sum() ** 2 / (weights**2).sum())


def wilson(share, n):
    """Wilson's 95% interval of a share (0 to 1) that rests on `n` independent observations: low, high."""
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return centre - half, centre + half


def told(right, count):
    """Series of str: shares with their 95% intervals, "none" of nothing."""
    share = pd.Series(right) / count
    low, high = wilson(share, count)
    ends, form = pd.DataFrame({"share": share, "low": low, "high": high}), "{:.0%} ({:.0%} to {:.0%})"
    return ends.apply(lambda row: form.format(*row) if row.notna().all() else "none", axis=1)


def coverage_table(table, ranges, by):
    """Measure coverage and width by group, whatever ``table.groupby`` takes as `by`.

    Columns: ``adverts``; ``coverage``, ``low``, ``high`` (%; Wilson's 95% interval on the effective number of adverts,
    too narrow where weeks differ); ``width`` (thousand USD a year).
    """
    weight = table["weight"].to_numpy(dtype=float)
    hit, wide = inside(table, ranges) * weight, (ranges[:, 1] - ranges[:, 0]) * weight
    parts = table.assign(hit=hit, wide=wide).groupby(by, observed=True)
    sums = parts[["weight", "hit", "wide"]].sum()
    share = sums["hit"] / sums["weight"]
    measured = pd.DataFrame({"adverts": sums["weight"].astype(int), "coverage": 100 * share})
    low, high = wilson(share, parts["weight"].agg(effective_n))
    return measured.assign(low=100 * low, high=100 * high, width=sums["wide"] / sums["weight"])


def by_week(values, weeks):
    """numpy.ndarray: `values` (one an advert) added up week by week, in order of time; `weeks` says which week."""
    return pd.Series(np.asarray(values, dtype=float)).groupby(np.asarray(weeks)).sum().to_numpy()


def draw_weeks(count, block=4, draws=2_000, seed=0):
    """Draw `count` weeks again, with replacement, in blocks of neighbouring weeks; the first follows the last.

    Returns how often each week is drawn, shape (draws, count). Source: Politis and Romano (1992), circular block bootstrap.
    """
    starts = np.random.default_rng(seed).integers(0, count, (draws, -(-count // block)))
    weeks = (starts[:, :, None] + np.arange(block)).reshape(draws, -1)[:, :count] % count
    cells = np.arange(draws)[:, None] * count + weeks
    return np.bincount(cells.ravel(), minlength=draws * count).reshape(draws, count)


def interval(top, bottom):
    """Find sum(top) / sum(bottom) and its 95% interval (point, low, high), with the weeks drawn again.

    Both are sums of each week (:func:`by_week`). To compare two methods on the same adverts, `top` is the difference of
    their weekly sums: both then get the same draws.
    """
    top, bottom = np.asarray(top, dtype=float), np.asarray(bottom, dtype=float)
    times = draw_weeks(len(top))
    low, high = np.quantile((times @ top) / (times @ bottom), (0.025, 0.975))
    return float(top.sum() / bottom.sum()), float(low), float(high)
