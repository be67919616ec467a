"""The engine of exercises, builds, guesses and texts, on a small notebook of its own."""

import itertools
import os
import pathlib
import random
import sys
import tempfile
import threading
import tomllib
import types
import warnings
from decimal import Decimal

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers import check, profile
from helpers.check import judging, reading, solved, suites
from helpers.lessons import nb01

SOLUTION = """def top(values, count):
    return np.sort(values)[::-1][:count]


top = check.nb77.top(top)"""
FILE = "%%writefile {work}/rule.py\nLIMIT = 3"
LESSON = """
from helpers import check

@check.build("Write top(values, count).", wrong={"smallest first": ("[::-1]", ""), "one too many": (":count", ":count + 1")})
def top(piece, ours, versions):
    cases = [([3, 1, 2], 2), (([5.0, 7.0],), {"count": 1}), ([4], 9)]
    return check.judge_function(piece, ours, cases, versions, "the largest come first.")

@check.build("Write rule.py.")
def rule(piece, ours, versions):
    return check.right("same") if piece.read_text() == ours.read_text() else check.wrong("another limit")

@check.exercise("Give a percentage.")
def share(answer):
    return check.judge_number(answer, 36, 0.5, "because.", {64: "the rest", None: "look again"}, percent=True)

@check.exercise("Give something long.")
def length(answer):
    return check.wrong(str(len(answer)))

@check.exercise("Write page.md.", "page")
def page(answer):
    return check.written(answer[0], {"is short": "."})

@check.exercise("Give anything.")
def broken(answer):
    raise SystemExit
"""


class Broken:
    """An object whose methods fail."""

    def __getattr__(self, *names):
        raise RuntimeError

    __eq__ = __str__ = __repr__ = __float__ = __len__ = __hash__ = __getattr__


NESTED = []
NESTED.append(NESTED)
ODD = [True, np.True_, "x", "", float("nan"), float("inf"), 10**400, 1j, Broken(), NESTED, {}, pd.NaT, [1, 2], b"\xff", pd.DataFrame(), np.zeros(10**6), (one for one in "36")]  # fmt: skip


def fold(code):
    """A solution as it stands in a notebook."""
    return new_markdown_cell(f"<details><summary>Solution</summary>\n\n```python\n{code}\n```\n\n</details>")


@pytest.fixture(autouse=True)
def said(monkeypatch, tmp_path):
    """A notebook 77 with two builds and two exercises; what is shown is collected."""
    cells = [
        new_code_cell("import numpy as np"),
        new_code_cell("top = ...\ntop = check.nb77.top(top)", metadata={"tags": ["build"]}),
        fold(SOLUTION),
        new_code_cell("%%writefile {work}/rule.py\nLIMIT = ...", metadata={"tags": ["build"]}),
        fold(FILE),
        new_code_cell("rule = check.nb77.rule(work / 'rule.py')"),
        new_code_cell("answer = ...\ncheck.nb77.share(answer)", metadata={"tags": ["exercise"]}),
        fold("answer = 36\ncheck.nb77.share(answer)"),
    ]
    books = tmp_path / "notebooks"
    books.mkdir()
    nbformat.write(new_notebook(cells=cells), books / "77_try.ipynb")
    monkeypatch.setattr(solved, "NOTEBOOKS", books)
    lesson = types.ModuleType("helpers.lessons.nb77")
    exec(LESSON, lesson.__dict__)
    monkeypatch.setitem(sys.modules, lesson.__name__, lesson)
    shown = []
    monkeypatch.setattr(check, "display", shown.append)
    monkeypatch.setattr(reading, "display", shown.append)
    return shown


def stub(values, count): ...


def by_heap(values, count):
    return sorted(values, reverse=True)[:count]


def ascending(values, count):
    return sorted(values)[:count]


def forgets(values, count):
    sorted(values)


def test_a_stub_is_met_with_what_to_do_and_ours_goes_on(said):
    ours = check.nb77.top(stub)
    assert said[-1].state == "open" and "Write top(values, count). Until then ours" in said[-1].message
    assert list(ours([3, 1, 2], 2)) == [3, 2]


def test_a_right_piece_is_used_noted_and_kept(said):
    assert check.nb77.top(by_heap) is by_heap
    assert repr(said[-1]) == "✓ Right. the largest come first. Yours is used from here on."
    assert profile.read().solved["77"] == ["top"]
    assert "def by_heap" in (profile.work("77") / "top.py").read_text()


