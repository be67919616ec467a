"""The pay-range service. All of it is on this page: the door, the models, the traffic, the counts.

It runs in a folder that holds ``champion.onnx``, perhaps ``challenger.onnx``, and perhaps ``traffic.json`` with
``{"weight": 0.2, "shadow": false}``: the share of requests that the challenger answers, or whether it answers every one
without being heard. A change of any of these files counts from the next request on.
"""

import json
import random
import threading
from collections import deque
from pathlib import Path
from typing import Annotated

import prometheus_client as prometheus
from fastapi import FastAPI, HTTPException
from fastapi.responses import HTMLResponse, PlainTextResponse
from pydantic import Field

from helpers.pay import Job
from helpers.service import model

MOST = 10_000  # adverts in one request
KEPT = 50_000  # answers that the log remembers

app = FastAPI(
    title="Pay ranges", docs_url=None, redoc_url=None
)  # the usual pages load scripts from elsewhere
answers = prometheus.Counter("pay_answers", "Adverts answered.", ["model"])
failures = prometheus.Counter("pay_model_failures", "Requests that a model could not answer.", ["model"])
seconds = prometheus.Histogram("pay_answer_seconds", "Time that a request spends in the model.")
log = deque(maxlen=KEPT)
reading = threading.Lock()
files = {}  # name -> (when it was changed, what is in it)


def read(name):
    """What is in a file of the folder, read again when it has changed; None if there is none or it is not taken."""
    try:
        changed = Path(name).stat().st_mtime_ns
    except FileNotFoundError:
        return None
    with reading:
        if name not in files or files[name][0] != changed:
            data = Path(name).read_bytes()
            try:
                files[name] = changed, json.loads(data) if name.endswith(".json") else model.from_bytes(data)
            except ValueError:  # a bad file leaves the one before in place
                files[name] = changed, files.get(name, (0, None))[1]
    return files[name][1]


def predict(served, columns, count):
    """Ranges of one model, or None if it has none to give: an answer that is no range counts as a failure."""
    try:
        ranges = served.run(columns)
    except Exception:  # whatever a new model does, the person who asked gets an answer
        ranges = None
    if not model.are_ranges(ranges, count):
        failures.labels(served.name).inc()
        return None
    return ranges


def answer(jobs):
    """Ranges for some jobs, and the name of the model that gave them."""
    columns = {name: [getattr(job, name) for job in jobs] for name in model.pay.FEATURES}
    champion, challenger, traffic = read("champion.onnx"), read("challenger.onnx"), read("traffic.json") or {}
    asked = challenger and (traffic.get("shadow") or random.random() < traffic.get("weight", 0))
    with seconds.time():
        new = predict(challenger, columns, len(jobs)) if asked else None
        heard = new is not None and not traffic.get("shadow")
        old = None if heard or champion is None else predict(champion, columns, len(jobs))
    if not heard and old is None:
        raise HTTPException(503, "No model can answer at the moment. Try again later.")
    chosen = challenger if heard else champion
    for place, job in enumerate(jobs):
        pairs = [None if given is None else given[place].tolist() for given in (old, new)]
        log.append(
            {
                **job.model_dump(),
                "model": chosen.name,
                "champion": pairs[0],
                "challenger": pairs[1],
                "asked": bool(asked),
            }
        )
    answers.labels(chosen.name).inc(len(jobs))
    return (new if heard else old).tolist(), chosen.name


@app.post("/range")
def pay_range(job: Job):
    """The range for one advert."""
    (ends,), name = answer([job])
    return {"low": round(ends[0]), "high": round(ends[1]), "unit": "thousand USD a year", "model": name}


@app.post("/ranges")
def pay_ranges(jobs: Annotated[list[Job], Field(min_length=1, max_length=MOST)]):
    """The ranges for many adverts, answered by one model."""
    ranges, name = answer(jobs)
    return {"ranges": ranges, "unit": "thousand USD a year", "model": name}


@app.get("/health")
def health():
    """Is there a model, and which?"""
    champion = read("champion.onnx")
    if champion is None:
        raise HTTPException(503, "There is no model that can be used.")
    return {"status": "ready", "model": champion.name}


@app.get("/log")
def recent():
    """The answers that were given, the oldest first."""
    return list(log)


@app.get("/metrics", response_class=PlainTextResponse)
def metrics():
    """Counts and times, as monitors read them."""
    return prometheus.generate_latest().decode()


@app.get("/", response_class=HTMLResponse)
def form():
    """A page for people, which asks /range."""
    return Path(__file__).with_name("form.html").read_text("utf-8")
