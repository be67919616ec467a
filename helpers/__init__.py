"""What the notebooks of the series share."""

import os

# Nothing leaves this machine. Said before any library is imported, and handed on to the processes that a notebook
# starts; what only a call can turn off (onnxruntime) is turned off where it is loaded.
os.environ |= {"DO_NOT_TRACK": "true", "MLFLOW_DISABLE_TELEMETRY": "true"}
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")  # its log lines carry times
