"""Which notebooks fit a learner next, and why: by what is done, what was liked, their skills and their background."""

import math
import tomllib
from pathlib import Path

from helpers import check, course, profile, selfcheck

_SERIES = tomllib.loads(Path(__file__).with_name("series.toml").read_text("utf-8"))
WAYS, MORE = _SERIES["way"], _SERIES["more"]
_LIKES = 3  # of a rating from 0 to 4: "rather yes"
_FOLLOWS = {"analyst": "science", "other": "student"}  # backgrounds that take the way of another
_FIRST = "Its Python can be read without knowing any."
_ELSEWHERE = "Software engineering"  # which notebook 06 does not practise
_DOUBT = 1  # steps by which somebody who rates themself may be off


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
    later = _first_said(*_liked(told).items(), *_way(told).items(), *rest.items())
    later = {number: why for number, why in later.items() if number in there and number not in begun}
    reach, ahead = _reach(told), list(later)[:3]
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


def _first_said(*pairs):
    """dict: of each key the value that was said first, in the order in which they were said."""
    said = {}
    for key, value in pairs:
        said.setdefault(key, value)
    return said


def _liked(told):
    most_days = [told.liked.get(role, {}).get("most_days", profile.NOT_DONE) for role in MORE]
    if all(0 <= step < _LIKES - 1 for step in most_days):
        return dict.fromkeys(WAYS["neighbours"]["order"], WAYS["neighbours"]["because"])
    rated = {role: [step for step in told.liked.get(role, {}).values() if step >= 0] for role in MORE}
    means = {role: sum(steps) / len(steps) for role, steps in rated.items() if steps}
    best = sorted((role for role in means if means[role] >= _LIKES), key=means.get, reverse=True)
    said = "You liked the work of notebook {}, and this is more of it."
    return _first_said(*((number, said.format(role)) for role in best for number in MORE[role]))


def _way(told):
    one = told.answers.background
    if one is None:
        doubts = {"curious", "advise"} & set(told.answers.hopes)
        if not told.answers.hopes:
            return {}
        one = "teaching" if doubts else "student"
    way = WAYS[_FOLLOWS.get(one, one)]
    return dict.fromkeys(way["order"], way["because"])


def _reach(told):
    """What the self-check found, else what the learner said of themself; a skill without either may have any level."""
    skills = {
        skill: profile.Level(level=step, low=max(0, step - _DOUBT), high=min(4, step + _DOUBT))
        for skill, step in told.answers.skills.items()
    }
    unknown = dict.fromkeys(selfcheck.SKILLS, profile.Level(level=2, low=0, high=4))
    return selfcheck.reach({**unknown, **skills, **told.levels})


def in_words(told):
    """str: Markdown of the notebooks that fit next, with their minutes, and the weeks that they take at the learner's hours."""
    found = fitting(told, done(told))
    if not found:
        return "**What fits you next:** nothing, as you have finished every notebook there is."
    lines = [
        f"- [{one.number} {one.title}]({one.path.name}), about {one.minutes[0]} minutes. {why}"
        for one, why in found
    ]
    if hours := told.answers.hours:
        weeks = [math.ceil(sum(one.minutes[place] for one, _ in found) / 60 / hours) for place in (0, 2)]
        said = f"{weeks[0]} week{'s' * (weeks[0] > 1)}"
        said += f", or {weeks[1]} on their short paths" if weeks[1] < weeks[0] else ""
        lines.append(f"\nAt your {hours} hour{'s' * (hours > 1)} a week that is about {said}.")
    return "\n".join(["**What fits you next:**\n", *lines])
