"""Notebook 10: the groups, the charts, and the checkers."""

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import binom

from helpers import charts, check, pay, stats, tables

SOURCE = tables.cite("pay_ranges")
TEXTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
HARMS = {"a": "low", "b": "high", "c": "width", "d": "adverts"}


def groups(table):
    """Name the groups of each advert, in words; a row an advert."""
    named = {"country": pay.COUNTRIES, "level": pay.LEVELS, "remote": pay.REMOTE}
    columns = {name: table[name].map(words).astype(str) for name, words in named.items()}
    columns["role"] = table["role"].astype(str)
    columns["US or elsewhere"] = np.where(table["country"] == "US", "US", "elsewhere")
    columns["role, US or elsewhere"] = columns["role"] + ", " + columns["US or elsewhere"]
    return pd.DataFrame(columns, table.index)


@check.exercise('Replace the three dots with a dictionary such as {"a": "width", …}.')
def harms(answer):
    """Which measure would show each harm?"""
    said = {str(key).strip().lower(): str(name).strip().lower() for key, name in answer.items()}
    if set(said) != set(HARMS):
        return check.wrong("Give one measure for each of a, b, c and d.")
    for harm, measure in HARMS.items():
        if {*said[harm].replace("_", " ").replace("-", " ").split()} & {*HARMS.values()} != {measure}:
            return check.wrong(f"Harm {harm} would not show there. {TEXTS['harms'][harm]}")
    return check.right("And no figure of a group can be read without the number of its adverts.")


_ENDS = "ends = [*weeks, *stats.wilson(share, n)]"


@check.build(
    "Write audit(held, week, limit): low end, high end and verdict.",
    wrong={
        'It concludes from fewer than `stats.LEAST` adverts. Then the verdict is "cannot say", without an interval.': ("if n < stats.LEAST:", "if n < 1:"),
        "`stats.LEAST` adverts are enough. Only with fewer is nothing concluded.": ("if n < stats.LEAST:", "if n <= stats.LEAST:"),
        "It takes the adverts for independent. Those of one week resemble each other: draw the weeks again, with `stats.interval`.": (_ENDS, "ends = stats.wilson(share, n)"),
        "It draws the weeks only. If all adverts held, or came in one week, that interval has no width: take the ends of `stats.wilson` as well.": (_ENDS, "ends = weeks"),
        'It says "fails" because the share lies below the limit. That can be bad luck: the whole interval must lie below.': ("if high < limit:", "if share < limit:"),
        'It says "holds" because nothing was proven against it. The whole interval must lie at or above the limit.': ("if low >= limit", "if high >= limit"),
    },
)  # fmt: skip
def audit(piece, ours, wrong):
    """Few and many adverts, weeks that agree and weeks that do not, groups that always hold."""
    cases, random = [], np.random.default_rng(0)
    sizes = [(29, 0.1, 9), (30, 0.1, 9), (40, 1, 8), (60, 0.7, 1), (90, 0, 6), (150, 0.71, 18)]
    for n, share, weeks in [*sizes, (500, 0.8, 18), (900, 0.71, 18)]:
        cases.append((random.random(n) < share, random.integers(0, weeks, n)))
    week = np.repeat(np.arange(12), 60)
    mixed = random.random(720) < np.where(week % 3 == 0, 0.3, 0.85)
    cases += [(mixed, week), (mixed[::-1], week), (mixed, week, 0.5)]
    return check.judge_function(piece, ours, cases, wrong, "It knows when it does not know.")


