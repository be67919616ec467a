"""The release: what takes a challenger back, what promotes it, and that nobody who asks notices."""

import numpy as np
import pandas as pd
import pytest

from helpers import asking, gate, monitor, onnx_model, pay, rollout
from helpers import service_old as service


@pytest.fixture(scope="module")
def champion():
    learned = pay.between(pay.adverts(), *monitor.LEARNED)
    return onnx_model.export(pay.train(learned), learned, "june-2023")


@pytest.fixture(scope="module")
def july():
    return pay.between(pay.adverts(), "2024-06-17", "2024-07-10")


@pytest.fixture
def running(champion):
    with service.start(champion) as one:
        yield one


def models(running, july):
    return set(asking.send(running.address, asking.draw(july, 20))["model"])


def test_release_rolls_back_each_bad_model_for_its_own_reason(running, july):
    bad = {"broken": gate.candidates()["broken"], **gate.bypassing()}
    for name, reason, weight in (
        ("broken", "width", 0),
        ("narrow", "coverage", 0.2),
        ("renamed", "errors", 0),
    ):
        steps = rollout.release(running, bad[name], july)
        assert steps["verdict"].iloc[-1] == f"roll back: {reason}"
        assert (steps["failed"].sum(), steps["weight"].iloc[-1]) == (0, weight)
        assert models(running, july) == {"june-2023"}


def test_release_promotes_the_good_one_without_a_failed_request(running, july):
    good = gate.candidates()["good"]
    assert len(rollout.shadow(running, good, july, requests=30)) == 30
    running.challenge(good)
    answers, switches = asking.switch_under_load(running, july, requests=100)
    assert switches >= 2 and (answers["status"] == 200).all()
    assert set(answers["model"]) == {"june-2023", "good"}
    steps = rollout.release(running, good, july, requests=60)
    assert steps["verdict"].tolist() == ["go on"] * 4 + ["promoted"]
    assert steps["failed"].sum() == 0 and 1 <= steps["by_challenger"].iloc[3] < 60
    assert models(running, july) == {"good"}


def test_an_interrupted_release_leaves_the_champion_alone(running, july, monkeypatch):
    send, calls = asking.send, []

    def interrupted(*args):
        calls.append(args)
        if len(calls) == 3:  # the shadow, the first canary, and then somebody presses "interrupt"
            raise KeyboardInterrupt
        return send(*args)

    monkeypatch.setattr(asking, "send", interrupted)
    with pytest.raises(KeyboardInterrupt):
        rollout.release(running, gate.candidates()["good"], july, requests=20)
    monkeypatch.undo()
    assert models(running, july) == {"june-2023"}
    with pytest.raises(service.ServiceError, match="no challenger"):
        running.traffic(0.5)


def test_a_service_that_dies_ends_the_release_in_its_own_words(running, july, monkeypatch):
    def dies(*_args):
        running.stop()
        raise service.ServiceError("The service is not running any more")

    monkeypatch.setattr(asking, "send", dies)
    with pytest.raises(service.ServiceError, match="not running"):
        rollout.release(running, gate.candidates()["good"], july, requests=20)


def test_requests_that_get_no_answer_are_counted(july):
    answers = asking.send("http://127.0.0.1:9", asking.draw(july, 3))
    assert (answers["status"] == 0).all() and not answers["kept"].any()
    assert rollout.verdict(answers, "new") == "roll back: failed requests"


def _answers(new, kept, count=100):
    ours = [("new", place < kept * new) for place in range(new)]
    theirs = [("old", place % 5 > 0) for place in range(count - new)]
    return pd.DataFrame([*ours, *theirs], columns=["model", "kept"]).assign(status=200)


@pytest.mark.parametrize(
    ("new", "kept", "errors", "wider", "expected"),
    [
        (50, 0.8, 0, 1.0, "go on"),
        (50, 0.2, 0, 1.0, "roll back: coverage"),
        (5, 0.0, 0, 1.0, "go on"),  # too few to say
        (100, 0.2, 0, 1.0, "go on"),  # nothing to compare with
        (50, 0.8, 2, 1.0, "roll back: errors"),
        (50, 0.8, 1, 1.0, "go on"),  # may be an accident
        (50, 0.8, 0, 1.26, "roll back: width"),
        (50, 0.8, 0, 1.24, "go on"),
    ],
)
def test_verdict(new, kept, errors, wider, expected):
    assert rollout.verdict(_answers(new, kept), "new", errors, new + errors, wider) == expected


def test_errors_are_a_share_of_the_attempts_of_the_challenger():
    assert rollout.verdict(_answers(50, 0.8), "new", errors=2, attempts=200) == "go on"
    assert rollout.verdict(_answers(50, 0.8), "new", errors=2, attempts=199) == "roll back: errors"


def test_the_simulated_power_agrees_with_the_rule_played_through():
    rng, taken = np.random.default_rng(1), 0
    for _ in range(200):
        sent = []
        for weight in rollout.STEPS[1:]:
            new = rng.random(150) < weight
            kept = rng.random(150) < np.where(new, 0.52, 0.72)
            sent.append(pd.DataFrame({"model": np.where(new, "new", "old"), "kept": kept, "status": 200}))
            if rollout.verdict(pd.concat(sent), "new") != "go on":
                taken += 1
                break
    assert taken / 200 == pytest.approx(rollout.taken_back(0.72, 0.20), abs=0.1)


def test_chance_hardly_ever_takes_back_an_equal_model():
    assert rollout.taken_back(0.72, 0.0) < 0.005
    assert rollout.taken_back(0.72, 0.3) > 0.95
