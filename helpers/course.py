"""The course: its sixteen notebooks, how long they take, how far a learner is, and whether this computer is ready."""

import dataclasses
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from IPython.display import Markdown
from packaging.requirements import Requirement

from helpers import check, profile, tables

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


@dataclasses.dataclass(frozen=True)
class Notebook:
    """One notebook of the series: what is known of it before it is opened."""

    file: str
    title: str
    makes: str
    minutes: tuple  # with the builds, without, and on the short path of one that is written

    @property
    def number(self):
        """str: ``"00"`` to ``"15"``."""
        return self.file[:2]

    @property
    def path(self):
        """pathlib.Path: where the notebook lies."""
        return NOTEBOOKS / f"{self.file}.ipynb"


_ROWS = tomllib.loads(Path(__file__).with_name("series.toml").read_text("utf-8"))["notebook"]
SERIES = tuple(Notebook(**row) for row in _ROWS)


def finished():
    """tuple of Notebook: those that exist in `notebooks/`, in order."""
    return tuple(notebook for notebook in SERIES if notebook.path.exists())


def hours():
    """tuple of int: the whole series with its builds, and without, for a student of the field."""
    return tuple(round(sum(notebook.minutes[place] for notebook in SERIES) / 60) for place in (0, 1))


def map():
    """Show (as Markdown) every notebook, what is made in it, how long it takes, and what the learner has solved and built.

    Notebooks that are not written yet have no link.
    """
    solved, there = profile.read().solved, finished()
    lines = ["| notebook | you make | minutes | without builds | exercises | builds |"]
    lines.append("| --- | --- | ---: | ---: | --- | --- |")
    for notebook in SERIES:
        full, without = notebook.minutes[:2]
        name, done = f"{notebook.number} {notebook.title}", ["not written yet", ""]
        if notebook in there:
            name = f"[{name}]({notebook.path.name})"
            kinds = (check.exercises(notebook.number), check.builds(notebook.number))
            done = [_done(names, solved.get(notebook.number, ())) for names in kinds]
        lines.append(f"| {name} | {notebook.makes} | {full} | {without} | {done[0]} | {done[1]} |")
    total = "In all about {} hours, {} without the builds.".format(*hours())
    lines.append(f"\n{total} Each notebook also runs on its own.\n\n{_made()}")
    return Markdown("\n".join(lines))


def _done(names, solved):
    count = len(set(names) & set(solved))
    mark = "\u00a0✓" if 0 < len(names) == count else ""  # on the same line as the count
    return f"{count} of {len(names)}{mark}" if names else "none"


def _made():
    root = profile.work("00").parent
    files = sorted(file.relative_to(root) for file in root.glob("*/*") if file.is_file())
    if not files:
        return "Your work folder, `work`, is empty so far."
    shown = ", ".join(f"`{file.as_posix()}`" for file in files[:40])
    return f"Your work folder, `work`, holds {shown}{' and more' * (len(files) > 40)}."


def computer():
    """Say (as Markdown) whether this computer is ready for the series, with what to do for each "no"."""
    questions = {
        "Python is 3.11 to 3.14": _python(),
        "all packages are there, in versions that fit": _packages(),
        "all tables of `data/` are whole": _tables(),
        "your answers can be saved": _answers(),
    }
    lines = [
        f"- ✗ **To do:** {what}. {advice}" if advice else f"- ✓ OK: {what}"
        for what, advice in questions.items()
    ]
    verdict = "Everything is ready."
    if any(questions.values()):
        verdict = "Do what the marked lines say, restart the kernel, run again."
    return Markdown("\n".join([*lines, "", f"**{verdict}**"]))


def _python():
    if (3, 11) <= sys.version_info[:2] < (3, 15):
        return ""
    have = ".".join(str(part) for part in sys.version_info[:3])
    return f"This is {have}: make a new environment with 3.11, as README.md says"


def _packages():
    repair = "run `pip install -c constraints.txt -e .`"
    try:
        wanted = [Requirement(line) for line in metadata.requires("ml-careers") or ()]
    except metadata.PackageNotFoundError:
        return f"The project is not installed: {repair} in its folder"
    faults = [_fault(want) for want in wanted if not want.marker or want.marker.evaluate({"extra": ""})]
    said = "; ".join(fault for fault in faults if fault)
    return said and f"{said}: {repair} in the project's folder"


def _fault(want):
    try:
        have = metadata.version(want.name)
    except metadata.PackageNotFoundError:
        return f"{want.name} is missing"
    if want.specifier.contains(have, prereleases=True):
        return ""
    return f"{want.name} is {have}, but {str(want.specifier).replace(',', ' and ')} is needed"


def _tables():
    try:
        for name in tables.names():
            tables.load(name)
    except tables.DamagedTable as error:
        return str(error).rstrip(".")
    return ""


def _answers():
    # An update that changes nothing shows whether anything could be saved.
    return profile.update(lambda told: None).note.rstrip(".")
