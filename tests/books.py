"""Read and run the notebooks of the series: what the tests and the command that stores outputs share."""

import contextlib
import os
import pathlib
import re
import sys
import tempfile

import nbformat
from nbclient import NotebookClient
from nbclient.output_widget import OutputWidget

from helpers import series

# nbclient tells the kernel what an Output widget captured while it waits for the kernel's reply on the same
# socket; the reply can get lost and it waits for ever (jupyter/nbclient issue 312). The kernel need not know.
OutputWidget.sync_state = lambda self: None

PATHS = [notebook.path for notebook in series.written()]
TIMEOUT = 300  # seconds a cell
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_SOLUTION = re.compile(r"<details><summary>Solution</summary>\s*```python\n(.*?)```\s*</details>", re.DOTALL)


def read(path):
    """Read a notebook file (format 4)."""
    return nbformat.read(path, as_version=4)


def code_cells(book):
    """list: the code cells of a notebook."""
    return [cell for cell in book.cells if cell.cell_type == "code"]


def tagged(cell, tag):
    """bool: does the cell carry the tag?"""
    return tag in cell.metadata.get("tags", ())


def solutions(book):
    """Pair each exercise cell with the solution that is folded below it.

    Returns
    -------
    list of (cell, str)

    Raises
    ------
    ValueError
        If an exercise has no solution before the next one, or the other way round.
    """
    pairs, waiting = [], None
    for cell in book.cells:
        if cell.cell_type == "code" and tagged(cell, "exercise"):
            if waiting is not None:
                raise ValueError(f"No solution below the exercise {waiting.source!r}")
            waiting = cell
        for code in _SOLUTION.findall(cell.source) if cell.cell_type == "markdown" else ():
            if waiting is None:
                raise ValueError(f"A solution with no exercise above it: {code!r}")
            pairs.append((waiting, code.rstrip("\n")))
            waiting = None
    if waiting is not None:
        raise ValueError(f"No solution below the exercise {waiting.source!r}")
    return pairs


@contextlib.contextmanager
def empty_profile():
    """Point the profile to a folder that is gone afterwards; notebooks are stored and tested with an empty one."""
    before = os.environ.get("ML_CAREERS_HOME")
    with tempfile.TemporaryDirectory(prefix="ml-careers-") as home:
        os.environ["ML_CAREERS_HOME"] = home
        try:
            yield pathlib.Path(home)
        finally:
            if before is None:
                del os.environ["ML_CAREERS_HOME"]
            else:
                os.environ["ML_CAREERS_HOME"] = before


def run(book, folder=series.NOTEBOOKS, **options):
    """Run a notebook in a fresh kernel of this Python, in place.

    Parameters
    ----------
    book : nbformat.NotebookNode
    folder : pathlib.Path
        Working directory of the kernel.
    **options
        For :class:`nbclient.NotebookClient`, such as ``allow_errors=True``.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        With the cell and its traceback.
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
    client.create_kernel_manager().kernel_spec.argv[0] = sys.executable
    client.execute()
