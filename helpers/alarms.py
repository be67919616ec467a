"""Alarms: a week in which a signal passes a threshold, and what such a detector costs.

It is judged by two prices, and no threshold lowers both: how many weeks it sleeps through a change, and how often it
rings without one.
"""

import numpy as np
import pandas as pd

from helpers import charts
from helpers.monitor import FIRST_CHANGE, SIGNALS

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
"""Thresholds to choose from, each stricter than the one before."""

FEWEST = 30
"""Adverts below which a week raises no alarm about its mix: four adverts have no distribution."""


WEEKS = 52


def alarms(seen, signal, threshold):
    """Return in which weeks a signal passes a threshold.

    Parameters
    ----------
    seen : pandas.DataFrame
        See :func:`helpers.monitor.watch`.
    signal : str
        One of :data:`helpers.monitor.SIGNALS`.
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


def price(seen, signal, threshold, change=FIRST_CHANGE, label_weeks=0):
    """Say what a detector costs: alarms before the change, and weeks until it notices the change.

    Parameters
    ----------
    seen, signal, threshold
        See :func:`alarms`.
    change : str
        Day of the arrival in which the change happened. Alarms before it count as false, although some may
        have had a reason that we do not know.
    label_weeks : int
        Weeks until the truth is known, added to the delay for :data:`NEEDS_PAY`.

    Returns
    -------
    dict
        ``false`` (count), ``weeks`` (before the change, that could raise an alarm), ``false_a_year``, ``low`` and
        ``high`` (its exact 95% binomial interval, as if weeks were independent: alarms come in runs, so it is too
        narrow), ``first`` (day of the first alarm from the change on, as seen in the stream, or None), ``delay``
        (arrivals between the change and that alarm; ``None`` for never).
    """
    from scipy.stats import beta

    raised = alarms(seen, signal, threshold)
    before, after = raised.index < change, raised[raised.index >= change]
    weeks, count = int((before & (seen["adverts"] >= FEWEST)).sum()), int(raised[before].sum())
    wait = label_weeks if signal in NEEDS_PAY else 0
    return {
        "false": count,
        "weeks": weeks,
        "false_a_year": WEEKS * count / weeks,
        "low": WEEKS * float(beta.ppf(0.025, count, weeks - count + 1)) if count else 0.0,
        "high": WEEKS * float(beta.ppf(0.975, count + 1, weeks - count)) if count < weeks else float(WEEKS),
        "first": after.idxmax() if after.any() else None,
        "delay": int(np.argmax(after.to_numpy())) + wait if after.any() else None,
    }


def prices(seen, label_weeks=0):
    """Price every threshold of every signal.

    Parameters
    ----------
    seen, label_weeks
        See :func:`price`.

    Returns
    -------
    pandas.DataFrame
        Columns ``signal``, ``threshold`` and those of :func:`price`.
    """
    return pd.DataFrame(
        {
            "signal": signal,
            "threshold": threshold,
            **price(seen, signal, threshold, label_weeks=label_weeks),
        }
        for signal in SIGNALS
        for threshold in THRESHOLDS[signal]
    )


def first_alarms(seen, thresholds):
    """Say which alarm rings first after the change, and how often each rang before.

    Parameters
    ----------
    seen : pandas.DataFrame
        See :func:`helpers.monitor.watch`.
    thresholds : dict of str to float
        Signal to threshold.

    Returns
    -------
    pandas.DataFrame
        One row a signal, the earliest first: ``above``, ``first alarm`` (day), ``false alarms`` (before the change), ``a year``
        (95% interval).
    """
    found = {signal: price(seen, signal, threshold) for signal, threshold in thresholds.items()}
    order = sorted(
        found, key=lambda signal: (found[signal]["first"] or pd.Timestamp.max, found[signal]["false"])
    )
    return pd.DataFrame(
        {
            "above": thresholds[signal],
            "first alarm": f"{one['first']:%Y-%m-%d}" if one["first"] else "never",
            "false alarms": f"{one['false']} in {one['weeks']} weeks",
            "a year": f"{one['low']:.0f} to {one['high']:.0f}",
        }
        for signal, one in ((signal, found[signal]) for signal in order)
    ).set_axis(order)


def adwin(hits, seed=0, delta=0.002):
    """Let a detector that needs no threshold on the signal watch a stream of single adverts.

    Parameters
    ----------
    hits : pandas.Series of bool
        Was the promise kept, one an advert, indexed by day of arrival. Which of a day's adverts came first is not
        known: they are put into a random order.
    seed : int
    delta : float
        Accepted chance of a false alarm in any one comparison: a threshold, too.

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
