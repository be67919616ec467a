"""The package is small, and imports point one way. A ceiling is a question: does this belong here?"""

import ast
import pathlib

import pytest

TOP = pathlib.Path(__file__).resolve().parent.parent
HELPERS = TOP / "helpers"
LESSONS = sorted((HELPERS / "lessons").glob("nb*.py"))
CORE = [path for path in sorted(HELPERS.rglob("*.py")) if "lessons" not in path.parts]
# What a module of the core may import of ours; lessons may import anything but another lesson.
MAY_IMPORT = {
    "tables": set(), "stats": set(), "charts": set(), "profile": set(), "documents": set(),
    "live": set(), "skills": set(),
    "pay": {"tables"},
    "evidence": {"tables", "charts", "stats", "pay"},
    "explore": {"charts", "live"},
    "forms": {"profile", "live"},
    "check": {"profile"},
    "course": set(),
    "selfcheck": {"profile", "course", "live"},
    "guide": {"check", "course"},
    "ready": {"tables", "profile"},
    "route": {"check", "course", "profile", "selfcheck"},
    "plan": {"profile", "tables", "evidence", "pay", "selfcheck", "route"},
    "portfolio": {"profile", "documents", "course", "check"},
    "service": {"pay"},
}  # fmt: skip


def lines(*paths):
    """int: whole lines of Python."""
    return sum(len(path.read_text("utf-8").splitlines()) for path in paths)


def imports(path):
    """set of str: modules of ours that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "helpers":
            rest = node.module.split(".")[1:]
            found |= {rest[0]} if rest else {name.name for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {name.name.split(".")[1] for name in node.names if name.name.startswith("helpers.")}
    return found


def test_the_core_is_small():
    assert lines(*CORE) <= 3_603
    assert lines(*TOP.glob("data/refresh/**/*.py")) <= 1_200
    assert lines(*TOP.glob("tests/**/*.py")) <= 8_684


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_is_small(path):
    most = {"nb00": 247, "nb01": 237, "nb02": 240, "nb03": 250, "nb04": 250, "nb05": 279}
    assert lines(path) <= most.get(path.stem, 200)


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(HELPERS)))
def test_imports_point_one_way(path):
    name = path.relative_to(HELPERS).with_suffix("").parts[0]
    if name in MAY_IMPORT:
        assert imports(path) <= MAY_IMPORT[name] | {name}


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_imports_no_other(path):
    assert "lessons" not in imports(path)


def test_nothing_imports_the_maintainers_tool():
    for path in (*CORE, *LESSONS):
        assert "refresh" not in imports(path)


def test_no_two_public_functions_have_one_name():
    seen = {}
    for path in (path for path in CORE if path.name != "app.py"):  # a program, which nobody imports from
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith(("_", "test_")):
                assert node.name not in seen, f"{node.name} in {path.name} and {seen[node.name]}"
                seen[node.name] = path.name
