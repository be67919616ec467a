"""Judge what a learner answers, builds, guesses or writes: ``check.nb02.pinball(pinball)``.

The checkers of a notebook stand in its lesson (``helpers/lessons/nb02.py``) and are found by number. Nothing here
raises, hangs or harms the course, whatever it is handed.
"""

import ast
import contextlib
import copy
import ctypes
import dataclasses
import functools
import importlib
import inspect
import io
import json
import math
import numbers
import pathlib
import re
import sys
import tempfile
import textwrap
import threading
import typing

import numpy as np
import pandas as pd
from IPython.display import display

from helpers import profile

NOTEBOOKS = pathlib.Path(__file__).resolve().parent.parent.parent / "notebooks"
PROMPT = "✎"
UNREADABLE = "That answer could not be read."
_SECONDS = 10  # a judge takes well under one
_SOLUTION = re.compile(r"<summary>Solution</summary>\s*```\w*\n(.*?)```", re.DOTALL)
_CALL = re.compile(r"check\.nb\d\d\.(\w+)\(")
_CHECK_LINE = re.compile(r"^.*\bcheck\.nb\d\d\.\w+\(.*\)\s*$", re.MULTILINE)


def __getattr__(name):
    if not re.fullmatch(r"nb\d\d", name):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    for place in (f"helpers.lessons.{name}", f"{__name__}.{name}"):
        try:
            return importlib.import_module(place)
        except ModuleNotFoundError as error:
            if error.name not in (place, "helpers.lessons"):
                raise
    raise AttributeError(f"There are no checkers for notebook {name[2:]}.")


def _of_kind(notebook, kind):
    checkers = vars(__getattr__(f"nb{notebook}"))
    return tuple(name for name, value in checkers.items() if getattr(value, kind, False))


def exercises(notebook):
    """tuple of str: names of the exercises of a notebook that is written, such as ``"01"``."""
    return _of_kind(notebook, "is_exercise")


def builds(notebook):
    """tuple of str: names of the builds of a notebook that is written."""
    return _of_kind(notebook, "is_build")


# ---- verdicts


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What a checker says.

    Attributes
    ----------
    state : {"open", "wrong", "right", "some", "all"}
        The last two are for texts, which no machine can call right.
    message : str
        Markdown; says what to do next, or why it is right.
    """

    state: str
    message: str

    _MARKS: typing.ClassVar = {
        "open": "◯ Not answered yet.",
        "wrong": "✗ Not yet.",
        "right": "✓ Right.",
        "some": "◐ Read.",
        "all": "✓ Read.",
    }

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


def _limited(call):
    """Call in a thread with a time limit; what it prints or draws is thrown away. Raises what it raises."""
    outcome = {}

    def run():
        try:
            outcome["value"] = call()
        except BaseException as error:  # also SystemExit: the notebook must go on
            outcome["error"] = error

    pyplot = sys.modules.get("matplotlib.pyplot")
    drawn = pyplot.get_fignums() if pyplot else ()
    thread = threading.Thread(target=run, daemon=True)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        thread.start()
        thread.join(_SECONDS)
        for _ in range(10):  # an endless loop may catch the first ones
            if thread.is_alive():
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread.ident), ctypes.py_object(TimeoutError)
                )
                thread.join(0.2)
    pyplot = sys.modules.get("matplotlib.pyplot")
    for number in set(pyplot.get_fignums()) - set(drawn) if pyplot else ():
        pyplot.close(number)
    if "value" in outcome:
        return outcome["value"]
    raise outcome.get("error", TimeoutError())


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
                return wrong(f"{UNREADABLE} {todo}")
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
    The judge takes ``(piece, ours, wrong)``, where `wrong` is a list of (hint, wrong version).
    """

    def decorate(judge):
        notebook, name = judge.__module__.rpartition(".nb")[2], judge.__name__

        @functools.wraps(judge)
        def checker(piece=...):
            try:
                ours = reference(notebook, name)
            except Exception as error:  # the learner's own file: anything can have happened to it
                display(Verdict("wrong", f"Our version cannot be used, so yours is kept as it is. {error}"))
                return piece
            if unfinished(piece):
                display(Verdict("open", f"{todo} Until then ours is used."))
                return ours
            try:
                verdict = _limited(lambda: judge(piece, ours, versions(checker)))
            except TimeoutError:
                verdict = Verdict(
                    "wrong", f"It was still running after {_SECONDS} seconds. Look for a loop without an end."
                )
            except BaseException as error:
                verdict = Verdict("wrong", f"It stopped with {_error(error)}.")
            done = verdict.state == "right"
            used = "Yours is used from here on." if done else "Ours is used until yours is right."
            display(Verdict(verdict.state, f"{verdict.message} {used}"))
            if done:
                profile.mark_solved(notebook, name)
                _keep(piece, notebook, name)
            return piece if done else ours

        checker.is_build, checker.wrong, checker.place = True, wrong or {}, (notebook, name)
        return checker

    return decorate


