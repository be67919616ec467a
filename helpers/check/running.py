"""Run code by a learner so that it can neither hang the notebook nor change what others rely on."""

import concurrent.futures
import contextlib
import copy
import ctypes
import itertools
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
from matplotlib._pylab_helpers import Gcf

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
    outcome = concurrent.futures.Future()

    def run():
        try:
            outcome.set_result(call())
        except BaseException as error:  # also SystemExit: the notebook must go on
            outcome.set_exception(error)

    thread = threading.Thread(target=run, name=_NAME, daemon=True)
    # All of it is put back by this thread: one that sleeps through its end would put it back at a bad moment.
    with _as_before():
        thread.start()
        try:
            return outcome.result(SECONDS)
        finally:  # the time is up, or the learner has stopped the cell; an endless loop may catch the first ones
            thread.join(0.2)
            for _ in itertools.takewhile(lambda _: thread.is_alive(), range(10)):
                stop = ctypes.py_object(OutOfTime)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), stop)
                thread.join(0.2)


@contextlib.contextmanager
def _as_before():
    with (
        capture_output(),
        warnings.catch_warnings(action="ignore"),
        contextlib.chdir(os.curdir),
        mock.patch.dict(os.environ),
        mock.patch.object(sys, "path", sys.path.copy()),
        matplotlib.rc_context(),
        mock.patch.dict(Gcf.figs),  # figures that are left open would be shown below the cell
        contextlib.ExitStack() as then,
    ):
        then.callback(sys.modules.update, sys.modules.copy())  # what was imported since may stay
        then.callback(pd.options.d.update, copy.deepcopy(pd.options.d))
        then.callback(np.random.set_state, np.random.get_state())  # noqa: NPY002 (learners do seed it)
        then.callback(random.setstate, random.getstate())
        yield
