"""The service as its callers meet it: the door, two models, hostile files, the Stop button, the end of its notebook."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import onnx
import pytest
from onnx import helper

from helpers import pay
from helpers.service import model
from helpers.service.process import Service
from tests.test_pay import BAD, JOB

LEARNED = pay.between(pay.adverts(), *pay.FIRST_YEAR)


@pytest.fixture(scope="module")
def product():
    return pay.fit(LEARNED, n_estimators=10)


@pytest.fixture(scope="module")
def champion(product):
    return model.export(product, "first", LEARNED)


@pytest.fixture(scope="module")
def corrected(product):
    return pay.correct(product, pay.between(pay.adverts(), "2024-06-01", "2024-08-31"))


@pytest.fixture
def running(champion):
    with Service(champion) as service:
        yield service


def test_the_file_answers_as_the_product_on_every_job(product, corrected):
    jobs = model.every_job()
    for one in (product, corrected):
        served = model.from_bytes(model.export(one, "x", LEARNED))
        assert np.abs(served.predict(jobs) - one.predict(jobs)).max() < 0.001
    assert (served.first, served.last) == ("2022-09-04", "2023-08-27") and served.adverts == LEARNED[
        "weight"
    ].sum()


def hostile(data, what):
    """A model file that is not what it should be."""
    graph = onnx.load_model_from_string(data)
    if what == "reads another file":
        tensor = graph.graph.initializer[0]
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="/etc/passwd")
    elif what == "another operator":
        graph.graph.node.append(helper.make_node("RandomNormal", [], ["noise"], shape=[1]))
    elif what == "never a number":
        node = next(node for node in graph.graph.node if node.op_type == "TopK")
        last = helper.make_node("Div", ["zero", "zero"], ["nan"])
        graph.graph.initializer.append(helper.make_tensor("zero", 1, [1], [0.0]))
        graph.graph.node.extend([last, helper.make_node("Add", [node.input[0], "nan"], ["poisoned"])])
    elif what == "a name with markup":
        props = {
            "pay": json.dumps({"name": "<b>", "first": "2022-01-01", "last": "2022-01-01", "adverts": 1})
        }
        helper.set_model_props(graph, props)
    elif what == "ends swapped":
        node = next(node for node in graph.graph.node if node.op_type == "TopK")
        next(one for one in node.attribute if one.name == "largest").i = 1
    return graph.SerializeToString()


@pytest.mark.parametrize(
    "what", ["reads another file", "another operator", "never a number", "a name with markup", "ends swapped"]
)
def test_a_hostile_model_is_not_taken(what, champion, running):
    bad = hostile(champion, what)
    with pytest.raises(ValueError, match=r"not (opened|taken)|no pay model"):
        running.challenger(bad)
    running._put("challenger.onnx", bad)  # past the client's own check
    running.traffic(1)
    assert set(running.ask(LEARNED.head(3))["model"]) == {"first"}


@pytest.mark.parametrize("data", [b"", b"x", b"\x08" * 99, "text", None], ids=repr)
def test_other_bytes_are_no_model(data):
    with pytest.raises(ValueError, match=r"no pay model|given as the bytes"):
        model.from_bytes(data)


def test_the_door_is_that_of_the_product(running):
    assert running.post("/range", JOB).json()["unit"] == "thousand USD a year"
    for job in BAD:
        if not isinstance(job.get("remote"), float):  # JSON has no NaN
            assert running.post("/range", job).status_code == 422, job
    assert (
        running.post("/ranges", [JOB] * 10_001).status_code == 422
        and running.post("/ranges", []).status_code == 422
    )
    assert len(running.post("/ranges", [JOB] * 300).json()["ranges"]) == 300


def test_shadow_canary_and_promotion(running, corrected):
    running.challenger(model.export(corrected, "second", LEARNED))
    jobs = LEARNED.head(40)
    assert set(running.ask(jobs)["model"]) == {"first"}
    running.traffic(0, shadow=True)
    assert set(running.ask(jobs)["model"]) == {"first"}
    log = running.log().tail(40)
    assert log["asked"].all() and np.allclose(
        np.array(log["challenger"].tolist()), corrected.predict(jobs), atol=0.01
    )
    running.traffic(0.5)
    assert set(running.ask(jobs)["model"]) == {"first", "second"}
    running.promote()
    assert set(running.ask(jobs)["model"]) == {"second"} and "pay_answers_total" in running.metrics()


def test_without_a_model_it_says_so(running):
    running._put("champion.onnx", None)
    assert running.post("/range", JOB).status_code == 503


def test_the_stop_button_leaves_it_running_and_stopping_ends_it(running):
    os.kill(running.pid, signal.SIGINT)
    time.sleep(0.2)
    assert running.post("/range", JOB).status_code == 200 and os.getpgid(running.pid) != os.getpgid(0)
    running.stop()
    with pytest.raises(ConnectionError, match="run the cell that starts it again"):
        running.ask(LEARNED.head(1))


def test_it_dies_with_its_notebook(champion, tmp_path):
    file = tmp_path / "model.onnx"
    file.write_bytes(champion)
    code = (
        "import pathlib, time; from helpers.service.process import Service; "
        f"one = Service(pathlib.Path({str(file)!r}).read_bytes()); print(one.pid, flush=True); time.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    pid = int(owner.stdout.readline())
    owner.kill()
    owner.wait()
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError("the service outlives its notebook")


def test_an_application_of_the_learner(champion, tmp_path):
    (tmp_path / "mine.py").write_text("from fastapi import FastAPI\napp = FastAPI()\n")
    with Service(champion, tmp_path / "mine.py") as mine:
        assert mine.post("/range", JOB).status_code == 404
    (tmp_path / "mine.py").write_text("import nothing_like_that\n")
    with pytest.raises(RuntimeError, match=r"did not start.*nothing_like_that"):
        Service(champion, tmp_path / "mine.py")
