"""The decision memo of notebook 02 and its wrong twin: one page each, nothing of the learner's lost."""

import re

import numpy as np
import pypdfium2
import pytest

from helpers import memo, pay
from helpers.document import DocumentError
from helpers.document_files import not_in_pdf, to_markdown, to_pdf


@pytest.fixture(scope="module")
def judged():
    past, later = pay.split_by_time(pay.adverts())
    return past, later, pay.train(past, n_estimators=10).predict(later)


def full(judged, words=70):
    return memo.decision(dict.fromkeys(memo.PARTS, " ".join(["evidence"] * words)), *judged)


def test_the_memo_is_one_page_even_when_the_learner_writes_much(judged):
    for document in (memo.decision({}, *judged), full(judged), memo.wrong_headline()):
        pdf, pages = to_pdf(document)
        opened = pypdfium2.PdfDocument(pdf)
        assert pages == len(opened) == 1
        assert not not_in_pdf(document) and "\ufffd" not in opened[0].get_textpage().get_text_range()
        picture = np.asarray(opened[0].render(scale=1).to_pil().convert("L"))
        ink = picture < 200
        assert 0.01 < ink.mean() < 0.5
        assert not ink[:20].any() and not ink[:, :20].any() and not ink[:, -20:].any(), "runs off the page"


def test_words_of_the_learner_are_data(judged):
    nasty = '*#$[x](javascript:1) <script>alert(1)</script> "\\ #include'
    document = memo.decision({"risk": nasty}, *judged)
    to_pdf(document)
    text = next(iter(to_markdown(document, "memo").values()))
    assert "<script>" not in text and "alert" in text


def test_what_is_not_written_says_so(judged):
    text = next(iter(to_markdown(memo.decision({"risk": ""}, *judged), "memo").values()))
    assert text.count("to be written") == len(memo.PARTS)


def test_the_memo_says_what_was_measured(judged):
    lines = " ".join(memo.measured(*judged))
    assert "Learned from 2,808 adverts, September 2022 to August 2023; judged on 33,470 later ones" in lines
    assert "Promised: 80 in 100" in lines and "95% interval for this model" in lines
    assert "as often as it was posted" in lines and "Adverts of employers in the US: 91%" in lines


def test_kept_and_missed_make_a_hundred(judged):
    line = next(line for line in memo.measured(*judged) if "Missed" in line)
    kept, above, below = re.search(r"Kept: (\d+) .*Missed: (\d+) .* (\d+) below", line).groups()
    assert int(kept) + int(above) + int(below) in (99, 100, 101)
    assert int(above) > int(below)


def test_unknown_parts_and_no_text_are_met_with_a_sentence(judged):
    with pytest.raises(DocumentError, match="recommendation, evidence, risk, unknown"):
        memo.decision({"price": "x"}, *judged)
    with pytest.raises(DocumentError, match="put it in quotes"):
        to_pdf(memo.decision({"risk": 5}, *judged))


def test_the_wrong_version_is_marked_and_hides_what_matters():
    document = memo.wrong_headline()
    text = next(iter(to_markdown(document, "wrong").values()))
    assert "WRONG ON PURPOSE" in text and "194,000" in text
    assert "interval" not in text
