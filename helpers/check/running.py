"""Run code by a learner so that it can neither hang the notebook nor change what others rely on."""

import concurrent.futures
import contextlib
import copy
import ctypes
import os
import random
import sys
import threading
import time
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
    """Call without an argument in a thread, for `SECONDS`, on a busy computer twice as long, and return what it returns.

    What it prints, shows, warns of or draws is thrown away. Raises what it raises, or TimeoutError.
    """
    if threading.current_thread().name == _NAME:
        return call()
    outcome, started = concurrent.futures.Future(), time.process_time()

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
            concurrent.futures.wait([outcome], SECONDS)
            idle = time.process_time() - started < SECONDS / 2  # others had the processor, or it sleeps
            return outcome.result(SECONDS if idle else 0)
        finally:  # the time is up, or the learner has stopped the cell; an endless loop may catch the first ones
            stop = ctypes.py_object(OutOfTime)
            for _ in range(11):
                thread.join(0.2)
                if thread.is_alive():
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), stop)


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
