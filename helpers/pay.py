"""The shared product of notebooks 02 to 05: the pay range to expect for a job, learned from adverts.

For a role, level, share of remote work and country it names a low and a high end, in thousand USD a year, between
which the midpoints of four in five comparable adverts should lie. It speaks of what adverts offer, never of what
people earn. Whether it keeps the promise is measured in :mod:`helpers.stats`.
"""

import dataclasses
from functools import lru_cache
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict

from helpers import tables

ROLES = ("Data Scientist", "AI Research Scientist", "ML Engineer", "MLOps Engineer")
"""The four jobs of the series."""

ALL_ROLES = (
    *ROLES,
    *("Data Analyst", "Data Engineer", "Software Engineer", "AI Engineer", "Applied Scientist", "Other"),
)
"""What a title can be read as; the rules stand in data/refresh/titles.py."""

LEVELS = {"EN": "entry", "MI": "mid", "SE": "senior", "EX": "executive"}
REMOTE = {0: "on site", 50: "partly remote", 100: "fully remote"}
COUNTRIES = {
    "US": "United States",
    "CA": "Canada",
    "GB": "United Kingdom",
    "AU": "Australia",
    "DE": "Germany",
    "ES": "Spain",
    "FR": "France",
    "LT": "Lithuania",
    "NL": "Netherlands",
    "AT": "Austria",
    "Other": "any other country",
}
"""ISO 3166 code to name: the countries with at least 50 adverts, most adverts first."""

FEATURES = ("role", "level", "remote", "country")
"""What must be known of a job."""

QUANTILES = (0.1, 0.9)
"""Ends of an 80% range."""

FIRST_YEAR = ("2022-09-01", "2023-08-31")
"""First and last day of the adverts that the first version of the product learned from."""

FEW = 50
"""Below so many scores of its own a role is corrected by those of all roles."""


def _no_truth(value):
    # Python takes False for 0, and so would the door.
    return str(value) if isinstance(value, bool) else value


class Job(BaseModel):
    """The one door: what must be known of an advert, as a request or a row may name it; nothing else is taken."""

    model_config = ConfigDict(extra="forbid", strict=True)

    role: Literal[ALL_ROLES]
    level: Literal[tuple(LEVELS)]
    remote: Annotated[Literal[tuple(REMOTE)], BeforeValidator(_no_truth)]
    country: Literal[tuple(COUNTRIES)]


@lru_cache
def _adverts():
    table = tables.load("pay_ranges")
    is_range = ~table["single"] & (table["employment"] == "FT") & (table["arrived"] >= "2022")
    table = table[is_range].rename(columns={"adverts": "weight"})
    known = table["country"].isin(list(COUNTRIES))
    return table.assign(
        country=table["country"]
        .astype(str)
        .where(known, "Other")
        .astype(pd.CategoricalDtype(list(COUNTRIES))),
        midpoint=(table["low"] + table["high"]) / 2,
    )[["arrived", *FEATURES, "title_group", "size", "low", "high", "midpoint", "weight"]].reset_index(
        drop=True
    )


def adverts():
    """Return the cleaned table to model on: real ranges (no lone figures) of full-time jobs since 2022.

    Returns
    -------
    pandas.DataFrame
        One row a different range of a week, in order of arrival: ``arrived`` (day of the weekly version),
        ``role``, ``level``, ``remote`` (0, 50 or 100%), ``country`` (a key of :data:`COUNTRIES`),
        ``title_group``, ``size``, ``low``, ``high`` and ``midpoint`` (thousand USD a year, the ends rounded to
        5), ``weight`` (adverts with this very range in this week). A copy. Source: table ``pay_ranges`` (aijobs.net, CC0).
    """
    return _adverts().copy()


def between(table, first, last):
    """pandas.DataFrame: rows that arrived from day `first` to day `last`, such as ``"2023-08-31"``, inclusive."""
    return table[table["arrived"].between(pd.Timestamp(first), pd.Timestamp(last))]


