"""`helpers.answers`, `profile_json`, `profile` and `profile_form`: what a learner told us is never lost."""

import base64
import datetime
import errno
import json
import os
import re
import subprocess
import sys

import ipywidgets as widgets
import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from helpers import profile, profile_form
from helpers.answers import BACKGROUNDS, HOPES, HOURS, MAX_COUNTRY, SKILLS, STEPS, Profile, changed
from helpers.profile_json import MAX_BYTES, ProfileError, from_json, to_json


@pytest.fixture
def home(tmp_path, monkeypatch):
    folder = tmp_path / "mine"
    monkeypatch.setenv("ML_CAREERS_HOME", str(folder))
    return folder


def names(folder):
    """Names in a folder, without the lock, which stays."""
    return sorted(p.name for p in folder.iterdir() if not p.name.endswith(".lock"))


# --- answers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"age": 30},
        {"background": "pirate"},
        {"background": ["student"]},
        {"hopes": "decide"},
        {"hopes": ["riches"]},
        {"hours": 0},
        {"hours": 41},
        {"hours": True},
        {"hours": 2.5},
        {"hours": float("nan")},
        {"country": None},
        {"country": "x" * (MAX_COUNTRY + 1)},
        {"skills": {"python": 5}},
        {"skills": {"python": True}},
        {"skills": {"juggling": 1}},
        {"skills": ["python"]},
        {"solved": {"1": ["a"]}},
        {"solved": {"01": "abc"}},
        {"solved": {"01": ["../x"]}},
        {"solved": {"01": [f"e{i}" for i in range(21)]}},
        {"liked": {"02": {"framing": 5}}},
        {"liked": {"02": 3}},
    ],
)
def test_an_answer_to_no_question_is_refused_in_words_and_changes_nothing(home, changes):
    profile.update(hours=3)
    with pytest.raises(ValueError, match=r"^[A-Za-z].*\.$"):
        profile.update(**changes)
    assert profile.load() == Profile(hours=3)


def test_control_characters_and_lone_surrogates_do_not_enter_a_country():
    assert changed(Profile(), country=" C\ud800ôte\n\x00d'Ivoire ").country == "C ôte d'Ivoire"


def test_a_profile_cannot_be_changed_by_accident():
    told = changed(Profile(), skills={"python": 1})
    with pytest.raises(TypeError):
        told.skills["python"] = 4


def test_prefer_not_to_say_forgets_an_answer():
    told = changed(Profile(), background="student", hours=4, skills={"python": 1, "sql": 2})
    assert changed(told, background=None, hours=None, skills={"python": None}) == Profile(skills={"sql": 2})


# --- JSON ------------------------------------------------------------------------------------------------

notebooks = st.from_regex(r"[0-2][0-9]", fullmatch=True)
exercises = st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True)
steps = st.integers(0, len(STEPS) - 1)
profiles = st.builds(
    lambda **answers: changed(Profile(), **answers),
    background=st.none() | st.sampled_from(list(BACKGROUNDS)),
    hopes=st.lists(st.sampled_from(list(HOPES))),
    hours=st.none() | st.sampled_from(HOURS),
    country=st.text(max_size=MAX_COUNTRY),
    skills=st.dictionaries(st.sampled_from(list(SKILLS)), steps),
    solved=st.dictionaries(notebooks, st.lists(exercises, max_size=5), max_size=4),
    liked=st.dictionaries(notebooks, st.dictionaries(exercises, steps, max_size=5), max_size=4),
)


def without_empty(told):
    """A notebook without a solved exercise or a rating says nothing, so it need not come back."""
    kept = {name: {k: v for k, v in getattr(told, name).items() if v} for name in ("solved", "liked")}
    return Profile(told.background, told.hopes, told.hours, told.country, told.skills, **kept)


@given(profiles)
def test_a_profile_survives_its_file(told):
    again = from_json(to_json(told).encode())
    assert again == without_empty(told)
    assert again.notes == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
