"""Right and wrong answers to every exercise, right and wrong pieces for every build, each with its own hint."""

import importlib
import pathlib

import pytest

from helpers import check
from tests import books

NUMBERS = [path.name[:2] for path in books.PATHS]
ANSWERS = {number: importlib.import_module(f"tests.answers.nb{number}") for number in NUMBERS}


def checker(number, name):
    """The checker of an exercise or a build."""
    return getattr(getattr(check, f"nb{number}"), name)


def each(kind):
    """One case for each name of a kind in all notebooks."""
    cases = [(number, name) for number in NUMBERS for name in kind(number)]
    return pytest.mark.parametrize(("number", "name"), cases)


@pytest.fixture
def said(monkeypatch):
    """What checkers of builds show."""
    shown = []
    monkeypatch.setattr(check, "display", shown.append)
    return shown


def as_given(piece, number, name, tmp_path):
    """A piece as the learner hands it in: the text of a file is a file."""
    ours = check.reference(number, name)
    if isinstance(ours, pathlib.Path) and isinstance(piece, str):
        path = tmp_path / ours.name
        path.write_text(piece, "utf-8")
        return path
    return piece


@each(check.exercises)
def test_exercise(number, name):
    judge, answers = checker(number, name), ANSWERS[number]
    assert len(answers.RIGHT[name]) >= 2 and answers.WRONG[name], name
    for answer in answers.RIGHT[name]:
        assert judge(answer).state in ("right", "all"), (answer, judge(answer))
    for answer, fragment in answers.WRONG[name]:
        verdict = judge(answer)
        assert verdict.state in ("wrong", "some") and fragment in verdict.message, (answer, verdict)


@each(check.exercises)
@pytest.mark.parametrize(
    "answer",
    [object(), [], {}, "", "?", float("nan"), 10**400, ..., None, b"\xff"],
    ids=lambda value: type(value).__name__,
)
def test_an_exercise_never_raises(number, name, answer):
    verdict = checker(number, name)(answer)
    assert verdict.state in ("open", "wrong", "some") and verdict.message
    assert verdict._repr_markdown_().startswith("**")


@each(check.builds)
def test_build(number, name, said, tmp_path):
    judge, answers = checker(number, name), ANSWERS[number]
    ours = as_given(check.reference(number, name), number, name, tmp_path)
    rights, wrongs = answers.RIGHT_PIECES[name], answers.WRONG_PIECES[name]
    assert len(rights) >= 2 and len(wrongs) >= 4, name
    for piece in (ours, *(as_given(piece, number, name, tmp_path) for piece in rights)):
        used = judge(piece)
        assert said[-1].state == "right" and used is piece, (piece, said[-1])
    for piece, fragment in wrongs:
        given = as_given(piece, number, name, tmp_path)
        used = judge(given)
        assert said[-1].state == "wrong" and fragment in said[-1].message, (piece, said[-1])
        assert used is not given, "a wrong piece must not be used"


@each(check.builds)
def test_each_named_wrong_version_gets_its_own_hint(number, name, said):
    judge = checker(number, name)
    named = judge.versions()
    for hint, piece in named:
        judge(piece)
        assert said[-1].state == "wrong" and hint in said[-1].message, (hint, said[-1])


@each(check.builds)
@pytest.mark.parametrize(
    "piece", [..., None, 7, "", object(), print, lambda *a, **k: None], ids=lambda value: type(value).__name__
)
def test_a_build_never_raises(number, name, piece, said):
    assert checker(number, name)(piece) is not piece
    assert said[-1].state in ("open", "wrong")
