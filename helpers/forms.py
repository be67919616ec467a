"""Forms: labelled questions, each answer saved as it is given; a table of the questions where there is no kernel."""

import datetime as dt
import html
import io
import pathlib
import re
import zipfile
import zlib

import anywidget
import ipywidgets as widgets
import traitlets
from pydantic import ValidationError

from helpers import live, profile

_UNSAID = ("prefer not to say", "")  # with None as its value a list would show nothing chosen
_KEPT = "Each answer is saved as you give it, on this computer only."
_STYLE = """<style>
.ml-careers-form .widget-label { text-align: left; white-space: normal; height: auto; line-height: 1.4; }
.ml-careers-form .widget-inline-hbox { flex-flow: row wrap; height: auto; margin-top: .5em; }
</style>"""
_MOST = 5_000_000  # bytes of an upload, unpacked; the work of all notebooks takes a tenth
_MEMBER = re.compile(r"work/[0-9]{2}(/\w[\w .,()+@=-]{0,99}){1,5}")


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
        self.widget = widgets.VBox([widgets.HTML(_STYLE), *self.controls.values(), self._status])
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
            given = answers.get(key)
            control.value = "" if given is None else given
        self._filling = False
        self._say(told.note or _KEPT)

    def _say(self, sentence):
        self._status.value = f'<span role="status">{html.escape(sentence)}</span>'

    def _answered(self, key, value):
        if self._filling:
            return
        if value == "" and self._questions[key][1]:
            value = None
        try:
            told = profile.update(lambda told: self._save(told, key, value))
        except ValidationError:
            return self._say(f"Not saved: {self._questions[key][0]} takes at most 60 characters.")
        self._say(told.note or "Saved.")

    def _ipython_display_(self):
        rows = "".join(
            f'<tr><td style="text-align:left">{html.escape(asked)}</td></tr>'
            for asked, _ in self._questions.values()
        )
        note = "Run this notebook to answer (Run &gt; Run All Cells)."
        text = "; ".join(asked for asked, _ in self._questions.values())
        live.present(self.widget, f"<table>{rows}</table><p>{note}</p>", text)


def _control(asked, options):
    style, layout = {"description_width": "100%"}, {"width": "auto", "max_width": "48em"}
    if options:
        return widgets.Dropdown(options=[_UNSAID, *options], description=asked, style=style, layout=layout)
    return widgets.Text(description=asked, continuous_update=False, style=style, layout=layout)


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


class Files(anywidget.AnyWidget):
    """A download of answers and work as one zip file, an upload of it, and a fresh start; for :func:`files`."""

    _esm = pathlib.Path(__file__).with_name("files.js")
    most = traitlets.Int(_MOST).tag(sync=True)

    def __init__(self, form):
        super().__init__()
        self._form, self.said = form, ""
        self.on_msg(lambda _, asked, sent: self._answer(asked["do"], *sent))

    def _answer(self, what, *sent):
        name, data = "", []
        if what == "pack":  # only now: what lies in the work folder changes all the time
            packed_, left_out = packed()
            name, data = f"ml-careers-{dt.date.today():%Y-%m-%d}.zip", [packed_]
            self.said = f"{name} holds your answers and your work.{left_out}"
        else:
            try:
                said = unpack(bytes(sent[0]) if sent else b"{}")
                self.said = (
                    said if sent else "The form is empty. A copy of what it held is kept on this computer."
                )
            except ValueError as error:
                self.said = str(error)
            self._form.fill(profile.read())
        self.send({"said": self.said, "name": name}, data)

    def _ipython_display_(self):
        text = "Download answers and work, upload them, start again: run this notebook first."
        live.present(self, f"<p>{text}</p>", text)


def files(form):
    """Files: the row of buttons below the form of notebook 00."""
    return Files(form)


def packed():
    """Pack the answers and the work folder.

    Returns
    -------
    data : bytes
        A zip file.
    left_out : str
        A sentence about files that are not in it, or nothing: links, hidden ones, and the largest over the limit.
    """
    buffer, room, left_out = io.BytesIO(), _MOST, []
    root = profile.work("00").parent
    found = [file for file in root.rglob("*") if file.is_file() and "/." not in f"/{file.relative_to(root)}"]
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("profile.json", profile.read().model_dump_json(indent=1))
        for file in sorted(found, key=lambda file: file.stat().st_size):
            name = f"work/{file.relative_to(root).as_posix()}"
            if "__pycache__" in name:
                continue
            fits = file.stat().st_size < room and not _leads_outside(file, root) and _MEMBER.fullmatch(name)
            if fits:
                room -= file.stat().st_size
                archive.writestr(name, file.read_bytes())
            else:
                left_out.append(file.name)
    left = f" Left out, too large or with an unusual name: {', '.join(left_out[:5])}." if left_out else ""
    return buffer.getvalue(), left


def _leads_outside(file, root):
    return not file.resolve().is_relative_to(root.resolve())


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
        return profile.replace(data).note or "The form shows your answers as they are now."
    answers, work = _members(data)
    told = profile.replace(answers)
    for name, content in work.items():
        file = profile.work(name[5:7]) / name[8:]
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            if _leads_outside(file, profile.work(name[5:7])):
                raise OSError("a link leads out of the work folder")
            if file.exists() and not (file.is_file() and file.read_bytes() == content):
                now = f"{dt.datetime.now():%Y-%m-%d-%H%M%S-%f}"
                file.replace(file.with_name(f"{file.name}.replaced-{now}"))
            file.write_bytes(content)
        except OSError as error:
            return f"Your answers are in, but {file.name} could not be written ({error.strerror or error})."
    return told.note or f"The form shows your answers now, and files went into your work folder: {len(work)}."


def _members(data):
    """Answers (bytes) and work (dict of name to bytes) of a zip file, all of it or nothing."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > 2 * _MOST:
                raise ValueError("The zip file holds more than this form takes: take the largest files out.")
            held = {one.filename: archive.read(one) for one in archive.infolist() if not one.is_dir()}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError):
        raise ValueError("The zip file is damaged: download it again.") from None
    # Some systems unpack a download by themselves. Packed again by hand, it lies in a folder, beside files of the system.
    top = min((name[:-12] for name in held if name.endswith("profile.json")), key=len, default=None)
    if top is not None:
        ours = [name for name in held if name.startswith(top) and not name.split("/")[-1].startswith(".")]
        work = {name[len(top) :]: held[name] for name in ours}
        answers = work.pop("profile.json")
        if all(_MEMBER.fullmatch(name) for name in work):
            return answers, work
    raise ValueError("The zip file is not one that this form made: choose the one you downloaded.")