def pipeline(quantile, seed=0, **settings):
    """Make the model of one end, not trained yet.

    Parameters
    ----------
    quantile : float
        Of the midpoint, between 0 and 1.
    seed : int
    **settings
        Of :class:`sklearn.ensemble.GradientBoostingRegressor`, in place of ours.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Takes tables with the columns `FEATURES`. The level becomes its rank, role and country a column each, and the
        remote share stays a number.
    """
    from sklearn.compose import make_column_transformer  # slow to import
    from sklearn.ensemble import GradientBoostingRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

    names = [list(ALL_ROLES), list(COUNTRIES)]
    encoder = make_column_transformer(
        (OneHotEncoder(categories=names, sparse_output=False, dtype=np.float32), ["role", "country"]),
        (OrdinalEncoder(categories=[list(LEVELS)], dtype=np.float32), ["level"]),
        ("passthrough", ["remote"]),
    )
    ours = {"n_estimators": 60, "max_depth": 3, "min_samples_leaf": 20, "learning_rate": 0.1}
    trees = GradientBoostingRegressor(
        loss="quantile", alpha=quantile, random_state=seed, **{**ours, **settings}
    )
    return make_pipeline(encoder, trees)


@dataclasses.dataclass(frozen=True)
class PayRange:
    """The product: two trained ends and, perhaps, a correction. Made by :func:`fit` and :func:`correct`.

    Attributes
    ----------
    ends : tuple of sklearn.pipeline.Pipeline
        The low and the high one, see :func:`pipeline`.
    correction : pandas.DataFrame or None
        Indexed by role: ``under`` and ``over``, thousand USD a year by which the low end goes down and the high end up.
    """

    ends: tuple
    correction: pd.DataFrame | None = None

    def predict(self, jobs):
        """numpy.ndarray, shape (n, 2): low and high end of each job of a table, thousand USD a year, sorted."""
        jobs = _plain(jobs)
        ranges = np.sort(np.column_stack([end.predict(jobs) for end in self.ends]), axis=1)
        if self.correction is not None:
            ranges += self.correction.loc[jobs["role"], ["under", "over"]].to_numpy() * (-1, 1)
        return np.sort(ranges, axis=1)


def _plain(jobs):
    """The features as plain text and numbers: categories would be encoded by another way round."""
    return pd.DataFrame(
        {name: jobs[name].to_numpy(float if name == "remote" else object) for name in FEATURES}
    )


def fit(table, seed=0, **settings):
    """Learn both ends of the range by gradient boosting with the pinball loss.

    Parameters
    ----------
    table : pandas.DataFrame
        See :func:`adverts`; a row counts as often as its ``weight`` says.
    seed, **settings
        See :func:`pipeline`.

    Returns
    -------
    PayRange
    """
    jobs, ends = _plain(table), []
    weight = {"gradientboostingregressor__sample_weight": table["weight"].to_numpy()}
    for quantile in QUANTILES:
        ends.append(pipeline(quantile, seed, **settings).fit(jobs, table["midpoint"].to_numpy(), **weight))
    return PayRange(tuple(ends))


def correct(model, recent, miss=0.1):
    """Correct each end of a model by its own scores on recent adverts, role by role (what notebook 03 hands over).

    Parameters
    ----------
    model : PayRange
    recent : pandas.DataFrame
        Adverts that the model did not learn from, see :func:`adverts`. A role with fewer than `FEW` of them is
        corrected by all.
    miss : float
        Share of adverts that may lie beyond each end.

    Returns
    -------
    PayRange
        With a correction in the place of the old one.

    Notes
    -----
    Source: group-conditional (Mondrian) conformal prediction, Vovk et al. (2003); for quantile models Romano et al.
    (2020). Promised is coverage among adverts like the recent ones.
    """
    ranges = PayRange(model.ends).predict(recent)
    midpoint = recent["midpoint"].to_numpy()
    scores = pd.DataFrame({"under": ranges[:, 0] - midpoint, "over": midpoint - ranges[:, 1]})
    times, role = recent["weight"].to_numpy(), recent["role"].to_numpy()
    scores, role = scores.loc[scores.index.repeat(times)], np.repeat(role, times)
    rows = {}
    for name in ALL_ROLES:
        own = scores[role == name]
        own = (own if len(own) >= FEW else scores).to_numpy()
        rank = np.clip(np.ceil((len(own) + 1) * (1 - miss) - 1e-9), 1, len(own))  # else 0.9 * 10 is over 9
        rows[name] = np.sort(own, axis=0)[int(rank) - 1]
    return PayRange(model.ends, pd.DataFrame.from_dict(rows, "index", columns=["under", "over"]))


def predict_range(model, **job):
    """Suggest a range for one job: ``predict_range(model, role=…, level=…, remote=…, country=…)``.

    Returns
    -------
    low, high : int
        Thousand USD a year, rounded.

    Raises
    ------
    pydantic.ValidationError
        For a job that :class:`Job` does not take; the message names what it takes.
    """
    low, high = model.predict(pd.DataFrame([Job(**job).model_dump()]))[0]
    return round(float(low)), round(float(high))
