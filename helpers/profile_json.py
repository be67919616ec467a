"""How a profile is written as JSON, and read from bytes that may hold anything."""

import json
from collections.abc import Mapping
from dataclasses import replace

from helpers.answers import HOPES, Profile, changed

VERSION = 1
MAX_BYTES = 64 * 1024  # the fullest profile that `helpers.answers` lets through takes less

_ANSWERS = ("background", "hopes", "hours", "country", "skills")


class ProfileError(ValueError):
    """A file that is no profile this version can read. Its text is one sentence for the learner."""


def to_json(profile: Profile) -> str:
    """Write a profile as the JSON text that :func:`from_json` reads."""
    document = {
        "version": VERSION,
        "answers": {name: _plain(getattr(profile, name)) for name in _ANSWERS},
        "solved": _plain(profile.solved),
        "liked": _plain(profile.liked),
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _plain(value):
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    return list(value) if isinstance(value, tuple) else value


def from_json(data: bytes) -> Profile:
    """Read a profile from bytes that may hold anything.

    Parameters
    ----------
    data : bytes
        UTF-8 text, at most 64 KB.

    Returns
    -------
    Profile
        What could be read. `notes` names what was left out because no question of the series asks for it.

    Raises
    ------
    ProfileError
        When it is no profile at all, or one of another version.
    """
    if len(data) > MAX_BYTES:
        raise ProfileError(f"The file is larger than {MAX_BYTES // 1024} KB, so it is not a profile.")
    try:
        document = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise ProfileError("The file cannot be read: it is not JSON text.") from None
    version = document.get("version") if isinstance(document, dict) else None
    if type(version) is not int or version < 1:
        raise ProfileError("The file is not a profile of this series.")
    if version > VERSION:
        raise ProfileError("The file was written by a newer version of this series: update to read it.")
    profile, left_out = Profile(), []
    for name, piece in _pieces(document, left_out):
        try:
            profile = changed(profile, **{name: piece})
        except ValueError:
            left_out.append(name)
    if left_out:
        names = ", ".join(dict.fromkeys(left_out))
        names = names if len(names) <= 120 else names[:120] + "…"
        return replace(
            profile, notes=(f"Entries that are no answers to our questions were left out: {names}.",)
        )
    return profile


def _refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def _pieces(document: dict, left_out: list[str]):
    """Cut a document into the smallest parts that can be right or wrong on their own."""
    known = {"version", "answers", "solved", "liked"}
    left_out.extend(str(name) for name in document if name not in known)
    answers = document.get("answers", {})
    if not isinstance(answers, dict):
        left_out.append("answers")
        answers = {}
    left_out.extend(str(name) for name in answers if name not in _ANSWERS)
    for name in ("background", "hours", "country"):
        if name in answers:
            yield name, answers[name]
    hopes = answers.get("hopes", [])
    if isinstance(hopes, list):
        known_hopes = [hope for hope in hopes if isinstance(hope, str) and hope in HOPES]
        if len(known_hopes) < len(hopes):
            left_out.append("hopes")
        hopes = known_hopes
    yield "hopes", hopes
    for name, parts in (
        ("skills", answers.get("skills", {})),
        *((n, document.get(n, {})) for n in ("solved", "liked")),
    ):
        if not isinstance(parts, dict):
            yield name, parts
            continue
        for key, entry in parts.items():
            if name == "solved" and isinstance(entry, list):
                yield from ((name, {key: [exercise]}) for exercise in entry)
            elif name == "liked" and isinstance(entry, dict):
                yield from ((name, {key: {side: rating}}) for side, rating in entry.items())
            else:
                yield name, {key: entry}
