"""The release gate: each candidate meets the right test, and a learner's own test joins in."""

import numpy as np
import pytest

from helpers import gate, monitor, onnx_model, pay
from helpers.gate import test_invariances


@pytest.fixture(scope="module")
def champion():
    learned = pay.between(pay.adverts(), *monitor.LEARNED)
    return onnx_model.export(pay.train(learned), learned, "june-2023")


@pytest.fixture(scope="module")
def judged():
    return pay.between(pay.adverts(), *gate.JUDGE)


FAILED = {
    "good": set(),
    "leaked": {("test_contract.py", "learned only from the past")},
    "broken": {
        ("test_invariances.py", "two levels up is not offered less"),
        ("test_invariances.py", "company size does not flip the order of levels"),
        ("test_quality.py", "loss is not above the champion"),
    },
}


@pytest.mark.parametrize("name", FAILED)
def test_each_candidate_is_stopped_by_the_right_test(name, champion):
    found = gate.run(gate.candidates()[name], champion)
    assert len(found) == 12
    failed = found[~found["passed"]]
    assert set(zip(failed["file"], failed["test"], strict=True)) == FAILED[name]
    assert all(failed["reason"].str.len() > 10)


def test_a_model_that_skips_the_gate_would_have_been_stopped(champion):
    for name, test in (("narrow", "coverage by role"), ("renamed", "every accepted job gets a range")):
        found = gate.run(gate.bypassing()[name], champion).set_index("test")
        assert not found.loc[test, "passed"]


def test_neighbouring_levels_swapped_are_found_in_the_adverts_of_a_company_size(champion):
    found = gate.run(gate.ranked(["EN", "SE", "MI", "EX"], "swapped"), champion).set_index("test")
    assert found.loc["two levels up is not offered less", "passed"]  # which looks two levels away
    size = found.loc["company size does not flip the order of levels"]
    assert not size["passed"] and "mid is offered more than senior" in size["reason"]


@pytest.mark.parametrize("size", ["M", "L"])
def test_a_flip_in_one_company_size_alone_is_enough(size, judged):
    class Flipping:
        def predict(self, jobs):
            ranks = jobs["level"].astype(str).map(list(pay.LEVELS).index).to_numpy()
            turned = np.where(judged["size"] == size, -ranks, ranks)
            return np.column_stack([turned - 1.0, turned + 1.0])

    with pytest.raises(AssertionError, match=f"size {size}: .* is offered more"):
        test_invariances.test_company_size_does_not_flip_the_order_of_levels(Flipping(), judged)


def test_one_company_size_is_too_few_to_compare(judged):
    model = onnx_model.load(gate.candidates()["good"])
    with pytest.raises(AssertionError, match="too few adverts"):
        test_invariances.test_company_size_does_not_flip_the_order_of_levels(
            model, judged[judged["size"] == "M"]
        )


def test_an_own_test_joins_in(champion):
    found = gate.run(gate.candidates()["good"], champion, _own()).iloc[-1]
    assert (found["file"], found["passed"]) == ("test_own.py", False)
    assert "too many" in found["reason"]


def _own():
    def test_few(judged):
        assert len(judged) < 10, "too many"

    return test_few


@pytest.mark.parametrize("own", [len, lambda judged: None, 3, "test_x"])
def test_what_is_no_test_is_refused_in_one_sentence(own, champion):
    with pytest.raises(pay.BadInput, match="test_"):
        gate.run(gate.candidates()["good"], champion, own)


def test_bytes_that_are_no_model_are_refused(champion):
    with pytest.raises(onnx_model.BadModel):
        gate.run(b"no model", champion)


def test_a_narrow_model_loses_coverage_against_the_champion(champion):
    found = gate.run(gate.bypassing()["narrow"], champion).set_index("test")
    assert not found.loc["coverage is not below the champion", "passed"]


def test_the_honest_loss_lies_between_the_leaked_and_the_good():
    figures = {name: gate.figures(data) for name, data in gate.candidates().items()}
    assert figures["leaked"]["loss"] + 0.1 < gate.honest_loss() < figures["good"]["loss"] - 0.1


def test_figures_are_those_of_the_adverts_that_are_asked_for(champion, judged):
    few = judged[judged["level"] == "SE"]
    assert gate.figures(champion) == gate.figures(champion, judged) != gate.figures(champion, few)


def test_what_a_candidate_learned_from_is_what_its_file_says():
    for name, rows in gate.learned_from().items():
        model = onnx_model.load(gate.candidates()[name])
        assert (f"{rows['arrived'].max():%Y-%m-%d}", rows["weight"].sum()) == (model.last, model.adverts)
