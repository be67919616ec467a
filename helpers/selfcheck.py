"""The self-check: fifteen questions, chosen by the answers before, that find a level for each of five skills.

The questions, and what each notebook needs, stand in `selfcheck.toml`. Levels go from 0 to 4, and a question of level 2
is one that a learner of level 2 answers more often than not.
"""

import html
import pathlib
import random
import tomllib

import ipywidgets as widgets
import numpy as np
from IPython.display import Markdown

from helpers import course, live, profile

_BANK = tomllib.loads(pathlib.Path(__file__).with_suffix(".toml").read_text("utf-8"))
QUESTIONS, NEEDS = _BANK["question"], _BANK["needs"]
SKILLS = tuple(dict.fromkeys(question["skill"] for question in QUESTIONS))
LENGTH = 15
UNKNOWN = "I do not know"

_GRID = np.linspace(0, 4, 41)
_LUCK = 0.2  # chance to hit the right one of four without knowing; less than a quarter, as nobody need guess
# How levels of one skill (columns) lie around the general level of a person (rows).
_AROUND = np.exp(-0.5 * (np.subtract.outer(_GRID, _GRID) / 1.2) ** 2)
_AROUND /= _AROUND.sum(axis=1, keepdims=True)


def chance(question, level):
    """Chance of a right answer to a question for a learner of a level (number or array): Rasch's model, and luck."""
    return _LUCK + (1 - _LUCK) / (1 + np.exp(-2 * (level - question["level"] + 0.5)))


def posterior(answers):
    """Find how likely each level is, by Bayes' rule: dict of skill to array over 0, 0.1, … 4.

    `answers` are pairs (question, was it right?). The skills of one person resemble each other, so each answer tells a
    little about all of them.
    """
    seen = {skill: np.ones(len(_GRID)) for skill in SKILLS}
    for question, right in answers:
        known = chance(question, _GRID)
        seen[question["skill"]] = seen[question["skill"]] * (known if right else 1 - known)
    general = {skill: _AROUND @ one for skill, one in seen.items()}
    found = {}
    for skill, one in seen.items():
        others = np.prod([general[other] for other in SKILLS if other != skill], axis=0)
        found[skill] = one * (others @ _AROUND)
        found[skill] /= found[skill].sum()
    return found


def following(answers):
    """dict: the question to ask next, of a skill that was asked about least, and nearest to its level so far."""
    asked = [question["skill"] for question, _ in answers]
    skill = min(SKILLS, key=asked.count)
    level = posterior(answers)[skill] @ _GRID
    left = [one for one in QUESTIONS if one["skill"] == skill and one not in [done for done, _ in answers]]
    return min(left, key=lambda one: abs(one["level"] - 0.5 - level))


def levels(answers):
    """dict of skill to profile.Level: what the answers say, with an interval that holds the level four times in five."""
    found = {}
    for skill, one in posterior(answers).items():
        low, high = _GRID[np.searchsorted(one.cumsum(), (0.1, 0.9))]
        level, low, high = (round(float(value), 1) for value in (one @ _GRID, low, high))
        found[skill] = profile.Level(level=level, low=min(low, level), high=max(high, level))
    return found


def span(told, skill):
    """(low, high): what the self-check found, else a step around the learner's own word; without either any level."""
    if skill in told.levels:
        return told.levels[skill].low, told.levels[skill].high
    said = told.answers.skills.get(skill)
    return (0, 4) if said is None else (max(said - 1, 0), min(said + 1, 4))


def reach(told):
    """dict of notebook to str: is it in reach for the learner of a Profile? What each needs is our judgement."""
    verdicts = {}
    for number, needs in NEEDS.items():
        least = {skill: need - 0.5 for skill, need in needs.items()}  # see chance()
        short = [skill for skill in least if span(told, skill)[1] < least[skill]]
        unsure = [skill for skill in least if span(told, skill)[0] < least[skill]]
        named = ", ".join(map(short_name, short or unsure))
        verdicts[number] = f"not yet: {named}" if short else f"perhaps: {named}" if unsure else "in reach"
    return verdicts


def short_name(skill):
    """str: what a skill is called, without what it takes."""
    return profile.QUESTIONS["skills"][skill].partition(":")[0]


class SelfCheck:
    """The questions as a form, live where there is a kernel; after each answer the levels go into the profile."""

    def __init__(self):
        self.answers, wide = [], {"width": "auto", "max_width": "52em"}
        self.head, self.said = widgets.HTML(), widgets.HTML()
        self.choice = widgets.RadioButtons(style={"description_width": "100%"}, layout=wide)
        self.button = widgets.Button(layout={"width": "max-content"})
        self.button.on_click(lambda _: self._step())
        self._ask()

    def _ask(self):
        self.question = following(self.answers)
        options = [self.question["right"], *self.question["wrong"]]
        random.Random(self.question["ask"]).shuffle(options)
        number = f"Question {len(self.answers) + 1} of {LENGTH}: {short_name(self.question['skill'])}"
        self.head.value = f"<b>{html.escape(number)}</b>"
        self.said.value = live.status(f"{number}. Choose an answer.")
        self.choice.description, self.choice.disabled = self.question["ask"], False
        self.choice.options, self.choice.index = [*options, UNKNOWN], None
        self.button.description = "Answer"

    def _step(self):
        if not self.choice.disabled and self.choice.index is not None:
            self._judge()
        elif self.choice.disabled and len(self.answers) < LENGTH:
            self._ask()

    def _judge(self):
        right = self.choice.value == self.question["right"]
        self.answers.append((self.question, right))
        self.choice.disabled = True
        found = levels(self.answers)
        told = profile.update(lambda told: told.levels.update(found))
        head = "Right." if right else f"The answer is: {self.question['right']}."
        self.said.value = live.status(f"{head} {self.question['why']} {told.note}")
        self.button.description = "Next question"
        if len(self.answers) == LENGTH:
            self.button.layout.display = "none"
            self.head.value = "<b>Your levels are in your profile. Run the next cell to read them.</b>"

    def _ipython_display_(self):
        box = widgets.VBox([self.head, self.choice, self.button, self.said])
        box.add_class("ml-careers-check")
        text = f"{LENGTH} questions, one after the other, each with its reason. Run this notebook to answer them."
        live.present(box, f"<p>{text}</p>", text)


def result():
    """Markdown: the levels of the profile, and which notebooks are in reach with them."""
    told = profile.read()
    if set(told.levels) != set(SKILLS):
        return Markdown("You have not taken the self-check yet.")
    found = {short_name(skill): one for skill, one in told.levels.items()}
    rows = [f"| {name} | {one.level} | {one.low} to {one.high} |" for name, one in found.items()]
    titles = {one.number: one.title for one in course.SERIES}
    names = [f"- **{number} {titles[number]}**: {words}" for number, words in reach(told).items()]
    head = ["| skill | level, 0 to 4 | in four of five cases between |", "|---|---:|---|"]
    return Markdown("\n".join([*head, *rows, "", *names]))
