"""The map, the minutes, and the check of the set-up: each thing that can be missing is named, with what to do."""

import importlib.metadata
import shutil
import socket
import subprocess
import sys
import webbrowser
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import course, profile, ready, tables
from helpers.check import solved
from helpers.lessons import nb00
from tests import series

GB = 2**30


def fails(error):
    def fail(*_):
        raise error

    return fail


@pytest.fixture
def a_good_room(monkeypatch):
    monkeypatch.delenv("MEM_LIMIT", raising=False)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=2 * GB))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2 * GB))
    monkeypatch.setattr(webbrowser, "get", lambda: None)


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        ((sys, "version_info", (3, 10, 1)), "This is 3.10.1: make a new environment"),
        ((importlib.metadata, "version", lambda name: "0.1"), "is needed"),
        ((tables, "DATA", tables.DATA / "nowhere"), "git checkout"),
        ((profile, "path", lambda: tables.DATA / "claims.csv" / "p.json"), "cannot be saved"),
        ((psutil, "virtual_memory", lambda: SimpleNamespace(available=GB // 2)), "0.5 GB: close other"),
        ((shutil, "disk_usage", lambda _: SimpleNamespace(free=GB // 2)), "0.5 GB: make room"),
        ((socket, "create_server", fails(OSError)), "Close other Jupyter servers"),
        ((webbrowser, "get", fails(webbrowser.Error)), "Install Firefox or Chromium"),
    ],
    ids=["Python", "packages", "tables", "answers", "memory", "disk", "port", "browser"],
)
def test_what_is_missing_is_named(break_it, said, a_good_room, monkeypatch, capsys):
    assert ready.report() == 0 and "Everything is ready." in capsys.readouterr().out
    tables._read.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(*break_it)
        text = nb00.computer().data
        assert ready.report() == 1
    tables._read.cache_clear()
    shown = capsys.readouterr().out
    assert said in shown and shown.count("✗") == 1 and "Everything is ready" not in shown
    asked = break_it[0] not in (psutil, shutil, socket, webbrowser)  # those are asked of a room only
    assert (said in text) == ("✗ **To do:**" in text) == asked and ("Everything is ready." in text) != asked


def test_the_limit_of_a_session_counts(a_good_room, monkeypatch):
    monkeypatch.setenv("MEM_LIMIT", str(GB // 2))
    assert any("0.5 GB" in said for said in ready.for_a_room().values())


def test_a_computer_without_any_package_gets_sentences():
    # -S: no folder of packages
    command = [sys.executable, "-S", "-m", "helpers.ready"]
    told = subprocess.run(command, cwd=course.NOTEBOOKS.parent, capture_output=True, text=True, timeout=60)
    assert told.returncode == 1 and not told.stderr, told.stderr
    assert "The project is not installed" in told.stdout and "✓ OK: Python" in told.stdout


def test_the_map_counts_what_was_done():
    assert "| 0 of 3 | none |" in nb00.overview().data and "is empty so far" in nb00.overview().data
    profile.mark_solved("00", "order_of_cells")
    profile.mark_solved("00", "no_such_exercise")
    (profile.work("04") / "app.py").write_text("x")
    shown = nb00.overview().data
    assert "| 1 of 3 | none |" in shown and "holds `04/app.py`." in shown
    for notebook in course.SERIES:
        assert f"[{notebook.number} {notebook.title}]({notebook.path.name})" in shown


def test_minutes_are_counted_by_the_rule(tmp_path, monkeypatch):
    words, lines = " ".join(["word"] * 900), "x = 2\n" * 12  # five minutes, and six
    table = new_output("display_data", {"text/html": "<table></table>"})
    cells = [
        new_markdown_cell(f"# Try\n\n{words}\n\n<details><summary>Hint</summary>\n\n{words}\n\n</details>"),
        new_code_cell("\n".join(["x = 1"] * 48), outputs=[table] * 3),  # 4 + 1 minutes
        new_code_cell("f = ...\nf = check.nb77.f(f)", metadata={"tags": ["build"]}),
        new_markdown_cell(f"<details><summary>Solution</summary>\n\n```python\n{lines}```\n\n</details>"),
        new_markdown_cell(f"## More (longer path)\n\n{words}\n\n### Still\n\n{words}\n\n## Back\n\n{words}"),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "77_try.ipynb")
    monkeypatch.setattr(solved, "NOTEBOOKS", tmp_path)
    assert series.minutes(tmp_path / "77_try.ipynb") == (35, 25, 15)
