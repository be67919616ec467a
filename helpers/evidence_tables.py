"""The evidence of the older role notebooks, for `evidence_charts`; it goes with them: see :mod:`helpers.evidence`.

Official wages, advertised pay and surveys are different things: each has a function of its own, and nothing
here joins two of them.
"""

from functools import lru_cache

import pandas as pd

from helpers import pay_scores, tables
from helpers.roles import ROLES

TOO_FEW = 30
"""Below this many adverts or people a share or a quantile is not shown as a finding.

At 30 the 95% interval of a share near a half is already 34 points wide, and a tenth is three adverts.
"""

NEAREST = {
    "15-2051": ("Data Scientist", "ML Engineer"),
    "15-1221": ("AI Research Scientist",),
    "15-1252": ("ML Engineer", "MLOps Engineer"),
    "15-1244": ("MLOps Engineer",),
    "15-1299": ("MLOps Engineer",),
}
"""Occupations of the US statistics (SOC 2018 code) to the roles counted there, after `data/README.md`.

Only data scientists have an occupation of their own name. Each of the others holds many people who do not
work in machine learning.
"""

TOOL_PLACES = {"US": "the US", "all countries": "all countries"}
KAGGLE, STACK_OVERFLOW = "Kaggle", "Stack Overflow"
DEGREES = {
    "Doctorate": ("Doctorate",),
    "Professional degree": ("Professional doctorate",),
    "Doctorate or professional degree": ("Professional degree or doctorate",),
    "Master's degree": ("Master's degree",),
    "Bachelor's degree": ("Bachelor's degree",),
    "Less than a bachelor's": ("Associate degree", "Some college, no degree", "Up to secondary school"),
    "Other, or no answer": ("Other", "No answer"),
}
"""Degrees as shown, highest first, to the degrees of the table ``education``."""

_SURVEYS = {KAGGLE: 2022, STACK_OVERFLOW: 2025}
_TAGS_OF_2023 = "tags, all adverts"
_ANY_CLOUD = "aws, azure or gcp"  # a sum of three tools, not a tool


def official_pay():
    """Official US wages of the occupations nearest to the four roles.

    Returns
    -------
    pandas.DataFrame
        Indexed by occupation code, highest median first: ``occupation``, ``roles`` (tuple of str),
        ``employment`` (people), ``p10``, ``p25``, ``median``, ``p75``, ``p90`` (USD a year, gross, May of
        the newest year).
    """
    wages = tables.load("wages")
    rows = wages[(wages["area_type"] == "nation") & (wages["year"] == wages["year"].max())].set_index("code")
    columns = ["occupation", "employment", "p10", "p25", "median", "p75", "p90"]
    rows = rows.loc[list(NEAREST), columns]
    rows.insert(1, "roles", pd.Series(NEAREST))
    return rows.sort_values("median", ascending=False)


@lru_cache
def _us_ranges():
    """Ranges in full-time US adverts of the four roles; ``adverts`` says how often each came in its week."""
    ranges = tables.load("pay_ranges")
    wanted = (ranges["country"] == "US") & (ranges["employment"] == "FT") & ~ranges["single"]
    return ranges[wanted & ranges["role"].isin(ROLES)]


def advertised_pay():
    """Ranges that US adverts for full-time jobs offer, by role.

    Every advert counts once, whatever its level; an advert that names one figure instead of a range is left
    out.

    Returns
    -------
    pandas.DataFrame
        Indexed by role: ``adverts``, and in thousand USD a year ``low_p10``, ``low_median`` (of the bottoms
        of the ranges), ``high_median``, ``high_p90`` (of their tops). Figures are missing below `TOO_FEW`
        adverts.
    """
    ranges = _us_ranges()
    adverts = ranges.loc[ranges.index.repeat(ranges["adverts"])]
    groups = adverts.groupby("role", observed=True)
    pay = pd.DataFrame(
        {
            "adverts": groups.size(),
            "low_p10": groups["low"].quantile(0.1),
            "low_median": groups["low"].median(),
            "high_median": groups["high"].median(),
            "high_p90": groups["high"].quantile(0.9),
        }
    ).reindex(list(ROLES))
    pay.loc[pay["adverts"] < TOO_FEW, pay.columns != "adverts"] = float("nan")
    return pay


def first_rung():
    """Share of US full-time adverts of each role that are labelled entry level.

    Counted are the adverts of :func:`advertised_pay`. The label is the collector's. The interval rests on the
    effective number of adverts, because the repeats of one range are not independent.

    Returns
    -------
    pandas.DataFrame
        Indexed by role: ``entry``, ``adverts`` (counts), ``share``, ``share_low``, ``share_high`` (percent,
        95% Wilson interval).
    """
    ranges = _us_ranges()
    entry = ranges["adverts"].where(ranges["level"] == "EN", 0)
    groups = ranges.assign(entry=entry).groupby("role", observed=True)
    counts = groups[["entry", "adverts"]].sum().reindex(list(ROLES))
    independent = groups["adverts"].agg(pay_scores.effective_n).reindex(list(ROLES))
    return counts.join(_shares(counts["entry"] / counts["adverts"], independent))


def _shares(share, n):
    low, high = pay_scores.wilson(share, n)
    return pd.DataFrame({"share": 100 * share, "share_low": 100 * low, "share_high": 100 * high})


@lru_cache
def _tags(place):
    shares = tables.load("skill_shares")
    return shares[(shares["method"] == _TAGS_OF_2023) & (shares["place"] == place)]


