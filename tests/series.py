"""What stands in every notebook, in README.md and in the page for teachers about the series: minutes, links, tables."""

import json
import re
import tomllib

from helpers import check, course, selfcheck
from tests import books

FILE = course.NOTEBOOKS.parent / "helpers" / "series.toml"
TEACHING = course.NOTEBOOKS.parent / "docs" / "teaching.md"
_PATHS = {"with builds": 0, "without builds": 1, "short path": 2}  # places in a notebook's minutes
_MAP = "00-017"  # the cell of notebook 00 under which the map stands
_LONGER = "(longer path)"


def minutes(path):
    """Count the honest minutes of a stored notebook, for a student of the field, in steps of five.

    A minute for 180 words, 5 seconds a line of code that is given, 20 a figure or table, 3 minutes an exercise, 8 to 12
    a build, by the length of its solution, half a minute a question of the self-check. What is folded is not counted. Returns three whole numbers: with the builds,
    without, and for the short path, which has neither builds nor the sections that are marked as longer.
    """
    solved = {place: text for place, text in check.solutions(path.name[:2]).values()}
    builds = rest = short = 0.0
    longer = 0  # level of the heading of a longer section that we are in
    for place, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"]):
        source, tags = "".join(cell["source"]), cell["metadata"].get("tags", ())
        if cell["cell_type"] == "markdown":
            for part in re.split(r"^(?=#+ )", books.FOLDS.sub("", source), flags=re.MULTILINE):
                heading = re.match(r"(#+) (.*)", part)
                if heading and (longer == 0 or len(heading[1]) <= longer):
                    longer = len(heading[1]) if heading[2].endswith(_LONGER) else 0
                rest += len(part.split()) / 180
                short += len(part.split()) / 180 * (not longer)
        elif "build" in tags:
            builds += min(8 + max(len(books.code_lines(solved[place])) - 5, 0) / 5, 12)
        else:
            seen = sum("text/html" in output.get("data", ()) for output in cell["outputs"])
            spent = 3 if "exercise" in tags else (5 * len(books.code_lines(source)) + 20 * seen) / 60
            spent += selfcheck.LENGTH / 2 * ("selfcheck.SelfCheck()" in source)
            rest += spent
            short += spent * (not longer)
    return tuple(5 * round(sum_ / 5) for sum_ in (builds + rest, rest, short))


def keep(path):
    """Write the counted minutes of a notebook into the list of the series."""
    text = FILE.read_text("utf-8")
    row = re.compile(rf'(file = "{path.stem}"\n(?:.+\n)*?minutes = ).*')
    FILE.write_text(row.sub(rf"\g<1>{list(minutes(path))}", text), "utf-8")


def time_line(full, without, short):
    """str: the sentence about time in the opening of a notebook."""
    line = f"**Time:** about {full} minutes"
    if without < full:
        line += f", {without} without the builds"
    if short < without:
        line += f"; about {short} on the short path, which also leaves out the sections marked as longer"
    return f"{line}."


def navigation(number):
    """str: links to the notebook before, the contents and the next one, as Markdown."""
    there = course.SERIES
    place = [notebook.number for notebook in there].index(number)
    links = [f"[← {one.title}]({one.path.name})" for one in there[:place][-1:]]
    # The link to a heading leads to the top of its cell.
    links.append(f"[Contents]({course.SERIES[0].path.name}#cell-id={_MAP})")
    links += [f"[{one.title} →]({one.path.name})" for one in there[place + 1 :][:1]]
    return " | ".join(links)


def table():
    """str: the series as a Markdown table, and a line with the hours of all."""
    lines = ["| notebook | you make | minutes | without builds |", "| --- | --- | ---: | ---: |"]
    rows = tomllib.loads(FILE.read_text("utf-8"))["notebook"]
    for notebook in rows:
        number, (full, without) = notebook["file"][:2], notebook["minutes"][:2]
        lines.append(f"| {number} {notebook['title']} | {notebook['makes']} | {full} | {without} |")
    full, without = (round(sum(notebook["minutes"][place] for notebook in rows) / 60) for place in (0, 1))
    return "\n".join([*lines, "", f"In all about {full} hours, {without} without the builds."])


def plans(text):
    """str: the page for teachers, with the minutes of notebooks and the sums in its tables as they are now."""
    minutes = {row["file"][:2]: row["minutes"] for row in tomllib.loads(FILE.read_text("utf-8"))["notebook"]}
    lines, total = [], 0
    for line in text.split("\n"):
        *cells, spent = line.removesuffix("|").split("|")
        if not line.startswith("| ") or not spent.strip().isdecimal():
            total = 0 if not line.startswith("|") else total
        elif "in all" in line:
            line = f"{'|'.join(cells)}| {total} |"
        else:
            place = _PATHS.get(cells[-1].strip())
            if place is not None:
                ours = [minutes[number] for number in re.findall(r"\b(\d\d) [A-Z]", line)]
                spent = sum(one[min(place, len(one) - 1)] for one in ours)
                line = f"{'|'.join(cells)}| {spent} |"
            total += int(spent)
        lines.append(line)
    return "\n".join(lines)
