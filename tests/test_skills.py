"""Skills in texts: traps of meaning, places of letters, and any input at all."""

import html
import pickle
import random
import re
import time
import tomllib

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from helpers import profile, skills


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Python, R and Go.", "Go Python R"),
        ("R&D, R & D and r are not it; C-level, Series C, vitamin C, 20 °C", ""),
        ("Go to market. Go beyond. On the go, we go. Ready to Go", ""),
        ("We write Go (Golang) services in C/C++ and C#.", "C C# C++ Go"),
        ("laws, HTML5, lawsuits, 10 ml, 5 ML of water", "HTML"),
        ("the spark of an idea; you spark joy. Spark jobs, PySpark, your Spark.", "Spark"),
        ("You excel at talks. Excel is fine.", "Excel"),
        ("Take a rest. REST APIs, RESTful", "REST"),
        ("No PhD needed. A PhD is not required. You don't need Java. Without SQL. Scala is unnecessary", ""),
        ("Not only Python, but SQL. Not afraid of Bash. No limits: Scala. No PhD, but R", "Bash Python R SQL Scala"),
        ("Ph.D., Master's degree, scikit-learn, Node.js, CI/CD, CI / CD, A/B tests, Weights & Biases",
         "A/B testing|CI/CD|Master's|Node.js|PhD|Weights & Biases|scikit-learn"),
        ("Spark SQL and PL/SQL, SQL Server", "SQL|SQL Server|Spark"),
        ("熟悉Python和SQL。 Знание Python обязательно. Pythonübung", "Python SQL"),
        ("<li>AWS</li><script>alert('docker')</script>", "AWS Docker"),
        ("Ray trains on a cluster. Call Ray.", "Ray"),
        ("İİ\x00\xff Kafka", "Kafka"),
    ],
)  # fmt: skip
def test_named(text, names):
    assert skills.named(text) == tuple(names.split("|") if "|" in names else names.split())


def test_what_is_found_stands_there():
    text = "İ Python,\tmachine\nlearning on AWS's EC2"
    assert [text[one.start : one.end] for one in skills.find(text)] == [
        "Python", "machine\nlearning", "AWS", "EC2"]  # fmt: skip


def test_a_rule_of_the_caller_decides():
    seen = []
    found = skills.find("We go on with Go", lambda *beside: seen.append(beside) or beside[1] == "Go")
    assert found == [("Go", 14, 16)] and seen == [("We ", "go", " on with Go"), ("We go on with ", "Go", "")]
    assert skills.find("no Go", lambda before, word, after: before) == [
        ("Go", 3, 5)
    ]  # what counts as true is enough
    assert skills.find("Go", lambda before, word, after: before) == []


@given(some.text())
def test_any_text(text):
    last = 0
    for skill, start, end in skills.find(text):
        assert last <= start < end <= len(text) and skill in skills.NAMES
        last = end


@given(
    some.lists(
        some.sampled_from(
            [
                "Spark SQL",
                "no",
                "Go",
                " and ",
                ".",
                "machine",
                " learning",
                "\n",
                "İ",
                "熟",
                "#",
                "not required",
            ]
        )
    )
)
def test_many_texts_are_read_as_each_is_alone(words):
    texts = pd.Series(["".join(words[:cut]) for cut in range(len(words))] + ["".join(words)[::-1], None])
    for keep in (skills.in_context, None, lambda before, word, after: len(before) % 2 == 0):
        found = skills.mentions(texts, keep)
        alone = [(at, *one) for at, text in texts.items() for one in skills.find(text, keep)]
        assert list(found.itertuples(name=None)) == alone


def test_a_long_row_of_texts_keeps_its_index():
    texts = pd.Series(
        ["Python", "", "x" * 100_000 + " SQL", None, "R and Go"] * 9,
        index=[f"advert {at}" for at in range(45)],
    )
    found = skills.mentions(texts)
    assert (
        list(found["skill"]) == ["Python", "SQL", "R", "Go"] * 9
        and list(found["start"]) == [0, 100_001, 0, 6] * 9
    )
    assert list(found.index[-4:]) == ["advert 40", "advert 42", "advert 44", "advert 44"]


def test_no_text_names_nothing():
    assert [skills.named(one) for one in (None, float("nan"), b"Python", 7, "")] == [()] * 5
    assert skills.mentions([]).empty and skills.mentions([None, "", "machine", "learning"]).empty


def test_long_inputs_take_seconds_at_most():
    chance = random.Random(0)
    long = ["C " * 500_000, "no " * 300_000, "x" * 10**6, ", ".join(chance.choices(skills.NAMES, k=1000))]
    long.append("".join(map(chr, chance.choices(range(0x3000), k=10**6))))
    before = time.process_time()
    assert len(skills.named(long[3])) > 140
    assert all(isinstance(skills.named(one), tuple) for one in long)
    assert time.process_time() - before < 30


def test_nothing_of_a_text_is_markup():
    text = "<img src=x onerror=alert('Python')> & <b>SQL</b>"
    shown = skills.highlight(text, skills.find(text))
    assert re.findall(r"<(/?\w+)", shown) == ["div", "mark", "/mark", "mark", "/mark", "/div"]
    assert html.unescape(re.sub(r"<[^>]*>", "", shown)) == text


def test_it_travels_to_other_processes():
    assert pickle.loads(pickle.dumps(skills.named))("SQL") == ("SQL",)


def test_each_way_to_write_a_skill_is_its_own():
    said = tomllib.loads(skills.Path(skills.__file__).with_suffix(".toml").read_text("utf-8"))
    context, asked = said.pop("context"), said.pop("questions")
    ways = [way for kind in said.values() for ways in kind.values() for way in ways]
    assert len(ways) == len(set(ways)) and set(context) <= set(ways) and len(skills.NAMES) > 140
    assert {name for names in asked.values() for name in names} <= set(skills.NAMES) and set(asked) <= set(
        profile.QUESTIONS["skills"]
    )
    assert all(skills._plain(way) == f" {way} ".encode() for way in ways)
