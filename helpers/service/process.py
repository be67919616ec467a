"""Run a service beside a notebook, on this machine only. It dies with the notebook's kernel, and not by its Stop button."""

import contextlib
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import pandas as pd

from helpers import pay
from helpers.service import model

OURS = Path(__file__).with_name("app.py")
_GONE = "The service does not answer: run the cell that starts it again."
PATIENCE = 30  # seconds until a service must answer for the first time


class Service(contextlib.ExitStack):
    """A running service of a champion, the bytes of :func:`helpers.service.model.export`; for ``with`` or :meth:`stop`.

    `app` is a file that makes a FastAPI application with the name ``app``. It runs in a folder with ``champion.onnx``.
    """

    def __init__(self, champion, app=OURS):
        super().__init__()
        model.from_bytes(champion)  # says at once what is wrong with it
        folder = tempfile.TemporaryDirectory(prefix="pay-service-", ignore_cleanup_errors=True)
        self.folder = Path(self.enter_context(folder))
        self._put("champion.onnx", champion)
        with open(self.folder / "output.txt", "wb") as output:  # a pipe that nobody reads fills, and stops it
            process = subprocess.Popen(
                [sys.executable, "-m", "helpers.service.serve", str(Path(app).resolve())],
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,  # JupyterLab interrupts the kernel's whole process group
            )
        self.enter_context(process)
        self.callback(process.kill)
        self.pid = process.pid
        try:
            self.address = self._wait(process)
        except BaseException:
            self.stop()
            raise
        # A new connection for each request: the server closes one whose request ended in an error.
        how = {"headers": {"Connection": "close"}, "trust_env": False, "timeout": 30}
        self._client = self.enter_context(httpx.Client(base_url=self.address, **how))

    def _wait(self, process):
        for _ in range(20 * PATIENCE):
            ended = process.poll() is not None
            said = (self.folder / "output.txt").read_text("utf-8", errors="replace")
            if ended:
                why = said.strip().rpartition("\n")[2] or "no reason was given"
                raise RuntimeError(f"The service did not start: {why[:300]}")
            if running := re.search(r" running on (http://\S+) ", said):
                return running[1]
            time.sleep(0.05)
        raise RuntimeError(f"The service did not answer within {PATIENCE} seconds.")

    def _put(self, name, data):
        """Replace a file at once, so that the service never reads half of one."""
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
        """pandas.DataFrame: for each advert `low`, `high` (thousand USD a year, rounded) and `model`, asked in turn."""
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
        if data is None:
            (self.folder / "challenger.onnx").unlink(missing_ok=True)
        else:
            self._put("challenger.onnx", data)

    def traffic(self, weight, shadow=False):
        """Let the challenger answer a share (0 to 1) of the requests, or every one without being heard."""
        if not 0 <= weight <= 1:
            raise ValueError(f"A share of the requests lies between 0 and 1, and this is {weight}.")
        self._put("traffic.json", json.dumps({"weight": weight, "shadow": shadow}).encode())

    def promote(self):
        """Make the challenger the champion, without a pause."""
        if not (self.folder / "challenger.onnx").exists():
            raise FileNotFoundError("There is no challenger to promote.")
        self._put("champion.onnx", (self.folder / "challenger.onnx").read_bytes())
        self.challenger(None)

    def log(self):
        """pandas.DataFrame: the adverts that were answered, the model that was heard, and what both said."""
        return pd.DataFrame(self._call("GET", "/log").json())

    def stop(self):
        """Stop it; may be called twice."""
        self.close()
