"""A document is Markdown: written by the learner, laid out as PDF by typst, the same bytes on every machine if our fonts do.

Text reaches typst as strings and never as its code; raw HTML is shown as it was typed.
"""

import dataclasses
import functools
import html
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse

import matplotlib

PROMPT = "✎"
_MARKS = " \t>#-*+0123456789.)"  # what Markdown may have before a text
_NOTEBOOKS = pathlib.Path(__file__).resolve().parent.parent / "notebooks"
_TTF = pathlib.Path(matplotlib.get_data_path(), "fonts/ttf")
_OURS = {"font_paths": [str(_TTF)], "ignore_system_fonts": True}
# The last resort, which has a box for every sign, would come before the fonts of the computer.
_ALL = {"font_paths": [str(path) for path in sorted(_TTF.glob("DejaVu*"))], "ignore_system_fonts": False}
_HEAD = pathlib.Path(__file__).with_suffix(".typ").read_text("utf-8")
_CHILD = """
import json, sys, typst
call, source, options = json.load(sys.stdin)
said = getattr(typst, call)(source.encode(), **options)
sys.stdout.buffer.write(said if call == "compile" else said.encode())
"""


@dataclasses.dataclass(frozen=True)
class Saved:
    """Where a document went, how many parts are not written yet, and what no font has; shows links in a notebook."""

    folder: pathlib.Path
    names: tuple
    unwritten: int
    boxes: str = ""

    def __repr__(self):
        parts = "1 part that begins" if self.unwritten == 1 else f"{self.unwritten} parts that begin"
        left_out = f" Left out: {parts} with {PROMPT}, not written yet." if self.unwritten else ""
        some = f"{' '.join(self.boxes[:10])}{' and others' * (len(self.boxes) > 10)}"
        boxes = f" No font here has {some}. The PDF has boxes there." if self.boxes else ""
        return f"In your work folder: {' and '.join(self.names)}.{left_out}{boxes}"

    def _repr_html_(self):
        said = html.escape(repr(self))
        # JupyterLab follows a link from where the notebook lies; a folder outside of the project has none.
        if self.folder.resolve().is_relative_to(_NOTEBOOKS.parent):
            there = urllib.parse.quote(os.path.relpath(self.folder, _NOTEBOOKS).replace(os.sep, "/"))
            for name in map(html.escape, self.names):
                said = said.replace(name, f'<a href="{there}/{name}">{name}</a>', 1)
        return f"<p>{said}</p>"


def save(folder, name, markdown, **figures):
    """Write ``NAME.md`` and ``NAME.pdf`` into a folder (a Path), with the figures beside them; returns Saved.

    `markdown` is CommonMark with tables, and ``![alt](figure)`` stands for the matplotlib figure of that name. Paragraphs and
    list items that begin with the pencil sign are prompts: they are left out and counted, and headings with nothing below
    go with them. A text with prompts, as a fresh notebook has it, leaves a longer one of before as ``NAME.before.md``, or
    under the next name that is free.
    """
    text, unwritten = _without_prompts(markdown)
    folder.mkdir(parents=True, exist_ok=True)
    for figure, drawn in figures.items():
        with matplotlib.rc_context({"svg.hashsalt": "ml-careers", "svg.fonttype": "path"}):
            plain = {"Date": None, "Creator": None}
            getattr(drawn, "figure", drawn).savefig(folder / f"{figure}.svg", metadata=plain)
    shown = re.sub(r"(!\[[^\]]*\])\((\w+)\)", r"\1(\2.svg)", text)
    file = folder / f"{name}.md"
    if unwritten and file.exists() and file.stat().st_size > len(f"{shown}\n".encode(errors="replace")):
        names = (folder / f"{name}.before{number}.md" for number in ("", *range(2, 1000)))
        file.replace(next(one for one in names if not one.exists()))
    file.write_text(shown + "\n", "utf-8", errors="replace")
    (folder / f"{name}.pdf").write_bytes(pdf(shown, folder))
    return Saved(folder, (f"{name}.pdf", f"{name}.md"), unwritten, _fonts(shown)[1])


def _parsed(markdown):
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "maxNesting": 100}).enable("table").parse(markdown)


