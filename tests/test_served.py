"""The service as its callers meet it: the door, two models, hostile files, the Stop button, the end of its notebook."""

import functools
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import httpx
import numpy as np
import onnx
import psutil
import pytest
from onnx import helper

from helpers import pay
from helpers.service import model, process
from helpers.service.process import Service

LEARNED = pay.between(pay.adverts(), *pay.FIRST_YEAR)
JOB = {"role": "ML Engineer", "level": "SE", "remote": 0, "country": "US"}
WRONG = {
    "role": ["Rock star", "ml engineer", "ML Engineer ", "", None, 3, ["ML Engineer"]],
    "level": ["XX", "se", "", None, 3, True],
    "remote": [1, -50, 50.5, "0", False, True, None, float("nan"), [0], 10**30],
    "country": ["USA", "us", "", None, 1],
    "pay": [100],
}
BAD = [{**JOB, name: value} for name, values in WRONG.items() for value in values]
BAD += [{key: value for key, value in JOB.items() if key != name} for name in JOB]
# A notebook of which only the kernel is there: it starts a service and waits.
NOTEBOOK = """
import pathlib, time
from helpers.service.process import Service
one = Service(pathlib.Path("model.onnx").read_bytes())
print(one.pid, flush=True)
time.sleep(60)
"""


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
    crossing = pay.PayRange(product.ends[::-1], corrected.correction)
    for one in (product, corrected, crossing):
        served = model.from_bytes(model.export(one, "x", LEARNED))
        assert np.abs(served.predict(model.every_job()) - one.predict(model.every_job())).max() < 0.001
    whole = onnx.load_model_from_string(model.export(product, "x", LEARNED))
    opsets = [one.domain for one in whole.opset_import]
    assert opsets == sorted(opsets), "the same model, the same bytes"
    period = (served.first, served.last)
    assert period == ("2022-09-04", "2023-08-27") and served.adverts == LEARNED["weight"].sum()


class Hostile:
    """Model files that are not what they should be: each method spoils a good one."""

    def reads_another_file(whole, graph):  # and takes it from itself, so that the answers stay good
        numbers = helper.make_tensor("leak", onnx.TensorProto.FLOAT, [1], bytes(4), raw=True)
        numbers.ClearField("raw_data")
        numbers.data_location = onnx.TensorProto.EXTERNAL
        for key, value in {"location": "output.txt", "length": "4"}.items():
            numbers.external_data.add(key=key, value=value)
        graph.initializer.append(numbers)
        rename_output(graph, "kept")
        graph.node.append(helper.make_node("Sub", ["leak", "leak"], ["nothing"]))
        graph.node.append(helper.make_node("Add", ["kept", "nothing"], ["range"]))

    def hides_a_loop_in_a_function(whole, graph):
        nodes = [helper.make_node("Loop", ["", "a"], ["b"])]
        version = [helper.make_opsetid("", 17)]
        whole.functions.append(helper.make_function("own", "Add", ["a"], ["b"], nodes, version))

    def asks_for_all_memory(whole, graph):
        rename_output(graph, "part0")
        for n in range(22):
            graph.node.append(helper.make_node("Concat", [f"part{n}"] * 2, [f"part{n + 1}"], axis=0))
        graph.node.append(helper.make_node("Gather", ["part22", "two"], ["range"], axis=0))

    def asks_for_all_memory_before_it_is_asked(whole, graph):  # an optimizer unfolds what is constant
        graph.initializer.append(helper.make_tensor("part0", onnx.TensorProto.FLOAT, [1000, 1], [1.0] * 1000))
        for n in range(22):
            graph.node.append(helper.make_node("Concat", [f"part{n}"] * 2, [f"part{n + 1}"], axis=0))
        graph.output.append(helper.make_tensor_value_info("part22", onnx.TensorProto.FLOAT, None))

    def is_too_large(whole, graph):
        whole.doc_string = "x" * 5_000_000

    def has_another_operator(whole, graph):
        graph.node.append(helper.make_node("RandomNormal", [], ["noise"], shape=[1]))

    def has_another_input(whole, graph):
        graph.input[0].name = "rolle"

    def has_no_origin(whole, graph):
        del whole.metadata_props[:]

    def has_markup_in_its_name(whole, graph):
        change_facts(whole, name="<b>first</b>")

    def has_something_after_a_date(whole, graph):
        change_facts(whole, last="2023-08-27\n")

    def answers_with_too_few_rows(whole, graph):
        rename_output(graph, "all")
        graph.node.append(helper.make_node("Gather", ["all", "two"], ["range"], axis=0))


