"""Read and run the notebooks of the series: what the tests and the command that stores outputs share."""

import contextlib
import os
import pathlib
import re
import sys
import tempfile
import unittest.mock

import nbformat
from nbclient import NotebookClient
from nbclient.output_widget import OutputWidget

from helpers import check, course

# nbclient tells the kernel what an Output widget captured while it waits for the kernel's reply on the same
# socket; the reply can get lost and it waits for ever (jupyter/nbclient issue 312). The kernel need not know.
OutputWidget.sync_state = lambda self: None

PATHS = [notebook.path for notebook in course.SERIES]
JOBS = [path for path in PATHS if "_work_as_" in path.name]
FOLDED = "Folded: guess first, then run this cell.\n"
"""Stands first in a folded output: JupyterLab shows the first line of it beside the fold."""

TIMEOUT = 300  # seconds a cell
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
FOLDS = re.compile(r"<details>.*?</details>|```.*?```", re.DOTALL)


def read(path):
    """Read a notebook file (format 4)."""
    return nbformat.read(path, as_version=4)


def code_cells(book):
    """list: the code cells of a notebook."""
    return [cell for cell in book.cells if cell.cell_type == "code"]


def tagged(cell, *tags):
    """bool: does the cell carry one of the tags?"""
    return bool(set(tags) & set(cell.metadata.get("tags", ())))


def code_lines(source):
    """list of str: lines of code, without blank lines and comments."""
    lines = (line.strip() for line in source.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def markdown(book):
    """str: all text of a notebook."""
    return "\n\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")


def prose(book):
    """str: the text of a notebook that everybody reads, without what is folded."""
    return FOLDS.sub("", markdown(book))


def solutions(path):
    """list of (name, int, str): exercises and builds, the place of each one's cell, and its solved text."""
    return [(name, place, text) for name, (place, text) in check.solutions(path.name[:2]).items()]


@contextlib.contextmanager
def empty_profile():
    """Point the profile to a folder that is gone afterwards; notebooks are stored and tested with an empty one."""
    folder = tempfile.TemporaryDirectory(prefix="ml-careers-", ignore_cleanup_errors=True)
    with folder as home, unittest.mock.patch.dict(os.environ, ML_CAREERS_HOME=home):
        yield pathlib.Path(home)


def run(book, folder=course.NOTEBOOKS, prefix=(), **options):
    """Run a notebook in place, in a fresh kernel of this Python; a cell that fails is raised with its traceback.

    `prefix` is a command that runs the kernel, such as that of `tests/alone.py`; `options` are for
    :class:`nbclient.NotebookClient`.
    """
    for cell in code_cells(book):
        cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        book,
        timeout=TIMEOUT,
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        coalesce_streams=True,
        **options,
    )
    manager = client.create_kernel_manager()
    manager.kernel_spec.argv[:1] = [*prefix, sys.executable]
    with tempfile.TemporaryDirectory(prefix="kernel-") as sockets:
        manager.transport, manager.ip = "ipc", f"{sockets}/kernel"  # reaches a kernel that has no network
        client.execute()


def text_of(cell):
    """str: what a cell says, all its outputs as plain text."""
    said = (output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs)
    return "\n".join(said)
