"""Notebook 13: official figures by sector and place, the made data of two cases, charts, and the checkers."""

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import charts, check, stats, tables

TEXTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_LIKELY = {name: {one["hint"]: (one["old"], one["new"]) for one in rows} for name, rows in TEXTS["wrong"].items()}  # fmt: skip
FOUR = ["Health care", "Finance and insurance", "Retail trade", "Manufacturing"]
WINDOWS = (1, 6, 24, 96)
WEAR = 600  # hours until the machines begin to wear
_FACTS = {"employment": "jobs", "employment_rse": "rse", "mean": "pay", "mean_rse": "pay_rse"}
_ROWS = 20  # of a chart: more do not fit on a laptop's screen


def short(name):
    """str: a sector or metropolitan area as charts name it."""
    city, comma, state = name.partition(", ")
    if comma and state.replace("-", "").isupper():
        return f"{city.partition('-')[0]}, {state.partition('-')[0]}"
    return TEXTS["sectors"].get(name, name)


def areas(kind, year=2025):
    """Data scientists by area of a kind (``"nation"``, ``"sector"``, ``"state"``, ``"metro"``): a row an area.

    Columns: ``jobs`` with ``rse``, ``pay`` (mean, USD a year) with ``pay_rse`` (both errors in %); ``everybody`` (all jobs).
    Missing where the publisher gives none.
    """
    wages = tables.load("wages")
    rows = wages[(wages["area_type"] == kind) & (wages["year"] == year)].set_index("area")
    scientists, everybody = (rows[rows["code"] == code] for code in ("15-2051", "00-0000"))
    table = scientists[list(_FACTS)].rename(columns=_FACTS).reindex(everybody.index).astype(float)
    table.index = pd.Index([short(name) for name in table.index], name=kind)
    return table.assign(everybody=everybody["employment"].to_numpy(float))


def with_error(table, name):
    """``jobs`` or ``pay`` of areas as ``value``, with its 95% interval ``low``, ``high``."""
    value, error = table[name], {"jobs": "rse", "pay": "pay_rse"}[name]
    half = stats.Z * value * table[error] / 100
    return pd.DataFrame({"value": value, "low": value - half, "high": value + half})


def sold():
    """Series: sandwiches asked for on 300 days. Made: counts around 60, more widely spread than a Poisson count."""
    return pd.Series(np.random.default_rng(13).negative_binomial(8, 8 / 68, 300), name="sold")


def machines():
    """Vibration of 40 machines, a row an hour. Made: 10 plus noise; from hour `WEAR` on it rises, after 100 more they break."""
    rise = 0.03 * np.clip(np.arange(WEAR + 100) - WEAR, 0, None)
    return pd.DataFrame(10 + np.random.default_rng(13).normal(0, 1, (len(rise), 40)) + rise[:, None])


@check.build("Write location_quotient(areas, nation), with its interval.", wrong=_LIKELY["location_quotient"])
def location_quotient(piece, ours, wrong):
    """Areas large and small, rare and crowded, with withheld figures; nations with an error of their own."""
    cases = []
    for seed, size in enumerate((1, 1, 6, 12)):
        random = np.random.default_rng(seed)
        table = pd.DataFrame({"everybody": random.integers(1, 90, size) * 100_000.0})
        table["jobs"] = (table["everybody"] * random.uniform(0.0002, 0.01, size)).round(-1)
        table["rse"] = random.uniform(2, 28, size).round(1)
        table.index = [f"area {letter}" for letter in "CADBFEGHIJKL"[:size]]
        if size > 1:
            table.loc[table.index[[1, 4]], ["jobs", "rse"]] = np.nan
        nation = pd.Series({"everybody": 150_000_000.0, "jobs": 250_000.0 + seed, "rse": 1.1 + 2 * seed})
        cases.append((table, nation))
    rounded = check.reference("13", "location_quotient", ("stats.Z", "1.96"))  # right, too
    ours = rounded if check.judge_function(piece, rounded, cases).state == "right" else ours
    return check.judge_function(piece, ours, cases, wrong, "What is withheld stays unknown.")


