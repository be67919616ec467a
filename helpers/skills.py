"""Find the skills that an advert names: many patterns in one pass, then what stands beside each of them.

What is looked for stands in ``skills.toml``. A text becomes small letters with a space for each sign between words, a byte
for each character, so one automaton (Aho and Corasick, 1975) finds whole words at the speed of reading. Whether "Go" is
the language is then decided by the words around it.
"""

import html
import re
import tomllib
from functools import lru_cache, partial
from itertools import chain, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

_BETWEEN = "\n\n"  # no skill has two signs in a row
_AT_ONCE = 2**16  # characters: what comes of them fits the memory beside a processor

BESIDE = 40
"""Characters on each side that decide what a word means."""

_SAID = tomllib.loads(Path(__file__).with_name("skills.toml").read_text("utf-8"))
_NEAR = 16  # characters before a word in which `not_before` looks; a search takes longer the more there are
# "No PhD needed" names a skill that is not asked for; "not only Python" and "not afraid of SQL" do. "t" ends "don't".
_NO = ("no", "not", "nor", "t", "never", "neither", "without", "rather", "instead", "unnecessary")
_TURNS = "but|only|just|instead|afraid|shy|matter|doubt|stranger|limited"
_NOT_BEFORE = re.compile(
    r"(?:\b(?:no|not|without|never|neither|nor|rather than|instead of)|n\Wt)\b"
    rf"(?:(?!\b(?:{_TURNS})\b)[^.;:!?\n]){{0,30}}$",
    re.IGNORECASE,  # the small letters of a Turkish İ are two signs, which would cut a word in two
)
_NOT_AFTER = re.compile(
    r"[^.;:!?,\n]{0,25}\b(?:no longer|unnecessary|(?:not|never|n\Wt)\s(?:be\s)?(?:strictly\s)?"
    r"(?:needed|required|necessary|essential|expected|used|mandatory|a must))\b",
    re.IGNORECASE,
)


class Found(NamedTuple):
    """A skill, and the first and one past the last character of where it is named."""

    skill: str
    start: int
    end: int


def _means_it(exact, not_before, not_after, near, before, word, after):
    if exact and word != exact:
        return False
    if (not_before and not_before.search(before[-_NEAR:])) or (not_after and not_after.match(after)):
        return False
    return not near or near.search(before) or near.search(after)


_LOOKS = ("not_before", "not_after", "near")
_CONTEXT = {
    word: partial(_means_it, rule.get("exact"), *(key in rule and re.compile(rule[key]) for key in _LOOKS))
    for word, rule in _SAID.pop("context").items()
}
_QUESTIONS = _SAID.pop("questions")
NAMES = tuple(name for kind in _SAID.values() for name in kind)
"""The skills by the names that are given back, languages first."""


def in_context(before, word, after):
    """bool: does a word mean the skill, and is it asked for? `before` and `after` are what stands beside it."""
    means_it = _CONTEXT.get(word.lower())
    if means_it and not means_it(before, word, after):
        return False
    return not (_NOT_BEFORE.search(before) or _NOT_AFTER.match(after))


