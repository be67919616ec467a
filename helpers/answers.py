"""What the series asks a learner, and what may be answered.

Nothing here touches a disk or a screen: :mod:`helpers.profile` keeps the answers, :mod:`helpers.profile_form`
asks for them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NamedTuple


class Skill(NamedTuple):
    """One area of skill: what it is called on screen, and what it means in one line."""

    label: str
    meaning: str


BACKGROUNDS = {
    "student": "Student",
    "software": "Software or DevOps engineer",
    "analyst": "Data analyst",
    "science": "Scientist or researcher",
    "teaching": "Teacher or career adviser",
    "other": "Another job, or between jobs",
}
HOPES = {
    "first_job": "Find a first job in the field",
    "change": "Move over from another kind of work",
    "grow": "Get further in the work I do",
    "decide": "Find out whether this is for me",
    "advise": "Advise or teach others",
    "curious": "Check what is said about these careers",
}
HOURS = range(1, 41)  # a week
SKILLS = {
    "python": Skill("Python", "read and write programs, use libraries, find your own mistakes"),
    "sql": Skill("SQL", "get the rows you need out of a database, join and group them"),
    "statistics": Skill("Statistics and probability", "averages, spread, chance, and what a sample can show"),
    "machine_learning": Skill(
        "Machine learning", "train a model on a table and judge it on rows it never saw"
    ),
    "deep_learning": Skill("Deep learning", "train or adapt neural networks for text, images or sound"),
    "visualisation": Skill("Data visualisation", "draw a chart that shows what is there and misleads nobody"),
    "engineering": Skill("Software engineering", "git, tests, reviews: code that others can change safely"),
    "deployment": Skill("Linux, containers, deployment", "put a program on a server and keep it running"),
    "cloud": Skill("Cloud services", "rent storage and computers, and know what they cost"),
    "communication": Skill("Explaining work to others", "write and talk so that other people can decide"),
}
STEPS = (
    "0 new to me",
    "1 followed a tutorial",
    "2 did it alone on something small",
    "3 used it in paid work or a long project",
    "4 could teach it",
)
MAX_COUNTRY = 60  # characters
_MAX_EXERCISES = 20  # a notebook has three to six
_NOTEBOOK = re.compile(r"[0-2][0-9]")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def _empty() -> Mapping:
    return MappingProxyType({})


@dataclass(frozen=True)
class Profile:
    """What a learner told us. Nothing is required: what was not said is None or empty.

    Attributes
    ----------
    background : str or None
        A key of `BACKGROUNDS`.
    hopes : tuple of str
        Keys of `HOPES`.
    hours : int or None
        Hours a week for learning, 1 to 40.
    country : str
        As the learner wrote it; may be empty.
    skills : mapping of str to int
        Key of `SKILLS` to step, 0 to 4 (see `STEPS`). Skills that were not rated are absent.
    solved : mapping of str to tuple of str
        Number of a notebook ("01") to the exercises solved in it.
    liked : mapping of str to mapping of str to int
        Number of a role notebook to a rating, 0 to 4, of each side of that work.
    notes : tuple of str
        Sentences that the learner should read about the last reading or saving. Not part of the profile.
    """

    background: str | None = None
    hopes: tuple[str, ...] = ()
    hours: int | None = None
    country: str = ""
    skills: Mapping[str, int] = field(default_factory=_empty)
    solved: Mapping[str, tuple[str, ...]] = field(default_factory=_empty)
    liked: Mapping[str, Mapping[str, int]] = field(default_factory=_empty)
    notes: tuple[str, ...] = field(default=(), compare=False)


def _is_step(value) -> bool:
    return type(value) is int and 0 <= value < len(STEPS)


def _background(_old, value):
    if value is None or (isinstance(value, str) and value in BACKGROUNDS):
        return value
    raise ValueError(f"background is one of {', '.join(BACKGROUNDS)}, or None.")


def _hopes(_old, value):
    if isinstance(value, list | tuple) and all(isinstance(hope, str) and hope in HOPES for hope in value):
        return tuple(hope for hope in HOPES if hope in value)
    raise ValueError(f"hopes is a list of any of {', '.join(HOPES)}.")


def _hours(_old, value):
    if value is None or (type(value) is int and value in HOURS):
        return value
    raise ValueError(f"hours is a whole number from {HOURS[0]} to {HOURS[-1]} (hours a week), or None.")


def _country(_old, value):
    if not isinstance(value, str):
        raise ValueError('country is text, or "" for prefer not to say.')
    text = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    if len(text) > MAX_COUNTRY:
        raise ValueError(f"country is at most {MAX_COUNTRY} characters long: write its name only.")
    return text


def _skills(old, value):
    if not isinstance(value, Mapping):
        raise ValueError('skills maps a skill to a step from 0 to 4, such as {"python": 2}.')
    for name, step in value.items():
        if name not in SKILLS:
            raise ValueError(f"skills are {', '.join(SKILLS)}.")
        if step is not None and not _is_step(step):
            raise ValueError("a skill's step is a whole number from 0 to 4, or None for prefer not to say.")
    merged = {**old, **value}
    return MappingProxyType({name: merged[name] for name in SKILLS if merged.get(name) is not None})


def _solved(old, value):
    if not isinstance(value, Mapping) or not all(isinstance(names, list | tuple) for names in value.values()):
        raise ValueError('solved maps a notebook to its exercises, such as {"01": ["share_change"]}.')
    merged = dict(old)
    for notebook, names in value.items():
        union = tuple(dict.fromkeys([*merged.get(notebook, ()), *(_checked_name(name) for name in names)]))
        if len(union) > _MAX_EXERCISES:
            raise ValueError(f"a notebook has at most {_MAX_EXERCISES} exercises.")
        merged[_checked_notebook(notebook)] = union
    return MappingProxyType(dict(sorted(merged.items())))


def _liked(old, value):
    if not isinstance(value, Mapping) or not all(isinstance(ratings, Mapping) for ratings in value.values()):
        raise ValueError('liked maps a notebook to ratings from 0 to 4, such as {"02": {"framing": 3}}.')
    merged = dict(old)
    for notebook, ratings in value.items():
        union = dict(merged.get(notebook, {}))
        for name, rating in ratings.items():
            if rating is None:
                union.pop(name, None)
            elif _is_step(rating):
                union[_checked_name(name)] = rating
            else:
                raise ValueError("a rating is a whole number from 0 to 4, or None to take it back.")
        if len(union) > _MAX_EXERCISES:
            raise ValueError(f"a notebook has at most {_MAX_EXERCISES} ratings.")
        merged[_checked_notebook(notebook)] = MappingProxyType(union)
    return MappingProxyType(dict(sorted(merged.items())))


def _checked_notebook(value) -> str:
    if isinstance(value, str) and _NOTEBOOK.fullmatch(value):
        return value
    raise ValueError('a notebook is named by its two digits, such as "01".')


def _checked_name(value) -> str:
    if isinstance(value, str) and _NAME.fullmatch(value):
        return value
    raise ValueError("an exercise or a rating is named by lower-case letters, digits and underscores.")


_CHECKS = {
    "background": _background,
    "hopes": _hopes,
    "hours": _hours,
    "country": _country,
    "skills": _skills,
    "solved": _solved,
    "liked": _liked,
}


def changed(profile: Profile, **changes) -> Profile:
    """Return `profile` with some answers changed.

    `skills`, `solved` and `liked` are merged entry by entry (a skill or a rating set to None is forgotten); everything
    else takes the place of what was there.

    Raises
    ------
    ValueError
        With one sentence, when a name or a value is not one that the series asks for.
    """
    unknown = [name for name in changes if name not in _CHECKS]
    if unknown:
        raise ValueError(f"A profile has no {unknown[0]}; it has {', '.join(_CHECKS)}.")
    return replace(
        profile, **{name: _CHECKS[name](getattr(profile, name), value) for name, value in changes.items()}
    )
