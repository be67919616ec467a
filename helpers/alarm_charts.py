"""Charts of notebook 05: what a threshold costs, one detector at a time and all at once."""

import matplotlib.dates as mdates
import numpy as np
import pandas as pd

from helpers import alarms, charts, monitor, tables

STRICTNESS = {"1 (rings early)": 0, "2": 1, "3": 2, "4": 3, "5": 4, "6": 5, "7 (rings late)": 6}
"""Steps of :data:`helpers.alarms.THRESHOLDS`, as shown and as used."""

_NEVER = 1.5  # where a detector that never rings stands: so many arrivals above the slowest
_APART = 0.13  # arrivals by which lines of signals that lie on each other are moved apart


def thresholds(seen):
    """Return a draw function for :func:`helpers.explore.explore`: one detector, its alarms, and what it costs.

    Parameters
    ----------
    seen : pandas.DataFrame
        See :func:`helpers.monitor.watch`.

    Returns
    -------
    draw : callable
        ``draw(signal, strictness, pay_known)`` returns a matplotlib.figure.Figure; `strictness` is a place in
        :data:`helpers.alarms.THRESHOLDS`, `pay_known` a number of weeks.
    """

    def draw(signal="lost coverage", strictness=3, pay_known=2):
        if signal not in monitor.SIGNALS:
            raise charts.NoPicture(f"There is no such signal: choose {', '.join(monitor.SIGNALS)}.")
        threshold = alarms.THRESHOLDS[signal][strictness]
        price = alarms.price(seen, signal, threshold, label_weeks=pay_known)
        return _one_detector(seen[signal], alarms.alarms(seen, signal, threshold), signal, threshold, price)

    return draw


def choices():
    """dict: the controls of :func:`thresholds`."""
    return {
        "signal": list(monitor.SIGNALS),
        "strictness": STRICTNESS,
        "pay_known": {"at once": 0, "after 2 weeks": 2, "after 4 weeks": 4, "after 8 weeks": 8},
    }


def _one_detector(values, raised, signal, threshold, price):
    figure, axes = charts.blank()
    # Days as plain numbers under fixed ticks: an axis of dates takes half the time of a redraw.
    change, days = mdates.date2num(pd.Timestamp(monitor.FIRST_CHANGE)), mdates.date2num(values.index)
    silent = np.argmax(np.diff(days))  # a line through the outage would show what nobody saw
    axes.plot(
        np.insert(days, silent + 1, np.nan),
        np.insert(values.to_numpy(), silent + 1, np.nan),
        color=charts.FLAT,
        linewidth=1.2,
    )
    axes.axvspan(days[silent], days[silent + 1], color="#e4e4e4", linewidth=0)
    axes.axhline(threshold, color="#333333", linewidth=1, linestyle="--")
    false, true = raised & (days < change), raised & (days >= change)
    axes.plot(days[false], values[false], "x", color=charts.DOWN, markersize=7)
    axes.plot(days[true], values[true], "o", color=charts.UP, markersize=5)
    for place, color, words in (
        (0.01, charts.DOWN, "\N{MULTIPLICATION SIGN} alarm before the change"),
        (0.30, charts.UP, "\N{BLACK CIRCLE} alarm from the change on"),
    ):
        axes.text(place, 0.95, words, color=color, transform=axes.transAxes, fontsize=9)
    for day in monitor.CHANGES:
        axes.axvline(mdates.date2num(pd.Timestamp(day)), color=charts.DOWN, linewidth=1.2, linestyle=":")
    ticks = pd.date_range(values.index[0].to_period("Q").start_time, values.index[-1], freq="2QS")
    axes.set_xticks(mdates.date2num(ticks), ticks.strftime("%Y-%m"))
    axes.set_ylim(0, 1.15 * max(values.max(), threshold))
    axes.set_ylabel(monitor.SIGNALS[signal], fontsize=9)
    delay = price["delay"]
    noticed = (
        "never"
        if delay is None
        else f"{delay} arrival{'s' * (delay > 1)} late"
        if delay
        else "in the same week"
    )
    title = f"Above {threshold:g}: noticed {noticed}; {price['false_a_year']:.0f} false alarms a year"
    sentence = (
        f"{monitor.SIGNALS[signal]}, by week, with a threshold of {threshold:g}. Crosses: {price['false']} alarms in the "
        f"{price['weeks']} weeks before the first known change, {price['false_a_year']:.0f} a year (95% interval "
        f"{price['low']:.0f} to {price['high']:.0f}, if weeks were independent). Grey: six weeks without data. The change of {monitor.spelled(monitor.FIRST_CHANGE)} is noticed {noticed}."
    )
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)


def bargains(prices):
    """Draw delay against false alarms for each signal and threshold.

    Parameters
    ----------
    prices : pandas.DataFrame
        See :func:`helpers.alarms.prices`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = charts.blank(right=0.72, bottom=0.2)
    top = prices["delay"].max()
    never = top + _NEVER
    groups = list(prices.groupby("signal", sort=False))
    for place, ((name, rows), marker) in enumerate(zip(groups, "osD^vP*", strict=True)):
        delays = rows["delay"].fillna(never) + _APART * (place - len(groups) // 2)
        axes.plot(
            rows["false_a_year"],
            delays,
            marker=marker,
            markersize=5,
            linewidth=1,
            linestyle=(0, (3, 2)),
            label=name,
        )
    axes.axhline(never, color="#888888", linewidth=0.8)
    ticks = [tick for tick in range(0, int(top) + 1, 4)]
    axes.set_yticks([*ticks, never], [*map(str, ticks), "never"])
    axes.set_ylabel("Arrivals until noticed")
    axes.set_xlabel("False alarms a year (alarms before the first known change)")
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9)
    best = prices[(prices["delay"] == 0) & (prices["false"] == 0)]
    title = f"{best['signal'].nunique()} of {prices['signal'].nunique()} signals notice at once without a false alarm"
    sentence = (
        "Each point is a threshold of a signal: false alarms a year to the right, arrivals until the change of June "
        f"2024 is noticed upwards. At once and without a false alarm: {', '.join(best['signal'].unique())}. "
        f"{prices['delay'].isna().sum()} of {len(prices)} settings never notice. Points on one height are drawn a little apart."
    )
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)
