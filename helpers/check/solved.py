"""Our solutions. They stand in the notebooks, folded below each exercise and build, and nowhere else."""

import functools
import json
import pathlib
import re
import tempfile

_FOLDER = tempfile.TemporaryDirectory(prefix="ml-careers-")  # of our files; it goes with the kernel
NOTEBOOKS = pathlib.Path(__file__).resolve().parents[2] / "notebooks"
_SOLUTION = re.compile(r"<summary>Solution</summary>\s*```\w*\n(.*?)```", re.DOTALL)
_CALL = re.compile(r"check\.nb\d\d\.(\w+)\(")
_CHECK_LINE = re.compile(r"^.*\bcheck\.nb\d\d\.\w+\(.*\)\s*$", re.MULTILINE)


def solutions(notebook):
    """Read the solutions of a notebook, such as ``"02"``.

    Returns
    -------
    dict of str to (int, str)
        Name of the exercise or build to the place of its cell and the text of the solved cell, in their order.

    Raises
    ------
    LookupError
        With a sentence, if the notebook cannot be read or a solution is missing.
    """
    try:
        path = next(NOTEBOOKS.glob(f"{notebook}_*.ipynb"))
        return _read(path, path.stat().st_mtime_ns)[1]
    except (StopIteration, OSError, ValueError, KeyError) as error:
        raise LookupError(
            f"The file of notebook {notebook} is missing or damaged: `git checkout` brings it back."
        ) from error


@functools.lru_cache
def _read(path, _changed):
    """Source of the first code cell, and the solutions."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    cells = [(cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", ())) for cell in cells]
    first = next((source for kind, source, _ in cells if kind == "code"), "")
    found = {}
    for place, (_, source, tags) in enumerate(cells):
        if not {"exercise", "build"} & set(tags):
            continue
        below = cells[place + 1 :]
        code = [source, *(text for kind, text, _ in below if kind == "code")]
        calls = _CALL.findall(
            code[1 if source.startswith("%%writefile") else 0]
        )  # a file is checked one cell later
        texts = (_SOLUTION.search(text) for kind, text, _ in below if kind == "markdown")
        solved = next(filter(None, texts), None)
        if not calls or not solved:
            raise KeyError(source)
        found[calls[0]] = place, solved[1].rstrip("\n")
    return first, found


def reference(notebook, name, edit=("", "")):
    """Make our piece of a build, or a wrong version of it.

    Parameters
    ----------
    notebook, name : str
    edit : (str, str)
        Text of the solution, and what to put in its place.

    Returns
    -------
    object
        What `name` is bound to after the solution; for a file the path of a fresh copy.

    Raises
    ------
    LookupError
        If there is no such solution, or the text to edit is not in it.
    """
    texts = solutions(notebook)
    if name not in texts or edit[0] not in texts[name][1]:
        raise LookupError(f"The solution of {name} in notebook {notebook} is missing or was changed.")
    path = next(NOTEBOOKS.glob(f"{notebook}_*.ipynb"))
    return _run(path, path.stat().st_mtime_ns, name, edit)


@functools.lru_cache(256)
def _run(path, changed, wanted, edit):
    """Run the first cell and the solutions up to `wanted`; exercises make no piece and are left out."""
    first, texts = _read(path, changed)
    space = {"__name__": f"solutions_{path.stem}"}
    exec(compile(first, "<imports>", "exec"), space)
    for name, (_, text) in texts.items():
        text = text.replace(*edit) if name == wanted and edit[0] else text
        if text.startswith("%%writefile"):
            head, _, text = text.partition("\n")
            if name == wanted:
                file = pathlib.Path(tempfile.mkdtemp(dir=_FOLDER.name)) / head.rpartition("/")[2]
                file.write_text(text + "\n", "utf-8")
                return file
        elif name == wanted or not re.search(r"^answer = ", text, re.MULTILINE):
            exec(compile(_CHECK_LINE.sub("", text), f"<solution {name}>", "exec"), space)
        if name == wanted:
            break
    return space[wanted]
