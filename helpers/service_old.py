"""Start and stop the pay-range service: a web server on this machine, in a process of its own.

The process belongs to the notebook that started it. It is steered through its standard input, and ends when that
closes, so also when the kernel is killed; there is no address by which anybody else could steer it. Models cross
over as ONNX bytes.
"""

import atexit
import base64
import json
import pathlib
import subprocess
import sys
import tempfile
import threading

HOST = "127.0.0.1"
SCIKIT_LEARN = "scikit-learn"
"""In place of a model: the first year's model as a scikit-learn pipeline, learned again by the service itself."""

_PATIENCE = 60  # seconds to start: libraries are slow to import on a cold disk
_running = []


class ServiceError(RuntimeError):
    """The service could not be started or steered; the message is one sentence that says what to do."""


class Service:
    """A running service. Made by :func:`start`; may be used in a ``with`` statement.

    Attributes
    ----------
    address : str
        Such as ``http://127.0.0.1:40123``.
    port : int
    pid : int
        Of its process.
    """

    def __init__(self, process, log):
        self._process, self._log = process, log
        self._lock = threading.Lock()
        self.pid = process.pid
        self.port, self.address = None, None

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.stop()

    def __repr__(self):
        return f"<pay-range service, {'running' if self.running else 'stopped'}>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        import ipywidgets  # only a notebook needs it

        # The port differs from run to run: the link lives as long as the service, the stored text has none.
        link = (
            f'<a href="{self.address}/" target="_blank" style="color: #0b5cad; text-decoration: underline">'
            "Open the form of the service</a>"
        )
        return {**ipywidgets.HTML(link)._repr_mimebundle_(), "text/plain": repr(self)}

    @property
    def running(self):
        """bool: whether its process lives."""
        return self._process.poll() is None

    def stop(self):
        """Stop the service; requests that are being answered get a moment to end. May be called twice."""
        if self in _running:
            _running.remove(self)
        if self.running:
            self._process.stdin.close()  # what it also sees when the kernel dies
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(5)
        self._process.stdout.close()
        self._log.close()

    def traffic(self, weight=0.0, shadow=False):
        """Direct the traffic between champion and challenger. Requests under way are not disturbed.

        Parameters
        ----------
        weight : float
            Share of the requests, 0 to 1, that the challenger answers (a canary).
        shadow : bool
            Whether the challenger also computes an answer to every request, which nobody is sent; see :meth:`log`.
        """
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 1:
            raise ServiceError("The weight is a number from 0 (champion only) to 1 (challenger only).")
        self._ask({"do": "traffic", "weight": float(weight), "shadow": bool(shadow)})

    def challenge(self, model):
        """Load a challenger, or replace it; ``None`` takes it away. It gets no traffic until told so.

        Parameters
        ----------
        model : bytes or None
            See :func:`helpers.onnx_model.export`.
        """
        self._ask({"do": "challenge", "model": _text(model)})

    def promote(self):
        """Make the challenger the champion. It then answers all requests, and there is no challenger."""
        self._ask({"do": "promote"})

    def log(self):
        """Return the latest answers, at most 20,000, oldest first.

        Returns
        -------
        list of dict
            ``role``, ``level``, ``remote``, ``country``, ``model`` (the name), ``low``, ``high`` (thousand USD a
            year, not rounded) and ``shadow`` (the challenger's ends, or None).
        """
        return self._ask({"do": "log"})

    def _ask(self, command):
        with self._lock:
            try:
                self._process.stdin.write(json.dumps(command).encode() + b"\n")
                self._process.stdin.flush()
                line = self._process.stdout.readline()
            except (OSError, ValueError):
                line = b""
        if not line:
            raise ServiceError("The service is not running any more: start it again with service.start().")
        answer = json.loads(line)
        if "error" in answer:
            raise ServiceError(answer["error"])
        return answer["value"]


def _text(model):
    return model if model in (None, SCIKIT_LEARN) else base64.b64encode(_bytes(model)).decode()


def _bytes(model):
    if isinstance(model, str | pathlib.Path):
        return pathlib.Path(model).read_bytes()
    if isinstance(model, bytes):
        return model
    raise ServiceError("Give a model as the bytes (or the file) that onnx_model.export() makes.")


def start(model, challenger=None, weight=0.0, shadow=False, port=0):
    """Start the service on 127.0.0.1, wait until it is ready, and return it.

    Parameters
    ----------
    model : bytes, path, or `SCIKIT_LEARN`
        The champion; see :func:`helpers.onnx_model.export`.
    challenger : bytes or path, optional
    weight, shadow
        See :meth:`Service.traffic`.
    port : int
        The port wished for; if it is taken, or 0, a free one is used.

    Returns
    -------
    Service

    Raises
    ------
    ServiceError
        If the model cannot be read or the process does not start.
    """
    log = tempfile.TemporaryFile()  # noqa: SIM115  # the service closes it
    process = subprocess.Popen(
        [sys.executable, "-m", "helpers.service_run"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        cwd=pathlib.Path(__file__).parent.parent,
    )
    service = Service(process, log)
    _running.append(service)
    late = threading.Timer(_PATIENCE, process.kill)
    late.start()
    try:
        service.port = service._ask({"do": "serve", "model": _text(model), "port": port})
        service.address = f"http://{HOST}:{service.port}"
        if challenger is not None:
            service.challenge(challenger)
        service.traffic(weight, shadow)
    except ServiceError as error:
        reason = str(error)
        if process.poll() is not None:
            log.seek(0)
            lines = log.read().decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
            reason = f"The service did not start ({lines[-1][:200]}): check the set-up with notebook 00."
        service.stop()
        raise ServiceError(reason) from None
    except BaseException:
        service.stop()
        raise
    finally:
        late.cancel()
    return service


@atexit.register
def stop_all():
    """Stop every service that this process started; done at its end, too."""
    for service in list(_running):
        service.stop()
