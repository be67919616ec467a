"""Read answers: numbers and months in any reasonable form, and texts for what their reader needs."""

import math
import re

import numpy as np
import pandas as pd

from helpers.check.verdict import Verdict, right, wrong

PROMPT = "✎"


def _single(answer):
    """What stands in a table, column or list of one; else the answer itself."""
    if isinstance(answer, pd.DataFrame | pd.Series | pd.Index | np.ndarray):
        return pd.Series(np.ravel(answer)).item()
    return answer[0] if isinstance(answer, list | tuple) and len(answer) == 1 else answer


def as_number(answer):
    """float: a scalar of any library, one in a table, column or list, or text such as ``"-8.9 %"`` or ``"10 USD"``.

    Raises ValueError or TypeError if there is no finite number in it. (Checkers may let it rise.)
    """
    answer = _single(answer)
    if isinstance(answer, bool | np.bool_):
        raise ValueError("True and False are not numbers here")
    if isinstance(answer, str):
        answer = answer[:100].replace("\N{MINUS SIGN}", "-").strip(" \n$%")
        answer = re.sub(r",(?=\d{3}\b)| (USD|(US )?dollars)$", "", answer).replace(",", ".")  # 8,9 is 8.9
    value = float(answer)
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return value


def as_month(answer):
    """str: a month such as ``"2024-08"``, from it or any of its days: text, date, Timestamp, Period, datetime64."""
    answer = _single(answer)
    answer = answer.start_time if isinstance(answer, pd.Period) else answer
    return f"{pd.Timestamp(str(answer).strip()[:30]):%Y-%m}"


def judge_number(answer, target, tolerance, reason, mistakes, percent=False):
    """Judge a number against the right one and against what likely mistakes give.

    It is right within plus or minus `tolerance`, so that rounding does not matter. `mistakes` maps what a likely mistake gives
    to its hint; the nearest is used if it is within the tolerance, else the hint with the key None. With `percent` the same
    as a share (0.36 for 36%) is right, too.
    """
    value, answer = as_number(answer), _single(answer)
    if abs(value - target) <= tolerance:
        return right(reason)
    share = percent and not (isinstance(answer, str) and "%" in answer)
    if share and abs(100 * value - target) <= tolerance:
        return right(f"{reason} (You gave the share {value:.3g}; as a percentage it is {100 * value:.3g}.)")
    near = [number for number in mistakes if number is not None and abs(value - number) <= tolerance]
    return wrong(mistakes[min(near, key=lambda number: abs(value - number), default=None)])


def written(text, points, figures=None):
    """Look in a text for what its reader needs. This never says "right": only a reader can.

    Parameters
    ----------
    text : str
        Markdown. Headings, pictures and prompts (paragraphs that begin with the pencil) do not count as text.
    points : dict of str to str
        What a reader needs ("says in which period") to a regular expression that finds it, case ignored.
    figures : dict of str to float, optional
        A word, and the number that must stand in the text with it, or with a percent sign, as exact as it is written there.
    """
    parts = (" ".join(part.split()) for part in re.split(r"(?m)\n\s*\n|^#.*$", str(text)[:50_000]))
    body = "\n\n".join(part for part in parts if not part.startswith((PROMPT, "!")))
    if not body.strip():
        return Verdict("open", "Write your own words in the place of each line that begins with the pencil.")
    found = {point: bool(re.search(pattern, body, re.IGNORECASE)) for point, pattern in points.items()}
    for word, value in (figures or {}).items():
        named = word.casefold() in body.casefold()
        numbers = re.findall(r"(\d[\d,]*(?:\.\d+)?)(\s?%|\spercent)?", body)
        exact = [
            abs(float(number.replace(",", "")) - value) <= 0.51 * 10 ** -len(number.partition(".")[2])
            for number, percent in numbers
            if named or percent
        ]
        found[f"gives the {word} as computed"] = any(exact)
    lines = [f"- {'✓' if there else '○ not found:'} {point}" for point, there in found.items()]
    head = f"{sum(found.values())} of {len(found)} points found. Whether it convinces, only a reader can say."
    return Verdict("all" if all(found.values()) else "some", "\n".join([head, "", *lines]))


def kept(file, rules, reason):
    """Judge a file by rules, the first that is broken first: text, or what was read of YAML (dicts and lists).

    Parameters
    ----------
    rules : iterable of dict
        ``hint``, and regular expressions: ``like`` must be found and ``unlike`` must not, in the whole file or, with ``at``,
        at one of some places, such as ``"spec.containers.0.image"``.
    """
    for rule in rules:
        found = [str(_at(file, place)) for place in rule["at"]] if "at" in rule else [str(file)]
        pairs = ("like", ""), ("unlike", r"\Z.")
        like, unlike = (re.compile(rule.get(*pair), re.MULTILINE) for pair in pairs)
        if not any(map(like.search, found)) or any(map(unlike.search, found)):
            return wrong(rule["hint"])
    return right(reason)


def _at(file, place):
    for key in place.split("."):
        try:
            file = file[int(key) if isinstance(file, list) else key]
        except (LookupError, TypeError, ValueError):
            return ""
    return file
