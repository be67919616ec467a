"""Judge what a learner answers, builds, guesses or writes: ``check.nb02.pinball(pinball)``.

The checkers of a notebook stand in its lesson (``helpers/lessons/nb02.py``) and are found by number. Nothing here
raises, hangs or harms the course, whatever it is handed.
"""

import ast
import contextlib
import functools
import importlib
import inspect
import re
import textwrap

from IPython.display import display

from helpers import profile
from helpers.check import running
from helpers.check.judging import judge_function, judge_number, judge_stopped, quoted, shown
from helpers.check.reading import PROMPT, Verdict, as_number, guess, kept, right, written, wrong
from helpers.check.solved import reference, solutions

_DOTS = re.compile(r"(?m)([:=]|\breturn) *\.\.\. *$")  # three dots that stand for a value
_ENDLESS = f"It was still running after {running.SECONDS} seconds. Does a loop have no end?"


def __getattr__(name):
    try:
        return importlib.import_module(f"helpers.lessons.{name}")
    except ModuleNotFoundError as error:
        raise AttributeError(f"There are no checkers in {name}: {error}.") from None


def _named(kind, notebook):
    """tuple of str: names of the checkers of one kind, such as ``"01"``, in a notebook that is written."""
    checkers = vars(__getattr__(f"nb{notebook}"))
    return tuple(name for name, value in checkers.items() if getattr(value, "kind", "") == kind)


exercises, builds = (functools.partial(_named, kind) for kind in ("exercise", "build"))


def exercise(todo, file=""):
    """Make a checker out of a function that takes an answer and returns a verdict.

    `todo` is one sentence: what to put in the place of the three dots. If the answer begins with the text of ``FILE.md``,
    one without prompts is kept as ``FILE.before.md``: a fresh notebook writes over it.
    """

    def decorate(judge):
        @functools.wraps(judge)
        def checker(answer=...):
            if answer is ... or answer is None:
                return Verdict("open", todo)
            try:
                verdict = running.limited(lambda: judge(_bounded(answer)))
            except BaseException as error:  # an answer can be any object, also one whose methods fail
                unread = f"That answer could not be read. {todo}"
                return wrong(_ENDLESS if isinstance(error, TimeoutError) else unread)
            place = judge.__module__[-2:], judge.__name__
            if verdict.state in ("right", "all"):
                profile.mark_solved(*place)
            with contextlib.suppress(OSError, TypeError, ValueError):  # the disk is full, or this is no text
                if file and verdict.state in ("some", "all") and PROMPT not in answer[0]:
                    (profile.work(place[0]) / f"{file}.before.md").write_text(answer[0], "utf-8")
            return verdict

        checker.kind = "exercise"
        return checker

    return decorate


def checklist(lesson, name, todo, needs, figure=""):
    """Make a checker of a text (see :func:`written`), or of a pair: the text and the `figure` that must stand in it."""

    def judge(answer):
        text, figures = (answer[0], {figure: answer[1]}) if figure else (answer, {})
        return written(text, needs, figures)

    judge.__module__, judge.__name__ = lesson, name
    return exercise(todo)(judge)


def _bounded(answer):
    """No more of a text or of an iterator than anybody would hand in: a judge may need time for each part."""
    if hasattr(answer, "__next__"):
        return [one for _, one in zip(range(1000), answer, strict=False)]
    return answer[:50_000] if isinstance(answer, str) else answer


def build(todo, wrong=None):
    """Make a checker out of a function that judges a piece which the learner built.

    The checker shows a verdict and returns the piece to go on with: the learner's if it is right, else ours. `todo` is one
    sentence: what the piece must do. `wrong` maps the hint for a likely mistake to the edit (old text, new text) that turns
    our solution into it. The judge takes ``(piece, ours, versions)``: the last is a list of (hint, wrong version).
    """

    def decorate(judge):
        place = judge.__module__[-2:], judge.__name__

        def versions():
            return [(hint, reference(*place, tuple(edit))) for hint, edit in (wrong or {}).items()]

        @functools.wraps(judge)
        def checker(piece=...):
            try:
                ours = reference(*place)
            except Exception as error:  # the learner's own file: anything can have happened to it
                said = f"Ours cannot be used ({quoted(error)}), so yours is kept as it is."
                display(Verdict("wrong", f"{said} `git checkout` brings back what was in this notebook."))
                return piece
            if _unfinished(piece):
                display(Verdict("open", f"{todo} Until then ours is used."))
                return ours
            try:
                verdict = running.limited(lambda: judge(piece, ours, versions()))
            except BaseException as error:
                said = _ENDLESS if isinstance(error, TimeoutError) else f"It stopped with {quoted(error)}."
                said += " Did you forget `return`?" * ("'NoneType'" in said)
                verdict = Verdict("wrong", said)
            if verdict.state != "right":
                display(Verdict(verdict.state, f"{verdict.message} Ours is used until yours is right."))
                with contextlib.suppress(Exception):  # it is no file, or the disk is full
                    piece.with_suffix(f".before{piece.suffix}").write_bytes(piece.read_bytes())
                return ours
            display(right(f"{verdict.message} Yours is used from here on."))
            profile.mark_solved(*place)
            with contextlib.suppress(OSError, TypeError):  # no source is to be had, or the disk is full
                source, ending = _source(piece)
                (profile.work(place[0]) / f"{place[1]}.{ending}").write_text(source, "utf-8")
            return piece

        checker.kind, checker.versions = "build", versions
        return checker

    return decorate


def _source(piece):
    """The text of a piece, and how its file ends that is kept; of a file a copy: a fresh notebook writes over it."""
    if hasattr(piece, "read_text"):
        return piece.read_text("utf-8", "replace"), f"right{piece.suffix}"
    return (piece, "txt") if isinstance(piece, str) else (textwrap.dedent(inspect.getsource(piece)), "py")


def _unfinished(piece):
    """bool: is this still the stub?"""
    try:
        source, ending = _source(piece)
        tree = ast.parse(source if ending.endswith("py") else "")
    except Exception as error:  # no source or no Python, an object whose methods fail: the judge will say
        return piece is None or piece is ... or isinstance(error, FileNotFoundError)
    if ending.endswith("py"):
        functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
        return bool(_DOTS.search(ast.unparse(tree))) or any(map(_is_open, functions))
    return bool(_DOTS.search(source)) if ending.endswith("md") else "..." in source


def _is_open(function):
    """bool: has it a line of three dots, and else only gives names? What does more is judged, with that line."""
    lines = function.body[ast.get_docstring(function) is not None :]
    return {ast.unparse(line) for line in lines if not isinstance(line, ast.Assign)} == {"..."}