def postings(place="all countries"):
    """How many adverts of 2023 with a stated salary one collection holds of each role and of two neighbours.

    The size of a role in one collection, no trend. Research scientists and MLOps engineers were found by
    words in the title, the others by the collector's label, so an advert can be counted in two groups. Data
    scientists with "Senior" in the collector's label are not in these counts.

    Parameters
    ----------
    place : {"all countries", "US"}

    Returns
    -------
    pandas.Series of int
        Indexed by role, most first.
    """
    return _tags(place).groupby("role", observed=True)["postings"].first().sort_values(ascending=False)


def outlook():
    """Official US projection of the occupations nearest to the four roles, for ten years.

    Returns
    -------
    pandas.DataFrame
        Indexed by occupation code, fastest first: ``occupation``, ``roles`` (tuple of str; empty for all
        occupations together), ``employment_2024`` (thousand jobs), ``change_percent``, ``openings``
        (thousand a year, most of them replacements).
    """
    rows = tables.load("projections").set_index("code")
    rows = rows.loc[[*NEAREST, "00-0000"], ["occupation", "employment_2024", "change_percent", "openings"]]
    rows.insert(1, "roles", [*NEAREST.values(), ()])
    return rows.sort_values("change_percent", ascending=False)


def tools_place(role):
    """str: ``"US"``, or ``"all countries"`` where the US has fewer than `TOO_FEW` adverts of the role."""
    return "US" if postings("US")[known(role)] >= TOO_FEW else "all countries"


def tools(role):
    """Tools that adverts of 2023 with a stated salary name, for a role and the three others.

    All four roles are counted in the place that :func:`tools_place` gives for `role`. A tool that an advert
    does not name may still be wanted.

    Parameters
    ----------
    role : str
        One of `helpers.roles.ROLES`.

    Returns
    -------
    pandas.DataFrame
        Long: ``role``, ``skill``, ``postings``, ``naming`` (counts), ``share``, ``share_low``, ``share_high``
        (percent, 95% Wilson interval), the role's commonest tool first.

    Raises
    ------
    ValueError
        If there is no such role.
    """
    rows = _tags(tools_place(role))
    rows = rows[rows["role"].isin(ROLES) & (rows["skill"] != _ANY_CLOUD)]
    order = rows[rows["role"] == role].sort_values("share", ascending=False, kind="stable")["skill"]
    rows = rows.assign(place=rows["skill"].map({skill: i for i, skill in enumerate(order)}).astype(int))
    columns = ["role", "skill", "postings", "naming", "share", "share_low", "share_high"]
    return rows.sort_values(["place", "role"])[columns].reset_index(drop=True)


def apart(role):
    """Tools that set the adverts of a role apart from the adverts of every other role.

    Apart means that the 95% intervals do not even touch, a stricter test than that of a difference. The interval of
    a role with fewer than `TOO_FEW` adverts would touch almost anything, so such a role counts only where its whole
    interval lies on the other side.

    Parameters
    ----------
    role : str

    Returns
    -------
    more, less : list of str
        Named more often than in any other role, most frequent first; named less often than in any other.
    """
    table = tools(role)
    few = table["postings"] < TOO_FEW
    table = table.assign(
        low=table["share_low"].where(~few, table["share_high"]),
        high=table["share_high"].where(~few, table["share_low"]),
    )
    own = table[table["role"] == role].set_index("skill")
    others = table[table["role"] != role].groupby("skill", observed=True)
    more = own["share_low"] > others["high"].max().reindex(own.index)
    less = own["share_high"] < others["low"].min().reindex(own.index)
    return [skill for skill in own.index if more[skill]], [skill for skill in own.index if less[skill]]


def education(survey=KAGGLE):
    """Highest degree of people who do a role, worldwide, in one survey.

    Kaggle 2022 asks for the degree attained or planned within two years, and has one answer for machine
    learning and MLOps engineers: they stand under ML Engineer. Its research scientists are of any field.
    Stack Overflow 2025 has no answer for the research scientists and MLOps engineers of this series.

    Parameters
    ----------
    survey : {"Kaggle", "Stack Overflow"}

    Returns
    -------
    pandas.DataFrame
        Long: ``role``, ``degree`` (see `DEGREES`), ``people``, ``total`` (counts), ``share``, ``share_low``,
        ``share_high`` (percent, 95% Wilson interval).

    Raises
    ------
    ValueError
        If there is no such survey.
    """
    if survey not in _SURVEYS:
        raise ValueError(f"survey is one of {', '.join(_SURVEYS)}.")
    rows = tables.load("education")
    rows = rows[(rows["survey"] == survey) & (rows["year"] == _SURVEYS[survey]) & rows["role"].isin(ROLES)]
    shown = {degree: name for name, degrees in DEGREES.items() for degree in degrees}
    rows = rows.assign(
        degree=pd.Categorical(rows["degree"].astype(str).map(shown), list(DEGREES), ordered=True)
    )
    counts = rows.groupby(["degree", "role"], observed=True).agg(
        people=("people", "sum"), total=("total", "first")
    )
    counts = counts.join(_shares(counts["people"] / counts["total"], counts["total"])).reset_index()
    return counts[["role", "degree", "people", "total", "share", "share_low", "share_high"]]


def survey_year(survey):
    """int: year of a survey of :func:`education`."""
    return _SURVEYS[survey]


def known(role):
    """Return `role`, one of `helpers.roles.ROLES`; for any other raise ValueError with the right names."""
    if role not in ROLES:
        raise ValueError(f"role is one of {', '.join(ROLES)}.")
    return role
