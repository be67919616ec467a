"""Charts of notebook 02: what the adverts really are, a bad chart of them, and the honest ones that replace it."""

from functools import lru_cache

import numpy as np
import pandas as pd

from helpers import charts, pay, pay_scores, tables
from helpers.roles import ALL_ROLES, ROLES

FEW = 30
"""Below this many adverts a picture is drawn with a warning."""

_ANY = "Any"
_UNIT = "Midpoint of the advertised range, thousand USD a year"
_GREY = "#767676"


@lru_cache
def _adverts():
    return pay.adverts()  # one copy for all: an explorer draws from it many times a second


def _us_adverts():
    table = _adverts()
    return table[table["country"] == "US"]


def neighbours():
    """Draw how often a record agrees with the one so many rows later in everything but the pay."""
    audit = tables.load("pay_audit").query("measure == 'same but for pay'").set_index("key")["value"]
    far = audit.drop("by chance")
    figure, axes = charts.blank(bottom=0.2)
    axes.bar(far.index, far, color=[charts.DOWN, *[_GREY] * (len(far) - 1)], width=0.65)
    for place, value in enumerate(far):
        axes.annotate(f"{value:.0f}%", (place, value), (0, 4), textcoords="offset points", ha="center")
    axes.set_xlabel("Rows further down")
    axes.set_ylabel("% of records that agree")
    axes.margins(y=0.12)
    sentence = (
        f"Of all records {far['1']:.0f}% agree in every field but the pay with the very next one, "
        f"{far['2']:.0f}% with the one after that, {far['10']:.0f}% with the tenth. Were the order pure chance, it "
        f"would be {audit['by chance']:.1f}% at any distance."
    )
    title = "More than half of all records have a twin right below"
    return charts.finish(figure, title, tables.cite("pay_audit"), sentence)


def title_shares():
    """Draw the share of eight job titles among the records of each month of arrival, from 2023 on."""
    audit = tables.load("pay_audit").query("measure == 'title share by month' and key >= '2023'")
    audit = audit.assign(month=pd.to_datetime(audit["key"].astype(str)))
    ranked = audit.groupby("group", observed=True)["value"].max()
    last = {name: rows.sort_values("month")["value"] for name, rows in audit.groupby("group", observed=True)}
    sentence = (
        "Share of each title among the records of a month, in %, January 2023 to January 2025. "
        f"Software Engineer goes from 0 to {ranked['Software Engineer']:.0f}%, Engineer from 0 to "
        f"{ranked['Engineer']:.0f}%, Manager from 0 to {ranked['Manager']:.0f}%, all within 2024; Data Scientist "
        f"falls from {last['Data Scientist'].iloc[0]:.0f}% to {last['Data Scientist'].iloc[-1]:.0f}%."
    )
    return charts.small_multiples(
        audit.sort_values(["group", "month"]),
        "month",
        "value",
        "group",
        title="In 2024 titles appear from nothing",
        source=tables.cite("pay_audit"),
        sentence=sentence,
        unit="% of records",
        columns=3,
    )


def bad_default():
    """Draw the chart that a careless first line of code gives: means, as bars, on an axis that is cut off."""
    table = _adverts()
    means = table.groupby("role", observed=True)["midpoint"].mean().loc[list(ROLES)].sort_values()
    figure, axes = charts.blank(left=0.23, bottom=0.2)
    axes.barh(means.index.astype(str), means, color=["#56B4E9", "#E69F00", "#009E73", "#D55E00"])
    axes.set_xlim(140, None)
    axes.set_xlabel("Pay")
    title = f"{means.index[-1]}s win!"
    left, right = axes.get_xlim()
    sentence = (
        f"Bars titled '{title}', axis labelled 'Pay' from {left:.0f} to about {right:.0f}, no counts: "
        + ", ".join(f"{role} {mean:.0f}" for role, mean in means[::-1].items())
        + "."
    )
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)


def spread():
    """Draw the spread of midpoints by role, with counts: one role's adverts differ more than the roles do."""
    table = _us_adverts()
    parts = {role: table[table["role"] == role] for role in ROLES}
    quantiles = {
        role: [pay_scores.weighted_quantile(rows["midpoint"], rows["weight"], q) for q in _FIVE]
        for role, rows in parts.items()
    }
    figure, axes = charts.blank(left=0.27, bottom=0.2)
    for place, role in enumerate(ROLES):
        low, quarter, middle, three, high = quantiles[role]
        style = charts.ROLE_STYLE[role]
        axes.plot([low, high], [place, place], color=style["color"], linewidth=1.5)
        axes.plot([quarter, three], [place, place], color=style["color"], linewidth=9, alpha=0.4)
        axes.plot(middle, place, style["marker"], color=style["color"], markersize=9)
        axes.annotate(
            f"{middle:.0f}", (middle, place), (0, 10), textcoords="offset points", ha="center", fontsize=9.5
        )
    names = [f"{role}\n{parts[role]['weight'].sum():,} adverts" for role in ROLES]
    _rows(axes, names)
    axes.set_xlim(0, None)
    axes.set_xlabel(_UNIT)
    medians = [quantiles[role][2] for role in ROLES]
    wide = [quantiles[role][4] - quantiles[role][0] for role in ROLES]
    sentence = (
        "US adverts, all levels: dot = median, thick line = middle half, thin line = middle 80%. "
        + "; ".join(f"{role} {q[0]:.0f} to {q[4]:.0f}, median {q[2]:.0f}" for role, q in quantiles.items())
        + "."
    )
    title = (
        f"Medians differ by up to {max(medians) - min(medians):.0f}, adverts within one role by at least "
        f"{min(wide):.0f}"
    )
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)


