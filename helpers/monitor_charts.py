"""Charts of notebook 05: arrivals, signals by week, policies of retraining, registered versions."""

import numpy as np
import pandas as pd

from helpers import alarms, charts, monitor, tables

_POLICY_STYLE = {
    "never": {"color": "#555555", "linestyle": "--"},
    "monthly": {"color": "#0072B2", "linestyle": "-"},
    "on alarm": {"color": "#D55E00", "linestyle": "-."},
}


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
    for place, color, words in (
        (0.01, charts.DOWN, "\N{BLACK DOWN-POINTING TRIANGLE} no data"),
        (0.14, charts.UP, "\N{BLACK CIRCLE} few data"),
    ):
        axes.text(place, 0.95, words, color=color, transform=axes.transAxes, fontsize=9.5, fontweight="bold")
    axes.set_yscale("log")
    axes.set_ylim(0.6, 3 * table["adverts"].max())
    axes.set_yticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
    axes.set_ylabel("Adverts (log scale)")
    live = late[late.index > monitor.LEARNED[1]]
    few = table[table["few"] & (table.index > monitor.LEARNED[1])]
    axes.plot(few.index, few["adverts"], "o", color=charts.UP, markersize=4)
    sentence = (
        f"{len(table)} arrivals from {table.index[0]:%B %Y} to {table.index[-1]:%B %Y}, one line each, on a "
        f"logarithmic scale. Triangles: the {len(late)} times when nothing had come for more than {monitor.LATE} days, "
        f"{len(live)} of them since the model went live. The longest silence, {row.days:.0f} days, ended on "
        f"{longest.day} {longest:%B %Y} with {row.adverts:,.0f} adverts at once. Dots: the {len(few)} weeks since the "
        "model went live that brought fewer than half of what usually comes."
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
    few = seen["adverts"] < alarms.FEWEST
    shown, outage = seen.where(~few).dropna(how="all"), _outage(seen.index)
    shown.loc[outage[0] + pd.Timedelta(days=1)] = (
        np.nan
    )  # a line through the outage would show what nobody saw
    shown = shown.sort_index()
    for axes, name in zip(grid, names, strict=True):
        axes.plot(shown.index, shown[name], color=charts.UP, linewidth=1.6)
        axes.axvspan(*outage, color="#e4e4e4", linewidth=0)
        axes.set_title(monitor.SIGNALS[name], fontsize=9.5, loc="left", pad=3)
        axes.set_ylim(0, None)
        _mark_changes(axes)
    middle = outage[0] + (outage[1] - outage[0]) / 2
    grid[0].text(
        middle,
        0.5,
        "no\ndata",
        transform=grid[0].get_xaxis_transform(),
        ha="center",
        va="center",
        fontsize=8.5,
    )
    change = pd.Timestamp(monitor.FIRST_CHANGE)
    medians = {
        name: (seen[name][seen.index < change].median(), seen[name][seen.index >= change].median())
        for name in names
    }
    parts = [f"{name} {before:.2g} before and {after:.2g} after" for name, (before, after) in medians.items()]
    sentence = (
        f"{len(names)} signals by week since July 2023; dotted lines mark June and August 2024, when the collection "
        f"changed; grey, the six weeks without data. Weeks of fewer than {alarms.FEWEST} adverts are left out. Medians "
        f"before and after the first change: {'; '.join(parts)}."
    )
    titles = seen["new titles"]
    title = (
        f"In one week of June 2024 new titles rise from {titles[titles.index < change].iloc[-1]:.0f}% to "
        f"{titles[change]:.0f}% of the adverts"
    )
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)


def _outage(days):
    """Return the arrivals before and after the longest silence."""
    place = int(np.argmax(np.diff(days)))
    return days[place], days[place + 1]


def _mark_changes(axes):
    for day in monitor.CHANGES:
        axes.axvline(pd.Timestamp(day), color=charts.DOWN, linewidth=1.2, linestyle=":")


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
    ends, outage = {}, _outage(next(iter(replays.values())).index)
    for name, table in replays.items():
        months = table.index.to_period("M")
        weights = table["adverts"]
        kept = (table["coverage"] * weights).groupby(months).sum() / weights.groupby(months).sum()
        kept = kept.iloc[:-1]  # the last month is not over: full months only
        middles = table.index.to_series().groupby(months).mean().iloc[:-1]
        for part in (middles < outage[1], middles >= outage[1]):  # no line through the outage
            axes.plot(
                middles[part], kept[part], **_POLICY_STYLE[name], linewidth=1.8, marker="o", markersize=3
            )
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
    last = middles.iloc[-1]
    axes.axvspan(*outage, color="#e4e4e4", linewidth=0)
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
        "bottom; grey, the six weeks without data. Full months only. Mean of the last three: "
        f"{'; '.join(parts)}."
    )
    kept = {name: np.average(table["coverage"], weights=table["adverts"]) for name, table in replays.items()}
    title = (
        f"Coverage {kept['on alarm']:.0f}% with {counts['on alarm']} trainings on alarm, {kept['monthly']:.0f}% with "
        f"{counts['monthly']} by the calendar, {kept['never']:.0f}% with none"
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
