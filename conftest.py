"""Make pytest strict about notebooks, keep the learner's own files out of the tests, and sort tests by their cost."""

import os
import tempfile

import pytest

os.environ["ML_CAREERS_HOME"] = tempfile.mkdtemp(prefix="ml-careers-tests-")

pytest_plugins = ["tests.strict_nbval"]
LONG = ("test_solved.py", "test_browser.py")


def pytest_collection_modifyitems(items):
    """What takes long and breaks rarely runs with CI_FULL=1; what runs no notebook is quick."""
    for item in items:
        slow = item.get_closest_marker("slow") is not None
        if slow and not os.environ.get("CI_FULL"):
            item.add_marker(pytest.mark.skip(reason="set CI_FULL=1 to run what takes long and breaks rarely"))
        elif not slow and item.path.suffix == ".py" and item.path.name not in LONG:
            item.add_marker(pytest.mark.quick)
