"""Charts of notebook 05: arrivals, signals, what a threshold costs, policies of retraining, registered versions."""

import matplotlib.dates as mdates
import numpy as np
import pandas as pd

from helpers import charts, monitor, tables

STRICTNESS = {"1 (nervous)": 0, "2": 1, "3": 2, "4": 3, "5": 4, "6": 5, "7 (deaf)": 6}
"""Steps of :data:`helpers.monitor.THRESHOLDS`, as shown and as used."""

_POLICY_STYLE = {
    "never": {"color": "#555555", "linestyle": "--"},
    "monthly": {"color": "#0072B2", "linestyle": "-"},
    "on alarm": {"color": "#D55E00", "linestyle": "-."},
}
_NEVER = -1.5  # where a detector that never fires stands on an axis of weeks: drawn above the slowest


def arrivals(table):
    """Draw how many adverts each arrival brought, and where "no data" is raised.

    Parameters
    ----------
    table : pandas.DataFrame
        See :func:`helpers.monitor.arrivals`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = charts.blank()
    axes.vlines(table.index, 0.8, table["adverts"], color=charts.FLAT, linewidth=1.3)
    late = table[table["late"]]
    axes.plot(late["raised"], np.full(len(late), 0.8), "v", color=charts.DOWN, markersize=9)
    longest = late["days"].idxmax()
    row = late.loc[longest]
    axes.annotate(
        f"{row.days:.0f} days of silence,\nthen {row.adverts:,.0f} adverts",
        (longest, row.adverts),
        (-8, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        color=charts.DOWN,
        fontweight="bold",
    )
    axes.set_yscale("log")
    axes.set_ylim(0.6, 3 * table["adverts"].max())
    axes.set_yticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
    axes.set_ylabel("Adverts (log scale)")
    live = late[late.index > monitor.LEARNED[1]]
    sentence = (
        f"{len(table)} arrivals from {table.index[0]:%B %Y} to {table.index[-1]:%B %Y}, one line each, on a "
        f"logarithmic scale. Triangles: the {len(late)} times when nothing had come for more than {monitor.LATE} days, "
        f"{len(live)} of them since the model went live. The longest silence, {row.days:.0f} days, ended on "
        f"{longest.day} {longest:%B %Y} with {row.adverts:,.0f} adverts at once."
    )
    title = (
        f'"No data" is raised {len(late)} times, once when it matters: {row.raised.day} {row.raised:%B %Y}'
    )
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)


def signals(seen, names=("new titles", "PSI of role", "KS of level", "KS of pay", "lost coverage")):
    """Draw signals one above the other, with the changes that are known afterwards.

    Parameters
    ----------
    seen : pandas.DataFrame
        See :func:`helpers.monitor.watch`.
    names : sequence of str
        Of :data:`helpers.monitor.SIGNALS`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    height = 1.0 + 1.15 * len(names)
    figure, first = charts.blank(height)
    figure.delaxes(first)
    grid = figure.subplots(len(names), 1, sharex=True)
    figure.subplots_adjust(left=0.085, right=0.97, top=1 - 0.62 / height, bottom=0.62 / height, hspace=0.5)
    few = seen["adverts"] < monitor.FEWEST
    for axes, name in zip(grid, names, strict=True):
        axes.plot(seen.index[~few], seen[name][~few], color=charts.UP, linewidth=1.6)
        axes.set_title(monitor.SIGNALS[name], fontsize=9.5, loc="left", pad=3)
        axes.set_ylim(0, None)
        _mark_changes(axes)
    change = pd.Timestamp(monitor.FIRST_CHANGE)
    medians = {
        name: (seen[name][seen.index < change].median(), seen[name][seen.index >= change].median())
        for name in names
    }
    parts = [f"{name} {before:.2g} before and {after:.2g} after" for name, (before, after) in medians.items()]
    sentence = (
        f"{len(names)} signals by week since July 2023; dotted lines mark June and August 2024, when the collection "
        f"changed. Medians before and after the first change: {'; '.join(parts)}."
    )
    first = names[0]
    title = f"In June 2024 one week changes the adverts ({first}: {medians[first][0]:.2g} to {medians[first][1]:.2g})"
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)


