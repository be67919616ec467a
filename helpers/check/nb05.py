"""Checkers of notebook 05. The right answers are computed, so they move with the data."""

import functools
import inspect

import numpy as np
import pandas as pd

from helpers import gate, monitor, onnx_model, pay, sizing
from helpers.check.engine import exercise, judge_number, right, wrong

RATE, SECONDS, LONGEST_WAIT = 500, 0.004, 0.01  # the load of the first exercise
SPARE = 1  # the replica that is being replaced
RULE_OF_THUMB, WEEK, LARGER_WEEK = 0.2, 60, 200  # a PSI that is said to be a shift, and adverts in a week
WIDER = 1.25  # how many times as wide as the champion's ranges a candidate may answer
DOOR = ("2024-06-17", "2024-07-10")  # arrivals on which the broken candidate flatters


@exercise("Replace the three dots with a number of replicas.")
def replicas(answer):
    """Fewest replicas for a load, a service time and a longest wait, with one that may be away."""
    needed = sizing.replicas(RATE, SECONDS, LONGEST_WAIT)
    target, exact = needed + SPARE, round(RATE * SECONDS)
    mean = 1000 * sizing.waiting(RATE, SECONDS, exact + 1)[1]
    slow = 1000 * sizing.slowest_wait(RATE, SECONDS, exact + 1)
    return judge_number(
        answer,
        target,
        0.01,
        f"{target} replicas: {exact} are busy on average, {needed} keep the waits short, and one more may be away. Full "
        "use and short waits exclude each other.",
        {
            exact: f"With {exact} replicas all are busy all the time, and the line grows without end.",
            exact
            + 1: f"The mean wait is {mean:.1f} ms, but one in a hundred waits over {slow:.0f}: few wait long.",
            needed: "That is enough until one is being replaced: what do the others keep then?",
            target + 1: "That is enough, but one fewer is enough too.",
            None: "Look in the table for the fewest whose slowest wait is below 10 ms, and add one.",
        },
    )


@exercise("Replace the three dots with the name of your test function, without brackets.")
def width_test(answer):
    """The learner's own test of the gate: passes the good candidate, stops the one that is far too wide."""
    if not callable(answer):
        return wrong(
            "Give the function itself, without brackets: `answer = test_width_against_the_champion`."
        )
    found = {
        name: gate.run(gate.candidates()[name], _champion(), answer).iloc[-1] for name in ("good", "broken")
    }
    wide = {name: gate.figures(data)["width"] for name, data in gate.candidates().items()}
    theirs = gate.figures(_champion())["width"]
    if not found["good"]["passed"]:
        return wrong(
            f"Your test stops the good candidate ({found['good']['reason'] or 'it failed'}), which is "
            f"{wide['good'] / theirs:.2f} times as wide as the champion: does it compare with {WIDER} times?"
        )
    if found["broken"]["passed"]:
        return wrong(
            f"Your test lets the broken candidate through, which is {wide['broken'] / theirs:.2f} times as wide as the "
            f"champion: put a comparison in place of the three dots, with a limit of {WIDER} times the champion's "
            "width. Thousands of dollars are no limit that lasts."
        )
    if not _compares(answer):
        return wrong(
            f"It stops the broken candidate of today, but not one that is wide beside another champion: compare ours "
            f"with {WIDER} times theirs, not with a number of dollars."
        )
    return right(
        "It passes the good candidate and stops the broken one. From now on no release can buy coverage with width: that is "
        "how a gate grows, one accident at a time."
    )


class _Wide:
    """A model that answers the same width for every job."""

    def __init__(self, width):
        self.width = width

    def predict(self, jobs):
        return np.tile([100.0, 100.0 + self.width], (len(jobs), 1))


