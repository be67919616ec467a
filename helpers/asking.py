"""Ask the running service as the job board would: adverts drawn, sent over a few connections, answers judged."""

import concurrent.futures
import time

import pandas as pd

from helpers import pay

_CONNECTIONS = 4
_PAUSE = 0.02  # seconds between two switches, so that some requests are answered in between
_SECONDS = 10  # for one answer


def draw(adverts, count, seed=0):
    """Draw adverts as they would be asked for: a row as often as its weight says.

    Parameters
    ----------
    adverts : pandas.DataFrame
        See :func:`helpers.pay.adverts`.
    count, seed : int

    Returns
    -------
    pandas.DataFrame
        `count` rows, each with weight 1.
    """
    rows = adverts.sample(count, replace=True, weights=adverts["weight"], random_state=seed)
    return rows.assign(weight=1).reset_index(drop=True)


def send(address, adverts):
    """Ask a running service for the range of each advert, over a few connections at once.

    Parameters
    ----------
    address : str
        See :func:`helpers.service.start`.
    adverts : pandas.DataFrame
        See :func:`draw`.

    Returns
    -------
    pandas.DataFrame
        `adverts` with ``status`` (of the answer; 0 if none came), ``model``, ``low`` and ``high`` (thousand USD a
        year) as answered, and ``kept``: whether the midpoint lies within.
    """
    import httpx

    def ask(client, job):
        try:
            answer = client.post("/range", json=job)
            found = answer.json() if answer.status_code == 200 else {}
        except httpx.HTTPError:
            return 0, None, None, None
        return answer.status_code, found.get("model"), found.get("low"), found.get("high")

    jobs = adverts[list(pay.FEATURES)].astype({"remote": int}).astype(object).to_dict("records")
    with (
        httpx.Client(base_url=address, timeout=_SECONDS, trust_env=False) as client,
        concurrent.futures.ThreadPoolExecutor(_CONNECTIONS) as workers,
    ):
        rows = list(workers.map(lambda job: ask(client, job), jobs))
    answers = pd.DataFrame(
        rows, columns=["answered", "model", "answer_low", "answer_high"], index=adverts.index
    )
    table = adverts.drop(columns=["low", "high"]).join(
        answers.rename(columns={"answered": "status", "answer_low": "low", "answer_high": "high"})
    )
    table = table.astype({"low": float, "high": float})  # None, where no answer came, becomes NaN
    return table.assign(kept=table["midpoint"].between(table["low"], table["high"]))


def switch_under_load(running, adverts, requests=400, seed=0):
    """Move all traffic to the challenger and back while requests are under way.

    Parameters
    ----------
    running : helpers.service.Service
        With a challenger; see :meth:`helpers.service.Service.challenge`.
    adverts : pandas.DataFrame
        What the service is asked for; see :func:`draw`.
    requests, seed : int

    Returns
    -------
    answers : pandas.DataFrame
        See :func:`send`.
    switches : int
        How often the traffic was moved before the last answer had come.
    """
    switches = 0
    with concurrent.futures.ThreadPoolExecutor(1) as background:
        under_way = background.submit(send, running.address, draw(adverts, requests, seed))
        while not under_way.done():
            running.traffic(1.0 if switches % 2 == 0 else 0.0)
            switches += 1
            time.sleep(_PAUSE)
        running.traffic(0.0)
    return under_way.result(), switches


def model_errors(address, name):
    """int: how often a model has failed since the service was started, as its page ``/metrics`` says."""
    import httpx
    from prometheus_client.parser import text_string_to_metric_families

    text = httpx.get(f"{address}/metrics", timeout=_SECONDS, trust_env=False).text
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return int(
        sum(
            sample.value
            for sample in samples
            if sample.name == "pay_model_errors_total" and sample.labels.get("model") == name
        )
    )
