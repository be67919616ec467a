"""Every topic and every claim of the article has cells that treat it; what is missing is named."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from helpers import course, tables
from tests import books

TOPICS = tomllib.loads(Path(__file__).with_name("topics.toml").read_text("utf-8"))["topic"]
CLAIMS = tables.load("claims").set_index("id")["notebook"].to_dict()
_PICTURE = re.compile(r"data:image/[^\"]*")
_HEADING = re.compile(r"^(#+) (.*?)(?: \(longer path\))?$", re.MULTILINE)


def places():
    """dict of place to str: what a reader sees of each cell ("13-002"), and of each heading's part ("13#Who gets in?")."""
    found = {}
    for notebook in course.SERIES:
        parts = {}  # headings that we are in, with their level
        for cell in json.loads(notebook.path.read_text("utf-8"))["cells"]:
            source = "".join(cell["source"])
            found[cell["id"]] = source + _output(cell)
            is_text = cell["cell_type"] == "markdown"
            cut = (
                re.split(r"^(?=#+ )", books.FOLDS.sub("", source), flags=re.MULTILINE)
                if is_text
                else [found[cell["id"]]]
            )
            for part in cut:
                if is_text and (heading := _HEADING.match(part)):
                    parts = {name: level for name, level in parts.items() if level < len(heading[1])}
                    parts[f"{notebook.number}#{heading[2]}"] = len(heading[1])
                for name in parts:
                    found[name] = found.get(name, "") + part
    return found


def _output(cell):
    said = [
        "".join(given)
        for output in cell.get("outputs", ())
        for given in (
            output.get("text", ""),
            *(output.get("data", {}).get(kind, "") for kind in ("text/plain", "text/html")),
        )
    ]
    return _PICTURE.sub("", "".join(said))


def faults(topics, there, claims):
    """list of str: each topic that nothing treats, and each claim that is no topic; `there` is what :func:`places` returns."""
    found = []
    for topic in topics:
        wrong = [] if topic["cells"] else ["no cells"]
        for place in topic["cells"]:
            if place not in there:
                wrong.append(f"nothing at {place}")
        texts = [there[place] for place in topic["cells"] if place in there]
        if not wrong and not any(re.search(topic["word"], text) for text in texts):
            wrong.append(f"no cell of it holds {topic['word']}")
        found += [f"{topic['topic']}: {fault}" for fault in wrong]
    treated = {topic["claim"]: topic["cells"] for topic in topics if "claim" in topic}
    found += [f"no claim {name}" for name in treated.keys() - claims.keys()]
    found += [f"claim {name} has no topic" for name in claims.keys() - treated.keys()]
    for name in claims.keys() & treated.keys():
        if claims[name] not in {place[:2] for place in treated[name]}:
            found.append(
                f"claim {name}: not in notebook {claims[name]}, where the table of claims says it is"
            )
    return found


def test_every_topic_and_claim_is_treated():
    assert faults(TOPICS, places(), CLAIMS) == []


def test_no_topic_is_there_twice():
    names = [(topic["section"], topic["topic"]) for topic in TOPICS]
    claims = [topic["claim"] for topic in TOPICS if "claim" in topic]
    assert len(set(names)) == len(names) and len(set(claims)) == len(claims)
    assert len(TOPICS) >= 70


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cells": ["01-001"]}, None),
        ({"cells": []}, "no cells"),
        ({"cells": ["01-999"]}, "nothing at 01-999"),
        ({"cells": ["01"]}, "nothing at 01"),
        ({"cells": ["01-002"]}, "holds boot camp"),
        ({"claim": "growth-37"}, "no claim growth-37"),
        ({"claim": "pay"}, "not in notebook 02"),
    ],
)
def test_what_is_missing_is_named(change, said):
    there = {"01-001": "A boot camp lasts weeks.", "01-002": "Something else."}
    topic = {"topic": "boot camps", "cells": ["01-001"], "word": "boot camp", **change}
    claims = {"pay": "02"} if topic.get("claim") == "pay" else {}
    found = faults([topic], there, claims)
    assert len(found) == bool(said) and all(said in fault for fault in found)


def test_a_part_ends_with_the_next_heading_of_its_level():
    there = places()
    part = there["01#Nine countries"]
    assert "### Build 2" in part and "A number that we cannot explain" not in part
    assert there["01-033"] in part and there["01-033"] in there["01#Build 2. Two countries, honestly"]


def test_a_claim_that_is_no_topic_is_named():
    assert faults([], {}, {"pay": "02"}) == ["claim pay has no topic"]
