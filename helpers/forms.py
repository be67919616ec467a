"""Forms: labelled questions, each answer saved as it is given; a table of the questions where there is no kernel."""

import datetime as dt
import filecmp
import functools
import html
import io
import pathlib
import shutil
import tempfile
import zipfile
import zlib

import anywidget
import ipywidgets as widgets
import traitlets
from pydantic import ValidationError

from helpers import live, profile

_UNSAID = ("prefer not to say", "")  # with None as its value a list would show nothing chosen
_STYLE = """<style>
.ml-careers-form .widget-label { text-align: left; white-space: normal; height: auto; line-height: 1.4; }
.ml-careers-form .widget-inline-hbox { flex-flow: row wrap; height: auto; margin-top: .5em; }
</style>"""
_MOST = 5_000_000  # bytes of an upload, unpacked; the work of all notebooks takes a tenth


class Form:
    """Shown live where there is a kernel; what is stored in the notebook is the same for everybody.

    Parameters
    ----------
    questions : dict of tuple of str to (str, list of (str, value))
        The place of the answer in the profile, such as ``("answers", "hours")``, to what is asked and what to
        choose from; without a choice a text is asked for.
    """

    def __init__(self, questions):
        self.questions, self._filling = questions, False
        self.status = widgets.HTML()
        self.controls = {place[-1]: _control(*question) for place, question in questions.items()}
        for place in questions:
            answered = functools.partial(self._answered, place)
            self.controls[place[-1]].observe(answered, "value")
        self.fill()

    def fill(self):
        """Show the answers of the profile."""
        told = profile.read()
        self._filling = True
        for place in self.questions:
            self.controls[place[-1]].value = _given(told, place)
        self._filling = False
        self._say(told.note or "Each answer is saved as you give it, on this computer only.")

    def _say(self, sentence):
        self.status.value = f'<span role="status">{html.escape(sentence)}</span>'

    def _answered(self, place, change):
        if self._filling:
            return
        try:
            told = profile.update(lambda told: _put(told, place, change["new"]))
        except ValidationError:
            self._say(f"Not saved: {self.questions[place][0]} takes at most 60 characters.")
        else:
            self._say(told.note or "Saved.")

    def _ipython_display_(self):
        widget = widgets.VBox([widgets.HTML(_STYLE), *self.controls.values(), self.status])
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


def _given(told, place):
    answer = functools.reduce(lambda table, key: table.get(key, {}), place, told.model_dump())
    if isinstance(answer, list):
        answer = answer[:1]
    return "" if answer in (None, {}, []) else answer


def _put(told, place, answer):
    everything = told.model_dump() | {"note": told.note}
    *tables, key = place
    table = functools.reduce(lambda table, key: table.setdefault(key, {}), tables, everything)
    table.pop(key, None)
    if answer != "":
        table[key] = answer
    told.__dict__.update(profile.Profile.model_validate(everything).__dict__)


def about_you():
    """Form: the questions of notebook 00."""
    ask = profile.QUESTIONS
    steps = [(label, step) for step, label in enumerate(ask["steps"])]
    questions = {
        "background": ("I am a", [(label, key) for key, label in ask["background"].items()]),
        "hopes": ("What I hope for most", [(label, [key]) for key, label in ask["hopes"].items()]),
        "hours": ("Hours a week to learn", [(str(hours), hours) for hours in range(1, 41)]),
        "country": ("Country I look for work in", []),
    }
    skills = {("answers", "skills", key): (label, steps) for key, label in ask["skills"].items()}
    return Form({("answers", key): question for key, question in questions.items()} | skills)


def did_you_like_it(notebook):
    """Form: the questions at the end of a role notebook such as ``"02"``, about what the learner built in it."""
    ratings = [(label, step) for step, label in enumerate(profile.QUESTIONS["liking"])]
    ratings.append(("I did not do it", profile.NOT_DONE))
    asked = profile.QUESTIONS["liked"][notebook]
    return Form({("liked", notebook, key): (question, ratings) for key, question in asked.items()})


