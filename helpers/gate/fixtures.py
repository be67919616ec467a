"""What the tests of the gate may ask for."""

import pytest

from helpers import gate, onnx_model, pay


def _recorder(request):
    return next(
        plugin for plugin in request.config.pluginmanager.get_plugins() if isinstance(plugin, gate.Recorder)
    )


@pytest.fixture(scope="session")
def candidate_bytes(request):
    """bytes: the file that would be released."""
    return _recorder(request).candidate


@pytest.fixture(scope="session")
def candidate(candidate_bytes):
    """helpers.onnx_model.OnnxModel: the model that would be released."""
    return onnx_model.load(candidate_bytes)


@pytest.fixture(scope="session")
def champion(request):
    """helpers.onnx_model.OnnxModel: the model in charge."""
    return onnx_model.load(_recorder(request).champion)


@pytest.fixture(scope="session")
def judged():
    """pandas.DataFrame: adverts to judge by, newer than anything that an honest candidate learned from."""
    return pay.between(pay.adverts(), *gate.JUDGE)
