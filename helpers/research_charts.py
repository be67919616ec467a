"""Charts of notebook 03: ranges on synthetic data, coverage over time and by role, and where research is done."""

from functools import cache

import numpy as np
import pandas as pd

from helpers import charts, conformal, conformal_scores, tables

STEPS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
TARGETS = {"70%": 0.7, "80%": 0.8, "90%": 0.9}
WINDOWS = {
    "4 weeks": 4,
    "13 weeks": 13,
    "26 weeks": 26,
    "all weeks so far": 1_000,
    "June to August 2023 for ever": None,
}
"""Choices of the explorer: shown to used."""

CHANGES = {
    "2024-06-01": ("June 2024: software\nengineers appear", "right"),
    "2024-08-18": ("August 2024: six-week\ngap, then a flood", "left"),
}
"""First day of the two changes of the collection, its name, and its side; see the table ``pay_audit``."""

_SHOWN = 400  # points of the synthetic data
_Y = (40, 103)  # % covered: the same for every setting, so that pictures can be compared
_MONTHS = pd.date_range("2023-10-01", "2025-01-01", freq="3MS")


def bands(x, y, split, cqr):
    """Draw the ranges of both methods over a part of the synthetic data.

    Parameters
    ----------
    x : numpy.ndarray, shape (n, 1)
    y : numpy.ndarray, shape (n,)
    split, cqr : numpy.ndarray, shape (n, 2)
        Low and high end for each row.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = charts.blank()
    order = np.argsort(x[:, 0])
    axes.plot(x[:_SHOWN, 0], y[:_SHOWN], ".", color="#999999", markersize=3)
    for ends, style, color, name in (
        (split, "--", charts.DOWN, "split conformal"),
        (cqr, "-", charts.UP, "CQR"),
    ):
        axes.plot(x[order, 0], ends[order], style, color=color, linewidth=1.5)
        axes.plot([], [], style, color=color, linewidth=1.5, label=name)
    axes.set_ylim(-3.5, 6)
    axes.set_xlabel("x")
    axes.set_ylabel("y")
    axes.legend(ncols=2, loc="upper center")
    wide = cqr[:, 1] - cqr[:, 0]
    sentence = (
        f"Synthetic data and two 90% ranges. The split conformal range is {np.mean(split[:, 1] - split[:, 0]):.1f} "
        f"wide everywhere; that of CQR follows the spread, from {wide.min():.1f} to {wide.max():.1f}, "
        f"{wide.mean():.1f} in the mean. A few points lie outside the picture."
    )
    title = "CQR is wide where the data spread, and narrow where they do not"
    return charts.finish(figure, title, "Synthetic data after Romano, Patterson and Candès (2019)", sentence)


@cache
def _by_week(step, target, window):
    """Adverts and covered adverts of each judged week."""
    table = _stream()
    judged = (table["week"] >= 0).to_numpy()
    week = table["week"].to_numpy()[judged]
    inside = table["score"].to_numpy() <= conformal.adaptive(table, step, target, window)
    sums = pd.DataFrame({"adverts": np.bincount(week), "inside": np.bincount(week, inside[judged])})
    sums.index = table["arrived"][judged].unique()
    return sums


@cache
def _stream():
    return conformal.stream()


def coverage_over_time(step=conformal.STEP, target=conformal.TARGET, window=conformal.WINDOW):
    """Draw the share of adverts inside their range week by week, adapted and never adapted.

    Parameters
    ----------
    step, target, window
        See :func:`helpers.conformal.adaptive`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = charts.blank(right=0.83)
    axes.axhline(100 * target, color="#333333", linewidth=1)
    fixed, moving = _by_week(0.0, target, None), _by_week(step, target, window)
    ends = []
    for weeks, color, style, marker, name in (
        (fixed, charts.FLAT, "--", "s", "never adapted"),
        (moving, charts.UP, "-", "o", "adapted"),
    ):
        share = 100 * weeks["inside"] / weeks["adverts"]
        axes.plot(weeks.index, share, marker, color=color, markersize=2.5, markeredgewidth=0)
        # Eight versions taken together, each advert counted once: a single week is mostly noise.
        sums = weeks.rolling(8, min_periods=4).sum()
        line = 100 * sums["inside"] / sums["adverts"]
        axes.plot(weeks.index, line, style, color=color)
        ends.append((line.iloc[-1], color, name))
    axes.set_ylim(*_Y)
    _name(axes, ends, moving.index[-1])
    for day, (words, side) in CHANGES.items():
        when = pd.Timestamp(day)
        axes.axvline(when, color=charts.DOWN, linewidth=1.2, linestyle=":")
        away = 4 if side == "left" else -4
        place = {"textcoords": "offset points", "ha": side, "fontsize": 8.5, "color": charts.DOWN}
        axes.annotate(words, (when, _Y[0] + 2), (away, 0), **place)
    axes.set_xticks(_MONTHS, [f"{month:%b %Y}" for month in _MONTHS])
    axes.margins(x=0.01)
    axes.set_ylabel("Adverts inside their range, %")
    short = {None: "summer 2023", WINDOWS["all weeks so far"]: "all weeks"}.get(window, f"{window} weeks")
    before, after = ([_share(weeks, part) for weeks in (fixed, moving)] for part in (False, True))
    july = [_month(weeks, "2024-07") for weeks in (fixed, moving)]
    sentence = (
        f"Step {step:g}, scores of {short}, target {100 * target:.0f}%. Before June 2024 the never adapted ranges held {before[0]:.1f}% of the "
        f"midpoints and the adapted ones {before[1]:.1f}%; since then {after[0]:.1f}% and {after[1]:.1f}%; in July 2024 {july[0]:.1f}% and {july[1]:.1f}%. "
        f"Dots are weekly versions, lines the last eight together."
    )
    title = (
        f"Step {step:g}, {short}, target {100 * target:.0f}%: since June 2024 {after[1]:.0f}% inside "
        f"(never adapted: {after[0]:.0f}%)"
    )
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)


