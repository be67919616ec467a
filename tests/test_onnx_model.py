"""The pay model as ONNX: the same answers everywhere, the facts inside, and what is refused."""

import os
import subprocess
import sys

import numpy as np
import pytest

from helpers import onnx_model, pay, search


@pytest.fixture(scope="module")
def past():
    return pay.split_by_time(pay.adverts())[0]


@pytest.fixture(scope="module")
def model(past):
    return pay.train(past)


@pytest.fixture(scope="module")
def data(model, past):
    return onnx_model.export(model, past, "first-year")


def test_parity_on_every_possible_job_and_every_advert(model, data):
    served = onnx_model.load(data)
    for jobs in (onnx_model.every_job(), pay.adverts()):
        assert onnx_model.disagreement(model, served, jobs) < 1e-3


def test_pipelines_agree_with_the_model(model):
    jobs = onnx_model.every_job()
    ends = np.sort(np.column_stack([end.predict(jobs) for end in onnx_model.pipelines(model)]), axis=1)
    np.testing.assert_allclose(ends, model.predict(jobs))


def test_every_combination_once():
    jobs = onnx_model.every_job()
    assert len(jobs) == len(jobs.drop_duplicates()) == 1_320


def test_facts_inside(data, past):
    served = onnx_model.load(data)
    assert (served.name, served.quantiles) == ("first-year", pay.QUANTILES)
    assert served.adverts == past["weight"].sum() == sum(served.basis.values())
    assert (served.first, served.last) == ("2022-09-04", "2023-08-27")


def test_crossed_ends_are_turned_round(model, past):
    crossed = pay.QuantileModel((0.1, 0.9), pay.FEATURES, model.parts[::-1])
    served = onnx_model.load(onnx_model.export(crossed, past))
    assert onnx_model.disagreement(model, served, onnx_model.every_job()) < 1e-3


def test_three_quantiles(past):
    model = pay.train(past, (0.1, 0.5, 0.9), n_estimators=5)
    served = onnx_model.load(onnx_model.export(model, past))
    assert served.predict(onnx_model.every_job()).shape == (1_320, 3)


def test_linear_converts_and_the_others_say_why_not(past):
    linear = search.fit("linear", past.head(500), alpha=0.01)
    served = onnx_model.load(onnx_model.convert(linear.ends, past))
    assert onnx_model.disagreement(linear, served, onnx_model.every_job()) < 1e-3
    with pytest.raises(Exception, match="shape calculator"):
        onnx_model.convert(search.fit("neighbours", past, n_neighbors=20).ends, past)


def test_unknown_words_are_refused(data):
    served = onnx_model.load(data)
    with pytest.raises(pay.BadInput, match="choose"):
        served.predict({"role": "Chef", "level": "SE", "remote": 0, "country": "US"})
    with pytest.raises(Exception, match="Unknown Category"):
        served.run({"role": ["Chef"], "level": ["SE"], "remote": [0], "country": ["US"]})


@pytest.mark.parametrize("what", [b"", b"no model", "text", None, 3, b"x" * 20_000_001])
def test_what_is_no_model(what):
    with pytest.raises(onnx_model.BadModel, match=r"export"):
        onnx_model.load(what)


@pytest.mark.parametrize("name", ["", "v1,2", "x\ny", "a" * 61, "<b>"])
def test_a_name_that_would_do_harm_in_a_file_or_a_label(name):
    past, _ = pay.split_by_time(pay.adverts())
    with pytest.raises(onnx_model.BadModel, match="1 to 60 letters"):
        onnx_model.export(pay.train(past.head(200), n_estimators=2), past, name)


def test_the_same_model_gives_the_same_bytes_in_every_process():
    code = (
        "import hashlib; from helpers import onnx_model, pay; past = pay.split_by_time(pay.adverts())[0]; "
        "print(hashlib.sha256(onnx_model.export(pay.train(past, n_estimators=3), past)).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(found) == 1