class Files(anywidget.AnyWidget):
    """A download of answers and work as one zip file, an upload of it, and a fresh start; for :func:`files`."""

    _esm = pathlib.Path(__file__).with_name("files.js")
    most = traitlets.Int(_MOST).tag(sync=True)

    def __init__(self, form):
        super().__init__()
        self._form = form
        self.on_msg(lambda _, asked, sent: self._answer(asked["do"], sent))

    def _answer(self, what, sent):
        name, data = "", []
        try:
            if what == "pack":  # only now: what lies in the work folder changes all the time
                name = f"ml-careers-{dt.date.today():%Y-%m-%d}.zip"
                packed, said = pack()
                data = [packed]
            elif what == "unpack":
                said = unpack(bytes(sent[0]))
            else:
                empty = "The form is empty. A copy of what it held is kept on this computer."
                said = profile.replace(b"{}").note or empty
        except ValueError as error:
            said = str(error)
        self._form.fill()
        self.send({"said": said, "name": name}, data)

    def _ipython_display_(self):
        text = "Download answers and work, upload them, start again: run this notebook first."
        live.present(self, f"<p>{text}</p>", text)


def files(form):
    """Files: the row of buttons below the form of notebook 00."""
    return Files(form)


def pack():
    """Pack answers and work folder, without links and what is over the limit: a zip file (bytes), and a sentence."""
    buffer, room, left_out = io.BytesIO(), _MOST, []
    root = profile.work("00").parent
    found = sorted((file for file in root.rglob("*") if file.is_file()), key=lambda file: file.stat().st_size)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("profile.json", profile.read().model_dump_json(indent=1))
        for file in found:
            name = f"work/{file.relative_to(root).as_posix()}"
            if "/." in name or "__pycache__" in name:
                continue
            room -= file.stat().st_size
            if room < 0 or file.is_symlink():
                left_out.append(file.name)
            else:
                archive.writestr(name, file.read_bytes())
    rest = f" Left out, links or too large: {', '.join(left_out[:5])}." if left_out else ""
    return buffer.getvalue(), f"The file holds your answers and your work.{rest}"


def unpack(data):
    """Put uploaded answers, or a zip file of :func:`pack`, in place; what was there is kept aside.

    Returns a sentence for the learner. Raises ValueError with one, if it is not what was downloaded; nothing has changed
    then.
    """
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return profile.replace(data).note or "The form shows your answers as they are now."
    with tempfile.TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if sum(member.file_size for member in archive.infolist()) > 2 * _MOST:
                    raise ValueError("The zip file holds more than this form takes: take the largest out.")
                archive.extractall(folder)  # in there, whatever its members are called
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError):
            raise ValueError("The zip file is damaged: download it again.") from None
        # Where a system unpacks downloads by itself, and it is packed again by hand, all lies in a folder.
        found = pathlib.Path(folder).rglob("profile.json")
        answers = min(found, key=lambda file: len(file.parts), default=None)
        if answers is None:
            raise ValueError("The zip file is not one that this form made: choose the one you downloaded.")
        told = profile.replace(answers.read_bytes())
        work = answers.with_name("work")
        try:
            if work.is_dir():
                shutil.copytree(work, profile.work("00").parent, copy_function=_copy, dirs_exist_ok=True)
        except shutil.Error as error:
            names = ", ".join(pathlib.Path(target).name for _, target, _ in error.args[0][:5])
            return f"Your answers are in, but these could not be written: {names}."
    return told.note or "The form shows your answers now, and the files are in your work folder."


def _copy(source, target):
    """Copy a file into the work folder; one that is there and differs is kept beside it under another name."""
    target = pathlib.Path(target)
    if not target.resolve().is_relative_to(profile.work("00").parent.resolve()):
        raise OSError("a link leads out of the work folder")
    if target.exists() and not (target.is_file() and filecmp.cmp(source, target, shallow=False)):
        target.replace(target.with_name(f"{target.name}.replaced-{dt.datetime.now():%Y-%m-%d-%H%M%S-%f}"))
    shutil.copyfile(source, target)
