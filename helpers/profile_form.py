"""The form in which a learner tells about themself: every answer is optional, and saved as it is given."""

import base64
from collections.abc import Callable

import ipywidgets as widgets

from helpers import profile
from helpers.answers import BACKGROUNDS, HOPES, HOURS, SKILLS, STEPS, Profile
from helpers.form_parts import ROW, UNSAID, UNSAID_OPTION, heading, questions_html, status_html
from helpers.keyboard import OwnKeys

FILE_NAME = "ml-careers-profile.json"
# Suggestions only, any text is taken: the countries of which the series shows figures come first.
# fmt: off
_COUNTRIES = (
    "United States", "United Kingdom", "Germany", "France", "Canada", "Australia", "India",
    "Ireland", "Spain", "Japan", "Netherlands", "Italy", "Brazil", "Poland", "Ukraine", "Sweden",
    "Switzerland", "Austria", "Portugal", "Mexico", "South Africa", "Nigeria", "Kenya", "Egypt",
    "Pakistan", "Bangladesh", "Indonesia", "Philippines", "Vietnam", "China", "Singapore", "Israel",
    "Turkey", "Argentina",
)
# fmt: on

_LABEL_WIDTH = "16.5em"  # holds the longest label, so that none is cut off and the controls stand in a column
_STYLE = {"description_width": _LABEL_WIDTH}


def form() -> "ProfileForm":
    """Return the form, filled with what was answered before. End a cell with it to show it."""
    return ProfileForm()


class ProfileForm:
    """What :func:`form` returns.

    Without a kernel it shows the questions as a table, the same whatever was answered.

    Attributes
    ----------
    controls : dict of str to ipywidgets.Widget
        By name: "background", "hours", "country", "hopes.<key>", "skills.<key>", "upload", "start_again",
        "confirm", "keep".
    widget : ipywidgets.VBox
        The live form.
    """

    def __init__(self):
        self.controls = _controls()
        self._status = widgets.HTML()
        self._download = widgets.HTML()
        self._filling = False
        for name, control in self.controls.items():
            if isinstance(control, widgets.Button | widgets.FileUpload):
                continue
            control.observe(lambda change, name=name: self._answered(name, change["new"]), "value")
        self.controls["upload"].observe(self._uploaded, "value")
        self.controls["start_again"].on_click(lambda _button: self._ask(True))
        self.controls["keep"].on_click(lambda _button: self._ask(False))
        self.controls["confirm"].on_click(lambda _button: self._start_again())
        self._question = widgets.HBox(
            [
                widgets.HTML("<strong>Empty the form and forget the exercises you solved?</strong>"),
                self.controls["confirm"],
                self.controls["keep"],
            ],
            layout=widgets.Layout(flex_flow="row wrap", display="none", align_items="center"),
        )
        self.widget = self._laid_out()
        stored = profile.load()
        self._fill(stored)
        self._say(stored.notes, "Each answer is saved as you give it, on this computer only.")

    @property
    def status(self) -> str:
        """str: the HTML of the line that says what was saved, or why not."""
        return self._status.value

    def _laid_out(self) -> widgets.VBox:
        c = self.controls
        hopes = widgets.GridBox(
            [c[f"hopes.{key}"] for key in HOPES],
            layout=widgets.Layout(grid_template_columns="repeat(auto-fill, minmax(21em, 1fr))", width="100%"),
        )
        skills = [
            widgets.HBox([c[f"skills.{key}"], _meaning(skill.meaning)], layout={"align_items": "center"})
            for key, skill in SKILLS.items()
        ]
        files = widgets.HBox(
            [self._download, c["upload"], c["start_again"]],
            layout=widgets.Layout(flex_flow="row wrap", align_items="center", margin="10px 0 0 0"),
        )
        return widgets.VBox(
            [
                heading("About you"),
                c["background"],
                c["hours"],
                c["country"],
                heading("What do you hope for? Tick any."),
                hopes,
                heading("Your skills today"),
                *skills,
                files,
                self._question,
                self._status,
                OwnKeys(),
            ],
            layout=widgets.Layout(max_width="1000px", padding="0 0 0 2px"),
        )

    def _answered(self, name: str, value) -> None:
        if self._filling:
            return
        question, _, key = name.partition(".")
        if question == "hopes":
            value = [hope for hope in HOPES if self.controls[f"hopes.{hope}"].value]
        elif question == "skills":
            value = {key: None if value == "" else value}
        elif question != "country":
            value = value or None
        self._try(lambda: profile.update(**{question: value}))

    def _uploaded(self, change) -> None:
        if not change["new"]:
            return
        data = bytes(change["new"][0]["content"])
        self.controls["upload"].value = ()  # so that the same file can be chosen again
        self._try(
            lambda: profile.import_json(data), refill=True, done="Your file is in the form now, and saved."
        )

    def _start_again(self) -> None:
        self._ask(False)
        self._try(profile.clear, refill=True, done="The form is empty.")

    def _ask(self, asked: bool) -> None:
        self._question.layout.display = "flex" if asked else "none"

    def _try(self, change: Callable[[], Profile], refill: bool = False, done: str | None = None) -> None:
        try:
            now = change()
        except ValueError as error:
            self._say((f"Not saved: {error} Your earlier answers are as they were.",), "")
            return
        if refill:
            self._fill(now)
        self._offer_download()
        notes = (done, *now.notes) if done and now.notes else now.notes
        self._say(notes, done or f"Saved in {profile.path()}")

    def _fill(self, stored: Profile) -> None:
        self._filling = True
        try:
            self.controls["background"].value = stored.background or ""
            self.controls["hours"].value = stored.hours or ""
            self.controls["country"].value = stored.country
            for key in HOPES:
                self.controls[f"hopes.{key}"].value = key in stored.hopes
            for key in SKILLS:
                self.controls[f"skills.{key}"].value = stored.skills.get(key, "")
        finally:
            self._filling = False
        self._offer_download()

    def _offer_download(self) -> None:
        content = base64.b64encode(profile.export_json().encode()).decode()
        self._download.value = (
            f'<a href="data:application/json;base64,{content}" download="{FILE_NAME}" '
            'style="margin-right:14px; text-decoration:underline">Download your answers</a>'
        )

    def _say(self, notes: tuple[str, ...], otherwise: str) -> None:
        self._status.value = status_html(notes, otherwise)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {
            **self.widget._repr_mimebundle_(),
            "text/html": questions_html(
                _questions(),
                "Run this cell to fill in the form. It asks the following; each answer may be left out. "
                f"Skills go in five steps: {', '.join(STEPS)}.",
            ),
            "text/plain": "The profile form: " + "; ".join(name for name, _ in _questions()),
        }