hostile = st.fixed_dictionaries(
    {"version": st.just(1)},
    optional={
        "answers": json_values
        | st.dictionaries(
            st.sampled_from(["background", "hopes", "hours", "country", "skills"]), json_values
        ),
        "solved": json_values | st.dictionaries(notebooks, json_values),
        "liked": json_values | st.dictionaries(notebooks, json_values),
        "extra": json_values,
    },
)


@given(hostile)
def test_any_json_gives_a_profile_that_can_be_kept_or_one_sentence(document):
    try:
        told = from_json(json.dumps(document).encode())
    except ProfileError as error:
        assert str(error).endswith(".")
    else:
        assert from_json(to_json(told).encode()) == without_empty(told)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_profile_or_one_sentence(data):
    try:
        from_json(data)
    except ProfileError as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"[" * 60_000,
        b'{"version": 1, "answers": ' + b'{"a":' * 9_000,
        b'{"version": NaN}',
        b'{"version": 1, "answers": {"hours": NaN}}',
        b'{"version": 1, "answers": {"hours": ' + b"9" * 5_000 + b"}}",
        b'{"version": true}',
        b'{"version": "1"}',
        b'{"version": 0}',
        b'{"version": 2}',
        b"[1]",
        b"null",
        b'"text"',
        b"{}",
        b" " * (MAX_BYTES + 1),
    ],
)
def test_what_is_no_profile_of_this_version_is_refused_in_words(data):
    with pytest.raises(ProfileError, match=r"^The file .*\.$"):
        from_json(data)


def test_one_wrong_entry_does_not_take_the_right_ones_along():
    told = from_json(
        json.dumps(
            {
                "version": 1,
                "<b>odd</b>": 1,
                "answers": {
                    "hours": 6,
                    "background": 7,
                    "hopes": ["decide", {}, "riches"],
                    "skills": {"python": 3, "sql": "4", "juggling": 1},
                },
                "solved": {"01": ["share_change", 5], "99": ["x"]},
                "liked": {"02": {"framing": 3, "cleaning": -1}},
            }
        ).encode()
    )
    assert told == Profile(
        hours=6,
        hopes=("decide",),
        skills={"python": 3},
        solved={"01": ("share_change",)},
        liked={"02": {"framing": 3}},
    )
    assert len(told.notes) == 1
    for name in ("<b>odd</b>", "background", "hopes", "skills", "solved", "liked"):
        assert name in told.notes[0]


def test_a_file_saved_by_a_windows_editor_is_read():
    assert from_json(b"\xef\xbb\xbf" + to_json(Profile(hours=2)).replace("\n", "\r\n").encode()).hours == 2


def test_the_fullest_profile_fits():
    twenty = [f"{'e' * 38}{i:02}" for i in range(20)]
    books = [f"{i:02}" for i in range(30)]
    full = changed(
        Profile(),
        background="software",
        hopes=list(HOPES),
        hours=40,
        country="\U0001f600" * MAX_COUNTRY,
        skills=dict.fromkeys(SKILLS, 4),
        solved=dict.fromkeys(books, twenty),
        liked=dict.fromkeys(books, dict.fromkeys(twenty, 4)),
    )
    assert from_json(to_json(full).encode()) == full


# --- storage ---------------------------------------------------------------------------------------------


def test_the_profile_lives_in_the_users_data_folder_unless_told_otherwise(home, monkeypatch):
    assert profile.path() == home / "profile.json"
    monkeypatch.delenv("ML_CAREERS_HOME")
    assert profile.path().name == "profile.json"
    assert "ml-careers" in str(profile.path().parent)


def test_reading_creates_nothing(home):
    assert profile.load() == Profile()
    assert not home.exists()


