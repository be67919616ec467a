"""The process of the service: ``python -m helpers.service_run``, started and steered by :mod:`helpers.service`.

It reads one JSON command a line from its standard input and answers each with one line on its standard output.
When the input ends, the one who started it is gone, and so it ends.
"""

import base64
import json
import os
import signal
import socket
import sys
import threading

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from helpers import onnx_model, pay, service_app
from helpers.service_limits import MOST_SECONDS
from helpers.service_old import HOST, SCIKIT_LEARN

_GRACE = 2  # seconds for requests under way when it stops


class Pipeline:
    """The first year's model as scikit-learn pipelines, with the interface of an ONNX model."""

    name = SCIKIT_LEARN

    def __init__(self):
        past = pay.between(pay.adverts(), *pay.FIRST_YEAR)
        self._ends = onnx_model.pipelines(pay.train(past))
        self.first, self.last = (f"{day:%Y-%m-%d}" for day in (past["arrived"].min(), past["arrived"].max()))
        self.basis = onnx_model.basis(past)

    def run(self, columns):
        """Predict ranges; see :meth:`helpers.onnx_model.OnnxModel.run`."""
        import numpy as np
        import pandas as pd

        jobs = pd.DataFrame(columns)
        return np.sort(np.column_stack([end.predict(jobs) for end in self._ends]), axis=1)


class Impatient(H11Protocol):
    """A connection that is closed if it has not made its first request in time: uvicorn itself would wait for ever."""

    def connection_made(self, transport):
        """Start the clock."""
        super().connection_made(transport)
        self.loop.call_later(MOST_SECONDS, self._look)

    def _look(self):
        if self.cycle is None:
            self.transport.close()


def read(text):
    """Read a model that crossed over as text."""
    return Pipeline() if text == SCIKIT_LEARN else onnx_model.load(base64.b64decode(text))


def listen(port):
    """Return a socket on a port of this machine, or on a free one if it is taken."""
    for wished in (port, 0):
        # asyncio switches delays off (TCP_NODELAY) only for sockets that say they are TCP: else 40 ms an answer.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, wished))
            return listener
        except (OSError, OverflowError):
            listener.close()
    raise OSError("there is no free port on this machine")


def obey(command, traffic):
    """Do one command and return its value."""
    match command["do"]:
        case "traffic":
            if traffic.challenger is None and (command["weight"] or command["shadow"]):
                raise ValueError("There is no challenger yet: load one with challenge().")
            traffic.direct(command["weight"], command["shadow"])
        case "challenge":
            model = command["model"] and read(command["model"])
            if model is None:
                traffic.direct(0.0, False)
            elif model.name == traffic.champion.name:
                raise ValueError(
                    f"The champion is called {model.name!r} too: export the challenger with another name."
                )
            traffic.challenger = model
        case "promote":
            if traffic.challenger is None:
                raise ValueError("There is no challenger to promote: load one with challenge().")
            traffic.champion, traffic.challenger = traffic.challenger, None
            traffic.direct(0.0, False)
        case "log":
            return traffic.log()
    return None


def _say(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _steer(traffic, server):
    for line in sys.stdin:
        try:
            _say({"value": obey(json.loads(line), traffic)})
        except Exception as error:
            _say({"error": str(error)})
    server.should_exit = True
    threading.Timer(_GRACE, os._exit, (0,)).start()  # a request that hangs does not keep us


def main():
    """Serve until the standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # "interrupt" in the notebook is not meant for us
    first = json.loads(sys.stdin.readline())
    try:
        champion = read(first["model"])
        listener = listen(first["port"])
    except (ValueError, OSError) as error:
        _say({"error": str(error)})
        return
    app, traffic = service_app.build(champion)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_keep_alive=30, timeout_graceful_shutdown=_GRACE,
        h11_max_incomplete_event_size=16_384, backlog=512, http=Impatient,
    )  # fmt: skip
    server = uvicorn.Server(config)
    listener.listen(512)
    steering = threading.Thread(target=_steer, args=(traffic, server), daemon=True)
    steering.start()
    _say({"value": listener.getsockname()[1]})
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
