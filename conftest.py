"""Keep the learner's own files out of the tests, make pytest strict about notebooks, and sort tests by their cost."""

import os
import tempfile

import pytest
from nbval.plugin import IPyNbFile

from helpers import profile

_home = tempfile.TemporaryDirectory(prefix="ml-careers-tests-", ignore_cleanup_errors=True)
os.environ["ML_CAREERS_HOME"] = _home.name

pytest_plugins = ["tests.strict_nbval"]
LONG = ("test_solved.py", "test_browser.py", "test_site.py")
_start, _stop = IPyNbFile.setup, IPyNbFile.teardown


def _start_with_own_home(self):
    """Give each notebook that nbval runs a profile and a work folder as empty as those that it was stored with."""
    self.own_home = tempfile.TemporaryDirectory(prefix="ml-careers-", ignore_cleanup_errors=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ML_CAREERS_HOME", self.own_home.name)
        _start(self)


def _stop_with_own_home(self):
    _stop(self)
    self.own_home.cleanup()


IPyNbFile.setup, IPyNbFile.teardown = _start_with_own_home, _stop_with_own_home


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """Give each test a profile and a work folder of its own, in a folder that this returns."""
    monkeypatch.setenv("ML_CAREERS_HOME", str(tmp_path))
    monkeypatch.setattr(profile, "_unsaved", [])
    return tmp_path


def pytest_collection_modifyitems(items):
    """What takes long and breaks rarely runs with CI_FULL=1; what runs no notebook is quick."""
    for item in items:
        slow = item.get_closest_marker("slow") is not None
        if slow and not os.environ.get("CI_FULL"):
            item.add_marker(pytest.mark.skip(reason="set CI_FULL=1 to run what takes long and breaks rarely"))
        elif not slow and item.path.suffix == ".py" and item.path.name not in LONG:
            item.add_marker(pytest.mark.quick)
