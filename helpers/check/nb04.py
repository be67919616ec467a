"""Checkers of notebook 04. The right answers are computed, so they move with the data and the limits."""

import math
from functools import lru_cache

from helpers import onnx_model, pay
from helpers.check.engine import exercise, judge_number, right, wrong

REQUESTS, COST, BUSY = 500, 0.004, 0.6  # a second; seconds of a core; share
CALLS, SLOW = 20, 0.01
FULLY_REMOTE = {"role": "ML Engineer", "level": "MI", "country": "US"}


@exercise("Replace the three dots with a number of different questions.")
def possible_questions(answer):
    """How many different jobs can be asked about."""
    sizes = [len(values) for values in (pay.ALL_ROLES, pay.LEVELS, pay.REMOTE, pay.COUNTRIES)]
    target = len(onnx_model.every_job())
    return judge_number(
        answer,
        target,
        0.5,
        f"{target:,}: every answer there is fits into a table smaller than the model. A server earns its place only "
        "when there will be more features, or when answers must be recorded, limited and replaced.",
        {
            sum(sizes): "That is the sum. Each role goes with each level, and so on: multiply.",
            math.prod(sizes[:2]): "Those are role and level alone: remote work and country count too.",
            math.prod(sizes) / sizes[3]: "That leaves out the country.",
            math.prod(sizes) / sizes[2]: "That leaves out remote work.",
            None: "Multiply the number of values of the four features.",
        },
    )


@exercise('Replace the three dots with the name of a feature, such as "role".')
def skewed_feature(answer):
    """Which feature the second encoding gets wrong."""
    name = answer.strip().lower()
    if name == "level":
        return right(
            "Sorted by letters, EX comes before MI and SE. Executives were priced as mid-level, mid-level as senior, "
            "senior as executives. Entry jobs, the first by either order, stayed right, as did every type and shape."
        )
    if name in pay.FEATURES:
        return wrong(
            f"Not {name}: look which values of each feature have a disagreement above zero, and which have none."
        )
    return wrong(f"Name one of the four features: {', '.join(pay.FEATURES)}.")


@exercise("Replace the three dots with a whole number of processes.")
def processes_needed(answer):
    """How many processes carry the load without being too busy."""
    work = REQUESTS * COST
    target = math.ceil(work / BUSY)
    return judge_number(
        answer,
        target,
        0.01,
        f"{REQUESTS} requests need {work:g} seconds of a core each second; at {100 * BUSY:.0f}% that is "
        f"{work / BUSY:.2f}, so {target}. Notebook 05 adds what happens when one of them dies.",
        {
            work: "That many would be busy all the time, and the queue would never end: keep to 60%.",
            work / BUSY: "Nearly: a part of a process cannot be started. Round up.",
            target - 1: "Rounded down, each would be busier than 60%. Round up.",
            work * BUSY: "Divide by the share, do not multiply: a lazier process does less.",
            None: "Seconds of a core needed a second: requests times cost. Divide by 0.6 and round up.",
        },
    )


@exercise("Replace the three dots with a share in percent.")
def slow_pages(answer):
    """Share of pages that meet at least one slow call."""
    target = 100 * (1 - (1 - SLOW) ** CALLS)
    return judge_number(
        answer,
        target,
        0.3,
        f"{target:.0f}%: nearly one page in five waits for a call of the slowest hundredth. Rare for a call is not rare "
        "for a person. One request for all twenty avoids it.",
        {
            100 * SLOW: "That is the share of calls. A page is slow if any of its twenty calls is.",
            100
            * SLOW
            * CALLS: "Close, but pages with two slow calls are counted twice: take 1 minus the share with none.",
            100 - target: "Those are the pages without a slow call: take the others.",
            target / 100: "That is a fraction: multiply by 100.",
            None: "A page is fast only if all twenty calls are: 0.99 to the power of 20. Take 1 minus that.",
        },
    )


@exercise("Replace the three dots with a number of thousand USD.")
def share_for_percent(answer):
    """How far the high end is off when remote work arrives as a share instead of a percentage."""
    right_low, right_high = _ends(100)
    wrong_low, wrong_high = _ends(1)
    target = wrong_high - right_high
    return judge_number(
        answer,
        target,
        0.6,
        f"{target:.0f} thousand USD too high, and nothing failed: 1 is a number, the model took it for 1%, which is as good "
        "as on site. The schema at the door refuses it, because 1 is not among 0, 50 and 100.",
        {
            right_high: "That is the right high end: subtract it from the one for remote=1.",
            wrong_high: "That is the high end for remote=1: subtract the one for remote=100.",
            wrong_low
            - right_low: "That is the difference of the low ends: take the high ones, the second column.",
            -target: "The other way round: the wrong one minus the right one.",
            None: "Call `served.run` once with remote=[1] and once with remote=[100], and subtract the high ends.",
        },
    )


@lru_cache
def _ends(remote):
    past = pay.between(pay.adverts(), *pay.FIRST_YEAR)
    model = pay.train(past)
    numbers = pay.encode({**FULLY_REMOTE, "remote": 100})
    numbers[:, pay.columns().index("remote")] = remote
    return [float(part.predict(numbers)[0]) for part in model.parts]
