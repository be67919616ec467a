"""Which notebooks fit a learner next, and why: by what is done, what was liked, their skills and their background."""

import tomllib
from pathlib import Path

from helpers import check, course, profile, selfcheck

_SERIES = tomllib.loads(Path(__file__).with_name("series.toml").read_text("utf-8"))
WAYS, MORE = _SERIES["way"], _SERIES["more"]
_LIKES = 3  # of a rating from 0 to 4: "rather yes"
_FOLLOWS = {"analyst": "science", "other": "student"}  # backgrounds that take the way of another
_FIRST = "Its Python can be read without knowing any."
_ELSEWHERE = "Software engineering"  # which notebook 06 does not practise


def done(told):
    """dict of notebook to bool: those that the learner has begun, and whether they are done with it.

    They are if all exercises are solved, or if they have said how they liked the work.
    """
    return {
        number: set(check.exercises(number)) <= solved or _rated(told, number)
        for number in (notebook.number for notebook in course.SERIES)
        if (solved := set(told.solved.get(number, ()))) or _rated(told, number)
    }


def _rated(told, number):
    return any(step != profile.NOT_DONE for step in told.liked.get(number, {}).values())


def fitting(told, begun):
    """Find up to three notebooks that fit next: list of (Notebook, a sentence that says why).

    `told` is the Profile, `begun` what :func:`done` returns. What the learner has begun comes first, then what closes a
    gap, what they liked, and the way of their background. A notebook out of reach comes after those in reach.
    """
    there = {notebook.number: notebook for notebook in course.SERIES[1:]}  # the map stands in 00
    rest = dict.fromkeys(there, "It comes next in the order of the series.") | {"01": _FIRST}
    liked, way = _liked(told), _way(told)
    later = liked | way | rest | way | liked  # in this order, each with the first reason that it has
    later = {number: why for number, why in later.items() if number in there and number not in begun}
    reach, ahead = selfcheck.reach(told), list(later)[:3]
    far = [number for number in later if reach.get(number, "").startswith("not yet")]
    found = {number: "You have begun it." for number, all_ in begun.items() if number in there and not all_}
    if gap := next((number for number in ahead if number in far), None):
        short = [skill for skill in reach[gap].partition(": ")[2].split(", ") if skill != _ELSEWHERE]
        if "Python" in short:
            found.setdefault("01", _FIRST)
        if short:
            said = f"It practises what {gap} needs more of, by your own answers: {', '.join(short)}."
            found.setdefault("06", said)
    elif not (told.levels or told.answers.skills or told.liked):
        found |= {number: later[number] for number in ahead[:2]}
        found.setdefault("06", "Its fifteen questions find out which notebooks are in your reach.")
    for number in sorted(later, key=lambda number: number in far):
        found.setdefault(number, later[number])
    return [
        (there[number], why) for number, why in found.items() if number in later or begun.get(number) is False
    ][:3]


def disliked(told):
    """bool: did the learner say of all four jobs that they would not want to do them most days?"""
    return all(profile.NOT_DONE < told.liked.get(job, {}).get("most_days", 4) <= 1 for job in MORE)


def _liked(told):
    if disliked(told):
        return dict.fromkeys(WAYS["neighbours"]["order"], WAYS["neighbours"]["because"])
    rated = {role: [step for step in told.liked.get(role, {}).values() if step >= 0] for role in MORE}
    means = {role: sum(steps) / len(steps) for role, steps in rated.items() if steps}
    best = sorted((role for role in means if means[role] >= _LIKES), key=means.get, reverse=True)
    said = "You liked the work of notebook {}, and this is more of it."
    pairs = [(number, said.format(role)) for role in best for number in MORE[role]]
    return dict(pairs) | dict(reversed(pairs))  # in their order, each by the work that was liked best


def _way(told):
    one = told.answers.background
    if one is None:
        doubts = {"curious", "advise"} & set(told.answers.hopes)
        if not told.answers.hopes:
            return {}
        one = "teaching" if doubts else "student"
    way = WAYS[_FOLLOWS.get(one, one)]
    return dict.fromkeys(way["order"], way["because"])
