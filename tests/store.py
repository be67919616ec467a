"""Run notebooks and store their outputs: ``python -m tests.store [NOTEBOOK ...]``, all if none is named.

What is stored is what a reader without a kernel should see: pictures and words, no live widgets, and folded what
follows a guess. Look at the difference of the outputs before you commit it, and reread the prose beside each that
changed. Without names the tables of README.md and docs/teaching.md are renewed as well.
"""

import pathlib
import re
import sys

import nbformat

from helpers import course
from tests import books, series

_LINKS = re.compile(r"^(NAVIGATION|(?:\[← .*|\[Contents\]).*)$", re.MULTILINE)
_TIME = re.compile(r"^\*\*Time:\*\*.*$", re.MULTILINE)
_WRITTEN = re.compile(r"^(?:Writing|Overwriting) \S*?(work/\S+)$", re.MULTILINE)
KEPT_METADATA = ("kernelspec", "language_info")


def store(path):
    """Run one notebook with an empty profile, and write it with its outputs, its links and its minutes."""
    book = books.read(path)
    number = path.name[:2]
    book.cells[0].source = _LINKS.sub(series.navigation(number), book.cells[0].source)
    with books.empty_profile():
        books.run(book)
    for cell in books.code_cells(book):
        if books.tagged(cell, "reveal"):
            cell.metadata["jupyter"] = {"outputs_hidden": True}
            cell.outputs.insert(0, nbformat.v4.new_output("stream", name="stdout", text=books.FOLDED))
        for output in cell.outputs:
            output.get("data", {}).pop(books.WIDGET_VIEW, None)
            if output.output_type == "stream":
                output.text = _WRITTEN.sub(r"Writing \1", output.text)
        cell.outputs = [output for output in cell.outputs if output.get("data") != {}]  # was a live view only
    for key in set(book.metadata) - set(KEPT_METADATA):
        del book.metadata[key]
    nbformat.validate(book)
    nbformat.write(book, path)
    series.keep(path)  # the minutes rest on the outputs
    book.cells[0].source = _TIME.sub(series.time_line(*series.minutes(path)), book.cells[0].source)
    nbformat.write(book, path)


def readme():
    """Write the table of the series into README.md, and its minutes into the page for teachers."""
    path = course.NOTEBOOKS.parent / "README.md"
    text = path.read_text("utf-8")
    start, end = text.index("| notebook |"), text.index("\n\nThe map in notebook 00")
    path.write_text(text[:start] + series.table() + text[end:], "utf-8")
    series.TEACHING.write_text(series.plans(series.TEACHING.read_text("utf-8")), "utf-8")


def main(names):
    """Store the named notebooks, or all."""
    paths = [pathlib.Path(name) for name in names] or books.PATHS
    for path in reversed(paths):  # the first shows minutes of all
        store(path)
        print(path.name)
    if not names:
        readme()


if __name__ == "__main__":
    main(sys.argv[1:])
