"""Judge a function by what it does: on cases, against ours, and against named wrong versions."""

import copy
import dataclasses
import numbers
import textwrap

import numpy as np
import pandas as pd

from helpers.check.verdict import right, wrong


@dataclasses.dataclass(frozen=True)
class _Raised:
    error: BaseException


def judge_function(piece, ours, cases, versions=(), reason="", same=None):
    """Judge a function by what it does on cases.

    Parameters
    ----------
    piece, ours : callable
    cases : iterable
        A tuple of arguments each, or a pair (tuple, dict) with named ones. Both functions get copies.
    versions : list of (hint, callable)
        If `piece` does on every case what one of these does, its hint is given.
    reason : str
        Said of a right piece.
    same : callable, optional
        Are two results the same? :func:`alike`, if not told otherwise.

    Returns
    -------
    Verdict
        For the first case that goes wrong it says what was called, what came back and what should have.
    """
    if not callable(piece):
        return wrong(f"This is {shown(piece)}, and a function is needed.")
    same, name = same or alike, getattr(piece, "__name__", "your function")
    cases = [case if _named(case) else (tuple(case), {}) for case in cases]
    found = []
    for case in cases:
        given = copy.deepcopy(case)
        found.append(_call(piece, given))
        if not _unchanged(given, case):
            return wrong(f"`{name}` changes what it is given. Work on a copy: the caller's data must stay.")

    def first_difference(function):
        results = (_call(function, copy.deepcopy(case)) for case in cases)
        pairs = ((place, one) for place, one in enumerate(results) if not _agree(same, found[place], one))
        return next(pairs, None)

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


def _named(case):
    return len(case) == 2 and isinstance(case[0], tuple) and isinstance(case[1], dict)


def _call(function, case):
    try:
        return function(*case[0], **case[1])
    except TimeoutError:
        raise
    except BaseException as error:  # also SystemExit
        return _Raised(error)


def _told(result, gives, stops):
    if isinstance(result, _Raised):
        return f"{stops} with {error_in_words(result.error)}"
    return f"{gives} {shown(result)}"


def _agree(same, one, two):
    if isinstance(one, _Raised) or isinstance(two, _Raised):
        both = isinstance(one, _Raised) and isinstance(two, _Raised)
        return both and isinstance(one.error, type(two.error))
    try:
        return bool(same(one, two))
    except Exception:  # results of any kind
        return False


def alike(found, expected):
    """bool: the same result, numbers to one part in a million, in any reasonable form."""
    if isinstance(expected, dict):
        return set(found) == set(expected) and all(alike(found[key], expected[key]) for key in expected)
    if expected is None or isinstance(expected, str):
        return found is expected or found == expected
    if isinstance(found, bool | np.bool_) or isinstance(expected, bool | np.bool_):
        return (
            isinstance(found, bool | np.bool_) and isinstance(expected, bool | np.bool_) and found == expected
        )
    if isinstance(expected, tuple | list) and not all(isinstance(one, numbers.Number) for one in expected):
        return len(found) == len(expected) and all(map(alike, found, expected))
    if isinstance(expected, pd.Series | pd.DataFrame) and isinstance(found, pd.Series | pd.DataFrame):
        found = found.reindex_like(expected) if found.shape == expected.shape else found
    found, expected = np.asarray(found), np.asarray(expected)
    if found.shape != expected.shape:
        return False
    if expected.dtype.kind in "fiub" and found.dtype.kind in "fiubO":
        return bool(np.allclose(found.astype(float), expected.astype(float), 1e-6, 1e-9, equal_nan=True))
    return bool(np.all((found == expected) | (pd.isna(found) & pd.isna(expected))))


def _unchanged(one, two):
    if isinstance(one, tuple | list):
        return len(one) == len(two) and all(map(_unchanged, one, two))
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(_unchanged(one[key], two[key]) for key in one)
    if isinstance(one, pd.Series | pd.DataFrame):
        return one.equals(two)
    if isinstance(one, np.ndarray):
        return one.shape == two.shape and bool(np.all((one == two) | (pd.isna(one) & pd.isna(two))))
    if isinstance(one, numbers.Number | str):
        return one == two or one != one
    return type(one) is type(two)  # a model, a function: not looked into


def shown(value):
    """str: a value as a learner would write it, short."""
    if isinstance(value, pd.DataFrame):
        return f"a table of {len(value):,} rows"
    if isinstance(value, list | tuple) or (isinstance(value, pd.Series | np.ndarray) and value.ndim == 1):
        return f"[{', '.join([*map(shown, list(value)[:6]), *['…'] * (len(value) > 6)])}]"
    if isinstance(value, np.generic):
        return shown(value.item())
    if isinstance(value, float):
        return f"{value:.6g}"
    if callable(value):
        return getattr(value, "__name__", "a function")
    return textwrap.shorten(repr(value), 80, placeholder=" …")


def error_in_words(error):
    """str: the kind of an error, and what it says, short."""
    said = textwrap.shorten(str(error), 120, placeholder=" …")
    return f"`{type(error).__name__}`" + (f" ({said})" if said else "")
