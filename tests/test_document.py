"""Documents that notebooks write: what a learner typed is shown as it is, and the files are the same each time."""

import io
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from helpers import charts, document_files
from helpers.document import (
    MAX_CHARACTERS,
    Bullets,
    Document,
    DocumentError,
    Equation,
    Picture,
    Reference,
    References,
    Section,
    Table,
    Text,
    plain,
)

HOSTILE = [
    '#read("/etc/passwd")',
    '#eval("1+1") #sys.inputs #panic()',
    "*bold* _slanted_ `code` $x^2$ #{1+1}",
    "\\ \\\\ \\u{41} \\n",
    "<script>alert(1)</script> <b>x</b> &amp; &lt;",
    "= Heading",
    "- item",
    "1. item",
    "@ref <label> // comment /* more */",
    "[link](https://example.org) ![picture](x.png)",
    "a | b | c",
    "\"quoted\" 'single' -- --- ...",
    "Привіт Ελληνικά ≤ → \N{MINUS SIGN} café",
]


def _figure():
    figure, axes = charts.blank()
    axes.plot([1, 2, 3])
    return charts.finish(
        figure, "A title", "Source: none.", "Three points on a line that rises to the right."
    )


def _full(layout="preprint"):
    paragraph = "A sentence of a certain length that says something about a market. " * 9
    blocks = []
    for section in ("Introduction", "Method", "Limitations", "Reproducibility"):
        blocks += [Section(section), Text("\n\n".join([paragraph] * 4))]
    table = pd.DataFrame(
        {"Method": ["Split", "Adaptive"], "Coverage": [78.1, np.nan], "Width": ["$90k", "\N{MINUS SIGN}$5k"]}
    )
    blocks += [
        Equation(r"\hat{q}_{t+1} = \hat{q}_t + \gamma\,(e_t - \alpha)"),
        Table(table, "Coverage and width"),
        Picture(_figure(), "First"),
        Picture(_figure(), "Second"),
        Bullets(["one", "two"]),
        References([Reference("A paper.", "https://example.org/paper"), Reference("A book.")]),
    ]
    return Document(
        "Ranges", blocks, ["A. Learner", "B. Other"], "Not reviewed", "What it is about.", layout=layout
    )


def _memo(text):
    return Document(
        text,
        [Section(text), Text(text), Bullets([text]), Table(pd.DataFrame({text: [text]}), text)],
        [text],
        text,
        text,
    )


def _words(pdf):
    """Text of a PDF; a word that was broken over lines is whole again."""
    opened = pypdfium2.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_range() for page in opened)
    return re.sub(r"[\s\u200b\u00ad\ufffe]+", "", text)


def test_a_preprint_has_four_or_five_numbered_pages_and_every_part():
    pdf, pages = document_files.to_pdf(_full())
    opened = pypdfium2.PdfDocument(pdf)
    assert len(opened) == pages
    assert 3 <= pages <= 5
    text = _words(pdf)
    for part in (
        "Abstract",
        "1Introduction",
        "Table1",
        "Figure2",
        "References",
        "[2]Abook.",
        "\N{MINUS SIGN}$5k",
    ):
        assert part in text
    assert "nan" not in text


def test_pages_are_drawn_with_room_at_the_edges():
    opened = pypdfium2.PdfDocument(document_files.to_pdf(_full())[0])
    for page in opened:
        picture = np.asarray(page.render(scale=1).to_pil().convert("L"))
        assert (picture < 128).sum() > 500  # something stands on it
        assert picture[:, :40].min() > 200 and picture[:, -40:].min() > 200  # nothing runs over


def test_figures_are_vectors_with_words_for_those_who_do_not_see_them():
    values = plain(_full())
    pictures = [block for block in values["blocks"] if block["kind"] == "picture"]
    assert len(pictures) == 2
    for picture in pictures:
        assert ElementTree.fromstring(picture["svg"]).tag.endswith("svg")
        assert "<image" not in picture["svg"] and "<dc:date>" not in picture["svg"]
        assert picture["alt"].startswith("Three points")
    opened = pypdfium2.PdfDocument(document_files.to_pdf(_full())[0])
    kinds = {item.type for page in opened for item in page.get_objects()}
    assert pypdfium2.raw.FPDF_PAGEOBJ_IMAGE not in kinds


@pytest.mark.parametrize("layout", ["memo", "preprint"])
def test_the_same_document_gives_the_same_bytes(layout):
    first, second = (document_files.to_pdf(_full(layout)) for _ in range(2))
    assert first == second
    first, second = (document_files.to_markdown(_full(layout), "x") for _ in range(2))
    assert first == second


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_it_was_typed_in_the_pdf(text):
    pdf, pages = document_files.to_pdf(_memo(text))
    assert pages == 1
    assert _words(pdf).count("".join(text.split())) >= 6
    assert "root:" not in _words(pdf)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_it_was_typed_in_markdown(text):
    markdown_it = pytest.importorskip("markdown_it")
    source = document_files.to_markdown(Document("Title", [Text(text)]), "x")["x.md"]
    tokens = markdown_it.MarkdownIt("commonmark").enable("table").parse(source)
    *_, opened, inline, closed = tokens
    assert (opened.type, closed.type) == ("paragraph_open", "paragraph_close")
    assert {child.type for child in inline.children} <= {"text", "text_special"}
    assert "".join(child.content for child in inline.children) == text


