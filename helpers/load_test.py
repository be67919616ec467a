"""Measure: how long a call takes in this process, and how the service answers under load.

Times differ from machine to machine and from run to run: compare only what was measured side by side.
"""

import asyncio
import contextlib
import dataclasses
import time

import httpx
import numpy as np

_PATIENCE = 30  # seconds for one answer
_WARM = 10  # connections that are open before anything is counted


@dataclasses.dataclass(frozen=True)
class Load:
    """What a load test found. Made by :func:`run` and :func:`at_rate`.

    Attributes
    ----------
    connections : int or None
        At once; ``None`` where requests came at a rate, whoever was still waiting.
    milliseconds : numpy.ndarray
        Time to each good answer.
    failed : int
        Requests without a good answer.
    seconds : float
        Length of the test.
    busy : float
        Share of a core that the process of the service was busy meanwhile; NaN if it was not looked at.
    """

    connections: int
    milliseconds: np.ndarray
    failed: int
    seconds: float
    busy: float = float("nan")

    def percentile(self, percent):
        """float: milliseconds that so many percent of the answers took at most."""
        return float(np.percentile(self.milliseconds, percent))

    @property
    def a_second(self):
        """float: good answers a second."""
        return len(self.milliseconds) / self.seconds


async def run(address, connections, requests, body, path="/range", pid=None):
    """Send requests over some connections at once, each the next as soon as it has its answer.

    Parameters
    ----------
    address : str
        Of the service.
    connections : int
    requests : int
        In all; one a connection is sent before, to warm up, and not counted.
    body : dict or None
        What to post; ``None`` asks with GET.
    path : str
    pid : int, optional
        Process of the service, to see how busy it was.

    Returns
    -------
    Load
    """
    async with contextlib.AsyncExitStack() as stack:
        # One client a connection: a shared one spends more time on finding a free connection than on asking.
        clients = [await stack.enter_async_context(_client(address)) for _ in range(connections)]

        async def work(client, tickets, found):
            for _ in tickets:
                before = time.perf_counter()
                good = await _ask(client, path, body)
                found.append(1000 * (time.perf_counter() - before) if good else None)

        async def together(count):
            tickets, found = iter(range(count)), []  # one iterator for all: nobody sends a request twice
            before = time.perf_counter()
            await asyncio.gather(*(work(client, tickets, found) for client in clients))
            return found, time.perf_counter() - before

        await together(connections)
        used = _core_seconds(pid)
        found, seconds = await together(requests)
        busy = (_core_seconds(pid) - used) / seconds
    return _load(connections, found, seconds, busy)


async def at_rate(address, rate, requests, body, seed=0, path="/range", pid=None):
    """Send requests at random moments, whether or not the earlier ones have been answered.

    Each time counts from the moment when the request was due. So a service that falls behind, or a caller that is
    held up, cannot make the times look better by sending less.

    Parameters
    ----------
    address, body, path, pid
        See :func:`run`.
    rate : float
        Requests a second on average: a Poisson process, given that `requests` fall into their time.
    requests : int
    seed : int

    Returns
    -------
    Load

    Raises
    ------
    ValueError
        If the rate or the number of requests is none that can be sent.
    """
    if not (0 < rate <= 100_000 and 1 <= requests <= 100_000):
        raise ValueError("Give a rate above zero and a number of requests from 1 to 100,000.")
    due = moments(rate, requests, seed)
    async with _client(address) as client:
        await asyncio.gather(*(_ask(client, path, body) for _ in range(_WARM)))
        used, start = _core_seconds(pid), time.perf_counter()

        async def work(moment):
            await asyncio.sleep(start + moment - time.perf_counter())
            good = await _ask(client, path, body)
            return 1000 * (time.perf_counter() - start - moment) if good else None

        found = await asyncio.gather(*map(work, due))
        seconds = max(time.perf_counter() - start, requests / rate)
        busy = (_core_seconds(pid) - used) / seconds
    return _load(None, found, seconds, busy)


def moments(rate, requests, seed=0):
    """numpy.ndarray, shape (requests,): seconds from the start at which requests are due; see :func:`at_rate`."""
    return np.sort(np.random.default_rng(seed).uniform(0, requests / rate, requests))


def _load(connections, found, seconds, busy):
    good = [one for one in found if one is not None]
    return Load(connections, np.array(good), len(found) - len(good), seconds, busy)


async def _ask(client, path, body):
    try:
        answer = await (client.get(path) if body is None else client.post(path, json=body))
    except httpx.HTTPError:
        return False
    return answer.status_code == 200


def _core_seconds(pid):
    if pid is None:
        return float("nan")
    import psutil

    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def _client(address):
    # Nothing of this may go through a proxy, and no certificates need to be read for plain HTTP.
    return httpx.AsyncClient(base_url=address, timeout=_PATIENCE, verify=False, trust_env=False)


def microseconds(call, repeats=200):
    """Return the median time of a call in this process.

    Parameters
    ----------
    call : callable
        Takes nothing.
    repeats : int

    Returns
    -------
    float
    """
    call()
    times = []
    for _ in range(repeats):
        before = time.perf_counter()
        call()
        times.append(time.perf_counter() - before)
    return float(1e6 * np.median(times))