@pytest.mark.parametrize(
    ("piece", "hint"),
    [
        (ascending, "smallest first"),
        (forgets, "`forgets([3, 1, 2], 2)` gave None. It should give [3, 2]. Did you forget `return`?"),
        (lambda values, count: sys.exit(3), "gave the error `SystemExit` (3). It should"),
        (7, "This is 7, and a function is needed."),
        pytest.param(Broken(), "stopped with the error `RuntimeError`", id="broken"),
    ],
)
def test_a_wrong_piece_gets_the_hint_for_its_mistake(piece, hint, said):
    assert check.nb77.top(piece) is not piece
    assert said[-1].state == "wrong" and hint in said[-1].message
    assert not profile.read().solved


def test_an_endless_loop_ends(said, monkeypatch):
    def endless(values, count):
        while True:
            pass

    monkeypatch.setattr(check.running, "SECONDS", 0.2)
    assert check.nb77.top(endless) is not endless
    assert "still running" in said[-1].message and "still running" in check.nb06.similar(endless).message
    assert check.running.limited(lambda: threading.Event().wait(0.3)) is False  # it had to wait


def test_a_file_is_judged_by_its_text(said):
    place = profile.work("77") / "rule.py"
    ours = check.nb77.rule(place)
    assert said[-1].state == "open" and ours.read_text() == "LIMIT = 3\n"
    for text, state in (("LIMIT = ...", "open"), ("LIMIT = 4", "wrong"), ("LIMIT = 3\n", "right")):
        place.write_text(text)
        assert (check.nb77.rule(place) == place) is (state == "right") and said[-1].state == state
    assert [one.read_text() for one in sorted(place.parent.glob("rule.*.py"))] == ["LIMIT = 4", "LIMIT = 3\n"]


def test_a_text_that_a_fresh_notebook_writes_over_is_kept():
    for text in ("My page.", f"{check.PROMPT} Your page.", f"Half of it.\n\n{check.PROMPT} The rest."):
        check.nb77.page((text, 1))
    assert (profile.work("77") / "page.before.md").read_text("utf-8") == "My page."


def test_without_our_solution_the_learners_piece_is_kept(said, tmp_path):
    next((tmp_path / "notebooks").glob("*")).write_text("{")
    assert check.nb77.top(ascending) is ascending
    assert "git checkout" in said[-1].message


@pytest.mark.parametrize(
    ("source", "open_"),
    [
        ("def f(x):\n    ...", True), ("def f(x):\n    return ...", True), ("x = f(...)", False),
        ('def f(x):\n    """Do."""\n    y = x\n    ...', True), ("async def f(x): ...\nf(1)", True), ("def f(x):\n    y = ...  # y\n    return y", True),
        ("def f(x):\n    ...\n    return x", False), ("def f(x):\n    x.sort()\n    ...", False), ("try:\n    f()\nexcept OSError:\n    ...", False),
        ("def f(x):\n    return x[..., 0]", False), ("class Wrong(Exception):\n    ...", False),
        ("a: tuple[int, ...] = ()", False), ("b = Field(...)", False), ("def (", False), ("\0", False),
    ],
)  # fmt: skip
def test_what_counts_as_a_stub(source, open_, tmp_path):
    (tmp_path / "piece.py").write_text(source)
    assert check._unfinished(tmp_path / "piece.py") is open_


@pytest.mark.parametrize(
    "answer",
    [36, "36%", "36 %", "36 percent", "+36", " 36,0\n", "$36", np.float64(36.2), np.array(36), [36], pd.Series([36], ["a"]), pd.DataFrame([[36]]), Decimal(36)],
)  # fmt: skip
def test_a_number_in_any_reasonable_form(answer):
    verdict = check.nb77.share(answer)
    assert verdict.state == "right" and "share" not in verdict.message
    assert "share" in profile.read().solved["77"]


def test_a_share_is_right_where_a_percentage_is_asked_for():
    assert "You gave the share 0.36; as a percentage it is 36." in check.nb77.share(0.36).message
    assert check.nb77.share("0.36").state == "right" and check.nb77.share("0.36%").state == "wrong"
    assert check.nb77.share("0.36 percent").state == check.nb77.share("36 million").state == "wrong"
    assert check.as_number("1,036 USD") == 1036 and check.as_number("\N{MINUS SIGN}8,9 %") == -8.9


@pytest.mark.parametrize(
    ("answer", "hint"),
    [(64, "the rest"), (1, "look again"), ("1" * 10**7, "look again"), *((odd, "read") for odd in ODD)],
    ids=lambda value: type(value).__name__,
)
def test_a_wrong_number(answer, hint):
    verdict = check.nb77.share(answer)
    assert verdict.state == "wrong" and hint in verdict.message


