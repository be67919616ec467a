"""Notebook 06: the self-check with simulated learners, its bank, its form, and what the notebooks are said to use."""

import re
from collections import Counter

import numpy as np
import pytest

from helpers import course, profile, selfcheck
from helpers.lessons import nb06 as lesson
from tests import books


def taken(true, rng):
    """The answers of a learner with given levels, as the model of the self-check has it."""
    answers = []
    while len(answers) < selfcheck.LENGTH:
        question = selfcheck.following(answers)
        answers.append((question, rng.random() < selfcheck.chance(question, true[question["skill"]])))
    return answers


def found(level, learners, seed, **others):
    """Array of the levels that simulated learners are given: learner by skill."""
    rng, true = np.random.default_rng(seed), dict.fromkeys(selfcheck.SKILLS, level) | others
    results = [selfcheck.levels(taken(true, rng)) for _ in range(learners)]
    return np.array([[one.level for one in result.values()] for result in results])


def test_a_beginner_and_an_expert_are_told_apart_95_times_in_100():
    beginners, experts = found(1, 150, 0), found(4, 150, 1)
    assert (beginners < 2.5).mean(axis=0).min() >= 0.95 and (experts > 2.5).mean(axis=0).min() >= 0.95
    assert (beginners.mean(axis=1) < experts.mean(axis=1)).mean() >= 0.99


def test_a_single_strong_skill_is_found():
    mixed = found(1, 100, 2, python=4)
    assert (mixed[:, 0] > mixed[:, 1:].max(axis=1)).mean() >= 0.8


def test_intervals_hold_as_often_as_they_say():
    rng, held = np.random.default_rng(3), []
    for _ in range(150):
        general = rng.uniform(0, 4)
        true = {skill: np.clip(rng.normal(general, 1), 0, 4) for skill in selfcheck.SKILLS}
        result = selfcheck.levels(taken(true, rng))
        held += [result[skill].low - 0.05 <= true[skill] <= result[skill].high + 0.05 for skill in true]
    assert 0.72 <= np.mean(held) <= 0.92


def test_fifteen_different_questions_three_a_skill_follow_the_answers():
    for always in (True, False):
        answers = []
        while len(answers) < selfcheck.LENGTH:
            answers.append((selfcheck.following(answers), always))
        asked = [question for question, _ in answers]
        assert len({question["ask"] for question in asked}) == 15
        assert set(Counter(question["skill"] for question in asked).values()) == {3}
        last = np.mean([question["level"] for question in asked[-5:]])
        assert last >= 3.5 if always else last <= 1.5


def test_the_bank():
    assert len(selfcheck.QUESTIONS) == 45 and set(selfcheck.SKILLS) <= set(profile.QUESTIONS["skills"])
    kinds = Counter((question["skill"], question["level"]) for question in selfcheck.QUESTIONS)
    assert {kinds[skill, level] for skill in selfcheck.SKILLS for level in (1, 3, 4)} == {2}
    for question in selfcheck.QUESTIONS:
        options = [question["right"], *question["wrong"]]
        assert len(set(options)) == 4 and question["why"].endswith("."), question["ask"]
    assert len({question["ask"] for question in selfcheck.QUESTIONS}) == 45


@pytest.mark.parametrize(
    ("line", "truth"),
    [
        ("[x * 2 for x in [1, 2, 3] if x > 1]", [4, 6]),
        ("len({'ML Engineer': 3, 'Data Scientist': 5})", 2),
        ("0.1 + 0.2 == 0.3", False),
        ("(np.ones(1000)[:, None] - np.ones(500)).shape", (1000, 500)),
    ],
)
def test_what_the_bank_says_of_python_is_so(line, truth):
    assert eval(line, {"np": np}) == truth


def test_the_form_saves_levels_after_each_answer():
    form = selfcheck.SelfCheck()
    form.button.click()
    assert "Choose an answer" in form.said.value and not profile.read().levels
    for number in range(1, selfcheck.LENGTH + 1):
        assert f"Question {number} of 15" in form.head.value and selfcheck.UNKNOWN in form.choice.options
        form.choice.value = form.question["right"]
        form.button.click()
        assert form.choice.disabled and "Right." in form.said.value
        assert set(profile.read().levels) == set(selfcheck.SKILLS)
        form.button.click()
    assert "in your profile" in form.head.value and form.button.layout.display == "none"
    said = selfcheck.result().data
    assert "**02 Work as a data scientist**: in reach" in said
    assert "not yet" not in said and "perhaps" not in said  # who knows all of it is told so


def test_who_knows_nothing_is_told_what_is_missing():
    assert selfcheck.result().data == "You have not taken the self-check yet."
    form = selfcheck.SelfCheck()
    for _ in range(selfcheck.LENGTH):
        form.choice.value = selfcheck.UNKNOWN
        form.button.click()
        assert "The answer is" in form.said.value
        form.button.click()
    assert "**05 Work as an MLOps engineer**: not yet: " in selfcheck.result().data


def test_what_the_notebooks_use_is_read_from_them():
    uses = lesson.uses()
    counts = uses.groupby(["idea", "notebook"]).size()
    assert counts["SQL", "02"] == 1 and counts["probability of counts", "04"] >= 1
    never = {"derivatives, written out", "products of matrices"}
    assert {*lesson.BANK["idea"]} - {*uses["idea"]} == never  # as the prose says; each other sign is found
    for file, cell in re.findall(r"\((\S+?\.ipynb)#cell-id=(\S+?)\)", lesson.linked(uses).data):
        assert cell in {one["id"] for one in books.read(course.NOTEBOOKS / file).cells}


def test_signs():
    assert {"MatMult", "dot"} <= lesson.signs("(a @ b) + a.dot(b)")
    assert "SELECT" in lesson.signs('q = "SELECT 1"')
    assert "annotation" in lesson.signs("def f(x: int): ...") - lesson.signs("def f(x): ...")


def test_the_panel_says_where_a_path_ends():
    x = np.arange(40) % 4.0
    y = 150 + 30 * x + np.tile([-20.0, 20.0, 20.0, -20.0], 10)
    best = np.polyfit(x, y, 1)[::-1]
    for off, went in ((0, "has arrived"), (20, "is still on its way"), (1e9, "has run away")):
        figure = lesson.valley(x, y, lambda *_, end=best + off: [(60, 90), end])()
        assert went in figure.get_label()
