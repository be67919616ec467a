"""Notebook 02: checkers, and the figures that would bury the idea."""

import contextlib
import datetime as dt
import functools
import re
import sqlite3
import time

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from helpers import charts, check, pay, stats, tables

SOURCE = tables.cite("pay_ranges")


@functools.cache
def _senior_engineers():
    """Midpoints and weights of senior ML engineers' adverts in the US."""
    adverts = pay.adverts().query("role == 'ML Engineer' and level == 'SE' and country == 'US'")
    return adverts["midpoint"].to_numpy(), adverts["weight"].to_numpy()


def price_of_an_end(end=240, nine_in_ten="stay under it"):
    """Draw senior ML engineers' adverts (US), an end of the range, and what that end costs."""
    midpoint, weight = _senior_engineers()
    quantile = 0.9 if nine_in_ten == "stay under it" else 0.1
    error = midpoint - end
    loss = np.average(np.maximum(quantile * error, (quantile - 1) * error), weights=weight)
    under = 100 * np.average(midpoint <= end, weights=weight)
    figure, axes = charts.blank(3.4)
    bins = np.arange(60, 401, 10) + 0.01  # an end of 240 parts the adverts at 240 from those above
    for side, color in ((midpoint <= end, charts.UP), (midpoint > end, charts.DOWN)):
        axes.stairs(np.histogram(midpoint[side], bins, weights=weight[side])[0], bins, fill=True, color=color)
    axes.axvline(end, color="black", linewidth=1.5)
    axes.set_xlabel("Midpoint of the range, thousand USD a year (orange: above the end)")
    axes.set_ylabel("Adverts")
    sentence = f"With the end at {end}, {under:.0f}% of the adverts lie at or below it, and the mean loss is {loss:.1f}."
    return charts.finish(
        figure, f"An end at {end} costs {loss:.1f} thousand dollars an advert", SOURCE, sentence
    )


def promise(table, title, sentence):
    """Draw coverage by group with its interval beside the promise of 80%; a table of :func:`stats.coverage_table`."""
    named = table.set_axis([f"{name} (n = {count:,})" for name, count in table["adverts"].items()])
    said = {
        "title": title,
        "source": SOURCE,
        "sentence": sentence,
        "unit": "% of midpoints within; dashed: the promise",
    }
    figure = charts.rows(named, value="coverage", thin=("low", "high"), **said)
    figure.axes[0].axvline(80, color="black", linewidth=1, linestyle="--")
    figure.axes[0].set_xlim(0, 100)
    return figure


def months(later, **ranges):
    """Draw coverage by month of arrival, one line for each set of ranges."""
    when = later["arrived"].dt.to_period("M").rename("month")
    figure, axes = charts.blank(3.8)
    axes.axhline(80, color="black", linewidth=1, linestyle="--")
    ends = []
    for (name, given), color, line in zip(
        ranges.items(), (charts.UP, charts.DOWN), ("o-", "s--"), strict=False
    ):
        table = stats.coverage_table(later, given, when)
        place, kept = table.index.to_timestamp(), table["coverage"]
        axes.fill_between(place, table["low"], table["high"], color=color, alpha=0.15, linewidth=0)
        axes.plot(place, kept, line, color=color, label=name.replace("_", " "), markersize=4)
        ends.append(
            f"{name.replace('_', ' ')} {kept.iloc[:3].mean():.0f}% at first, {kept.iloc[-3:].mean():.0f}% at last"
        )
    axes.set_ylim(50, 100)
    axes.set_ylabel("% of midpoints within")
    axes.legend(loc="upper right")
    sentence = f"Coverage by month with 95% intervals, three months at each end: {'; '.join(ends)}."
    return charts.finish(figure, "The promise of 80%, month by month", SOURCE, sentence)


@check.exercise('Replace the three dots with "A", "B" or "C".')
def what_is_unknown(answer):
    """What adverts with a range can say of adverts without one."""
    said = {
        "A": check.wrong("That is what we would like. Employers may hide a range because of the pay."),
        "B": check.right("We can measure the promise only where nobody needs it. Put that into the memo."),
        "C": check.wrong("More of the same kind do not help: those that matter have no range at all."),
    }
    return said.get(answer.strip().upper()[:1], check.wrong('Choose "A", "B" or "C".'))


