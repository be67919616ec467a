"""Bounds on what the service takes: size of a request, time for it, number at once. Every refusal is a sentence."""

import asyncio
import json
import logging
import time

MOST_ADVERTS = 10_000
"""In one request."""

MOST_BYTES = 2_000_000
"""Of a request: 10,000 adverts have about one million."""

MOST_BYTES_OF_ONE = 10_000
"""Of a request about one advert."""

MOST_SECONDS = 10
"""Until a new connection has made its first request, and from the head of a request to its answer."""

MOST_AT_ONCE = 256
"""Requests that are being answered."""

PATHS = ("/", "/range", "/ranges", "/health", "/metrics", "/docs", "/openapi.json")


class _TooLarge(Exception):
    pass


_log = logging.getLogger(__name__)


class Limits:
    """Middleware that holds the bounds and counts what went through.

    Parameters
    ----------
    app : callable
        The ASGI application behind it.
    requests : prometheus_client.Counter
        With labels ``path`` and ``status``.
    seconds : prometheus_client.Histogram
        With the label ``path``.
    """

    def __init__(self, app, requests, seconds):
        self._app, self._requests, self._seconds = app, requests, seconds
        self._running = 0

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        path = scope["path"] if scope["path"] in PATHS else "elsewhere"  # a stranger must not make up labels
        most = MOST_BYTES_OF_ONE if path == "/range" else MOST_BYTES
        start, taken, status, refusal = time.perf_counter(), 0, None, None

        async def bounded():
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise _TooLarge
            return message

        async def noted(message):
            nonlocal status
            if taken > most and not refusal:
                return  # the framework takes our exception for bad JSON and says so
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._running += 1
        try:
            if self._running > MOST_AT_ONCE:
                refusal = 503, "Too many requests at once: wait a second and send it again."
            elif _announced(scope) > most:
                raise _TooLarge
            else:
                async with asyncio.timeout(MOST_SECONDS):
                    await self._app(scope, bounded, noted)
                if taken > most:
                    raise _TooLarge
        except _TooLarge:
            refusal = 413, f"A request to {path} has at most {most:,} bytes: split the adverts over several."
        except TimeoutError:
            refusal = 408, f"The request took over {MOST_SECONDS} seconds: send fewer adverts at once."
        except Exception:
            _log.exception("A request to %s failed", path)
            refusal = 500, "The service failed: ask /health whether it is ready, and send the request again."
        finally:
            self._running -= 1
        if refusal and status is None:
            await _answer(noted, *refusal)
        self._requests.labels(path, str(status or "gone")).inc()
        self._seconds.labels(path).observe(time.perf_counter() - start)


def _announced(scope):
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _answer(send, status, message):
    body = json.dumps({"error": message}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
