"""Run a learner's file of tests over systems, good and faulty, as pytest would."""

import copy
import dataclasses
import gc
import html
import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.check.judging import judge_stopped
from helpers.check.reading import wrong
from helpers.check.running import limited

# No settings of the learner's folder or computer count, nothing is written, no handler of the kernel is replaced.
_OPTIONS = ["--noconftest", "--import-mode=importlib", "--capture=no", "--continue-on-collection-errors"]
_OFF = ("cacheprovider", "terminal", "unraisableexception", "threadexception", "faulthandler")


def run(tests, systems):
    """Run a file of tests (a Path) on each of several systems.

    `systems` says by name what the arguments of a test stand for: ``{"good": {"served": ..., "signed": ...}}``. Returns a
    DataFrame with a row a test and system: ``system``, ``test``, ``passed``, ``reason`` (the first line of a failure).
    What rests on no system (a file that cannot be read, a test that asks for none) has the system ``"all"``.
    """
    return limited(lambda: _run(tests, systems))


def _run(tests, systems):
    rows = []

    class Plugin:
        planted_system = pytest.fixture(scope="session", params=systems)(lambda self, request: request.param)

        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_makereport(self, item):
            report = yield
            if report.failed or (report.when == "call" and report.passed):
                values = item.callspec.params if hasattr(item, "callspec") else {}
                system, name = values.get("planted_system", "all"), item.name.partition("[")[0]
                rows.append((system, name, report.passed, _reason(report) if report.failed else ""))
            return report

        def pytest_collectreport(self, report):
            if report.failed:
                rows.append(("all", "", False, _reason(report)))

    for name in {name for values in systems.values() for name in values}:

        def planted(self, planted_system, name=name):
            value = systems[planted_system][name]
            return value.copy() if isinstance(value, pd.DataFrame) else value  # a test may change its table

        setattr(Plugin, name, pytest.fixture(scope="session", name=name)(planted))
    os.environ |= {"PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    with tempfile.TemporaryDirectory(prefix="tests_") as folder:
        file = Path(folder, f"{Path(folder).name}.py")  # its own name: modules are remembered by it
        file.write_bytes(Path(tests).read_bytes())
        options = [*_OPTIONS, "-c", os.devnull, f"--rootdir={folder}", *(f"-pno:{name}" for name in _OFF)]
        code = pytest.main([*options, str(file)], plugins=[Plugin()])
    gc.collect()  # a session is full of cycles: each would leave some 4 MB
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
        rows.append(("all", "", False, "they were stopped before their end, by SystemExit or `pytest.exit`"))
    return pd.DataFrame(rows, columns=["system", "test", "passed", "reason"])


def judge_tests(tests, systems, faults, takes):
    """Judge a file of tests by the systems that it stops; see :func:`run` and :func:`judge_stopped`.

    `faults` says by name of a faulty system what a file that lets it through has missed; all other systems are good.
    `takes` says in a sentence what the tests take, for a file in which there are none.
    """
    found = run(tests, systems)
    alone, failed = found["system"] == "all", ~found["passed"].astype(bool)
    if alone.all() or (alone & failed).any():
        said = html.escape(next(filter(None, found["reason"][alone]), ""), quote=False)
        return wrong(f"{takes}{said and f' pytest says: {said}.'}")
    return judge_stopped(found[failed].groupby("system")["reason"].first().to_dict(), systems, faults)


def skewed(product, *words):
    """A faulty system: a trained product whose encoder takes each of some words for the next, and the last for the first."""
    ends = copy.deepcopy(product.ends)
    for encoder in (part for end in ends for part in end[0].named_transformers_.values()):
        for known in getattr(encoder, "categories_", ()):
            places = np.flatnonzero(np.isin(known, words))
            known[places] = np.roll(known[places], 1)
    return dataclasses.replace(product, ends=ends)


def _reason(report):
    crash = getattr(report.longrepr, "reprcrash", None)
    said = crash.message if crash else str(report.longrepr).rpartition("\nE ")[2].strip()
    return said.removeprefix("AssertionError:").strip().partition("\n")[0] or "it cannot be read"
