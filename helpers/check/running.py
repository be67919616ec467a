"""Run code by a learner so that it can neither hang the notebook nor change what others rely on."""

import contextlib
import copy
import ctypes
import os
import random
import sys
import threading
import warnings
from unittest import mock

import matplotlib
import numpy as np
import pandas as pd
from IPython.utils.capture import capture_output

SECONDS = 20  # that a judge may take; it needs two or three, and ten on a slow machine
_NAME = "judge of a learner's code"


class OutOfTime(KeyboardInterrupt):
    """What stops a loop without an end: neither ``except Exception`` nor pytest goes on after it."""


def limited(call):
    """Call without an argument in a thread, for at most `SECONDS`, and return what it returns.

    What it prints, shows, warns of or draws is thrown away. Raises what it raises, or TimeoutError.
    """
    if threading.current_thread().name == _NAME:
        return call()
    outcome = {}

    def run():
        try:
            outcome["value"] = call()
        except BaseException as error:  # also SystemExit: the notebook must go on
            outcome["error"] = error

    thread = threading.Thread(target=run, name=_NAME, daemon=True)
    # All of it is put back by this thread: one that sleeps through its end would put it back at a bad moment.
    with _as_before():
        thread.start()
        try:
            thread.join(SECONDS)
        finally:  # the learner may have stopped the cell
            late = thread.is_alive()
            for _ in range(10 * late):  # an endless loop may catch the first ones
                stop = ctypes.py_object(OutOfTime)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), stop)
                thread.join(0.2)
                if not thread.is_alive():
                    break
    if late:
        raise TimeoutError
    if "error" in outcome:
        raise outcome["error"]
    return outcome["value"]


@contextlib.contextmanager
def _as_before():
    figures, modules, options = _figures(), sys.modules.copy(), copy.deepcopy(pd.options.d)
    chance, older_chance = np.random.get_state(), random.getstate()  # noqa: NPY002 (learners do seed it)
    with (
        capture_output(),
        warnings.catch_warnings(action="ignore"),
        contextlib.chdir(os.curdir),
        mock.patch.dict(os.environ),
        mock.patch.object(sys, "path", sys.path.copy()),
        matplotlib.rc_context(),
    ):
        yield
    for number in _figures() - figures:
        sys.modules["matplotlib.pyplot"].close(number)
    sys.modules.update(modules)  # what was imported since may stay
    pd.options.d.update(options)
    np.random.set_state(chance)  # noqa: NPY002
    random.setstate(older_chance)


def _figures():
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()
