"""Forms: labelled questions, each answer saved as it is given; a table of the questions where there is no kernel."""

import functools
import html

import ipywidgets as widgets
from pydantic import ValidationError

from helpers import live, profile

_PRIVATE = "Each answer is saved as you give it, on this computer only."
_UNSAID = ("prefer not to say", "")  # with None as its value a list would show nothing chosen


class Form:
    """Shown live where there is a kernel; what is stored in the notebook is the same for everybody.

    `questions` maps the place of an answer in the profile, such as ``("answers", "hours")``, to what is asked and the pairs
    (shown, value) to choose from; without any a text is asked for.
    """

    def __init__(self, questions):
        self.questions, self._filling = questions, False
        self.status = widgets.HTML()
        self.controls = {place[-1]: _control(*question) for place, question in questions.items()}
        for place in questions:
            self.controls[place[-1]].observe(functools.partial(self._answered, place), "value")
        self.fill()

    def fill(self):
        """Show the answers of the profile."""
        told = profile.read()
        self._filling = True
        for place in self.questions:
            self.controls[place[-1]].value = _given(told, place)
        self._filling = False
        self.status.value = live.status(told.note or _PRIVATE)

    def _answered(self, place, change):
        if self._filling:
            return
        try:
            told = profile.update(lambda told: _put(told, place, change["new"]))
        except ValidationError:
            said = f"Not saved: {self.questions[place][0]} takes at most 60 characters."
        else:
            said = told.note or "Saved."
        self.status.value = live.status(said)

    def _ipython_display_(self):
        widget = widgets.VBox([*self.controls.values(), self.status])
        widget.add_class("ml-careers-form")
        asked = [asked for asked, _ in self.questions.values()]
        rows = "".join(f'<tr><td style="text-align:left">{html.escape(one)}</td></tr>' for one in asked)
        note = "Run this notebook to answer (Run &gt; Run All Cells)."
        live.present(widget, f"<table>{rows}</table><p>{note}</p>", "; ".join(asked))


def _control(asked, options):
    settings = {"description": asked, "layout": {"width": "auto", "max_width": "48em"}}
    settings["style"] = {"description_width": "100%"}
    if options:
        return widgets.Dropdown(options=[_UNSAID, *options], **settings)
    return widgets.Text(continuous_update=False, **settings)


def _table(everything, place):
    return functools.reduce(lambda table, key: table.setdefault(key, {}), place[:-1], everything)


def _given(told, place):
    answer = _table(told.model_dump(), place).get(place[-1])
    answer = answer[:1] if isinstance(answer, list) else answer
    return "" if answer in (None, []) else answer


def _put(told, place, answer):
    everything = told.model_dump()
    table = _table(everything, place)
    table.pop(place[-1], None)
    if answer != "":
        table[place[-1]] = answer
    return everything


def did_you_like_it(notebook):
    """Form: the questions at the end of a role notebook such as ``"02"``, about what the learner built in it."""
    ratings = [(label, step) for step, label in enumerate(profile.QUESTIONS["liking"])]
    ratings.append(("I did not do it", profile.NOT_DONE))
    asked = profile.QUESTIONS["liked"][notebook]
    return Form({("liked", notebook, key): (question, ratings) for key, question in asked.items()})
