"""Checkers of notebook 03. The right answers are computed from the data and the methods, not written down."""

from functools import lru_cache

from helpers import conformal, conformal_scores
from helpers.check.engine import as_number, exercise, judge_number, right, wrong

_BEFORE, _SEEN, _STEP, _WANTED = 0.20, 0.30, 0.05, 0.20


@exercise("Replace the three dots with a number of scores.")
def smallest_calibration(answer):
    """The fewest scores with which a 95% range has an end."""
    miss = 0.05
    target = round(1 / miss) - 1
    return judge_number(
        answer,
        target,
        0.4,
        f"With {target} scores the rank is `ceil(0.95 * {target + 1})` = {target}: the largest score. With fewer the "
        "rank lies above all of them, and no honest end can be named.",
        {
            target + 1: "Close. The new row counts too: solve `(n + 1) * 0.95 <= n` for n.",
            95: "That is the percentage. Ask for which n the rank, `ceil((n + 1) * 0.95)`, is at most n.",
            100: "Fewer will do: for which n is the rank, `ceil((n + 1) * 0.95)`, at most n?",
            None: "Try some n: the rank is `ceil((n + 1) * 0.95)`. The smallest n for which it is at most n is it.",
        },
    )


@lru_cache
def _coverages():
    """Percent covered from September to December 2023 and from July to December 2024, correction of summer 2023."""
    table = conformal.stream()
    summer = table.loc[table["week"] < 0, "score"]
    inside = table["score"] <= conformal.conformal_quantile(summer, 1 - conformal.TARGET)
    spans = (("2023-09-01", "2023-12-31"), ("2024-07-01", "2024-12-31"))
    return tuple(100 * inside[table["arrived"].between(*span)].mean() for span in spans)


@exercise("Replace the three dots with a number of points.")
def coverage_drop(answer):
    """By how much the coverage of a fixed correction falls from late 2023 to late 2024."""
    early, late = _coverages()
    target = early - late
    return judge_number(
        answer,
        target,
        0.15,
        f"From {early:.1f}% to {late:.1f}%: {target:.1f} points. The range held what it promised right after its "
        "calibration and lost it later. Either number could have come out otherwise.",
        {
            early: "That is the coverage of late 2023. Take that of late 2024 from it.",
            late: "That is the coverage of late 2024. By how much is it lower than that of late 2023?",
            -target: "Early minus late: a drop is positive here.",
            target / 100: "That is a fraction: multiply by 100.",
            100 * conformal.TARGET
            - late: "That is measured from 80%. Measure from the coverage of late 2023.",
            None: "Percentage with a score of at most `correction` from September to December 2023, minus that of "
            "July to December 2024.",
        },
    )


@exercise("Replace the three dots with the next miss rate, such as 0.25.")
def next_miss(answer):
    """One update of adaptive conformal inference by hand."""
    target = _BEFORE + _STEP * (_WANTED - _SEEN)
    return judge_number(
        answer,
        target,
        0.0004,
        f"`0.20 + 0.05 * (0.20 - 0.30)` = {target:.3f}: too many fell outside, so next week aims at fewer misses, "
        "and the ranges grow.",
        {
            _BEFORE - _STEP * (_WANTED - _SEEN): "The sign is wrong: after too many misses aim at fewer.",
            _STEP * (_WANTED - _SEEN): "That is the change alone: add it to the miss rate before.",
            _BEFORE
            + (_WANTED - _SEEN): "You left out the step size: the change is 0.05 times the difference.",
            1 - target: "That is the coverage aimed at: the miss rate is one minus it.",
            None: "New miss rate: the old one plus the step times (wanted miss rate minus share outside).",
        },
    )


@lru_cache
def gaps():
    """dict of str to float: role gap in points of plain ACI, of the role-wise one, and of each of its parts alone."""
    table = conformal.stream()
    corrections = {
        "plain": conformal.adaptive(table),
        "role-wise": conformal.adaptive(table, own_scores=True, own_miss=True),
        "own miss": conformal.adaptive(table, own_miss=True),
        "own scores": conformal.adaptive(table, step=0, own_scores=True),
    }
    return {name: conformal_scores.judge(table, value)["role gap"] for name, value in corrections.items()}


@exercise("Replace the three dots with a percentage.")
def share_of_own_miss(answer):
    """How much of the gain own miss rates reach alone."""
    plain, best, part, scores = (gaps()[name] for name in ("plain", "role-wise", "own miss", "own scores"))
    target = 100 * (plain - part) / (plain - best)
    other = 100 * (plain - scores) / (plain - best)
    return judge_number(
        answer,
        target,
        2,
        f"{target:.0f}%: own miss rates alone close about half. Own scores alone, without any step, close all of it "
        f"({other:.0f}%; what is above 100 is within chance). So the step does something, but nothing on top of own scores.",
        {
            target / 100: "That is a fraction: multiply by 100.",
            100 - target: "That is what is missing. How much is reached?",
            other: "That is own scores alone. Take the row without own scores.",
            100 * part / best: "That compares two gaps. Compare gains: how far each lies below plain ACI.",
            100
            * (plain - part)
            / plain: "The whole is the gain of the full variant, not the gap of plain ACI.",
            100 * (plain - best) / (plain - part): "Upside down: divide by the gain of the full variant.",
            None: "From the gap of ACI take away the gap without own scores; divide by the same for the full variant; times 100.",
        },
    )


@lru_cache
def _too_narrow():
    """Length of the 95% interval of what ACI adds to the coverage, in points: by blocks of weeks, by single adverts."""
    table = conformal.stream()
    never, plain = conformal.adaptive(table, step=0, window=None), conformal.adaptive(table)
    _, low, high = conformal_scores.compare(table, plain, never, "coverage")
    judged, score = table["week"] >= 0, table["score"]
    gain = (score <= plain)[judged].astype(int) - (score <= never)[judged]
    return high - low, 2 * 1.96 * 100 * gain.std() / len(gain) ** 0.5


@exercise("Replace the three dots with the number of the point that is wrong: 1, 2 or 3.")
def wrong_point(answer):
    """Which point of the reviewer is mistaken."""
    value = as_number(answer)
    if value == 2:
        blocks, single = _too_narrow()
        return right(
            "Adverts of one week come from the same employers and the same collecting, so they are not independent. "
            "Drawing single adverts counts one employer's hundred adverts as a hundred witnesses. For the coverage that "
            f"ACI adds, the 95% interval would be {single:.1f} points long in place of {blocks:.1f}: {blocks / single:.0f} "
            "times too narrow. Say so, politely, with the number."
        )
    if value == 1:
        return wrong(
            "Point 1 is fair: one setting out of many can be luck. The grid above is the answer to it."
        )
    if value == 3:
        return wrong(
            "Point 3 is right: the proof needs exchangeable rows, and these are not. Say it in the paper."
        )
    return wrong("There are three points: 1, 2 and 3.")
