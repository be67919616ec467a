"""A document is Markdown: written by the learner, laid out as PDF by typst, the same bytes on every machine.

Text reaches typst as strings and never as its code; raw HTML is shown as it was typed.
"""

import contextlib
import dataclasses
import html
import io
import itertools
import json
import os
import pathlib
import re
import tempfile
import urllib.parse

import matplotlib

PROMPT = "✎"
_NOTEBOOKS = pathlib.Path(__file__).resolve().parent.parent / "notebooks"
_HEAD = r"""
#set document(title: TITLE, date: none)
#set page(paper: "a4", margin: 2.2cm, numbering: "1")
#set text(font: ("Libertinus Serif", "DejaVu Sans"), size: 10.5pt, lang: "en")
#set par(leading: 0.62em, spacing: 0.9em)
#show heading: set block(above: 1.3em, below: 0.7em)
#show link: underline
#show regex("\S{60,}"): it => it.text.clusters().join(sym.zws)
#set table(stroke: 0.4pt + gray, inset: 0.4em)
"""


@dataclasses.dataclass(frozen=True)
class Saved:
    """Where a document went, and how many of its parts are not written yet; shows links in a notebook."""

    folder: pathlib.Path
    names: tuple
    unwritten: int

    def _said(self, names):
        parts = "1 part that begins" if self.unwritten == 1 else f"{self.unwritten} parts that begin"
        left_out = f" Left out: {parts} with {PROMPT}, not written yet." if self.unwritten else ""
        return f"In your work folder: {' and '.join(names)}.{left_out}"

    def __repr__(self):
        return self._said(self.names)

    def _repr_html_(self):
        # JupyterLab follows a link from where the notebook lies; a folder outside of the project has none.
        names = [html.escape(name) for name in self.names]
        if self.folder.resolve().is_relative_to(_NOTEBOOKS.parent):
            there = urllib.parse.quote(os.path.relpath(self.folder, _NOTEBOOKS).replace(os.sep, "/"))
            names = [f'<a href="{there}/{name}">{name}</a>' for name in names]
        return f"<p>{self._said(names)}</p>"


def save(folder, name, markdown, **figures):
    """Write ``NAME.md`` and ``NAME.pdf`` into a folder, with the figures beside them.

    Parameters
    ----------
    folder : pathlib.Path
    name : str
        Of the files, without ending.
    markdown : str
        CommonMark with tables. ``![alt](figure)`` stands for the figure of that name. Paragraphs and list items that
        begin with the pencil sign are prompts: they are left out and counted, and so are headings with nothing below.
    **figures : matplotlib.figure.Figure

    Returns
    -------
    Saved
    """
    text, unwritten = _without_prompts(markdown)
    folder.mkdir(parents=True, exist_ok=True)
    for figure, drawn in figures.items():
        with matplotlib.rc_context({"svg.hashsalt": "ml-careers", "svg.fonttype": "path"}):
            getattr(drawn, "figure", drawn).savefig(
                folder / f"{figure}.svg", metadata={"Date": None, "Creator": None}
            )
    shown = re.sub(r"(!\[[^\]]*\])\((\w+)\)", r"\1(\2.svg)", text)
    (folder / f"{name}.md").write_text(shown + "\n", "utf-8", errors="replace")
    (folder / f"{name}.pdf").write_bytes(pdf(shown, folder))
    return Saved(folder, (f"{name}.pdf", f"{name}.md"), unwritten)


def _without_prompts(markdown):
    markdown, items = re.subn(rf"^ *(?:[-*+>]|\d+[.)]) +{PROMPT}.*\n?", "", markdown, flags=re.MULTILINE)
    parts = [part.strip("\n") for part in re.split(r"\n\s*\n", markdown) if part.strip()]
    kept, below = [], 1  # `below`: the level of what comes next; the end is like a title
    for part in reversed(parts):
        heading = re.match(r" *(#{1,6}) .*(\n?)", part)
        level = len(heading[1]) if heading else 7
        empty = heading and level > 1 and not heading[2] and below <= level
        if not empty and not part.lstrip(" #").startswith(PROMPT):
            kept.insert(0, part)
            below = level
    prompts = sum(part.lstrip(" #").startswith(PROMPT) for part in parts)
    return "\n\n".join(kept), items + prompts


