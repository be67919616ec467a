"""Checkers of notebook 04. The right answers are computed, so they move with the data and the limits."""

import math
from functools import lru_cache

from helpers import onnx_model, pay
from helpers.check.engine import exercise, judge_number, right, wrong

REQUESTS, COST, BUSY = 500, 0.004, 0.6  # a second; seconds of a core; share
CALLS, SLOW = 20, 0.01
BYTES = 4  # of a range in a table
FULLY_REMOTE = {"role": "ML Engineer", "level": "MI", "country": "US"}


@exercise("Replace the three dots with a number of kB.")
def table_of_answers(answer):
    """How large a table of all answers would be if the size of the firm were asked as well."""
    now = len(onnx_model.every_job())
    sizes = len(pay.adverts()["size"].cat.categories)
    bytes_ = now * sizes * BYTES
    target = bytes_ / 1000
    return judge_number(
        answer,
        target,
        0.1,
        f"{target:.1f} kB for {now * sizes:,} answers, less than the file of the model that you will export. So it is not "
        "size that speaks for a model. One field of free text, or one number, and there is no list of all questions "
        "any more.",
        {
            now
            * BYTES
            / 1000: "A factor of three is missing: the size of the firm comes to today's questions.",
            now * sizes / 1000: "A factor of four is missing: the levels, or the bytes of an answer.",
            target / len(pay.ALL_ROLES): "That leaves out the roles.",
            target / len(pay.COUNTRIES): "That leaves out the countries.",
            now * sizes: "Those are the answers: four bytes each, and a thousand bytes a kB.",
            bytes_: "Those are bytes: a kB has 1,000.",
            None: "Multiply the number of values of the five features, then by 4 bytes, and divide by 1,000.",
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
            work
            / (1 - BUSY): "That keeps each busy for 40% of the time: divide by what it may be busy, 0.6.",
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
        f"{target:.0f}%: nearly one page in five, if slow calls strike independently. Rare for a call is not rare for a "
        "person. One request for all twenty avoids it.",
        {
            100 * SLOW: "That is the share of calls. A page is slow if any of its twenty calls is.",
            100
            * SLOW
            * CALLS: "Close, but pages with two slow calls are counted twice: take 1 minus the share with none.",
            100 - target: "Those are the pages without a slow call: take the others.",
            target / 100: "That is a fraction: multiply by 100.",
            (100 - target)
            / 100: "Those are the pages without a slow call, and as a fraction: take 1 minus that, times 100.",
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
