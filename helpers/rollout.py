"""Release a model step by step: adverts are sent to the running service, and its answers decide about the next step.

Whoever asks notices nothing: the champion answers until the challenger has earned its share, and goes on
answering when the challenger is taken back.
"""

import concurrent.futures
import time

import numpy as np
import pandas as pd

from helpers import pay, pay_scores

STEPS = (0.2, 0.5, 1.0)
"""Share of the requests that the challenger answers, step by step."""

MOST_ERRORS = 0.01
"""Share of a step's requests in which the challenger may fail."""

LOST = 0.10
"""Coverage that the challenger may lose against the champion, beyond what chance explains."""

FEWEST = 15
"""Answers of the challenger below which its coverage says nothing yet."""

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


def verdict(answers, challenger, errors):
    """Judge one step of a release.

    Parameters
    ----------
    answers : pandas.DataFrame
        See :func:`send`.
    challenger : str
        Name of the model on trial.
    errors : int
        How often it failed, and the champion stood in for it.

    Returns
    -------
    str
        ``"go on"``, or ``"roll back: "`` and the reason.
    """
    if errors > MOST_ERRORS * len(answers):
        return "roll back: errors"
    new = answers["model"] == challenger
    if new.sum() >= FEWEST and not new.all():
        ours, theirs = answers["kept"][new].mean(), answers["kept"][~new].mean()
        up = pay_scores.wilson(ours, int(new.sum()))[1] - ours
        down = theirs - pay_scores.wilson(theirs, int((~new).sum()))[0]
        if ours - theirs + np.hypot(up, down) < -LOST:  # Newcombe's interval of a difference (1998)
            return "roll back: coverage"
    return "go on"


def release(running, model, name, adverts, steps=STEPS, requests=150, seed=0):
    """Give a challenger more and more of the traffic; take it back at the first bad sign, promote it at the end.

    It is promoted while further requests are under way, so that the switch itself is measured, too.

    Parameters
    ----------
    running : helpers.service.Service
        With a champion.
    model : bytes
        The challenger; see :func:`helpers.onnx_model.export`.
    name : str
        Its name, as it was exported.
    adverts : pandas.DataFrame
        What the service is asked for; see :func:`helpers.pay.adverts`.
    steps : sequence of float
        The last one is 1.
    requests : int
        For each step.
    seed : int

    Returns
    -------
    pandas.DataFrame
        One row a step: ``weight``, ``by_challenger`` (share of the answers, %), ``failed`` (requests without a good
        answer, during the promotion included), ``errors`` (of the challenger), ``kept`` (% of its ranges that held, NaN without answers),
        ``verdict``.
    """
    running.challenge(model)
    rows = []
    for place, weight in enumerate(steps):
        before = model_errors(running.address, name)
        running.traffic(weight)
        answers = send(running.address, draw(adverts, requests, seed + place))
        errors = model_errors(running.address, name) - before
        new = answers["model"] == name
        decision = verdict(answers, name, errors)
        rows.append(
            {
                "weight": weight,
                "by_challenger": 100 * new.mean(),
                "failed": int((answers["status"] != 200).sum()),
                "errors": errors,
                "kept": 100 * answers["kept"][new].mean(),
                "verdict": decision,
            }
        )
        if decision != "go on":
            running.traffic(0.0)
            running.challenge(None)
            return pd.DataFrame(rows)
    with concurrent.futures.ThreadPoolExecutor(1) as background:
        under_way = background.submit(send, running.address, draw(adverts, requests, seed + len(steps)))
        time.sleep(_PAUSE)
        running.promote()
    rows[-1]["failed"] += int((under_way.result()["status"] != 200).sum())
    return pd.DataFrame(rows)


def switch_under_load(running, adverts, requests=400, seed=0):
    """Move all traffic to the challenger and back while requests are under way.

    Parameters
    ----------
    running : helpers.service.Service
        With a challenger; see :meth:`helpers.service.Service.challenge`.
    adverts, requests, seed
        See :func:`release`.

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


def shadow(running, model, adverts, requests=150, seed=0):
    """Let a challenger answer beside the champion, unseen, and compare the two.

    Parameters
    ----------
    running, model, adverts, requests, seed
        See :func:`release`.

    Returns
    -------
    pandas.DataFrame
        One row a request: ``low``, ``high`` (as sent) and ``shadow_low``, ``shadow_high`` (thousand USD a year).
    """
    running.challenge(model)
    running.traffic(0.0, shadow=True)
    send(running.address, draw(adverts, requests, seed))
    running.traffic(0.0)
    rows = [row for row in running.log()[-requests:] if row["shadow"]]
    return pd.DataFrame(
        {
            "low": [row["low"] for row in rows],
            "high": [row["high"] for row in rows],
            "shadow_low": [row["shadow"][0] for row in rows],
            "shadow_high": [row["shadow"][1] for row in rows],
        }
    )