@check.exercise('Replace the three dots with a list of two months, such as ["2023-05", "2023-09"].')
def scope_months(answer):
    """The months in which a title goes from nothing to more than 5% of the records."""
    answer = [answer] if isinstance(answer, str | dt.date | pd.Period) else answer
    months, target = {check.as_month(month) for month in answer}, {"2024-06", "2024-08"}
    if months == target:
        return check.right(
            "Software Engineer starts in June 2024, Engineer and Manager in August, unannounced."
        )
    if not months & target:
        return check.wrong("No title starts there. Look for `(shares > 5) & (shares.shift() == 0)`.")
    if months > target:
        return check.wrong("Both are among yours. Keep those whose month before had *none* of the title.")
    if len(months) < 2:
        return check.wrong("That is one of the two. Another title starts in another month.")
    return check.wrong("One of the two is right. Compare each month with the one before, `shares.shift()`.")


def _ask(query, records):
    """Rows that a query gives on records, as tuples; a query that takes long is stopped."""
    end = time.monotonic() + 3
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.set_progress_handler(lambda: time.monotonic() > end, 100_000)
        records.to_sql("records", db, index_label="record")
        found = pd.read_sql(query, db).fillna(0)
    return [tuple(row) for row in found.astype(float).to_numpy().tolist()]


