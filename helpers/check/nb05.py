"""Checkers of notebook 05. The right answers are computed, so they move with the data."""

import functools

import pandas as pd

from helpers import gate, monitor, onnx_model, pay, pay_scores, sizing
from helpers.check.engine import exercise, judge_number, right, wrong

RATE, SECONDS, LONGEST_WAIT = 500, 0.004, 0.01  # the load of the first exercise
RULE_OF_THUMB, WEEK = 0.2, 60  # a PSI that is said to be a shift, and adverts in a usual week of 2023
WIDER = 1.25  # how many times as wide as the champion's ranges a candidate may answer
DOOR = ("2024-06-17", "2024-07-10")  # arrivals on which the broken candidate flatters


@exercise("Replace the three dots with a number of replicas.")
def replicas(answer):
    """Fewest replicas for a load, a service time and a longest wait."""
    target = sizing.replicas(RATE, SECONDS, LONGEST_WAIT)
    exact = round(RATE * SECONDS)
    return judge_number(
        answer,
        target,
        0.01,
        f"{target} replicas: on average {exact} are busy, and the others are there for the moments when requests come in a "
        "bunch. Full use and short waits exclude each other.",
        {
            exact: f"With {exact} replicas all are busy all the time, and the line grows without end.",
            exact
            + 1: "The line no longer grows, but more than one request in a hundred still waits over 10 milliseconds.",
            target + 1: "That is enough, but one fewer is enough too.",
            None: "Try `sizing.replicas` with 500 requests a second, 0.004 seconds each and a longest wait of 0.01.",
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
    if not found["good"]["passed"]:
        return wrong(f"Your test stops the good candidate: {found['good']['reason'] or 'it failed'}.")
    if found["broken"]["passed"]:
        return wrong(
            "Your test lets the broken candidate through: its ranges are a third wider than the champion's."
        )
    return right(
        "It passes the good candidate and stops the broken one. From now on no release can buy coverage with width: that is "
        "how a gate grows, one accident at a time."
    )


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
    ours, theirs = (
        (pay_scores.coverage(table, ranges), pay_scores.width(table, ranges))
        for ranges in (
            onnx_model.load(data).predict(table) for data in (gate.candidates()["broken"], _champion())
        )
    )
    if name != "coverage":
        return wrong("By that figure the broken model looks worse, so a rule on it would have stopped it.")
    return right(
        f"It keeps {100 * ours[0]:.0f}% against {100 * theirs[0]:.0f}%, because its ranges are {ours[1]:.0f} wide "
        f"against {theirs[1]:.0f} thousand USD. An alarm on one figure alone can be bought with another."
    )


@exercise("Replace the three dots with a percentage of the weeks.")
def psi_by_luck(answer):
    """How often PSI passes the rule of thumb although nothing has changed."""
    learned = pay.between(pay.adverts(), *monitor.LEARNED)
    drawn = monitor.psi_by_chance(monitor.shares(learned, "title_group"), WEEK)
    target = 100 * (drawn > RULE_OF_THUMB).mean()
    return judge_number(
        answer,
        target,
        1.5,
        f"In {target:.0f}% of the weeks the rule of thumb cries wolf, although every week was drawn from the very "
        f"same mix: {WEEK} adverts cannot fill {len(monitor.shares(learned, 'title_group'))} titles evenly.",
        {
            target / 100: "That is a fraction: multiply by 100 to get percent.",
            100 - target: "Those are the weeks without an alarm: we ask for the others.",
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
