"""Read what a learner says, in any reasonable form: numbers, months, texts, files; and keep what they expect."""

import contextlib
import functools
import math
import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
from IPython.display import display

from helpers import profile

PROMPT = "✎"
# What each guessed figure means. In the notebook it would give the answer away.
_MEANINGS = tomllib.loads(Path(__file__).with_name("guesses.toml").read_text("utf-8"))
_HEADS = {
    "open": "◯ Not answered yet.",
    "wrong": "✗ Not yet.",
    "right": "✓ Right.",
    "some": "◐ Read.",  # of a text, which no machine can call right: some points found, or all
    "all": "✓ Read.",
}


class Verdict:
    """What a checker says: a state of `_HEADS` (or another head), and what to do next, or why it is right, in Markdown."""

    def __init__(self, state, message=""):
        self.state, self.message = state, message

    def _repr_markdown_(self):
        return f"**{_HEADS.get(self.state, self.state)}** {self.message}".rstrip()

    def __repr__(self):
        return self._repr_markdown_().replace("**", "", 2)


# Right, with the reason; or wrong, with a hint that names the likely mistake.
right, wrong = (functools.partial(Verdict, state) for state in ("right", "wrong"))


def as_number(answer):
    """float: a scalar of any library, one in a table, column or list, or text such as ``"-8.9 %"`` or ``"24 hours"``.

    Raises ValueError or TypeError if there is no finite number in it. (Checkers may let it rise.)
    """
    answer = pd.Series(np.ravel(answer)).item()
    if isinstance(answer, bool):
        raise ValueError("True and False are not numbers here")
    if isinstance(answer, str):
        answer = answer[:100].replace("\N{MINUS SIGN}", "-").strip(" \n$%")
        unit = r" (US )?(?!hund|thous|mill|bill)[a-zA-Z]{3,}$"  # any but a larger number
        answer = re.sub(rf",(?=\d{{3}}\b)|{unit}", "", answer).replace(",", ".")  # 8,9 is 8.9
    value = float(answer)
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return value


def written(text, points, figures=None):
    """Look in a text (Markdown) for what its reader needs. This never says "right": only a reader can.

    Headings, pictures and prompts (paragraphs that begin with the pencil) do not count as text. `points` maps what a reader
    needs ("says in which period") to a regular expression that finds it, case ignored. `figures` maps a word to the number
    that must stand in the text, as exact as it is written there, a small one with the word or a percent sign.
    """
    parts = (" ".join(part.split()) for part in re.split(r"(?m)\n\s*\n|^#.*$", str(text)[:50_000]))
    body = "\n\n".join(part for part in parts if not part.startswith((PROMPT, "!")))
    if not body.strip():
        return Verdict("open", "Write your own words in the place of each line that begins with the pencil.")
    found = {point: bool(re.search(pattern, body, re.IGNORECASE)) for point, pattern in points.items()}
    for word, value in (figures or {}).items():
        named = word.casefold() in body.casefold()
        found[f"gives the {word} as computed"] = any(
            abs(float(number.replace(",", "")) - value) <= 0.51 * 10 ** -len(number.partition(".")[2])
            for number, percent in re.findall(r"(\d[\d,]*(?:\.\d+)?)(\s?%|\spercent)?", body)
            if named or percent or value > 9_999  # no accident
        )
    lines = [f"- {'✓' if there else '○ not found:'} {point}" for point, there in found.items()]
    head = f"{sum(found.values())} of {len(found)} points found. Whether it convinces, only a reader can say."
    return Verdict("all" if all(found.values()) else "some", "\n".join([head, "", *lines]))


def kept(file, rules, reason):
    """Judge a file by rules, the first that is broken first: text, or what was read of YAML (dicts and lists).

    A rule has a ``hint`` and regular expressions: ``like`` must be found and ``unlike`` must not, in the whole file or, with
    ``at``, at one of some places, such as ``"spec.containers.0.image"``. What stands there is put in for ``{}`` in the hint.
    """
    for rule in rules:
        found = "\n".join(filter(None, (_at(file, place) for place in rule.get("at", [""]))))
        like, unlike = rule.get("like", ""), rule.get("unlike", r"\Z.")
        if not re.search(like, found, re.MULTILINE) or re.search(unlike, found, re.MULTILINE):
            return wrong(rule["hint"].replace("{}", found))
    return right(reason)


def _at(file, place):
    with contextlib.suppress(LookupError, TypeError, ValueError):
        return ("{0" + "".join(f"[{key}]" for key in place.split(".") if key) + "}").format(file)
    return ""


class guess:
    """Keep a guess. The first one counts: after the figure was shown it is not replaced.

    `said` is a number or text, three dots while nothing was said; the last argument says what to put in their place (a number
    with a comma makes one more, and counts as nothing said). The attribute `said` is what counts, None while there is nothing.
    """

    def __init__(self, notebook, name, said, *what):
        self.key, self.meaning = f"{notebook}.{name}", _MEANINGS.get(notebook, {}).get(name, "")
        self.said, nothing = None, len(what) > 1 or said is ... or said is None or not str(said).strip()
        before = profile.read().guesses.get(self.key)
        if before and (nothing or before.was is not None):
            self.said = before.said
            display(Verdict("✓ Your first guess counts:", f"{_spelled(self.said, '`')}."))
        elif nothing:
            todo = f"Replace the three dots with {what[-1]}, then run the next cell."
            display(Verdict("◯ No guess yet.", todo))
        else:
            self.said = " ".join(str(getattr(said, "__name__", said)).split())[:60]  # also a bare `all`
            with contextlib.suppress(Exception):  # a word, or anything else
                self.said = as_number(said)
            profile.update(lambda told: told.guesses.update({self.key: profile.OneGuess(said=self.said)}))
            display(Verdict("✓ Kept:", f"{_spelled(self.said, '`')}. Now run the next cell."))

    def compare(self, actual, at_least=False, **figures):
        """Show the figure, rounded as it is to be read, how far off the guess was, and how many were hits before.

        A guess of `at_least` so much is met by more. `figures` are what the meaning of the figure names in braces.
        """
        lines = []
        if self.said is not None:
            numbers = not isinstance(self.said, str) and not isinstance(actual, str)
            off = f", {_spelled(abs(self.said - actual))} off" if numbers else ""
            met = at_least and numbers and actual >= self.said
            verdict = "that is enough" if met else "a hit" if _hit(self.said, actual) else "no hit"
            lines.append(f"You said {_spelled(self.said, '`')}{'' if met else off}: {verdict}.")
            was = self.said if met else actual if isinstance(actual, str) else float(actual)
            now = profile.OneGuess(said=self.said, was=was)  # whole: other answers may be uploaded by now
            profile.update(lambda told: told.guesses.update({self.key: now}))
            past = [one for one in profile.read().guesses.values() if one.was is not None]
            hits = sum(_hit(one.said, one.was) for one in past)
            lines.append(f"So far {hits} of {len(past)} guesses came within a tenth of the figure.")
        lines.append(self.meaning.format(**figures))
        display(Verdict(f"It is {_spelled(actual)}.", " ".join(lines)))


def _spelled(value, mark=""):
    """A number, or words; between marks of code, so that what a learner typed is not shown as markup."""
    return f"{mark}{value.replace('`', '')}{mark}" if isinstance(value, str) else f"{value:,.10g}"


def _hit(said, was):
    if isinstance(said, str) or isinstance(was, str):
        return str(said).casefold() == str(was).casefold()
    return abs(said - was) <= 0.1 * abs(was)
