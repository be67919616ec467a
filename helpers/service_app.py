"""The web application of the pay-range service: what it accepts, how it answers, what it counts.

It runs in a process of its own, see :mod:`helpers.service`. Every request is bounded in size, time and count, and
every refusal is one sentence that says what to send.
"""

import collections
import random
from typing import Annotated, Literal

import anyio.to_thread
import prometheus_client
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from helpers import pay, service_pages
from helpers.service_limits import MOST_ADVERTS, Limits

EXAMPLE = {"role": "ML Engineer", "level": "SE", "remote": 0, "country": "US"}
_KEPT = 20_000  # answers that can be asked for afterwards
_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5)


def _no_truth(value):
    return str(value) if isinstance(value, bool) else value  # else False passes for 0


class Job(BaseModel):
    """What must be known of an advert."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})

    role: Literal[pay.ALL_ROLES]
    level: Literal[tuple(pay.LEVELS)]
    remote: Annotated[Literal[tuple(pay.REMOTE)], BeforeValidator(_no_truth)]
    country: Literal[tuple(pay.COUNTRIES)]


class Jobs(BaseModel):
    """Many adverts at once."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"adverts": [EXAMPLE]}})

    adverts: list[Job]


class PayRange(BaseModel):
    """A range of advertised pay."""

    low: int
    high: int
    unit: str = "thousand USD a year"
    basis: str
    adverts: int
    model: str


class PayRanges(BaseModel):
    """Ranges in the order of the adverts; one model answers a whole batch."""

    ranges: list[tuple[int, int]]
    unit: str = "thousand USD a year"
    model: str


class Traffic:
    """The models that answer, and which share of the requests each gets.

    Parameters
    ----------
    champion : OnnxModel
        Or any object with ``name``, ``first``, ``last``, ``basis`` and ``run(columns)`` of :class:`helpers.onnx_model.OnnxModel`.
    registry : prometheus_client.CollectorRegistry
    """

    def __init__(self, champion, registry):
        self.champion, self.challenger = champion, None
        self.weight, self.shadow = 0.0, False
        self.recent = collections.deque(maxlen=_KEPT)
        self._random = random.Random(0)
        self._answers = prometheus_client.Counter(
            "pay_answers", "Adverts answered, by model.", ["model"], registry=registry
        )
        self._errors = prometheus_client.Counter(
            "pay_model_errors", "Predictions that failed, by model.", ["model"], registry=registry
        )
        self._weight = prometheus_client.Gauge(
            "pay_canary_weight", "Share of the requests that the challenger answers.", registry=registry
        )

    def direct(self, weight, shadow):
        """Give the challenger a share of the requests, or let it answer beside the champion, unseen."""
        self.weight, self.shadow = weight, shadow
        self._weight.set(weight)

    def answer(self, jobs):
        """Return the ranges of jobs and the model that answered; a failing challenger is stood in for.

        Parameters
        ----------
        jobs : list of Job

        Returns
        -------
        ranges : list of list of float
        model : OnnxModel
        """
        columns = {name: [getattr(job, name) for job in jobs] for name in pay.FEATURES}
        champion, challenger = self.champion, self.challenger  # both stay the same through this request
        chosen, ranges = champion, None
        if challenger and self.weight and self._random.random() < self.weight:
            ranges = self._try(challenger, columns)
            chosen = champion if ranges is None else challenger
        if ranges is None:
            try:
                ranges = champion.run(columns).tolist()
            except Exception:
                self._errors.labels(champion.name).inc()
                raise
        unseen = self._try(challenger, columns) if challenger and self.shadow else None
        self._answers.labels(chosen.name).inc(len(jobs))
        for place, job in enumerate(jobs):
            self.recent.append((job, chosen.name, ranges[place], unseen[place] if unseen else None))
        return ranges, chosen

    def _try(self, model, columns):
        try:
            return model.run(columns).tolist()
        except Exception:  # whatever a new model does, the person who asked gets an answer
            self._errors.labels(model.name).inc()
            return None

    def log(self):
        """list of dict: the answers kept, oldest first: the job, ``model``, ``low``, ``high``, and ``shadow``."""
        return [
            {**job.model_dump(), "model": name, "low": ends[0], "high": ends[-1], "shadow": unseen}
            for job, name, ends, unseen in self.recent
        ]


def sentence(error):
    """Say in one sentence what is wrong with a request and what to send.

    Parameters
    ----------
    error : dict
        One of `RequestValidationError.errors()`.

    Returns
    -------
    str
        At most 320 characters: what was sent is quoted shortened, with signs that cannot be printed escaped.
    """
    place = [str(part) for part in error["loc"] if part != "body"]
    name = place[-1] if place else ""
    where = f" in advert {int(place[1]) + 1}" if len(place) > 2 and place[1].isdigit() else ""
    sent = repr(error.get("input"))[:40]
    if error["type"] == "json_invalid":
        return f"This is not JSON: send, for example, {_example()}."
    if error["type"] == "extra_forbidden":
        return f"{name[:40]!r} is not a field that is known{where}: send {', '.join(pay.FEATURES)}."
    if error["type"] == "missing" and name in pay.FEATURES:
        return f"The {name} is missing{where}: choose {_accepted(name)}."
    if name in pay.FEATURES:
        return f"{sent} is not a {name} that is known{where}: choose {_accepted(name)}."
    if place[:1] == ["adverts"]:
        return f'Send a list of adverts: {{"adverts": [{_example()}]}}.'
    return f"Send a JSON object with {', '.join(pay.FEATURES)}, for example {_example()}."


