"""Candidates for the pay model: learners of three families with one interface, and a fair way to compare them."""

import dataclasses

import numpy as np
import pandas as pd
import threadpoolctl

from helpers import load_test, onnx_model, pay, pay_scores

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
        """The quantile, not the mean, of the adverts nearest by; it counts an advert once, whatever its weight."""

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


def measure(candidates, judged, learned):
    """Compare candidates by loss, width, size and speed.

    Parameters
    ----------
    candidates : dict of str to Candidate
    judged : pandas.DataFrame
        Adverts that none of them learned from.
    learned : pandas.DataFrame
        Those they learned from; what is exported says so.

    Returns
    -------
    pandas.DataFrame
        One row a candidate: ``loss``, ``fair width`` (thousand USD), ``converts`` (to ONNX), ``kB`` of its file (NaN
        if it does not convert) and ``microseconds`` for one advert (as ONNX where it converts, else as pipelines);
        the last is a live measurement.
    """
    rows = {}
    for name, candidate in candidates.items():
        ranges = candidate.predict(judged)
        job = {key: [value] for key, value in _JOB.items()}
        try:
            data = onnx_model.convert(candidate.ends, learned, name)
        except Exception:  # each learner without a counterpart fails in a way of its own
            row, size = pd.DataFrame(job), np.nan
            took = load_test.microseconds(
                lambda one=candidate, row=row: [end.predict(row) for end in one.ends], 10
            )
        else:
            model, size = onnx_model.load(data), len(data) / 1000
            took = load_test.microseconds(lambda one=model, job=job: one.run(job))
        rows[name] = {
            "loss": pay_scores.range_loss(judged, ranges),
            "fair width": fair_width(judged, ranges),
            "converts": not np.isnan(size),
            "kB": size,
            "microseconds": took,
        }
    return pd.DataFrame(rows).T.infer_objects()


def saved(candidates, than, table, periods):
    """Price the difference between candidates: dollars of fair width saved in each period.

    Parameters
    ----------
    candidates : dict of str to Candidate
    than : str
        The candidate that the others are compared with.
    table : pandas.DataFrame
        Adverts that none of them learned from.
    periods : dict of str to (str, str)
        Name to first and last day.

    Returns
    -------
    pandas.DataFrame
        One row a candidate other than `than`, one column a period: USD a year, rounded to hundreds; above zero
        where its ranges are narrower.
    """
    widths = {}
    for name, candidate in candidates.items():
        ranges = candidate.predict(table)
        inside = {
            period: table["arrived"].between(*map(pd.Timestamp, days)) for period, days in periods.items()
        }
        widths[name] = {period: fair_width(table[rows], ranges[rows]) for period, rows in inside.items()}
    table = pd.DataFrame(widths).T
    return (1000 * (table.loc[than] - table).drop(than)).round(-2).astype(int)
