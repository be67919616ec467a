"""Notebook 02: checkers, and the figures that would bury the idea."""

import contextlib
import functools
import pathlib
import re
import sqlite3
import time
import tomllib

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from helpers import charts, check, pay, stats, tables

SOURCE = tables.cite("pay_ranges")
TOLD = tomllib.loads(pathlib.Path(__file__).with_suffix(".toml").read_text("utf-8"))
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
    words = {"title": title, "source": SOURCE, "sentence": sentence, "unit": TOLD["unit"]}
    figure = charts.rows(named, value="coverage", thin=("low", "high"), **words)
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
    letter = re.sub(r"\W*([A-C])\b.*", r"\1", answer.upper())
    said = TOLD["unknown"].get(letter, 'Choose "A", "B" or "C".')
    return check.right(said) if letter == "B" else check.wrong(said)


def _ask(query, records):
    """Rows that a query gives on records, as lists; a query that takes long is stopped."""
    end = time.monotonic() + 3
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.set_progress_handler(lambda: time.monotonic() > end, 100_000)
        records.to_sql("records", db, index_label="record")
        found = pd.read_sql(query, db).fillna(0)
    return sorted(found[["year", "records", "twins", "higher_first"]].to_numpy(float).tolist())


def _planted(seed, rows=80):
    """Records with the traps of life: kinds that differ in one field, pairs, ties, three alike, twins across weeks."""
    draw, pairs = np.random.default_rng(seed), TOLD["planted"].items()
    table = pd.DataFrame({name: draw.choice(pair, rows, p=(0.8, 0.2)) for name, pair in pairs})
    table = table.loc[table.index.repeat(draw.integers(1, 4, rows))[:rows]].reset_index(drop=True)
    return table.assign(pay=1000 * draw.integers(100, 104, rows))


@check.build(**TOLD["twins"])
def twins(piece, ours, wrong):
    """The query runs on planted records; its columns are year, records, twins, higher_first."""
    cases = [*((_planted(seed),) for seed in range(4)), (_planted(9, 1),)]
    try:
        _ask(str(piece), *cases[0])
    except (KeyError, TypeError):  # or no table at all
        return check.wrong("The columns are named `year`, `records`, `twins` and `higher_first`.")
    except Exception as error:  # of pandas, which repeats the whole query, around the database's own
        return check.wrong(f"The database says: {check.quoted(error.__cause__ or error)}.{TOLD['window'] * ('misuse of window' in str(error))}")  # fmt: skip
    asked, expected = (functools.partial(_ask, str(query)) for query in (piece, ours))
    asked.__name__ = "your_query"
    versions = [(hint, functools.partial(_ask, query)) for hint, query in wrong]
    return check.judge_function(asked, expected, cases, versions, "Equal pay and three in a row count, too.")


def copies(adverts):
    """Three copies of the adverts, by the day on which they came; the last one is sound."""
    _, _, _, role, _, month, *_ = _damaged(adverts).values()
    return {"Monday": role, "Tuesday": month, "Wednesday": adverts.copy()}


def _damaged(table):
    """Damaged copies, by what an audit that lets one through has missed. The first four are named in the notebook."""
    table = table.astype({"role": object, "country": object})
    arrived, low, high = (table[name] for name in ("arrived", "low", "high"))
    pay_ = table[["low", "high", "midpoint"]]
    week, month, small = arrived == "2024-03-03", arrived.dt.to_period("M"), table["country"] == "LT"
    return {
        "It lets a copy through whose ends are swapped in one week. A mean does not show that: look at each row.": table.assign(low=low.mask(week, high), high=high.mask(week, low)),
        "It lets a copy through with the pay of one small country in dollars, not in thousands. A mean does not show that: look at each row.": table.assign(**pay_.mask(small, 1000 * pay_)),
        "It lets a copy through in which the last three months stand twice. Count the rows that are equal.": pd.concat([table, table[month >= month.max() - 2]]),
        "It lets a copy through that calls a role “Machine Learning Engineer”. Ask whether each role is one of `pay.ALL_ROLES`.": table.replace({"role": {"ML Engineer": "Machine Learning Engineer"}}),
        "It lets a copy through that holds “UK” beside “GB”. Ask whether each country is one of `pay.COUNTRIES`.": table.assign(country=table["country"].mask(week & (table["country"] == "GB"), "UK")),
        "It lets a copy through from which a whole month is missing. Count the months between the first and the last.": table[month != "2023-05"],
        "It lets a copy through with adverts from after `day`, the day of the copy. Compare each date with `day`.": table.assign(arrived=arrived.mask(week, arrived.max() + pd.DateOffset(days=7))),
        "It lets a copy through with empty cells. A comparison with NaN is False, so ask for what must hold in each row.": table.assign(low=low.mask(week)),
    }  # fmt: skip


@check.build(**TOLD["audit"])
def audit(piece, ours, wrong):
    """The audit reads good copies, one of them of later months only, and damaged ones."""
    day = pd.Timestamp(tables.as_of("pay_ranges"))  # some arrived on it
    table, stopped = pay.between(pay.adverts(), "2022-09-01", day), {}
    faults = _damaged(table)
    systems = faults | {"all": table, "later": table[500:], "mixed": table[::-1].astype({"role": str})}
    for name, one in systems.items():
        given = one.copy()
        found = piece(given, day)
        if not isinstance(found, list | tuple | set):  # the notebook asks `not found`
            return check.wrong("Return a list of the broken rules. If none is broken, return an empty list.")
        if not given.equals(one):
            return check.wrong("The function changes the table that it is given. Work on a copy.")
        if found:
            stopped[name] = str(next(iter(found)))
    return check.judge_stopped(stopped, systems, {hint: hint for hint in faults})


