"""Notebook 02: checkers, and the figures that would bury the idea."""

import contextlib
import functools
import re
import sqlite3
import time

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from helpers import charts, check, pay, stats, tables

SOURCE = tables.cite("pay_ranges")
SHAPE = "step"  # of the fall of the coverage in 2024; the learner guesses it


def end_of_a_range(adverts, end, loss):
    """Draw midpoints and an end of the range, and say how many lie below it and what it costs."""
    midpoint, weight = adverts["midpoint"].to_numpy(), adverts["weight"].to_numpy()
    figure, axes = charts.blank(3.4)
    bins = np.arange(60, 401, 10) + 0.01  # an end of 240 parts the adverts at 240 from those above
    for side, color in ((midpoint <= end, charts.UP), (midpoint > end, charts.DOWN)):
        axes.stairs(np.histogram(midpoint[side], bins, weights=weight[side])[0], bins, fill=True, color=color)
    axes.axvline(end, color="black", linewidth=1.5)
    axes.set(xlabel="Midpoint, thousand USD a year (orange: above the end)", ylabel="Adverts")
    under = 100 * np.average(midpoint <= end, weights=weight)
    sentence = f"With the end at {end}, {under:.0f}% of the adverts lie at or below it, and the mean loss is {loss:.1f}."
    return charts.finish(figure, f"An end at {end}: the mean pinball loss is {loss:.1f}", SOURCE, sentence)


def promise(table, title, sentence):
    """Draw coverage by group with its interval beside the promise of 80%; a table of :func:`stats.coverage_table`."""
    named = table.set_axis([f"{name} (n = {count:,})" for name, count in table["adverts"].items()])
    unit = "% of midpoints within; dashed: the promise"
    words = {"title": title, "source": SOURCE, "sentence": sentence}
    figure = charts.rows(named, value="coverage", thin=("low", "high"), unit=unit, **words)
    figure.axes[0].axvline(80, color="black", linewidth=1, linestyle="--")
    figure.axes[0].set_xlim(0, 100)
    return figure


def months(later, **ranges):
    """Draw coverage by month of arrival, one line for each set of ranges."""
    figure, axes = charts.blank(3.8)
    axes.axhline(80, color="black", linewidth=1, linestyle="--")
    ends = []
    for (name, given), line in zip(ranges.items(), ("o-", "s--"), strict=False):
        table = stats.coverage_table(later, given, later["arrived"].dt.to_period("M"))
        place, kept, name = table.index.to_timestamp(), table["coverage"], name.replace("_", " ")
        axes.fill_between(place, table["low"], table["high"], alpha=0.15, linewidth=0)
        axes.plot(place, kept, line, label=name, markersize=4)
        ends.append(f"{name} {kept.iloc[:3].mean():.0f}% at first, {kept.iloc[-3:].mean():.0f}% at last")
    axes.set(ylim=(50, 100), ylabel="% of midpoints within")
    axes.legend(loc="upper right")
    sentence = f"Coverage by month with 95% intervals, means of three months at each end: {'; '.join(ends)}."
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
    given = re.split(r"[,;]|\band\b", answer) if isinstance(answer, str) else answer
    months, target = {check.as_month(month) for month in given}, {"2024-06", "2024-08"}
    if months == target:
        return check.right("Software Engineer starts in June 2024, Engineer and Manager in August.")
    if not months & target:
        return check.wrong("No title starts there. In the month before, the title must stand at 0.")
    if months > target:
        return check.wrong("Both are among yours. Keep those whose month before had *none* of the title.")
    if len(months) < 2:
        return check.wrong("That is one of the two. Another title starts in another month.")
    return check.wrong("One of the two is right. Compare each month with the one before, `shares.shift()`.")


def _ask(query, records):
    """Rows that a query gives on records, as lists; a query that takes long is stopped."""
    end = time.monotonic() + 3
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.set_progress_handler(lambda: time.monotonic() > end, 100_000)
        records.to_sql("records", db, index_label="record")
        return pd.read_sql(query, db).fillna(0).to_numpy(float).tolist()


