"""The forms: every answer is saved, shown again and can be taken back; the zip file brings all of it back."""

import datetime as dt
import io
import zipfile

import pytest

from helpers import forms, profile


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("ML_CAREERS_HOME", str(tmp_path))
    monkeypatch.setattr(profile, "_unsaved", {})
    return tmp_path


def fill(form):
    """Answer every question with its last choice."""
    for control in form.controls.values():
        control.value = (
            control._options_values[-1] if hasattr(control, "_options_values") else "Côte d'Ivoire <b>"
        )


def test_every_answer_is_saved_and_shown_again():
    form = forms.about_you()
    fill(form)
    told = profile.read().answers
    assert len(told.skills) == 10 and told.hours == 40 and told.hopes and told.background == "other"
    assert told.country == "Côte d'Ivoire <b>" and "Saved." in form.status
    again = forms.about_you()
    assert {key: control.value for key, control in again.controls.items()} == {
        key: control.value for key, control in form.controls.items()
    }
    for control in again.controls.values():
        control.value = ""
        assert getattr(control, "index", 0) == 0  # with None as an answer the list would be blank
    assert profile.read().answers == profile.Answers()


def test_a_text_that_is_too_long_is_not_saved():
    form = forms.about_you()
    form.controls["country"].value = "x" * 61
    assert "at most 60" in form.status and profile.read().answers.country == ""


@pytest.mark.parametrize("notebook", profile.QUESTIONS["liked"])
def test_did_you_like_it(notebook):
    form = forms.did_you_like_it(notebook)
    assert len(form.controls) == 5 and "most_days" in form.controls
    fill(form)
    assert set(profile.read().liked[notebook].values()) == {profile.NOT_DONE}


def test_without_a_kernel_the_questions_can_be_read(capsys, monkeypatch):
    shown = []
    monkeypatch.setattr(forms.live, "display", lambda data, raw: shown.append(data))
    form = forms.did_you_like_it("02")
    form._ipython_display_()
    forms.files(form)._ipython_display_()
    assert [list(data) for data in shown] == [["text/html", "text/plain"], [forms.live._VIEW]] * 2
    assert "in SQL?</td>" in shown[0]["text/html"] and "Run this notebook" in shown[0]["text/html"]
    assert "in SQL?" in shown[0]["text/plain"]


@pytest.fixture
def files(monkeypatch):
    """The row of buttons below a filled form; what it sends to the browser is in `files.sent`."""
    form = forms.about_you()
    fill(form)
    row = forms.files(form)
    row.form, row.sent = form, []
    monkeypatch.setattr(row, "send", lambda message, data: row.sent.append((message, *data)))
    return row


def ask(row, what, *data):
    """Do what a click does."""
    row._handle_custom_msg({"do": what}, list(data))
    return row.said


def test_a_zip_file_brings_answers_and_work_back(files, home, monkeypatch):
    (profile.work("05") / "steps").mkdir()
    (profile.work("05") / "steps" / "my step.py").write_text("step = 1")
    (profile.work("04") / "app.py").write_text("app = 1")
    (profile.work("04") / ".hidden").write_text("")
    assert "holds your answers and your work." in ask(files, "pack")
    message, data = files.sent[-1]
    assert message["name"] == f"ml-careers-{dt.date.today()}.zip"
    monkeypatch.setenv("ML_CAREERS_HOME", str(home / "another"))
    (profile.work("04") / "app.py").write_text("app = 2")
    for _ in range(2):
        assert "went into your work folder: 2." in ask(files, "unpack", memoryview(data))
    assert files.form.controls["hours"].value == 40
    assert (profile.work("05") / "steps" / "my step.py").read_text() == "step = 1"
    assert (profile.work("04") / "app.py").read_text() == "app = 1"
    assert [file.read_text() for file in profile.work("04").glob("app.py.replaced-*")] == ["app = 2"]


def test_what_was_packed_again_by_hand_is_taken():
    inside = zipfile.ZipFile(io.BytesIO(zipped(("work/04/a.py", "1"))))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in inside.namelist():
            archive.writestr(f"ml-careers/{name}", inside.read(name))
            archive.writestr(f"__MACOSX/ml-careers/._{name}", b"x")
        archive.writestr("ml-careers/.DS_Store", b"x")
    assert ": 1." in forms.unpack(buffer.getvalue()) and (profile.work("04") / "a.py").read_text() == "1"


def zipped(*members):
    """A zip file with an empty profile and some members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("profile.json", "{}")
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "name",
    ["../evil", "work/04/../../evil", "/etc/passwd", "work/04/.x/a", "work/4/a", "x.py"],
)
def test_an_upload_writes_nowhere_else(name, home):
    with pytest.raises(ValueError, match="not one that this form made"):
        forms.unpack(zipped((name, "x")))
    assert not list(home.rglob("evil"))


def test_an_upload_is_bounded_and_no_links_are_packed_or_followed(home):
    with pytest.raises(ValueError, match="more than this form takes"):
        forms.unpack(zipped(("work/04/big", b"0" * 11_000_000)))
    good = zipped(("work/04/a.py", "x" * 999))
    place = good.index(b"a.py")
    for bad in (b"", b"PK\x03\x04", b"hello", good[: place + 6] + b"damaged" + good[place + 13 :]):
        with pytest.raises(ValueError, match=r"holds no answers|damaged"):
            forms.unpack(bad)
    outside = home / "outside"
    outside.mkdir()
    (outside / "b.py").write_text("secret")
    (profile.work("04") / "out").symlink_to(outside)
    (profile.work("04") / "b.py").symlink_to(outside / "b.py")
    (profile.work("04") / "huge").write_bytes(b"0" * 6_000_000)
    data, left_out = forms.packed()
    assert zipfile.ZipFile(io.BytesIO(data)).namelist() == ["profile.json"]
    assert "b.py" in left_out and "huge" in left_out
    for name in ("work/04/out/b.py", "work/04/b.py"):
        assert "could not be written" in forms.unpack(zipped((name, "evil")))
    assert (outside / "b.py").read_text() == "secret"


def test_start_again_keeps_a_copy(files, home):
    ask(files, "forget")
    assert profile.read() == profile.Profile() and files.form.controls["hours"].value == ""
    assert len(list(home.glob("profile.json.replaced-*"))) == 1
    assert "holds no answers" in ask(files, "unpack", b"nothing") and files.sent[-1][0]["said"] == files.said
