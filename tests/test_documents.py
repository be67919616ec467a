"""Documents: what is typed is shown as typed, prompts are left out, and the same bytes come twice."""

import matplotlib.pyplot as plt
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import documents

HOSTILE = '#set text(red) $x$ <script>alert(1)</script> "quotes" \\ [ ] @ref #import "x" `#eval("1")` *a _b'


def words(path):
    """str: the text of a PDF, spaces folded."""
    pages = pypdfium2.PdfDocument(path)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())


@pytest.fixture
def figure():
    drawn, axes = plt.subplots()
    axes.plot([1, 2])
    yield drawn
    plt.close(drawn)


def test_a_memo_with_everything(tmp_path, figure):
    text = f"# Memo\n\n## What\n\n{HOSTILE}\n\n- one\n  - two\n\n1. a\n\n| h | i |\n| --- | --- |\n| 1 | 2 |\n\n![Alt](by_role)"
    saved = documents.save(tmp_path, "memo", text, by_role=figure)
    assert repr(saved) == "In your work folder: memo.pdf and memo.md."
    found = words(tmp_path / "memo.pdf")
    for piece in ("Memo", "#set text(red) $x$ <script>alert(1)</script>", '#eval("1")', "two", "h i", "1 2"):
        assert piece in found, found
    assert "![Alt](by_role.svg)" in (tmp_path / "memo.md").read_text("utf-8")
    first = [(tmp_path / name).read_bytes() for name in ("memo.pdf", "memo.md", "by_role.svg")]
    documents.save(tmp_path, "memo", text, by_role=figure.axes[0])
    assert first == [(tmp_path / name).read_bytes() for name in ("memo.pdf", "memo.md", "by_role.svg")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["by_role.svg", "memo.md", "memo.pdf"]


def test_prompts_are_left_out_with_their_headings(tmp_path):
    text = """# Memo

✎ Name

## A
✎ One sentence
in two lines

Half of it.
✎ And more?

## B
Written.

- ✎ an item
  in two lines
- done

```
# A remark

## ✎ and another
```

### C

1. ✎ More

## D"""
    saved = documents.save(tmp_path, "memo", text)
    assert saved.unwritten == 5 and "Left out: 5 parts that begin with ✎" in repr(saved)
    left = "# Memo\n\n## A\n\nHalf of it.\n\n## B\nWritten.\n\n- done\n\n```\n# A remark\n\n## ✎ and another\n```\n"
    for again in ("✎ Name", "On another day.", "✎ Name"):  # fresh notebooks, whose learner wrote in others
        documents.save(tmp_path, "memo", f"# Memo\n\n{again}")
    assert {file.read_text("utf-8") for file in tmp_path.glob("memo.before*.md")} > {left}


PLACES = ("none", "../../x", "/etc/passwd", "http://e.f/g.svg")
SHALOM = "\u05e9\u05dc\u05d5\u05dd"
TABLE = "| h | i |\n| --- | ---: |\n| 1 | 2 |\n"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (f"{TABLE}\nthen\n\n{TABLE}", "h i 1 2 then h i 1 2"),
        ("3. three\n4. four", "3. three 4. four"),
        ("[a]() [b](javascript:x)", "a [b](javascript:x)"),
        ("".join("  " * level + "- deep\n" for level in range(40)), "- deep - deep"),
        ("![x](broken)", "![x](broken.svg)"),
        *((f"![a]({place}), b", "(picture: a), b") for place in PLACES),
        (f"中文 👩\u200d💻 {{}} `\\u{{41}}` #read(x)\n\n{SHALOM}", f"{{}} \\u{{41}} #read(x) {SHALOM}"),
        (f"# T\n\n{'w' * 60} {'x' * 100_000}", "T w"),
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_what_is_typed_is_there(typed, read, tmp_path):
    (tmp_path / "broken.svg").write_text("no picture")
    documents.save(tmp_path, "memo", typed)
    assert read in words(tmp_path / "memo.pdf")


def test_what_no_font_has_is_named(tmp_path, monkeypatch):
    known = f"é Ω Ж ✓ → ½ ﬁ 😀 हिन्दी e\u0301 ❤\ufe0f {SHALOM}"
    monkeypatch.setitem(documents._ALL, "ignore_system_fonts", True)  # as on a computer without fonts
    assert documents._fonts(known) == (documents._OURS, "")  # those of the computer are not asked
    saved = documents.save(tmp_path, "memo", f"# 中\n\n{known}\n\n`ไ` 👩\u200d💻")
    assert documents._fonts("中")[0] is documents._ALL
    assert saved.boxes == "ไ中👩💻" and "No font here has ไ 中 👩 💻. The PDF" in saved._repr_html_()


def test_code_keeps_its_lines(tmp_path):
    page = pypdfium2.PdfDocument(documents.pdf("```python\na = 1\nb\n```", tmp_path))[0]
    assert "a = 1\r\nb" in page.get_textpage().get_text_range()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(blacklist_categories=("Cs",)), max_size=80))
def test_no_text_breaks_it(text, tmp_path):
    assert documents.pdf(text, tmp_path).startswith(b"%PDF")


def test_links_lead_from_the_notebooks_into_the_work_folder(tmp_path, monkeypatch):
    outside = documents.Saved(tmp_path / '"><b>', ("memo<b>.pdf",), 0)._repr_html_()
    assert "<b>" not in outside and "<a" not in outside
    monkeypatch.chdir(tmp_path)
    inside = documents.Saved(documents._NOTEBOOKS.parent / "work" / "02", ("memo.pdf",), 0)
    assert '<a href="../work/02/memo.pdf">memo.pdf</a>' in inside._repr_html_()
    odd = documents.Saved(documents._NOTEBOOKS.parent / 'my "work"?' / "100% #2", ("memo.pdf",), 0)
    assert '"../my%20%22work%22%3F/100%25%20%232/memo.pdf"' in odd._repr_html_()
