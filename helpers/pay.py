"""The shared product of notebooks 02 to 05: the pay range to expect for a job, learned from adverts.

**What it promises.** For a role, level, share of remote work and country it names a low and a high end, in
thousand USD a year, between which the midpoints of four in five comparable adverts should lie (an 80% range).
It speaks of what adverts offer, never of what people earn. Whether it keeps the promise is measured by
:func:`coverage`; how much it says is measured by :func:`width`; :mod:`helpers.pay_scores` has the measures.

Arrays of ranges have one row an advert and one column a quantile, from low to high.
"""

import dataclasses
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict

from helpers import tables
from helpers.roles import ALL_ROLES
from helpers.roles import ROLES as ROLES

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


LOWEST, HIGHEST = 5, 2_000  # thousand USD a year: outside is a slip, such as pay in USD or by the hour
_SETTINGS = MappingProxyType(
    {"n_estimators": 60, "max_depth": 3, "min_samples_leaf": 20, "learning_rate": 0.1}
)


class BadInput(ValueError):
    """A job or a range that cannot be used; the message is one sentence that names what is accepted."""


@lru_cache
def _adverts():
    table = tables.load("pay_ranges")
    is_range = ~table["single"] & (table["employment"] == "FT") & (table["arrived"] >= "2022")
    table = table[is_range].rename(columns={"adverts": "weight"})
    known = table["country"].isin(list(COUNTRIES))
    return table.assign(
        country=table["country"].astype(str).where(known, "Other").astype(_category("country")),
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


def split_by_time(table, first=FIRST_YEAR[0], last=FIRST_YEAR[1]):
    """Split as life does: learn from a period (first to last day), be judged on all that came after it.

    Returns
    -------
    past, later : pandas.DataFrame
        Rows of `table`, see :func:`adverts`.
    """
    return between(table, first, last), table[table["arrived"] > pd.Timestamp(last)]


def split_at_random(table, share=0.3, seed=0):
    """Split by shuffling rows: easy, and flattering, because both parts come from the same weeks.

    Parameters
    ----------
    table : pandas.DataFrame
    share : float
        Share of the rows to be judged on.
    seed : int

    Returns
    -------
    learn, judge : pandas.DataFrame
        In order of arrival.
    """
    chosen = np.random.default_rng(seed).permutation(len(table)) < round(share * len(table))
    return table[~chosen], table[chosen]


def check_jobs(jobs, features=FEATURES):
    """Return jobs as a table that the models take, or say what is wrong with them.

    Parameters
    ----------
    jobs : pandas.DataFrame or dict
        One row (or one dict) a job, with the columns `features`: ``role`` one of
        :data:`helpers.roles.ALL_ROLES`, ``level`` a key of :data:`LEVELS`, ``remote`` one of :data:`REMOTE`,
        ``country`` a key of :data:`COUNTRIES`.
    features : sequence of str

    Returns
    -------
    pandas.DataFrame
        The columns `features`.

    Raises
    ------
    BadInput
        For a column that is missing or a value that is not accepted; the message names the accepted ones.
    """
    table = pd.DataFrame([jobs]) if isinstance(jobs, dict) else jobs
    for name in features:
        if name not in table:
            raise BadInput(f"A job needs a {name}: {_accepted(name)}.")
        # `isin` alone would take False for 0, and fails on lists.
        known = table[name].map(
            lambda value, name=name: not isinstance(value, bool) and value in _values(name)
        )
        if not known.all():
            found = str(table[name][~known].iloc[0])[:40]
            raise BadInput(f"{found!r} is not a {name} that the product knows: choose {_accepted(name)}.")
    return table[list(features)]


def check_range(low, high):
    """Return both ends of an advertised range as numbers, or say what is wrong with them.

    Parameters
    ----------
    low, high : float
        Thousand USD a year.

    Raises
    ------
    BadInput
        If an end is no number or out of all reason, or if the low end is above the high end.
    """
    try:
        low, high = (float("nan") if isinstance(end, bool) else float(end) for end in (low, high))
    except (TypeError, ValueError, OverflowError):
        raise BadInput("Pay is a number of thousand USD a year: write 150 for 150,000 USD.") from None
    if not (LOWEST <= low <= HIGHEST and LOWEST <= high <= HIGHEST):
        raise BadInput(
            f"Pay is a number from {LOWEST} to {HIGHEST:,} thousand USD a year: write 150 for 150,000 USD."
        )
    if low > high:
        raise BadInput(f"The low end ({low:g}) is above the high end ({high:g}): give the lower one first.")
    return low, high


def _values(name):
    values = {"role": ALL_ROLES, "level": LEVELS, "remote": REMOTE, "country": COUNTRIES}.get(name)
    return tuple(tables.load("pay_ranges")[name].cat.categories) if values is None else tuple(values)


def _accepted(name):
    values = [str(value) for value in _values(name)]
    return f"{', '.join(values[:-1])} or {values[-1]}"


def _category(name):
    return pd.CategoricalDtype(_values(name), ordered=False)


def encode(jobs, features=FEATURES):
    """Turn jobs into numbers that a model can use.

    ``level`` becomes its rank (0 to 3) and ``remote`` stays a percentage; each value of any other feature gets
    a column of 0 and 1.

    Parameters
    ----------
    jobs, features
        See :func:`check_jobs`; ``title_group`` and ``size`` may be used as features too.

    Returns
    -------
    numpy.ndarray
        float32, one row a job, columns as named by :func:`columns`.
    """
    jobs = check_jobs(jobs, features)
    parts = []
    for name in features:
        if name == "remote":
            parts.append(jobs[name].to_numpy()[:, None])
            continue
        codes = pd.Categorical(jobs[name], _values(name)).codes[:, None]
        parts.append(codes if name == "level" else codes == np.arange(len(_values(name))))
    return np.hstack([part.astype(np.float32) for part in parts])


def columns(features=FEATURES):
    """list of str: the columns of :func:`encode`, such as ``"level"`` and ``"role=ML Engineer"``."""
    single = ("level", "remote")
    return [
        column
        for name in features
        for column in ([name] if name in single else [f"{name}={value}" for value in _values(name)])
    ]


@dataclasses.dataclass(frozen=True)
class QuantileModel:
    """Boosted trees, one set a quantile. Made by :func:`train`.

    Attributes
    ----------
    quantiles : tuple of float
    features : tuple of str
    parts : tuple of sklearn.ensemble.GradientBoostingRegressor
        One a quantile; each takes what :func:`encode` returns.
    """

    quantiles: tuple[float, ...]
    features: tuple[str, ...]
    parts: tuple

    def predict(self, jobs):
        """Predict the quantiles of the midpoint for each job.

        Parameters
        ----------
        jobs : pandas.DataFrame or dict
            See :func:`check_jobs`.

        Returns
        -------
        numpy.ndarray
            Thousand USD a year, shape (jobs, quantiles). Sorted within a row: models of their own may cross.
        """
        numbers = encode(jobs, self.features)
        return np.sort(np.column_stack([part.predict(numbers) for part in self.parts]), axis=1)


def train(table, quantiles=QUANTILES, features=FEATURES, seed=0, **settings):
    """Learn quantiles of the midpoint by gradient boosting with the pinball loss.

    Parameters
    ----------
    table : pandas.DataFrame
        See :func:`adverts`; a row counts as often as its ``weight`` says.
    quantiles : sequence of float
        Between 0 and 1, from low to high.
    features : sequence of str
        See :func:`encode`.
    seed : int
        Matters only with ``subsample`` or ``max_features``.
    **settings
        Of :class:`sklearn.ensemble.GradientBoostingRegressor`, in place of ours.

    Returns
    -------
    QuantileModel
    """
    from sklearn.ensemble import GradientBoostingRegressor  # slow to import

    numbers, midpoint, weight = encode(table, features), table["midpoint"], table["weight"]
    parts = (
        GradientBoostingRegressor(
            loss="quantile", alpha=quantile, random_state=seed, **{**_SETTINGS, **settings}
        ).fit(numbers, midpoint, sample_weight=weight)
        for quantile in quantiles
    )
    return QuantileModel(tuple(quantiles), tuple(features), tuple(parts))


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