def _without_prompts(markdown):
    """The text without prompts and without headings of sections that are empty, and how many prompts there were."""
    lines, tokens = re.split(r"\r\n?|\n", markdown), _parsed(markdown)
    gone, unwritten = {place for place, line in enumerate(lines) if not line.strip()}, 0
    for block in (one for one in tokens if one.type in ("paragraph_open", "heading_open")):
        here = range(*block.map)
        start = next((n for n in here if lines[n].lstrip(_MARKS).startswith(PROMPT)), None)
        if start is not None:
            gone |= set(here[start - here.start :])
            unwritten += 1
    below = 1  # the level of what comes next; the end is like a title
    for block in reversed(tokens):
        if block.level > 0 or not block.map or gone >= set(range(*block.map)):
            continue
        level = int(block.tag[1]) if block.type == "heading_open" else 7
        if 1 < level < 7 and below <= level:
            gone |= set(range(*block.map))
        else:
            below = level
    kept = "\n".join(line for place, line in enumerate(lines) if not line.strip() or place not in gone)
    return re.sub(r"\n\s*\n", "\n\n", kept).strip("\n"), unwritten


def pdf(markdown, folder):
    """bytes: Markdown laid out as PDF; pictures are looked for in `folder`, a missing one becomes its words.

    What cannot be laid out, such as a list in fifty levels, is set as it was typed.
    """
    from markdown_it.tree import SyntaxTreeNode

    tokens = _parsed(markdown)
    title = next((one.content for one in tokens if one.type == "inline"), "")
    for body in (_typst(SyntaxTreeNode(tokens), folder), f"#raw({_text(markdown)}, block: true)"):
        source = _HEAD.replace("TITLE", _text(title)) + body
        if found := _typst_says("compile", source, root=str(folder), **_fonts(markdown)[0]):
            return found
    raise ValueError("This text cannot be laid out.")


def _typst_says(*asked, **options):
    """bytes: what typst answers, none if it cannot. In a process of its own: in a notebook's its 40 MB would stay."""
    told = json.dumps([*asked, options]).encode()
    return subprocess.run([sys.executable, "-c", _CHILD], input=told, capture_output=True).stdout


@functools.lru_cache(maxsize=4)
def _fonts(text):
    """Where typst looks for fonts, and what none has. Those of the computer are asked only for what ours lack."""
    boxes = _boxes(text, 'text(font: "Last Resort High-Efficiency", c)', _OURS)
    return (_ALL, _boxes(boxes, r'text("\u{10FFFD}")', _ALL)) if boxes else (_OURS, "")


def _boxes(text, box, fonts):
    """The characters of a text that are as wide as the box that stands for a missing one."""
    rare = _text("".join(sorted({c for c in text if c > "\u017f"})))
    found = f"{rare}.codepoints().filter(c => 0pt < measure(text(c)).width and measure(text(c)).width == measure({box}).width)"
    page = f"{_HEAD.replace('TITLE', '[]')}#context [#metadata({found}.join())<boxes>]"
    return json.loads(_typst_says("query", page, selector="<boxes>", field="value", one=True, **fonts)) or ""


_AROUND = {
    "blockquote": "\n#quote(block: true)[{}]\n",
    "bullet_list": "\n#list({})\n",
    "list_item": "[{}], ",
    "thead": "table.header({}), ",
    "th": "[*{}*], ",
    "td": "[{}], ",
    "strong": "#strong[{}]",
    "em": "#emph[{}]",
    "softbreak": " ",
    "hardbreak": "#linebreak()",
    "hr": "\n#line(length: 100%)\n",
}
"""How typst writes what needs no more than what is within it."""


def _typst(node, folder):
    inside = "".join(_typst(child, folder) for child in node.children)
    match node.type:
        case "heading":
            return f"\n#heading(level: {node.tag[1]})[{inside}]\n"
        case "paragraph" if not node.hidden:
            return f"\n#par[{inside}]\n"
        case "ordered_list":
            return f"\n#enum(start: {node.attrs.get('start', 1)}, {inside})\n"
        case "table":
            heads = node.children[0].children[0].children
            align = [head.attrs.get("style", "text-align:left").removeprefix("text-align:") for head in heads]
            return f"\n#table(columns: {len(heads)}, align: ({', '.join(align)},), {inside})\n"
        case "fence" | "code_block":
            return f"\n#raw({_text(node.content)}, block: true)\n"
        case "code_inline":
            return f"#raw({_text(node.content)})"
        case "text" | "html_inline":
            return f"#text({_text(node.content)})"
        case "link":  # typst takes no empty address
            return f"#link({_text(node.attrs['href'] or 'about:blank')})[{inside}]"
        case "image":
            name, alt = node.attrs["src"], node.content
            if not re.fullmatch(r"\w+\.svg", name) or not (folder / name).exists():
                return f"#text({_text(f'(picture: {alt})')})"
            # In a box: typst drops a bare picture in a paragraph.
            return f"#box(image({_text(name)}, width: 100%, alt: {_text(alt)}))"
        case kind:
            return _AROUND.get(kind, "{}").format(inside)


def _text(text):
    return json.dumps("".join(c if c.isprintable() or c == "\n" else " " for c in text), ensure_ascii=False)
