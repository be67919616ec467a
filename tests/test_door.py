"""Three doors, one rule: the schema of notebook 04, the service and the model accept the same jobs and no others."""

import pandas as pd
import pandera.pandas as pa
import pytest
from pandera.errors import SchemaError, SchemaErrors
from pydantic import ValidationError

from helpers import course, job_board, onnx_model, pay
from helpers.service_door import Job
from tests import books

JOB = {"role": "ML Engineer", "level": "SE", "remote": 0, "country": "US"}
BAD = [
    *(
        {**JOB, "role": value}
        for value in ("Rock star", "ml engineer", "ML Engineer ", "", None, 3, ["ML Engineer"], {})
    ),
    *({**JOB, "level": value} for value in ("XX", "se", "", None, 3, True)),
    *({**JOB, "remote": value} for value in (1, -50, 50.5, "0", False, None, float("nan"), [0], 10**30)),
    *({**JOB, "country": value} for value in ("USA", "us", "", None, 1, "Mars")),
    *({key: value for key, value in JOB.items() if key != name} for name in JOB),
    {},
]


@pytest.fixture(scope="module")
def door():
    path = next(one.path for one in course.SERIES if one.number == "04")
    source = next(
        cell.source for cell in books.code_cells(books.read(path)) if cell.source.startswith("door =")
    )
    names = {"pa": pa, "pay": pay, "onnx_model": onnx_model}
    exec(source, names)
    return names["door"]


def test_every_job_is_accepted_by_all(door):
    jobs = onnx_model.every_job()
    pd.testing.assert_frame_equal(door.validate(jobs), jobs, check_dtype=False)
    pd.testing.assert_frame_equal(pay.check_jobs(jobs), jobs)
    for job in jobs.to_dict("records"):
        assert Job(**job).model_dump() == job


def test_real_adverts_are_accepted(door):
    adverts = pay.adverts()[list(pay.FEATURES)]
    assert len(door.validate(adverts)) == len(adverts)


@pytest.mark.parametrize("job", BAD, ids=repr)
def test_bad_jobs_are_refused_by_all(door, job):
    with pytest.raises((SchemaError, SchemaErrors)):
        door.validate(pd.DataFrame([job]))
    with pytest.raises(pay.BadInput):
        pay.check_jobs(pd.DataFrame([job]))
    with pytest.raises(ValidationError):
        Job(**job)


def test_a_further_field_is_refused_by_the_door_and_the_service(door):
    with pytest.raises((SchemaError, SchemaErrors)):
        door.validate(pd.DataFrame([{**JOB, "size": "L"}]))
    with pytest.raises(ValidationError):
        Job(**JOB, size="L")


def test_the_job_board_is_wrong_about_levels_and_nothing_else():
    jobs = onnx_model.every_job()
    wrong = (job_board.encode(jobs) != pay.encode(jobs)).any(axis=0)
    assert [name for name, bad in zip(pay.columns(), wrong, strict=True) if bad] == ["level"]
    entry = jobs[jobs["level"] == "EN"]
    assert (job_board.encode(entry) == pay.encode(entry)).all()
