"""Scoring a file: whatever interrupts it, running it again ends with every advert exactly once."""

import os
import pathlib

import filelock
import pandas as pd
import pytest

from helpers import batch, onnx_model, pay
from helpers import service_old as service


@pytest.fixture(scope="module")
def running():
    past, _ = pay.split_by_time(pay.adverts())
    with service.start(onnx_model.export(pay.train(past, n_estimators=5), past, "small")) as one:
        yield one


@pytest.fixture
def source(tmp_path):
    jobs = pd.concat([onnx_model.every_job()] * 3, ignore_index=True)
    jobs.assign(number=range(len(jobs))).to_csv(tmp_path / "jobs.csv", index=False)
    return tmp_path / "jobs.csv"


@pytest.fixture
def wanted(source, running, tmp_path):
    batch.score(source, tmp_path / "wanted.csv", running.address)
    return (tmp_path / "wanted.csv").read_bytes()


class Killed(BaseException):
    pass


def kill_after(step):
    def progress(done, _total):
        if done >= step * batch.STEP:
            raise Killed

    return progress


def test_rows_and_order_are_kept(source, running, wanted):
    table = pd.read_csv(source.with_name("wanted.csv"))
    assert table["number"].tolist() == list(range(3 * 1_320))
    assert set(table["model"]) == {"small"} and (table["low"] <= table["high"]).all()
    assert sorted(path.suffix for path in source.parent.iterdir()) in (
        [".csv", ".csv"],
        [".csv", ".csv", ".lock"],
    )


@pytest.mark.parametrize("step", [1, 2, 3])
def test_killed_and_run_again(source, running, wanted, step):
    target = source.with_name("out.csv")
    with pytest.raises(Killed):
        batch.score(source, target, running.address, kill_after(step))
    assert not target.exists()
    steps = []
    batch.score(source, target, running.address, lambda done, total: steps.append(done))
    assert target.read_bytes() == wanted
    assert steps[0] == min((step + 1) * batch.STEP, 3 * 1_320)  # nothing was asked for twice


@pytest.mark.parametrize("cut", [1, 5, 30, 20_000])
def test_a_line_cut_off_is_asked_for_again(source, running, wanted, cut):
    target, part = source.with_name("out.csv"), source.with_name("out.csv.part")
    with pytest.raises(Killed):
        batch.score(source, target, running.address, kill_after(2))
    os.truncate(part, max(part.stat().st_size - cut, 10))
    batch.score(source, target, running.address)
    assert target.read_bytes() == wanted


def test_another_source_starts_anew(source, running, wanted):
    target = source.with_name("out.csv")
    source.with_name("out.csv.part").write_text("of another file\n1,2,old\n")
    batch.score(source, target, running.address)
    assert target.read_bytes() == wanted


def test_service_killed_in_the_middle(source, wanted):
    target = source.with_name("out.csv")
    past, _ = pay.split_by_time(pay.adverts())
    data = onnx_model.export(pay.train(past, n_estimators=5), past, "small")
    with (
        service.start(data) as first,
        pytest.raises(batch.BatchError, match="1,000 adverts are done and kept"),
    ):
        batch.score(
            source, target, first.address, lambda done, total: first._process.kill() or first._process.wait()
        )
    with service.start(data) as second:
        batch.score(source, target, second.address)
    assert target.read_bytes() == wanted


def test_two_models_do_not_share_a_file(source, running):
    target, past = source.with_name("out.csv"), pay.split_by_time(pay.adverts())[0]
    with pytest.raises(Killed):
        batch.score(source, target, running.address, kill_after(1))
    with service.start(onnx_model.export(pay.train(past, n_estimators=5), past, "other")) as other:
        with pytest.raises(batch.BatchError, match=r"1,000 adverts are scored by small.*now has other"):
            batch.score(source, target, other.address)
        source.with_name("out.csv.part").unlink()
        batch.score(source, target, other.address)
    assert set(pd.read_csv(target)["model"]) == {"other"}


def test_other_columns_stay_letter_by_letter(tmp_path, running):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    head, row = "id,role,level,remote,country,price,note", '007,ML Engineer,SE,0,US,1.10,"a, b"'
    source.write_text(f"{head}\n{row}\n")
    assert batch.score(source, target, running.address) == 1
    lines = target.read_text().splitlines()
    assert lines[0] == f"{head},low,high,adverts,model"
    assert lines[1].startswith(f"{row},") and lines[1].endswith(",small")


def test_two_at_once(source, running):
    target = source.with_name("out.csv")
    with filelock.FileLock(f"{target}.part.lock"), pytest.raises(batch.BatchError, match="another notebook"):
        batch.score(source, target, running.address)


def test_disk_that_takes_nothing(source, running, monkeypatch):
    with pytest.raises(batch.BatchError, match="could not be written"):
        batch.score(source, source / "no folder" / "out.csv", running.address)

    def full(_file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(batch.BatchError, match="No space left"):
        batch.score(source, source.with_name("full.csv"), running.address)
    assert not source.with_name("full.csv").exists()


def test_sources_that_cannot_be_scored(tmp_path, running):
    def error(text):
        path = tmp_path / "bad.csv"
        path.write_bytes(text)
        with pytest.raises(batch.BatchError) as found:
            batch.score(path, tmp_path / "out.csv", running.address)
        return str(found.value)

    assert "needs a role" in error(b"a,b\n1,2\n")
    assert "Chef" in error(b"role,level,remote,country\nChef,SE,0,US\n")
    assert "column low already" in error(b"role,level,remote,country,low\nML Engineer,SE,0,US,1\n")
    assert "CSV" in error(b"") and "CSV" in error(b"\xff\xfe\x00")
    with pytest.raises(batch.BatchError, match="cannot be read"):
        batch.score(pathlib.Path(tmp_path / "none.csv"), tmp_path / "out.csv", running.address)
