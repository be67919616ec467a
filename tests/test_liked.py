"""The form "Did you like it?": what is saved, what is shown without a kernel, and that nothing is lost."""

import ipywidgets as widgets
import pytest

from helpers import liked, profile


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ML_CAREERS_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("notebook", liked.QUESTIONS)
def test_each_role_notebook_asks_for_its_four_parts_and_for_the_whole(notebook):
    form = liked.form(notebook)
    assert len(form.controls) == 5
    assert list(form.controls)[-1] == liked.MOST_DAYS
    assert all(control.description.endswith("?") for control in form.controls.values())
    # A longer question would be cut off by the fixed width of the labels.
    assert max(len(control.description) for control in form.controls.values()) <= 62


@pytest.mark.parametrize("notebook", liked.QUESTIONS)
def test_every_name_and_every_step_is_accepted_by_the_profile(notebook):
    form = liked.form(notebook)
    for control in form.controls.values():
        for _label, value in control.options[1:]:
            control.value = value
            assert "Not saved" not in form.status
    assert dict(profile.load().liked[notebook]) == dict.fromkeys(form.controls, 4)
    assert "That is all of them." in form.status


def test_an_answer_is_saved_when_it_is_given_and_is_there_again():
    form = liked.form("02")
    form.controls["framing"].value = 0
    assert "Saved in your profile. 4 of 5 not answered" in form.status
    assert profile.load().liked["02"]["framing"] == 0
    assert liked.form("02").controls["framing"].value == 0
    assert liked.form("02").controls["models"].value == ""


def test_two_forms_keep_each_others_answers():
    first, second = liked.form("02"), liked.form("03")
    first.controls["charts"].value = 1
    second.controls["inventing"].value = 4
    assert profile.load().liked == {"02": {"charts": 1}, "03": {"inventing": 4}}


def test_taking_an_answer_back_never_leaves_form_and_file_apart():
    form = liked.form("02")
    form.controls["framing"].value = 3
    form.controls["framing"].value = ""
    saved = profile.load().liked.get("02", {}).get("framing", "")
    assert form.controls["framing"].value == saved


def test_a_folder_that_cannot_be_written_is_said_and_the_answer_stays(home, monkeypatch):
    blocked = home / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("ML_CAREERS_HOME", str(blocked / "below"))
    form = liked.form("02")
    form.controls["framing"].value = 2
    assert 'role="alert"' in form.status and "cannot be saved" in form.status
    assert form.controls["framing"].value == 2


def test_a_damaged_profile_is_said_when_the_form_opens(home):
    (home / "profile.json").write_text("{")
    assert 'role="alert"' in liked.form("02").status


def test_without_a_kernel_the_questions_are_shown_the_same_for_everyone():
    empty = liked.form("05")._repr_mimebundle_()
    profile.update(liked={"05": {"monitoring": 4}})
    answered = liked.form("05")._repr_mimebundle_()
    for kind in ("text/html", "text/plain"):
        assert empty[kind] == answered[kind]
        assert all(question in empty[kind] for question in liked.QUESTIONS["05"].values())
    assert "application/vnd.jupyter.widget-view+json" in empty


def test_every_control_is_one_that_keys_can_reach():
    form = liked.form("04")
    assert all(isinstance(control, widgets.Dropdown) for control in form.controls.values())
    assert set(form.controls.values()) < set(form.widget.children)


@pytest.mark.parametrize("notebook", ["01", "", None, "99"])
def test_another_notebook_gets_one_sentence(notebook):
    with pytest.raises(ValueError, match="notebook is one of 02, 03, 04, 05"):
        liked.form(notebook)
