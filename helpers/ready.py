"""Is this computer ready for the series? ``python -m helpers.ready`` says so in a terminal, notebook 00 in a cell.

Nothing of a package is imported before a question needs it, so that a missing one becomes a sentence.
"""

import contextlib
import os
import pathlib
import shutil
import socket
import sys
import webbrowser
from importlib import metadata

_PROJECT = pathlib.Path(__file__).resolve().parent.parent
_GB = 2**30
_MEMORY = 1.5  # GB that are free: notebook 08 takes 0.8 with its workers; JupyterLab and a browser's tab come on top
_DISK = 1.0  # GB that are free, after the installation
_PORTS = range(8888, 8939)  # JupyterLab tries these, one after the other


def for_notebooks():
    """dict: what the notebooks need, and for each what is to be done about it, or nothing."""
    return {
        "Python is 3.11 to 3.14": _python(),
        "all packages are there, in versions that fit": _packages(),
        "all tables of `data/` are whole": _asked(_tables),
        "your answers can be saved": _asked(_saved),
    }


def for_a_room():
    """dict: what a computer in a classroom needs besides, and for each what is to be done about it, or nothing."""
    return {
        f"at least {_MEMORY:g} GB of memory are free": _asked(_memory),
        f"at least {_DISK:g} GB of disk are free": _disk(),
        "a port for JupyterLab is free on this computer": _port(),
        "a browser can be opened": _browser(),
    }


def lines(asked):
    """list of str: a line for each question, with OK or with what is to be done."""
    return [f"- ✗ **To do:** {what}. {do}" if do else f"- ✓ OK: {what}" for what, do in asked.items()]


def _asked(question):
    try:
        return question()
    except ImportError as error:
        return f"This cannot be seen before {error.name} is installed"


def _python():
    if (3, 11) <= sys.version_info[:2] < (3, 15):
        return ""
    have = ".".join(str(part) for part in sys.version_info[:3])
    return f"This is {have}: make a new environment with 3.11, as README.md says"


def _packages():
    repair = "run `pip install -c constraints.txt -e .`"
    try:
        from packaging.requirements import Requirement

        wanted = [Requirement(line) for line in metadata.requires("ml-careers") or ()]
    except (ImportError, metadata.PackageNotFoundError):
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
    from helpers import tables

    try:
        for name in tables.names():
            tables.load(name)
    except tables.DamagedTable as error:
        return str(error).rstrip(".")
    return ""


def _saved():
    from helpers import profile

    # An update that changes nothing shows whether anything could be saved.
    return profile.update(lambda told: None).note.rstrip(".")


def _memory():
    import psutil  # comes with JupyterLab's kernel

    free = psutil.virtual_memory().available / _GB
    limit = os.environ.get("MEM_LIMIT", "")  # JupyterHub and Binder say here what a session may take
    if limit.isdecimal():
        free = min(free, int(limit) / _GB)
    return "" if free >= _MEMORY else f"There are {free:.1f} GB: close other programs, or give a session more"


def _disk():
    free = shutil.disk_usage(_PROJECT).free / _GB
    return "" if free >= _DISK else f"There are {free:.1f} GB: make room (installing takes another 1.2 GB)"


def _port():
    for port in _PORTS:
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)) as door:
            socket.create_connection(door.getsockname()).close()
            return ""
    return "Close other Jupyter servers, and let the firewall allow connections of the computer with itself"


def _browser():
    try:
        webbrowser.get()
    except webbrowser.Error:
        return "Install Firefox or Chromium, or paste the address that JupyterLab prints into a browser (on a hub, nothing is to be done)"
    return ""


def report():
    """Print what is in place and what is to be done: 1 if there is something to do, else 0."""
    asked = {**for_notebooks(), **for_a_room()}
    print("\n".join(lines(asked)).replace("**", "").replace("`", ""))
    print("Do what the marked lines say, and ask again." if any(asked.values()) else "Everything is ready.")
    return int(any(asked.values()))


if __name__ == "__main__":
    sys.exit(report())
