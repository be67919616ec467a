"""Find the skills that an advert names: many patterns in one pass, then what stands beside each of them.

What is looked for stands in ``skills.toml``. A text becomes small letters with a space for each sign between words, of
the same length, so one automaton (Aho and Corasick, 1975) finds whole words at the speed of reading. Whether "Go" is the
language is then decided by the words around it.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

BESIDE = 40
"""Characters on each side that decide what a word means."""

_SAID = tomllib.loads(Path(__file__).with_name("skills.toml").read_text("utf-8"))
_CONTEXT = {
    word: (rule.get("exact"), *(re.compile(rule[key]) if key in rule else None for key in ("not_before", "not_after", "near")))
    for word, rule in _SAID.pop("context").items()
}  # fmt: skip
_NEAR = 16  # characters before a word in which `not_before` looks; a search takes longer the more there are
# "No PhD needed" names a skill that is not asked for; "not only Python" and "not afraid of SQL" do.
_NOT = re.compile(r"no|n\Wt|never|neither|without|rather|instead")  # quick to find, and mostly not there
_TURNS = "|".join(
    ["but", "only", "just", "instead", "afraid", "shy", "matter", "doubt", "stranger", "limited"]
)
_NOT_BEFORE = re.compile(
    r"(?:\b(?:no|not|without|never|neither|nor|rather than|instead of)|n\Wt)\b"
    rf"(?:(?!\b(?:{_TURNS})\b)[^.;:!?\n]){{0,30}}$"
)
_NOT_AFTER = re.compile(
    r"[^.;:!?,\n]{0,25}\b(?:no longer|unnecessary|(?:not|never|n\Wt)\s(?:be\s)?(?:strictly\s)?"
    r"(?:needed|required|necessary|essential|expected|used|mandatory|a must))\b"
)

NAMES = tuple(name for kind in _SAID.values() for name in kind)
"""The skills by the names that are given back, languages first."""


class Found(NamedTuple):
    """A skill, and the first and one past the last character of where it is named."""

    skill: str
    start: int
    end: int


def in_context(before, word, after):
    """bool: does a word mean the skill, and is it asked for? `before` and `after` are what stands beside it."""
    if rule := _CONTEXT.get(word.lower()):
        exact, not_before, not_after, near = rule
        if exact and word != exact:
            return False
        if (not_before and not_before.search(before[-_NEAR:])) or (not_after and not_after.match(after)):
            return False
        if near and not (near.search(before) or near.search(after)):
            return False
    before, after = before.lower(), after.lower()
    refused = (_NOT.search(before) and _NOT_BEFORE.search(before)) or (
        _NOT.search(after) and _NOT_AFTER.match(after)
    )
    return not refused


def find(text, keep=in_context):
    """Find skills in a text, in order, none inside another.

    Parameters
    ----------
    text : str
        Of any length and kind; what is no text names no skill.
    keep : callable
        Takes what stands before a word, the word, and what stands after it, and says if it counts.

    Returns
    -------
    list of Found
    """
    if not isinstance(text, str):
        return []
    found, last = [], 0
    # The longest of what begins first: "Spark SQL" is neither Spark nor SQL alone.
    hits = sorted(
        (end - 1 - size, -size, name)
        for end, (size, name) in _automaton().iter(f" {text} ".translate(_PLAIN))
    )
    for start, size, name in hits:
        end = start - size
        if start >= last and keep(
            text[max(0, start - BESIDE) : start], text[start:end], text[end : end + BESIDE]
        ):
            found.append(Found(name, start, end))
            last = end
    return found


def named(text):
    """tuple of str: the skills that a text names, each once, sorted."""
    return tuple(sorted({one.skill for one in find(text)}))


class _Plain(dict):
    """Of each character what the automaton sees: a small letter, a digit, or a space. It is worked out once for each."""

    def __missing__(self, code):
        sign = chr(code)
        small = sign.lower()
        # Chinese or Japanese words stand beside Latin ones without a space.
        word = (sign.isalnum() and code < 0x2E80) or sign in "+#_"
        self[code] = (small if len(small) == 1 else sign) if word else " "
        return self[code]


_PLAIN = _Plain()


@lru_cache
def _automaton():
    from ahocorasick import Automaton  # not needed by those who only read the names

    automaton = Automaton()
    for kind in _SAID.values():
        for name, ways in kind.items():
            for way in ways:
                automaton.add_word(f" {way} ", (len(way), name))
    automaton.make_automaton()
    return automaton
