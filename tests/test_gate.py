"""The release gate: each candidate meets the right test, and a learner's own test joins in. And the release itself."""

import numpy as np
import pandas as pd
import pytest

from helpers import gate, monitor, onnx_model, pay, rollout, service
from helpers.gate import test_invariances


@pytest.fixture(scope="module")
def champion():
    learned = pay.between(pay.adverts(), *monitor.LEARNED)
    return onnx_model.export(pay.train(learned), learned, "june-2023")


@pytest.fixture(scope="module")
def judged():
    return pay.between(pay.adverts(), *gate.JUDGE)


@pytest.fixture(scope="module")
def july():
    return pay.between(pay.adverts(), "2024-06-17", "2024-07-10")


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
    assert len(found) == 11
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


def test_release_rolls_back_and_promotes_without_a_failed_request(champion, july):
    with service.start(champion) as running:
        for name, reason in (("narrow", "coverage"), ("renamed", "errors")):
            steps = rollout.release(running, gate.bypassing()[name], name, july)
            assert steps["verdict"].iloc[-1] == f"roll back: {reason}"
            assert steps["failed"].sum() == 0
            assert set(rollout.send(running.address, rollout.draw(july, 20))["model"]) == {"june-2023"}
        good = gate.candidates()["good"]
        assert len(rollout.shadow(running, good, july, requests=30)) == 30
        answers, switches = rollout.switch_under_load(running, july, requests=100)
        assert switches >= 2 and (answers["status"] == 200).all()
        assert set(answers["model"]) == {"june-2023", "good"}
        assert rollout.release(running, good, "good", july, requests=60)["failed"].sum() == 0
        assert set(rollout.send(running.address, rollout.draw(july, 20))["model"]) == {"good"}


def test_requests_that_get_no_answer_are_counted(july):
    answers = rollout.send("http://127.0.0.1:9", rollout.draw(july, 3))
    assert (answers["status"] == 0).all() and not answers["kept"].any()


@pytest.mark.parametrize(
    ("new", "kept", "errors", "expected"),
    [
        (50, 0.8, 0, "go on"),
        (50, 0.2, 0, "roll back: coverage"),
        (5, 0.0, 0, "go on"),  # too few to say
        (100, 0.2, 0, "go on"),  # nothing to compare with
        (50, 0.8, 2, "roll back: errors"),
        (50, 0.8, 1, "go on"),
    ],
)
def test_verdict(new, kept, errors, expected):
    ours = [("new", place < kept * new) for place in range(new)]
    theirs = [("old", place % 5 > 0) for place in range(100 - new)]
    answers = pd.DataFrame([*ours, *theirs], columns=["model", "kept"])
    assert rollout.verdict(answers, "new", errors) == expected


def test_chance_hardly_ever_decides_a_release(july, champion):
    models = {name: onnx_model.load(data) for name, data in gate.bypassing().items() if name == "narrow"}
    models |= {"old": onnx_model.load(champion), "good": onnx_model.load(gate.candidates()["good"])}
    steps = [rollout.draw(july, 150, place) for place in range(2)]
    kept = {
        name: [rows["midpoint"].between(*model.predict(rows).round().T).to_numpy() for rows in steps]
        for name, model in models.items()
    }
    routing, found = np.random.default_rng(0), {"good": [], "narrow": []}
    for name, verdicts in found.items():
        for _ in range(300):
            for place, weight in enumerate(rollout.STEPS[:2]):
                to = routing.random(150) < weight
                rows = {
                    "model": np.where(to, name, "old"),
                    "kept": np.where(to, kept[name][place], kept["old"][place]),
                }
                verdict = rollout.verdict(pd.DataFrame(rows), name, 0)
                if verdict != "go on":
                    break
            verdicts.append(verdict)
    assert set(found["good"]) == {"go on"} and set(found["narrow"]) == {"roll back: coverage"}