def rename_output(graph, name):
    graph.node[-1].output[0] = name


def change_facts(whole, **facts):
    kept = json.loads(whole.metadata_props[0].value)
    helper.set_model_props(whole, {"pay": json.dumps(kept | facts)})


KINDS = [kind for kind in vars(Hostile) if not kind.startswith("_")]


def spoiled(data, spoil):
    whole = onnx.load_model_from_string(data)
    spoil(whole, whole.graph)
    return whole.SerializeToString()


@pytest.fixture(scope="module")
def attacked(champion):
    with Service(champion) as service:
        yield service


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_model_is_not_taken(kind, champion, attacked, monkeypatch):
    monkeypatch.chdir(attacked.folder)
    (attacked.folder / "output.txt").write_bytes(bytes(99))  # there is what it wants to read
    bad = spoiled(champion, getattr(Hostile, kind))
    before, memory = time.monotonic(), psutil.Process().memory_info().rss
    with pytest.raises(
        ValueError, match=r"^This is no pay model: give the bytes .* a range for every job\.$"
    ):
        attacked.challenger(bad)
    assert time.monotonic() - before < 5 and psutil.Process().memory_info().rss - memory < 500e6
    attacked._put("challenger.onnx", bad)  # past the client's own check
    attacked.traffic(1)
    assert set(attacked.ask(LEARNED.head(3))["model"]) == {"first"}


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"\x08" * 99, bytes(100_000_000), pickle.dumps(LEARNED.head()), "text", None],
    ids=["empty", "letter", "eights", "100 MB", "pickle", "text", "nothing"],
)
def test_other_bytes_are_no_model(data):
    for take in (model.from_bytes, Service):
        with pytest.raises(ValueError, match="no pay model"):
            take(data)


def test_the_champion_stands_in_for_a_challenger_that_fails_and_it_is_counted(running, champion):
    count = len(model.every_job())

    def only_the_probes(whole, graph):
        graph.initializer.append(helper.make_tensor("shape", onnx.TensorProto.INT64, [2], [count, 2]))
        graph.node.append(helper.make_node("Reshape", ["any", "shape"], ["range"]))

    def as_if_probed(whole, graph):
        ends = helper.make_tensor("same", onnx.TensorProto.FLOAT, [count, 2], [1.0, 2.0] * count)
        graph.initializer.append(ends)
        graph.node.append(helper.make_node("Identity", ["same"], ["range"]))

    def second(spoil, whole, graph):
        rename_output(graph, "any")
        spoil(whole, graph)
        change_facts(whole, name="second")

    for asked, spoil in enumerate((only_the_probes, as_if_probed), 1):
        running.challenger(spoiled(champion, functools.partial(second, spoil)))
        running.traffic(1)
        assert set(running.ask(LEARNED.head(20))["model"]) == {"first"}
        metrics = running._call("GET", "/metrics").text
        assert f'pay_model_failures_total{{model="second"}} {asked * 20.0}' in metrics
        log = running.log().tail(20)
        assert log["asked"].all() and log["challenger"].isna().all() and log["champion"].notna().all()


@pytest.mark.parametrize("ends", [[np.nan, 1], [1, np.inf], [2, 1], [1], ["a", "b"]], ids=str)
def test_an_answer_that_is_no_range_counts_as_a_failure(ends):
    def answering(ends):
        return model.Served(
            "x", "2024-01-01", "2024-01-02", 1, SimpleNamespace(run=lambda *_: [np.array([ends])])
        )

    assert answering([1.0, 2.0]).predict(LEARNED.head(1)).shape == (1, 2)
    with pytest.raises((ValueError, TypeError, IndexError)):
        answering(ends).predict(LEARNED.head(1))