def test_changes_are_kept_and_merged(home):
    profile.update(hours=5, skills={"python": 2})
    profile.update(skills={"sql": 1}, liked={"02": {"framing": 3}})
    profile.mark_solved("01", "share_change")
    profile.mark_solved("01", "base_month")
    told = profile.mark_solved("01", "share_change")
    assert told.notes == ()
    assert told == profile.load()
    assert told == Profile(
        hours=5,
        skills={"python": 2, "sql": 1},
        liked={"02": {"framing": 3}},
        solved={"01": ("share_change", "base_month")},
    )
    assert names(home) == ["profile.json"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{broken", "not JSON"),
        (b"[]", "not a profile"),
        (b'{"version": 99, "answers": {}}', "newer version"),
        (b"x" * (MAX_BYTES + 1), "larger than 64 KB"),
        (b"", "not JSON"),
    ],
)
@pytest.mark.parametrize("touch", [profile.load, lambda: profile.update(hours=1)])
def test_a_file_that_cannot_be_used_is_kept_beside(home, content, says, touch):
    home.mkdir()
    kept = []
    for _ in range(3):
        (home / "profile.json").write_bytes(content)
        told = touch()
        assert len(told.notes) == 1
        assert says in told.notes[0]
        kept = [name for name in names(home) if ".bad-" in name]
        assert any(name in told.notes[0] for name in kept)
    assert len(kept) == 3
    assert {(home / name).read_bytes() for name in kept} == {content}
    assert touch().notes == ()


def test_entries_that_are_not_understood_are_kept_beside_before_they_go(home):
    home.mkdir()
    before = b'{"version": 1, "answers": {"hours": 5, "shoe_size": 44}}'
    (home / "profile.json").write_bytes(before)
    assert "shoe_size" in profile.load().notes[0]
    assert names(home) == ["profile.json"]
    told = profile.update(country="Chile")
    (aside,) = [name for name in names(home) if ".bad-" in name]
    assert aside in told.notes[0]
    assert (home / aside).read_bytes() == before
    assert profile.load() == Profile(hours=5, country="Chile")


CRASH = """
import os
from helpers import profile
os.replace = lambda *_: os._exit(9)
profile.update(hours=40)
"""


def test_a_computer_that_stops_half_way_leaves_the_old_file_whole(home):
    profile.update(hours=5)
    before = (home / "profile.json").read_bytes()
    assert subprocess.run([sys.executable, "-c", CRASH], timeout=60).returncode == 9
    assert (home / "profile.json").read_bytes() == before
    assert profile.update(country="Peru") == Profile(hours=5, country="Peru")
    assert names(home) == ["profile.json"]


SOLVE_MANY = """
import sys
from helpers import profile
for count in range(10):
    told = profile.mark_solved(sys.argv[1], f"exercise_{count}")
    assert told.notes == (), told.notes
"""


def test_notebooks_at_the_same_time_lose_nothing(home):
    numbers = ["01", "02", "03", "04"]
    running = [subprocess.Popen([sys.executable, "-c", SOLVE_MANY, number]) for number in numbers]
    assert [process.wait(60) for process in running] == [0] * len(running)
    assert {number: len(done) for number, done in profile.load().solved.items()} == dict.fromkeys(numbers, 10)


def fails(number):
    def refuse(*_args, **_kwargs):
        raise OSError(number, os.strerror(number))

    return refuse


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC, errno.EACCES])
@pytest.mark.parametrize("where", ["os.replace", "os.fsync", "pathlib.Path.mkdir"])
def test_a_disk_that_cannot_be_written_gets_one_sentence_and_the_session_goes_on(
    home, monkeypatch, number, where
):
    profile.update(hours=5)
    with monkeypatch.context() as broken:
        broken.setattr(where, fails(number))
        told = profile.update(skills={"python": 3})
        assert len(told.notes) == 1
        assert os.strerror(number).lower() in told.notes[0]
        assert str(home) not in told.notes[0]
        profile.mark_solved("01", "a")
        assert profile.load() == Profile(hours=5, skills={"python": 3}, solved={"01": ("a",)})
    assert json.loads((home / "profile.json").read_bytes())["answers"]["skills"] == {}
    healed = profile.update(country="Ghana")
    assert healed.notes == ()
    assert from_json((home / "profile.json").read_bytes()) == healed
    assert healed == Profile(hours=5, skills={"python": 3}, solved={"01": ("a",)}, country="Ghana")


def test_a_folder_that_cannot_be_made_gets_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("ML_CAREERS_HOME", str(tmp_path / "file" / "inside"))
    assert len(profile.load().notes) == 1
    told = profile.update(hours=7)
    assert len(told.notes) == 1
    assert profile.load().hours == 7


