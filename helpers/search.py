"""Candidates for the pay model: learners of three families with one interface, and a fair way to compare them."""

import dataclasses
import functools

import numpy as np
import pandas as pd
import threadpoolctl

from helpers import load_test, onnx_model, pay, pay_scores

_WHOLE = ("coverage", "saved", "low", "high")
FAMILIES = ("linear", "boosting", "neighbours")
_JOB = {"role": "ML Engineer", "level": "SE", "remote": 0, "country": "US"}


def folds(table, judged=3):
    """Split a period by time, twice: learn from its first months, be judged on the next.

    Parameters
    ----------
    table : pandas.DataFrame
        See :func:`helpers.pay.adverts`; a year.
    judged : int
        Months to be judged on.

    Returns
    -------
    list of (pandas.DataFrame, pandas.DataFrame)
    """
    month = table["arrived"].dt.year * 12 + table["arrived"].dt.month
    last = month.max()
    return [
        (table[month <= end - judged], table[(month > end - judged) & (month <= end)])
        for end in (last - judged, last)
    ]


@dataclasses.dataclass(frozen=True)
class Candidate:
    """Two fitted pipelines, one for each end of the range. Made by :func:`fit`.

    Attributes
    ----------
    family : str
    ends : list of sklearn.pipeline.Pipeline
    """

    family: str
    ends: list = dataclasses.field(repr=False)

    def predict(self, jobs):
        """Predict ranges; see :meth:`helpers.pay.QuantileModel.predict`. Equal jobs are asked once."""
        jobs = pay.check_jobs(jobs)
        kinds = jobs.groupby(list(pay.FEATURES), observed=True, sort=False).ngroup()
        different = jobs[~kinds.duplicated()]
        with threadpoolctl.threadpool_limits(1):
            ranges = np.column_stack([end.predict(different) for end in self.ends])
        return np.sort(ranges, axis=1)[kinds.to_numpy()]


def fit(family, table, **settings):
    """Learn both ends of an 80% range with a learner of a family.

    Parameters
    ----------
    family : str
        ``"linear"`` (setting ``alpha``), ``"boosting"`` (those of
        :class:`sklearn.ensemble.GradientBoostingRegressor`), ``"neighbours"`` (``n_neighbors``), or
        ``"histogram"`` (those of :class:`sklearn.ensemble.HistGradientBoostingRegressor`).
    table : pandas.DataFrame
        See :func:`helpers.pay.adverts`.

    Returns
    -------
    Candidate
    """
    if family == "linear":  # a loss that is a weighted sum is the same over fewer, heavier rows
        table = table.groupby([*pay.FEATURES, "midpoint"], observed=True, as_index=False)["weight"].sum()
    if family == "neighbours":  # they know no weights: an advert that was seen twice is there twice
        table = table.loc[table.index.repeat(table["weight"])].sample(frac=1, random_state=0).assign(weight=1)
    numbers, middle, weight = pay.encode(table), table["midpoint"], table["weight"]
    learners = [_learner(family, quantile, settings) for quantile in pay.QUANTILES]
    with threadpoolctl.threadpool_limits(1):  # threads that share few rows mostly wait for each other
        for learner in learners:
            learner.fit(numbers, middle, sample_weight=weight)
    fitted = pay.QuantileModel(pay.QUANTILES, pay.FEATURES, tuple(learners))
    return Candidate(family, onnx_model.pipelines(fitted))


def _learner(family, quantile, settings):
    from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor
    from sklearn.linear_model import QuantileRegressor

    if family == "linear":
        return QuantileRegressor(quantile=quantile, **settings)
    if family == "boosting":
        return GradientBoostingRegressor(loss="quantile", alpha=quantile, random_state=0, **settings)
    if family == "histogram":
        return HistGradientBoostingRegressor(loss="quantile", quantile=quantile, random_state=0, **settings)
    if family == "neighbours":
        return _neighbours(quantile, **settings)
    raise ValueError(f"There is no family {str(family)[:40]!r}: choose {', '.join(FAMILIES)}.")


def _neighbours(quantile, n_neighbors):
    from sklearn.neighbors import KNeighborsRegressor

    class NeighbourQuantile(KNeighborsRegressor):
        """The quantile, not the mean, of the adverts nearest by; among equally near ones the first in line count."""

        def fit(self, X, y, sample_weight=None):
            return super().fit(X / _SCALE, y)

        def predict(self, X):
            near = self.kneighbors(X / _SCALE, return_distance=False)
            return np.quantile(self._y[near], quantile, axis=1)

    return NeighbourQuantile(n_neighbors=n_neighbors)


# A level up counts as much as another role; remote work, in percent, must not outweigh everything else.
_SCALE = np.array([100.0 if name == "remote" else 1.0 for name in pay.columns()], dtype=np.float32)


def fair_width(table, ranges):
    """Return the mean width that ranges would have if each end moved by the same amount until 80% are covered.

    Two models that cover different shares cannot be compared by width alone; after this they can.

    Parameters
    ----------
    table : pandas.DataFrame
        See :func:`helpers.pay.adverts`.
    ranges : numpy.ndarray, shape (n, 2)

    Returns
    -------
    float
        Thousand USD a year.
    """
    middle = table["midpoint"].to_numpy()
    outside = np.maximum(ranges[:, 0] - middle, middle - ranges[:, 1])
    share = pay.QUANTILES[1] - pay.QUANTILES[0]
    move = pay_scores.weighted_quantile(outside, table["weight"], share)
    return float(pay_scores.width(table, ranges) + 2 * move)