def test_an_answer_without_end_and_a_judge_that_fails(monkeypatch):
    monkeypatch.setattr(check.running, "SECONDS", 1)
    assert check.nb77.length("x" * 10**8).message == "50000"
    assert check.nb77.length(itertools.count()).message == "1000"
    assert check.nb77.broken(1).state == "wrong" and check.nb77.broken().state == "open"


@given(st.floats() | st.text() | st.lists(st.integers()) | st.dictionaries(st.text(), st.none()))
def test_alike_with_itself_and_never_raises(value):
    if value == value:
        assert judging.alike(value, value)
    assert isinstance(check.shown(value), str)


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (1, 1.0, True), ([1, 2], np.array([1, 2]), True), (float("nan"), float("nan"), True), (True, 1, False),
        ("a", "a", True), ({"a": 1}, {"a": 1.0}, True), ({"a": 1}, {}, False), ([1, "x"], (1, "x"), True),
        (pd.Series([1, 2], ["a", "b"]), pd.Series([2, 1], ["b", "a"]), True), ([1, 2, 3], [1, 2], False),
        (None, None, True), (pd.NaT, None, False),
    ],
)  # fmt: skip
def test_alike(one, two, same):
    assert bool(judging.alike(one, two)) is same


DAY = pd.Timestamp("2024-08-22")


@pytest.mark.parametrize(
    "answer",
    ["2024-08-22", " 2024-08 ", "August 2024", DAY, DAY.date(), DAY.to_pydatetime(), DAY.to_period("D"), DAY.to_period("M"), DAY.to_period("W"),
     DAY.to_datetime64(), np.datetime64("2024-08"), np.array(DAY.to_datetime64()), pd.Series([DAY]), pd.Index([DAY]), pd.DataFrame([DAY]), [DAY]],
)  # fmt: skip
def test_a_month_in_any_reasonable_form(answer):
    assert nb01.as_month(answer) == "2024-08"


def test_a_guess_is_kept_and_the_first_one_counts(said):
    _ = [check.guess("77", "share", *no, "a percentage").compare(91) for no in ([" "], [9, 100])]
    assert "No guess yet" in repr(said[-2]) and repr(said[-1]) == "It is 91."
    check.guess("77", "share", "70%", "a percentage").compare(91)
    score = "So far 0 of 1 guesses came within a tenth of the figure."
    assert repr(said[-1]) == f"It is 91. You said 70, 21 off: no hit. {score}"
    check.guess("77", "share", 91, "a percentage").compare(91)
    assert "Your first guess counts: 70" in repr(said[-2])
    check.guess("77", "shape", all, "a word").compare("All")
    assert "a hit" in repr(said[-1]) and "1 of 2" in repr(said[-1])
    check.guess("77", "gain", 3, "a number").compare(15.4, at_least=True)
    assert "You said 3: that is enough." in repr(said[-1]) and "2 of 3" in repr(said[-1])


def test_what_a_learner_typed_is_never_shown_as_markup(said):
    hostile = "`<img src=x onerror=alert(1)>`\n\n<b>"
    check.guess("77", "word", hostile, "a word").compare("step")
    shown = [one._repr_markdown_() for one in said[-2:]]
    assert all("`<img src=x onerror=alert(1)> <b>`" in one and one.count("`") == 2 for one in shown)
    verdicts = [
        check.judge_function(hostile, str, []),
        check.judge_function(lambda: hostile, str, [()]),
        check.judge_function(lambda: int(hostile), str, [()]),
    ]
    assert all(one.state == "wrong" and "<img" not in one.message for one in verdicts)


def test_a_text_is_read_and_never_called_right():
    points = {"says in which period": r"20\d\d", "says who is harmed": "applicant"}
    text = "# Memo\n\n✎ Your words.\n\nIn 2024 coverage was 69%."
    verdict = check.written(text, points, {"coverage": 69.4})
    assert verdict.state == "some" and "○ not found: says who is harmed" in verdict.message
    assert "✓ gives the coverage as computed" in verdict.message
    assert check.written(text + " Applicants lose.", points, {"coverage": 69.4}).state == "all"
    assert check.written(text, points, {"coverage": 75}).message.count("○") == 2
    for words in ("Of 100, 69% held, not 80.", "The coverage fell from 80 to 69.4.", "69 percent held."):
        assert "✓ gives the coverage" in check.written(words, {}, {"coverage": 69.4}).message
    assert "○" in check.written("69 adverts, 80% inside.", {}, {"coverage": 69.4}).message
    assert check.written("# Memo\n\n✎ Your words.", points).state == "open"


