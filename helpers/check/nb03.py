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
    """Percent covered with the correction of summer 2023, and with none."""
    table = conformal.stream()
    late = table[table["week"] >= 0]["score"].to_numpy()
    early = table[table["week"] < 0]["score"].to_numpy()
    fixed = 100 * (late <= conformal.conformal_quantile(early, 1 - conformal.TARGET)).mean()
    return fixed, 100 * (late <= 0).mean()


@exercise("Replace the three dots with a coverage in percent.")
def same_weeks(answer):
    """Coverage of CQR when calibration and judgement share the same weeks."""
    fixed, raw = _coverages()
    goal = 100 * conformal.TARGET
    hints = {
        fixed: "That is calibrated on summer 2023. Calibrate on one half of the shuffled later scores instead.",
        raw: "That is without any correction: find the correction on one half first.",
        goal / 100: "That is a fraction: multiply by 100.",
        None: "Take the conformal quantile of one half, then the percentage of the other half that is at most that.",
    }
    value = as_number(answer)
    # The answer hangs on the shuffle: another seed, or the other half, moves it by up to half a point.
    if abs(value - goal) <= 1.2:
        return right(
            f"{value:.1f}%: the promise holds as soon as both halves come from the same weeks. So the method is sound, "
            f"and what broke it ({fixed:.1f}%) is that the weeks changed."
        )
    return judge_number(answer, goal, 1.2, "", hints)


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
    """dict of str to float: role gap in points of plain ACI, of the role-wise one, and of that without its step."""
    table = conformal.stream()
    corrections = {
        "plain": conformal.adaptive(table),
        "role-wise": conformal.adaptive(table, own_scores=True, own_miss=True),
        "no step": conformal.adaptive(table, step=0, own_scores=True),
    }
    return {name: conformal_scores.judge(table, value)["role gap"] for name, value in corrections.items()}


@exercise("Replace the three dots with a percentage.")
def share_without_step(answer):
    """How much of the gain remains when the step is taken away."""
    plain, best, bare = gaps()["plain"], gaps()["role-wise"], gaps()["no step"]
    target = 100 * (plain - bare) / (plain - best)
    return judge_number(
        answer,
        target,
        2,
        f"{target:.0f}%: nearly all of the gain is there without the step. The new part of the method is not what "
        "helps; each role's own past is.",
        {
            target / 100: "That is a fraction: multiply by 100.",
            100 - target: "That is what is lost. How much remains?",
            100 * bare / best: "That compares two gaps. Compare gains: how far each lies below plain ACI.",
            100
            * (plain - bare)
            / plain: "The whole is the gain of the full variant, not the gap of plain ACI.",
            100 * (plain - best) / (plain - bare): "Upside down: divide by the gain of the full variant.",
            None: "From the gap of ACI take away the gap without the step; divide by the same for the full variant; times 100.",
        },
    )


@exercise("Replace the three dots with the number of the point that is wrong: 1, 2 or 3.")
def wrong_point(answer):
    """Which point of the reviewer is mistaken."""
    value = as_number(answer)
    if value == 2:
        return right(
            "Adverts of one week come from the same employers and the same collecting, so they are not independent. "
            "Drawing single adverts would count one employer's hundred adverts as a hundred witnesses, and give "
            "intervals that are far too narrow. Say so, politely, with the number."
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
