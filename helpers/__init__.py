"""What the notebooks of the series share."""

import os

# Nothing leaves this machine. Said before any library is imported, and handed on to the processes that a notebook
# starts. (A call of onnxruntime would come too late: by then it has made an identity for this computer.)
os.environ |= {"DO_NOT_TRACK": "true", "MLFLOW_DISABLE_TELEMETRY": "true", "ORT_DISABLE_TELEMETRY": "1"}
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")  # its log lines carry times
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"  # boto3 would look for a cloud around it