def _drawn(figure, most=np.inf):
    """numpy.ndarray, shape (n, 2): every place at which something is drawn; of marks of at most so many points."""
    found = [np.empty((0, 2))]
    for axes in figure.axes:
        found += [line.get_xydata() for line in axes.lines]
        found += [one.get_offsets() for one in axes.collections]
        found += [path.vertices for one in axes.collections for path in one.get_paths()]
        back = axes.transData.inverted().transform
        found += [back(patch.get_window_extent()) for patch in axes.patches]
    return np.concatenate([one for one in found if len(one) <= most])


def _fault(figure, adverts):
    """str: the first thing that would mislead a reader of the chart, or ""."""
    figure.draw_without_rendering()  # the words on the axes are made now
    words = " ".join(text.get_text() for text in figure.findobj(Text)).replace(",", "")
    words = words.replace("\n", " ").lower()
    us, marked, drawn = adverts[adverts["country"] == "US"], _drawn(figure, 12), _drawn(figure)

    def middles(table):
        each = table.loc[table.index.repeat(table["weight"])].groupby("role", observed=True)  # one an advert
        return each["midpoint"].quantile(0.5, interpolation="lower")[list(pay.ROLES)]

    def medians(table):
        return all(np.isclose(marked, middle, atol=0.51).any() for middle in middles(table))

    def apart(role, middle, axis, along):  # a name on an axis, and the median that belongs to it
        ticks = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False)
        own = [place for place, text in ticks if role in text.get_text().replace("\n", " ")]
        here = marked[np.isclose(marked[:, 1 - along], middle, atol=0.51), along]
        return bool(own) and not (abs(here - own[0]) <= 0.17 * np.ptp(axis.get_ticklocs())).any()

    bars = any(isinstance(patch, Rectangle) for axes in figure.axes for patch in axes.patches)
    counts = us.groupby("role", observed=True)["weight"].sum()[list(pay.ROLES)]
    faults = {
        "A reader must find all four roles by name.": not all(role.lower() in words for role in pay.ROLES),
        "There is no unit: a reader cannot tell dollars from euros, or a year from a month.": not (re.search(r"usd|dollar|\$", words) and re.search("year|annual|annum", words)),
        "Bars are compared by their length, and your axis does not start at 0.": bars and not any(0 in (*axes.get_xlim(), *axes.get_ylim()) for axes in figure.axes),
        "Those are the medians of all countries. Take US adverts only.": not medians(us) and medians(adverts),
        "Those medians count each row once. A row stands for `weight` adverts.": not medians(us) and medians(us.assign(weight=1)),
        "The weighted medians of the US are not where something is drawn. (A mean is no median.)": not medians(us),
        "The name of a role stands beside the median of another. Give each row its own label.": any(apart(*one, axis, along) for one in middles(us).items() for axes in figure.axes for along, axis in enumerate((axes.xaxis, axes.yaxis))),
        "There is one value a role: the spread within a role is not in the picture.": len(np.unique(drawn[drawn > 20].round(1))) < 2 * len(pay.ROLES),
        "There are no counts: say for each role how many adverts it rests on (the sum of `weight`).": not all(re.search(rf"\b{count}\b", words) for count in counts),
        "There is no source: say where the figures come from, as `tables.cite` does.": "aijobs" not in words,
        "The picture does not say that these are US adverts.": not re.search(r"\busa?\b|u\.s\.|united states", words),
    }  # fmt: skip
    return next((fault for fault, there in faults.items() if there), "")


@check.build(**TOLD["pay_by_role"])
def pay_by_role(piece, ours, wrong):
    """The figure is looked at as drawn, for the real adverts and for others."""
    part = pay.adverts()[::8]
    moved = {"weight": 1 + part.index % 30, "midpoint": part["midpoint"] + 40 * (part["country"] == "US")}
    for adverts in (pay.adverts(), part.assign(**moved)):
        before = adverts.copy()
        figure = getattr(piece(adverts), "figure", None)  # of axes; a figure is its own
        if not hasattr(figure, "axes"):  # also the module pyplot
            return check.wrong("The function must `return` the figure (or its axes).")
        if not adverts.equals(before):
            return check.wrong("The function changes the table that it is given. Work on a copy.")
        if fault := _fault(figure, adverts):
            return check.wrong(fault)
    return check.right("Population, unit, medians, spread and counts are there, on other adverts too.")


@check.build(**TOLD["rival"])
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
        first, second = (pd.DataFrame(piece(one.copy(), day)) for one in (table, poisoned))
        if not first.equals(second):  # also where both have gaps
            return check.wrong(wrong[0][0])
    return check.judge_function(piece, ours, cases, wrong, "No answer moved when the future was changed.")


@check.build(**TOLD["decide"])
def decide(piece, ours, wrong):
    """Edges of the rule: 29 and 30 adverts, 70 and 20 exactly, a wide interval that lies high."""
    cases = [(pd.Series(row, ["adverts", "coverage", "low", "high"]),) for row in TOLD["rows"]]
    return check.judge_function(piece, ours, cases, wrong, "It shows a role only where you can be sure.")


memo = check.checklist(__name__, "memo", **TOLD["memo"])