def test_a_very_long_word_stays_on_the_page():
    word = "w" * 400
    pdf, pages = document_files.to_pdf(
        Document("Title", [Text(word), Table(pd.DataFrame({"a": [word], "b": ["x"]}), "c")])
    )
    assert pages == 1
    assert _words(pdf).count("w") == 800
    picture = np.asarray(pypdfium2.PdfDocument(pdf)[0].render(scale=1).to_pil().convert("L"))
    assert picture[:, -40:].min() > 200


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_makes_a_document(title, text):
    document = Document(title, [Text(text), Bullets([text])])
    pdf, _pages = document_files.to_pdf(document)
    assert pdf.startswith(b"%PDF")
    source = document_files.to_markdown(document, "x")["x.md"]
    assert "<script" not in source.replace("\\<", "")


def test_signs_without_a_glyph_are_named_and_never_shown_as_something_else():
    document = Document("Title", [Text("a 字 b")])
    assert document_files.not_in_pdf(document) == "字"
    assert "a\ufffdb" in _words(document_files.to_pdf(document)[0])
    assert "字" in document_files.to_markdown(document, "x")["x.md"]
    assert document_files.not_in_pdf(_memo(HOSTILE[-1])) == ""


def test_files_are_written_beside_the_notebook_and_linked_without_a_machine_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    saved = document_files.save(_full("memo"), "decision-memo")
    folder = tmp_path / document_files.OUTPUT
    names = [
        "decision-memo-figure-1.svg",
        "decision-memo-figure-2.svg",
        "decision-memo.md",
        "decision-memo.pdf",
    ]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert (folder / "decision-memo.pdf").read_bytes() == saved.files["decision-memo.pdf"]
    shown = saved._repr_mimebundle_()
    assert 'href="ml-careers-output/decision-memo.pdf"' in shown["text/html"]
    assert all(str(tmp_path) not in shown[kind] for kind in shown)
    assert document_files.save(_full("memo"), "decision-memo")._repr_mimebundle_() == shown
    for name in re.findall(r"\]\((\S+\.svg)\)", (folder / "decision-memo.md").read_text("utf-8")):
        assert (folder / name).exists()


def test_a_folder_that_cannot_be_written_is_said_and_the_files_can_be_had(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    saved = document_files.save(_full("memo"), "memo", folder=str(tmp_path / "file" / "below"))
    assert len(saved.notes) == 1 and "name another folder" in saved.notes[0]
    shown = saved._repr_mimebundle_()["text/html"]
    assert 'role="alert"' in shown and 'href="data:application/pdf;base64,' in shown


def test_the_folder_may_have_any_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = document_files.save(Document("T", []), "memo", folder='<b>"x"</b> & 1')._repr_mimebundle_()
    assert "<b>" not in shown["text/html"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda: Document("T", [Text("x" * (MAX_CHARACTERS + 1))]), "shorten it"),
        (lambda: Document("T", [Text(None)]), "put it in quotes"),
        (lambda: Document(3, []), "put it in quotes"),
        (lambda: Document("T", ["text"]), "made of Section"),
        (lambda: Document("T", [Table(pd.DataFrame({"a": range(61)}), "c")]), "at most 60 rows"),
        (lambda: Document("T", [Table(pd.DataFrame(), "c")]), "at least one column"),
        (lambda: Document("T", [Equation(r"\frac{")]), "check its LaTeX"),
        (lambda: Document("T", [References([Reference("x", "javascript:alert(1)")])]), "begins with https"),
        (lambda: Document("T", [], layout="poster"), "memo"),
    ],
)
def test_what_cannot_be_printed_gets_one_sentence(change, words):
    with pytest.raises(DocumentError, match=words):
        plain(change())


@pytest.mark.parametrize("name", ["", "../up", "a/b", "Memo", "x" * 61, "-x", "a.pdf"])
def test_a_name_cannot_lead_out_of_the_folder(name, tmp_path):
    with pytest.raises(DocumentError, match="lower-case"):
        document_files.save(Document("T", []), name, folder=str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_a_figure_of_any_origin_is_accepted():
    figure = Figure()
    figure.subplots().plot([1, 2])
    assert plain(Document("T", [Picture(figure, "Two points")]))["blocks"][0]["alt"] == "Two points"
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg")  # still usable afterwards


@pytest.mark.parametrize("frame", [pd.DataFrame({"a": []}), pd.DataFrame({"a": [None, 1.5]})])
def test_a_small_or_empty_table_does_not_stop_the_document(frame):
    assert document_files.to_pdf(Document("T", [Table(frame, "c")]))[1] == 1
    assert document_files.to_markdown(Document("T", [Table(frame, "c")]), "x")
