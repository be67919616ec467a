"""Judge a function by what it does: on cases, against ours, and against named wrong versions."""

import copy
import dataclasses
import html
import numbers
import textwrap

import numpy as np
import pandas as pd

from helpers.check.verdict import right, wrong


@dataclasses.dataclass(frozen=True)
class _Raised:
    error: BaseException


def judge_function(piece, ours, cases, versions=(), reason=""):
    """Judge a function by what it does on cases, against ours.

    Of the first case that goes wrong it is said what was called, what came back and what should have.

    Parameters
    ----------
    cases : iterable
        A tuple of arguments each, or a pair (tuple, dict) with named ones. Every function gets copies.
    versions : list of (hint, callable)
        If `piece` does on every case what one of these does, its hint is given.
    """
    if not callable(piece):
        return wrong(f"This is {html.escape(shown(piece), quote=False)}, and a function is needed.")
    name = getattr(piece, "__name__", "your function")
    cases = [case if _has_names(case) else (tuple(case), {}) for case in cases]
    found = []
    for case in cases:
        given = copy.deepcopy(case)
        found.append(_call(piece, given))
        if not _unchanged(given, case):
            return wrong(f"`{name}` changes what it is given. Work on a copy: the caller's data must stay.")

    def first_difference(function):
        results = (_call(function, copy.deepcopy(case)) for case in cases)
        return next((pair for pair in enumerate(results) if not _agree(found[pair[0]], pair[1])), None)

    differs = first_difference(ours)
    if differs is None:
        return right(reason)
    for hint, version in versions:
        if first_difference(version) is None:
            return wrong(hint)
    place, want = differs
    args, named = cases[place]
    call = ", ".join([*map(shown, args), *(f"{key}={shown(value)}" for key, value in named.items())])
    nothing = " Did you forget `return`?" if found[place] is None else ""
    came, should = _told(found[place], "gave", "stopped"), _told(want, "give", "stop")
    return wrong(f"`{name}({call})` {came}. It should {should}.{nothing}")


def judge_stopped(stopped, systems, faults):
    """Judge what tells good systems from faulty ones, such as a test, by those that it stopped.

    `stopped` maps names of systems to the reason given, `faults` those of the faulty ones to what was missed.
    """
    good, missed = set(systems) - set(faults), [name for name in faults if name not in stopped]
    blamed = sorted(good & set(stopped))
    score = f"It stops {len(faults) - len(missed)} of {len(faults)} faulty ones"
    if blamed:
        apart = f"{score}, but also {len(blamed)} of {len(good)} good ones, so it does not tell them apart."
        return wrong(f"{apart} A good one was stopped by “{stopped[blamed[0]] or 'a test without words'}”.")
    return wrong(f"{score}. {faults[missed[0]]}") if missed else right(f"{score}, and no good one.")


def _has_names(case):
    return len(case) == 2 and isinstance(case[0], tuple) and isinstance(case[1], dict)


def _call(function, case):
    try:
        return function(*case[0], **case[1])
    except KeyboardInterrupt:  # the time is up
        raise
    except BaseException as error:  # also SystemExit
        return _Raised(error)


def _told(result, gives, stops):
    if isinstance(result, _Raised):
        return f"{stops} with {error_in_words(result.error)}"
    return f"{gives} {html.escape(shown(result), quote=False)}"


def _agree(found, expected):
    try:
        if isinstance(expected, _Raised):
            return isinstance(found.error, type(expected.error))
        return alike(found, expected)
    except Exception:  # results of any kind
        return False


def alike(found, expected):
    """bool: the same result, numbers to one part in a million, tables by their labels, in any reasonable form."""
    if isinstance(expected, dict):
        return set(found) == set(expected) and all(alike(found[key], expected[key]) for key in expected)
    if expected is None or isinstance(expected, str):
        return found is expected or bool(found == expected)
    if isinstance(expected, tuple | list):
        return len(found) == len(expected) and all(map(alike, found, expected))
    if isinstance(expected, pd.Series | pd.DataFrame) and isinstance(found, type(expected)):
        found = found.reindex_like(expected) if found.shape == expected.shape else found
    found, expected = np.asarray(found), np.asarray(expected)
    truth = [one.ndim == 0 and one.dtype.kind == "b" for one in (found, expected)]
    if found.shape != expected.shape or truth[0] != truth[1]:
        return False
    if expected.dtype.kind in "fiub" and found.dtype.kind in "fiubO":
        return bool(np.allclose(found.astype(float), expected.astype(float), 1e-6, 1e-9, equal_nan=True))
    return bool(np.all((found == expected) | (pd.isna(found) & pd.isna(expected))))


def _unchanged(given, before):
    if isinstance(given, dict):
        return list(given) == list(before) and _unchanged([*given.values()], [*before.values()])
    if isinstance(given, list | tuple):
        return len(given) == len(before) and all(map(_unchanged, given, before))
    if isinstance(given, np.ndarray):
        return given.shape == before.shape and _unchanged(pd.Series(given.ravel()), pd.Series(before.ravel()))
    if isinstance(given, pd.Series | pd.DataFrame):
        return given.equals(before)
    # A model, a function: not looked into.
    return given == before or given != given if isinstance(given, numbers.Number | str) else True


def shown(value):
    """str: a value as a learner would write it, short."""
    if isinstance(value, pd.DataFrame):
        cells = value.iloc[0].items() if len(value) == 1 else ()
        row = ", ".join(f"{name} {shown(cell)}" for name, cell in cells)
        return f"a table of one row: {row[:120]}" if row else f"a table of {len(value):,} rows"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {shown(one)}' for key, one in list(value.items())[:6])}}}"
    if isinstance(value, list | tuple) or (isinstance(value, pd.Series | np.ndarray) and value.ndim == 1):
        return f"[{', '.join([*map(shown, list(value[:6])), *['…'] * (len(value) > 6)])}]"
    if isinstance(value, np.generic):
        return shown(value.item())
    if callable(value):
        return getattr(value, "__name__", "a function")
    return f"{value:.6g}" if isinstance(value, float) else textwrap.shorten(repr(value), 80, placeholder=" …")


def error_in_words(error):
    """str: the kind of an error, and what it says, short."""
    said = html.escape(textwrap.shorten(str(error), 120, placeholder=" …"), quote=False)
    return f"`{type(error).__name__}`" + (f" ({said})" if said else "")
