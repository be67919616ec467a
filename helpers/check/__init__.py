"""Judge what a learner answers, builds, guesses or writes: ``check.nb02.pinball(pinball)``.

The checkers of a notebook stand in its lesson (``helpers/lessons/nb02.py``) and are found by number. Nothing here
raises, hangs or harms the course, whatever it is handed.
"""

import ast
import contextlib
import functools
import importlib
import inspect
import itertools
import pathlib
import textwrap
from collections.abc import Iterator

from IPython.display import display

from helpers import profile
from helpers.check import running
from helpers.check.guessing import guess
from helpers.check.judging import error_in_words, judge_function, judge_stopped, shown
from helpers.check.reading import PROMPT, as_month, as_number, judge_number, kept, written
from helpers.check.solved import reference, solutions
from helpers.check.verdict import Verdict, right, wrong

__all__ = [
    "PROMPT", "Verdict", "as_month", "as_number", "build", "builds", "checklist", "exercise", "exercises",
    "guess", "judge_function", "judge_number", "judge_stopped", "kept", "reference", "right",
    "shown", "solutions", "versions", "written", "wrong",
]  # fmt: skip


def __getattr__(name):
    place = f"helpers.lessons.{name}"
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name != place:
            raise
        raise AttributeError(f"There are no checkers in {name}.") from None


def exercises(notebook):
    """tuple of str: names of the exercises of a notebook that is written, such as ``"01"``."""
    return _named(notebook, "is_exercise")


def builds(notebook):
    """tuple of str: names of the builds of a notebook that is written."""
    return _named(notebook, "is_build")


def _named(notebook, kind):
    checkers = vars(__getattr__(f"nb{notebook}"))
    return tuple(name for name, value in checkers.items() if getattr(value, kind, False))


def exercise(todo):
    """Make a checker out of a function that takes an answer and returns a verdict.

    `todo` is one sentence: what to put in the place of the three dots.
    """

    def decorate(judge):
        @functools.wraps(judge)
        def checker(answer=...):
            if answer is ... or answer is None:
                return Verdict("open", todo)
            try:
                verdict = running.limited(lambda: judge(_bounded(answer)))
            except BaseException:  # an answer can be any object, also one whose methods fail
                return wrong(f"That answer could not be read. {todo}")
            if verdict.state in ("right", "all"):
                profile.mark_solved(judge.__module__[-2:], judge.__name__)
            return verdict

        checker.is_exercise = True
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
    if isinstance(answer, str):
        return answer[:50_000]
    return list(itertools.islice(answer, 1000)) if isinstance(answer, Iterator) else answer


def build(todo, wrong=None):
    """Make a checker out of a function that judges a piece which the learner built.

    The checker shows a verdict and returns the piece to go on with: the learner's if it is right, else ours.

    Parameters
    ----------
    todo : str
        One sentence: what the piece must do.
    wrong : dict of str to (str, str)
        Named wrong versions: the hint for a likely mistake, and the edit (old text, new text) that turns our
        solution into it.

    Notes
    -----
    The judge takes ``(piece, ours, versions)``: the last is a list of (hint, wrong version).
    """

    def decorate(judge):
        notebook, name = judge.__module__[-2:], judge.__name__

        @functools.wraps(judge)
        def checker(piece=...):
            try:
                ours = reference(notebook, name)
            except Exception as error:  # the learner's own file: anything can have happened to it
                display(Verdict("wrong", f"Ours cannot be used, so yours is kept as it is. {error}"))
                return piece
            if _unfinished(piece):
                display(Verdict("open", f"{todo} Until then ours is used."))
                return ours
            try:
                verdict = running.limited(lambda: judge(piece, ours, versions(checker)))
            except TimeoutError:
                said = f"It was still running after {running.SECONDS} seconds. Does a loop have no end?"
                verdict = Verdict("wrong", said)
            except BaseException as error:
                verdict = Verdict("wrong", f"It stopped with {error_in_words(error)}.")
            if verdict.state != "right":
                display(Verdict(verdict.state, f"{verdict.message} Ours is used until yours is right."))
                return ours
            display(right(f"{verdict.message} Yours is used from here on."))
            profile.mark_solved(notebook, name)
            _keep(piece, notebook, name)
            return piece

        checker.is_build, checker.place, checker.wrong = True, (notebook, name), wrong or {}
        return checker

    return decorate


def versions(checker):
    """list of (hint, wrong version): what the named edits of a build make of our solution."""
    return [(hint, reference(*checker.place, tuple(edit))) for hint, edit in checker.wrong.items()]


def _keep(piece, notebook, name):
    """Put the source of a right piece into the learner's work folder, of a file a copy: a fresh notebook writes over it."""
    with contextlib.suppress(OSError, TypeError):  # a source that is not to be had, a disk that is full
        kind = f"right{piece.suffix}" if hasattr(piece, "suffix") else ("py", "txt")[isinstance(piece, str)]
        (profile.work(notebook) / f"{name}.{kind}").write_text(_source(piece), "utf-8")


def _source(piece):
    if isinstance(piece, pathlib.Path):
        return piece.read_text("utf-8", "replace")
    return piece if isinstance(piece, str) else textwrap.dedent(inspect.getsource(piece))


def _unfinished(piece):
    """bool: is this still the stub, with three dots that are no index, type, required field or empty class?"""
    if piece is None or piece is ...:
        return True
    try:
        source = _source(piece)
        if isinstance(piece, str) or getattr(piece, "suffix", ".py") != ".py":
            return "..." in source
        nodes = list(ast.walk(ast.parse(source)))
    except FileNotFoundError:
        return True
    except Exception:  # no source, no Python, an object whose methods fail: the judge will say
        return False
    fine = set()
    for node in nodes:
        if isinstance(node, ast.Subscript):
            fine |= set(ast.walk(node.slice))
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Field", "Body", "Query"):
            fine |= set(node.args)
        elif isinstance(node, ast.ClassDef):
            fine |= {part.value for part in node.body if isinstance(part, ast.Expr)}
    return any(isinstance(node, ast.Constant) and node.value is ... and node not in fine for node in nodes)