@check.build(
    "Write own_scores(known, shown, few): each group's ends, corrected by its own scores.",
    wrong={
        "All groups get the same correction. Take the scores of the group, where there are enough.": ("own = own if len(own) >= few else known", "own = known"),
        "A group with few adverts, or none, gets a correction of its own. It must borrow those of all.": ("own = own if len(own) >= few else known", "pass"),
        "A group with exactly `few` adverts has enough.": (">= few", "> few"),
        "The rank counts the new advert, too: (n + 1) times 0.9, rounded up.": ("(len(own) + 1) * 0.9", "len(own) * 0.9"),
        "`quantile(0.9)` mixes two neighbouring scores of n. Sort them, and take the one of rank (n + 1) times 0.9, rounded up.": ("[rank - 1]", "[[m := int((len(own) - 1) * 0.9), m + 1]] @ [1 - (f := (len(own) - 1) * 0.9 % 1), f]"),
        "Return the columns `low` and `high`, and no others.": ('shown[["low", "high"]].copy()', "shown.copy()"),
        "Rank 1 is the smallest score, at place 0 of the sorted ones.": ("[rank - 1]", "[rank]"),
        "The low end must go down by its score, and the high end up.": ('"low"] -=', '"low"] +='),
        "Each end has scores of its own: `low - midpoint` below, and `midpoint - high` above.": ('np.sort(own["midpoint"] - own["high"])', 'np.sort(own["low"] - own["midpoint"])'),
    },
)  # fmt: skip
def own_scores(piece, ours, wrong):
    """Groups that are large, just large enough, just too small, and unknown; tables in any order."""
    cases, names = [], ["US", "GB", "AT", "CA", "LT", "US", "CA", "LT", "GB"]
    for seed in range(3):
        random = np.random.default_rng(seed)
        group = random.permutation(np.repeat(["US", "CA", "GB", "AT"], [121 + seed, 50, 49, 2]))
        middle = random.normal(np.where(group == "US", 150, 90), 30)
        known = pd.DataFrame({"group": group, "low": 110.0 + seed, "high": 190.0, "midpoint": middle})
        ends = random.uniform(60, 100, 9)
        shown = pd.DataFrame({"group": names, "low": ends, "high": ends + 80}).iloc[random.permutation(9)]
        single = [(known, shown.iloc[[place]]) for place in range(9)]  # one row can be told in words
        cases += [*single, (known, shown), (known, shown.head(4), 30)]
    return check.judge_function(piece, ours, cases, wrong, "Each group is corrected by adverts like its own.")


def _exact(n, truth, limit=0.75):
    hits = np.arange(n + 1)
    return binom.pmf(hits, n, truth)[stats.wilson(hits / n, n)[1] < limit].sum()


@check.build(
    "Write power(n, truth, limit): the share of many drawn audits of n adverts that fail.",
    wrong={
        'It counts every share below the limit. The audit says "fails" only if the high end of `stats.wilson` lies below.': ("stats.wilson(share, n)[1] < limit", "share < limit"),
        "It compares the low end. Below the limit must lie the *high* end, place 1 of what `stats.wilson` returns.": ("stats.wilson(share, n)[1]", "stats.wilson(share, n)[0]"),
        "It draws from a group that is just at the limit. The group is covered at a share of `truth`.": ("binomial(n, truth", "binomial(n, limit"),
        "It returns a number of audits. The share is asked for, 0 to 1.": ("[1] < limit).mean()", "[1] < limit).sum()"),
    },
)  # fmt: skip
def power(piece, ours, wrong):
    """Compared with the exact figure, at a distance that a thousand draws keep."""
    sizes, truths = (52, 100, 290, 521, 1000, 609, 400), (0.3, 0.6, 0.7, 0.7, 0.7, 0.75, 0.9)
    cases = [*zip(sizes, truths, strict=True), (300, 0.72, 0.8)]
    found, exact = (np.array([float(one(*case)) for case in cases]) for one in (piece, _exact))
    far = ~(np.abs(found - exact) < 0.06)
    if not far.any():
        return check.right("Each figure agrees with the exact one, up to the luck of the draw.")
    for hint, version in wrong:
        if np.allclose(found, [float(version(*case)) for case in cases], rtol=0.1, atol=0.06):
            return check.wrong(hint)
    place = far.argmax()
    return check.wrong(
        f"`power{cases[place]}` gives {found[place]:.3g}, and should be near {exact[place]:.3f}."
    )


