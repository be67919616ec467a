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


@dataclasses.dataclass(frozen=True)
class Load:
    """What a load test found. Made by :func:`run`.

    Attributes
    ----------
    connections : int
    milliseconds : numpy.ndarray
        Time to each good answer.
    failed : int
        Requests without a good answer.
    seconds : float
        Length of the test.
    """

    connections: int
    milliseconds: np.ndarray
    failed: int
    seconds: float

    def percentile(self, percent):
        """float: milliseconds that so many percent of the answers took at most."""
        return float(np.percentile(self.milliseconds, percent))

    @property
    def a_second(self):
        """float: good answers a second."""
        return len(self.milliseconds) / self.seconds


async def run(address, connections, requests, body, path="/range"):
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
                try:
                    answer = await (client.get(path) if body is None else client.post(path, json=body))
                    good = answer.status_code == 200
                except httpx.HTTPError:
                    good = False
                found.append(1000 * (time.perf_counter() - before) if good else None)

        async def together(count):
            tickets, found = iter(range(count)), []  # one iterator for all: nobody sends a request twice
            before = time.perf_counter()
            await asyncio.gather(*(work(client, tickets, found) for client in clients))
            return found, time.perf_counter() - before

        await together(connections)
        found, seconds = await together(requests)
    good = [one for one in found if one is not None]
    return Load(connections, np.array(good), len(found) - len(good), seconds)


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
