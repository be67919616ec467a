"""The shape that every notebook of the series has: opening, cells, builds, words, links, stored outputs."""

import ast
import inspect
import itertools
import re
import statistics
import urllib.parse

import pytest

from helpers import check, course
from tests import books, series

MAX_BYTES = 400_000
every = pytest.mark.parametrize("path", books.PATHS, ids=lambda path: path.stem)
job = pytest.mark.parametrize("path", books.JOBS, ids=lambda path: path.stem)


def anchors(path):
    """set of str: what can be linked to in a file, as JupyterLab names it."""
    if path.suffix == ".ipynb":
        return {f"cell-id={cell['id']}" for cell in books.read(path).cells}
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {heading.strip().replace(" ", "-") for heading in headings}


def test_every_notebook_of_the_folder_is_in_the_series():
    found = {path.name for path in course.NOTEBOOKS.glob("*.ipynb")}
    assert found == {path.name for path in books.PATHS}
    assert found, "no notebook was found"


def test_numbers_run_from_00_without_a_hole():
    assert [notebook.number for notebook in course.SERIES] == [f"{i:02d}" for i in range(len(course.SERIES))]


@job
def test_the_four_jobs_can_be_laid_side_by_side(path):
    headings = re.findall(r"^## (.+)$", books.prose(books.read(path)), re.MULTILINE)
    assert headings[:2] == ["The brief", "What the day is really like"]
    assert [heading[:3] for heading in headings[2:6]] == ["1. ", "2. ", "3. ", "4. "]
    assert headings[6:] == [
        "The role card", "Reasons not to choose it", "Did you like it?", "Where next", "What you just did",
    ]  # fmt: skip


@every
def test_opening(path):
    opening = books.read(path).cells[0].source
    notebook = next(notebook for notebook in course.SERIES if notebook.path == path)
    assert opening.startswith(f"# {notebook.title}\n")
    assert "**What you'll do:**" in opening and "**You need:**" in opening
    again = "run python -m tests.store to renew the links and the minutes"
    assert series.time_line(*series.minutes(path)) in opening, again
    assert opening.endswith(series.navigation(notebook.number)), again
    assert tuple(notebook.minutes) == series.minutes(path), again


@every
def test_each_objective_is_an_exercise_or_a_build(path):
    book = books.read(path)
    goals = re.search(r"\*\*By the end you can\*\*\n\n((?:- .+\n)+)", book.cells[0].source)
    assert goals and 3 <= goals[1].count("\n") <= 5
    headings = set(re.findall(r"^### ((?:Build|Exercise) \d+)\. ", books.markdown(book), re.MULTILINE))
    for goal in goals[1].splitlines():
        named = re.findall(r"(?:Build|Exercise) \d+", goal)
        assert named and set(named) <= headings, goal


@every
def test_close(path):
    text = books.markdown(books.read(path))
    places = [text.find(mark) for mark in ("## What you just did", "**On your own.**", "**In practice.**")]
    assert -1 not in places and places == sorted(places)
    assert re.search(r"\*\*Sources\.\*\*.+\d{4}", text), "name the sources with their dates"


@every
def test_cells_are_short_and_explained(path):
    book = books.read(path)
    code = books.code_cells(book)
    lengths = [len(books.code_lines(cell.source)) for cell in code]
    assert statistics.median(lengths) <= 3
    assert statistics.quantiles(lengths, n=10)[-1] <= 10 and max(lengths) <= 20
    assert 0.8 <= (len(book.cells) - len(code)) / len(code) <= 1.7
    # What is wider than a cell on a laptop must be scrolled to.
    wide = [line for cell in code for line in cell.source.splitlines() if len(line) > 118]
    assert not [line for line in wide if not re.match(r"✎|\*\*|{", line)]
    words = len(books.prose(book).split())
    assert words <= 2_500, f"{words} words: too long to read in one go"


@job
def test_a_job_fits_into_an_evening_and_has_a_short_path(path):
    full, without, short = series.minutes(path)
    assert full <= 75 and short <= 40 and short <= without < full
    assert books.markdown(books.read(path)).count("**Resting point.**") >= 2