def _controls() -> dict[str, widgets.Widget]:
    controls: dict[str, widgets.Widget] = {
        "background": widgets.Dropdown(
            options=[UNSAID_OPTION, *((label, key) for key, label in BACKGROUNDS.items())],
            description="I am a",
            style=_STYLE,
            layout=ROW,
        ),
        "hours": widgets.SelectionSlider(
            options=[UNSAID_OPTION, *((f"{hours} hour{'s' * (hours > 1)}", hours) for hours in HOURS)],
            description="Time to learn, a week",
            continuous_update=False,
            style=_STYLE,
            layout=ROW,
        ),
        "country": widgets.Combobox(
            options=_COUNTRIES,
            placeholder=UNSAID,
            description="Country I look for work in",
            continuous_update=False,
            style=_STYLE,
            layout=ROW,
        ),
    }
    for key, label in HOPES.items():
        controls[f"hopes.{key}"] = widgets.Checkbox(
            description=label, indent=False, layout={"width": "auto", "margin": "0"}
        )
    for key, skill in SKILLS.items():
        controls[f"skills.{key}"] = widgets.Dropdown(
            options=[UNSAID_OPTION, *((step, number) for number, step in enumerate(STEPS))],
            description=skill.label,
            style=_STYLE,
            layout={**ROW, "width": "40em", "flex": "0 0 auto", "margin": "2px 12px 2px 0"},
        )
    controls["upload"] = widgets.FileUpload(
        accept=".json", multiple=False, description="Upload answers", layout={"width": "auto"}
    )
    controls["start_again"] = widgets.Button(description="Start again", layout={"width": "auto"})
    controls["confirm"] = widgets.Button(description="Yes, start again", layout={"width": "auto"})
    controls["keep"] = widgets.Button(description="No, keep my answers", layout={"width": "auto"})
    return controls


def _meaning(text: str) -> widgets.HTML:
    # It takes the room that the control leaves, and breaks into lines where that is little.
    return widgets.HTML(
        f'<div style="opacity:.8; line-height:1.25">{text}</div>', layout={"flex": "1 1 0", "min_width": "0"}
    )


def _questions() -> list[tuple[str, str]]:
    return [
        ("I am a", "; ".join(BACKGROUNDS.values())),
        ("Time to learn, a week", f"{HOURS[0]} to {HOURS[-1]} hours"),
        ("Country I look for work in", "any"),
        ("What do you hope for?", "; ".join(HOPES.values())),
        *((skill.label, skill.meaning) for skill in SKILLS.values()),
    ]
