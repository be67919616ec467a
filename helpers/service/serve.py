"""The process of a service: ``python -m helpers.service.serve app.py``. Its limits hold for any application."""

import importlib.util
import os
import sys
import threading

import uvicorn
from starlette.responses import JSONResponse
from uvicorn.protocols.http import h11_impl

MOST = 200  # callers at a time; then 503 at once, not a queue without end
FULL = f"The service is full: it serves {MOST} callers at a time. Try again in a moment."


class Impatient(h11_impl.H11Protocol):
    """Closes a connection whose request is not there in time. uvicorn itself does so only between two of them."""

    def connection_made(self, transport):
        super().connection_made(transport)
        self.loop.call_later(self.timeout_keep_alive, self._look, None)

    def _look(self, before):
        unfinished = self.cycle is None or self.cycle.more_body or self.cycle.response_complete
        if unfinished and self.cycle is before:  # no new request since the last look
            self.transport.close()
        if not self.transport.is_closing():
            self.loop.call_later(self.timeout_keep_alive, self._look, self.cycle)


def main(file):
    """Serve the ``app`` of a file until standard input closes; the server itself prints where."""
    threading.Thread(target=lambda: (os.read(0, 1), os._exit(0)), daemon=True).start()
    spec = importlib.util.spec_from_file_location("app", file)
    module = sys.modules["app"] = importlib.util.module_from_spec(spec)  # pydantic looks there for types
    spec.loader.exec_module(module)
    full = JSONResponse({"detail": FULL}, 503, {"Connection": "close"})
    h11_impl.service_unavailable = full  # uvicorn's own answer is a phrase
    config = uvicorn.Config(
        module.app,
        port=0,
        http=Impatient,
        access_log=False,
        limit_concurrency=MOST + 1,
        timeout_keep_alive=8,  # a client gives up an idle connection after 5, so none is closed while it sends
    )
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main(sys.argv[1])
