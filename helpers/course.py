"""The course: its sixteen notebooks, how long they take, how far a learner is, and whether this computer is ready."""

import dataclasses
import json
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from IPython.display import Markdown
from packaging.requirements import Requirement

from helpers import check, profile, tables

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
_LONGER = "(longer path)"
_MAP = "00-017"  # the cell of notebook 00 under which the map stands
_FOLDS = re.compile(r"<details>.*?</details>|```.*?```", re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Notebook:
    """One notebook of the series: what is known of it before it is opened."""

    file: str
    title: str
    makes: str
    minutes: tuple = ()  # planned, for one that is not written yet: with builds, without

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


def navigation(number):
    """str: links to the notebook before, the contents and the next one, as Markdown."""
    there = finished()
    place = [notebook.number for notebook in there].index(number)
    links = [f"[← {one.title}]({one.path.name})" for one in there[:place][-1:]]
    links.append(f"[Contents]({SERIES[0].path.name}#cell-id={_MAP})")  # that of a heading leads to the top of it
    links += [f"[{one.title} →]({one.path.name})" for one in there[place + 1 :][:1]]
    return " | ".join(links)


def minutes(path):
    """Count the honest minutes of a stored notebook, for a student of the field, in steps of five.

    A minute for 180 words, 5 seconds a line of code that is given, 20 a figure or table, 3 minutes an exercise, 8 to 12
    a build, by the length of its solution. What is folded is not counted. Returns three whole numbers: with the builds,
    without, and for the short path, which has neither builds nor the sections that are marked as longer.
    """
    solved = {place: text for place, text in check.solutions(path.name[:2]).values()}
    builds = rest = short = 0.0
    longer = 0  # level of the heading of a longer section that we are in
    for place, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"]):
        source, tags = "".join(cell["source"]), cell["metadata"].get("tags", ())
        if cell["cell_type"] == "markdown":
            for part in re.split(r"^(?=#+ )", _FOLDS.sub("", source), flags=re.MULTILINE):
                heading = re.match(r"(#+) (.*)", part)
                if heading and (longer == 0 or len(heading[1]) <= longer):
                    longer = len(heading[1]) if heading[2].endswith(_LONGER) else 0
                rest += len(part.split()) / 180
                short += len(part.split()) / 180 * (not longer)
        elif "build" in tags:
            builds += min(8 + max(_lines(solved[place]) - 5, 0) / 5, 12)
        else:
            seen = sum("text/html" in output.get("data", ()) for output in cell["outputs"])
            spent = 3 if "exercise" in tags else (5 * _lines(source) + 20 * seen) / 60
            rest += spent
            short += spent * (not longer)
    return tuple(5 * round(sum_ / 5) for sum_ in (builds + rest, rest, short))


def _lines(source):
    lines = (line.strip() for line in source.splitlines())
    return sum(1 for line in lines if line and not line.startswith("#"))


def time_line(number):
    """str: the sentence about time in the opening of a written notebook."""
    full, without, short = minutes(next(one for one in SERIES if one.number == number).path)
    line = f"**Time:** about {full} minutes"
    if without < full:
        line += f", {without} without the builds"
    if short < without:
        line += f"; about {short} on the short path, which also leaves out the sections marked as longer"
    return f"{line}."


def _planned(notebook):
    return minutes(notebook.path)[:2] if notebook.path.exists() else notebook.minutes


def hours():
    """tuple of int: the whole series with its builds, and without, for a student of the field."""
    full, without = zip(*(_planned(notebook) for notebook in SERIES), strict=True)
    return round(sum(full) / 60), round(sum(without) / 60)


def table():
    """str: the series as a Markdown table, and a line with the hours of all."""
    lines = ["| notebook | you make | minutes | without builds |", "| --- | --- | ---: | ---: |"]
    for notebook in SERIES:
        full, without = _planned(notebook)
        lines.append(f"| {notebook.number} {notebook.title} | {notebook.makes} | {full} | {without} |")
    return "\n".join([*lines, "", _in_all()])


def map():
    """Show (as Markdown) every notebook, what is made in it, how long it takes, and what the learner has solved and built.

    Notebooks that are not written yet have no link.
    """
    solved, there = profile.read().solved, finished()
    lines = ["| notebook | you make | minutes | without builds | exercises | builds |"]
    lines.append("| --- | --- | ---: | ---: | --- | --- |")
    for notebook in SERIES:
        full, without = _planned(notebook)
        name, done = f"{notebook.number} {notebook.title}", ["not written yet", ""]
        if notebook in there:
            name = f"[{name}]({notebook.path.name})"
            kinds = (check.exercises(notebook.number), check.builds(notebook.number))
            done = [_done(names, solved.get(notebook.number, ())) for names in kinds]
        lines.append(f"| {name} | {notebook.makes} | {full} | {without} | {done[0]} | {done[1]} |")
    lines.append(f"\n{_in_all()} Each notebook also runs on its own.\n\n{_made()}")
    return Markdown("\n".join(lines))


def _in_all():
    return "In all about {} hours, {} without the builds.".format(*hours())


def _done(names, solved):
    count = len(set(names) & set(solved))
    return f"{count} of {len(names)}{' ✓' * (0 < len(names) == count)}" if names else "none"


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
