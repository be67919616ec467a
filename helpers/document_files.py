"""Write a document of :mod:`helpers.document` as PDF and as Markdown, and show where it is."""

import base64
import html
import json
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import matplotlib
from matplotlib.ft2font import FT2Font

from helpers.document import Document, DocumentError, plain

OUTPUT = "ml-careers-output"
"""Folder of what the notebooks make, beside the notebook: there the file browser shows it, on Binder too."""

_TEMPLATE = Path(__file__).with_name("document.typ")
_FONTS = Path(matplotlib.get_data_path(), "fonts", "ttf")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_TYPES = {".pdf": "application/pdf", ".md": "text/markdown", ".svg": "image/svg+xml"}
_NOT_IN_FONTS = "\N{REPLACEMENT CHARACTER}"
_WARNING = (
    "<!-- Made by a notebook, which replaces this file when it runs again. Rename it before you edit it. -->"
)


def to_pdf(document: Document) -> tuple[bytes, int]:
    """Lay a document out.

    Signs that the fonts do not have, such as Chinese ones or emoji, become U+FFFD: see :func:`not_in_pdf`.

    Returns
    -------
    pdf : bytes
        The same document gives the same bytes.
    pages : int

    Raises
    ------
    DocumentError
        See :func:`helpers.document.plain`.
    """
    return _pdf(plain(document))


def to_markdown(document: Document, name: str) -> dict[str, str]:
    """Write a document as Markdown.

    Parameters
    ----------
    document : Document
    name : str
        Of the files, without ending.

    Returns
    -------
    dict of str to str
        Name of a file to its text: the Markdown first, then an SVG for each figure.

    Raises
    ------
    DocumentError
        See :func:`helpers.document.plain`.
    """
    return _markdown(plain(document), name)


def not_in_pdf(document: Document) -> str:
    """Return the signs of a document, each once, that its PDF cannot show."""
    return _missing(plain(document))


@dataclass(frozen=True)
class Saved:
    """What :func:`save` returns: shown in a notebook, it says where the files are and links to them.

    Attributes
    ----------
    folder : str
        As it was given.
    files : dict of str to bytes
        Name to content: the PDF, the Markdown file, the figures.
    pages : int
        Of the PDF.
    notes : tuple of str
        Sentences that the learner should read.
    """

    folder: str
    files: dict[str, bytes]
    pages: int
    notes: tuple[str, ...] = ()

    def _repr_mimebundle_(self, include=None, exclude=None):
        pdf, markdown = list(self.files)[:2]
        pages = f"{self.pages} page{'s' * (self.pages > 1)}"
        words = f"{pdf} ({pages}) and {markdown}, in the folder {self.folder}"
        links = (
            f"{self._link(pdf)} ({pages}) and {self._link(markdown)}, in the folder "
            f"<code>{html.escape(self.folder)}</code>"
        )
        notes = "".join(f'<p role="alert"><strong>{html.escape(note)}</strong></p>' for note in self.notes)
        return {
            "text/html": f"<p>{links}</p>{notes}",
            "text/plain": "\n".join((words, *self.notes)),
        }

    def _link(self, name: str) -> str:
        """Link to the file beside the notebook, or, where there is none, to the content itself."""
        path = Path(self.folder, name)
        if path.is_absolute() or not path.is_file():
            content = base64.b64encode(self.files[name]).decode()
            address = f"data:{_TYPES[path.suffix]};base64,{content}"
        else:
            address = html.escape(path.as_posix())
        return f'<a href="{address}" download="{name}">{name}</a>'