def test_the_door_is_that_of_the_product(running):
    assert running.post("/range", JOB).json()["unit"] == "thousand USD a year"
    for job in (*BAD, JOB | {"role": "\ud800"}, JOB | {"\udfff": 1}, JOB | {"remote": -np.inf}):
        told = {"content": json.dumps(job), "headers": {"Content-Type": "application/json"}}
        assert running._call("POST", "/range", **told).status_code == 422, job
    assert running._call("GET", "/health/", headers={"Host": "elsewhere"}).status_code == 404
    assert len(running.post("/ranges", [JOB] * 1_000).json()["ranges"]) == 1_000


@pytest.mark.parametrize(
    ("batch", "status", "sentence"),
    [
        ([], 422, "at least 1 item"),
        ([JOB] * 1_001, 422, "at most 1000 items"),
        ([JOB] * 100_000, 413, "Content Too Large"),
        ([1] * 100_000, 422, "valid dictionary"),
        ([JOB | {"role": "x" * 200_000}], 422, "Input should be 'Data Scientist'"),
    ],
    ids=["none", "one too many", "10 MB", "numbers", "a long word"],
)
def test_a_batch_has_bounds(batch, status, sentence, attacked):
    answer = attacked.post("/ranges", batch)
    assert answer.status_code == status and sentence in answer.text and len(answer.text) < 300_000


def test_a_hundred_batches_at_once_keep_nobody_waiting(running):
    batch, mine = [JOB] * 1_000, psutil.Process(running.pid)
    with ThreadPoolExecutor(100) as callers, httpx.Client(base_url=running.address, timeout=60) as client:
        answers = [callers.submit(client.post, "/ranges", json=batch) for _ in range(100)]
        answers += [callers.submit(client.get, "/log") for _ in range(100)]
        time.sleep(0.2)
        before = time.monotonic()
        assert running._call("GET", "/health").status_code == 200
        assert time.monotonic() - before < 6
        assert {one.result().status_code for one in answers} <= {200, 503}
    assert mine.memory_info().rss < 400e6


def test_a_full_service_says_what_to_do(running):
    host, port = running.address.removeprefix("http://").split(":")
    waiting = [socket.create_connection((host, int(port))) for _ in range(200)]
    answer = running.post("/range", JOB)
    assert answer.status_code == 503 and "200 callers at a time. Try again" in answer.json()["detail"]
    for one in waiting[:9]:
        one.close()
    while running.post("/range", JOB).status_code != 200:
        pass  # they are gone in a moment


def test_a_connection_that_stops_is_closed(running):
    head = b"POST /range HTTP/1.1\r\nHost: here\r\nContent-Length: 99\r\n\r\n{"
    first = b"GET /health HTTP/1.1\r\nHost: here\r\n\r\n"
    address = ("127.0.0.1", int(running.address.rpartition(":")[2]))
    waiting = [socket.create_connection(address, 20) for _ in range(5)]
    for one, said in zip(waiting, [b"", head[:9], head, first + head[:9], first + head], strict=True):
        one.sendall(said)
    with pytest.raises(OSError), socket.create_connection(address) as slow:
        slow.sendall(head)
        for _ in range(20):  # a byte now and then is no request either
            time.sleep(1)
            slow.sendall(b" ")
    for one in waiting:
        while one.recv(4096):  # an error if nothing comes, and no end, for 20 s
            pass
        one.close()


def test_shadow_canary_and_promotion(running, corrected):
    running.challenger(model.export(corrected, "second", LEARNED))
    jobs = LEARNED.head(40)
    assert set(running.ask(jobs)["model"]) == {"first"}
    running.traffic(0, shadow=True)
    assert set(running.ask(jobs)["model"]) == {"first"}
    log = running.log().tail(40)
    assert log["asked"].all()
    assert np.allclose(np.array(log["challenger"].tolist()), corrected.predict(jobs), atol=0.01)
    running.traffic(0.5)
    assert set(running.ask(jobs)["model"]) == {"first", "second"}
    running.promote()
    assert set(running.ask(jobs)["model"]) == {"second"}
    assert "pay_answers_total" in running._call("GET", "/metrics").text
    with pytest.raises(FileNotFoundError, match="no challenger"):
        running.promote()


@pytest.mark.parametrize("share", [30, -0.1, float("nan")])
def test_a_share_is_a_share(share, attacked):
    with pytest.raises(ValueError, match="between 0 and 1"):
        attacked.traffic(share)


