"""Make pytest strict about notebooks, and keep the profile of whoever runs the tests out of them."""

import os
import tempfile

os.environ["ML_CAREERS_HOME"] = tempfile.mkdtemp(prefix="ml-careers-tests-")

pytest_plugins = ["tests.strict_nbval"]