def _example():
    return '{"role": "ML Engineer", "level": "SE", "remote": 0, "country": "US"}'


def _accepted(name):
    values = {"role": pay.ALL_ROLES, "level": pay.LEVELS, "remote": pay.REMOTE, "country": pay.COUNTRIES}[
        name
    ]
    return ", ".join(map(str, values))


def _refuse(status, message):
    return JSONResponse({"error": message}, status)


def build(champion):
    """Make the application.

    Parameters
    ----------
    champion : OnnxModel
        The model that answers at first.

    Returns
    -------
    app : fastapi.FastAPI
    traffic : Traffic
        What the process that owns the application may change while it runs.
    """
    registry = prometheus_client.CollectorRegistry()
    traffic = Traffic(champion, registry)
    seconds = prometheus_client.Histogram(
        "pay_request_seconds", "Time to answer.", ["path"], registry=registry, buckets=_BUCKETS
    )
    requests = prometheus_client.Counter(
        "pay_requests", "Requests, by path and status.", ["path", "status"], registry=registry
    )
    app = FastAPI(title="Pay ranges", version="1", docs_url=None, redoc_url=None)
    app.add_middleware(Limits, requests=requests, seconds=seconds)
    # A page of another site that is open in the same browser must not be able to talk to us by a name of its own.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])

    @app.exception_handler(RequestValidationError)
    async def invalid(request, error):
        if "json" not in request.headers.get("content-type", ""):
            return _refuse(415, "Say that it is JSON: send the header 'Content-Type: application/json'.")
        return _refuse(422, sentence(error.errors()[0]))

    @app.exception_handler(HTTPException)
    async def refused(request, error):
        known = {
            400: f"This is not JSON that can be read: send, for example, {_example()}.",
            404: "There is nothing here: see /docs for what there is.",
            405: f"{request.url.path[:40]} is not asked in this way: see /docs.",
        }
        return _refuse(error.status_code, known.get(error.status_code, "The request could not be answered."))

    @app.post("/range")
    async def pay_range(job: Job) -> PayRange:
        """Suggest a range for one advert. Four in five comparable adverts have their midpoint in it."""
        ranges, model = traffic.answer([job])
        return describe(job, ranges[0], model)

    @app.post("/ranges")
    async def pay_ranges(jobs: Jobs) -> PayRanges:
        """Suggest ranges for up to 10,000 adverts at once."""
        if not 1 <= len(jobs.adverts) <= MOST_ADVERTS:
            return _refuse(422, f"Send 1 to {MOST_ADVERTS:,} adverts at once: split a longer file.")
        # A large batch must not keep others waiting: it leaves the loop that answers them.
        ranges, model = await anyio.to_thread.run_sync(traffic.answer, jobs.adverts)
        ends = [(round(ends[0]), round(ends[-1])) for ends in ranges]
        return JSONResponse({"ranges": ends, "unit": "thousand USD a year", "model": model.name})

    @app.get("/health")
    async def health() -> dict[str, str]:
        """Say whether the service is ready."""
        return {"status": "ready", "model": traffic.champion.name}

    @app.get("/metrics", include_in_schema=False)
    async def metrics():
        return Response(
            prometheus_client.generate_latest(registry), media_type=prometheus_client.CONTENT_TYPE_LATEST
        )

    @app.get("/docs", include_in_schema=False)
    async def docs():
        return _page(service_pages.reference(app.openapi()))

    @app.get("/", include_in_schema=False)
    async def form(request: Request):
        asked = {name: value[:200] for name, value in request.query_params.items() if name in pay.FEATURES}
        if not asked:
            return _page(service_pages.form({}))
        try:
            job = Job(**service_pages.read(asked))
        except ValueError as error:
            return _page(service_pages.form(asked, problem=_problem(error)), 422)
        ranges, model = traffic.answer([job])
        answer = describe(job, ranges[0], model)
        return _page(service_pages.form(asked, answer=answer, job=job, period=(model.first, model.last)))

    return app, traffic


def _problem(error):
    return sentence(error.errors()[0]) if hasattr(error, "errors") else str(error)


def _page(text, status=200):
    # Nothing from elsewhere, no script at all: what a person pasted cannot become one.
    rule = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    return HTMLResponse(text, status, headers={"Content-Security-Policy": rule})


def describe(job, ends, model):
    """Return the answer for one job: rounded ends and what they rest on.

    Parameters
    ----------
    job : Job
    ends : sequence of float
        Thousand USD a year, from low to high.
    model : OnnxModel

    Returns
    -------
    PayRange
    """
    count = model.basis.get((job.role, job.level, job.country), 0)
    basis = (
        f"from {count:,} adverts" if count > 1
        else "from 1 advert" if count
        else "from no advert of this kind: a guess from other kinds"
    )  # fmt: skip
    return PayRange(low=round(ends[0]), high=round(ends[-1]), basis=basis, adverts=count, model=model.name)
