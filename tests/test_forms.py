"""The forms: every answer is saved, shown again and can be taken back; the zip file brings all of it back."""

import datetime as dt
import io
import zipfile

import pytest

from helpers import forms, profile
from helpers.lessons import nb00


def fill(form):
    """Answer every question with its last choice."""
    for control in form.controls.values():
        control.value = getattr(control, "_options_values", ["Côte d'Ivoire <b>"])[-1]


def test_every_answer_is_saved_and_shown_again():
    form = nb00.about_you()
    fill(form)
    told = profile.read().answers
    assert len(told.skills) == 10 and told.hours == 40 and told.hopes and told.background == "other"
    assert told.country == "Côte d'Ivoire <b>" and "Saved." in form.status.value
    again = nb00.about_you()
    assert {key: control.value for key, control in again.controls.items()} == {
        key: control.value for key, control in form.controls.items()
    }
    for control in again.controls.values():
        control.value = ""
        assert getattr(control, "index", 0) == 0  # with None as an answer the list would be blank
    assert profile.read().answers == profile.Answers()


def test_a_text_that_is_too_long_is_not_saved():
    form = nb00.about_you()
    form.controls["country"].value = "x" * 61
    assert "at most 60" in form.status.value and profile.read().answers.country == ""


@pytest.mark.parametrize("notebook", profile.QUESTIONS["liked"])
def test_did_you_like_it(notebook):
    form = forms.did_you_like_it(notebook)
    assert len(form.controls) == 5 and "most_days" in form.controls
    fill(form)
    assert set(profile.read().liked[notebook].values()) == {profile.NOT_DONE}


@pytest.fixture
def ask(monkeypatch):
    """Do what a click below a filled form does; what comes back is the sentence, and the file's name and content."""
    form = nb00.about_you()
    fill(form)
    row, sent = nb00.Files(form), []

    def send(message, data):
        sent.append((message["said"], message["name"], *data))

    def click(what, *data):
        row._handle_custom_msg({"do": what}, list(data))
        return sent[-1]

    monkeypatch.setattr(row, "send", send)
    click.form, click.sent = form, sent
    return click


def test_a_zip_file_brings_answers_and_work_back(ask, home, monkeypatch):
    (profile.work("05") / "steps").mkdir()
    (profile.work("05") / "steps" / "my step.py").write_text("step = 1")
    (profile.work("04") / "app.py").write_text("app = 1")
    (profile.work("04") / ".hidden").write_text("")
    said, name, data = ask("pack")
    assert said == "The file holds your answers and your work."
    assert name == f"ml-careers-{dt.date.today()}.zip"
    monkeypatch.setenv("ML_CAREERS_HOME", str(home / "another"))
    (profile.work("04") / "app.py").write_text("app = 2")
    for _ in range(2):
        assert "are in your work folder" in ask("unpack", memoryview(data))[0]
    assert ask.form.controls["hours"].value == 40
    assert (profile.work("05") / "steps" / "my step.py").read_text() == "step = 1"
    assert (profile.work("04") / "app.py").read_text() == "app = 1"
    assert [file.read_text() for file in profile.work("04").glob("app.py.replaced-*")] == ["app = 2"]
    assert not (profile.work("04") / ".hidden").exists()


def zipped(*members, top=""):
    """A zip file with an empty profile and some members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"{top}profile.json", "{}")
        for name, content in members:
            archive.writestr(f"{top}{name}", content)
    return buffer.getvalue()


def test_what_was_packed_again_by_hand_is_taken():
    members = [("work/04/a.py", "1"), (".DS_Store", "x"), ("../__MACOSX/ml-careers/._profile.json", "x")]
    assert "are in your work folder" in nb00.unpack(zipped(*members, top="ml-careers/"))
    assert (profile.work("04") / "a.py").read_text() == "1"
    assert "as they are now" in nb00.unpack(b'{"answers": {"hours": 3}}')  # it was unpacked, too
    assert profile.read().answers.hours == 3


@pytest.mark.parametrize("name", ["../evil", "work/../evil", "/etc/evil", "evil", "work/04/../../../evil"])
def test_an_upload_writes_nowhere_else(name, home):
    nb00.unpack(zipped((name, "x")))
    assert {file.name for file in home.iterdir()} <= {"work", "profile.json", "profile.json.lock"}
    assert not list(home.parent.glob("evil"))


def test_an_upload_is_bounded_and_whole():
    with pytest.raises(ValueError, match="more than this form takes"):
        nb00.unpack(zipped(("work/04/big", b"0" * 11_000_000)))
    good = zipped(("work/04/a.py", "x" * 999))
    place = good.index(b"a.py")
    broken = good[: place + 6] + b"damaged" + good[place + 13 :]
    foreign = zipped(top="x").replace(b"profile", b"another")
    for bad in (b"", b"PK\x03\x04", b"hello", broken, foreign):
        with pytest.raises(ValueError, match=r"holds no answers|damaged|not one that this form made"):
            nb00.unpack(bad)
    assert not list(profile.work("04").iterdir()) and not profile.path().exists()


def test_no_links_are_packed_or_followed(home):
    outside = home / "outside"
    outside.mkdir()
    (outside / "b.py").write_text("secret")
    (profile.work("04") / "out").symlink_to(outside)
    (profile.work("04") / "b.py").symlink_to(outside / "b.py")
    (profile.work("04") / "huge").write_bytes(b"0" * 6_000_000)
    data, said = nb00.pack()
    assert zipfile.ZipFile(io.BytesIO(data)).namelist() == ["profile.json"]
    assert "b.py" in said and "huge" in said
    for name in ("work/04/out/b.py", "work/04/b.py"):
        assert "could not be written: b.py" in nb00.unpack(zipped((name, "evil")))
    assert (outside / "b.py").read_text() == "secret"


def test_start_again_keeps_a_copy(ask, home):
    assert "The form is empty" in ask("forget")[0]
    assert profile.read() == profile.Profile() and ask.form.controls["hours"].value == ""
    assert len(list(home.glob("profile.json.replaced-*"))) == 1
    ask.form.controls["hours"].value = 3
    assert ask.sent[-1] == ("", ""), "the sentence above no longer holds"
    assert "holds no answers" in ask("unpack", b"nothing")[0]
