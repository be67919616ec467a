"""Notebook 00: is this computer ready, the map, the form about the learner, their files; and the checkers."""

import contextlib
import datetime as dt
import filecmp
import io
import math
import pathlib
import re
import shutil
import tempfile
import zipfile
import zlib

import anywidget
import pydantic
import traitlets
from IPython.display import Markdown

from helpers import check, course, forms, live, profile, ready, route, tables

_MOST = 5_000_000  # bytes of an upload, unpacked; the work of all notebooks takes a tenth


def computer():
    """Markdown: is this computer ready for the series, and what is to be done for each "no"?"""
    asked = ready.for_notebooks()
    to_do = "Do what the marked lines say, restart the kernel, run again."
    verdict = to_do if any(asked.values()) else "Everything is ready."
    return Markdown("\n".join([*ready.lines(asked), "", f"**{verdict}**"]))


def overview():
    """Show (as Markdown) every notebook, what is made in it, how long it takes, what is solved and built, and what fits next."""
    told = profile.read()
    lines = ["| notebook | you make | minutes | without builds | exercises | builds |"]
    lines.append("| --- | --- | ---: | ---: | --- | --- |")
    for notebook in course.SERIES:
        full, without = notebook.minutes[:2]
        name = f"[{notebook.number} {notebook.title}]({notebook.path.name})"
        kinds = (check.exercises(notebook.number), check.builds(notebook.number))
        done = [_done(names, told.solved.get(notebook.number, ())) for names in kinds]
        lines.append(f"| {name} | {notebook.makes} | {full} | {without} | {done[0]} | {done[1]} |")
    in_all = "In all about {} hours, {} without the builds.".format(*course.hours())
    in_all += " Each notebook also runs on its own."
    return Markdown("\n".join([*lines, "", in_all, "", fits_next(told), "", _made()]))


def fits_next(told):
    """str: Markdown of the notebooks that fit next, with their minutes, and the weeks that they take at the learner's hours."""
    found = route.fitting(told, route.done(told))
    if not found:
        return "**What fits you next:** nothing, as you have finished every notebook there is."
    lines = [
        f"- [{one.number} {one.title}]({one.path.name}), about {one.minutes[0]} minutes. {why}"
        for one, why in found
    ]
    if hours := told.answers.hours:
        weeks = [math.ceil(sum(one.minutes[place] for one, _ in found) / 60 / hours) for place in (0, 2)]
        said = f"{weeks[0]} week{'s' * (weeks[0] > 1)}"
        said += f", or {weeks[1]} on their short paths" if weeks[1] < weeks[0] else ""
        lines.append(f"\nAt your {hours} hour{'s' * (hours > 1)} a week that is about {said}.")
    return "\n".join(["**What fits you next:**\n", *lines])


def _done(names, solved):
    count = len(set(names) & set(solved))
    if 0 < len(names) == count:
        return f"{count}\u00a0of\u00a0{count}\u00a0✓"  # on one line
    return f"{count} of {len(names)}" if names else "none"


def _made():
    root = profile.work("00").parent
    found = (file.relative_to(root) for file in root.glob("*/*.*") if file.suffix not in (".db", ".svg"))
    if not (files := sorted(found)):
        return "Your work folder, `work`, is empty so far."
    shown = ", ".join(f"`{file.as_posix()}`" for file in files[:40])
    return f"Your work folder, `work`, holds {shown}{' and more' * (len(files) > 40)}."


def about_you():
    """helpers.forms.Form: what it asks about the learner."""
    ask = profile.QUESTIONS
    steps = [(label, step) for step, label in enumerate(ask["steps"])]
    questions = {
        "background": ("I am a", [(label, key) for key, label in ask["background"].items()]),
        "hopes": ("What I hope for most", [(label, [key]) for key, label in ask["hopes"].items()]),
        "hours": ("Hours a week to learn", [(str(hours), hours) for hours in range(1, 41)]),
        "country": ("Country I look for work in", []),
    }
    skills = {("answers", "skills", key): (label, steps) for key, label in ask["skills"].items()}
    return forms.Form({("answers", key): question for key, question in questions.items()} | skills)


