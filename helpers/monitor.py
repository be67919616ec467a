"""Watch a pay model on the weekly arrivals of adverts: what came, how it differs, and whether promises were kept.

Each *signal* is one number a week. When one becomes an alarm, and what that costs, is said in :mod:`helpers.alarms`.
"""

import numpy as np
import pandas as pd

from helpers import pay, pay_scores, tables

LEARNED = ("2022-07-01", "2023-06-30")
"""First and last day of the adverts that the watched model learned from: the June 2023 model."""

LATE = 10
"""Days without an arrival after which "no data" is raised: the stream is weekly, and three days late is still usual."""

USUAL = 8
"""Arrivals before a week whose median is what usually comes; fewer than half of it raises "few data"."""

CHANGES = {
    "2024-06-23": "software engineers are collected",
    "2024-08-04": '"Engineer" and "Manager" are collected',
}
"""Arrivals in which the collection began to take in titles that it had not held: known afterwards, from notebook 02.
The mix of levels had moved before, at the end of November 2023."""

FIRST_CHANGE = min(CHANGES)

SIGNALS = {
    "new titles": "New titles, % of adverts",
    "PSI of role": "PSI of role",
    "PSI of title": "PSI of title",
    "PSI of country": "PSI of country",
    "KS of level": "KS distance of level",
    "KS of pay": "KS distance of pay",
    "lost coverage": "Coverage lost, points below 80%",
}
"""Signals of :func:`watch`, each higher when worse, with the label of its axis."""

SMALLEST_SHARE = 1e-4
"""PSI takes a logarithm: an empty group counts as one advert in ten thousand. With few adverts this choice matters."""


def spelled(day):
    """str: a day in words, such as ``23 June 2024``."""
    day = pd.Timestamp(day)
    return f"{day.day} {day:%B %Y}"


def arrivals():
    """Count what came in each arrival, since the first.

    Returns
    -------
    pandas.DataFrame
        Indexed by day of arrival: ``adverts``, ``days`` (since the one before), ``late`` (more than :data:`LATE`
        days), ``raised`` (day on which "no data" is raised, if it is), ``few`` (fewer than half of what usually
        comes, see :data:`USUAL`), ``lone`` (% of adverts that state one figure and no range).
    """
    raw = tables.load("pay_ranges")
    groups = raw.assign(alone=raw["adverts"] * raw["single"]).groupby("arrived")[["adverts", "alone"]].sum()
    days = groups.index.to_series().diff().dt.days
    late = days > LATE
    return pd.DataFrame(
        {
            "adverts": groups["adverts"],
            "days": days,
            "late": late,
            "raised": (groups.index.to_series().shift() + pd.Timedelta(days=LATE + 1)).where(late),
            "few": groups["adverts"] < groups["adverts"].shift().rolling(USUAL).median() / 2,
            "lone": 100 * groups["alone"] / groups["adverts"],
        }
    )


def shares(table, feature):
    """pandas.Series: share of the adverts that have each value of a feature; every known value has a row."""
    weight = table.groupby(feature, observed=False)["weight"].sum()
    return weight / weight.sum()


def psi(before, now):
    """Population stability index of two distributions over the same groups.

    Parameters
    ----------
    before, now : array_like, shape (groups,)
        Shares that sum to 1.

    Returns
    -------
    float
        0 when they are equal. It is the Kullback-Leibler divergence taken both ways and added. The usual rule of
        thumb (over 0.2 is a shift) knows nothing of how many adverts the shares rest on: see :func:`psi_by_chance`.
    """
    before, now = (np.clip(np.asarray(part, dtype=float), SMALLEST_SHARE, None) for part in (before, now))
    return float(((now - before) * np.log(now / before)).sum())


def psi_by_chance(before, adverts, draws=500, seed=0):
    """Draw weeks from an unchanged distribution, and return what :func:`psi` finds in them.

    Parameters
    ----------
    before : array_like, shape (groups,)
    adverts : int
        In one week.
    draws, seed : int

    Returns
    -------
    numpy.ndarray, shape (draws,)
    """
    before = np.asarray(before, dtype=float)
    counts = np.random.default_rng(seed).multinomial(int(adverts), before / before.sum(), size=draws)
    return np.array([psi(before, row / adverts) for row in counts])


def ks(before, now, column):
    """float: Kolmogorov-Smirnov distance, 0 to 1, of an ordered column of two tables, adverts weighted."""
    from scipy.stats import ks_2samp  # slow to import

    values = (np.repeat(_ordered(table[column]), table["weight"]) for table in (before, now))
    return float(ks_2samp(*values, method="asymp").statistic)


def _ordered(column):
    return column.map(list(pay.LEVELS).index).to_numpy(int) if column.name == "level" else column.to_numpy()


def new_titles(learned, week):
    """float: % of a week's adverts whose title a model that learned from `learned` has never seen."""
    seen = learned.groupby("title_group", observed=False)["weight"].sum()
    return float(100 * shares(week, "title_group")[seen == 0].sum())


def watch(model, learned, live):
    """Compute every signal for every arrival, as it would have been seen in that week.

    Parameters
    ----------
    model : object with a method ``predict``
        See :class:`helpers.pay.QuantileModel`.
    learned, live : pandas.DataFrame
        Adverts that the model learned from, and those that arrived afterwards; see :func:`helpers.pay.adverts`.

    Returns
    -------
    pandas.DataFrame
        Indexed by day of arrival: ``adverts``, ``coverage`` (%), ``low``, ``high`` (% , 95% Wilson interval),
        ``width`` (thousand USD a year), and the columns of :data:`SIGNALS`.
    """
    features = {"PSI of role": "role", "PSI of title": "title_group", "PSI of country": "country"}
    before = {name: shares(learned, feature) for name, feature in features.items()}
    rows = {}
    for day, week in live.groupby("arrived"):
        row = {name: psi(before[name], shares(week, feature)) for name, feature in features.items()}
        row["KS of level"] = ks(learned, week, "level")
        row["KS of pay"] = ks(learned, week, "midpoint")
        row["new titles"] = new_titles(learned, week)
        rows[day] = row
    promise = pay_scores.coverage_table(live, model.predict(live), "arrived")
    table = promise.join(pd.DataFrame.from_dict(rows, orient="index"))
    return table.assign(**{"lost coverage": (80 - table["coverage"]).clip(lower=0)})


def known_and_new(model, learned, live):
    """Compare the coverage of titles that a model has learned from with that of new ones.

    Parameters
    ----------
    model, learned, live
        See :func:`watch`.

    Returns
    -------
    pandas.DataFrame
        One row a period around the first change: ``adverts`` and ``known`` (coverage, %) of known titles,
        ``new adverts`` and ``new``.
    """
    edges = pd.to_datetime(["2023-07-01", FIRST_CHANGE, "2024-07-28", "2024-08-01", "2025-02-01"])
    names = [f"before {spelled(FIRST_CHANGE)}", "23 June to 21 July", "28 July", "from 4 August"]
    rows = live.assign(
        inside=pay_scores.inside(live, model.predict(live)) * live["weight"],
        period=pd.cut(live["arrived"], edges, right=False, labels=names),
        new=~live["title_group"].isin(learned["title_group"]),
    )
    sums = rows.groupby(["period", "new"], observed=True)[["weight", "inside"]].sum().unstack()
    kept = 100 * sums["inside"] / sums["weight"]
    return pd.DataFrame(
        {
            "adverts": sums["weight"][False],
            "known": kept[False],
            "new adverts": sums["weight"][True],
            "new": kept[True],
        }
    )
