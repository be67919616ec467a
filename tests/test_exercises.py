"""Every exercise: its solution is put in place, the notebook is run, and the checker accepts it."""

import json

import pytest

from tests import books


@pytest.mark.parametrize("path", books.PATHS, ids=lambda path: path.stem)
def test_solutions_are_accepted_and_noted(path):
    book = books.read(path)
    solved = books.solutions(book)
    for cell, solution in solved:
        cell.source = solution
    with books.empty_profile() as home:
        books.run(book)
        noted = json.loads((home / "profile.json").read_text("utf-8"))["solved"][path.name[:2]]
    for cell, _ in solved:
        assert cell.outputs[-1].data["text/plain"].startswith("✓ Right."), cell.outputs[-1].data["text/plain"]
    assert len(noted) == len(solved)


@pytest.mark.parametrize("path", books.PATHS, ids=lambda path: path.stem)
def test_runs_twice_in_one_kernel_and_from_the_top_folder(path):
    book = books.read(path)
    cells = len(book.cells)
    for cell in list(book.cells):
        again = cell.copy()
        again.id = f"again-{cell.id}"
        book.cells.append(again)
    with books.empty_profile():
        books.run(book, folder=path.parent.parent)
    for first, second in zip(book.cells[:cells], book.cells[cells:], strict=True):
        if first.cell_type == "code":
            assert words(first) == words(second), first.source


def words(cell):
    """list of str: what a cell printed or showed, without pictures and addresses in memory."""
    return [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
