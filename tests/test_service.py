"""The pay-range service: its answers, its refusals, its process, its traffic, and its form in a browser."""

import asyncio
import concurrent.futures
import json
import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import jupyter_client
import pandas as pd
import psutil
import pytest

from helpers import load_test, onnx_model, pay, service_app
from helpers import service_old as service
from tests import lab

JOB = {"role": "ML Engineer", "level": "SE", "remote": 0, "country": "US"}


@pytest.fixture(scope="module")
def models():
    past, later = pay.split_by_time(pay.adverts())
    model = pay.train(past, n_estimators=20)
    other = pay.train(later, n_estimators=5)
    return model, onnx_model.export(model, past, "first"), onnx_model.export(other, later, "second")


@pytest.fixture(scope="module")
def running(models):
    with service.start(models[1]) as one:
        yield one


@pytest.fixture(scope="module", autouse=True)
def dripping(running):
    """A connection that never gets as far as a request, open from the first test on; see the last one."""
    with socket.create_connection(("127.0.0.1", running.port)) as one:
        one.sendall(b"POST /range HTTP/1.1\r\nHost: 127")
        yield one


@pytest.fixture
def client(running):
    with httpx.Client(base_url=running.address, trust_env=False, timeout=30) as one:
        yield one


def test_one_advert(client, models):
    answer = client.post("/range", json=JOB).json()
    low, high = pay.predict_range(models[0], **JOB)
    assert (answer["low"], answer["high"], answer["model"]) == (low, high, "first")
    past, _ = pay.split_by_time(pay.adverts())
    same = past[(past[list(JOB)] == pd.Series(JOB)).all(axis=1)]
    assert answer["adverts"] == same["weight"].sum()
    assert answer["basis"] == f"from {answer['adverts']:,} adverts"


def test_no_advert_of_the_kind_is_said(client):
    answer = client.post("/range", json={**JOB, "role": "Software Engineer"}).json()
    assert answer["adverts"] == 0 and "no advert" in answer["basis"]


def test_every_job_gets_the_answer_of_the_model(client, models):
    jobs = onnx_model.every_job()
    answer = client.post("/ranges", json={"adverts": jobs.to_dict("records")}).json()
    assert answer["ranges"] == models[0].predict(jobs).round().astype(int).tolist()
    one = client.post("/range", json=JOB).json()
    assert answer["adverts"][jobs.to_dict("records").index(JOB)] == one["adverts"] > 0
    assert sum(answer["adverts"]) == onnx_model.load(models[1]).adverts


def test_ten_thousand_adverts_and_one_too_many(client):
    assert len(client.post("/ranges", json={"adverts": [JOB] * 10_000}).json()["ranges"]) == 10_000
    answer = client.post("/ranges", json={"adverts": [JOB] * 10_001})
    assert answer.status_code == 422 and "10,000" in answer.json()["error"]


BAD = {
    "unknown role": ({**JOB, "role": "Rock star"}, 422, "choose Data Scientist"),
    "remote as a share": ({**JOB, "remote": 1}, 422, "0, 50, 100"),
    "remote as a truth value": ({**JOB, "remote": False}, 422, "0, 50, 100"),
    "remote as text": ({**JOB, "remote": "0"}, 422, "0, 50, 100"),
    "missing": ({"role": "Other"}, 422, "level is missing"),
    "an unknown field": ({**JOB, "<b>": 1}, 422, "not a field"),
    "null": (None, 422, "JSON object"),
    "a list": ([], 422, "JSON object"),
    "half a sign": ({**JOB, "role": "\ud800"}, 422, "choose Data Scientist"),
    "an object for text": ({**JOB, "role": {"a": ["b"] * 500}}, 422, "choose Data Scientist"),
}
RAW = {
    "cut off": (b"{", "not JSON"),
    "nothing": (b"", "JSON"),
    "deep": (b"[" * 9_000, "JSON"),
    "no text": (b"\xff\xfe\x00", "JSON"),
    "a huge number": (b'{"remote": ' + b"9" * 5000 + b"}", "JSON"),
    "not a number": (b'{"role": "Other", "level": "SE", "country": "US", "remote": NaN}', "0, 50, 100"),
}


