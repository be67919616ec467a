"""Sizing: the queue, the price, and what the load test measures."""

import asyncio
import math
import types

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import charts, load_test, sizing, sizing_charts


def test_erlang_agrees_with_known_values():
    # One server is the M/M/1 queue: who arrives waits with the chance that it is busy.
    assert sizing.waiting(0.5, 1, 1) == pytest.approx((0.5, 1.0))
    # Two servers at load 1: C = 1/3, a textbook value.
    assert sizing.waiting(1, 1, 2)[0] == pytest.approx(1 / 3)
    assert sizing.waiting(2, 1, 2) == (1.0, math.inf)


def test_the_formula_agrees_with_a_simulated_queue():
    rng, rate, seconds, servers = np.random.default_rng(0), 500, 0.004, 3
    free, waits, now = np.zeros(servers), [], 0.0
    for gap, busy in zip(rng.exponential(1 / rate, 60_000), rng.exponential(seconds, 60_000), strict=True):
        now += gap
        first = free.argmin()
        start = max(now, free[first])
        waits.append(start - now)
        free[first] = start + busy
    chance, mean = sizing.waiting(rate, seconds, servers)
    assert np.mean(np.array(waits) > 0) == pytest.approx(chance, rel=0.05)
    assert np.mean(waits) == pytest.approx(mean, rel=0.12)
    late = sizing.late(rate, seconds, servers, 0.01)
    assert np.mean(np.array(waits) > 0.01) == pytest.approx(late, rel=0.2)
    assert np.quantile(waits, 0.99) == pytest.approx(sizing.slowest_wait(rate, seconds, servers), rel=0.12)


@given(st.floats(1, 2_000), st.floats(0.0005, 0.05), st.floats(0, 0.5))
def test_replicas_are_enough_and_one_fewer_is_not(rate, seconds, wait):
    servers = sizing.replicas(rate, seconds, wait)
    assert sizing.slowest_wait(rate, seconds, servers) <= wait
    fewer = servers - 1
    assert fewer <= rate * seconds or sizing.slowest_wait(rate, seconds, fewer) > wait


@pytest.mark.parametrize("bad", [(0, 1, 1), (1, 0, 1), (1, 1, -1), (1e9, 1, 1)])
def test_senseless_loads_are_refused(bad):
    with pytest.raises(ValueError, match="Give a rate"):
        sizing.replicas(*bad)


def test_cost_is_linear_in_replicas():
    assert sizing.cost_a_month(4) == pytest.approx(4 * 730 * (0.04048 + 2 * 0.004445))
    assert sizing.cost_a_month(1, prices={"vcpu_hour": 0.1, "gb_hour": 0}) == pytest.approx(73)


def test_measured_time_is_that_of_the_process_and_for_one_request(monkeypatch):
    async def burn(address, connections, requests, body):
        def used():
            times = psutil.Process().cpu_times()
            return times.user + times.system

        end = used() + 0.5
        while used() < end:
            pass
        return load_test.Load(connections, np.ones(requests), 0, 0.5)

    monkeypatch.setattr(load_test, "run", burn)
    here = types.SimpleNamespace(pid=psutil.Process().pid, address="")
    need = asyncio.run(sizing.measure(here, {}, requests=99))
    assert need.seconds == pytest.approx(0.5 / 100, rel=0.3)
    assert need.gigabytes == pytest.approx(psutil.Process().memory_info().rss / 1e9, rel=0.2)


def test_the_words_of_the_picture_hold_on_every_machine():
    figures = [
        sizing_charts.waits(sizing.Need(seconds, 0.13)) for seconds in (0.0002, 0.0014, 0.0045, 0.02, 0.2)
    ]
    assert len({(charts.title_of(one), charts.sentence_of(one)) for one in figures}) == 1
    assert all(charts.png(one).startswith(b"\x89PNG") for one in figures)


def test_a_line_each_is_worse_than_one_line():
    assert sizing.late(500 / 4, 0.004, 1, 0.01) == pytest.approx(0.5 * math.exp(-1.25))
    for servers in (3, 4, 8):
        assert sizing.late(500 / servers, 0.004, 1, 0.01) > 4 * sizing.late(500, 0.004, servers, 0.01)
    assert sizing.late(500, 0.004, 2, 0.01) == 1
