"""Forms: labelled questions, each answer saved as it is given; a table of the questions where there is no kernel."""

import base64
import datetime as dt
import html
import io
import re
import zipfile

import ipywidgets as widgets
from pydantic import ValidationError

from helpers import profile

_UNSAID = ("prefer not to say", None)
_KEPT = "Each answer is saved as you give it, on this computer only."
_STYLE = """<style>
.ml-careers-form .widget-label { text-align: left; white-space: normal; height: auto; line-height: 1.4; }
.ml-careers-form .widget-inline-hbox { flex-flow: row wrap; height: auto; margin-top: .5em; }
.ml-careers-form :is(select, input, button):focus { outline: 2px solid #0b5cad; outline-offset: 1px; }
</style>"""
_MOST = 5_000_000  # bytes of an upload, unpacked; the work of all notebooks takes a tenth
_MEMBER = re.compile(r"work/\d\d/[\w][\w.-]{0,80}")


class Form:
    """Shown live where there is a kernel; what is stored in the notebook is the same for everybody.

    Parameters
    ----------
    questions : dict of str to (str, list of (str, value))
        Key to what is asked and what to choose from; without a choice a text is asked for.
    read, save : callable
        ``read(told)`` gives the answers by key; ``save(told, key, value)`` puts one in, None takes it back.
    """

    def __init__(self, questions, read, save):
        self._questions, self._read, self._save, self._filling = questions, read, save, False
        self._status = widgets.HTML()
        self.controls = {key: _control(asked, options) for key, (asked, options) in questions.items()}
        for key, control in self.controls.items():
            control.observe(lambda change, key=key: self._answered(key, change["new"]), "value")
        self.widget = widgets.VBox([widgets.HTML(_STYLE), *self.controls.values(), self._status, _own_keys()])
        self.widget.add_class("ml-careers-form")
        self.fill(profile.read())

    @property
    def status(self):
        """str: the line that says what was saved, or why not."""
        return self._status.value

    def fill(self, told):
        """Show the answers of a profile."""
        self._filling, answers = True, self._read(told)
        for key, control in self.controls.items():
            control.value = answers.get(key) if self._questions[key][1] else answers.get(key) or ""
        self._filling = False
        self._say(told.note or _KEPT)

    def _say(self, sentence):
        self._status.value = f'<span role="status">{html.escape(sentence)}</span>'

    def _answered(self, key, value):
        if self._filling:
            return
        try:
            told = profile.update(lambda told: self._save(told, key, value))
        except ValidationError:
            return self._say(f"Not saved: {self._questions[key][0]} takes at most 60 characters.")
        self._say(told.note or "Saved.")

    def _repr_mimebundle_(self, **_):
        rows = "".join(f"<tr><th>{html.escape(asked)}</th></tr>" for asked, _ in self._questions.values())
        note = "Run this notebook to answer (Run &gt; Run All Cells)."
        text = "; ".join(asked for asked, _ in self._questions.values())
        live = self.widget._repr_mimebundle_()
        return {**live, "text/html": f"<table>{rows}</table><p>{note}</p>", "text/plain": text}


def _control(asked, options):
    style, layout = {"description_width": "100%"}, {"width": "auto", "max_width": "48em"}
    if options:
        return widgets.Dropdown(options=[_UNSAID, *options], description=asked, style=style, layout=layout)
    return widgets.Text(description=asked, continuous_update=False, style=style, layout=layout)


def _own_keys():
    from helpers.keyboard import OwnKeys  # anywidget is slow to import

    return OwnKeys()


def about_you():
    """Form: the questions of notebook 00."""
    ask = profile.QUESTIONS
    pairs = {key: [(label, name) for name, label in ask[key].items()] for key in ("background", "hopes")}
    steps = [(label, step) for step, label in enumerate(ask["steps"])]
    questions = {
        "background": ("I am a", pairs["background"]),
        "hopes": ("What I hope for most", pairs["hopes"]),
        "hours": ("Hours a week to learn", [(str(hours), hours) for hours in range(1, 41)]),
        "country": ("Country I look for work in", []),
        **{key: (label, steps) for key, label in ask["skills"].items()},
    }

    def read(told):
        given = told.answers.model_dump()
        return {**given, **given["skills"], "hopes": next(iter(given["hopes"]), None)}

    def save(told, key, value):
        if key in ask["skills"]:
            _put(told.answers.skills, key, value)
        elif key == "hopes":
            told.answers.hopes = [] if value is None else [value]
        else:
            setattr(told.answers, key, value)

    return Form(questions, read, save)