@pytest.mark.parametrize("name", BAD)
def test_refusals_say_what_to_send(client, name):
    body, status, part = BAD[name]
    answer = client.post("/range", content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert set(answer.json()) == {"error"} and part in answer.json()["error"]
    assert len(answer.json()["error"]) < 4 * 320


def test_several_faults_are_named_at_once(client):
    said = client.post("/range", json={"role": "Rock star", "remote": 1}).json()["error"]
    assert all(part in said for part in ("Rock star", "level is missing", "0, 50, 100", "country is missing"))


@pytest.mark.parametrize("name", RAW)
def test_hostile_json(client, name):
    body, part = RAW[name]
    answer = client.post("/range", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422) and part in answer.json()["error"]


def test_hostile_json_in_a_batch(client):
    for body in (
        b"[" * 1_900_000,
        b'{"adverts":' + b"[" * 100_000,
        b'{"adverts": [' + b"9" * 500_000 + b"]}",
    ):
        answer = client.post("/ranges", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422) and "JSON" in answer.json()["error"]


def test_a_fault_in_a_batch_is_placed(client):
    answer = client.post("/ranges", json={"adverts": [JOB, {**JOB, "level": "X"}]})
    assert "in advert 2" in answer.json()["error"]
    for body in ({}, {"adverts": 3}, {"adverts": []}):
        assert "error" in client.post("/ranges", json=body).json()


@pytest.mark.parametrize(
    "body",
    [
        b'{"adverts":[' + b",".join([b"{}"] * 600_000) + b"]}",
        json.dumps({"adverts": [{"role": "x"}] * 100_000}).encode(),
        json.dumps({f"key {n}": n for n in range(80_000)}).encode(),
    ],
    ids=["empty adverts", "bad adverts", "unknown fields"],
)
def test_a_request_full_of_faults_costs_little(running, client, body):
    process = psutil.Process(running.pid)
    before = process.cpu_times().user
    answer = client.post("/ranges", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422 and len(answer.json()["error"]) < 4 * 320
    # Checked one by one, these took half a minute and three gigabytes.
    assert process.cpu_times().user - before < 5 and process.memory_info().rss < 1e9


def test_one_advert_needs_no_megabyte(client):
    answer = client.post("/range", content=b" " * 20_000, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413 and "10,000 bytes" in answer.json()["error"]


def test_too_large(client):
    def drops():
        for _ in range(30):
            yield b" " * 100_000

    for body in (b"x" * 2_100_000, drops()):  # announced, and not
        answer = client.post("/ranges", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 413 and "split" in answer.json()["error"]


def test_health_asks_the_model():
    class Broken:
        name, basis = "broken", {}

        def run(self, columns):
            raise RuntimeError

    async def ask():
        app, _ = service_app.build(Broken())
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get("/health"), await client.post("/range", json=JOB)

    health, answer = asyncio.run(ask())
    assert health.status_code == 503 and "another" in health.json()["error"]
    assert answer.status_code == 500 and "/health" in answer.json()["error"]


def test_other_refusals(client):
    assert "Content-Type" in client.post("/range", content=json.dumps(JOB)).json()["error"]
    assert client.get("/nothing").status_code == 404
    assert "/docs" in client.get("/range").json()["error"]
    assert client.get("/", headers={"Host": "elsewhere.example"}).status_code == 400


def test_client_that_leaves_harms_nobody(running, client):
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", running.port)) as half:
            half.sendall(b"POST /ranges HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n")
            half.sendall(b"Content-Length: 1000\r\n\r\n{")
    assert client.post("/range", json=JOB).status_code == 200


def test_slow_client_does_not_hold_others(running, client):
    with socket.create_connection(("127.0.0.1", running.port)) as slow:
        slow.sendall(b"POST /range HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\n")
        assert client.get("/health").json() == {"status": "ready", "model": "first"}


def test_metrics_are_prometheus_text(client):
    from prometheus_client.parser import text_string_to_metric_families as parse

    def count():
        families = {one.name: one for one in parse(client.get("/metrics").text)}
        return sum(
            one.value
            for one in families["pay_requests"].samples
            if one.name.endswith("total") and one.labels == {"path": "/range", "status": "200"}
        )

    before = count()
    client.post("/range", json=JOB)
    assert count() == before + 1
    assert "elsewhere.example" not in client.get("/metrics").text


def test_pages_need_nothing_from_elsewhere(client):
    for path in ("/", "/docs"):
        answer = client.get(path)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "http" not in answer.text.replace("http-equiv", "") and "<script" not in answer.text
    assert {"/range", "/ranges", "/health"} <= set(client.get("/openapi.json").json()["paths"])


def test_form_escapes_what_was_pasted(client):
    asked = {"role": '"><script>alert(1)</script>', "level": "senior", "country": "Mars & co"}
    answer = client.get("/", params=asked)
    assert answer.status_code == 422 and "<script" not in answer.text and 'role="alert"' in answer.text
    assert client.get("/", params={**asked, "role": "ML Engineer"}).status_code == 422


def test_port_taken_gives_another(models):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with service.start(models[1], port=port) as one:
            assert one.port != port
            assert httpx.get(f"{one.address}/health", trust_env=False).status_code == 200


def test_bytes_that_are_no_model():
    with pytest.raises(service.ServiceError, match="no pay model"):
        service.start(b"no model")
    with pytest.raises(service.ServiceError, match="export"):
        service.start(42)
    assert not service._running or all(one.running for one in service._running)


def test_canary_shadow_and_promotion_fail_no_request(models):
    async def load(address):
        return await load_test.run(address, 4, 300, JOB)

    with service.start(models[1]) as one, concurrent.futures.ThreadPoolExecutor() as pool:
        with pytest.raises(service.ServiceError, match="no challenger"):
            one.traffic(0.5)
        under = pool.submit(lambda: asyncio.run(load(one.address)))
        one.challenge(models[2])
        for weight in (0.1, 0.5, 1.0, 0.0, 0.5):
            one.traffic(weight, shadow=weight == 0.5)
            time.sleep(0.1)
        for bad in (2, -1, True, "0.5", float("nan")):
            with pytest.raises(service.ServiceError, match="from 0"):
                one.traffic(bad)
        while not under.done():
            assert len(one.log()) >= 0  # while answers are being added to it
        assert {row["model"] for row in one.log()} == {"first", "second"}
        one.promote()
        load_after = asyncio.run(load(one.address))
        assert under.result().failed == load_after.failed == 0
        assert {row["model"] for row in one.log()[-300:]} == {"second"}


def test_shadow_answers_are_not_sent(models):
    with service.start(models[1], challenger=models[2], shadow=True) as one:
        answer = httpx.post(f"{one.address}/range", json=JOB, trust_env=False).json()
        (row,) = one.log()
        assert answer["model"] == row["model"] == "first"
        assert row["shadow"] and row["shadow"] != [row["low"], row["high"]]


def test_two_services_at_once_and_stop_twice(models):
    with service.start(models[1]) as one, service.start(models[2]) as two:
        assert one.port != two.port
    one.stop()
    assert not one.running and not two.running
    with pytest.raises(service.ServiceError, match="start it again"):
        one.traffic(0)


@pytest.mark.skipif(os.name != "posix", reason="kills a process the POSIX way")
def test_service_dies_with_a_killed_owner(models, tmp_path):
    file = tmp_path / "model.onnx"
    file.write_bytes(models[1])
    code = (
        f"import time; from helpers import service_old as service; one = service.start({str(file)!r}); "
        "print(one.address, flush=True); time.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    address = owner.stdout.readline().strip()
    assert httpx.get(f"{address}/health", trust_env=False).status_code == 200
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    assert gone(address), "the service outlived its owner"


def gone(address):
    for _ in range(100):
        try:
            httpx.get(f"{address}/health", timeout=1, trust_env=False)
        except httpx.HTTPError:
            return True
        time.sleep(0.1)
    return False


def test_kernel_restarted_with_the_service_alive(models, tmp_path):
    file = tmp_path / "model.onnx"
    file.write_bytes(models[1])
    code = f"from helpers import service_old as service; one = service.start({str(file)!r}); print(one.address, end='')"
    manager, client = jupyter_client.manager.start_new_kernel(kernel_name="python3", cwd=os.getcwd())

    def run():
        said = []
        reply = client.execute_interactive(
            code, timeout=60, output_hook=lambda m: said.append(m["content"].get("text", ""))
        )
        assert reply["content"]["status"] == "ok", reply["content"]
        return "".join(said)

    try:
        before = run()
        assert httpx.get(f"{before}/health", trust_env=False).status_code == 200
        manager.restart_kernel(now=True)
        client.wait_for_ready(timeout=60)
        assert gone(before), "the service outlived its kernel"
        after = run()
        assert httpx.get(f"{after}/health", trust_env=False).status_code == 200
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert gone(after)


def test_connection_without_a_request_is_closed(dripping, client):
    dripping.settimeout(20)
    assert dripping.recv(1000) == b""
    assert client.get("/health").status_code == 200


@pytest.mark.skipif(lab.chromium() is None, reason="no Chromium on this machine")
def test_form_in_the_browser(running):
    with lab.browser() as chromium:
        page = chromium.new_page(viewport=lab.WINDOW)
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(running.address)
        page.get_by_label("Job title or role").fill("Senior Machine Learning Engineer (Remote)")
        page.get_by_label("Level").fill("senior")
        page.get_by_label("Country").fill("united states")
        page.get_by_label("Remote work").select_option(label="fully remote")
        page.get_by_label("Remote work").press("Tab")
        page.keyboard.press("Enter")  # the button, without a mouse
        page.wait_for_selector("#answer")
        assert "thousand USD a year" in page.inner_text("#answer")
        assert "adverts" in page.inner_text("#answer") and "ML Engineer, senior" in page.inner_text("#answer")
        assert "2022-09-" in page.inner_text("#answer") and "2023-08-" in page.inner_text("#answer")
        assert page.locator("svg[role=img]").get_attribute("aria-label").endswith("adverts")
        assert page.get_by_label("Level").input_value() == "senior"
        page.get_by_label("Country").fill("Atlantis")
        page.get_by_role("button").click()
        page.wait_for_selector("[role=alert]")
        assert "Atlantis" in page.inner_text("[role=alert]") and "US" in page.inner_text("[role=alert]")
        assert all(url.startswith(running.address) for url in asked)
        page.goto(f"{running.address}/docs")
        assert page.get_by_role("heading", name="POST /range", exact=True).count() == 1