@every
def test_plain_reading(path):
    text = books.markdown(books.read(path))
    assert not re.search(r"\[(?:here|this|link)\]\(", text, re.IGNORECASE), "say in the link where it leads"
    assert not re.search(r"!\[\]\(|<img(?![^>]*\balt=)", text), "a picture without alt text"
    folds = re.findall(r"<summary>.+?</summary>\n\n", text)
    assert text.count("<details>") == text.count("</details>") == len(folds)
    plain = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    levels = [len(mark) for mark in re.findall(r"^(#+) ", plain, re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    formulas = re.findall(r"^.*\$.*\$.*$", re.sub(r"`[^`]*`", "", plain), re.MULTILINE)
    assert not formulas, "JupyterLab sets what stands between two dollar signs as mathematics"


@job
def test_a_reader_who_jumps_in_is_told_what_to_do(path):
    parts = re.findall(r"^## \d\. .+\n\n(.+)$", books.markdown(books.read(path)), re.MULTILINE)
    assert len(parts) == 4 and all("Run All Above Selected Cell" in first for first in parts)


@pytest.mark.parametrize("path", [*books.PATHS, *course.NOTEBOOKS.glob("*.md")], ids=lambda path: path.stem)
def test_links_lead_somewhere(path):
    text = path.read_text("utf-8") if path.suffix == ".md" else books.markdown(books.read(path))
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https://|mailto:", target):
            continue
        name, _, anchor = urllib.parse.unquote(target).partition("#")
        file = (path.parent / name).resolve() if name else path
        assert file.exists(), target
        if anchor and file.suffix in (".ipynb", ".md"):
            assert anchor in anchors(file), target


@every
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
    live = sum(books.tagged(cell, "nbval-ignore-output") for cell in code)
    assert live <= len(code) / 12, "too many cells whose output is not compared"


@every
def test_what_follows_a_guess_is_folded(path):
    code = books.code_cells(books.read(path))
    for before, cell in itertools.pairwise(code):
        assert books.tagged(before, "guess") == books.tagged(cell, "reveal"), cell.source
        assert books.tagged(before, "guess") == bool(re.search(r"\bcheck\.guess\(", before.source))
        if books.tagged(cell, "reveal"):
            assert cell.metadata["jupyter"]["outputs_hidden"], "run python -m tests.store"
            assert cell.outputs[0].get("text") == books.FOLDED, "run python -m tests.store"


@every
def test_every_picture_has_words(path):
    for cell in books.code_cells(books.read(path)):
        for output in cell.outputs:
            data = output.get("data", {})
            assert "image/png" not in data, f"end the cell with charts.show(): {cell.source}"
            for picture in re.findall(r"<img\b[^>]*>", data.get("text/html", "")):
                assert re.search(r'\balt="[^"]{20,}"', picture), cell.source


@every
def test_exercises_and_builds_have_checkers_solutions_and_help(path):
    book = books.read(path)
    solved = books.solutions(path)
    exercises, builds = check.exercises(path.name[:2]), check.builds(path.name[:2])
    assert sorted(name for name, _, _ in solved) == sorted(exercises + builds)
    for name, place, text in solved:
        cell = book.cells[place]
        assert books.tagged(cell, "build") == (name in builds), name
        assert "..." in cell.source or check.PROMPT in cell.source, f"{name}: the reader replaces three dots"
        if name in builds:
            below = [one.source for one in book.cells[place + 1 : place + 3] if one.cell_type == "markdown"]
            folds = re.findall(r"<summary>(.+?)</summary>", "".join(below))
            assert folds[:3] == ["Hint", "Second hint", "Solution"], name
            assert len(books.code_lines(text)) <= 28, name
        if not cell.source.startswith("%%writefile"):
            call = cell.source.splitlines()[-1]
            assert f"check.nb{path.name[:2]}.{name}(" in call and text.splitlines()[-1] == call, name


@job
def test_the_job_is_done_by_hand(path):
    number = path.name[:2]
    builds, exercises = check.builds(number), check.exercises(number)
    assert 3 <= len(builds) <= 5 and 2 <= len(exercises) <= 5
    lesson = getattr(check, f"nb{number}")
    asked = [name for name in exercises if "judge_number(" in inspect.getsource(getattr(lesson, name))]
    assert len(asked) <= (len(builds) + len(exercises)) / 3


def test_the_learner_writes_a_quarter_of_the_code():
    mine = given = 0
    for path in books.JOBS:
        book, solved = books.read(path), {place: text for _, place, text in books.solutions(path)}
        for place, cell in enumerate(book.cells):
            if cell.cell_type != "code":
                continue
            lines = books.code_lines(cell.source)
            if place in solved:
                mine += len([line for line in books.code_lines(solved[place]) if line not in lines])
                lines = [line for line in lines if "..." not in line]
            given += len(lines)
    assert mine / (mine + given) >= 0.25, f"{mine} of {mine + given} lines"


@every
def test_code_needs_no_network_and_no_shell(path):
    for cell in books.code_cells(books.read(path)):
        source = re.sub(r'\A%%writefile "\{work\}/[\w.-]+"\n', "", cell.source)
        if source != cell.source and not cell.source.partition("\n")[0].endswith('.py"'):
            continue
        imported = {
            name.name.split(".")[0]
            for node in ast.walk(ast.parse(source))  # a magic is no Python
            if isinstance(node, ast.Import)
            for name in node.names
        }
        assert not imported & {"os", "subprocess", "pickle", "requests", "urllib"}, cell.source


def test_the_page_for_teachers_keeps_time():
    text = series.TEACHING.read_text("utf-8")
    assert series.plans(text) == text, "run python -m tests.store without a name"
    two_hours, one_day, eight_weeks = (part.partition("\n## ")[0] for part in text.split("\n### ")[1:])
    totals = [int(re.search(r"in all \|.*?(\d+) \|", part)[1]) for part in (two_hours, one_day, eight_weeks)]
    assert totals[0] <= 120 and totals[1] <= 7 * 60
    assert max(int(spent) for spent in re.findall(r"with builds \| (\d+) \|", eight_weeks)) <= 3 * 60
    numbers = re.findall(r"\b(\d\d) [A-Z]", eight_weeks)
    assert sorted(numbers) == [notebook.number for notebook in course.SERIES]
    assert totals[2] == sum(notebook.minutes[0] for notebook in course.SERIES)
    titles = {f"{notebook.number} {notebook.title}" for notebook in course.SERIES}
    named = [
        one.strip()
        for row in re.findall(r"^\| (?:\d \| )?(\d\d .*?) \|", text, re.MULTILINE)
        for one in row.split(", ")
    ]
    assert set(named) <= titles
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (series.TEACHING.parent / target).exists(), target


def test_readme_shows_the_series():
    readme = (course.NOTEBOOKS.parent / "README.md").read_text("utf-8")
    assert series.table() in readme, "run python -m tests.store without a name"
    for target in re.findall(r"\]\(([^)#:]+)\)", readme):
        assert (course.NOTEBOOKS.parent / target).exists(), target