def test_a_file_that_cannot_be_read_is_not_overwritten(home, monkeypatch):
    profile.update(hours=5)
    before = (home / "profile.json").read_bytes()
    with monkeypatch.context() as broken:
        broken.setattr(profile, "_read", fails(errno.EACCES))
        assert len(profile.load().notes) == 1
        assert profile.update(country="Laos").country == "Laos"
        assert (home / "profile.json").read_bytes() == before
    assert profile.load() == Profile(hours=5, country="Laos")


def test_a_damaged_file_that_cannot_be_moved_is_not_overwritten(home, monkeypatch):
    home.mkdir()
    (home / "profile.json").write_bytes(b"{broken")
    monkeypatch.setattr("pathlib.Path.rename", fails(errno.EROFS))
    assert len(profile.load().notes) == 1
    assert profile.update(hours=3).hours == 3
    assert (home / "profile.json").read_bytes() == b"{broken"


def test_a_lock_that_is_never_given_back_gets_one_sentence(home, monkeypatch):
    monkeypatch.setattr(profile, "_LOCK_SECONDS", 0.1)
    profile.update(hours=5)
    with FileLock(home / "profile.json.lock"):
        told = profile.update(hours=6)
        assert "another program holds" in told.notes[0]
        assert profile.load().hours == 6
    assert profile.update(country="Mali") == Profile(hours=6, country="Mali")


def test_an_import_keeps_a_copy_of_what_it_replaces(home):
    profile.update(hours=5)
    first = (home / "profile.json").read_bytes()
    for _ in range(2):
        told = profile.import_json(to_json(Profile(hours=9, country="Fiji")).encode())
    assert told == profile.load() == Profile(hours=9, country="Fiji")
    kept = [name for name in names(home) if ".replaced-" in name]
    assert len(kept) == 2
    assert first in {(home / name).read_bytes() for name in kept}
    assert any(name in told.notes[-1] for name in kept)


def test_an_import_that_is_no_profile_changes_nothing(home):
    profile.update(hours=5)
    before = (home / "profile.json").read_bytes()
    with pytest.raises(ProfileError):
        profile.import_json(b"<html>")
    assert names(home) == ["profile.json"]
    assert (home / "profile.json").read_bytes() == before


def test_an_import_or_a_new_start_on_a_full_disk_keeps_the_old_file(home, monkeypatch):
    profile.update(hours=5)
    with monkeypatch.context() as broken:
        broken.setattr("shutil.copyfile", fails(errno.ENOSPC))
        assert profile.clear() == Profile()
        assert from_json((home / "profile.json").read_bytes()).hours == 5
    profile.update(country="Oman")
    (kept,) = [name for name in names(home) if ".replaced-" in name]
    assert from_json((home / kept).read_bytes()).hours == 5
    assert profile.load() == Profile(country="Oman")


def test_what_is_downloaded_can_be_uploaded(home):
    profile.update(hours=5, hopes=["decide"], country="Österreich", skills={"cloud": 0})
    told = profile.load()
    saved = profile.export_json().encode()
    profile.clear()
    assert profile.import_json(saved) == told


# --- form ------------------------------------------------------------------------------------------------


def upload(form, content):
    form.controls["upload"].value = (
        {
            "name": "p.json",
            "type": "application/json",
            "size": len(content),
            "last_modified": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
            "content": memoryview(content),
        },
    )


def test_every_control_saves_what_it_shows(home):
    form = profile_form.form()
    form.controls["background"].value = "analyst"
    form.controls["hours"].value = 6
    form.controls["country"].value = "Kenya"
    for key in HOPES:
        form.controls[f"hopes.{key}"].value = True
    for step, key in enumerate(SKILLS):
        form.controls[f"skills.{key}"].value = step % len(STEPS)
    told = profile.load()
    assert (told.background, told.hours, told.country) == ("analyst", 6, "Kenya")
    assert told.hopes == tuple(HOPES)
    assert told.skills == {key: step % len(STEPS) for step, key in enumerate(SKILLS)}
    assert "Saved" in form.status
    again = profile_form.form()
    assert again.controls["hours"].value == 6
    assert again.controls["skills.python"].label == "0 new to me"
    for name, control in again.controls.items():
        if name in ("background", "hours", "country") or name.startswith("skills."):
            control.value = ""
        elif name.startswith("hopes."):
            control.value = False
    assert profile.load() == Profile()