_FIVE = (0.1, 0.25, 0.5, 0.75, 0.9)


def dumbbells():
    """Draw the usual range, median bottom to median top, by role, in small charts by level on one scale."""
    table = _us_adverts()
    figure, _ = charts.blank(height=4.9)
    figure.clear()
    grid = figure.subplots(2, 2, sharex=True, sharey=True)
    figure.subplots_adjust(left=0.2, right=0.97, top=0.84, bottom=0.17, hspace=0.34, wspace=0.07)
    words, usual = [], {role: [] for role in ROLES}
    for axes, (level, name) in zip(grid.flat, pay.LEVELS.items(), strict=True):
        for place, role in enumerate(ROLES):
            rows = table[(table["level"] == level) & (table["role"] == role)]
            n = rows["weight"].sum()
            if n >= FEW:
                ends = [
                    pay_scores.weighted_quantile(rows[end], rows["weight"], 0.5) for end in ("low", "high")
                ]
                style = charts.ROLE_STYLE[role]
                axes.plot(ends, [place, place], color=style["color"], marker=style["marker"], linewidth=2.5)
                words.append(f"{name} {role} {ends[0]:.0f} to {ends[1]:.0f}")
                usual[role].append(ends)
            axes.annotate(
                f"n = {n:,}" + ("" if n >= FEW else ", too few"),
                (0.985, place),
                xycoords=("axes fraction", "data"),
                ha="right",
                va="center",
                fontsize=8,
                color="#333333",
            )
        axes.set_title(f"{name} ({level})", fontsize=10, pad=3)
        _rows(axes, ROLES)
        axes.set_xlim(0, 420)
    for axes in grid[1]:
        axes.set_xlabel("Thousand USD a year")
    flat = [f"{role}s" for role, ends in usual.items() if (np.diff(ends, axis=0) <= 0).any()]
    title = f"Offers rise with level, but not for {' and '.join(flat)}" if flat else "Offers rise with level"
    sentence = f"Median bottom to median top of US ranges, thousand USD: {'; '.join(words)}."
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)


def choices():
    """dict: the controls of :func:`slice_of_adverts`."""
    return {
        "role": ALL_ROLES,
        "level": {"Any": _ANY} | {name.capitalize(): code for code, name in pay.LEVELS.items()},
        "country": {"Any": _ANY} | {name.capitalize(): code for code, name in pay.COUNTRIES.items()},
        "remote": {"Any": _ANY} | {name.capitalize(): share for share, name in pay.REMOTE.items()},
    }


def slice_of_adverts(role="Data Scientist", level="SE", country="US", remote=_ANY):
    """Draw the distribution of midpoints for a kind of job, with its count and a warning where there are few.

    Parameters
    ----------
    role : str
    level, country, remote
        Keys of :data:`helpers.pay.LEVELS`, ``COUNTRIES``, ``REMOTE``, or ``"Any"``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    helpers.charts.NoPicture
        If no advert fits.
    """
    rows = _adverts()
    for column, value in (("role", role), ("level", level), ("country", country), ("remote", remote)):
        if value != _ANY:
            rows = rows[rows[column] == value]
    n = int(rows["weight"].sum())
    if n == 0:
        raise charts.NoPicture("No advert fits: set level, country or remote to Any.")
    low, middle, high = (
        pay_scores.weighted_quantile(rows["midpoint"], rows["weight"], q) for q in (0.1, 0.5, 0.9)
    )
    few = n < FEW
    figure, axes = charts.blank(bottom=0.2)
    color = charts.ROLE_STYLE.get(role, {"color": _GREY})["color"]
    counts, edges = np.histogram(
        rows["midpoint"].clip(upper=_WIDEST), bins=range(0, _WIDEST + 1, 20), weights=rows["weight"]
    )
    axes.stairs(counts, edges, fill=True, color=color, alpha=0.35 if few else 0.75)
    axes.axvline(middle, color="#222222", linewidth=2)
    axes.axvspan(low, high, color="#888888", alpha=0.13, linewidth=0)
    axes.annotate(
        f" median {middle:.0f}",
        (middle, 0.96),
        xycoords=("data", "axes fraction"),
        va="top",
        fontweight="bold",
    )
    if few:
        axes.text(
            0.98,
            0.85,
            f"Only {n} advert{'s' if n > 1 else ''}: do not conclude",
            transform=axes.transAxes,
            ha="right",
            color=charts.DOWN,
            fontsize=13,
            fontweight="bold",
        )
    axes.set_xlim(0, _WIDEST)
    axes.set_ylabel("Adverts")
    axes.set_xlabel(_UNIT)
    title = f"{role}: median {middle:.0f}, four in five from {low:.0f} to {high:.0f} (n = {n:,})"
    if few:
        title = f"{role}: {n} adverts are too few for a distribution"
    sentence = (
        f"{n:,} advert{'s' if n > 1 else ''} for {_described(role, level, country, remote)}: a tenth "
        f"at or below {low:.0f}, median {middle:.0f}, nine tenths at or below {high:.0f} thousand USD a year. "
        + (f"Fewer than {FEW}: too few to conclude anything." if few else "The grey band holds four in five.")
    )
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)


_WIDEST = 500  # thousand USD; the few adverts above stand in the last bar


def _described(role, level, country, remote):
    parts = [role]
    parts += [] if level == _ANY else [f"{pay.LEVELS[level]} level"]
    parts += [] if country == _ANY else [pay.COUNTRIES[country]]
    parts += [] if remote == _ANY else [pay.REMOTE[remote]]
    return ", ".join(parts)


def _rows(axes, names):
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.6)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