@check.build("Write readings(percent, years, base), in total and a year.", wrong=_LIKELY["readings"])
def readings(piece, ours, wrong):
    """Growth and decline, one year and ten, none at all."""
    cases = [(40, 4, 2_500_000), (33.5, 10, 245_900), (-20, 3, 1000), (12.3, 5, 70), (7, 1, 100), (0, 6, 50)]
    return check.judge_function(piece, ours, cases, wrong, "Two words in a sentence make this difference.")


def _judged(name, answer, target, tolerance, mistakes, told="", **options):
    """Judge a number; the hints stand in the order of `mistakes`, and after them the general one."""
    *hints, general = TEXTS["hints"][name]
    hints = dict(zip(mistakes, hints, strict=True)) | {None: general}
    reason = TEXTS["reasons"][name].format(told)
    return check.judge_number(answer, target, tolerance, reason, hints, **options)


@check.exercise("Replace the three dots with a number of percent.")
def triage(answer):
    """The most that may be promised about missed cancers: one of the 69 of the test was missed."""
    low, high = (100 * end for end in stats.wilson(1 / 69, 69))
    wrong = [100 * stats.wilson(missed / n, n)[1] for missed, n in ((1, 190), (8, 69), (3, 67))]
    return _judged("triage", answer, high, 0.15, [100 / 69, low, 5, *wrong, 11.6, 4.48, 4.27], percent=True)


@check.exercise("Replace the three dots with a number such as 1000.")
def fraud(answer):
    """One fraud in how many payments still pays for the alarm?"""
    value = check.as_number(answer)
    forms = (1 / value, 100 / value) if 0 < value < 1 else [value]  # the share, or the share in percent
    value = min(forms, key=lambda payments: abs(payments - 3511))
    return _judged("fraud", value, 3511, 15, [3601, 3911, 4001, 40, 1000])


@check.exercise("Replace the three dots with a number of sandwiches.")
def order(answer):
    """The order with the highest mean profit."""
    days = sold()
    profit = pd.Series({size: (4 * days.clip(upper=size) - size).mean() for size in range(201)})
    wrong = [days.mean(), days.median(), days.max(), *days.quantile([0.8, 0.25]), profit.max()]
    return _judged("order", answer, profit.idxmax(), 1.01, wrong, profit.idxmax())


@check.exercise("Replace the three dots with a number of hours.")
def window(answer):
    """How many hours should be averaged?"""
    middle = {}
    for hours in WINDOWS:
        smooth = machines().rolling(hours).mean()
        rings = smooth[WEAR:] > smooth[:WEAR].max(axis=None)
        first = rings.to_numpy().argmax(axis=0)
        middle[hours] = float(np.median(np.where(rings.any(), len(rings) - first, 0)))
    best = max(middle, key=middle.get)
    return _judged("window", answer, best, 0.5, [1, 96, middle[best]], f"{middle[best]:g}")


@check.exercise("Replace the three dots with a number of jobs.")
def base(answer):
    """The base from which 40% a year for four years adds one million."""
    wrong = [2_500_000, *(1_000_000 / grown for grown in (1.4**4, 1.6, 1.4**5 - 1, 1.4**3 - 1))]
    return _judged("base", answer, 1_000_000 / (1.4**4 - 1), 2000, wrong)


