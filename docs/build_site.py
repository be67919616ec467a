"""Build a static site of the stored notebooks: ``python docs/build_site.py``, then open ``build/site/index.html``.

It runs no notebook and needs no network, but the extra `site`: ``pip install -c constraints.txt -e ".[site]"``. Sphinx
reads copies of the notebooks in which links, folds and the names of cells are written as it wants them.
"""

import pathlib
import re
import shutil
import sys

import nbformat

TOP = pathlib.Path(__file__).resolve().parent.parent
BUILT = TOP / "build" / "site"
SOURCE = TOP / "build" / "site-source"

sys.path.insert(0, str(TOP))
from helpers import course  # noqa: E402

TITLE = "ML Careers, Hands-On"
SETTINGS = {
    "project": TITLE,
    "html_title": TITLE,
    "language": "en",
    "author": "",
    "extensions": ["myst_nb"],
    "html_theme": "furo",
    "html_static_path": [str(TOP / "docs" / "site.css")],
    "html_css_files": ["site.css"],
    "html_show_sourcelink": False,
    "html_show_copyright": False,
    "html_copy_source": False,
    "nb_execution_mode": "off",
    "nb_ipywidgets_js": {},  # would come from elsewhere; the stored notebooks hold no widgets
    "nb_render_markdown_format": "myst",
    "nb_code_prompt_show": "Show what comes out",
    "nb_code_prompt_hide": "Hide what comes out",
    "myst_heading_anchors": 3,
    "suppress_warnings": ["misc.highlighting_failure"],  # a cell that writes a file holds no Python
}
_CELL = re.compile(r"\]\([^)\s]*\.ipynb#cell-id=([\w-]+)\)")
_WORD = re.compile(r"(\]\((?:\.\./notebooks/)?(?:glossary|questions)\.md#)([^)]+)\)")


def build():
    """Write the site, and return how many warnings Sphinx had."""
    from sphinx.application import Sphinx

    for folder in (SOURCE, BUILT):
        shutil.rmtree(folder, ignore_errors=True)
    prepare()
    site = Sphinx(SOURCE, None, BUILT, SOURCE / "made", "html", SETTINGS, warningiserror=False, status=None)
    site.build()
    return site._warncount


def prepare():
    """Put copies of all pages into the folder that Sphinx reads."""
    for folder in ("notebooks", "data", "docs", "helpers/service"):
        (SOURCE / folder).mkdir(parents=True)
    for notebook in course.SERIES:
        book = nbformat.read(notebook.path, as_version=4)
        nbformat.write(adapted(book), SOURCE / "notebooks" / notebook.path.name)
    for name in ("notebooks/glossary.md", "notebooks/questions.md", "data/README.md", "docs/teaching.md"):
        if (TOP / name).exists():
            (SOURCE / name).write_text(linked((TOP / name).read_text("utf-8")), "utf-8")
    for name in (
        "helpers/service/app.py",
        "data/claims.csv",
        "data/adverts.csv",
        "data/resources.csv",
    ):  # they are linked
        shutil.copy(TOP / name, SOURCE / name)
    (SOURCE / "index.md").write_text(contents(), "utf-8")


def adapted(book):
    """NotebookNode: with an anchor before each cell, and with a fold that a browser has, too."""
    cells = []
    for cell in book.cells:
        anchor = f"(cell-{cell.id})="
        if cell.cell_type == "markdown":
            # An anchor before raw HTML would be lost.
            held = "<span></span>\n\n" * cell.source.lstrip().startswith("<")
            cell.source = f"{anchor}\n{held}{linked(cell.source)}"
        else:
            cells.append(nbformat.v4.new_markdown_cell(anchor, id=f"at-{cell.id}"))
            tags = cell.metadata.get("tags", [])
            if cell.metadata.get("jupyter", {}).get("outputs_hidden"):
                cell.metadata["tags"] = [*tags, "hide-output"]
                del cell.outputs[0]  # which says that it is folded
            for output in cell.outputs:
                if "text/markdown" in output.get("data", ()):
                    output.data["text/markdown"] = linked(output.data["text/markdown"])
        cells.append(cell)
    book.cells = cells
    return book


def linked(text):
    """str: Markdown whose links to cells, to words of the glossary and to usual questions lead to Sphinx's anchors."""
    text = _CELL.sub(r"](#cell-\1)", text).replace("](../README.md)", "](../index.md)")
    return _WORD.sub(lambda found: f"{found[1]}{found[2].lower().rstrip('?')})", text)


def contents():
    """str: the first page, with the list of all notebooks."""
    lines = [f"# {TITLE}", "", _first_paragraph(), "", "| notebook | you make | minutes | without builds |"]
    lines.append("| --- | --- | ---: | ---: |")
    pages = []
    for notebook in course.SERIES:
        name, (full, without) = f"{notebook.number} {notebook.title}", notebook.minutes[:2]
        if notebook.path.exists():
            pages.append(f"{name} <notebooks/{notebook.path.stem}>")
            name = f"[{name}](notebooks/{notebook.path.name})"
        lines.append(f"| {name} | {notebook.makes} | {full} | {without} |")
    read = "These pages are the notebooks as they were stored, to be read. Exercises, controls and the form need the notebooks themselves."
    rest = [
        "Glossary <notebooks/glossary>",
        "Usual questions <notebooks/questions>",
        "The tables <data/README>",
    ]
    rest += ["For teachers <docs/teaching>"] * (TOP / "docs" / "teaching.md").exists()
    for caption, names in (("Notebooks", pages), ("Beside them", rest)):
        lines += ["", "```{toctree}", ":hidden:", f":caption: {caption}", "", *names, "```"]
    return "\n".join([*lines, "", read, ""])


def _first_paragraph():
    return (TOP / "README.md").read_text("utf-8").split("\n\n")[1]


if __name__ == "__main__":
    count = build()
    print(f"{BUILT.relative_to(TOP) / 'index.html'}: {len(course.SERIES)} notebooks, {count} warnings")