def pdf(markdown, folder):
    """bytes: Markdown laid out as PDF; pictures are looked for in `folder`, a missing one becomes its words.

    What cannot be laid out, such as a list in fifty levels, is set as it was typed.
    """
    import typst
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark", {"html": False, "maxNesting": 100}).enable("table").parse(markdown)
    title = next((one.content for one in tokens if one.type == "inline"), "")
    fonts = [str(pathlib.Path(matplotlib.get_data_path(), "fonts", "ttf"))]
    for body in (_typst(tokens, folder), f"#raw({_text(markdown)}, block: true)"):
        with tempfile.NamedTemporaryFile(
            "w", dir=folder, suffix=".typ", encoding="utf-8", delete=False
        ) as source:
            source.write(_HEAD.replace("TITLE", _text(title)) + body)
        with contextlib.suppress(typst.TypstError):
            try:
                return typst.compile(source.name, font_paths=fonts, ignore_system_fonts=True)
            finally:
                os.unlink(source.name)
    raise ValueError("This text cannot be laid out.")


_OPEN = {
    "bullet_list_open": "\n#list(", "thead_open": "table.header(", "thead_close": "), ", "list_item_open": "[", "th_open": "[*",
    "td_open": "[", "list_item_close": "], ", "th_close": "*], ", "td_close": "], ", "bullet_list_close": ")\n",
    "ordered_list_close": ")\n", "table_close": ")\n", "heading_close": "]\n", "hr": "\n#line(length: 100%)\n",
    "blockquote_open": "\n#quote(block: true)[", "blockquote_close": "]\n",
}  # fmt: skip


def _typst(tokens, folder):
    out = io.StringIO()
    for place, token in enumerate(tokens):
        match token.type:
            case "inline":
                out.write(_inline(token.children, folder))
            case "heading_open":
                out.write(f"\n#heading(level: {token.tag[1]})[")
            case "paragraph_open":
                out.write("" if token.hidden else "\n#par[")
            case "paragraph_close":
                out.write("" if token.hidden else "]\n")
            case "table_open":
                row = itertools.takewhile(lambda one: one.type != "tr_close", tokens[place:])
                align = [
                    one.attrs.get("style", "text-align:left")[11:] for one in row if one.type == "th_open"
                ]
                out.write(f"\n#table(columns: {len(align)}, align: ({', '.join(align)},), ")
            case "ordered_list_open":
                out.write(f"\n#enum(start: {token.attrs.get('start', 1)}, ")
            case "fence" | "code_block":
                out.write(f"\n#raw({_text(token.content)}, block: true)\n")
            case kind:
                out.write(_OPEN.get(kind, ""))
    return out.getvalue()


def _inline(tokens, folder):
    parts = {"strong_open": "#strong[", "em_open": "#emph[", "softbreak": " ", "hardbreak": "#linebreak()"}
    out = []
    for token in tokens:
        match token.type:
            case "text" | "html_inline":
                out.append(f"#text({_text(token.content)})")
            case "code_inline":
                out.append(f"#raw({_text(token.content)})")
            case "link_open":  # typst takes no empty address
                out.append(f"#link({_text(token.attrs['href'] or 'about:blank')})[")
            case "image" if (
                re.fullmatch(r"\w+\.svg", token.attrs["src"]) and (folder / token.attrs["src"]).exists()
            ):
                # In a box: typst drops a bare picture in a paragraph.
                picture, alt = _text(token.attrs["src"]), _text(token.content)
                out.append(f"#box(image({picture}, width: 100%, alt: {alt}))")
            case "image":
                out.append(f"#text({_text(f'(picture: {token.content})')})")
            case kind:
                out.append(parts.get(kind, "]" if kind.endswith("_close") else ""))
    return "".join(out)


def _text(text):
    return json.dumps("".join(c if c.isprintable() or c == "\n" else " " for c in text), ensure_ascii=False)
