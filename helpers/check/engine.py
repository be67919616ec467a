"""What all exercise checkers share: reading an answer, and a verdict. Nothing here raises, whatever it is handed."""

import dataclasses
import functools
import math
import numbers
import typing

from helpers import profile

UNREADABLE = "That answer could not be read."


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What a checker says.

    Attributes
    ----------
    state : {"open", "wrong", "right"}
    message : str
        Markdown; says what to do next, or why the answer is right.
    """

    state: str
    message: str

    _MARKS: typing.ClassVar = {"open": "◯ Not answered yet.", "wrong": "✗ Not yet.", "right": "✓ Right."}

    def __repr__(self):
        return f"{self._MARKS[self.state]} {self.message}"

    def _repr_markdown_(self):
        return f"**{self._MARKS[self.state]}** {self.message}"


def wrong(hint):
    """Verdict: not right, with a hint that names the likely mistake."""
    return Verdict("wrong", hint)


def right(reason):
    """Verdict: right, with the reason."""
    return Verdict("right", reason)


def exercise(todo):
    """Make a checker out of a function that takes an answer and returns a verdict.

    The checker never raises: an answer that was not given (``...`` or ``None``) is met with `todo`, and one that
    cannot be read with a sentence. A right answer is noted in the learner's profile.

    Parameters
    ----------
    todo : str
        One sentence: what to put in the place of the three dots.
    """

    def decorate(judge):
        notebook = judge.__module__.rpartition(".nb")[2]

        @functools.wraps(judge)
        def checker(answer=...):
            if answer is ... or answer is None:
                return Verdict("open", todo)
            try:
                verdict = judge(answer)
            except Exception:  # an answer can be any object, also one whose methods fail
                return wrong(f"{UNREADABLE} {todo}")
            if verdict.state == "right":
                profile.mark_solved(notebook, judge.__name__)
            return verdict

        checker.is_exercise = True
        return checker

    return decorate


def as_number(answer):
    """Read a number: a Python, NumPy or pandas scalar, a table of one cell, or text such as ``"-8.9 %"``.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there is no finite number in it. (Checkers built with :func:`exercise` may let it rise.)
    """
    if isinstance(answer, bool):
        raise ValueError("True and False are not numbers here")
    if isinstance(answer, str):
        answer = answer.strip().rstrip("%").replace(",", "").replace("\N{MINUS SIGN}", "-")[:40]
    elif not isinstance(answer, numbers.Real) and hasattr(answer, "item"):
        answer = answer.item()
    value = float(answer)
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return value


def judge_number(answer, target, tolerance, reason, mistakes):
    """Judge a number against the right one and against what likely mistakes give.

    Parameters
    ----------
    answer : object
        See :func:`as_number`.
    target, tolerance : float
        Right within plus or minus `tolerance`, so that rounding does not matter.
    reason : str
        Why it is right.
    mistakes : dict of float to str
        What a likely mistake gives, and the hint for it; the nearest is used if it is within `tolerance`, else the
        hint with the key ``None``.

    Returns
    -------
    Verdict
    """
    value = as_number(answer)
    if abs(value - target) <= tolerance:
        return right(reason)
    likely = min(
        (number for number in mistakes if number is not None), key=lambda number: abs(value - number)
    )
    return wrong(mistakes[likely if abs(value - likely) <= tolerance else None])