def _mark_changes(axes):
    for day in monitor.CHANGES:
        axes.axvline(pd.Timestamp(day), color=charts.DOWN, linewidth=1.2, linestyle=":")


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
        :data:`helpers.monitor.THRESHOLDS`, `pay_known` a number of weeks.
    """

    def draw(signal="lost coverage", strictness=4, pay_known=2):
        if signal not in monitor.SIGNALS:
            raise charts.NoPicture(f"There is no such signal: choose {', '.join(monitor.SIGNALS)}.")
        threshold = monitor.THRESHOLDS[signal][strictness]
        raised = monitor.alarms(seen, signal, threshold)
        wait = pay_known if signal in monitor.NEEDS_PAY else 0
        return _one_detector(seen[signal], raised, signal, threshold, monitor.price(raised, label_weeks=wait))

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
    axes.plot(days, values, color=charts.FLAT, linewidth=1.2)
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
    noticed = "never" if delay is None else f"{delay} arrivals late" if delay else "in the same week"
    title = f"Above {threshold:g}: noticed {noticed}; {price['false_a_year']:.0f} false alarms a year"
    sentence = (
        f"{monitor.SIGNALS[signal]}, by week, with a threshold of {threshold:g}. Crosses: {price['false']} alarms in "
        f"the {int((days < change).sum())} weeks before the first known change, {price['false_a_year']:.0f} a "
        f"year (95% interval {price['low']:.0f} to {price['high']:.0f}). The change of 23 June 2024 is noticed {noticed}."
    )
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)


def bargains(prices):
    """Draw delay against false alarms for each signal and threshold.

    Parameters
    ----------
    prices : pandas.DataFrame
        See :func:`helpers.monitor.prices`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = charts.blank(right=0.72, bottom=0.2)
    top = prices["delay"].max()
    never = top - _NEVER
    for (name, rows), marker in zip(prices.groupby("signal", sort=False), "osD^vP*", strict=False):
        (line,) = axes.plot(
            rows["false_a_year"], rows["delay"].fillna(never), marker=marker, linewidth=1, label=name
        )
        line.set_linestyle((0, (3, 2)))
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
        f"{prices['delay'].isna().sum()} of {len(prices)} settings never notice."
    )
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)


def policies(replays):
    """Draw the coverage by month under each policy of retraining, with its trainings.

    Parameters
    ----------
    replays : dict of str to pandas.DataFrame
        Policy to :func:`helpers.retraining.replay`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = charts.blank(right=0.83)
    axes.axhline(80, color="#333333", linewidth=1)
    ends = {}
    for name, table in replays.items():
        months = table.index.to_period("M")
        weights = table["adverts"]
        kept = (table["coverage"] * weights).groupby(months).sum() / weights.groupby(months).sum()
        axes.plot(kept.index.to_timestamp(), kept, **_POLICY_STYLE[name], linewidth=1.8)
        ends[name] = float(kept.iloc[-3:].mean())
    base = 53
    for place, (name, table) in enumerate(replays.items()):
        days = table.index[table["trained"]]
        axes.plot(
            days,
            np.full(len(days), base + 2.2 * place),
            "|",
            color=_POLICY_STYLE[name]["color"],
            markersize=11,
            markeredgewidth=2,
        )
    last = max(table.index[-1] for table in replays.values())
    apart = sorted(ends, key=ends.get)
    previous = None
    for name in apart:
        place = ends[name] if previous is None else max(ends[name], previous + 2.6)
        axes.annotate(
            name, (last, place), (6, 0), textcoords="offset points", va="center",
            color=_POLICY_STYLE[name]["color"], fontweight="bold",
        )  # fmt: skip
        previous = place
    _mark_changes(axes)
    axes.set_ylim(50, 95)
    axes.set_ylabel("% within the range")
    counts = {name: int(table["trained"].sum()) for name, table in replays.items()}
    parts = [f"{name} {ends[name]:.0f}% with {counts[name]} trainings" for name in replays]
    sentence = (
        "Coverage by month under three policies, the promise of 80% as a line, each training as a short stroke at the "
        f"bottom. Mean of the last three months: {'; '.join(parts)}."
    )
    kept = {name: np.average(table["coverage"], weights=table["adverts"]) for name, table in replays.items()}
    title = (
        f"{counts['on alarm']} trainings on alarm keep {kept['on alarm']:.0f}%, "
        f"{counts['monthly']} by the calendar {kept['monthly']:.0f}%, none {kept['never']:.0f}%"
    )
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)


def versions(runs):
    """Draw registered versions: loss against width, with their names.

    Parameters
    ----------
    runs : pandas.DataFrame
        See :meth:`helpers.registry.Registry.runs`, with the metrics ``loss`` and ``width``.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = charts.blank(3.4, bottom=0.24)
    for number, (row, marker) in enumerate(zip(runs.itertuples(), "osD^vP*" * 9, strict=False), 1):
        axes.plot(row.width, row.loss, marker, markersize=10)
        axes.annotate(f"{number} {row.run}", (row.width, row.loss), (9, 5), textcoords="offset points")
    axes.margins(x=0.22, y=0.25)
    axes.set_xlabel("Mean width of a range, thousand USD")
    axes.set_ylabel("Pinball loss, thousand USD")
    best, narrow = runs.loc[runs["loss"].idxmin()], runs.loc[runs["width"].idxmin()]
    sentence = (
        f"{len(runs)} versions on the weeks before the release. Lowest loss: {best['run']} ({best['loss']:.2f} thousand "
        f"USD); narrowest ranges: {narrow['run']} ({narrow['width']:.0f} thousand USD)."
    )
    title = f"By the figures alone, {best['run']} would be released"
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)