SYSTEMS = {"good": 1, "also good": 2, "negative": -1, "missing": float("nan")}
FAULTS = {"negative": "It lets -1 through.", "missing": "It lets NaN through."}
FILES = tomllib.loads(pathlib.Path(__file__).with_name("suites.toml").read_text("utf-8"))


def judged(text, folder):
    """The verdict on a file of tests that must stop two of four systems."""
    file = folder / "test_it.py"
    file.write_text(text)
    systems = {name: {"served": value, "table": pd.DataFrame({"a": [1]})} for name, value in SYSTEMS.items()}
    return suites.judge_tests(file, systems, FAULTS, "A test takes `served`.")


@pytest.mark.parametrize("name", FILES["right"])
def test_tests_are_judged_by_what_they_stop(name, tmp_path):
    assert judged(FILES["right"][name], tmp_path).state == "right"


@pytest.mark.parametrize("case", FILES["wrong"], ids=lambda case: case["hint"])
def test_of_wrong_tests_it_is_said_what_they_miss(case, tmp_path):
    verdict = judged(case["text"], tmp_path)
    assert verdict.state == "wrong" and case["hint"] in verdict.message


@pytest.mark.parametrize("text", ["    while True:\n        pass\n", "    import time\n    time.sleep(3)\n"])
def test_tests_without_an_end_are_ended(text, tmp_path, monkeypatch):
    monkeypatch.setattr(check.running, "SECONDS", 0.3)
    out = sys.stdout
    with pytest.raises(TimeoutError):
        judged(f"def test_it(served):\n{text}", tmp_path)
    for thread in threading.enumerate():  # also after the one that slept has woken
        if thread.name == check.running._NAME:
            thread.join()
    assert sys.stdout is out and "PYTEST_CURRENT_TEST" in os.environ


def test_no_settings_of_the_learners_count(tmp_path, monkeypatch):
    """Neither those of the environment nor those of a folder, beside the file or above where it is run."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k nothing")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    (tmp_path / "conftest.py").write_text("def pytest_collection_modifyitems(items):\n    items.clear()\n")
    assert judged(FILES["right"]["plain"], tmp_path).state == "right"
    assert os.environ["PYTEST_ADDOPTS"] == "-k nothing"


def test_no_plugin_of_the_environment_takes_part(tmp_path):
    tests = tmp_path / "test_plugins.py"
    tests.write_text(
        "def test_none(name, pytestconfig):\n    assert not pytestconfig.pluginmanager.hasplugin(name)\n"
    )
    assert suites.run(tests, {"one": {"name": "hypothesispytest"}})["passed"].all()


HARM = """
import os, random, sys, warnings
import matplotlib, matplotlib.pyplot as plt, numpy as np, pandas as pd
def harm():
    print("out")
    sys.stderr.write("err")
    os.chdir("/")
    os.environ["HARM"] = "1"
    sys.path.insert(0, "/harm")
    sys.modules["json"] = None
    plt.figure()
    matplotlib.rcParams["lines.linewidth"] = 9
    pd.set_option("display.max_rows", 3)
    warnings.simplefilter("error")
    np.random.seed(0)
    random.seed(0)
"""


def state():
    """What the code of a learner could change for others."""
    return repr((
        os.getcwd(), dict(os.environ), sys.path, sys.modules["json"], plt.get_fignums(), plt.rcParams["lines.linewidth"],
        pd.get_option("display.max_rows"), warnings.filters, random.getstate(),
        np.random.get_state(),  # noqa: NPY002
    ))  # fmt: skip


def test_the_state_of_the_course_is_as_before(tmp_path, capfd):
    space = {}
    exec(HARM, space)

    def harmful(values, count):
        space["harm"]()
        return by_heap(values, count)

    before = state()
    assert check.nb77.top(harmful) is harmful
    assert state() == before
    assert judged(f"{HARM}\nharm()\n{FILES['right']['plain']}    harm()", tmp_path).state == "right"
    assert state() == before
    assert not any(capfd.readouterr())


def test_no_warning_is_shown():
    with warnings.catch_warnings(record=True) as caught:
        check.running.limited(lambda: np.array([1.0]) / 0)
    assert not caught


def test_there_is_no_notebook_78():
    with pytest.raises(AttributeError, match="no checkers in nb78"):
        _ = check.nb78