def measure(candidates, judged, learned, rounds=5):
    """Compare candidates by loss, width, size and speed.

    Parameters
    ----------
    candidates : dict of str to Candidate
    judged : pandas.DataFrame
        Adverts that none of them learned from.
    learned : pandas.DataFrame
        Those they learned from; what is exported says so.
    rounds : int
        How often each is timed. All take turns, so that a busy moment of the machine hits none alone.

    Returns
    -------
    pandas.DataFrame
        One row a candidate: ``loss``, ``fair width`` (thousand USD), ``converts`` (to ONNX), ``kB`` of its file (NaN
        if it does not convert), and ``as pipeline`` and ``as ONNX``, microseconds for one advert; these two are live
        measurements.
    """
    rows, calls = {}, {}
    job = {key: [value] for key, value in _JOB.items()}
    for name, candidate in candidates.items():
        ranges = candidate.predict(judged)
        rows[name] = {
            "loss": pay_scores.range_loss(judged, ranges),
            "fair width": fair_width(judged, ranges),
            "converts": True,
            "kB": np.nan,
            "as pipeline": np.nan,
            "as ONNX": np.nan,
        }
        row = pd.DataFrame(job)
        calls[name, "as pipeline"] = lambda one=candidate, row=row: [end.predict(row) for end in one.ends]
        try:
            data = onnx_model.convert(candidate.ends, learned, name.replace(" ", "-"))
        except Exception:  # each learner without a counterpart fails in a way of its own
            rows[name]["converts"] = False
        else:
            rows[name]["kB"] = len(data) / 1000
            calls[name, "as ONNX"] = functools.partial(onnx_model.load(data).run, job)
    times = {key: [] for key in calls}
    for _ in range(rounds):
        for key, call in calls.items():
            times[key].append(load_test.microseconds(call, 1 if key[1] == "as pipeline" else 5))
    for (name, form), found in times.items():
        rows[name][form] = float(np.median(found))
    return pd.DataFrame(rows).T.infer_objects()


def difference(one, other, table):
    """Say by how much the loss of one candidate is above that of another, and how sure that is.

    Parameters
    ----------
    one, other : object with a method ``predict``
    table : pandas.DataFrame
        Adverts of eight weeks or more that neither learned from.

    Returns
    -------
    float
        Difference of the pinball losses, thousand USD a year.
    low, high : float
        95% interval: whole weeks are drawn again, the same for both (see :func:`helpers.pay_scores.bootstrap_weeks`).
    """
    first, second = (_losses(table, candidate.predict(table)) for candidate in (one, other))
    gaps = first - second
    return float(np.average(gaps, weights=table["weight"])), *pay_scores.bootstrap_weeks(gaps, table)


def _losses(table, ranges):
    errors = table["midpoint"].to_numpy()[:, None] - ranges
    return np.maximum(np.array(pay.QUANTILES) * errors, (np.array(pay.QUANTILES) - 1) * errors).mean(axis=1)


def saved(candidates, than, table, periods, draws=200):
    """Price the difference between candidates: dollars of fair width saved in each period.

    Parameters
    ----------
    candidates : dict of str to object with a method ``predict``
    than : str
        The candidate that the others are compared with.
    table : pandas.DataFrame
        Adverts that none of them learned from.
    periods : dict of str to (str, str)
        Name to first and last day.
    draws : int
        How often the weeks of a period are drawn again for the interval; seeded.

    Returns
    -------
    pandas.DataFrame
        Rows (period, candidate): ``coverage`` (in %), ``saved`` (USD a year, above zero where its ranges are narrower)
        with a 95% interval from ``low`` to ``high``, these three rounded to hundreds; ``clear`` (does the interval
        leave out zero?).
    """
    rows = {}
    for period, days in periods.items():
        judged = pay.between(table, *days)
        ranges = {name: one.predict(judged) for name, one in candidates.items()}
        widths = {name: _widths(judged, one, draws) for name, one in ranges.items()}
        for name, one in ranges.items():
            gain = 1000 * (widths[than] - widths[name])
            low, high = np.quantile(gain[1:], (0.025, 0.975)).round(-2)
            rows[period, name] = {
                "coverage": round(100 * pay_scores.coverage(judged, one)),
                "saved": round(gain[0], -2),
                "low": low,
                "high": high,
                "clear": low > 0 or high < 0,
            }
    return pd.DataFrame(rows).T.astype({"clear": bool}).astype({name: int for name in _WHOLE})


def _widths(table, ranges, draws):
    """The fair width of a period as it was, then of the same period with its weeks drawn again, `draws` times."""
    middle, weight = table["midpoint"].to_numpy(), table["weight"].to_numpy(dtype=float)
    outside = np.maximum(ranges[:, 0] - middle, middle - ranges[:, 1])
    order = np.argsort(outside, kind="stable")
    outside, weight, wide = outside[order], weight[order], (ranges[:, 1] - ranges[:, 0])[order]
    week, weeks = pd.factorize(table["arrived"].to_numpy()[order])
    drawn = np.random.default_rng(0).multinomial(len(weeks), np.full(len(weeks), 1 / len(weeks)), draws)
    widths = []
    for times in [np.ones(len(weeks), dtype=int), *drawn]:
        reached = np.cumsum(weight * times[week])
        place = np.searchsorted(reached, (pay.QUANTILES[1] - pay.QUANTILES[0]) * reached[-1] - 1e-9)
        widths.append((wide * weight * times[week]).sum() / reached[-1] + 2 * outside[place])
    return np.array(widths)
