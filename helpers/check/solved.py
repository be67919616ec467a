"""Our solutions. They stand in the notebooks, folded below each exercise and build, and nowhere else."""

import functools
import json
import pathlib
import re
import tempfile

NOTEBOOKS = pathlib.Path(__file__).resolve().parents[2] / "notebooks"
_FOLDER = tempfile.TemporaryDirectory(prefix="ml-careers-")  # of our files; it goes with the kernel
_SOLUTION = re.compile(r"<summary>Solution</summary>\s*```\w*\n(.*?)\n```", re.DOTALL)
_CALL = re.compile(r"^.*\bcheck\.nb\d\d\.(\w+)\(.*\)\s*$", re.MULTILINE)


def solutions(notebook):
    """dict of str to (int, str): place and solved text of the cell of each exercise and build of a notebook, ``"02"``."""
    return _read(notebook)[1]


def _read(notebook):
    """The source of the first code cell of a notebook, and its solutions."""
    cells, found = json.loads(next(NOTEBOOKS.glob(f"{notebook}_*.ipynb")).read_text("utf-8"))["cells"], {}
    cells = [(cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", ())) for cell in cells]
    for place, (_, source, tags) in enumerate(cells):
        if {"exercise", "build"} & set(tags):
            below = cells[place + 1 :]
            code = [source, *(text for kind, text, _ in below if kind == "code")]
            name = _CALL.search(code[source.startswith("%%writefile")])  # a file is checked one cell later
            texts = (_SOLUTION.search(text) for kind, text, _ in below if kind == "markdown")
            found[name[1]] = place, next(filter(None, texts))[1]
    return next(source for kind, source, _ in cells if kind == "code"), found


def reference(notebook, name, edit=("", "")):
    """Make our piece of a build, for a file the path of a copy; or a wrong version, by an edit (old text, new text)."""
    first, texts = _read(notebook)
    *above, text = (text for place, text in texts.values() if place <= texts[name][0])
    return _made((first, *above), text.replace(*edit), name)


@functools.lru_cache(256)
def _made(above, text, name):
    """Make a piece by its text and the texts above; exercises make no piece and are left out."""
    if text.startswith("%%writefile"):
        head, _, text = text.partition("\n")
        file = pathlib.Path(tempfile.mkdtemp(dir=_FOLDER.name), head.rpartition("/")[2].rstrip('"'))
        file.write_text(text + "\n", "utf-8")
        return file
    space = {"__name__": "solutions"}
    for one in (*(one for one in above if not re.search("^(%%|answer = )", one, re.MULTILINE)), text):
        exec(compile(_CALL.sub("", one), f"<solution {name}>", "exec"), space)
    return space[name]
