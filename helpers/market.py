"""Demand for AI work as measured by job postings: daily series, and changes between periods."""

from functools import lru_cache

import numpy as np
import pandas as pd

from helpers import charts, tables

COUNTRIES = {
    "Australia": "AU",
    "Canada": "CA",
    "France": "FR",
    "Germany": "DE",
    "Ireland": "IE",
    "Italy": "IT",
    "Netherlands": "NL",
    "United Kingdom": "GB",
    "United States": "US",
}
"""The countries of the AI Tracker: name to ISO 3166 code."""

MEASURES = {
    "share of postings that mention AI": "share",
    "number of postings that mention AI": "count",
    "number of all postings": "all",
}

PERIODS = {
    "January 2023 to January 2024": ("2023-01", "2023-01", "2024-01", "2024-01"),
    "Jan-Feb 2023 to Jan-Feb 2024": ("2023-01", "2023-02", "2024-01", "2024-02"),
    "first quarter 2023 to first quarter 2024": ("2023-01", "2023-03", "2024-01", "2024-03"),
    "December 2022 to January 2024": ("2022-12", "2022-12", "2024-01", "2024-01"),
    "March 2022 to June 2023": ("2022-03", "2022-03", "2023-06", "2023-06"),
    "January 2023 to June 2026": ("2023-01", "2023-01", "2026-06", "2026-06"),
}
"""Pairs of periods to compare: name to (first month, last month) of the base and of the end."""

SHIFT = 28
"""Days by which either period is moved to see how much a change depends on the choice of dates."""


@lru_cache
def _daily(country, measure):
    if measure == "all":
        return index(country, adjusted=False)
    shares = tables.load("ai_postings")
    shares = _each_day(shares[shares["country"] == country], "share")
    return shares if measure == "share" else (shares * index(country, adjusted=False)).dropna() / 100


def index(country="US", sector="All jobs", postings="total", adjusted=True):
    """Daily index of job postings, 100 on 1 February 2020; each day has the value of its week.

    Parameters
    ----------
    country : str
        A code of :data:`COUNTRIES`.
    sector : str
        ``"All jobs"`` or, for the US, a sector of the table ``postings_index``.
    postings : {"total", "new"}
        All postings that stand on a day, or those at most seven days old.
    adjusted : bool
        Seasonally adjusted by the publisher. Sectors exist adjusted only.

    Returns
    -------
    pandas.Series
        Indexed by day.

    Raises
    ------
    helpers.charts.NoPicture
        If there is no such index.
    """
    rows = tables.load("postings_index")
    rows = rows[
        (rows["country"] == country) & (rows["sector"] == sector) & (rows["postings"] == postings)
    ].dropna(subset="index_sa" if adjusted else "index_nsa")
    if rows.empty:
        raise charts.NoPicture(
            f"Indeed publishes no such index of postings for {name_of(country)}: "
            "choose the share, or another country."
        )
    return _each_day(rows, "index_sa" if adjusted else "index_nsa")


def _each_day(rows, column):
    series = rows.set_index("week")[column].astype(float)
    first, last = rows.iloc[0], rows.iloc[-1]  # the weeks at both ends may have fewer than seven days
    start = first["week"] + pd.Timedelta(days=7 - first["days"])
    stop = last["week"] + pd.Timedelta(days=last["days"] - 1)
    return series.reindex(pd.date_range(start, stop, name="day"), method="ffill")


def daily(country="US", measure="share"):
    """Daily series of one country; each day has the value of its week.

    Parameters
    ----------
    country : str
        A code of :data:`COUNTRIES`.
    measure : {"share", "count", "all"}
        ``share``: postings that mention AI in % of all postings. ``all``: index of all postings, not
        seasonally adjusted, 100 on 1 February 2020. ``count``: the two multiplied, divided by 100: follows the
        number of postings that mention AI.

    Returns
    -------
    pandas.Series
        Indexed by day.

    Raises
    ------
    helpers.charts.NoPicture
        If the country has no index of all postings (Ireland, Italy, Netherlands).
    """
    return _daily(country, measure).copy()


def name_of(country):
    """str: the name of a country code."""
    return next(name for name, code in COUNTRIES.items() if code == country)


def change(series, base, end):
    """Change between the means of two periods.

    Parameters
    ----------
    series : pandas.Series
        Daily.
    base, end : str or tuple of str
        A month such as ``"2023-01"``, or the first and the last month of a period.

    Returns
    -------
    float
        In percent of the base.
    """
    before, after = (series.loc[slice(*span(period))].mean() for period in (base, end))
    return 100 * (after / before - 1)


