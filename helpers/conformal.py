"""Data, streams and scores for work on honest ranges: what notebook 03 needs around the methods it teaches.

The methods themselves (split conformal prediction, conformalized quantile regression, adaptive conformal
inference) are written out in the notebook. :func:`conformal_quantile` and :func:`adaptive` are tested copies of
two of them, made fast for the explorer and the checkers; :mod:`helpers.conformal_scores` measures them.

A *score* says by how much a value lies outside its range (negative: inside, by so much). A *correction* is
added to a range at both ends, so a value is covered exactly if its score is at most the correction.
"""

from functools import lru_cache

import numpy as np
import pandas as pd

from helpers import pay

TARGET = 0.8
"""Share of midpoints that a range should hold."""

LEARN = ("2022-09-01", "2023-05-31")
"""First and last day of the adverts that the quantile model of :func:`stream` learned from."""

CALIBRATE = ("2023-06-01", "2023-08-31")
"""First and last day of the adverts that only calibrate; every later week is judged."""

FEW = 50
"""Below so many scores of its own a role uses those of all roles."""

WINDOW = 13
"""Weeks of past scores to calibrate on, if not told otherwise: a quarter of a year."""

STEP = 0.05
"""Step size of adaptive conformal inference, if not told otherwise."""


def synthetic(rows, seed):
    """Draw data whose spread changes with `x`, by the recipe of Romano, Patterson and Candès (2019).

    Parameters
    ----------
    rows, seed : int

    Returns
    -------
    x : numpy.ndarray, shape (rows, 1)
        Uniform from 1 to 5.
    y : numpy.ndarray, shape (rows,)
        A Poisson count whose mean swings with `x`, plus small noise that grows with it; one value in a hundred
        is thrown far off.

    Notes
    -----
    Source: the supplement of arXiv:1905.03222, equation 1. Code and seeds are our own.
    """
    draw = np.random.default_rng(seed)
    x = draw.uniform(1, 5, rows)
    far = 25 * (draw.uniform(size=rows) < 0.01) * draw.normal(size=rows)
    y = draw.poisson(np.sin(x) ** 2 + 0.1) + 0.03 * x * draw.normal(size=rows) + far
    return x[:, None], y


class LeafQuantiles:
    """One regression tree that gives the mean and the quantiles of the rows in each leaf.

    A quantile regression forest (Meinshausen 2006) of a single tree: weaker than a forest, learned in
    milliseconds, and both methods that are compared start from the very same leaves.

    Parameters
    ----------
    x : numpy.ndarray, shape (n, features)
    y : numpy.ndarray, shape (n,)
    quantiles : sequence of float
    leaf : int
        Least number of rows in a leaf.
    """

    def __init__(self, x, y, quantiles, leaf=40):
        from sklearn.tree import DecisionTreeRegressor  # slow to import

        self.tree = DecisionTreeRegressor(min_samples_leaf=leaf, random_state=0).fit(x, y)
        leaves = pd.Series(y).groupby(self.tree.apply(x))
        self._quantiles = leaves.quantile(list(quantiles)).unstack()

    def mean(self, x):
        """numpy.ndarray, shape (n,): the mean of each row's leaf."""
        return self.tree.predict(x)

    def ranges(self, x):
        """numpy.ndarray, shape (n, quantiles): the quantiles of each row's leaf."""
        return self._quantiles.loc[self.tree.apply(x)].to_numpy()


def conformal_quantile(scores, miss):
    """Find the correction that a new score exceeds with a chance of at most `miss`, if nothing changes.

    Of `n` scores the one of rank ceil((n + 1)(1 - miss)): the new score is the one that is added to `n`.

    Parameters
    ----------
    scores : array_like, shape (n,)
    miss : float
        Kept between 0 and 1.

    Returns
    -------
    float
        The largest score where the rank is above `n`. (The papers say infinity; a range without an end is no
        use to a reader, and the promise is then not kept.) The smallest where it is below 1.

    Raises
    ------
    ValueError
        If there are no scores.

    Notes
    -----
    Source: Lei et al. (2018), section 2.2; Romano et al. (2019), equation 8.
    """
    scores = np.asarray(scores, dtype=float)
    if scores.size == 0:
        raise ValueError("There are no scores to calibrate on: give at least one.")
    # Without the tiny subtraction 0.8 * 10 would be rounded up to 9.
    rank = int(np.clip(np.ceil((scores.size + 1) * (1 - miss) - 1e-9), 1, scores.size))
    return float(np.partition(scores, rank - 1)[rank - 1])


