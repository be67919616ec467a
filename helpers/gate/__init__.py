"""The release gate: ordinary pytest files beside this one, run on a model that wants to be released.

A candidate is ONNX bytes and nothing else: what is tested is what would be served. The tests know the model in
charge (the champion) and adverts that no honest candidate has learned from.
"""

import contextlib
import copy
import dataclasses
import functools
import inspect
import io
import os
import tempfile
import textwrap
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd

from helpers import onnx_model, pay, pay_scores

LEARN = ("2022-09-01", "2024-03-31")
"""First and last day that the candidates may learn from."""

JUDGE = ("2024-04-01", "2024-06-16")
"""First and last day of the adverts that they are judged on: the weeks just before the release."""

_HERE = Path(__file__).parent
_PRELUDE = "import numpy as np\nimport pandas as pd\n\nfrom helpers import onnx_model, pay, pay_scores\n\n\n"


def candidates():
    """Make the three candidates of notebook 05.

    Returns
    -------
    dict of str to bytes
        ``"good"``; ``"leaked"``, which learned from the very weeks that it is judged on; ``"broken"``, whose export
        ranks the levels by alphabet (EN, EX, MI, SE).
    """
    return dict(_candidates())


@functools.lru_cache
def _good():
    table = pay.between(pay.adverts(), *LEARN)
    return table, pay.train(table)


@functools.lru_cache
def _candidates():
    table, good = _good()
    leaky = _leaky()
    return {
        "good": onnx_model.export(good, table, "good"),
        "leaked": onnx_model.export(pay.train(leaky), leaky, "leaked"),
        "broken": ranked(sorted(pay.LEVELS), "broken"),
    }


def learned_from():
    """dict of str to pandas.DataFrame: the adverts that each of :func:`candidates` learned from."""
    table, _model = _good()
    return {"good": table, "leaked": _leaky(), "broken": table}


def _leaky():
    return pay.between(pay.adverts(), LEARN[0], JUDGE[1])


def figures(data, table=None):
    """Compute the figures by which models are compared.

    Parameters
    ----------
    data : bytes
        See :func:`helpers.onnx_model.export`.
    table : pandas.DataFrame, optional
        Adverts to judge by; by default those of :data:`JUDGE`.

    Returns
    -------
    dict of str to float
        ``loss`` (pinball), ``coverage`` (%) and ``width``; see :mod:`helpers.pay_scores`.
    """
    table = pay.between(pay.adverts(), *JUDGE) if table is None else table
    ranges = onnx_model.load(data).predict(table)
    return {
        "loss": pay_scores.range_loss(table, ranges),
        "coverage": 100 * pay_scores.coverage(table, ranges),
        "width": pay_scores.width(table, ranges),
    }


def honest_loss(parts=2):
    """Judge the leaked candidate's recipe on weeks that it did not see.

    The weeks of :data:`JUDGE` are dealt into parts; each is judged by a model that learned from all the others, and
    from what went before.

    Parameters
    ----------
    parts : int

    Returns
    -------
    float
        Pinball loss over all the weeks.
    """
    table, weeks = _leaky(), pay.between(pay.adverts(), *JUDGE)["arrived"].unique()
    losses, counts = [], []
    for part in range(parts):
        kept_out = table["arrived"].isin(weeks[part::parts])
        judged = table[kept_out]
        losses.append(pay_scores.range_loss(judged, pay.train(table[~kept_out]).predict(judged)))
        counts.append(judged["weight"].sum())
    return float(np.average(losses, weights=counts))


def bypassing():
    """Make two models that the gate would stop, for a release that skips it.

    Returns
    -------
    dict of str to bytes
        ``"narrow"``, which learned the quantiles 0.4 and 0.6 in place of 0.1 and 0.9; ``"renamed"``, whose export
        knows software engineers by another name and fails for them.
    """
    table, good = _good()
    ends = copy.deepcopy(onnx_model.pipelines(good))  # encoders may be shared with sound models
    for end in ends:
        roles = end.named_steps["encode"].named_transformers_["role"]
        roles.categories_ = [
            np.where(roles.categories_[0] == "Software Engineer", "SWE", roles.categories_[0])
        ]
    return {
        "narrow": onnx_model.export(pay.train(table, (0.4, 0.6)), table, "narrow"),
        "renamed": onnx_model.convert(ends, table, "renamed"),
    }


