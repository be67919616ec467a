"""The process of a service: ``python -m helpers.service.serve app.py``. Its limits hold for any application."""

import contextlib
import importlib.util
import os
import signal
import socket
import sys
import threading
from pathlib import Path

import uvicorn
from starlette.responses import JSONResponse
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST = 200  # callers at a time; then 503 at once, not a queue without end
FULL = f"The service is full: it serves {MOST} callers at a time. Try again in a moment."


class Impatient(H11Protocol):
    """Closes a connection whose request is not there in time. uvicorn itself does so only between two of them."""

    late = None

    def connection_made(self, transport):
        super().connection_made(transport)
        self._wait()

    def handle_events(self):
        super().handle_events()
        self._wait()

    def _wait(self):
        unfinished = self.cycle is None or self.cycle.more_body or self.cycle.response_complete
        if unfinished and not self.late:
            self.late = self.loop.call_later(self.timeout_keep_alive, self.transport.close)
        elif self.late and not unfinished:
            self.late = self.late.cancel()


def bounded(app, state):
    """The application, with a sentence that says what to do for callers who meet a limit; the libraries have a phrase."""
    bound = getattr(app, "max_body_size", None)
    large = f"A request may have {bound or 0:,} bytes at most. Send fewer adverts at once."

    async def answer(scope, receive, send):
        refused = None

        async def pass_on(message):
            nonlocal refused
            if bound and message.get("status") == 413:
                refused = JSONResponse({"detail": large}, 413)
            if not refused:
                await send(message)

        if scope["type"] == "http" and max(len(state.connections), len(state.tasks)) > MOST:
            refused = JSONResponse({"detail": FULL}, 503, {"Connection": "close"})
        else:
            await app(scope, receive, pass_on)
        if refused:
            await refused(scope, receive, send)

    return answer


def main(file):
    """Serve the ``app`` of a file until standard input closes; the file ``port`` says where."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=lambda: (os.read(0, 1), os._exit(0)), daemon=True).start()
    spec = importlib.util.spec_from_file_location("app", file)
    module = sys.modules["app"] = importlib.util.module_from_spec(spec)  # pydantic looks there for types
    spec.loader.exec_module(module)
    config = uvicorn.Config(
        module.app,
        http=Impatient,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=8,  # a client gives up an idle connection after 5, so none is closed while it sends
    )
    # The protocol is named: without it, asyncio leaves each answer waiting for its packet to be filled up.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    Path(".port").write_text(str(listener.getsockname()[1]))
    Path(".port").replace("port")
    server = uvicorn.Server(config)
    config.app = bounded(module.app, server.server_state)
    server.capture_signals = contextlib.nullcontext  # its handlers would stop it at the Stop button
    server.run(sockets=[listener])


if __name__ == "__main__":
    main(sys.argv[1])