@lru_cache
def _stream():
    table = pay.adverts()
    model = pay.train(pay.between(table, *LEARN))
    table = table[table["arrived"] > LEARN[1]]
    table[["range_low", "range_high"]] = model.predict(table)
    table["score"] = np.maximum(
        table["range_low"] - table["midpoint"], table["midpoint"] - table["range_high"]
    )
    number = pd.factorize(table["arrived"])[0]
    table["week"] = number - number[(table["arrived"] <= CALIBRATE[1]).to_numpy()].max() - 1
    table = table.loc[table.index.repeat(table["weight"])].reset_index(drop=True)
    return table[["arrived", "week", "role", "midpoint", "range_low", "range_high", "score"]]


def stream():
    """Return the adverts that arrived after the quantile model was trained, one row an advert.

    The model learned from the adverts of `LEARN` and is never trained again.

    Returns
    -------
    pandas.DataFrame
        In order of arrival: ``arrived``, ``week`` (number of the weekly version; the first to be judged is 0,
        those of `CALIBRATE` are negative), ``role``, ``midpoint``, ``range_low`` and ``range_high`` (the
        model's 80% range) and ``score`` (thousand USD a year). A copy.

    Notes
    -----
    Source: table ``pay_ranges`` (aijobs.net, CC0); see :func:`helpers.pay.adverts`.
    """
    return _stream().copy()


def _places(table, window):
    """Pairs of slices: the rows of each judged week, and those of the weeks that were known before it."""
    number = table["week"].to_numpy()
    for week in np.unique(number[number >= 0]):
        ends = (-np.inf, 0) if window is None else (week - window, week)
        yield slice(*np.searchsorted(number, [week, week + 1])), slice(*np.searchsorted(number, ends))


def weeks(table, window=WINDOW):
    """Walk through the weeks that are judged, with what was known before each.

    Parameters
    ----------
    table : pandas.DataFrame
        See :func:`stream`.
    window : int or None
        How many weeks back; None stays for ever with the weeks of `CALIBRATE`.

    Yields
    ------
    now, past : pandas.DataFrame
        The adverts of one week, and those of the `window` weeks before it.
    """
    for now, past in _places(table, window):
        yield table.iloc[now], table.iloc[past]


def adaptive(table, step=STEP, target=TARGET, window=WINDOW, own_scores=False, own_miss=False):
    """Correct the ranges of each week by what was seen before it: adaptive conformal inference.

    After each week the miss rate that is aimed at moves by `step` times (1 - target - share outside): down,
    so that ranges grow, if more fell outside than should. ``step=0`` only moves the window.

    Parameters
    ----------
    table : pandas.DataFrame
        See :func:`stream`.
    step : float
    target : float
        Share to cover, between 0 and 1.
    window : int or None
        See :func:`weeks`.
    own_scores : bool
        Calibrate each role on its own past scores, where it has `FEW` of them.
    own_miss : bool
        Move the miss rate of each role by itself.

    Returns
    -------
    numpy.ndarray, shape (n,)
        The correction of each advert in thousand USD a year; missing for weeks that are not judged.

    Notes
    -----
    Source: Gibbs and Candès (2021), equation 2, with a week in the place of a single observation.
    """
    scores = table["score"].to_numpy()
    roles = table["role"].cat.codes.to_numpy()
    # Without roles of their own all adverts are one group.
    groups = roles if own_scores or own_miss else np.zeros(len(table), dtype=int)
    miss = np.full(groups.max() + 1, 1.0 - target)
    correction = np.full(len(table), np.nan)
    for now, past in _places(table, window):
        for group in np.unique(groups[now]):
            rows = now.start + np.flatnonzero(groups[now] == group)
            own = scores[past][groups[past] == group] if own_scores else ()
            correction[rows] = conformal_quantile(own if len(own) >= FEW else scores[past], miss[group])
            if own_miss:
                miss[group] += step * (1 - target - np.mean(scores[rows] > correction[rows]))
        if not own_miss:
            miss += step * (1 - target - np.mean(scores[now] > correction[now]))
    return correction