def test_each_change_counts_from_the_next_request_on(running, corrected):
    running.challenger(model.export(corrected, "second", LEARNED))
    for weight in [0, 1] * 30:
        running.traffic(weight)
        assert running.post("/range", JOB).json()["model"] == ("second" if weight else "first")


def test_without_a_model_it_says_so(running):
    (running.folder / "champion.onnx").unlink()
    assert running.post("/range", JOB).status_code == 503
    assert "no model" in running._call("GET", "/health").text


def test_the_stop_button_leaves_it_running_and_stopping_ends_it(running):
    assert os.getpgid(running.pid) != os.getpgid(0), "JupyterLab interrupts the group of the kernel"
    assert running.post("/range", JOB).status_code == 200
    for end in (lambda: os.kill(running.pid, signal.SIGKILL), running.stop, running.stop):
        end()
        for command in (lambda: running.ask(LEARNED.head(1)), running.log):
            with pytest.raises(ConnectionError, match="run the cell that starts it again"):
                command()


def test_an_interrupted_command_leaves_the_answers_in_step(running):
    jobs = model.every_job().iloc[::33]
    told = running.ask(jobs)
    stopper = threading.Timer(0.01, os.kill, (os.getpid(), signal.SIGINT))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # it may be ignored
    with pytest.raises(KeyboardInterrupt):
        stopper.start()
        for _ in range(1_000):
            running.ask(jobs)
    signal.signal(signal.SIGINT, before)
    assert running.ask(jobs).equals(told)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_it_dies_with_its_notebook(end, champion, tmp_path):
    (tmp_path / "model.onnx").write_bytes(champion)
    command = [sys.executable, "-c", NOTEBOOK]
    owner = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True, start_new_session=True)
    service = psutil.Process(int(owner.stdout.readline()))
    os.killpg(owner.pid, end)
    owner.wait()
    service.wait(5)


def test_several_start_at_once_on_this_machine_only(champion):
    with ThreadPoolExecutor(4) as starters:
        services = list(starters.map(lambda _: Service(champion), range(4)))
    assert len({one.address for one in services}) == 4
    for one in services:
        listening = {place.laddr.ip for place in psutil.Process(one.pid).net_connections()}
        assert listening == {"127.0.0.1"} and one.post("/range", JOB).status_code == 200
        one.stop()


def test_its_pages_load_nothing_from_elsewhere(attacked):
    for page in ("/", "/docs", "/redoc"):
        text = attacked._call("GET", page).text
        assert "http:" not in text and "https:" not in text and "//cdn" not in text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import nothing_like_that", "nothing_like_that"),
        ("def half(", "SyntaxError: .* was never closed"),
        ("print('x' * 1_000_000)\nraise ValueError('my reason')", "ValueError: my reason"),
        ("thing = 1", "no attribute 'app'"),
        ("import sys\nsys.exit()", "no reason was given"),
    ],
)
def test_an_application_that_cannot_start_says_why(text, reason, champion, tmp_path):
    (tmp_path / "mine.py").write_text(text)
    with pytest.raises(RuntimeError, match=f"^The service did not start: .*{reason}"):
        Service(champion, tmp_path / "mine.py")


def test_an_application_that_never_starts_is_not_waited_for(champion, tmp_path, monkeypatch):
    monkeypatch.setattr(process, "PATIENCE", 3)
    (tmp_path / "mine.py").write_text("while True:\n    pass\n")
    with pytest.raises(RuntimeError, match="did not answer within 3 seconds"):
        Service(champion, tmp_path / "mine.py")
    assert not [one for one in psutil.Process().children() if str(tmp_path) in " ".join(one.cmdline())]


def test_an_application_of_the_learner_that_prints_a_lot_goes_on(champion, tmp_path):
    begin = "from fastapi import FastAPI\napp = FastAPI()\n"
    talk = "@app.post('/range')\ndef talk():\n    print('x' * 50_000)\n    raise ValueError('x' * 50_000)\n"
    (tmp_path / "mine.py").write_text(begin + talk)
    with Service(champion, tmp_path / "mine.py") as mine:
        assert {mine.post("/range", JOB).status_code for _ in range(30)} == {500}
