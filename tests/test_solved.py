"""Every notebook with all its solutions in place, from another working directory, then every control moved."""

import json
import subprocess
import sys

import matplotlib
import pytest
from nbformat.v4 import new_code_cell

from helpers import check, course
from tests import alone, books

every = pytest.mark.parametrize("path", books.PATHS, ids=lambda path: path.stem)
# Long lists are walked in steps: a slider of ninety months need not show each.
SWEEP = """
from helpers.explore import Panel as _Panel
_panels = [thing for thing in Out.values() if isinstance(thing, _Panel)]
for _panel in _panels:
    for _control in _panel.controls.values():
        _start, _values = _control.value, [value for _, value in _control._options_full]
        for _value in _values[:: max(1, len(_values) // 8)] + _values[-1:]:
            _control.value = _value
            assert _panel.view.problem or len(_panel.view.sentence) > 20, (_panel.draw, _value)
        _control.value = _start
        assert not _panel.view.problem
print(len(_panels), "panels")
"""


@pytest.fixture
def out_of_reach(tmp_path):
    """What runs a kernel where there is only this machine. Nothing may look beyond it, or leave a file in the home folder."""
    notes, home, temporary = (tmp_path / name for name in ("notes", "home", "temporary"))
    home.mkdir()
    temporary.mkdir()
    fonts = matplotlib.get_cachedir()  # the list of fonts takes seconds
    # The notebook itself must see to it that no library reports.
    names = ("DO_NOT_TRACK", "MLFLOW_DISABLE_TELEMETRY", "ORT_DISABLE_TELEMETRY")
    names += ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    settings = [f"HOME={home}", f"TMPDIR={temporary}", f"MPLCONFIGDIR={fonts}"]
    yield ["env", *(f"-u{name}" for name in names), *settings, sys.executable, alone.__file__, str(notes)]
    left = [str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()]
    assert [file for file in left if file != "notes" and "/.ipython/" not in file] == []
    if notes.exists():  # not every system lets a test leave its network
        assert notes.read_text() == "0", "something looked beyond this machine"


def test_what_looks_beyond_this_machine_is_counted(out_of_reach, tmp_path):
    ask = "import socket\ntry: socket.getaddrinfo('example.org', 80)\nexcept OSError: pass"
    subprocess.run([*out_of_reach, sys.executable, "-c", ask], check=True)
    notes = tmp_path / "notes"
    if not notes.exists():
        pytest.skip("this system does not let a test leave its network")
    assert int(notes.read_text()) > 0
    notes.write_text("0")


@every
def test_solutions_are_accepted_and_used(path, out_of_reach):
    book, number = books.read(path), path.name[:2]
    names = [name for name, _, _ in books.solutions(path)]
    for _, place, text in books.solutions(path):
        book.cells[place].source = text
    book.cells.append(new_code_cell(SWEEP))
    with books.empty_profile() as home:
        books.run(book, folder=course.NOTEBOOKS.parent, prefix=out_of_reach)
        told = json.loads((home / "profile.json").read_text("utf-8"))
        made = {file.name for file in (home / "work" / number).glob("*")}
    said = {place: books.text_of(cell) for place, cell in enumerate(book.cells) if cell.cell_type == "code"}
    lines = "\n".join(said.values()).splitlines()
    verdicts = [line for line in lines if line[:1] in ("✓", "✗", "◐", "◯")]
    assert sum(line.startswith(("✓ Right.", "✓ Read.")) for line in verdicts) == len(names), verdicts
    for name in check.builds(number):
        assert any(file.startswith(name) for file in made) or made, f"{name} is not in the work folder"
    assert sum("Yours is used from here on." in line for line in verdicts) == len(check.builds(number))
    assert sorted(json.dumps(told).count(f'"{name}"') > 0 for name in names) == [True] * len(names)
    panels = sum(cell.source.count("explore(") for cell in books.code_cells(book)[:-1])
    assert said[len(book.cells) - 1].startswith(f"{panels} panels")


@pytest.mark.slow
@every
def test_twice_in_one_kernel(path):
    book = books.read(path)
    once = len(book.cells)
    book.cells += [cell.copy() for cell in book.cells]
    for number, cell in enumerate(book.cells):
        cell["id"] = f"cell-{number}"
    with books.empty_profile():
        books.run(book)
    live = ("nbval-ignore-output",)
    for first, second in zip(book.cells[:once], book.cells[once:], strict=True):
        if first.cell_type == "code" and not books.tagged(first, *live):
            one, two = (books.text_of(cell).replace("Writing", "Overwriting") for cell in (first, second))
            assert one == two
