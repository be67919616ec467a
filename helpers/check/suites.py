"""Run a learner's file of tests over systems, good and faulty, as pytest would."""

import contextlib
import io
import os
import re
import shutil
import sys
import tempfile
from unittest import mock

import pandas as pd

from helpers.check.verdict import right, wrong


def run(tests, systems):
    """Run a file of tests on each of several systems.

    Parameters
    ----------
    tests : pathlib.Path
    systems : dict of str to dict
        By name, what the arguments of a test stand for: ``{"good": {"served": ..., "signed": ...}}``.

    Returns
    -------
    pandas.DataFrame
        A row a test and system: ``system``, ``test``, ``passed``, ``reason`` (the first line of a failure). A file
        that cannot be read, and a test that asks for no system, are rows of the system ``"all"``.
    """
    import pytest

    rows = []

    class Plugin:
        def pytest_generate_tests(self, metafunc):
            if "system" in metafunc.fixturenames:
                metafunc.parametrize("system", list(systems), scope="session")

        def pytest_runtest_setup(self, item):
            values = item.callspec.params if hasattr(item, "callspec") else {}
            item.user_properties.append(("system", values.get("system", "all")))

        def pytest_collectreport(self, report):
            if report.failed:
                rows.append(("all", "", False, _reason(report)))

        def pytest_runtest_logreport(self, report):
            if report.when == "call" or report.failed:  # a set-up counts only if it fails
                name = report.nodeid.rpartition("::")[2].partition("[")[0]
                system = dict(report.user_properties).get("system", "all")
                rows.append((system, name, report.passed, "" if report.passed else _reason(report)))

    for name in {name for values in systems.values() for name in values}:
        setattr(Plugin, name, _fixture(pytest, name, systems))
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    with tempfile.TemporaryDirectory(prefix="tests-") as folder:
        copy = shutil.copy(tests, folder)  # no settings of the learner's folder count
        off = [part for name in ("cacheprovider", "terminal", "unraisableexception", "threadexception", "faulthandler") for part in ("-p", f"no:{name}")]  # fmt: skip
        options = ["-c", os.devnull, f"--rootdir={folder}", "--import-mode=importlib", "--capture=no", *off]
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            mock.patch.dict(
                os.environ, clean | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "NO_COLOR": "1"}, clear=True
            ),
        ):
            pytest.main([*options, str(copy)], plugins=[Plugin()])
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", None)).startswith(folder):
                del sys.modules[name]  # the next file has the same name
    return pd.DataFrame(rows, columns=["system", "test", "passed", "reason"])


def judge_tests(tests, systems, faults, takes):
    """Judge a file of tests by the systems that it stops.

    Parameters
    ----------
    tests, systems
        See :func:`run`.
    faults : dict of str to str
        By name of a faulty system, what a file that lets it through has missed. All other systems are good.
    takes : str
        What the tests take, as a sentence, for a file in which there are none.

    Returns
    -------
    Verdict
    """
    found = run(tests, systems)
    alone = found[found["system"] == "all"]
    if len(alone) or found.empty:
        said = next(filter(None, alone["reason"]), "")
        return wrong(f"{takes}{said and f' pytest says: {said}.'}")
    stopped = found[~found["passed"]].groupby("system")["reason"].first()
    good, missed = set(systems) - set(faults), [name for name in faults if name not in stopped]
    blamed = sorted(good & set(stopped.index))
    score = f"It stops {len(faults) - len(missed)} of {len(faults)} faulty ones, and lets {len(good) - len(blamed)} of {len(good)} good ones through."
    if blamed:
        return wrong(f"{score} A good one was stopped by: {stopped[blamed[0]] or 'a test without words'}")
    return wrong(f"{score} {faults[missed[0]]}") if missed else right(score)


def _fixture(pytest, name, systems):
    return pytest.fixture(scope="session", name=name)(lambda self, system: systems[system][name])


def _reason(report):
    crash = getattr(report.longrepr, "reprcrash", None)
    said = [crash.message] if crash else re.findall(r"^E +(.+)$", str(report.longrepr), re.MULTILINE)
    return said[0].removeprefix("AssertionError: ").split("\n")[0] if said else "it cannot be read"