def mentions(texts, keep=in_context):
    """pandas.DataFrame: a row for each `skill` that a text names, in order, none inside another, from `start` to `end`.

    The index is that of `texts`, a Series or a list, of any length; what is no text names nothing. `keep` takes what stands
    before a word, the word, and what stands after it, and says if it counts; with None, each whole word does.
    """
    index = texts.index if isinstance(texts, pd.Series) else pd.RangeIndex(len(texts))
    texts = [text if isinstance(text, str) else "" for text in texts]
    begins = np.cumsum([0, *map(len, texts)]) + len(_BETWEEN) * np.arange(len(texts) + 1)
    cuts = [0, *np.flatnonzero(np.diff(begins // _AT_ONCE)).tolist(), len(texts)]
    parts = [_mentions(texts[first:last], begins[first : last + 1], keep) for first, last in pairwise(cuts)]
    skill, start, end = np.concatenate(parts, axis=1)
    number = np.searchsorted(begins, start, "right") - 1
    start, end = start - begins[number], end - begins[number]
    skill = pd.Categorical.from_codes(skill, NAMES)
    return pd.DataFrame({"skill": skill, "start": start, "end": end}, index=index.take(number))


def _mentions(texts, begins, keep):
    # Three rows of numbers: the skill, where it starts and where it ends, with all texts in one line that `begins` cuts.
    automaton, skill, doubts, doubtful = _automaton()
    hits = automaton.find_matches_as_indexes(_plain(_BETWEEN.join(texts)), overlapping=True)
    way, start, end = np.fromiter(chain.from_iterable(hits), np.int64, 3 * len(hits)).reshape(-1, 3).T
    start, end = start + begins[0], end + begins[0] - 2  # without the space on each side
    no = end[way < len(_NO)] if keep is in_context else end[:0]
    # The longest of what begins first: "Spark SQL" is neither Spark nor SQL alone.
    order = np.lexsort((-end, start))
    way, start, end = (of[order[way[order] >= len(_NO)]] for of in (way, start, end))
    inside = np.zeros(len(way) + 1, bool)
    inside[1:-1] = start[1:] < np.maximum.accumulate(end)[:-1]
    number = np.searchsorted(begins, start, "right") - 1
    first, past = np.maximum(start - BESIDE, begins[number]), np.minimum(end + BESIDE, begins[number + 1])
    # Most words mean one thing, and far from any "no" of their text our rule has nothing to say of them.
    near_no = np.searchsorted(no, first) < np.searchsorted(no, past, "right")
    unsure = near_no | doubtful[way] if keep is in_context else np.full(len(way), keep is not None)
    asked = np.flatnonzero(unsure | inside[:-1] | inside[1:])
    kept, last = np.full(len(way), True), 0
    columns = asked, *(of[asked] for of in (way, near_no, number, start, end, begins[number]))
    for one, said, near, at, here, past, begin in zip(*map(np.ndarray.tolist, columns), strict=True):
        rule = doubts[said] if keep is in_context and not near else keep
        if here < last:
            kept[one] = False
        elif rule:
            text, first, stop = texts[at], here - begin, past - begin
            before, after = text[max(0, first - BESIDE) : first], text[stop : stop + BESIDE]
            kept[one] = bool(rule(before, text[first:stop], after))  # a rule may return a text, or nothing
        last = past if kept[one] else last
    return skill[way][kept], start[kept], end[kept]


def find(text, keep=in_context):
    """list of Found: skills in one text, as `mentions` finds them in many."""
    text = text if isinstance(text, str) else ""
    found = _mentions([text], np.array([0, len(text) + len(_BETWEEN)]), keep)
    return [Found(NAMES[skill], *place) for skill, *place in zip(*(of.tolist() for of in found), strict=True)]


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


def _seen(code):
    # Of a character what the automaton sees: a small letter, a digit or a space; "_" is any letter that no skill has.
    sign = chr(code)
    if not (sign.isalnum() or sign in "+#_"):
        return " "
    return sign.lower() if sign.lower().isascii() else "_"


# Chinese or Japanese words, which follow, stand beside Latin ones without a space.
_SEEN = np.frombuffer("".join(map(_seen, range(0x2E80))).encode() + b" ", np.uint8)
_ASCII = _SEEN[:256].tobytes()


def _plain(text):
    # A byte for each character, and a space on both sides.
    if text.isascii():
        return b" %b " % text.encode().translate(_ASCII)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    return b" %b " % _SEEN.take(codes, mode="clip").tobytes()


@lru_cache
def _automaton():
    from ahocorasick_rs import BytesAhoCorasick, Implementation  # not needed by those who only read the names

    said = [_NO, *(all_ for kind in _SAID.values() for all_ in kind.values())]
    ways = {way: number for number, all_ in enumerate(said, -1) for way in all_}
    patterns = [f" {way} ".encode() for way in ways]
    doubts = [_CONTEXT.get(way) for way in ways]
    return (
        BytesAhoCorasick(patterns, implementation=Implementation.DFA),
        np.array(list(ways.values())),
        doubts,
        np.array(doubts, bool),
    )
