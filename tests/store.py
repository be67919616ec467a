"""Run notebooks and store their outputs: ``python -m tests.store [NOTEBOOK ...]``, all if none is named.

What is stored is what a reader without a kernel should see: pictures and words, no live widgets. Look at the
difference of the outputs before you commit it, and reread the prose beside each that changed.
"""

import pathlib
import re
import sys

import nbformat

from helpers import series
from tests import books

_LINKS = re.compile(r"^(NAVIGATION|(?:\[← .*|\[Contents\]).*)$", re.MULTILINE)
KEPT_METADATA = ("kernelspec", "language_info")


def store(path):
    """Run one notebook with an empty profile, and write it with its outputs and its links."""
    book = books.read(path)
    book.cells[0].source = _LINKS.sub(series.navigation(path.name[:2]), book.cells[0].source)
    with books.empty_profile():
        books.run(book)
    for cell in books.code_cells(book):
        for output in cell.outputs:
            output.get("data", {}).pop(books.WIDGET_VIEW, None)
    for key in set(book.metadata) - set(KEPT_METADATA):
        del book.metadata[key]
    # The patch version of Python would change with every machine and tells the reader nothing.
    book.metadata.language_info = {"name": "python"}
    nbformat.validate(book)
    nbformat.write(book, path)


def main(names):
    """Store the named notebooks, or all."""
    paths = [pathlib.Path(name) for name in names] or books.PATHS
    for path in paths:
        store(path)
        print(path.name)


if __name__ == "__main__":
    main(sys.argv[1:])
