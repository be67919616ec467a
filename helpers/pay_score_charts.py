"""Charts of how well pay ranges keep their promise: coverage by month and by group."""

import numpy as np
import pandas as pd

from helpers import charts, pay_scores, tables

SCOPE_CHANGES = {"2024-06": "June 2024", "2024-08": "August 2024"}
"""Months in which the collection began to take in other kinds of jobs."""
_FEW_MONTHS = 3


def promise_by_month(table, ranges, height=4.3):
    """Draw the coverage of an 80% range by month of arrival, with intervals and the changes of collection.

    Parameters
    ----------
    table : pandas.DataFrame
        Adverts; see :func:`helpers.pay.adverts`.
    ranges : numpy.ndarray, shape (n, 2)
    height : float
        In inches.

    Returns
    -------
    matplotlib.figure.Figure
    """
    months = pay_scores.coverage_table(table, ranges, table["arrived"].dt.to_period("M"))
    days = months.index.to_timestamp()
    figure, axes = charts.blank(height, bottom=0.55 / height, top=1 - 0.5 / height)
    axes.axhline(80, color="#333333", linewidth=1, linestyle="--")
    axes.annotate("promised: 80%", (days[-1], 80), (0, 5), textcoords="offset points", ha="right")
    axes.vlines(days, months["low"], months["high"], color=charts.UP, linewidth=5, alpha=0.3)
    axes.plot(days, months["coverage"], "o-", color=charts.UP)
    for month, name in SCOPE_CHANGES.items():
        axes.axvline(pd.Timestamp(month), color=charts.DOWN, linewidth=1.2, linestyle=":")
        axes.annotate(name, (pd.Timestamp(month), 51), (4, 0), textcoords="offset points", color=charts.DOWN)
    axes.set_ylim(50, 100)
    axes.set_ylabel("% within the range")
    inside, later = pay_scores.inside(table, ranges), table["arrived"].dt.to_period("M")
    first, last = (
        100 * np.average(inside[part], weights=table["weight"][part])
        for part in (later <= months.index[_FEW_MONTHS - 1], later >= months.index[-_FEW_MONTHS])
    )
    worst = months["coverage"].idxmin()
    sentence = (
        "Share of adverts whose midpoint lies in the 80% range, by month of arrival, with 95% intervals: "
        f"{first:.0f}% in the first {_FEW_MONTHS} months, {months['coverage'].min():.0f}% at worst "
        f"({worst.strftime('%B %Y')}), {last:.0f}% in the last {_FEW_MONTHS}. Dotted lines: the collection "
        f"changed. Every month in %: {_by_month(months['coverage'])}."
    )
    title = f"Promised 80%: kept {first:.0f}% at first and {last:.0f}% in the end"
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)


def _by_month(coverage):
    years = coverage.groupby(coverage.index.year)
    return "; ".join(
        f"{year} " + ", ".join(f"{month:%b} {value:.0f}" for month, value in rows.items())
        for year, rows in years
    )


def promise_by_group(groups, title):
    """Draw the coverage of an 80% range by group, lowest at the bottom.

    Parameters
    ----------
    groups : pandas.DataFrame
        See :func:`helpers.pay_scores.coverage_table`.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    groups = groups.sort_values("coverage")
    height = 1.45 + 0.34 * len(groups)
    figure, axes = charts.blank(height, left=0.33, bottom=0.86 / height, top=1 - 0.45 / height)
    axes.axvline(80, color="#333333", linewidth=1, linestyle="--")
    for place, row in enumerate(groups.itertuples()):
        fails = row.high < 80
        color = charts.DOWN if fails else charts.UP
        axes.plot([row.low, row.high], [place, place], color=color, linewidth=6, alpha=0.3)
        axes.plot(row.coverage, place, "v" if fails else "o", color=color, markersize=8)
    axes.set_yticks(range(len(groups)), [f"{name} ({n:,})" for name, n in groups["adverts"].items()])
    axes.grid(axis="x", visible=True)
    axes.set_xlim(0, 100)
    axes.set_xlabel("% of midpoints within the range, with 95% interval; dashed: the promise of 80%")
    parts = [f"{row.Index} {row.coverage:.0f}% ({row.adverts:,})" for row in groups.itertuples()]
    sentence = (
        f"Coverage by group, lowest first, with the number of adverts: {', '.join(parts)}. Triangles: the "
        f"whole interval lies below 80%, {(groups['high'] < 80).sum()} of {len(groups)}."
    )
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)
