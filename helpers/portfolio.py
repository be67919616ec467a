"""The learner's own pieces and documents of notebooks 02 to 11, gathered in a folder that can become a repository.

Only what they wrote themselves and what was found right is taken; the copies are made anew each time.
"""

import json
import re
import tomllib
from pathlib import Path

import pandas as pd

from helpers import check, course, documents, profile

_SAID = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
DOCUMENTS = _SAID["documents"]
"""By notebook and name of the file: what each document is, and how many words of it the notebook itself wrote."""

_BYTES = 200_000  # of a file: nobody writes more by hand
_LEAST = 40  # words of the learner from which on a document is one


def prose(text):
    """str: the paragraphs of a Markdown text, without headings, pictures, tables, code and prompts."""
    text = re.sub(r"^#[^\n]*$|^```.*?^```", "\n", str(text)[:_BYTES], flags=re.MULTILINE | re.DOTALL)
    parts, others = re.split(r"\n\s*\n|\n(?=\s*[-*] )", text), (check.PROMPT, "!", "|")
    return "\n\n".join(part.strip() for part in parts if not part.lstrip(" \n-*").startswith(others)).strip()


def gather(work):
    """Copy what the learner made into ``portfolio/`` of their work folder of this notebook, with README.md and PDFs.

    Returns a DataFrame with a row for each piece: ``notebook``, ``what``, ``file`` (empty if it is missing).
    """
    target, solved = work / "portfolio", profile.read().solved
    if target.exists() and not target.is_dir():
        print(f"A file was named portfolio, as the folder is. It is kept as {profile.aside(target, 'file')}.")
    rows = []
    for book in course.SERIES[2:12]:
        source, place = work.parent / book.number, target / book.number
        for name, (what, ours) in DOCUMENTS.get(book.number, {}).items():
            text = _read(source / f"{name}.md")
            done = len(prose(text).split()) >= ours + _LEAST
            if done:
                for picture in set(re.findall(r"\]\((\w+\.svg)\)", text)):
                    _copy(source / picture, place)
                documents.save(place, name, text)
            rows.append((book.number, what, f"{book.number}/{name}.md" if done else ""))
        for name in check.builds(book.number):
            at, text = check.solutions(book.number)[name]
            written = re.match(r'%%writefile "\{work\}/(.+)"', text)
            found = next(iter(sorted(source.glob(written[1] if written else f"{name}.*"))), None)
            done = name in solved.get(book.number, ()) and found
            # What was found right is kept beside the file, which a fresh notebook writes over.
            right = found and found.with_name(f"{name}.right{found.suffix}")
            done = done and (_copy(right, place, found.name) or _copy(found, place))
            file = f"{book.number}/{found.name}" if done else ""
            rows.append((book.number, f"{_heading(book, at)} (`{name}`)", file))
    table = pd.DataFrame(rows, columns=["notebook", "what", "file"])
    documents.save(target, "README", _readme(_read(work / "brief.md"), table[table["file"] != ""]))
    return table


def _heading(book, place):
    """str: what the notebook calls the build in a cell."""
    cells = json.loads(book.path.read_text("utf-8"))["cells"][:place]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return re.findall(r"^#+ Build \d+\. (.+?)(?: \(.*\))?$", text, re.MULTILINE)[-1]


def _read(file):
    return file.read_text("utf-8", "replace") if _plain(file) else ""


def _plain(file):
    """bool: is this an ordinary file of a size that somebody writes by hand?"""
    return file.is_file() and not file.is_symlink() and file.stat().st_size <= _BYTES


def _copy(file, place, name=""):
    if not _plain(file):
        return False
    place.mkdir(parents=True, exist_ok=True)
    (place / (name or file.name)).write_bytes(file.read_bytes())
    return True


def _readme(brief, table):
    titles = {book.number: book.title for book in course.SERIES}
    rows = [f"| {what} | {titles[number]} | [{file}]({file}) |" for number, what, file in table.to_numpy()]
    contents = "\n".join(["| what | made in | file |", "| --- | --- | --- |", *rows]) if rows else ""
    words = prose(brief) or f"{check.PROMPT} The brief of two minutes."
    return f"# Pay ranges for job adverts\n\n{words}\n\n## What is in here\n\n{contents}\n\n## Where it comes from\n\n{_SAID['about']}\n"


def flaws(folder):
    """Read every text of a folder: a DataFrame with ``file``, ``flaw`` and ``text``, a row for each flaw found.

    A flaw is a placeholder, a path of this machine, or in a document a paragraph that claims something without a number.
    """
    rows, looked_for = [], _SAID["flaws"]
    homes = [home for home in (str(Path.home()), str(folder.parent.resolve())) if len(home) > 2]
    path = "|".join([looked_for["path"], *map(re.escape, homes)])
    for file in sorted(one for one in folder.rglob("*") if one.suffix in (".md", ".py", ".txt", ".yaml")):
        text, name, document = _read(file), file.relative_to(folder).as_posix(), file.suffix == ".md"
        # In code three dots may be Python.
        placeholder = looked_for["placeholder"] if document else check.PROMPT
        for flaw, sign in {"a placeholder": placeholder, "a path of your machine": path}.items():
            rows += [(name, flaw, line.strip()[:80]) for line in text.splitlines() if re.search(sign, line)]
        for part in prose(text).split("\n\n") if document else ():
            claim = re.search(looked_for["claim"], part, re.IGNORECASE)
            if claim and not re.search(looked_for["number"], part, re.IGNORECASE):
                rows.append((name, f"a claim without a number: {claim[0]}", part[:80]))
    return pd.DataFrame(rows, columns=["file", "flaw", "text"])