def _planted(seed, rows=80):
    """Records with the traps of life: kinds that differ in one field, pairs, ties, three alike, twins across weeks."""
    draw = np.random.default_rng(seed)
    usual = {"year": 2024, "title": "Data Scientist", "level": "SE", "remote": 0, "country": "US"}
    other = {"year": 2023, "title": "ML Engineer", "level": "MI", "remote": 50, "country": "GB"}
    kinds = pd.DataFrame([usual, *({**usual, name: value} for name, value in other.items())])
    chosen = draw.integers(0, len(kinds), rows).repeat(draw.integers(1, 4, rows))[:rows]
    table = kinds.iloc[chosen].reset_index(drop=True)
    table.insert(0, "arrived", np.where(np.arange(rows) // 3 % 2, "2024-01-14", "2024-01-07"))
    return table.assign(pay=1000 * draw.integers(100, 104, rows))


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
    cases = [*((_planted(seed),) for seed in range(4)), (_planted(9, 1),)]
    try:
        _ask(str(piece), *cases[0])
    except Exception as error:
        said = str(error).rpartition("\n")[2].removeprefix("': ")
        return check.wrong(f"The database says: {said[:200]}.")
    asked, expected = (functools.partial(_ask, str(query)) for query in (piece, ours))
    versions = [(hint, functools.partial(_ask, query)) for hint, query in wrong]
    return check.judge_function(asked, expected, cases, versions, "Equal pay and three in a row count, too.")


def _drawn(figure, most=np.inf):
    """numpy.ndarray: every place at which something is drawn, along both axes; of marks of at most so many points."""
    found = []
    for axes in figure.axes:
        found += [np.ravel(line.get_data(orig=False)).astype(float) for line in axes.lines]
        found += [np.ravel(one.get_offsets()) for one in axes.collections]
        found += [np.ravel(path.vertices) for one in axes.collections for path in one.get_paths()]
        back = axes.transData.inverted().transform
        found += [np.ravel(back(patch.get_window_extent())) for patch in axes.patches]
    return np.concatenate([[], *(one for one in found if len(one) <= 2 * most)])


def _fault(figure, adverts):
    """str: the first thing that would mislead a reader of the chart, or ""."""
    figure.draw_without_rendering()  # the words on the axes are made now
    words = " ".join(text.get_text() for text in figure.findobj(Text)).replace(",", "").lower()
    us, marked, drawn = adverts[adverts["country"] == "US"], _drawn(figure, 12), _drawn(figure)

    def medians(table):
        each = table.loc[table.index.repeat(table["weight"]), ["role", "midpoint"]]  # one row an advert
        middles = each.groupby("role", observed=True)["midpoint"].quantile(0.5, interpolation="lower")
        return all(np.isclose(marked, middle, atol=0.51).any() for middle in middles[list(pay.ROLES)])

    bars = any(isinstance(patch, Rectangle) for axes in figure.axes for patch in axes.patches)
    counts = us.groupby("role", observed=True)["weight"].sum()[list(pay.ROLES)]
    faults = {
        "A reader must find all four roles by name.": not all(role.lower() in words for role in pay.ROLES),
        "There is no unit: a reader cannot tell dollars from euros, or a year from a month.": not (re.search(r"usd|dollar|\$", words) and re.search("year|annual|annum", words)),
        "Bars are compared by their length, and your axis does not start at 0.": bars and not any(0 in (*axes.get_xlim(), *axes.get_ylim()) for axes in figure.axes),
        "Those are the medians of all countries. Take US adverts only.": not medians(us) and medians(adverts),
        "Those medians count each row once. A row stands for `weight` adverts.": not medians(us) and medians(us.assign(weight=1)),
        "The weighted medians of the US are not where something is drawn. (A mean is no median.)": not medians(us),
        "There is one value a role: the spread within a role is not in the picture.": len(np.unique(drawn[drawn > 20].round(1))) < 2 * len(pay.ROLES),
        "There are no counts: say for each role how many adverts it rests on (the sum of `weight`).": not all(re.search(rf"\b{count}\b", words) for count in counts),
        "The picture does not say that these are US adverts.": not re.search(r"\busa?\b|u\.s\.|united states", words),
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
    real, part = pay.adverts(), pay.adverts()[::8]
    other = part.assign(
        weight=1 + part.index % 30, midpoint=part["midpoint"] + 40 * (part["country"] == "US")
    )
    for adverts in (real, other):
        before = adverts.copy()
        figure = getattr(piece(adverts), "figure", None)  # of axes; a figure is its own
        if figure is None:
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
        "It counts each row once, and takes values between two adverts. Use `weights` and `method` as above.": (', weights=rows["weight"], method="inverted_cdf"', ""),
        "It trusts groups with fewer than 30 adverts. Fall back to the larger group there.": (">= stats.LEAST", ">= 1"),
        "It counts rows where it should count adverts (the sum of `weight`).": ('rows["weight"].sum() >=', "len(rows) >="),
        "It does not use the country.": ('["role", "level", "country"], ["role", "level"]', '["role", "level"]'),
        "Those are not the ends of an 80% range: a tenth below, a tenth above.": ("(0.1, 0.9)", "(0.25, 0.75)"),
    },
)  # fmt: skip
def rival(piece, ours, wrong):
    """Poisoned futures, thin groups, unknown roles, weights."""
    day = pd.Timestamp("2024-03-03")  # some arrived on it
    table = pay.adverts().sample(3_000, random_state=0).sort_values("arrived").reset_index(drop=True)
    table = table[(table["arrived"] <= day) | (table.index % 8 == 0)]  # a slow loop is no mistake
    poisoned = table.assign(midpoint=table["midpoint"].where(table["arrived"] <= day, 900))
    late = table["role"].astype(str).eq("Data Engineer") & (table["arrived"] <= day)
    heavy = table.assign(weight=np.random.default_rng(1).integers(1, 60, len(table)))
    cases = [(one, day) for one in (table, poisoned, heavy, table[~late])]
    with contextlib.suppress(Exception):  # told below, with the case
        if not np.array_equal(piece(table.copy(), day), piece(poisoned.copy(), day)):
            return check.wrong(wrong[0][0])
    return check.judge_function(piece, ours, cases, wrong, "No answer moved when the future was changed.")


@check.build(
    'Write decide(table): "show", "do not show" or "too few" for each role.',
    wrong={
        "You judge by the estimate. Mira wants to be *sure*: use the low end of the interval.": ('row["low"] >= 70', 'row["coverage"] >= 70'),
        "An interval wider than 20 points says too little, however many adverts there are.": (' or row["high"] - row["low"] > 20', ""),
        "You do not look at the number of adverts. Below `stats.LEAST` nothing is concluded.": ('row["adverts"] < stats.LEAST or ', ""),
        "A group of few adverts can lie high by luck. Ask first whether there are too few.": ('        if row["adverts"]', '        if row["low"] >= 70:\n            plan[role] = "show"\n        elif row["adverts"]'),
        "Exactly 70 is good enough: use `>=`.": ('row["low"] >= 70', 'row["low"] > 70'),
        "Exactly 30 adverts are enough: only *fewer* are too few.": ("< stats.LEAST", "<= stats.LEAST"),
    },
)  # fmt: skip
def decide(piece, ours, wrong):
    """Edges of the rule: 29 and 30 adverts, 70 and 20 exactly, a wide interval that lies high."""
    rows = [
        (400, 78, 75, 81), (29, 90, 88, 92), (45, 80, 70, 90), (500, 72, 66, 78),
        (900, 75, 70, 80), (60, 85, 70, 91), (30, 68, 60, 75), (30, 60, 40, 62),
    ]  # fmt: skip
    table = pd.DataFrame(rows, list("ABCDEFGH"), ["adverts", "coverage", "low", "high"])
    cases = [*((table.iloc[[place]],) for place in range(len(table))), (table,), (table.iloc[:0],)]
    return check.judge_function(piece, ours, cases, wrong, "It shows a role only where you can be sure.")


POINTS = {
    "recommends in one sentence": r"\b(recommend|propose|we should|do not show|show (it|them|the ranges?|ranges?)\b)",
    "says that adverts without a range were never measured": r"without (a |any |pay )?range|no range|leave[s]? (it|the range) out|name[sd]? a range",
    "says what the figure is (midpoints, thousand USD a year)": r"midpoint",
    "says in which period": r"\b202[1-5]\b",
    "says in which place": r"\b(?-i:USA?)\b|U\.S\.|United States",
    "says who is harmed, and in which direction": r"(applicant|job seeker|candidate)s?.{0,90}(too little|too low|less|underpaid)|employers?.{0,90}(too high|no repl|too much)",
    "gives an interval": r"(?<![\d.-])\d\d(\.\d+)?\s*%?\s*(to|and|-|\u2013|,)\s*\d\d(\.\d+)?(?![\d-])",
    "says that one employer's own range is another thing": r"both (real )?ends|(own|real) range|this employer|one employer",
    "says when to stop": r"\bstop|take (it|them|the ranges?) (down|off)|switch (it|them) off",
    "names the experiment that would settle it": r"experiment|A/B|\btest\b|half of|part of the (employers|readers|visitors|adverts)|by chance|random",
}  # fmt: skip


@check.exercise("Write the memo: put your own words in the place of each line that begins with the pencil.")
def memo(answer):
    """A memo is met with what its reader needs; its coverage must be a computed one."""
    text, coverage = answer
    joined = re.sub(r"(?<!\n)\n(?!\n)", " ", text)  # a sentence may run over two lines
    return check.written(joined, POINTS, {"coverage": coverage})
