"""Judge what a learner answers, builds, guesses or writes: ``check.nb02.pinball(pinball)``.

The checkers of a notebook stand in its lesson (``helpers/lessons/nb02.py``) and are found by number. Nothing here
raises, hangs or harms the course, whatever it is handed.
"""

import ast
import contextlib
import ctypes
import functools
import importlib
import inspect
import io
import pathlib
import re
import sys
import textwrap
import threading

from IPython.display import display

from helpers import profile
from helpers.check.guessing import guess
from helpers.check.judging import alike, error_in_words, judge_function, shown
from helpers.check.reading import PROMPT, as_day, as_month, as_number, judge_number, written
from helpers.check.solved import reference, solutions
from helpers.check.verdict import Verdict, right, wrong

__all__ = [
    "PROMPT", "Verdict", "alike", "as_day", "as_month", "as_number", "build", "builds", "exercise", "exercises",
    "guess", "judge_function", "judge_number", "reference", "right", "shown", "solutions", "unfinished", "versions",
    "written", "wrong",
]  # fmt: skip
SECONDS = 10  # that a judge may take; it needs well under one


def __getattr__(name):
    if re.fullmatch(r"nb\d\d", name):
        for place in (f"helpers.lessons.{name}", f"{__name__}.{name}"):
            try:
                return importlib.import_module(place)
            except ModuleNotFoundError as error:
                if error.name not in (place, "helpers.lessons"):
                    raise
        raise AttributeError(f"There are no checkers for notebook {name[2:]}.")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _named(notebook, kind):
    checkers = vars(__getattr__(f"nb{notebook}"))
    return tuple(name for name, value in checkers.items() if getattr(value, kind, False))


def exercises(notebook):
    """tuple of str: names of the exercises of a notebook that is written, such as ``"01"``."""
    return _named(notebook, "is_exercise")


def builds(notebook):
    """tuple of str: names of the builds of a notebook that is written."""
    return _named(notebook, "is_build")


def exercise(todo):
    """Make a checker out of a function that takes an answer and returns a verdict.

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
                verdict = _limited(lambda: judge(answer))
            except BaseException:  # an answer can be any object, also one whose methods fail
                return wrong(f"That answer could not be read. {todo}")
            if verdict.state in ("right", "all"):
                profile.mark_solved(notebook, judge.__name__)
            return verdict

        checker.is_exercise = True
        return checker

    return decorate


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
        notebook, name = judge.__module__.rpartition(".nb")[2], judge.__name__

        @functools.wraps(judge)
        def checker(piece=...):
            try:
                ours = reference(notebook, name)
            except Exception as error:  # the learner's own file: anything can have happened to it
                display(Verdict("wrong", f"Ours cannot be used, so yours is kept as it is. {error}"))
                return piece
            if unfinished(piece):
                display(Verdict("open", f"{todo} Until then ours is used."))
                return ours
            try:
                verdict = _limited(lambda: judge(piece, ours, versions(checker)))
            except TimeoutError:
                verdict = _wrong(
                    f"It was still running after {SECONDS} seconds. Is there a loop without an end?"
                )
            except BaseException as error:
                verdict = _wrong(f"It stopped with {error_in_words(error)}.")
            done = verdict.state == "right"
            used = "Yours is used from here on." if done else "Ours is used until yours is right."
            display(Verdict(verdict.state, f"{verdict.message} {used}"))
            if done:
                profile.mark_solved(notebook, name)
                _keep(piece, notebook, name)
            return piece if done else ours

        checker.is_build, checker.place, checker.wrong = True, (notebook, name), wrong or {}
        return checker

    return decorate


_wrong = wrong  # `build` has a parameter of that name


def versions(checker):
    """list of (hint, wrong version): what the named edits of a build make of our solution."""
    return [(hint, reference(*checker.place, edit)) for hint, edit in checker.wrong.items()]


def _limited(call):
    """Call in a thread with a time limit; what it prints or draws is thrown away. Raises what it raises."""
    outcome = {}

    def run():
        try:
            outcome["value"] = call()
        except BaseException as error:  # also SystemExit: the notebook must go on
            outcome["error"] = error

    drawn = _open_figures()
    thread = threading.Thread(target=run, daemon=True)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        thread.start()
        thread.join(SECONDS)
        for _ in range(10):  # an endless loop may catch the first ones
            if thread.is_alive():
                stop = ctypes.py_object(TimeoutError)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), stop)
                thread.join(0.2)
    for number in _open_figures() - drawn:
        sys.modules["matplotlib.pyplot"].close(number)
    if "value" in outcome:
        return outcome["value"]
    raise outcome.get("error", TimeoutError())


def _open_figures():
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()


def _keep(piece, notebook, name):
    """Put the source of a right piece into the learner's work folder."""
    if isinstance(piece, pathlib.Path):
        return  # it lies there already
    with contextlib.suppress(OSError, TypeError):  # a source that is not to be had, a disk that is full
        text = piece if isinstance(piece, str) else textwrap.dedent(inspect.getsource(piece))
        suffix = "txt" if isinstance(piece, str) else "py"
        (profile.work(notebook) / f"{name}.{suffix}").write_text(text, "utf-8")


def unfinished(piece):
    """bool: is this still the stub, with its three dots?"""
    if piece is None or piece is ...:
        return True
    if isinstance(piece, str):
        return "..." in piece
    if isinstance(piece, pathlib.Path):
        if not piece.is_file():
            return True
        text = piece.read_text("utf-8", "replace")
        return _has_dots(text) if piece.suffix == ".py" else "..." in text
    try:
        return _has_dots(textwrap.dedent(inspect.getsource(piece)))
    except (OSError, TypeError):
        return False


def _has_dots(source):
    """bool: are there three dots that are no index, no type, no required field and no empty class?"""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return False
    fine = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            fine |= {id(part) for part in ast.walk(node.slice)}
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Field", "Body", "Query"):
            fine |= {id(part) for part in node.args}
        elif isinstance(node, ast.ClassDef):
            fine |= {id(part.value) for part in node.body if isinstance(part, ast.Expr)}
    dots = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value is ...)
    return any(id(node) not in fine for node in dots)