def save(document: Document, name: str, folder: str = OUTPUT) -> Saved:
    """Write a document as NAME.pdf and NAME.md, with its figures as SVG, in place of what an earlier run wrote.

    Parameters
    ----------
    document : Document
    name : str
        Of the files: lower-case letters, digits and hyphens.
    folder : str
        Made if it is not there. A relative one lies beside the notebook.

    Returns
    -------
    Saved
        A folder that cannot be written raises nothing: see its `notes`. The files can be downloaded all the
        same.

    Raises
    ------
    DocumentError
        If the name is not one, or the document cannot be made: see :func:`helpers.document.plain`.
    """
    if not _NAME.fullmatch(name):
        raise DocumentError("The name of a document is of lower-case letters, digits and hyphens.")
    values = plain(document)
    pdf, pages = _pdf(values)
    files = {f"{name}.pdf": pdf}
    files |= {file: text.encode("utf-8") for file, text in _markdown(values, name).items()}
    notes = ()
    if missing := _missing(values):
        notes = (f"The PDF has no letters for {missing[:20]}; the Markdown file shows them.",)
    try:
        _write(Path(folder).expanduser(), files)
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        notes += (
            f"Nothing could be written in this folder ({reason}). Download the files by the links, or name "
            "another folder.",
        )
    return Saved(folder, files, pages, notes)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        beside = folder / f".{name}.tmp"
        beside.write_bytes(content)
        os.replace(beside, folder / name)  # a reader never sees half a file


def _pdf(values: dict) -> tuple[bytes, int]:
    import typst  # not everyone who imports this makes a PDF, and the library is large

    missing = _missing(values)
    table = str.maketrans(dict.fromkeys(missing, _NOT_IN_FONTS))
    compiler = typst.Compiler(
        str(_TEMPLATE),
        font_paths=[str(_FONTS)],
        ignore_system_fonts=True,  # the same PDF on every machine
        sys_inputs={"document": json.dumps(values, ensure_ascii=False).translate(table)},
    )
    pages = json.loads(compiler.query("<pages>", field="value", one=True))
    return compiler.compile(format="pdf"), pages


def _missing(values: dict) -> str:
    text = json.dumps(values, ensure_ascii=False)
    return "".join(sorted({c for c in text if ord(c) not in _in_fonts()}))


@lru_cache
def _in_fonts() -> frozenset[int]:
    # DejaVu Sans stands in for what typst's own font lacks, so what it has can be shown.
    return frozenset(FT2Font(str(_FONTS / "DejaVuSans.ttf")).get_charmap())


def _markdown(values: dict, name: str) -> dict[str, str]:
    figures: dict[str, str] = {}
    parts = [_WARNING, f"# {_escaped(values['title'])}"]
    if under := [part for part in (*values["authors"], values["note"]) if part]:
        parts.append(_escaped(" · ".join(under)))
    parts += [_escaped(text) for text in values["abstract"]]
    tables = 0
    for block in values["blocks"]:
        match block["kind"]:
            case "section":
                parts.append(f"## {_escaped(block['text'])}")
            case "text":
                parts += [_escaped(text) for text in block["texts"]]
            case "bullets":
                parts.append("\n".join(f"- {_escaped(item)}" for item in block["items"]))
            case "table":
                tables += 1
                parts += [f"Table {tables}: {_escaped(block['caption'])}", _markdown_table(block)]
            case "picture":
                file = f"{name}-figure-{len(figures) + 1}.svg"
                figures[file] = block["svg"]
                caption = f"Figure {len(figures)}: {_escaped(block['caption'])}"
                parts += [f"![{_escaped(block['alt'])}]({file})", caption]
            case "equation":
                parts.append(f"$$\n{block['alt']}\n$$")
            case "references":
                entries = [
                    f"{number}. {_escaped(entry['text'])}" + (f" <{entry['url']}>" if entry["url"] else "")
                    for number, entry in enumerate(block["entries"], 1)
                ]
                parts += ["## References", "\n".join(entries)]
    return {f"{name}.md": "\n\n".join(parts) + "\n", **figures}


def _markdown_table(block: dict) -> str:
    rule = ["---:" if right else ":---" for right in block["right"]]
    cells = [block["header"], *block["rows"]]
    head, *rows = [[_escaped(cell) for cell in row] for row in cells]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def _escaped(line: str) -> str:
    """Return one line of text as Markdown that shows it as it is."""
    line = re.sub(r"([\\`*_{}\[\]<>#$|~&!^])", r"\\\1", line)
    return re.sub(r"^(\d+(?=[.)](?:\s|$))|(?=[-+=]))", r"\1\\", line)