def change_range(series, base, end, days=SHIFT):
    """Smallest and largest change when each period is moved by up to `days` days either way.

    This is no confidence interval: the tracker counts every posting on one site, so there is no sampling error
    to speak of. It says how much the answer hangs on the choice of dates.

    Parameters
    ----------
    series, base, end
        See :func:`change`.
    days : int
        Periods are moved by -days, ..., -7, 0, 7, ..., days, as far as the series goes.

    Returns
    -------
    low, high : float
        In percent.
    """
    before, after = (_moved_means(series, period, days) for period in (base, end))
    changes = 100 * (after[:, None] / before[None, :] - 1)
    return float(np.nanmin(changes)), float(np.nanmax(changes))


def _moved_means(series, period, days):
    first, last = span(period)
    means = series.rolling((last - first).days + 1).mean()  # each day: mean of the period that ends there
    return means.reindex([last + pd.Timedelta(days=by) for by in range(-days, days + 1, 7)]).to_numpy()


def span(period):
    """First and last day (pandas.Timestamp) of a period; see :func:`change`."""
    first, last = (period, period) if isinstance(period, str) else period
    return pd.Timestamp(first), pd.Timestamp(last) + pd.offsets.MonthEnd()


def in_prose(country):
    """str: the name of a country code as it stands in a sentence."""
    name = name_of(country)
    return f"the {name}" if name.startswith(("United", "Nether")) else name


@lru_cache
def averages(country, measure, rule):
    """Means of a daily series over weeks (`rule` ``"W-SUN"``) or months (``"MS"``), for drawing.

    Returns
    -------
    pandas.Series
        Shared between callers: do not change it.
    """
    return _daily(country, measure).resample(rule).mean()


@lru_cache
def in_words(country, measure, base, end, words):
    """Say a change and how far it depends on the dates, in one or two sentences.

    Parameters
    ----------
    country, measure : str
        See :func:`daily`.
    base, end
        See :func:`change`.
    words : str
        The two periods in words.

    Returns
    -------
    str
    """
    series = _daily(country, measure)
    value, (low, high) = change(series, base, end), change_range(series, base, end)
    what = next(name for name, code in MEASURES.items() if code == measure)
    direction = "did not change" if round(value) == 0 else "rose" if value > 0 else "fell"
    amount = "" if round(value) == 0 else f" by {abs(value):.0f}%"
    sure = (
        "so the direction does not depend on the exact dates"
        if low * high > 0
        else "so even the direction depends on the exact dates"
    )
    return (
        f"In {in_prose(country)} the {what} {direction}{amount}, {words}. Moving either period by up to "
        f"four weeks gives {charts.percent(low)} to {charts.percent(high)}, {sure}."
    )


def months(first="2019-01", last="2026-06"):
    """list of (str, str): months for a slider, as shown (``Jan 2023``) and as used (``2023-01``)."""
    return [(f"{month:%b %Y}", f"{month:%Y-%m}") for month in pd.period_range(first, last, freq="M")]


def by_country(base, end):
    """Change of share and number of AI postings in each country of the tracker.

    Parameters
    ----------
    base, end
        See :func:`change`.

    Returns
    -------
    pandas.DataFrame
        Indexed by country code, largest rise first: ``country``; ``change`` of the share with ``low`` and ``high``
        of :func:`change_range`; ``number``, the change of the number of AI postings, missing where there is no
        index of all postings. All in percent.
    """
    rows = []
    for name, code in COUNTRIES.items():
        series = _daily(code, "share")
        try:
            number = change(_daily(code, "count"), base, end)
        except charts.NoPicture:
            number = None
        rows.append((code, name, change(series, base, end), *change_range(series, base, end), number))
    table = pd.DataFrame(rows, columns=["code", "country", "change", "low", "high", "number"]).set_index(
        "code"
    )
    return table.sort_values("change", ascending=False)


def answers():
    """Every answer we have to "by how much did US AI postings change from early 2023 to early 2024?".

    Returns
    -------
    pandas.DataFrame
        ``answer`` (what was counted, when, by whom), ``change`` (in %) and ``seen``: "computed" here from Indeed's
        series, or how we saw the figure of another counter (table ``claim_evidence``).
    """
    base, end = ("2023-01", "2023-02"), ("2024-01", "2024-02")
    share, total = _daily("US", "share"), index("US", adjusted=False)
    computed = {
        "AI share of all postings": share,
        "Number of AI postings": share * total,
        "Number of new AI postings": share * index("US", postings="new", adjusted=False),
        "AI postings per software posting": share * index("US") / index("US", "Software Development"),
    }
    rows = [
        (f"{name}, Jan-Feb to Jan-Feb (Indeed)", change(series.dropna(), base, end), "computed")
        for name, series in computed.items()
    ]
    evidence = tables.load("claim_evidence")
    for row in evidence[(evidence["claim"] == "growth-36") & (evidence["place"] == "US")].itertuples():
        rows.append((f"{row.measure}, {row.base} to {row.end} ({row.publisher})", row.value, row.seen))
    return pd.DataFrame(rows, columns=["answer", "change", "seen"]).sort_values("change", ignore_index=True)
