"""Watch a pay model on the weekly arrivals of adverts: what came, how it differs, and whether promises were kept.

A *signal* is one number a week. An *alarm* is a week in which a signal passes a threshold. A detector is judged by
two prices, and no threshold lowers both: how many weeks it sleeps through a change, and how often it cries wolf.
"""

import numpy as np
import pandas as pd

from helpers import charts, pay, pay_scores, tables

LEARNED = ("2022-07-01", "2023-06-30")
"""First and last day of the adverts that the watched model learned from: the June 2023 model."""

LATE = 10
"""Days without an arrival after which "no data" is raised: the stream is weekly, and three days late is still usual."""

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

NEEDS_PAY = ("KS of pay", "lost coverage")
"""Signals that can only be computed once the true pay is known."""

THRESHOLDS = {
    "new titles": (1, 2, 5, 10, 15, 20, 25),
    "PSI of role": (0.1, 0.2, 0.25, 0.5, 1.0, 1.5, 2.0),
    "PSI of title": (0.1, 0.2, 0.25, 0.5, 1.0, 1.5, 2.0),
    "PSI of country": (0.1, 0.2, 0.25, 0.5, 1.0, 1.5, 2.0),
    "KS of level": (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4),
    "KS of pay": (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4),
    "lost coverage": (2, 4, 6, 8, 10, 12, 15),
}
"""Thresholds to choose from, from nervous to deaf."""

FEWEST = 30
"""Adverts below which a week raises no alarm about its mix: four adverts have no distribution."""

_SMALLEST_SHARE = 1e-4  # PSI takes a logarithm: an empty group counts as one advert in ten thousand


def arrivals():
    """Count what came in each arrival, since the first.

    Returns
    -------
    pandas.DataFrame
        Indexed by day of arrival: ``adverts``, ``days`` (since the one before), ``late`` (more than :data:`LATE`
        days), ``raised`` (day on which "no data" is raised, if it is), ``lone`` (% of adverts that state one figure
        and no range).
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
    before, now = (np.clip(np.asarray(part, dtype=float), _SMALLEST_SHARE, None) for part in (before, now))
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


def alarms(seen, signal, threshold):
    """Return in which weeks a signal passes a threshold.

    Parameters
    ----------
    seen : pandas.DataFrame
        See :func:`watch`.
    signal : str
        One of :data:`SIGNALS`.
    threshold : float

    Returns
    -------
    pandas.Series of bool
        Indexed by day of arrival. Weeks of fewer than :data:`FEWEST` adverts raise none.

    Raises
    ------
    helpers.charts.NoPicture
        If there is no such signal.
    """
    if signal not in SIGNALS:
        raise charts.NoPicture(f"There is no such signal: choose {', '.join(SIGNALS)}.")
    return (seen[signal] > threshold) & (seen["adverts"] >= FEWEST)


def price(raised, change=FIRST_CHANGE, label_weeks=0):
    """Say what a detector costs: alarms before the change, and weeks until it notices the change.

    Parameters
    ----------
    raised : pandas.Series of bool
        See :func:`alarms`.
    change : str
        Day of the arrival in which the change happened. Alarms before it count as false, although some may
        have had a reason that we do not know.
    label_weeks : int
        Weeks until the truth is known, added to the delay.

    Returns
    -------
    dict
        ``false`` (count), ``false_a_year``, ``low`` and ``high`` (its exact 95% Poisson interval),
        ``delay`` (arrivals between the change and the first alarm from then on; ``None`` for never).
    """
    from scipy.stats import chi2

    before, after = raised[raised.index < change], raised[raised.index >= change]
    years, count = len(before) / 52, int(before.sum())
    return {
        "false": count,
        "false_a_year": count / years,
        "low": float(chi2.ppf(0.025, 2 * count) / 2 / years) if count else 0.0,
        "high": float(chi2.ppf(0.975, 2 * count + 2) / 2 / years),
        "delay": int(np.argmax(after.to_numpy())) + label_weeks if after.any() else None,
    }


def prices(seen, label_weeks=0):
    """Price every threshold of every signal.

    Parameters
    ----------
    seen, label_weeks
        See :func:`watch` and :func:`price`; `label_weeks` applies to :data:`NEEDS_PAY` only.

    Returns
    -------
    pandas.DataFrame
        Columns ``signal``, ``threshold`` and those of :func:`price`.
    """
    return pd.DataFrame(
        {
            "signal": signal,
            "threshold": threshold,
            **price(
                alarms(seen, signal, threshold),
                label_weeks=label_weeks if signal in NEEDS_PAY else 0,
            ),
        }
        for signal in SIGNALS
        for threshold in THRESHOLDS[signal]
    )


def adwin(hits, seed=0, delta=0.002):
    """Let a detector that needs no threshold on the signal watch a stream of single adverts.

    Parameters
    ----------
    hits : pandas.Series of bool
        Was the promise kept, one an advert, indexed by day of arrival. Which of a day's adverts came first is not
        known: they are put into a random order.
    seed : int
    delta : float
        Accepted chance of a false alarm in any one comparison.

    Returns
    -------
    list of pandas.Timestamp
        Days on which ADWIN (Bifet and Gavalda, 2007) found that the mean had changed.
    """
    from river.drift import ADWIN  # slow to import

    order = np.lexsort((np.random.default_rng(seed).random(len(hits)), hits.index.to_numpy()))
    detector, days = ADWIN(delta=delta), []
    for day, hit in hits.iloc[order].items():
        detector.update(int(hit))
        if detector.drift_detected:
            days.append(day)
    return days
