"""The shape that every notebook of the series has: opening, cells, alt text, links, stored outputs."""

import ast
import itertools
import re
import statistics
import urllib.parse

import pytest

from helpers import check, series
from tests import books

MAX_BYTES = 500_000
books_of_the_series = pytest.mark.parametrize("path", books.PATHS, ids=lambda path: path.stem)


def code_lines(cell):
    """int: lines of code, without blank lines and comments."""
    lines = (line.strip() for line in cell.source.splitlines())
    return sum(1 for line in lines if line and not line.startswith("#"))


def markdown(book):
    """str: all text of a notebook."""
    return "\n\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")


def anchors(path):
    """set of str: what can be linked to in a notebook, as JupyterLab names it."""
    headings = re.findall(r"^#+ (.+)$", markdown(books.read(path)), re.MULTILINE)
    return {heading.strip().replace(" ", "-") for heading in headings}


def test_every_notebook_of_the_folder_is_in_the_series():
    found = {path.name for path in series.NOTEBOOKS.glob("*.ipynb")}
    assert found == {path.name for path in books.PATHS}
    assert found, "no notebook was found"


def test_numbers_run_from_00_without_a_hole():
    assert [notebook.number for notebook in series.SERIES] == [f"{i:02d}" for i in range(len(series.SERIES))]


@pytest.mark.parametrize(
    "path", [path for path in books.PATHS if "_work_as_" in path.name], ids=lambda path: path.stem
)
def test_the_four_jobs_can_be_laid_side_by_side(path):
    headings = re.findall(r"^## (.+)$", markdown(books.read(path)), re.MULTILINE)
    assert headings[:2] == ["The brief", "What the day is really like"]
    assert [heading[:3] for heading in headings[2:6]] == ["1. ", "2. ", "3. ", "4. "]
    assert headings[6:] == [
        "The evidence", "Reasons not to choose it", "Did you like it?", "Where next", "What you just did",
    ]  # fmt: skip


@books_of_the_series
def test_opening(path):
    book = books.read(path)
    notebook = next(notebook for notebook in series.SERIES if notebook.path == path)
    opening = book.cells[0].source
    assert opening.startswith(f"# {notebook.title}\n")
    assert "**What you'll do:**" in opening
    goals = re.search(r"\*\*By the end you can\*\*\n\n((?:- .+\n)+)", opening)
    assert goals and 3 <= goals[1].count("\n") <= 5
    assert f"**Time:** {notebook.minutes} minutes." in opening
    assert "**You need:**" in opening
    assert opening.endswith(series.navigation(notebook.number)), (
        "run python -m tests.store to renew the links"
    )


@books_of_the_series
def test_close(path):
    text = markdown(books.read(path))
    places = [text.find(mark) for mark in ("## What you just did", "**On your own.**", "**In practice.**")]
    assert -1 not in places and places == sorted(places)
    assert re.search(r"\*\*Sources\.\*\*.+\d{4}", text), "name the sources with their dates"


@books_of_the_series
def test_cells_are_short_and_explained(path):
    book = books.read(path)
    code = books.code_cells(book)
    lengths = [code_lines(cell) for cell in code]
    assert statistics.median(lengths) <= 3
    assert statistics.quantiles(lengths, n=10)[-1] <= 10 and max(lengths) <= 20
    assert 0.8 <= (len(book.cells) - len(code)) / len(code) <= 1.7
    words = len(markdown(book).split())
    assert words <= 3_200, f"{words} words: too long to read in one go"


@books_of_the_series
def test_plain_reading(path):
    text = markdown(books.read(path))
    assert not re.search(r"\[(?:here|this|link)\]\(", text, re.IGNORECASE), "say in the link where it leads"
    assert not re.search(r"!\[\]\(|<img(?![^>]*\balt=)", text), "a picture without alt text"
    levels = [
        len(mark)
        for mark in re.findall(r"^(#+) ", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    ]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@books_of_the_series
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", markdown(books.read(path))):
        if re.match(r"https://|mailto:", target):
            continue
        name, _, anchor = urllib.parse.unquote(target).partition("#")
        file = (path.parent / name).resolve() if name else path
        assert file.exists(), target
        if anchor and file.suffix == ".ipynb":
            assert anchor in anchors(file), target


@books_of_the_series
def test_outputs_are_stored_in_order_and_small(path):
    book = books.read(path)
    code = books.code_cells(book)
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert path.stat().st_size < MAX_BYTES
    assert "widgets" not in book.metadata, "widget state would be stale: run python -m tests.store"
    for output in (output for cell in code for output in cell.outputs):
        assert output.output_type != "error"
        assert output.get("name") != "stderr", output.get("text")
        assert books.WIDGET_VIEW not in output.get("data", {}), "run python -m tests.store"


@books_of_the_series
def test_every_picture_has_words(path):
    for cell in books.code_cells(books.read(path)):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                alt = output.metadata.get("image/png", {}).get("alt", "")
                assert len(alt) >= 40 and any(c.isalpha() for c in alt), cell.source


@books_of_the_series
def test_words_below_a_picture_are_no_formula(path):
    # JupyterLab sets what stands between two dollar signs as mathematics, escaped or not.
    for cell in books.code_cells(books.read(path)):
        for output in cell.outputs:
            assert "$" not in output.get("data", {}).get("text/markdown", ""), cell.source


@books_of_the_series
def test_exercises_have_checkers_and_solutions(path):
    book = books.read(path)
    pairs = books.solutions(book)
    assert 3 <= len(pairs) <= 6
    checked = set()
    for cell, solution in pairs:
        assert re.search(r"^\w+ = \.\.\.$", cell.source, re.MULTILINE), "the reader replaces three dots"
        call = re.compile(r"check\.nb(\d\d)\.(\w+)\(answer\)$")
        (number, name), (again, same) = call.search(cell.source).groups(), call.search(solution).groups()
        assert (number, name) == (again, same) and number == path.name[:2]
        checked.add(name)
    assert checked == set(check.exercises(path.name[:2])), (
        "each checker has its exercise, and the other way round"
    )


@books_of_the_series
def test_code_needs_no_network_and_no_shell(path):
    for cell in books.code_cells(books.read(path)):
        assert not re.search(r"^\s*[!%]", cell.source, re.MULTILINE), cell.source
        imported = {
            name.name.split(".")[0]
            for node in ast.walk(ast.parse(cell.source))
            if isinstance(node, ast.Import)
            for name in node.names
        }
        assert not imported & {"os", "subprocess", "pickle", "requests", "urllib"}, cell.source


def test_readme_shows_the_series():
    readme = (series.NOTEBOOKS.parent / "README.md").read_text("utf-8")
    for notebook in series.SERIES:
        assert f"| {notebook.number} {notebook.title} | {notebook.makes} | {notebook.minutes} |" in readme
    for target in re.findall(r"\]\(([^)#:]+)\)", readme):
        assert (series.NOTEBOOKS.parent / target).exists(), target
