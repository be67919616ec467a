"""How many replicas a load needs, and what they cost: a load test, a queue with several servers, a dated price list."""

import dataclasses
import math

from helpers import load_test

PRICES = {"vcpu_hour": 0.04048, "gb_hour": 0.004445}
"""USD for one virtual core and one GB of memory for an hour, on demand: AWS Fargate, Linux on x86, US East
(N. Virginia), as published in March 2026. Taxes, traffic, storage and load balancer come on top."""

PRICES_FROM = "AWS Fargate list price, Linux/x86, US East, March 2026"

CORES, GIGABYTES = 1, 2
"""Of one replica: the service is one process that computes on one core, and this price list sells a core with 2 GB
at least."""

HOURS = 730  # in a month


@dataclasses.dataclass(frozen=True)
class Need:
    """What one process of the service was measured to need. Made by :func:`measure`.

    Attributes
    ----------
    seconds : float
        Of a core, for one request.
    gigabytes : float
        Of memory, after the load.
    """

    seconds: float
    gigabytes: float


async def measure(running, job, requests=200):
    """Load a running service, and measure what its process used.

    Processor time is counted rather than waited for: other programs that are busy at the time hardly change it.

    Parameters
    ----------
    running : helpers.service.Service
    job : dict
        What to ask; see :func:`helpers.pay.check_jobs`.
    requests : int

    Returns
    -------
    Need
    """
    import psutil

    process = psutil.Process(running.pid)
    before = _busy(process)
    load = await load_test.run(running.address, 1, requests, job)
    answered = len(load.milliseconds) + load.connections  # which each asked once before, to warm up
    return Need((_busy(process) - before) / answered, process.memory_info().rss / 1e9)


def _busy(process):
    times = process.cpu_times()
    return times.user + times.system


def waiting(rate, service_seconds, servers):
    """Erlang C: the chance that a request has to wait, and the mean wait.

    Requests arrive at random and independently, each keeps one server busy for a random (exponential) time, and
    whoever finds all busy waits in line.

    Parameters
    ----------
    rate : float
        Requests a second.
    service_seconds : float
        Mean time that one server needs for one request.
    servers : int

    Returns
    -------
    chance : float
        0 to 1; 1 when the servers cannot keep up.
    mean_wait : float
        Seconds over all requests; infinite when they cannot keep up. Source: Erlang (1917).
    """
    load = rate * service_seconds
    if load >= servers:
        return 1.0, math.inf
    blocked = 1.0  # Erlang B, built up server by server: no factorial grows out of range
    for busy in range(1, servers + 1):
        blocked = load * blocked / (busy + load * blocked)
    chance = blocked / (1 - load / servers * (1 - blocked))
    return chance, chance * service_seconds / (servers - load)


def late(rate, service_seconds, servers, longest_wait):
    """float: share of the requests, 0 to 1, that wait longer than allowed in one line for all servers.

    See :func:`waiting`. Where each request is sent to a server at random, each server has a line of its own: ask for
    one server and its part of the rate.
    """
    chance, _ = waiting(rate, service_seconds, servers)
    spare = max(0.0, servers / service_seconds - rate)
    return chance * math.exp(-spare * longest_wait)


def slowest_wait(rate, service_seconds, servers, share=0.99):
    """float: seconds that this share of the requests waits at most; infinite when the servers cannot keep up.

    See :func:`waiting`; who waits at all waits for an exponential time.
    """
    chance, _ = waiting(rate, service_seconds, servers)
    spare = servers - rate * service_seconds
    if spare <= 0:
        return math.inf
    return max(0.0, math.log(max(chance, 1e-300) / (1 - share)) * service_seconds / spare)


def replicas(rate, service_seconds, longest_wait, share=0.99):
    """Return the fewest servers with which a request waits no longer than allowed, in the given share of cases.

    Parameters
    ----------
    rate, service_seconds : float
        See :func:`waiting`; both above 0.
    longest_wait : float
        Seconds, 0 or more.
    share : float
        0 to 1.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        For values that make no sense.
    """
    if not (0 < rate <= 1e6 and 0 < service_seconds <= 60 and longest_wait >= 0 and 0 < share < 1):
        raise ValueError(
            "Give a rate up to a million a second, a service time up to a minute and a share below 1."
        )
    servers = math.floor(rate * service_seconds) + 1
    while slowest_wait(rate, service_seconds, servers, share) > longest_wait:
        servers += 1
    return servers


def cost_a_month(servers, cores=CORES, gigabytes=GIGABYTES, prices=PRICES):
    """float: USD a month for replicas that run all the time; see :data:`PRICES` for what is not in it."""
    return servers * HOURS * (cores * prices["vcpu_hour"] + gigabytes * prices["gb_hour"])
