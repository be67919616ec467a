"""Data contract: what the model may have seen, what it must answer, what it must refuse."""

import numpy as np
import pytest

from helpers import gate, onnx_model, pay


def test_learned_only_from_the_past(candidate):
    assert candidate.last < gate.JUDGE[0], f"learned until {candidate.last}, judged from {gate.JUDGE[0]}"


def test_every_accepted_job_gets_a_range(candidate):
    ranges = candidate.predict(onnx_model.every_job())
    assert np.isfinite(ranges).all(), "a range that is no number"
    assert (ranges[:, 0] <= ranges[:, -1]).all(), "a low end above the high end"
    assert ranges.min() >= pay.LOWEST and ranges.max() <= pay.HIGHEST, "a range out of all reason"


def test_an_unknown_category_is_refused(candidate):
    with pytest.raises(pay.BadInput):
        candidate.predict({"role": "Astrologer", "level": "SE", "remote": 0, "country": "US"})
