"""Run a service beside a notebook, on this machine only. It dies with the notebook's kernel, and not by its Stop button."""

import atexit
import contextlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
import pandas as pd

from helpers import pay
from helpers.service import model

OURS = Path(__file__).with_name("app.py")
_GONE = "The service does not answer: run the cell that starts it again."
_running = []


class Service:
    """A running service; may be used in a ``with`` statement.

    Parameters
    ----------
    champion : bytes
        See :func:`helpers.service.model.export`.
    app : pathlib.Path
        A file that makes a FastAPI application with the name ``app``. It runs in a folder with ``champion.onnx``.

    Attributes
    ----------
    address : str
    pid : int
    """

    def __init__(self, champion, app=OURS):
        self._temporary = tempfile.TemporaryDirectory(prefix="pay-service-", ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name)
        self._put("champion.onnx", champion)
        # The socket is bound here and handed over, so that no other program can take the port in between.
        with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
            port, handle = listener.getsockname()[1], listener.fileno()
            command = [sys.executable, "-m", "helpers.service.process", str(Path(app).resolve()), str(handle)]
            self._process = subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=[handle],
                start_new_session=True,  # JupyterLab interrupts the kernel's whole process group
            )
        self.address, self.pid = f"http://127.0.0.1:{port}", self._process.pid
        self._client = httpx.Client(base_url=self.address, trust_env=False, timeout=30)
        _running.append(self)
        for _ in range(300):
            if self._process.poll() is not None:
                said = self._process.stderr.read().decode(errors="replace").splitlines()
                why = next((line for line in reversed(said) if "Error" in line), "no reason was given")
                raise RuntimeError(f"The service did not start: {why[:300]}")
            try:
                self._client.get("/health", timeout=2)
                return
            except httpx.HTTPError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError("The service did not answer within 30 seconds.")

    def _put(self, name, data):
        if data is None:
            (self.folder / name).unlink(missing_ok=True)
            return
        beside = self.folder / f".{name}"
        beside.write_bytes(data)
        beside.replace(self.folder / name)

    def _call(self, method, path, **options):
        try:
            return self._client.request(method, path, **options)
        except (httpx.HTTPError, RuntimeError) as error:  # gone, or stopped here
            raise ConnectionError(_GONE) from error

    def post(self, path, body):
        """httpx.Response: what the service says to a JSON body."""
        return self._call("POST", path, json=body)

    def ask(self, adverts):
        """Ask one advert after the other.

        Returns
        -------
        pandas.DataFrame
            A row an advert: ``low``, ``high`` (thousand USD a year, rounded) and ``model``.
        """
        answers = []
        for job in adverts[list(pay.FEATURES)].to_dict("records"):
            answer = self.post("/range", job)
            if answer.status_code != 200:
                raise ConnectionError(f"The service refused an advert: {answer.text[:200]}")
            answers.append(answer.json())
        return pd.DataFrame(answers, index=adverts.index)[["low", "high", "model"]]

    def challenger(self, data):
        """Put a model beside the champion (None takes it away); it answers nobody before :meth:`traffic` says so."""
        if data is not None:
            model.from_bytes(data)  # says at once what is wrong with it
        self.traffic(0)
        self._put("challenger.onnx", data)

    def traffic(self, weight, shadow=False):
        """Let the challenger answer a share (0 to 1) of the requests, or every one without being heard."""
        self._put("traffic.json", json.dumps({"weight": weight, "shadow": shadow}).encode())

    def promote(self):
        """Make the challenger the champion, without a pause."""
        self._put("champion.onnx", (self.folder / "challenger.onnx").read_bytes())
        self.challenger(None)

    def log(self):
        """pandas.DataFrame: the adverts that were answered, the model that was heard, and what both said."""
        return pd.DataFrame(self._call("GET", "/log").json())

    def metrics(self):
        """str: counts and times, as monitors read them."""
        return self._call("GET", "/metrics").text

    def stop(self):
        """Stop it; may be called twice."""
        if self in _running:
            _running.remove(self)
            self._client.close()
            self._process.stdin.close()
            self._process.stderr.close()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
            self._temporary.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


@atexit.register
def stop_all():
    """Stop every service that this process started."""
    for one in list(_running):
        one.stop()


def main(file, handle):
    """Serve the application of a file on an inherited socket, until standard input closes."""
    import uvicorn

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
    spec = importlib.util.spec_from_file_location("app", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    config = uvicorn.Config(
        module.app,
        log_level="warning",
        access_log=False,
        limit_concurrency=200,  # then 503 at once, not a queue without end
        timeout_keep_alive=5,
        h11_max_incomplete_event_size=16_384,
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # its handlers would stop it at the Stop button
    server.run(sockets=[socket.socket(fileno=int(handle))])


if __name__ == "__main__":
    main(*sys.argv[1:])