class Files(anywidget.AnyWidget):
    """Buttons below a form: a download of answers and work as one zip file, an upload of it, and a fresh start."""

    _esm = pathlib.Path(__file__).with_name("files.js")
    most = traitlets.Int(_MOST).tag(sync=True)

    def __init__(self, form):
        super().__init__()
        self._form = form
        # What a button said last may no longer hold once another answer is given.
        form.status.observe(lambda _: self.send({"said": "", "name": ""}, []), "value")
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
                said = take(b"{}").note or empty
        except ValueError as error:
            said = str(error)
        self._form.fill()
        self.send({"said": said, "name": name}, data)

    def _ipython_display_(self):
        text = "Download answers and work, upload them, start again: run this notebook first."
        live.present(self, f"<p>{text}</p>", text)


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

    Returns a sentence for the learner. Raises ValueError with one if it is not what was downloaded; nothing has changed then.
    """
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return take(data).note or "The form shows your answers as they are now."
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
        told, work = take(answers.read_bytes()), answers.with_name("work")
        try:
            if work.is_dir():
                shutil.copytree(work, profile.work("00").parent, copy_function=_copy, dirs_exist_ok=True)
        except shutil.Error as error:
            names = ", ".join(pathlib.Path(target).name for _, target, _ in error.args[0][:5])
            return f"Your answers are in, but these could not be written: {names}."
    return told.note or "The form shows your answers now, and the files are in your work folder."


def take(data):
    """Put an uploaded profile (bytes) in the place of the present one, which is kept beside it; returns the Profile.

    If `data` is no profile, it raises ValueError with one sentence, and nothing has changed.
    """
    try:
        new = profile.Profile.model_validate_json(data)
    except pydantic.ValidationError:
        raise ValueError("The file holds no answers of this series: choose the one you downloaded.") from None
    with contextlib.suppress(OSError):  # there is none, or the new ones cannot be saved either
        profile.aside(profile.path(), "replaced")
    return profile.update(lambda _: new.model_dump())


def _copy(source, target):
    """Copy a file into the work folder; one that is there and differs is kept beside it under another name."""
    target = pathlib.Path(target)
    if not target.resolve().is_relative_to(profile.work("00").parent.resolve()):
        raise OSError("a link leads out of the work folder")
    if target.exists() and not (target.is_file() and filecmp.cmp(source, target, shallow=False)):
        profile.aside(target, "replaced")
    shutil.copyfile(source, target)


@check.exercise(
    "Replace the three dots with a number: what is `pay` after the middle cell has run three times?"
)
def order_of_cells(answer):
    """What a variable holds after one of its cells was run again and again."""
    why = "Each run adds 10: 110, 120, 130. The notebook remembers what the page does not show."
    hints = {
        110: "That is after one run. The cell starts from what the last run left.",
        120: "That is after two runs: one more.",
        140: "Nearly: you did not run the first cell again before you began to count.",
        30: "The first cell puts 100 in; count on from there.",
        100: "That is before the cell has run at all.",
        None: "Start with 100 and add 10 for every run of the middle cell.",
    }
    return check.judge_number(answer, 130, 0.5, why, hints)


@check.exercise("Replace the three dots with a number of weeks.")
def weeks_needed(answer):
    """Weeks for the whole series at three hours a week, with its builds."""
    hours = course.hours()[0]
    value, weeks, whole = check.as_number(answer), hours / 3, math.ceil(hours / 3)
    hints = {
        hours: "Those are hours: divide by the three hours of a week.",
        hours * 60 / 3: "Those are minutes divided by three: use the hours.",
        **dict.fromkeys((2 * weeks, 2 * whole), "That is twice as long. Divide the hours as they stand."),
        whole - 1: "You rounded down: after that many weeks there is still something left to do.",
        None: "Divide the hours of the whole series, with the builds, by 3.",
    }
    why = f"{hours} hours are {weeks:.1f} weeks of three hours: say {whole}. With a weekend of Python behind you, plan {2 * whole}."
    return check.judge_number(value, whole if value == whole else weeks, 0.06, why, hints)


@check.exercise('Replace the three dots with the name of a table, such as "wages".')
def oldest_table(answer):
    """The table whose figures end longest ago."""
    dates = {table: tables.as_of(table) for table in tables.names()}
    named = [dates[word] for word in re.findall(r"\w+", str(answer).lower()) if word in dates]
    if not named:
        return check.wrong('There is no such table. Put its name in quotation marks, such as "wages".')
    if (ends := max(named)) == min(dates.values()):
        return check.right(f"It ends on {ends:%d %B %Y}. An old figure must say that it is old.")
    return check.wrong(f"That one ends on {ends:%d %B %Y}; another ends earlier. Read down the dates above.")
