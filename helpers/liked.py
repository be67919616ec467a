"""The form "Did you like it?" of the role notebooks: five questions, each saved as it is answered."""

import ipywidgets as widgets

from helpers import profile
from helpers.form_parts import ROW, UNSAID_OPTION, questions_html, status_html
from helpers.keyboard import OwnKeys

STEPS = ("0 no", "1 rather not", "2 not sure", "3 rather yes", "4 yes")
MOST_DAYS = "most_days"
"""Name, in each notebook, of the rating that stands for the job as a whole."""

_MOST_DAYS = "Could you do this most days?"
QUESTIONS = {
    "02": {
        "framing": "Did you like turning a vague question into a clear one?",
        "detective": "Did you like finding out what is wrong with a data set?",
        "charts": "Did you like making a chart that misleads nobody?",
        "models": "Did you like building and judging a prediction?",
        MOST_DAYS: _MOST_DAYS,
    },
    "03": {
        "problem": "Did you like stating a failure as a claim that can be tested?",
        "reproducing": "Did you like rebuilding a published method until it agrees?",
        "inventing": "Did you like trying an idea of your own that may fail?",
        "publishing": "Did you like writing it up and answering a reviewer?",
        MOST_DAYS: _MOST_DAYS,
    },
    "04": {
        "design": "Did you like designing a system before building it?",
        "optimising": "Did you like trading accuracy against speed and size?",
        "production": "Did you like making a colleague's model fit for production?",
        "serving": "Did you like building and load-testing a service?",
        MOST_DAYS: _MOST_DAYS,
    },
    "05": {
        "infrastructure": "Did you like keeping runs, models and machines in order?",
        "integration": "Did you like writing the tests that a model must pass?",
        "deployment": "Did you like releasing a model, and taking it back?",
        "monitoring": "Did you like watching a model and handling an incident?",
        MOST_DAYS: _MOST_DAYS,
    },
}
"""Number of a notebook to its ratings: name in the profile to question. Never rename one: files hold it."""

_WIDTH = "32em"  # holds the longest question, so that none is cut off


def form(notebook: str) -> "LikedForm":
    """Return the form of a role notebook, filled with earlier answers. End a cell with it to show it.

    Parameters
    ----------
    notebook : str
        A key of `QUESTIONS`, such as ``"02"``.

    Raises
    ------
    ValueError
        If that notebook has no such form.
    """
    if notebook not in QUESTIONS:
        raise ValueError(f"notebook is one of {', '.join(QUESTIONS)}.")
    return LikedForm(notebook)


class LikedForm:
    """What :func:`form` returns.

    Without a kernel it shows the questions as a table, the same whatever was answered.

    Attributes
    ----------
    controls : dict of str to ipywidgets.Dropdown
        By name of the rating.
    widget : ipywidgets.VBox
        The live form.
    """

    def __init__(self, notebook: str):
        self._notebook = notebook
        self._status = widgets.HTML()
        self._filling = False
        self.controls = {
            name: widgets.Dropdown(
                options=[UNSAID_OPTION, *((step, number) for number, step in enumerate(STEPS))],
                description=question,
                style={"description_width": _WIDTH},
                layout={**ROW, "max_width": "48em"},
            )
            for name, question in QUESTIONS[notebook].items()
        }
        for name, control in self.controls.items():
            control.observe(lambda change, name=name: self._answered(name, change["new"]), "value")
        self.widget = widgets.VBox([OwnKeys(), *self.controls.values(), self._status])
        stored = profile.load()
        self._fill(stored)
        self._status.value = status_html(
            stored.notes, "Each answer is saved as you give it, on this computer only."
        )

    @property
    def status(self) -> str:
        """str: the HTML of the line that says what was saved, or why not."""
        return self._status.value

    def _answered(self, name: str, value) -> None:
        if self._filling:
            return
        try:
            now = profile.update(liked={self._notebook: {name: None if value == "" else value}})
        except ValueError as error:
            self._fill(profile.load())
            self._status.value = status_html(
                (f"Not saved: {error} Your earlier answers are as they were.",), ""
            )
            return
        left = len(self.controls) - len(now.liked.get(self._notebook, {}))
        rest = (
            f"{left} of {len(self.controls)} not answered, which is fine." if left else "That is all of them."
        )
        self._status.value = status_html(now.notes, f"Saved in your profile. {rest}")

    def _fill(self, stored: profile.Profile) -> None:
        self._filling = True
        try:
            for name, control in self.controls.items():
                control.value = stored.liked.get(self._notebook, {}).get(name, "")
        finally:
            self._filling = False

    def _repr_mimebundle_(self, include=None, exclude=None):
        questions = QUESTIONS[self._notebook]
        return {
            **self.widget._repr_mimebundle_(),
            "text/html": questions_html(
                [(question, ", ".join(STEPS)) for question in questions.values()],
                "Run this cell to answer. Each question may be left out; notebook 15 uses what you say here.",
            ),
            "text/plain": "Did you like it? " + " ".join(questions.values()),
        }