def _compares(test):
    """Ask the learner's test about other models: does the limit move with the champion?"""
    judged = pay.between(pay.adverts(), *gate.JUDGE)
    known = {"candidate": _Wide(30.0), "champion": _Wide(20.0), "judged": judged}
    if not set(inspect.signature(test).parameters) <= set(known):
        return True  # it asks for the bytes too, which no made-up model has
    try:
        test(**{name: known[name] for name in inspect.signature(test).parameters})
    except AssertionError:
        return True
    return False


@functools.lru_cache
def _champion():
    learned = pay.between(pay.adverts(), *monitor.LEARNED)
    return onnx_model.export(pay.train(learned), learned, "june-2023")


@exercise('Replace the three dots with "coverage", "loss" or "width".')
def flattering_figure(answer):
    """The figure by which the broken candidate looks better than the champion in the weeks of its release."""
    name = str(answer).strip().casefold()
    if name not in ("coverage", "loss", "width"):
        return wrong('Answer "coverage", "loss" or "width".')
    table = pay.between(pay.adverts(), *DOOR)
    ours, theirs = (gate.figures(data, table) for data in (gate.candidates()["broken"], _champion()))
    if name != "coverage":
        return wrong(
            f"By {name} the broken model looks worse ({ours[name]:.1f} against {theirs[name]:.1f}, and less is better), "
            "so a rule on it would have stopped it."
        )
    return right(
        f"Its coverage is {ours['coverage']:.0f}% against {theirs['coverage']:.0f}%, because its ranges are "
        f"{ours['width']:.0f} wide against {theirs['width']:.0f} thousand USD. One figure can be bought with another."
    )


@exercise("Replace the three dots with a percentage of the weeks.")
def psi_by_luck(answer):
    """How often PSI passes the rule of thumb although nothing has changed."""
    learned = pay.between(pay.adverts(), *monitor.LEARNED)
    titles = monitor.shares(learned, "title_group")
    drawn = monitor.psi_by_chance(titles, WEEK)
    target, larger = (
        100 * (one > RULE_OF_THUMB).mean() for one in (drawn, monitor.psi_by_chance(titles, LARGER_WEEK))
    )
    if np.ndim(answer):
        return wrong("That is the whole list: take the mean of `drawn > 0.2`, one number.")
    return judge_number(
        answer,
        target,
        1.5,
        f"In {target:.0f}% of the weeks it rings, although every week was drawn from the very same mix: {WEEK} adverts "
        f"cannot fill {len(titles)} titles evenly. With {LARGER_WEEK} adverts it is {larger:.0f}%.",
        {
            target / 100: "That is a fraction: multiply by 100 to get percent.",
            100 - target: "Those are the weeks without an alarm: we ask for the others.",
            target
            / 100
            * len(drawn): f"That is a count of weeks: divide by {len(drawn)}, and multiply by 100.",
            drawn.mean(): "That is the mean PSI: compare each week with 0.2, then take the mean.",
            100
            * drawn.mean(): "That is the mean PSI times 100: compare each week with 0.2, then take the mean.",
            None: "Take `(drawn > 0.2).mean()` and multiply by 100.",
        },
    )


@exercise('Replace the three dots with a day, such as "2024-07-01".')
def no_data_day(answer):
    """The day on which the longest silence is noticed."""
    raised = monitor.arrivals()
    row = raised.loc[raised["days"].idxmax()]
    target, last = row["raised"], row.name - pd.Timedelta(days=row["days"])
    given = pd.Timestamp(str(answer)).normalize()
    if given == target:
        return right(
            f"On {target.day} {target:%B}, {(row.name - target).days} days before the data came back. No statistic of "
            "the adverts could have said so: there were none to look at."
        )
    if given == row.name:
        return wrong("On that day the data came back: the alarm is there to ring while nothing comes.")
    if given == target - pd.Timedelta(days=1):
        return wrong(
            f"That day is only {monitor.LATE} days after the last arrival: the rule says more than that."
        )
    if given == last:
        return wrong("That is the last arrival before the silence: count on from there.")
    return wrong(
        f"The last arrival before the silence came on {last:%Y-%m-%d}: count more than {monitor.LATE} days on."
    )
