"""Documents that a notebook writes: a decision memo or a preprint, as a PDF and as a Markdown file.

A document is data. Every text in it is shown as it was typed, whatever signs it holds: in the PDF texts are
strings that typst is given, never its code, and in Markdown every sign with a meaning is escaped.
"""

import io
import re
from dataclasses import dataclass, field

import matplotlib
import pandas as pd
from matplotlib.figure import Figure

MAX_CHARACTERS = 20_000  # of one text: ten pages
MAX_ROWS = 60  # of a table: more than one page
_SVG = {"svg.hashsalt": "ml-careers", "svg.fonttype": "path", "mathtext.fontset": "stix"}
_KEPT = "\u200c\u200d"  # invisible, but needed to write some languages


class DocumentError(ValueError):
    """A document cannot be made of this; the message is one sentence that says what to change."""


@dataclass(frozen=True)
class Section:
    """The heading of a section."""

    text: str


@dataclass(frozen=True)
class Text:
    """One paragraph, or several with an empty line between them."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list of short texts."""

    items: list[str]


@dataclass(frozen=True)
class Table:
    """A small table: the columns of `frame` as they stand, without its index; format numbers before."""

    frame: pd.DataFrame
    caption: str


@dataclass(frozen=True)
class Picture:
    """A figure, drawn in vectors. Its label (see :func:`helpers.charts.finish`) is the alt text, else the caption."""

    figure: Figure
    caption: str


@dataclass(frozen=True)
class Equation:
    """A formula on a line of its own, in the LaTeX that matplotlib's mathtext knows, without dollar signs."""

    latex: str


@dataclass(frozen=True)
class Reference:
    """A work that the document refers to, with its address (https) if it has one."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class References:
    """The numbered list of references; in the text write [1], [2]."""

    entries: list[Reference]


Block = Section | Text | Bullets | Table | Picture | Equation | References


@dataclass(frozen=True)
class Document:
    """What :func:`helpers.document_files.save` writes.

    Attributes
    ----------
    title : str
    blocks : list of Block
        In order.
    authors : list of str
    note : str
        One line below the title, such as a date or "Draft".
    abstract : str
        In a memo: the paragraph that opens it.
    layout : {"memo", "preprint"}
        A memo is dense and wants to fit one page; a preprint numbers its pages and sections.
    """

    title: str
    blocks: list[Block]
    authors: list[str] = field(default_factory=list)
    note: str = ""
    abstract: str = ""
    layout: str = "memo"


def written(parts: dict[str, str], headings: dict[str, str], what: str) -> list[Block]:
    """Return the sections that a person writes: a heading and a text each, in the order of the headings.

    Parameters
    ----------
    parts : dict of str to str
        Keys of `headings`; one left out or empty stands as "to be written".
    headings : dict of str to str
    what : str
        What the document is called, such as ``"memo"``.

    Raises
    ------
    DocumentError
        If `parts` has a name that the document does not.
    """
    for name in parts:
        if name not in headings:
            raise DocumentError(f"The {what} has no part {str(name)[:40]!r}: it has {', '.join(headings)}.")
    blank = "(to be written)"
    texts = {
        name: blank if str(parts.get(name) or "").isspace() else parts.get(name) or blank for name in headings
    }
    return [block for name in headings for block in (Section(headings[name]), Text(texts[name]))]


def plain(document: Document) -> dict:
    """Return a document as plain values, checked and cleaned, with every figure as SVG.

    Parameters
    ----------
    document : Document

    Returns
    -------
    dict
        Keys ``title``, ``authors``, ``note``, ``abstract`` (list of paragraphs), ``layout`` and ``blocks``: dicts
        with a ``kind`` and what belongs to it. The same document gives the same values, byte for byte.

    Raises
    ------
    DocumentError
        If a text is too long or no text, a table too long, a formula or an address not understood.
    """
    if document.layout not in ("memo", "preprint"):
        raise DocumentError('layout is "memo" or "preprint".')
    return {
        "layout": document.layout,
        "title": _line(document.title) or "Untitled",
        "authors": [author for author in map(_line, document.authors) if author],
        "note": _line(document.note),
        "abstract": _paragraphs(document.abstract),
        "blocks": [_plain_block(block) for block in document.blocks],
    }


def _plain_block(block: Block) -> dict:
    match block:
        case Section(text):
            return {"kind": "section", "text": _line(text)}
        case Text(text):
            return {"kind": "text", "texts": _paragraphs(text)}
        case Bullets(items):
            return {"kind": "bullets", "items": [item for item in map(_line, items) if item]}
        case Table(frame, caption):
            return {"kind": "table", "caption": _line(caption), **_plain_table(frame)}
        case Picture(figure, caption):
            alt = _line(figure.get_label() or caption)
            return {"kind": "picture", "caption": _line(caption), "alt": alt, "svg": _svg(figure)}
        case Equation(latex):
            return {"kind": "equation", "alt": latex, "svg": _drawn(latex)}
        case References(entries):
            return {"kind": "references", "entries": [_plain_reference(entry) for entry in entries]}
    raise DocumentError(
        f"A document is made of Section, Text, Bullets and so on, but got {type(block).__name__}."
    )


def _plain_table(frame: pd.DataFrame) -> dict:
    if len(frame) > MAX_ROWS:
        raise DocumentError(
            f"A table has at most {MAX_ROWS} rows, but got {len(frame):,}: choose the rows that matter."
        )
    if frame.shape[1] == 0:
        raise DocumentError("A table needs at least one column.")
    rows = [
        ["" if missing else _line(str(value)) for value, missing in zip(row, gaps, strict=True)]
        for row, gaps in zip(frame.itertuples(index=False), frame.isna().to_numpy(), strict=True)
    ]
    number = re.compile(r"[^\w\s]{0,2}\d.*|")
    right = [all(number.fullmatch(cell) for cell in column) for column in zip(*rows, strict=True)]
    return {
        "header": [_line(str(name)) for name in frame.columns],
        "rows": rows,
        "right": right or [False] * frame.shape[1],
    }


def _plain_reference(entry: Reference) -> dict:
    if entry.url and not re.fullmatch(r"https://[^\s<>\"\\]{1,500}", entry.url):
        raise DocumentError(f"The address of a reference begins with https://, but got {entry.url[:60]!r}.")
    return {"text": _line(entry.text), "url": entry.url}


def _svg(figure: Figure, **options) -> str:
    file = io.StringIO()
    with matplotlib.rc_context(_SVG):
        # Without its date and version a figure gives the same bytes on every day.
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None}, **options)
    return file.getvalue()


def _drawn(latex: str) -> str:
    figure = Figure()
    with matplotlib.rc_context(_SVG):
        figure.text(0, 0, f"${latex}$", fontsize=11, parse_math=True)
        try:
            return _svg(figure, bbox_inches="tight", pad_inches=0.02, transparent=True)
        except ValueError as error:
            raise DocumentError(f"The formula {latex[:60]!r} is not understood: check its LaTeX.") from error


def _clean(text: str) -> str:
    if not isinstance(text, str):
        raise DocumentError(f"A document is made of text, but got {type(text).__name__}: put it in quotes.")
    if len(text) > MAX_CHARACTERS:
        raise DocumentError(
            f"A text has at most {MAX_CHARACTERS:,} characters, but got {len(text):,}: shorten it."
        )
    return "".join(c if c.isprintable() or c in _KEPT else "\n" if c == "\n" else " " for c in text)


def _line(text: str) -> str:
    return " ".join(_clean(text).split())


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", _clean(text)) if part.strip()]