def test_the_form_shows_what_another_notebook_saved_and_saves_nothing_by_itself(home):
    profile.update(hours=3, skills={"sql": 0})
    before = (home / "profile.json").read_bytes()
    form = profile_form.form()
    assert form.controls["hours"].label == "3 hours"
    assert form.controls["skills.sql"].label == STEPS[0]
    assert form.controls["background"].label == profile_form.UNSAID
    assert (home / "profile.json").read_bytes() == before


def test_every_control_has_a_label(home):
    for name, control in profile_form.form().controls.items():
        assert control.description, name


def test_a_country_that_is_no_name_is_refused_and_the_rest_stays(home):
    form = profile_form.form()
    form.controls["hours"].value = 4
    form.controls["country"].value = "x" * 61
    assert "Not saved" in form.status
    assert profile.load() == Profile(hours=4)


def test_an_upload_fills_the_form_and_can_be_repeated(home):
    form = profile_form.form()
    content = to_json(Profile(hours=8, background="student")).encode()
    for _ in range(2):
        upload(form, content)
        assert form.controls["hours"].value == 8
        assert profile.load() == Profile(hours=8, background="student")
        form.controls["hours"].value = 1


@pytest.mark.parametrize(
    "content", [b"<html>", b"", b'{"version": 9}', b'{"version": 1, "<img src=x onerror=alert(1)>": 1}']
)
def test_a_strange_upload_gets_a_sentence_and_no_markup(home, content):
    profile.update(hours=5)
    form = profile_form.form()
    upload(form, content)
    assert 'role="alert"' in form.status
    assert "<img" not in form.status
    kept = [profile.load().hours] + [
        from_json((home / name).read_bytes()).hours for name in names(home) if ".replaced-" in name
    ]
    assert 5 in kept


def test_start_again_asks_first(home):
    profile.update(hours=5)
    form = profile_form.form()
    form.controls["start_again"].click()
    assert profile.load().hours == 5
    form.controls["keep"].click()
    assert profile.load().hours == 5
    form.controls["start_again"].click()
    form.controls["confirm"].click()
    assert profile.load() == Profile()
    assert form.controls["hours"].label == profile_form.UNSAID
    assert any(".replaced-" in name for name in names(home))


def test_the_download_is_what_is_saved(home):
    form = profile_form.form()
    form.controls["country"].value = '"><script>'
    links = [w.value for w in _walk(form.widget) if isinstance(w, widgets.HTML) and "download=" in w.value]
    (link,) = links
    content = re.fullmatch(
        r'<a href="data:application/json;base64,([A-Za-z0-9+/=]+)" download="[\w.-]+" .*', link
    )
    assert base64.b64decode(content[1]) == (home / "profile.json").read_bytes()


def _walk(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _walk(child)


def test_what_is_stored_in_a_notebook_is_the_same_for_everyone(home):
    def shown():
        bundle = profile_form.form()._repr_mimebundle_()
        assert bundle.pop("application/vnd.jupyter.widget-view+json")
        return bundle

    empty = shown()
    profile.update(hours=5, country="Iran")
    assert shown() == empty
    assert set(empty) == {"text/html", "text/plain"}
    assert str(home) not in str(empty)
    for skill in SKILLS.values():
        assert skill.label in empty["text/html"]


def test_the_form_says_when_answers_cannot_be_saved(home, monkeypatch):
    form = profile_form.form()
    monkeypatch.setattr("os.replace", fails(errno.EROFS))
    form.controls["hours"].value = 2
    assert "cannot be saved" in form.status
    form.controls["country"].value = "Nepal"
    assert profile.load() == Profile(hours=2, country="Nepal")
