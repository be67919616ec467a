"""Release a model step by step: adverts are sent to the running service, and its answers decide about the next step.

Whoever asks notices nothing: the champion answers until the challenger has earned its share, and goes on
answering when the challenger is taken back.
"""

import concurrent.futures
import contextlib
import time

import numpy as np
import pandas as pd

from helpers import asking, onnx_model, pay_scores
from helpers import service_old as service

STEPS = (0.0, 0.2, 0.5, 0.9)
"""Share of the requests that the challenger answers, step by step; at 0 it answers unseen. The last step leaves the
champion a tenth, so that there is something to compare with."""

MOST_ERRORS = 0.01
"""Share of its attempts in which the challenger may fail."""

FEWEST_ERRORS = 2
"""Errors below which nothing is concluded: a single one may be an accident."""

WIDER = 1.25
"""How many times as wide as the champion's ranges the challenger's may be, for the same adverts."""

LOST = 0.10
"""Coverage that the challenger may lose against the champion, beyond what chance explains."""

FEWEST = 15
"""Answers of either model below which coverage says nothing yet."""

_PAUSE = 0.02  # seconds in which some requests are answered before the challenger is promoted
_STEP = 150  # requests


def shadow(running, model, adverts, requests=_STEP, seed=0):
    """Let a challenger answer beside the champion, unseen, and compare the two.

    Parameters
    ----------
    running, model, adverts
        See :func:`release`.
    requests, seed : int

    Returns
    -------
    pandas.DataFrame
        One row a request that both answered: ``low``, ``high`` (as sent) and ``shadow_low``, ``shadow_high``
        (thousand USD a year).
    """
    running.challenge(model)
    beside, _answers = _beside(running, adverts, requests, seed)
    running.challenge(None)
    return beside


def _beside(running, adverts, requests, seed):
    running.traffic(0.0, shadow=True)
    answers = asking.send(running.address, asking.draw(adverts, requests, seed))
    running.traffic(0.0)
    rows = [(row["low"], row["high"], *row["shadow"]) for row in running.log()[-requests:] if row["shadow"]]
    return pd.DataFrame(rows, columns=["low", "high", "shadow_low", "shadow_high"]), answers


def verdict(answers, challenger, errors=0, attempts=0, wider=1.0):
    """Judge a release so far.

    Parameters
    ----------
    answers : pandas.DataFrame
        What was sent to those who asked; see :func:`helpers.asking.send`.
    challenger : str
        Name of the model on trial.
    errors, attempts : int
        How often it failed, and the champion stood in for it; how often it was asked.
    wider : float
        Mean width of its ranges over that of the champion's, for the same adverts.

    Returns
    -------
    str
        ``"go on"``, or ``"roll back: "`` and the reason.
    """
    if errors >= FEWEST_ERRORS and errors > MOST_ERRORS * attempts:
        return "roll back: errors"
    if (answers["status"] != 200).any():
        return "roll back: failed requests"
    if wider > WIDER:
        return "roll back: width"
    new = answers["model"] == challenger
    kept = answers["kept"]
    if clearly_worse(kept[new].sum(), new.sum(), kept[~new].sum(), (~new).sum()):
        return "roll back: coverage"
    return "go on"


def clearly_worse(ours, our_count, theirs, their_count):
    """Say whether one coverage is surely more than :data:`LOST` below another.

    Parameters
    ----------
    ours, our_count, theirs, their_count : int or numpy.ndarray
        Ranges that held, and answers, of challenger and champion.

    Returns
    -------
    bool or numpy.ndarray of bool
        By Newcombe's 95% interval of a difference of two shares (1998); never with fewer than :data:`FEWEST` answers.
    """
    n, m = np.maximum(our_count, 1), np.maximum(their_count, 1)
    one, other = ours / n, theirs / m
    up = pay_scores.wilson(one, n)[1] - one
    down = other - pay_scores.wilson(other, m)[0]
    enough = np.minimum(our_count, their_count) >= FEWEST
    return enough & (one - other + np.hypot(up, down) < -LOST)


