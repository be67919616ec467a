"""The pay-range service. All of it is on this page: the door, the models, the traffic, the log and the counts.

It runs in a folder with ``champion.onnx``, perhaps ``challenger.onnx``, and perhaps ``traffic.json``, such as
``{"weight": 0.2, "shadow": false}``: the share of requests that the challenger answers, or whether it answers every one
without being heard. A change of any of these files counts from the next request on.
"""

import contextlib
import json
import random
from collections import deque
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import prometheus_client as prometheus
from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from pydantic import Field

from helpers.pay import FEATURES, Job
from helpers.service import model

MOST, LONGEST = 1_000, 300_000  # adverts and bytes in one request
KEPT = 2_000  # answers that the log remembers

# The usual pages of documentation load their scripts from elsewhere, and a redirect goes where the caller says.
app = FastAPI(title="Pay ranges", docs_url=None, redoc_url=None, redirect_slashes=False)
answers = prometheus.Counter("pay_answers", "Adverts answered.", ["model"])
failures = prometheus.Counter("pay_model_failures", "Requests that a model could not answer.", ["model"])
seconds = prometheus.Histogram("pay_answer_seconds", "Time that a request spends in the models.")
log = deque(maxlen=KEPT)  # of JSON, so that it is quick to hand out


def read(name):
    """What is in a file of the folder, read again when it has changed; None if there is none."""
    with contextlib.suppress(FileNotFoundError):
        state = Path(name).stat()
        return load(name, state.st_mtime_ns, state.st_ino)


@lru_cache(maxsize=10)
def load(name, *state):
    """What is in a file; None if it is not taken."""
    read_as = json.loads if name.endswith(".json") else model.from_bytes
    with contextlib.suppress(ValueError):
        return read_as(Path(name).read_bytes())


def predict(served, columns):
    """Ranges of one model. Whatever it does instead is counted as a failure, and gives None."""
    try:
        return served.run(columns).tolist()
    except Exception:
        failures.labels(served.name).inc()


def answer(jobs):
    """Ranges for some jobs, and the name of the model that gave them: the champion stands in for the challenger."""
    columns = {name: [getattr(job, name) for job in jobs] for name in FEATURES}
    champion, challenger, traffic = read("champion.onnx"), read("challenger.onnx"), read("traffic.json") or {}
    shadow, weight = traffic.get("shadow", False), traffic.get("weight", 0)
    asked = challenger is not None and (shadow or random.random() < weight)
    old = new = None
    with seconds.time():
        if asked:
            new = predict(challenger, columns)
        if champion is not None and (shadow or new is None):
            old = predict(champion, columns)
    chosen, ranges = (challenger, new) if new and not shadow else (champion, old)
    if ranges is None:
        raise HTTPException(503, "No model can answer at the moment. Try again later.")
    nothing = [None] * len(jobs)
    for job, champions, challengers in zip(jobs, old or nothing, new or nothing, strict=True):
        given = {"model": chosen.name, "champion": champions, "challenger": challengers, "asked": asked}
        log.append(json.dumps(job.model_dump() | given))
    answers.labels(chosen.name).inc(len(jobs))
    return ranges, chosen.name


@app.exception_handler(RequestValidationError)
async def refuse(request, error):
    """What is wrong, without what was sent: JSON from a caller may hold what no answer can, such as NaN."""
    faults = [{key: fault[key] for key in ("loc", "msg", "type")} for fault in error.errors()]
    return Response(json.dumps({"detail": faults}), 422, media_type="application/json")


# Each function is `async`: it answers in the server's own loop. A thread for each would cost more than the answer.
@app.post("/range", max_body_size=LONGEST)
async def pay_range(job: Job):
    """The range for one advert."""
    [(low, high)], name = answer([job])
    return {"low": round(low), "high": round(high), "unit": "thousand USD a year", "model": name}


@app.post("/ranges", max_body_size=LONGEST)
async def pay_ranges(jobs: Annotated[list[Job], Field(min_length=1, max_length=MOST, fail_fast=True)]):
    """The ranges for many adverts, answered by one model."""
    ranges, name = answer(jobs)
    return JSONResponse({"ranges": ranges, "unit": "thousand USD a year", "model": name})


@app.get("/health")
async def health():
    """Is there a model, and which?"""
    champion = read("champion.onnx")
    if champion is None:
        raise HTTPException(503, "There is no model that can be used.")
    return {"status": "ready", "model": champion.name}


@app.get("/log")
async def recent():
    """The answers that were given, the oldest first."""
    return Response(f"[{','.join(log)}]", media_type="application/json")


@app.get("/metrics")
async def metrics():
    """Counts and times, as monitors read them."""
    return PlainTextResponse(prometheus.generate_latest())


@app.get("/")
async def form():
    """A page for people, which asks /range."""
    return FileResponse(Path(__file__).with_name("form.html"))
