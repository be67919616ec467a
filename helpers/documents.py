"""A document is Markdown: written by the learner, laid out as PDF by typst, the same bytes on every machine.

Text reaches typst as strings and never as its code; raw HTML is shown as it was typed.
"""

import dataclasses
import html
import io
import json
import os
import pathlib
import re
import tempfile

import matplotlib

PROMPT = "✎"
_HEAD = r"""
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

    def _said(self):
        some = f"{self.unwritten} part{'s' * (self.unwritten != 1)} left out, not written yet." * bool(
            self.unwritten
        )
        return f"In your work folder: {{}}. {some}".strip()

    def __repr__(self):
        return self._said().format(" and ".join(self.names))

    def _repr_html_(self):
        # A link from the notebook, as JupyterLab opens it; outside of the project's folder it has none.
        there = os.path.relpath(self.folder).replace(os.sep, "/")
        links = [
            f'<a href="{html.escape(there)}/{name}">{name}</a>' if not there.startswith("../..") else name
            for name in self.names
        ]
        return f"<p>{self._said().format(' and '.join(links))}</p>"


def save(folder, name, markdown, **figures):
    """Write ``NAME.md`` and ``NAME.pdf`` into a folder, with the figures beside them.

    Parameters
    ----------
    folder : pathlib.Path
    name : str
        Of the files, without ending.
    markdown : str
        CommonMark with tables. ``![alt](figure)`` stands for the figure of that name. Paragraphs that begin with the
        pencil sign are prompts: they are left out and counted, and a heading with nothing below it goes with them.
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
    (folder / f"{name}.md").write_text(shown + "\n", "utf-8")
    (folder / f"{name}.pdf").write_bytes(pdf(shown, folder))
    return Saved(folder, (f"{name}.pdf", f"{name}.md"), unwritten)


def _without_prompts(markdown):
    parts = [part for part in re.split(r"\n\s*\n", markdown.strip()) if part.strip()]
    kept = [part for part in parts if not part.lstrip().startswith(PROMPT)]
    last = len(kept)
    for place in range(
        len(kept) - 1, -1, -1
    ):  # from the end, so that a chain of empty headings goes as a whole
        level = len(kept[place]) - len(kept[place].lstrip("#"))
        below = kept[place + 1 : last] if place + 1 < len(kept) else []
        following = len(below[0]) - len(below[0].lstrip("#")) if below else 1
        if level > 1 and (not below or 0 < following <= level):
            del kept[place]
            last = len(kept)
    return "\n\n".join(kept), len(parts) - len(
        [part for part in parts if not part.lstrip().startswith(PROMPT)]
    )


def pdf(markdown, folder):
    """bytes: Markdown laid out as PDF; pictures are looked for in `folder`, a missing one becomes its words."""
    import typst
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(markdown)
    with tempfile.NamedTemporaryFile(
        "w", dir=folder, suffix=".typ", encoding="utf-8", delete=False
    ) as source:
        source.write(_HEAD + _typst(tokens, folder))
    try:
        fonts = pathlib.Path(matplotlib.get_data_path(), "fonts", "ttf")
        return typst.compile(source.name, font_paths=[str(fonts)], ignore_system_fonts=True)
    finally:
        os.unlink(source.name)


_OPEN = {
    "bullet_list_open": "\n#list(", "ordered_list_open": "\n#enum(", "list_item_open": "[", "th_open": "[*",
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
                end = next(later for later in tokens[place:] if later.type == "tr_close")
                columns = sum(one.type == "th_open" for one in tokens[place : tokens.index(end)])
                out.write(f"\n#table(columns: {columns}, ")
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
            case "link_open":
                out.append(f"#link({_text(token.attrs['href'])})[")
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
    return json.dumps("".join(c if c.isprintable() else " " for c in text), ensure_ascii=False)