def draw_audit(table, scores=""):
    """Draw the coverage of each group with its interval; in colour where the verdict is "fails"."""
    rows = list(zip(table.index, table["adverts"], table["verdict"], table["width"], strict=True))
    named = table.set_axis([f"{name}\n{adverts:,}: {verdict}" for name, adverts, verdict, _ in rows])
    named["coverage"] = named["coverage"].where(named["low"].notna())
    fails = named["verdict"] == "fails"
    widths = ", ".join(f"{name} {width:.0f}" for name, *_, width in rows[:3])
    said = f"With 95% intervals; below each name its adverts and the verdict. Mean width, thousand USD: {widths}."
    words = {"title": f"The promise fails for {fails.sum()} of {len(table)} groups{scores}", "sentence": said}
    words |= {"source": SOURCE, "unit": "Midpoints inside the range, % (dashed: the limit)"}
    figure = charts.rows(named, value="coverage", thin=("low", "high"), mine=fails, **words)
    figure.axes[0].axvline(75, color="black", linestyle="--", linewidth=1)
    figure.axes[0].set_xlim(0, 104)  # the same for all groups and scores, so that pictures can be compared
    figure.set_figheight(0.8 * figure.get_figheight())  # else it does not fit on a laptop with its controls
    return figure


def draw_two(first, second):
    """Draw the four measures of two groups (Series, %) as bars."""
    figure, axes = charts.blank(3.9, left=0.32)
    for side, (name, rates) in enumerate({"first group": first, "second group": second}.items()):
        where, color = np.arange(4) + 0.4 * side - 0.2, (charts.FLAT, charts.UP)[side]
        axes.barh(where, rates, 0.36, color=color, hatch=("", "//")[side], edgecolor="white", label=name)
        for at, value in zip(where, rates, strict=True):
            axes.annotate(f"{value:.0f}%", (value, at), (4, -4), textcoords="offset points", color=color)
    axes.set(xlim=(0, 108), ylim=(3.5, -0.95), xlabel="%", yticks=range(4), yticklabels=first.index)
    axes.grid(axis="y", visible=False)
    axes.legend(loc="upper right", ncols=2)
    gaps = (second - first).abs()
    title = f"{(gaps < 2).sum()} of 4 are equal within 2 points; the largest gap is {gaps.max():.0f} points"
    said = "; ".join(f"{name} {one:.0f}% and {second[name]:.0f}%" for name, one in first.items())
    return charts.finish(figure, title, "Computed for scores that are calibrated in both groups.", f"{said}.")


def draw_board(table, follow, off):
    """Draw what an audit measures year by year, and what it would measure of offers that saw no range."""
    figure, axes = charts.blank(3.7)
    for name, style in {"measured": "-o", "without the board": "--s"}.items():
        axes.plot(table.index, table[name], style, markersize=5, label=name)
    axes.set(ylim=(0, 105), xlabel="Years since the board began to publish ranges", ylabel="Offers inside, %")
    axes.legend(loc="lower right", ncols=2)
    measured, truly, moved = table.iloc[-1]
    title = f"In the end {measured:.0f}% measured, {truly:.0f}% without the board; pay moved by {moved:+.1f} thousand USD"
    said = f"{follow:.0%} of the employers follow. The first range is {f'{abs(off):.0%} too low' if off < 0 else f'{off:.0%} too high' if off else 'right'}."
    return charts.finish(figure, title, f"Simulated. {SOURCE}", said)


@check.exercise(
    "Write model_card.md: put your own words in the place of each line with the pencil.", "model_card"
)
def card(answer):
    """The fairness part of a model card; its coverage must be the computed one."""
    return check.written(answer[0], TEXTS["card"], {"coverage": answer[1]})


@check.exercise(
    "Write datasheet.md: put your own words in the place of each line with the pencil.", "datasheet"
)
def sheet(answer):
    """A data sheet; its number of adverts must be the computed one."""
    return check.written(answer[0], TEXTS["sheet"], {"adverts": answer[1]})


@check.exercise('Replace the three dots with a dictionary such as {1: ("a", "because …"), …}.')
def decide(answer):
    """Four decisions; none is right, and each is answered by those who pay for it."""
    said = {str(case): (str(choice).strip().lower(), str(why)) for case, (choice, why) in answer.items()}
    if set(said) != set("1234") or {choice for choice, _ in said.values()} - set("abc"):
        return check.wrong("Give a choice, a, b or c, and a reason for each of the cases 1 to 4.")
    if short := [case for case, (_, why) in sorted(said.items()) if len(why.split()) < 5]:
        return check.wrong(f"Case {short[0]}: say in a sentence whose harm you accept, and why.")
    lines = [f"- Case {case}: “{TEXTS['other_side'][case][said[case][0]]}”" for case in sorted(said)]
    head = "No choice is right. This is what those who pay for yours will say:"
    return check.Verdict("all", "\n".join([head, "", *lines]))
