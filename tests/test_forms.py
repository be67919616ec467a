"""The forms: every answer is saved, shown again and can be taken back; the zip file brings all of it back."""

import datetime as dt
import io
import stat
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
        control.value = None if hasattr(control, "_options_values") else ""
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
    bundle = form._repr_mimebundle_()
    assert "<script" not in bundle["text/html"] and "Run this notebook" in bundle["text/html"]


def test_a_zip_file_brings_answers_and_work_back(home, monkeypatch):
    form = forms.about_you()
    fill(form)
    (profile.work("04") / "app.py").write_text("app = 1")
    files = forms.files(form)
    data = forms.packed()
    monkeypatch.setenv("ML_CAREERS_HOME", str(home / "another"))
    (profile.work("04") / "app.py").write_text("app = 2")
    files.upload.value = (
        {
            "name": "x.zip",
            "type": "",
            "size": len(data),
            "content": data,
            "last_modified": dt.datetime(2026, 1, 1),
        },
    )
    assert form.controls["hours"].value == 40 and files.upload.value == ()
    assert (profile.work("04") / "app.py").read_text() == "app = 1"
    assert next(profile.work("04").glob("app.py.replaced-*")).read_text() == "app = 2"


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
    ["../evil", "work/04/../../evil", "/etc/passwd", "work/04/.hidden", "work/4/a", "x.py", "work/04/a/b"],
)
def test_an_upload_writes_nowhere_else(name, home):
    with pytest.raises(ValueError, match="not one that this form made"):
        forms.unpack(zipped((name, "x")))
    assert not list(home.rglob("evil"))


def test_an_upload_is_bounded_and_no_links_are_packed(home):
    with pytest.raises(ValueError, match="more than 5 MB"):
        forms.unpack(zipped(("work/04/big", b"0" * 6_000_000)))
    for bad in (b"", b"PK\x03\x04", b"hello"):
        with pytest.raises(ValueError, match=r"."):
            forms.unpack(bad)
    (profile.work("04") / "secret").symlink_to("/etc/passwd")
    with zipfile.ZipFile(io.BytesIO(forms.packed())) as archive:
        assert archive.namelist() == ["profile.json"]
        assert not any(stat.S_ISLNK(member.external_attr >> 16) for member in archive.infolist())


def test_start_again_asks_first():
    form = forms.about_you()
    fill(form)
    files = forms.files(form)
    files.again.click()
    files.keep.click()
    assert profile.read().answers.hours == 40
    files.again.click()
    files.sure.click()
    assert profile.read() == profile.Profile() and form.controls["hours"].value is None