def versions(checker):
    """list of (hint, wrong version): what the named edits of a build make of our solution."""
    return [(hint, reference(*checker.place, edit)) for hint, edit in checker.wrong.items()]


def _keep(piece, notebook, name):
    """Put the source of a right piece into the learner's work folder."""
    if isinstance(piece, pathlib.Path):
        return
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


# ---- our solutions, which stand in the notebooks and nowhere else


def solutions(notebook):
    """Read the folded solutions of a notebook.

    Parameters
    ----------
    notebook : str
        Such as ``"02"``.

    Returns
    -------
    dict of str to str
        Name of the exercise or build to the text of its solved cell, in the order of the notebook.

    Raises
    ------
    LookupError
        With a sentence, if the notebook cannot be read or a solution is missing.
    """
    path = next(iter(NOTEBOOKS.glob(f"{notebook}_*.ipynb")), None)
    try:
        return dict(_solutions(path, path.stat().st_mtime_ns)[1])
    except (AttributeError, OSError, ValueError, KeyError) as error:
        raise LookupError(
            f"The file of notebook {notebook} is missing or damaged: `git checkout` brings it back."
        ) from error


@functools.lru_cache
def _solutions(path, _changed):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    cells = [(cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", ())) for cell in cells]
    first = next(source for kind, source, _ in cells if kind == "code")
    found = {}
    for place, (_, source, tags) in enumerate(cells):
        if not {"exercise", "build"} & set(tags):
            continue
        below = cells[place + 1 :]
        called = [source, *(text for kind, text, _ in below if kind == "code")]
        calls = _CALL.findall(called[1 if source.startswith("%%writefile") else 0])
        solved = next(
            (m[1] for kind, text, _ in below if kind == "markdown" and (m := _SOLUTION.search(text))), None
        )
        if not calls or solved is None:
            raise KeyError(source)
        found[calls[0]] = solved.rstrip("\n")
    return first, found


def reference(notebook, name, edit=("", "")):
    """Make our piece of a build, or a wrong version of it.

    Parameters
    ----------
    notebook, name : str
    edit : (str, str)
        Text of the solution, and what to put in its place.

    Returns
    -------
    object
        What `name` is bound to after the solution; for a file the path of a fresh copy.

    Raises
    ------
    LookupError
        If there is no such solution, or the text to edit is not in it.
    """
    texts = solutions(notebook)
    if name not in texts or edit[0] not in texts[name]:
        raise LookupError(f"The solution of {name} in notebook {notebook} is missing or was changed.")
    path = next(iter(NOTEBOOKS.glob(f"{notebook}_*.ipynb")))
    return _reference(path, path.stat().st_mtime_ns, name, edit)


@functools.lru_cache(256)
def _reference(path, changed, name, edit):
    first, texts = _solutions(path, changed)
    space = {"__name__": f"solutions_{path.stem}"}
    exec(compile(first, "<imports>", "exec"), space)
    for one, text in texts.items():
        if one == name and edit[0]:
            text = text.replace(*edit)
        if text.startswith("%%writefile"):
            head, _, text = text.partition("\n")
            if one == name:
                file = pathlib.Path(tempfile.mkdtemp(prefix="ml-careers-")) / head.rpartition("/")[2]
                file.write_text(text + "\n", "utf-8")
                return file
        elif one == name or not re.search(r"^answer = ", text, re.MULTILINE):  # an exercise makes no piece
            exec(compile(_CHECK_LINE.sub("", text), f"<solution {one}>", "exec"), space)
        if one == name:
            return space[name]
    raise LookupError(name)


# ---- judging functions


@dataclasses.dataclass(frozen=True)
class _Raised:
    error: BaseException


def _outcome(function, args, named):
    try:
        return function(*args, **named)
    except TimeoutError:
        raise
    except BaseException as error:
        return _Raised(error)


def judge_function(piece, ours, cases, wrong=(), reason="", same=None):
    """Judge a function by what it does on cases.

    Parameters
    ----------
    piece, ours : callable
    cases : iterable
        A tuple of arguments each, or a pair (tuple, dict) with named ones. Both functions get copies.
    wrong : list of (hint, callable)
        If `piece` does on every case what one of these does, its hint is given.
    reason : str
        Said of a right piece.
    same : callable, optional
        Are two results the same? See :func:`same`.

    Returns
    -------
    Verdict
        For the first case that goes wrong it says what was called, what came back and what should have.
    """
    alike = same or globals()["same"]
    cases = [case if _is_named(case) else (tuple(case), {}) for case in cases]
    name = getattr(piece, "__name__", "your function")
    if not callable(piece):
        return Verdict("wrong", f"This is {shown(piece)}, and a function is needed.")
    found, expected = [], []
    for args, named in cases:
        given = copy.deepcopy((args, named))
        found.append(_outcome(piece, *given))
        if not same_values(given, (args, named)):
            return Verdict(
                "wrong",
                f"`{name}` changes what it is given. Work on a copy, so that the caller's data stay as they are.",
            )
        expected.append(_outcome(ours, *copy.deepcopy((args, named))))
    fails = [place for place in range(len(cases)) if not _alike(alike, found[place], expected[place])]
    if not fails:
        return right(reason)
    for hint, other in wrong:
        theirs = (_outcome(other, *copy.deepcopy(case)) for case in cases)
        if all(_alike(alike, one, two) for one, two in zip(found, theirs, strict=True)):
            return Verdict("wrong", hint)
    args, named = cases[fails[0]]
    call = ", ".join(
        [*(shown(value) for value in args), *(f"{key}={shown(value)}" for key, value in named.items())]
    )
    got, want = found[fails[0]], expected[fails[0]]
    came = f"stopped with {_error(got.error)}" if isinstance(got, _Raised) else f"gave {shown(got)}"
    should = f"stop with {_error(want.error)}" if isinstance(want, _Raised) else f"give {shown(want)}"
    nothing = " Did you forget `return`?" if got is None else ""
    return Verdict("wrong", f"`{name}({call})` {came}. It should {should}.{nothing}")


def _is_named(case):
    return len(case) == 2 and isinstance(case[0], tuple) and isinstance(case[1], dict)


def _alike(alike, one, two):
    if isinstance(one, _Raised) or isinstance(two, _Raised):
        both = isinstance(one, _Raised) and isinstance(two, _Raised)
        return both and isinstance(one.error, type(two.error))
    try:
        return bool(alike(one, two))
    except Exception:  # results of any kind
        return False


def same(found, expected):
    """bool: the same result, numbers to one part in a million, in any reasonable form."""
    if isinstance(expected, dict):
        return set(found) == set(expected) and all(same(found[key], expected[key]) for key in expected)
    if expected is None or isinstance(expected, str):
        return found is expected or found == expected
    if isinstance(expected, bool | np.bool_):
        return isinstance(found, bool | np.bool_) and bool(found) == bool(expected)
    if isinstance(expected, tuple | list) and not all(
        isinstance(value, numbers.Number) for value in expected
    ):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, pd.Series | pd.DataFrame) and isinstance(found, pd.Series | pd.DataFrame):
        found = found.reindex_like(expected) if found.shape == expected.shape else found
    found, expected = np.asarray(found), np.asarray(expected)
    if found.shape != expected.shape:
        return False
    if expected.dtype.kind in "fiub" and found.dtype.kind in "fiubO":
        return bool(np.allclose(found.astype(float), expected.astype(float), 1e-6, 1e-9, equal_nan=True))
    return bool(np.all((found == expected) | (pd.isna(found) & pd.isna(expected))))


def same_values(one, two):
    """bool: are two things, such as arguments before and after a call, equal all through?"""
    if isinstance(one, tuple | list):
        return len(one) == len(two) and all(map(same_values, one, two))
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(same_values(one[key], two[key]) for key in one)
    if isinstance(one, pd.Series | pd.DataFrame):
        return one.equals(two)
    if isinstance(one, np.ndarray):
        return one.shape == two.shape and bool(np.all((one == two) | (pd.isna(one) & pd.isna(two))))
    return type(one) is type(two)


def shown(value):
    """str: a value as a learner would write it, short."""
    if isinstance(value, pd.DataFrame):
        return f"a table of {len(value):,} rows"
    if isinstance(value, pd.Series | np.ndarray | list | tuple) and len(np.shape(value)) == 1:
        some = [shown(item) for item in list(value)[:6]] + ["…"] * (len(value) > 6)
        return f"[{', '.join(some)}]"
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    if isinstance(value, np.generic):
        return shown(value.item())
    if callable(value):
        return getattr(value, "__name__", "a function")
    return textwrap.shorten(repr(value), 80, placeholder=" …")


def _error(error):
    said = textwrap.shorten(str(error), 120, placeholder=" …")
    return f"`{type(error).__name__}`" + (f" ({said})" if said else "")


# ---- reading answers


def as_number(answer):
    """Read a number: a Python, NumPy or pandas scalar, a table of one cell, or text such as ``"-8.9 %"``.

    Raises
    ------
    ValueError
        If there is no finite number in it. (Checkers may let it rise.)
    """
    if isinstance(answer, bool):
        raise ValueError("True and False are not numbers here")
    if isinstance(answer, pd.DataFrame):
        answer = answer.to_numpy()
    if isinstance(answer, str):
        answer = answer.strip().rstrip("%").replace(",", "").replace("\N{MINUS SIGN}", "-")[:40]
    elif not isinstance(answer, numbers.Real) and hasattr(answer, "item"):
        answer = answer.item()
    value = float(answer)
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return value


def as_day(answer):
    """str: a day such as ``"2024-08-22"``, read from text, a date, a Timestamp or a Period."""
    answer = answer.item() if isinstance(answer, pd.Series | np.ndarray) else answer
    return f"{pd.Timestamp(str(answer).strip()[:30]):%Y-%m-%d}"


def as_month(answer):
    """str: a month such as ``"2024-08"``, read from text, a date, a Timestamp or a Period."""
    return as_day(answer)[:7]


def judge_number(answer, target, tolerance, reason, mistakes, percent=False):
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
    percent : bool
        A percentage is asked for: the same as a share (0.36 for 36%) is right, too.
    """
    value = as_number(answer)
    if percent and not abs(value - target) <= tolerance and abs(100 * value - target) <= tolerance:
        return right(f"{reason} (You gave the share {value:.3g}; as a percentage it is {100 * value:.3g}.)")
    if abs(value - target) <= tolerance:
        return right(reason)
    likely = min(
        (number for number in mistakes if number is not None),
        key=lambda number: abs(value - number),
        default=None,
    )
    near = likely is not None and abs(value - likely) <= tolerance
    return wrong(mistakes[likely if near else None])


# ---- guesses and texts


class Guess:
    """What :func:`guess` returns: :meth:`compare` it with the figure in the next cell."""

    def __init__(self, key, said):
        self.key, self.said = key, said

    def compare(self, actual, meaning=""):
        """Show the figure, how far off the guess was, and how it compares with the guesses before.

        Parameters
        ----------
        actual : float or str
            Rounded as it is to be read.
        meaning : str
            One or two sentences that would give the answer away if they stood in the text.
        """
        lines = [f"**It is {actual if isinstance(actual, str) else f'{actual:,g}'}.**"]
        if self.said is not None:
            said = self.said if isinstance(self.said, str) else f"{self.said:,g}"
            off = (
                ""
                if isinstance(self.said, str) or isinstance(actual, str)
                else f", {abs(self.said - actual):,.3g} off"
            )
            lines.append(f"You said {said}: {'a hit' if _hit(self.said, actual) else 'no hit'}{off}.")
            profile.update(lambda told: told.guesses[self.key].update(was=actual))
            told = [one for one in _told().guesses.values() if one.get("was") is not None]
            hits = sum(_hit(one["said"], one["was"]) for one in told)
            lines.append(
                f"Of your {len(told)} guess{'es' * (len(told) != 1)} so far, {hits} came within a tenth of the figure."
            )
        display(_Text(" ".join([*lines, meaning]).strip()))


class _Text(str):
    def __repr__(self):
        return str(self).replace("**", "")

    def _repr_markdown_(self):
        return str(self)


def _told():
    told = profile.load()
    return told[0] if isinstance(told, tuple) else told


def _hit(said, was):
    if isinstance(said, str) or isinstance(was, str):
        return str(said).strip().casefold() == str(was).strip().casefold()
    return abs(said - was) <= 0.1 * abs(was)


def guess(notebook, name, said, what):
    """Keep what the learner expects before the next cell shows it. The first guess is the one that counts.

    Parameters
    ----------
    notebook, name : str
    said : float or str
        Three dots while nothing was said.
    what : str
        Such as ``"a percentage"``.

    Returns
    -------
    Guess
    """
    key = f"{notebook}.{name}"
    if said is ... or said is None:
        display(_Text(f"**◯ No guess yet.** Replace the three dots with {what}, then run the next cell."))
        return Guess(key, None)
    try:
        said = as_number(said)
    except Exception:
        said = str(said).strip()[:60]
    before = _told().guesses.get(key)
    if before is None or before.get("was") is None:
        profile.update(lambda told: told.guesses.update({key: {"said": said, "was": None}}))
        display(
            _Text(f"**✓ Kept:** {said if isinstance(said, str) else f'{said:,g}'}. Now run the next cell.")
        )
        return Guess(key, said)
    display(_Text(f"**✓ Your first guess counts:** {before['said']}."))
    return Guess(key, before["said"])


def written(text, points, figures=None):
    """Look in a text for what its reader needs. This never says "right": only a reader can.

    Parameters
    ----------
    text : str
        Markdown; paragraphs that begin with the pencil sign are prompts, not text.
    points : dict of str to str
        What a reader needs ("says in which period") to a regular expression that finds it, case ignored.
    figures : dict of str to float, optional
        A word, and the number that must stand after it in the text, as exact as it is written there.

    Returns
    -------
    Verdict
    """
    parts = [part for part in re.split(r"\n\s*\n", str(text)[:50_000]) if part.strip()]
    body = "\n\n".join(part for part in parts if not part.lstrip().startswith((PROMPT, "#", "!")))
    if not body.strip():
        return Verdict("open", "Write your own words in the place of each line that begins with the pencil.")
    found = {point: bool(re.search(pattern, body, re.IGNORECASE)) for point, pattern in points.items()}
    for word, value in (figures or {}).items():
        number = re.search(rf"{word}\D{{0,60}}?(\d[\d,]*(?:\.\d+)?)", body, re.IGNORECASE)
        point = f"gives {word.replace(chr(92), '')} as computed"
        digits = len(number[1].partition(".")[2]) if number else 0
        found[point] = bool(number) and abs(float(number[1].replace(",", "")) - value) <= 0.51 * 10**-digits
    lines = [f"- {'✓' if there else '○ not found:'} {point}" for point, there in found.items()]
    head = f"{sum(found.values())} of {len(found)} points found. Whether it convinces, only a reader can say."
    return Verdict("all" if all(found.values()) else "some", "\n".join([head, "", *lines]))
