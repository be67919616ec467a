"""Load tests against a service of known slowness: nothing is sent twice, and waiting is never hidden."""

import asyncio
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from helpers import load_test

PAUSE = 0.02  # seconds for an answer; one at a time


@pytest.fixture
def server():
    seen = []

    class Slow(BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append(self.rfile.read(int(self.headers["content-length"])))
            time.sleep(PAUSE)
            self.send_response(500 if self.path == "/bad" else 200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    running = HTTPServer(("127.0.0.1", 0), Slow)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}", seen
    running.shutdown()
    thread.join()
    running.server_close()


def test_at_a_rate_that_is_kept(server):
    address, seen = server
    load = asyncio.run(load_test.at_rate(address, 10, 10, {"a": 1}, pid=os.getpid()))
    assert len(load.milliseconds) == 10 and load.failed == 0 and load.connections is None
    assert len(seen) == 10 + load_test._WARM
    assert 2 < load.a_second <= 10 and load.percentile(50) < 1000  # loosely: a machine may be busy
    assert 0 <= load.busy < 2


def test_a_service_that_falls_behind_cannot_hide_it(server):
    """At twice the rate that it can do, times from the moment of sending would stay far shorter than this queue."""
    address, _ = server
    load = asyncio.run(load_test.at_rate(address, 2 / PAUSE, 50, {"a": 1}))
    assert load.a_second < 1.1 / PAUSE  # what it can do at most
    assert (
        load.milliseconds.max() > 1000 * 50 * PAUSE / 2 * 0.7
    )  # half of the time that all need is a backlog
    assert np.isnan(load.busy)


def test_moments_are_seeded_and_random():
    due = load_test.moments(1_000, 500)
    assert np.array_equal(due, load_test.moments(1_000, 500))
    assert not np.array_equal(due, load_test.moments(1_000, 500, seed=1))
    assert (np.diff(due) >= 0).all() and due[0] >= 0 and due[-1] <= 0.5
    gaps = np.diff(due)
    assert 0.8 < gaps.std() / gaps.mean() < 1.2  # as random as gaps of a Poisson process


def test_what_is_refused_is_no_answer(server):
    address, _ = server
    load = asyncio.run(load_test.at_rate(address, 100, 5, {}, path="/bad"))
    assert load.failed == 5 and len(load.milliseconds) == 0


@pytest.mark.parametrize(("rate", "requests"), [(0, 5), (-1, 5), (float("nan"), 5), (10, 0), (10, 10**9)])
def test_rates_that_nobody_can_send(rate, requests):
    with pytest.raises(ValueError, match="above zero"):
        asyncio.run(load_test.at_rate("http://127.0.0.1:9", rate, requests, {}))


def test_nobody_there():
    load = asyncio.run(load_test.at_rate("http://127.0.0.1:9", 1_000, 3, {}))
    assert load.failed == 3
