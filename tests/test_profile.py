"""What the learner told us is never lost: other notebooks, damaged files, full disks, odd places."""

import json
import multiprocessing
import os
import pathlib
import pwd

import pytest
from pydantic import ValidationError

from helpers import profile

OLD = {  # as the first version of the series wrote it
    "version": 1,
    "answers": {"background": "student", "hopes": [], "hours": 3, "country": "Italy", "skills": {"sql": 2}},
    "solved": {"01": ["share_change"]},
    "liked": {"02": {"framing": 3}},
}


@pytest.fixture(autouse=True)
def home(home, monkeypatch):
    monkeypatch.setenv("ML_CAREERS_HOME", str(home / "my %41 home"))
    return home / "my %41 home"


def test_there_is_none_or_an_older_one_which_is_read_and_kept():
    assert profile.read() == profile.Profile() and not profile.path().exists()
    profile.path().parent.mkdir()
    profile.path().write_text(json.dumps(OLD))
    told = profile.read()
    assert told.answers.skills == {"sql": 2} and told.solved == {"01": ["share_change"]} and told.note == ""
    profile.mark_solved("02", "twins")
    assert json.loads(profile.path().read_text())["answers"] == OLD["answers"]


def _write(number):
    for place in range(10):
        profile.mark_solved(f"{number:02d}", f"exercise_{place}")


def test_four_notebooks_lose_nothing():
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.map(_write, range(4))
    solved = profile.read().solved
    assert set(solved) == {"00", "01", "02", "03"} and all(len(names) == 10 for names in solved.values())


DAMAGED = [b"", b"{", b"\xff\xfe", b"[]", b"null", b"[" * 99_999]
DAMAGED += [b'{"version": 2}', b'{"answers": {"hours": 99}}', b'{"x": 1}']


@pytest.mark.parametrize("content", DAMAGED, ids=range(9))
def test_a_file_that_cannot_be_understood_is_kept_whole(content, home):
    home.mkdir()
    profile.path().write_bytes(content)
    told = profile.read()
    assert told == profile.Profile(note=told.note) and "kept, whole" in told.note
    kept = next(home.glob("profile.json.damaged-*"))
    assert kept.read_bytes() == content and kept.name in told.note
    profile.update(lambda told: setattr(told.answers, "hours", 3))
    assert profile.read().answers.hours == 3


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_folder_or_a_pipe_in_its_place_neither_hangs_nor_is_lost(make, home):
    home.mkdir()
    make(profile.path())
    assert "no ordinary file" in profile.read().note
    told = profile.update(lambda told: setattr(told.answers, "hours", 5))
    assert "last until the kernel stops" in told.note and profile.read().answers.hours == 5
    profile.path().rename(home / "elsewhere")
    told = profile.update(lambda told: setattr(told.answers, "country", "Italy"))
    assert told.note == "" and told.answers.hours == 5 and profile.read() == told and not profile._unsaved


@pytest.mark.parametrize("method, why", [("write_text", "full"), ("replace", "gone"), ("read_bytes", "torn")])
def test_what_cannot_be_written_or_read_for_a_moment_is_kept_in_memory(method, why, monkeypatch):
    before = profile.update(lambda told: setattr(told.answers, "hours", 3)).model_dump_json(indent=1)

    def fails(*_, **__):
        raise OSError(5, why)

    with monkeypatch.context() as patch:
        patch.setattr(pathlib.Path, method, fails)
        told = profile.update(lambda told: told.answers.skills.update(sql=2))
        assert f"({why}): they last until the kernel stops" in told.note
        assert profile.read().answers.skills == {"sql": 2}
    assert profile.path().read_text() == before + "\n"
    profile.mark_solved("01", "change")
    told = profile.read()
    assert told.answers == profile.Answers(hours=3, skills={"sql": 2}) and told.solved == {"01": ["change"]}


def test_what_another_notebook_saved_meanwhile_stays(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(profile, "_LOCK_SECONDS", 0.05)
        profile.path().parent.mkdir()
        with profile.FileLock(f"{profile.path()}.lock"):
            profile.mark_solved("01", "mine")
            profile.path().write_text(json.dumps(OLD))  # by the one who holds the lock
    assert profile.read().solved == {"01": ["mine", "share_change"]}
    profile.mark_solved("01", "next")
    assert json.loads(profile.path().read_text())["solved"] == {"01": ["mine", "next", "share_change"]}


def test_no_home_folder_is_a_sentence(monkeypatch):
    monkeypatch.setenv("ML_CAREERS_HOME", "~no-such-person/here")
    assert "set ML_CAREERS_HOME" in profile.read().note
    for name in ("ML_CAREERS_HOME", "HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)  # a container gives its user a number without a name
    told = profile.update(lambda told: setattr(told.answers, "hours", 3))
    assert "set ML_CAREERS_HOME" in told.note and profile.read().answers.hours == 3


def test_a_wrong_answer_changes_nothing():
    profile.update(lambda told: setattr(told.answers, "hours", 3))
    for change in (
        lambda told: setattr(told.answers, "hours", 99),
        lambda told: told.answers.skills.update(cooking=2),
        lambda told: told.liked.update({"2": {}}),
        lambda told: told.levels.update(python={"level": 5, "low": 0, "high": 5}),
        lambda told: setattr(told.answers, "country", "x" * 61),
    ):
        with pytest.raises(ValidationError):
            profile.update(change)
    assert profile.read().answers == profile.Answers(hours=3)


def test_the_work_folder_is_made_or_stood_in_for(home, monkeypatch):
    assert profile.work("04") == home / "work" / "04" and profile.work("04").is_dir()
    blocked = home / "file"
    blocked.write_text("")
    monkeypatch.setenv("ML_CAREERS_HOME", str(blocked))
    assert profile.work("04").is_dir()