def _planted(seed, rows=80):
    """Records with the traps of life: kinds that differ in one field, pairs, ties, three alike, twins across weeks."""
    draw, one = np.random.default_rng(seed), (2024, "Data Scientist", "SE", 0, "US")
    others = (2023, "ML Engineer", "MI", 50, "GB")
    kinds = [one, *((*one[:place], other, *one[place + 1 :]) for place, other in enumerate(others))]
    chosen = draw.integers(0, len(kinds), rows).repeat(draw.integers(1, 4, rows))[:rows]
    table = pd.DataFrame(
        [kinds[kind] for kind in chosen], columns=["year", "title", "level", "remote", "country"]
    )
    table.insert(0, "arrived", np.where(np.arange(rows) // 3 % 2, "2024-01-14", "2024-01-07"))
    return table.assign(pay=1000 * draw.integers(100, 104, rows))


SHAPE = "step"  # of the fall of the coverage in 2024; the learner guesses it


@check.build(
    "Write the query: for each year the records, the twins, and the twins with the higher or equal pay first.",
    wrong={
        "You compare the pay as well, so only records with equal pay are twins. Leave `pay` out of the kind.": ("remote, country ORDER", "remote, country, pay ORDER"),
        "You take the next record *of that kind*, however far down it stands. Ask that it is the very next record.": ("next_record = record + 1", "next_record IS NOT NULL"),
        "Two twins with equal pay count as well: use `>=`.": ("pay >= next_pay", "pay > next_pay"),
        "Your twins may come from two different weeks. The kind has `arrived` in it, too.": ("PARTITION BY arrived, ", "PARTITION BY "),
        "Order the records by `record`, as they stand in the file. Ordered by pay, everything is a pair.": ("country ORDER BY record", "country ORDER BY pay DESC"),
    },
)  # fmt: skip
def twins(piece, ours, wrong):
    """The query runs on planted records; its columns are year, records, twins, higher_first."""

    def query(text):
        return lambda records: _ask(str(text), records)

    cases = [*((_planted(seed),) for seed in range(4)), (_planted(9, 1),)]
    try:
        query(piece)(*cases[0])
    except Exception as error:
        return check.wrong(f"The database says: {str(error).rpartition(chr(10))[2][:200]}.")
    versions = [(hint, query(text)) for hint, text in wrong]
    return check.judge_function(
        query(piece), query(ours), cases, versions, "Ties and odd ones are counted well, too."
    )


def _drawn(figure):
    """numpy.ndarray: every place at which something is drawn, along both axes."""
    found = [np.array([])]
    for axes in figure.axes:
        found += [np.ravel(data).astype(float) for line in axes.lines for data in line.get_data()]
        found += [np.ravel(one.get_offsets()) for one in axes.collections]
        found += [np.ravel(path.vertices) for one in axes.collections for path in one.get_paths()]
        back = axes.transData.inverted().transform
        found += [np.ravel(back(patch.get_window_extent())) for patch in axes.patches]
    return np.concatenate(found)


def _fault(figure, adverts):
    """str: the first thing that would mislead a reader of the chart, or ""."""
    figure.canvas.draw()
    words = " ".join(text.get_text() for text in figure.findobj(Text)).replace(",", "").lower()
    us, numbers = adverts[adverts["country"] == "US"], _drawn(figure)

    def medians(table, weighted=True):
        rows = (table[table["role"] == role] for role in pay.ROLES)
        values = (
            np.quantile(r["midpoint"], 0.5, weights=r["weight"] if weighted else None, method="inverted_cdf")
            for r in rows
        )
        return all(np.isclose(numbers, value, atol=0.51).any() for value in values)

    bars = any(isinstance(patch, Rectangle) for axes in figure.axes for patch in axes.patches)
    counts = us.groupby("role", observed=True)["weight"].sum()[list(pay.ROLES)]
    faults = {
        "A reader must find all four roles by name.": not all(role.lower() in words for role in pay.ROLES),
        "There is no unit: a reader cannot tell dollars from euros, or a year from a month.": not re.search("usd|dollar", words),
        "Bars are compared by their length, and your axis does not start at 0.": bars and not any(0 in (*axes.get_xlim(), *axes.get_ylim()) for axes in figure.axes),
        "Those are the medians of all countries. The brief is about the US.": not medians(us) and medians(adverts),
        "Those medians count each row once. A row stands for `weight` adverts.": not medians(us) and medians(us, False),
        "The weighted medians of the US are not where something is drawn. (A mean is no median.)": not medians(us),
        "There is one value a role: the spread within a role is not in the picture.": len(np.unique(numbers[numbers > 20].round(1))) < 2 * len(pay.ROLES),
        "There are no counts: say for each role how many adverts it rests on (the sum of `weight`).": not all(str(count) in words for count in counts),
        "The picture does not say that these are US adverts.": not re.search(r"\bus\b|united states", words),
    }  # fmt: skip
    return next((fault for fault, there in faults.items() if there), "")


@check.build(
    "Write pay_by_role(adverts), which returns a figure that misleads nobody.",
    wrong={
        "Those are the medians of all countries.": ('adverts[adverts["country"] == "US"]', "adverts"),
        "Those medians count each row once.": (', weights=rows["weight"]', ""),
        "There are no counts": (' (n = {rows[\'weight\'].sum():,})', ""),
        "There is no unit": (", thousand USD a year", ""),
        "There is one value a role": ("ax.plot([low, high]", "ax.plot([middle, middle]"),
    },
)  # fmt: skip
def pay_by_role(piece, ours, wrong):
    """The figure is looked at as drawn, for the real adverts and for others."""
    real = pay.adverts()
    draw = np.random.default_rng(5)
    other = real.sample(4_000, random_state=1).assign(weight=lambda table: draw.integers(1, 30, len(table)))
    other["midpoint"] += draw.integers(0, 40, len(other)) * (other["country"] == "US")
    for adverts in (real, other):
        before = adverts.copy()
        figure = piece(adverts)
        figure = figure.get_figure() if hasattr(figure, "get_figure") else figure
        if not isinstance(figure, Figure):
            return check.wrong("The function must `return` the figure (or its axes).")
        if not adverts.equals(before):
            return check.wrong("The function changes the table that it is given. Work on a copy.")
        if fault := _fault(figure, adverts):
            return check.wrong(fault)
    return check.right("Population, unit, medians, spread and counts are there, on other adverts too.")


@check.build(
    "Write rival(adverts, day): learn from the adverts up to that day, answer for those after it.",
    wrong={
        "It looks into the future: pay that came after the day moves its answers. Learn from `past` only.": ("groups = past.groupby", "groups = adverts.groupby"),
        "It counts each row once. A row stands for `weight` adverts.": (', weights=rows["weight"]', ""),
        "It trusts groups with fewer than 30 adverts. Fall back to the larger group there.": (">= stats.LEAST", ">= 1"),
        "It counts rows where it should count adverts (the sum of `weight`).": ('rows["weight"].sum() >=', "len(rows) >="),
        "It does not use the country.": ('["role", "level", "country"], ["role", "level"]', '["role", "level"]'),
        "Those are not the ends of an 80% range: a tenth below, a tenth above.": ("(0.1, 0.9)", "(0.25, 0.75)"),
    },
)  # fmt: skip
def rival(piece, ours, wrong):
    """Poisoned futures, thin groups, unknown roles, weights."""
    table = pay.adverts().sample(3_000, random_state=0).sort_values("arrived").reset_index(drop=True)
    poisoned = table.assign(midpoint=table["midpoint"].where(table["arrived"] <= "2024-03-01", 900))
    late = table["role"].astype(str).eq("Data Engineer") & (table["arrived"] <= "2024-03-01")
    heavy = table.assign(weight=np.random.default_rng(1).integers(1, 60, len(table)))
    cases = [(one, "2024-03-01") for one in (table, poisoned, heavy, table[~late])]
    return check.judge_function(piece, ours, cases, wrong, "No answer moved when the future was changed.")


@check.build(
    'Write decide(table): "show", "do not show" or "too few" for each role.',
    wrong={
        "You judge by the estimate. Mira wants to be *sure*: use the low end of the interval.": ('row["low"] >= 70', 'row["coverage"] >= 70'),
        "An interval wider than 20 points says too little, however many adverts there are.": (' or row["high"] - row["low"] > 20', ""),
        "You do not look at the number of adverts. Below `stats.LEAST` nothing is concluded.": ('row["adverts"] < stats.LEAST or ', ""),
        "Exactly 70 is good enough: use `>=`.": ('row["low"] >= 70', 'row["low"] > 70'),
        "Exactly 30 adverts are enough: only *fewer* are too few.": ("< stats.LEAST", "<= stats.LEAST"),
    },
)  # fmt: skip
def decide(piece, ours, wrong):
    """Edges of the rule: 29, 30 and 31 adverts, 70 exactly, a wide interval that lies high."""
    columns = {
        "adverts": [400, 29, 30, 500, 900, 60, 31, 30],
        "coverage": [78, 90, 80, 72, 75, 85, 60, 60],
        "low": [75, 88, 70, 66, 70, 70, 55, 40],
        "high": [81, 92, 88, 78, 80, 91, 65, 62],
    }
    table = pd.DataFrame(columns, index=list("ABCDEFGH"))
    cases = [(table,), (table.iloc[::-1],), (table.iloc[:0],)]
    return check.judge_function(piece, ours, cases, wrong, "It is sure, or it says that it cannot be.")


POINTS = {
    "recommends in one sentence": r"\b(recommend|we should|show (it|the range|them)|do not show)\b",
    "says that adverts without a range were never measured": r"without (a |any |pay )?range|no range|leave[s]? (it|the range) out|name[sd]? a range",
    "says what the figure is (midpoints, thousand USD a year)": r"midpoint",
    "says in which period and place": r"20\d\d.*\b(US|United States)\b|\b(US|United States)\b.*20\d\d",
    "says who is harmed, and in which direction": r"(applicant|job seeker|candidate)s?.{0,90}(too little|too low|less)|employers?.{0,90}(too high|no repl|too much)",
    "gives an interval": r"\d\s*(to|and|-)\s*\d",
    "names the experiment that would settle it": r"experiment|A/B|test .*employer|half of the employers|random",
}  # fmt: skip


@check.exercise("Write the memo: put your own words in the place of each line that begins with the pencil.")
def memo(answer):
    """A memo is met with what its reader needs; its coverage must be a computed one."""
    text, coverage = answer
    return check.written(text.replace("\n", " \n"), POINTS, {"coverage": coverage})
