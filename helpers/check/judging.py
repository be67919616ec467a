"""Judge a function by what it does: on cases, against ours, and against named wrong versions."""

import contextlib
import copy
import html
import textwrap

import numpy as np
import pandas as pd

from helpers.check.reading import as_number, right, wrong


def judge_number(answer, target, tolerance, reason, mistakes, percent=False):
    """Judge a number against the right one and against what likely mistakes give.

    It is right within plus or minus `tolerance`, so that rounding does not matter. `mistakes` maps what a likely mistake gives
    to its hint; the nearest is used if it is within the tolerance, else the hint with the key None. With `percent` the same
    as a share (0.36 for 36%) is right, too.
    """
    value = as_number(answer)
    if abs(value - target) <= tolerance:
        return right(reason)
    share = percent and "%" not in str(answer)[:100].replace("percent", "%")
    if share and abs(100 * value - target) <= tolerance:
        return right(f"{reason} (You gave the share {value:.3g}; as a percentage it is {100 * value:.3g}.)")
    near = [number for number in mistakes if number is not None and abs(value - number) <= tolerance]
    return wrong(mistakes[min(near, key=lambda number: abs(value - number), default=None)])


def judge_function(piece, ours, cases, versions=(), reason=""):
    """Judge a function by what it does on cases (arguments, of which every function gets copies), against ours.

    Of the first case that goes wrong it is said what was called, what came back and what should have. `versions` are pairs
    (hint, callable): if `piece` does on every case what one of these does, its hint is given.
    """
    if not callable(piece):
        return wrong(f"This is {quoted(piece)}, and a function is needed.")
    name, found = getattr(piece, "__name__", "your function"), []
    cases = list(map(tuple, cases))
    for case in cases:
        given = copy.deepcopy(case)
        found.append(_result(piece, given))
        if not _agree(given, case, in_place=True):
            return wrong(f"`{name}` changes what it is given. Work on a copy: the caller's data must stay.")

    def first_difference(function):
        wanted = (_result(function, copy.deepcopy(case)) for case in cases)
        three = zip(cases, found, wanted, strict=True)
        return next((one for one in three if not _agree(*one[1:])), None)

    differs = first_difference(ours)
    if differs is None:
        return right(reason)
    for hint, version in versions:
        if first_difference(version) is None:
            return wrong(hint)
    case, came, want = differs
    if isinstance(came, dict) and isinstance(want, dict):  # what differs first: only a few are shown
        order = sorted([*want, *came], key=lambda key: bool(_agree(came.get(key), want.get(key))))
        came, want = ({key: one[key] for key in order if key in one} for one in (came, want))
    call = f"`{name}({', '.join(map(shown, case))})` gave {quoted(came)}."
    return wrong(f"{call} It should give {quoted(want)}.{' Did you forget `return`?' * (came is None)}")


def judge_stopped(stopped, systems, faults):
    """Judge what tells good systems from faulty ones, such as a test, by those that it stopped.

    `stopped` maps names of systems to the reason given, `faults` those of the faulty ones to what was missed.
    """
    good, missed = set(systems) - set(faults), [name for name in faults if name not in stopped]
    blamed = sorted(good & set(stopped))
    score = f"It stops {len(faults) - len(missed)} of {len(faults)} faulty ones"
    if blamed:
        apart = f"{score}, but also {len(blamed)} of {len(good)} good ones, so it does not tell them apart."
        why = html.escape(stopped[blamed[0]], quote=False) or "a test without words"
        return wrong(f"{apart} A good one was stopped by “{why}”.")
    return wrong(f"{score}. {faults[missed[0]]}") if missed else right(f"{score}, and no good one.")


def _result(function, case):
    """What a function returns, or the error that it raises."""
    try:
        return function(*case)
    except (Exception, SystemExit) as error:  # not OutOfTime
        return error


def _agree(*two, **how):
    with contextlib.suppress(Exception):  # results of any kind
        return alike(*two, **how)


def alike(found, expected, in_place=False):
    """bool: the same result, numbers to one part in a million, tables by their labels, in any reasonable form.

    With `in_place` tables must also be in the same order and of the same types. Into functions it does not look.
    """
    if isinstance(expected, dict):
        same = set(found) == set(expected)
        return same and all(alike(found[key], expected[key], in_place) for key in expected)
    if isinstance(expected, tuple | list):
        pairs = zip(found, expected, strict=False)
        return len(found) == len(expected) and all(alike(*pair, in_place) for pair in pairs)
    if isinstance(expected, BaseException):
        return isinstance(found, type(expected))
    if expected is None or isinstance(expected, str):
        return found is expected or bool(found == expected)
    if callable(expected):
        return callable(found)
    if isinstance(expected, pd.DataFrame) and not isinstance(found, pd.DataFrame):
        return False  # its columns have lost their names
    if isinstance(expected, pd.Series | pd.DataFrame) and isinstance(found, type(expected)):
        if in_place:
            return found.equals(expected)
        found = found.reindex_like(expected) if found.shape == expected.shape else found
    found, expected = np.asarray(found), np.asarray(expected)
    truth = [one.ndim == 0 and one.dtype.kind == "b" for one in (found, expected)]
    if found.shape != expected.shape or truth[0] != truth[1]:
        return False
    if expected.dtype.kind in "fiub" and found.dtype.kind in "fiubO":
        return bool(np.allclose(found.astype(float), expected.astype(float), 1e-6, 1e-9, equal_nan=True))
    return bool(np.all((found == expected) | (pd.isna(found) & pd.isna(expected))))


def shown(value):
    """str: a value as a learner would write it, short; of an error its kind and what it says."""
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, BaseException):
        said = textwrap.shorten(str(value), 120, placeholder=" …")
        return f"the error `{type(value).__name__}`" + (f" ({said})" if said else "")
    if isinstance(value, pd.DataFrame):
        rows = f"one row: {shown(dict(value.iloc[0]))}" if len(value) == 1 else f"{len(value):,} rows"
        return f"a table of {rows}{', with empty cells' * bool(value.isna().any(axis=None))}"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {shown(one)}' for key, one in list(value.items())[:6])}}}"
    if isinstance(value, list | tuple) or (isinstance(value, pd.Series | np.ndarray) and value.ndim == 1):
        return f"[{', '.join([*map(shown, list(value[:6])), *['…'] * (len(value) > 6)])}]"
    if callable(value):
        return getattr(value, "__name__", "a function")
    said = " ".join(repr(value).split())  # textwrap leaves nothing of a long word
    return f"{value:.6g}" if isinstance(value, float) else said[:79] + "…" * (len(said) > 79)


def quoted(value):
    """str: a value or an error as :func:`shown`, for a sentence in Markdown."""
    return html.escape(shown(value), quote=False)