def _name(axes, ends, last):
    """Name both lines at their right ends, and keep the names apart."""
    low, high = sorted(ends)
    for (_, color, words), place in ((low, min(low[0], high[0] - 4)), (high, max(high[0], low[0]))):
        axes.annotate(words, (last, place), (6, 0), textcoords="offset points", va="center", color=color)


def _share(weeks, late):
    rows = weeks[(weeks.index >= conformal_scores.SUDDEN) == late]
    return 100 * rows["inside"].sum() / rows["adverts"].sum()


def _month(weeks, month):
    rows = weeks.loc[month]
    return 100 * rows["inside"].sum() / rows["adverts"].sum()


def roles(table, first, second, names, target=conformal.TARGET):
    """Draw the coverage of each role under two ways to correct, as pairs of dots.

    Parameters
    ----------
    table : pandas.DataFrame
        See :func:`helpers.conformal.stream`.
    first, second : array_like, shape (n,)
        Corrections, see :func:`helpers.conformal.adaptive`.
    names : tuple of str
        Of both.
    target : float

    Returns
    -------
    matplotlib.figure.Figure
    """
    judged = table[table["week"] >= 0]
    shares = pd.DataFrame(
        {name: table["score"] <= np.asarray(c) for name, c in zip(names, (first, second), strict=True)}
    ).loc[judged.index]
    by_role = 100 * shares.groupby(judged["role"], observed=True).mean()
    adverts = judged["role"].value_counts()
    by_role = by_role.sort_values(names[0])
    height = 1.3 + 0.29 * len(by_role)
    figure, axes = charts.blank(height, left=0.29, bottom=0.78 / height, top=1 - 0.72 / height)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.axvline(100 * target, color="#333333", linewidth=1)
    places = range(len(by_role))
    axes.hlines(places, by_role.min(axis=1), by_role.max(axis=1), color="#bbbbbb", linewidth=2)
    for name, marker, color in zip(names, "so", (charts.DOWN, charts.UP), strict=True):
        axes.plot(by_role[name], places, marker, color=color, markersize=7, label=name)
    axes.set_yticks(places, [f"{role} ({adverts[role]:,})" for role in by_role.index])
    axes.set_xlabel("Adverts inside their range, %")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.1)
    spans = [f"{by_role[name].min():.0f} to {by_role[name].max():.0f}%" for name in names]
    each = "; ".join(f"{role} {a:.0f} and {b:.0f}%" for role, a, b in by_role.itertuples())
    sentence = (
        f"Coverage by role over all judged weeks, {names[0]} ({spans[0]}) and {names[1]} ({spans[1]}); target "
        f"{100 * target:.0f}%. {each}. Beside each name the number of adverts."
    )
    title = f"Coverage by role: {spans[0]} becomes {spans[1]}"
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)


def notable_models(first=2003, last=2024):
    """Draw in what kind of organization notable AI models were made, year by year.

    Parameters
    ----------
    first, last : int
        Years; 2025 is not whole in the table.

    Returns
    -------
    matplotlib.figure.Figure
    """
    table = tables.load("notable_models")
    table = table[table["year"].between(first, last)]
    shares = table.pivot(index="year", columns="kind", values="models")
    total = shares.sum(axis=1)
    shares = 100 * shares.div(total, axis=0)
    figure, axes = charts.blank(right=0.70)
    bottom = np.zeros(len(shares))
    looks = zip(("", "///", "...", ""), ("#0072B2", "#56B4E9", "#E69F00", "#cccccc"), strict=True)
    for kind, (hatch, color) in zip(shares, looks, strict=True):
        values = shares[kind].to_numpy(dtype=float)
        look = {"color": color, "hatch": hatch, "edgecolor": "white", "linewidth": 0.5}
        axes.bar(shares.index, values, 0.85, bottom, label=str(kind), **look)
        bottom += values
    axes.set_ylim(0, 100)
    axes.margins(x=0.01)
    axes.set_ylabel("% of the notable models of a year")
    axes.set_xticks(range(last, first, -3))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), reverse=True)
    ends = {
        year: (shares.loc[year, ["Industry only", "Industry with others"]].sum(), total[year])
        for year in (2013, last)
    }
    academia = shares["Academia only"]
    sentence = (
        f"Notable AI models by the authors' organizations, {first} to {last}. Industry had a part in "
        f"{ends[2013][0]:.0f}% of {ends[2013][1]:.0f} models of 2013 and in {ends[last][0]:.0f}% of {ends[last][1]:.0f} "
        f"models of {last}; alone it made {shares.loc[last, 'Industry only']:.0f}% of the latter. "
        f"Academia alone made {academia[2013]:.0f}% in 2013 and {academia[last]:.0f}% in {last}."
    )
    title = f"Industry had a part in {ends[last][0]:.0f}% of the notable models of {last}"
    return charts.finish(figure, title, tables.cite("notable_models"), sentence)