def ranked(levels, name):
    """Export the good candidate with its levels in another order, as a mistake of the encoder would.

    Parameters
    ----------
    levels : sequence of str
        Keys of :data:`helpers.pay.LEVELS`, in the order in which the export is to rank them.
    name : str

    Returns
    -------
    bytes
    """
    table, good = _good()
    ends = copy.deepcopy(onnx_model.pipelines(good))  # encoders may be shared with sound models
    for end in ends:
        end.named_steps["encode"].named_transformers_["level"].categories_ = [list(levels)]
    return onnx_model.convert(ends, table, name)


@dataclasses.dataclass(eq=False)  # pytest keeps its plugins in a set
class Recorder:
    """A pytest plugin that lends the tests their fixtures and keeps what they find."""

    candidate: bytes
    champion: bytes
    rows: list = dataclasses.field(default_factory=list)

    def pytest_runtest_logreport(self, report):
        """Keep one row a test: its set-up counts only if it fails."""
        if report.when != "call" and report.passed:
            return
        name = report.nodeid.rpartition("::")[2]
        crash = getattr(report.longrepr, "reprcrash", None)
        reason = crash.message.removeprefix("AssertionError: ").split("\n")[0] if crash else ""
        self.rows.append(
            {
                "file": Path(report.location[0]).name,
                "test": name.removeprefix("test_").replace("_", " "),
                "passed": report.passed,
                "reason": reason[:160],
            }
        )


def run(candidate, champion, own=None):
    """Run the gate on a candidate.

    Parameters
    ----------
    candidate, champion : bytes
        See :func:`helpers.onnx_model.export`.
    own : callable, optional
        A further test, as a function whose name begins with ``test_`` and whose arguments are fixtures of the gate:
        ``candidate``, ``champion``, ``judged``. It is written to a file of its own first.

    Returns
    -------
    pandas.DataFrame
        One row a test: ``file``, ``test``, ``passed``, ``reason`` (of a failure, its first line).

    Raises
    ------
    helpers.onnx_model.BadModel
        If the bytes are no pay model.
    helpers.pay.BadInput
        If `own` is not such a function.
    """
    import pytest

    onnx_model.load(candidate), onnx_model.load(champion)
    recorder = Recorder(candidate, champion)
    options = ["-c", str(_HERE / "gate.ini"), "-p", "no:cacheprovider", "-p", "no:terminal", "--capture=sys"]
    options += ["-p", "no:unraisableexception"]  # it collects garbage five times at the end: most of the run
    options += [f"--rootdir={_HERE}", "--import-mode=importlib", f"--confcutdir={_HERE}"]
    with tempfile.TemporaryDirectory(prefix="ml-careers-gate-") as folder:
        files = sorted(str(file) for file in _HERE.glob("test_*.py"))
        if own is not None:
            files.append(str(_write(own, Path(folder))))
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            # Plugins that happen to be installed must not change a verdict, and are slow to load.
            mock.patch.dict(os.environ, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        ):
            code = pytest.main([*options, *files], plugins=[recorder, _fixtures()])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or not recorder.rows:
        raise pay.BadInput(
            "The gate could not run: is your test a complete function that pytest can collect?"
        )
    return pd.DataFrame(recorder.rows)


def _fixtures():
    from helpers.gate import fixtures  # imports pytest, which only a gate needs

    return fixtures


def _write(own, folder):
    try:
        source = textwrap.dedent(inspect.getsource(own))
        if not own.__name__.startswith("test_") or not source.startswith("def "):
            raise TypeError
    except (OSError, TypeError, AttributeError):
        raise pay.BadInput(
            "Give the gate a function that you have defined with def and whose name begins with test_."
        ) from None
    file = folder / "test_own.py"
    file.write_text(_PRELUDE + source, encoding="utf-8")
    return file
