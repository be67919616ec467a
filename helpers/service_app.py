"""The web application of the pay-range service: what can be asked, and what is counted.

It runs in a process of its own, see :mod:`helpers.service`. Every request is bounded in size, time and count, and
every refusal is one sentence that says what to send.
"""

import anyio.to_thread
import prometheus_client
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from helpers import pay, service_door, service_pages
from helpers.service_door import Job, Jobs, PayRange, PayRanges
from helpers.service_limits import Limits
from helpers.service_traffic import Traffic

_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5)


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
        return _refuse(422, service_door.sentences(error))

    @app.exception_handler(HTTPException)
    async def refused(request, error):
        known = {
            400: f"This is not JSON that can be read: send, for example, {service_door.example()}.",
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
        # A large batch must not keep others waiting: it leaves the loop that answers them.
        ranges, model = await anyio.to_thread.run_sync(traffic.answer, jobs.adverts)
        ends = [(round(ends[0]), round(ends[-1])) for ends in ranges]
        counts = [_basis(job, model) for job in jobs.adverts]
        return JSONResponse(
            {"ranges": ends, "adverts": counts, "unit": "thousand USD a year", "model": model.name}
        )

    @app.get("/health")
    async def health() -> dict[str, str]:
        """Say whether the service is ready: the model in charge is really asked."""
        try:
            traffic.champion.run({name: [value] for name, value in service_door.EXAMPLE.items()})
        except Exception:
            return _refuse(503, "The model does not answer: start the service with another.")
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
    return service_door.sentences(error) if hasattr(error, "errors") else str(error)


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
    count = _basis(job, model)
    basis = (
        f"from {count:,} adverts" if count > 1
        else "from 1 advert" if count
        else "from no advert of this kind: a guess from other kinds"
    )  # fmt: skip
    return PayRange(low=round(ends[0]), high=round(ends[-1]), basis=basis, adverts=count, model=model.name)


def _basis(job, model):
    """How many adverts of exactly this kind the model learned from."""
    return model.basis.get(tuple(getattr(job, name) for name in pay.FEATURES), 0)
