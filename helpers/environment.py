"""Is this computer ready for the series? One line a question, and for each "no" what to do."""

import importlib.metadata
import re
import sys
from typing import NamedTuple

from IPython.display import Markdown
from packaging.requirements import Requirement

from helpers import profile, tables


class Finding(NamedTuple):
    """One question about this computer: what was looked at, whether it is all right, and what to do if not."""

    what: str
    fine: bool
    advice: str


def check():
    """Look at Python, the packages, the tables and the place for answers.

    Returns
    -------
    list of Finding
    """
    return [_python(), _packages(), _tables(), _profile()]


def report(findings):
    """Show findings in a notebook.

    Parameters
    ----------
    findings : list of Finding

    Returns
    -------
    IPython.display.Markdown
    """
    lines = [
        f"- {'✓ OK:' if f.fine else '✗ **To do:**'} {f.what}{'' if f.fine else f'. {f.advice}'}"
        for f in findings
    ]
    ready = all(finding.fine for finding in findings)
    verdict = (
        "Everything is ready."
        if ready
        else "Do what the marked lines say, then restart the kernel and run again."
    )
    return Markdown("\n".join([*lines, "", f"**{verdict}**"]))


def _python():
    fine = (3, 11) <= sys.version_info[:2] < (3, 15)
    have = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        "Python is 3.11 to 3.14", fine, f"This is {have}: make a new environment with 3.11, as README.md says"
    )


def _packages():
    try:
        wanted = [Requirement(line) for line in importlib.metadata.requires("ml-careers") or ()]
    except importlib.metadata.PackageNotFoundError:
        return Finding(
            "the project is installed",
            False,
            "Run `pip install -c constraints.txt -e .` in the project's folder",
        )
    faults = [fault for want in wanted if (fault := _fault(want))]
    return Finding(
        "all packages are there, in versions that fit",
        not faults,
        f"{'; '.join(faults)}: run `pip install -c constraints.txt -e .` in the project's folder",
    )


def _fault(want):
    if want.marker and not want.marker.evaluate({"extra": ""}):
        return None
    try:
        have = importlib.metadata.version(want.name)
    except importlib.metadata.PackageNotFoundError:
        return f"{want.name} is missing"
    if want.specifier.contains(have, prereleases=True):
        return None
    return f"{want.name} is {have}, but {re.sub(r'(?<=[0-9]),', ' and ', str(want.specifier))} is needed"


def _tables():
    what = "all tables of `data/` are whole"
    try:
        for name in tables.names():
            tables.load(name)
    except tables.DamagedTable as error:
        return Finding(what, False, str(error).rstrip("."))
    return Finding(what, True, "")


def _profile():
    notes = profile.update().notes  # changes nothing, and so shows whether anything could be saved
    return Finding("your answers can be saved", not notes, " ".join(notes).rstrip("."))