def taken_back(champion, lost, requests=_STEP, draws=2000, seed=0):
    """Simulate how often the rule takes back a challenger by its coverage.

    Parameters
    ----------
    champion : float
        Its coverage, 0 to 1.
    lost : float
        How much less the challenger's truly is.
    requests, draws, seed : int

    Returns
    -------
    float
        Share of the simulated releases, 0 to 1, each with the steps and requests of a real one.
    """
    rng, weights = np.random.default_rng(seed), np.array(STEPS[1:])
    to_new = rng.binomial(requests, weights, size=(draws, len(weights)))
    kept_new = rng.binomial(to_new, champion - lost).cumsum(axis=1)
    kept_old = rng.binomial(requests - to_new, champion).cumsum(axis=1)
    counts = to_new.cumsum(axis=1), (requests - to_new).cumsum(axis=1)
    return float(clearly_worse(kept_new, counts[0], kept_old, counts[1]).any(axis=1).mean())


def release(running, model, adverts, requests=_STEP, seed=0):
    """Give a challenger more and more of the traffic; take it back at the first bad sign, promote it at the end.

    Coverage is judged on all answers since the canary began: steps follow each other at once, on the same adverts.
    The challenger is promoted while further requests are under way, so that the switch is measured, too. Whatever
    interrupts a release, the champion answers alone afterwards.

    Parameters
    ----------
    running : helpers.service.Service
        With a champion.
    model : bytes
        The challenger; see :func:`helpers.onnx_model.export`.
    adverts : pandas.DataFrame
        What the service is asked for; see :func:`helpers.pay.adverts`.
    requests : int
        For each of :data:`STEPS`.
    seed : int

    Returns
    -------
    pandas.DataFrame
        One row a step, and one for the promotion: ``weight``, ``requests``, ``by_challenger`` (of the answers),
        ``failed`` (requests without a good answer), ``errors`` (of the challenger), ``wider`` (than the champion's
        ranges, in the shadow), ``kept`` (% of its ranges that held, NaN without answers), ``verdict``.
    """
    name = onnx_model.load(model).name
    running.challenge(model)
    try:
        return _release(running, name, adverts, requests, seed)
    finally:
        with contextlib.suppress(service.ServiceError):  # it may be what has died
            running.traffic(0.0)
            running.challenge(None)


def _release(running, name, adverts, requests, seed):
    rows, sent, wider = [], [], 1.0
    for place, weight in enumerate(STEPS):
        before = asking.model_errors(running.address, name)
        if weight:
            running.traffic(weight)
            answers = asking.send(running.address, asking.draw(adverts, requests, seed + place))
            sent.append(answers)
            attempts = int((answers["model"] == name).sum())
        else:
            beside, answers = _beside(running, adverts, requests, seed)
            attempts = len(beside)
            wider = float(
                (beside["shadow_high"] - beside["shadow_low"]).mean()
                / (beside["high"] - beside["low"]).mean()
            )
        errors = asking.model_errors(running.address, name) - before
        judged = pd.concat(sent) if sent else answers
        rows.append(_row(weight, answers, name, errors, wider))
        rows[-1]["verdict"] = verdict(judged, name, errors, attempts + errors, wider)
        if rows[-1]["verdict"] != "go on":
            return pd.DataFrame(rows)
    with concurrent.futures.ThreadPoolExecutor(1) as background:
        under_way = background.submit(
            asking.send, running.address, asking.draw(adverts, requests, seed + len(STEPS))
        )
        time.sleep(_PAUSE)
        running.promote()
    answers = under_way.result()
    failed = (answers["status"] != 200).any()
    said = "promoted, but requests failed" if failed else "promoted"
    return pd.DataFrame([*rows, {**_row(1.0, answers, name, 0, wider), "verdict": said}])


def _row(weight, answers, name, errors, wider):
    new = answers["model"] == name
    return {
        "weight": weight,
        "requests": len(answers),
        "by_challenger": int(new.sum()),
        "failed": int((answers["status"] != 200).sum()),
        "errors": errors,
        "wider": wider,
        "kept": 100 * answers["kept"][new].mean(),
    }