def did_you_like_it(notebook):
    """Form: the questions at the end of a role notebook such as ``"02"``, about what the learner built in it."""
    ratings = [(label, step) for step, label in enumerate(profile.QUESTIONS["liking"])]
    ratings.append(("I did not do it", profile.NOT_DONE))
    questions = {key: (asked, ratings) for key, asked in profile.QUESTIONS["liked"][notebook].items()}

    def save(told, key, value):
        _put(told.liked.setdefault(notebook, {}), key, value)

    return Form(questions, lambda told: told.liked.get(notebook, {}), save)


def _put(table, key, value):
    table.pop(key, None)
    if value is not None:
        table[key] = value


class Files:
    """A download of answers and work as one zip file, an upload of it, and a fresh start; for :func:`files`."""

    def __init__(self, form):
        self._form, self._link, self._said = form, widgets.HTML(), widgets.HTML()
        self.upload = widgets.FileUpload(
            accept=".json,.zip", description="Upload them", layout={"width": "auto"}
        )
        self.again, self.sure, self.keep = (
            widgets.Button(description=text, layout={"width": "auto"})
            for text in ("Start again", "Yes, forget my answers", "No, keep them")
        )
        self._question = widgets.HBox([self.sure, self.keep], layout={"display": "none"})
        self.upload.observe(self._uploaded, "value")
        self.again.on_click(lambda _: self._ask("flex"))
        self.keep.on_click(lambda _: self._ask("none"))
        self.sure.on_click(lambda _: self._take(b"{}"))
        for control in form.controls.values():
            control.observe(lambda _: self._offer(), "value")
        row = widgets.HBox([self._link, self.upload, self.again], layout={"flex_flow": "row wrap"})
        self.widget = widgets.VBox([row, self._question, self._said])
        self.widget.add_class("ml-careers-form")
        self._offer()

    def _ask(self, display):
        self._question.layout.display = display

    def _offer(self):
        data = base64.b64encode(packed()).decode()
        name = f"ml-careers-{dt.date.today():%Y-%m-%d}.zip"
        self._link.value = (
            f'<a href="data:application/zip;base64,{data}" download="{name}">Download answers and work</a>'
        )

    def _uploaded(self, change):
        if change["new"]:
            self._take(bytes(change["new"][0]["content"]))
            self.upload.value = ()  # else the same file could not be chosen again

    def _take(self, data):
        self._ask("none")
        try:
            said = unpack(data)
        except ValueError as error:
            said = str(error)
        self._said.value = f'<span role="status">{html.escape(said)}</span>'
        self._form.fill(profile.read())
        self._offer()

    def _repr_mimebundle_(self, **_):
        text = "Download answers and work, upload them, start again: run this notebook first."
        return {**self.widget._repr_mimebundle_(), "text/html": f"<p>{text}</p>", "text/plain": text}


def files(form):
    """Files: the row of buttons below the form of notebook 00."""
    return Files(form)


def packed():
    """bytes: a zip file with the answers and the work folder (its smaller files, if it is over the limit)."""
    buffer, room = io.BytesIO(), _MOST
    root = profile.work("00").parent
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("profile.json", profile.read().model_dump_json(indent=1))
        found = [file for file in root.glob("*/*") if file.is_file() and not file.is_symlink()]
        for file in sorted(found, key=lambda file: file.stat().st_size):
            name = f"work/{file.parent.name}/{file.name}"
            room -= file.stat().st_size
            if room > 0 and _MEMBER.fullmatch(name):
                archive.writestr(name, file.read_bytes())
    return buffer.getvalue()


def unpack(data):
    """Put uploaded answers, or a zip file of answers and work, in place; what was there is kept aside.

    Returns
    -------
    str
        A sentence for the learner.

    Raises
    ------
    ValueError
        With one sentence, if it is not what :func:`packed` made. Nothing has changed then.
    """
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return profile.replace(data).note or "The form shows your answers now."
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [member for member in archive.infolist() if member.filename != "profile.json"]
        fine = all(_MEMBER.fullmatch(member.filename) for member in members)
        if not fine or "profile.json" not in archive.namelist():
            raise ValueError("The zip file is not one that this form made: choose the one you downloaded.")
        if sum(member.file_size for member in archive.infolist()) > _MOST:
            raise ValueError(
                f"The zip file holds more than {_MOST // 1_000_000} MB: take the largest files out."
            )
        told = profile.replace(archive.read("profile.json"))
        for member in members:
            file = profile.work(member.filename[5:7]) / member.filename[8:]
            content = archive.read(member)
            if file.exists() and file.read_bytes() != content:
                file.replace(file.with_name(f"{file.name}.replaced-{dt.datetime.now():%Y-%m-%d-%H%M%S-%f}"))
            file.write_bytes(content)
    return told.note or f"The form shows your answers now, and {len(members)} files are in the work folder."