def draw_measure(table, measure, where, end="highest"):
    """Draw a measure of the highest or lowest areas with its 95% interval; the article's four sectors in colour.

    The columns of `table` are the value and its two ends. `where` says of which areas, and when.
    """
    unit, form, source = TEXTS["drawn"][measure]
    table = table.set_axis(["value", "low", "high"], axis=1).sort_values("value", ascending=False)
    missing = ", ".join(table.index[table["value"].isna()])
    table = table.dropna().head(_ROWS) if end == "highest" else table.dropna().tail(_ROWS)
    height, longest = 1.25 + 0.225 * len(table), max(map(len, table.index))
    figure, axes = charts.blank(height, 0.025 + 0.0083 * longest, 0.8 / height, 1 - 0.45 / height)
    if measure == "location quotient":
        axes.axvline(1, color="black", linewidth=1, zorder=1)
    for place, (name, value, low, high) in enumerate(table.itertuples()):
        color = charts.UP if name in FOUR else charts.FLAT
        axes.plot([low, high], [place] * 2, color=color, linewidth=1.8)
        axes.plot(value, place, "o", color=color, markersize=5)
        near = {"xytext": (5, -3), "textcoords": "offset points", "fontsize": 9}
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        axes.annotate(form.format(value), (high, place), color=color, bbox=box, **near)
    axes.set_yticks(range(len(table)), table.index, fontsize=9)
    for label in axes.get_yticklabels():
        label.set_fontweight("bold" if label.get_text() in FOUR else "normal")
    axes.set(ylim=(len(table) - 0.4, -0.6), xlim=(0, 1.15 * table["high"].max()), xlabel=unit)
    axes.xaxis.set_major_formatter("{x:,g}")
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    first, second = (table if end == "highest" else table[::-1]).index[:2]
    title = f"{end.capitalize()}: {first}, then {second}"
    touch = max(table["low"][[first, second]]) <= min(table["high"][[first, second]])
    said = f"{unit}, {where}. The intervals of {first} and {second} {'overlap' if touch else 'do not touch'}."
    said += f" No figure is given for {missing}." if missing else ""
    return charts.finish(figure, title, tables.cite(source), said)


def draw_growth(rows, percent, years):
    """Draw the jobs added by the two readings of a percentage; `rows` are what ``readings`` gave for each year."""
    figure, axes = charts.blank(3.6, left=0.1)
    yearly, total = ([0, *(row[name][2] / 1e6 for row in rows)] for name in ("a year", "in total"))
    axes.plot(yearly, "s--", color=charts.DOWN, label=f"{percent}% a year")
    axes.plot([0, years], [0, total[-1]], "o-", color=charts.UP, label=f"{percent}% in total")
    axes.axhline(1, color="black", linewidth=1, linestyle=":", label="one million")
    axes.set(xlabel="Years", ylabel="New jobs, millions", ylim=(0, 1.3 * max(1, yearly[-1])))
    axes.xaxis.set_major_locator(charts.MaxNLocator(integer=True))
    axes.legend(loc="upper left", ncols=3)
    title = f"{percent}% a year: +{yearly[-1]:.2f} million jobs. {percent}% in total: +{total[-1]:.2f} million"  # fmt: skip
    return charts.finish(figure, title, "Computed.", f"New jobs after {years} years. {title}.")  # fmt: skip


def draw_editions(measured, editions):
    """Draw jobs by year, and projections (start, end, jobs at the start and at the end); all in thousands."""
    figure, axes = charts.blank(3.6, left=0.1)
    for (start, end, first, last), style in zip(editions, ("s--", "^:"), strict=True):
        label = f"projected, {start} to {end}: {first:.0f} to {last:.0f}"
        axes.plot([start, end], [first, last], style, color=charts.FLAT, label=label)
    axes.plot(measured.index, measured, "o-", color=charts.UP, label="estimated, employees in May")
    axes.set(xlabel="Year", ylabel="Data scientists, thousands", ylim=(0, 370), xlim=(2020.5, 2034.5))
    axes.legend(loc="lower right")
    title = f"Estimated for 2025: {measured[2025]:.0f} thousand. Projected for 2032: {editions[0][3]:.0f}"
    source = "Source: US Bureau of Labor Statistics. The start of the older edition is computed from its rounded 35%."
    return charts.finish(figure, title, source, "Projections count the self-employed, too.")
