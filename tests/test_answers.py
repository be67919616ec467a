"""What the checkers say to right answers, and to each likely mistake."""

import importlib

import pytest

from helpers import check, series
from tests import books

# The answers of the first two notebooks are in test_check.py, beside what all checkers share.
NOTEBOOKS = {
    notebook.number: importlib.import_module(f"tests.answers.nb{notebook.number}")
    for notebook in series.written()
    if notebook.number > "01"
}
RIGHT = [
    pytest.param(number, name, answer, id=f"{number}-{name}-{place}")
    for number, answers in NOTEBOOKS.items()
    for name, many in answers.RIGHT.items()
    for place, answer in enumerate(many)
]
WRONG = [
    pytest.param(number, name, answer, hint, id=f"{number}-{name}-{hint}")
    for number, answers in NOTEBOOKS.items()
    for name, many in answers.WRONG.items()
    for answer, hint in many.items()
]


@pytest.fixture(autouse=True)
def own_profile():
    with books.empty_profile():
        yield


def ask(number, name, answer):
    return getattr(getattr(check, f"nb{number}"), name)(answer)


@pytest.mark.parametrize("number", NOTEBOOKS)
def test_every_exercise_has_answers(number):
    answers = NOTEBOOKS[number]
    assert set(answers.RIGHT) == set(answers.WRONG) == set(check.exercises(number))
    assert len(answers.RIGHT) == 5


@pytest.mark.parametrize(("number", "name", "answer"), RIGHT)
def test_right_answers(number, name, answer):
    verdict = ask(number, name, answer)
    assert verdict.state == "right", verdict
    assert len(verdict.message) > 40


@pytest.mark.parametrize(("number", "name", "answer", "hint"), WRONG)
def test_a_mistake_gets_its_own_hint(number, name, answer, hint):
    verdict = ask(number, name, answer)
    assert verdict.state == "wrong"
    assert hint in verdict.message
