"""Find the skills that an advert names: many patterns in one pass, then what stands beside each of them.

What is looked for stands in ``skills.toml``. A text becomes small letters with a space for each sign between words, of
the same length, so one automaton (Aho and Corasick, 1975) finds whole words at the speed of reading. Whether "Go" is the
language is then decided by the words around it.
"""

import html
import re
import tomllib
from bisect import bisect
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

BESIDE = 40
"""Characters on each side that decide what a word means."""

_SAID = tomllib.loads(Path(__file__).with_name("skills.toml").read_text("utf-8"))
_ANY = {"not_before": "(?!)", "not_after": "(?!)", "near": ""}  # "(?!)" is never there
_CONTEXT = {
    word: (rule.get("exact"), *(re.compile(rule.get(key, _ANY[key])) for key in _ANY))
    for word, rule in _SAID.pop("context").items()
}
_QUESTIONS = _SAID.pop("questions")
_NEAR = 16  # characters before a word in which `not_before` looks; a search takes longer the more there are
# "No PhD needed" names a skill that is not asked for; "not only Python" and "not afraid of SQL" do. "t" ends "don't".
_NO = ("no", "not", "nor", "t", "never", "neither", "without", "rather", "instead", "unnecessary")
_TURNS = "but|only|just|instead|afraid|shy|matter|doubt|stranger|limited"
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


def _means_it(before, word, after):
    exact, not_before, not_after, near = _CONTEXT[word.lower()]
    if word != (exact or word) or not_before.search(before[-_NEAR:]) or not_after.match(after):
        return False
    return near.search(before) or near.search(after)


def in_context(before, word, after):
    """bool: does a word mean the skill, and is it asked for? `before` and `after` are what stands beside it."""
    if word.lower() in _CONTEXT and not _means_it(before, word, after):
        return False
    return not (_NOT_BEFORE.search(before.lower()) or _NOT_AFTER.match(after.lower()))


def find(text, keep=in_context):
    """list of Found: skills in a text of any length and kind, in order, none inside another.

    `keep` takes what stands before a word, the word, and what stands after it, and says if it counts.
    """
    if not isinstance(text, str):
        return []
    hits, no = [], []
    for end, (size, name, doubt) in _automaton().iter(_plain(f" {text} ")):
        if name:
            hits.append((end - 1 - size, -size, name, doubt))
        else:
            no.append(end)
    no.append(float("inf"))
    found, last = [], 0
    # The longest of what begins first: "Spark SQL" is neither Spark nor SQL alone.
    for start, size, name, doubt in sorted(hits):
        end, rule = start - size, keep
        if start < last:
            continue
        # Most words mean one thing, and far from any "no" our rule has nothing to say of them.
        if keep is in_context and no[bisect(no, start - BESIDE)] > end + BESIDE + 1:
            rule = doubt and _means_it
        if not rule or rule(text[max(0, start - BESIDE) : start], text[start:end], text[end : end + BESIDE]):
            found.append(Found(name, start, end))
            last = end
    return found


def named(text):
    """tuple of str: the skills that a text names, each once, sorted."""
    return tuple(sorted({one.skill for one in find(text)}))


def questions(names):
    """list of str: the questions of notebook 00, by their keys, to which some skills belong."""
    return [key for key, ours in _QUESTIONS.items() if set(ours) & set(names)]


def highlight(text, found):
    """str: a text as HTML, every sign of it escaped, with the skills in colour."""
    parts, last = [], 0
    for skill, start, end in found:
        mark = f'<mark title="{html.escape(skill)}" style="background:#ffe9a8;color:#1a1a1a">'
        parts += [html.escape(text[last:start]), mark, html.escape(text[start:end]), "</mark>"]
        last = end
    style = "line-height:1.5;white-space:pre-wrap;overflow-wrap:anywhere;max-height:22em;overflow-y:auto"
    return f'<div dir="auto" tabindex="0" style="{style}">{"".join(parts)}{html.escape(text[last:])}</div>'


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
_ASCII = "".join(_PLAIN[code] for code in range(128)).encode()


def _plain(text):
    # Bytes are translated some fifty times as fast as characters are.
    if text.isascii():
        return text.encode().translate(_ASCII + bytes(128)).decode()
    return text.translate(_PLAIN)


@lru_cache
def _automaton():
    from ahocorasick import Automaton  # not needed by those who only read the names

    automaton = Automaton()
    for kind in _SAID.values():
        for name, ways in kind.items():
            for way in ways:
                automaton.add_word(f" {way} ", (len(way), name, way in _CONTEXT))
    for word in _NO:
        automaton.add_word(f" {word} ", (len(word), None, False))
    automaton.make_automaton()
    return automaton
