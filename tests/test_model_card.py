"""The model card: filled from the artifacts, honest about what nobody wrote, and about where the model is weak."""

import re

import numpy as np
import pytest

from helpers import document, model_card, onnx_model, pay, pay_scores
from helpers.document import Bullets, Section, Text

PERIODS = {"Sep-Dec 2023": ("2023-09-01", "2023-12-31"), "2024": ("2024-01-01", "2024-12-31")}


@pytest.fixture(scope="module")
def made():
    past, later = pay.split_by_time(pay.adverts())
    data = onnx_model.export(pay.train(past, n_estimators=20), past, "first-year")
    return data, later


def texts(card):
    return {
        block.text if isinstance(block, Section) else "": after
        for block, after in zip(card.blocks, card.blocks[1:], strict=False)
        if isinstance(block, Section)
    }


def test_what_nobody_wrote_says_so(made):
    card = model_card.card({"use": "For one thing.", "not": "  ", "next": ""}, *made, PERIODS)
    found = [block.text for block in card.blocks if isinstance(block, Text)]
    assert found == ["For one thing.", "(to be written)", "(to be written)"] and card.title.endswith(
        "first-year"
    )


def test_the_next_release_is_apart_from_this_model(made):
    blocks = model_card.card({"next": "linear: smaller"}, *made, PERIODS).blocks
    facts = next(at for at, block in enumerate(blocks) if isinstance(block, Bullets))
    assert isinstance(blocks[-1], Text) and blocks[-1].text == "linear: smaller" and facts < len(blocks) - 2


def test_unknown_part(made):
    with pytest.raises(document.DocumentError, match="no part 'uze'"):
        model_card.card({"uze": "x"}, *made, PERIODS)


def test_coverage_of_each_period_and_of_the_weakest_groups(made):
    data, later = made
    model = onnx_model.load(data)
    facts = " ".join(model_card.facts(model, data, later, PERIODS))
    for name, days in PERIODS.items():
        table = pay.between(later, *days)
        share = np.average(pay_scores.inside(table, model.predict(table)), weights=table["weight"])
        low, high = map(int, re.search(rf"{name} {100 * share:.0f}% \((\d+) to (\d+)\)", facts).groups())
        assert low <= round(100 * share) <= high
    groups = pay_scores.coverage_table(later, model.predict(later), "country")
    worst = groups[groups["adverts"] >= 30]["coverage"].idxmin()
    assert f"country {worst} " in facts and "role " in facts and "level " in facts
