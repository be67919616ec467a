"""The shared product of notebooks 02 to 05: the pay range to expect for a job, learned from adverts.

For a role, level, share of remote work and country it names a low and a high end, in thousand USD a year, between
which the midpoints of four in five comparable adverts should lie. It speaks of what adverts offer, never of what
people earn. Whether it keeps the promise is measured in :mod:`helpers.stats`.
"""

import dataclasses
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict

from helpers import tables

ROLES = ("Data Scientist", "AI Research Scientist", "ML Engineer", "MLOps Engineer")
"""The four jobs of the series."""

ALL_ROLES = (
    *ROLES, "Data Analyst", "Data Engineer", "Software Engineer", "AI Engineer", "Applied Scientist", "Other",
)  # fmt: skip
"""What a title can be read as; the rules stand in data/refresh/titles.py."""

LEVELS = {"EN": "entry", "MI": "mid", "SE": "senior", "EX": "executive"}
REMOTE = {0: "on site", 50: "partly remote", 100: "fully remote"}
COUNTRIES = {
    "US": "United States", "CA": "Canada", "GB": "United Kingdom", "AU": "Australia", "DE": "Germany", "ES": "Spain",
    "FR": "France", "LT": "Lithuania", "NL": "Netherlands", "AT": "Austria", "Other": "any other country",
}  # fmt: skip
"""ISO 3166 code to name: the countries with at least 50 adverts, most adverts first."""

FEATURES = ("role", "level", "remote", "country")
"""What must be known of a job."""

QUANTILES = (0.1, 0.9)
"""Ends of an 80% range."""

FIRST_YEAR = ("2022-09-01", "2023-08-31")
"""First and last day of the adverts that the first version of the product learned from."""

FEW = 50
"""Below so many scores of its own a role is corrected by those of all roles."""


class Job(BaseModel):
    """The one door: what must be known of an advert, as a request or a row may name it; nothing else is taken."""

    model_config = ConfigDict(extra="forbid", strict=True)

    role: Literal[ALL_ROLES]
    level: Literal[tuple(LEVELS)]
    # Python takes False for 0, and so would the door.
    remote: Annotated[
        Literal[tuple(REMOTE)], BeforeValidator(lambda one: str(one) if isinstance(one, bool) else one)
    ]
    country: Literal[tuple(COUNTRIES)]


def adverts():
    """Return the table to model on: real ranges (no lone figures) of full-time jobs since 2022.

    One row a different range of a week, in order of arrival. ``remote`` is 0, 50 or 100%; ``low``, ``high`` (rounded to 5)
    and ``midpoint`` are thousand USD a year; ``weight`` counts the adverts. Source: table ``pay_ranges`` (aijobs.net, CC0).
    """
    table = tables.load("pay_ranges").query("not single and employment == 'FT' and arrived >= '2022'")
    table = table.rename(columns={"adverts": "weight"}).reset_index(drop=True)
    table["country"] = table["country"].cat.set_categories(list(COUNTRIES)).fillna("Other")
    table["midpoint"] = (table["low"] + table["high"]) / 2
    return table[["arrived", *FEATURES, "title_group", "size", "low", "high", "midpoint", "weight"]]


def between(table, first, last):
    """pandas.DataFrame: rows that arrived from day `first` to day `last`, such as ``"2023-08-31"``, inclusive."""
    return table[table["arrived"].between(pd.Timestamp(first), pd.Timestamp(last))]


def pipeline(quantile, **settings):
    """Make the scikit-learn pipeline of one end, not trained yet; it takes tables with the columns `FEATURES`.

    The level becomes its rank, role and country a column each, and the remote share stays a number. `settings` are those
    of :class:`sklearn.ensemble.GradientBoostingRegressor`, in place of ours.
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
    ours = dict(n_estimators=60, max_depth=3, min_samples_leaf=20, learning_rate=0.1, random_state=0)
    trees = GradientBoostingRegressor(loss="quantile", alpha=quantile, **ours | settings)
    return make_pipeline(encoder, trees)


@dataclasses.dataclass(frozen=True)
class PayRange:
    """The product: two trained ends (:func:`fit`) and a correction (:func:`correct`), which is 0 at first.

    The correction is indexed by role: ``under`` and ``over``, thousand USD a year by which the low end goes down and the
    high end up.
    """

    ends: tuple
    correction: pd.DataFrame = dataclasses.field(
        default_factory=lambda: pd.DataFrame(0.0, [*ALL_ROLES], ["under", "over"])
    )

    def predict(self, jobs):
        """numpy.ndarray, shape (n, 2): low and high end of each job of a table, thousand USD a year, sorted."""
        jobs = jobs[[*FEATURES]]
        ranges = np.sort(np.column_stack([end.predict(jobs) for end in self.ends]), axis=1)
        ranges += self.correction.loc[jobs["role"], ["under", "over"]].to_numpy() * (-1, 1)
        return np.sort(ranges, axis=1)


def fit(table, **settings):
    """Learn a :class:`PayRange` from `table` (see :func:`adverts`) by gradient boosting with the pinball loss.

    A row counts as often as its ``weight`` says; `settings` are those of :func:`pipeline`.
    """
    jobs, midpoint = table[[*FEATURES]], table["midpoint"].to_numpy()
    weight = {"gradientboostingregressor__sample_weight": table["weight"].to_numpy()}
    ends = (pipeline(quantile, **settings).fit(jobs, midpoint, **weight) for quantile in QUANTILES)
    return PayRange(tuple(ends))


def correct(model, recent):
    """Correct each end of a model by its own scores on recent adverts, role by role (what notebook 03 hands over).

    A tenth of the adverts may lie beyond each end. A role with fewer than `FEW` is corrected by all. The promise is for
    adverts like the recent ones, which the model must not have learned from. Source: group-conditional (Mondrian)
    conformal prediction, Vovk et al. (2003); for quantile models Romano et al. (2020).
    """
    scores = (PayRange(model.ends).predict(recent) - recent[["midpoint"]].to_numpy()) * (1, -1)
    scores, role = scores.repeat(recent["weight"], axis=0), recent["role"].to_numpy().repeat(recent["weight"])
    rows = {}
    for name in ALL_ROLES:
        own = scores[role == name]
        own = own if len(own) >= FEW else scores
        rank = int(np.ceil((len(own) + 1) * QUANTILES[1] - 1e-9))  # else 0.9 * 10 is over 9
        rows[name] = np.sort(own, axis=0)[min(rank, len(own)) - 1]
    return PayRange(model.ends, pd.DataFrame.from_dict(rows, "index", columns=["under", "over"]))
