"""Panels: what they show at the start, after each change, and when something goes wrong."""

import base64
import io
import re

import pytest
from matplotlib.figure import Figure
from PIL import Image

from helpers import charts
from helpers.explore import explore
from tests import books

# Runs in the notebook's own kernel, after its last cell: every control of every panel goes through all its values.


def line(slope=1, name="a"):
    if slope == 13:
        raise charts.NoPicture("Thirteen is not drawn here: choose another slope, please.")
    if slope == 7:
        raise KeyError("a mistake of the author")
    figure, axes = charts.blank()
    axes.plot([0, slope])
    return charts.finish(
        figure, f"Slope {slope}", "Source: none", f"The line {name} rises by {slope} in all."
    )


@pytest.fixture
def panel():
    return explore(line, slope=list(range(1, 20)), name=["a", "b"])


def test_starts_with_the_defaults_of_the_draw_function(panel):
    assert panel.values == {"slope": 1, "name": "a"}
    assert panel.sentence == line().get_label() and not panel.problem


def test_without_a_kernel_there_are_a_picture_and_words(panel):
    data = panel._repr_mimebundle_()
    picture = re.search(r'<img alt="Chart: (.+?)" src="data:image/png;base64,(.+?)"', data["text/html"])
    assert Image.open(io.BytesIO(base64.b64decode(picture[2]))).format == "PNG"
    assert picture[1] == charts.title_of(line()) and "Run this notebook to move it" in data["text/html"]
    assert data["text/plain"] == line().get_label()
    assert books.WIDGET_VIEW in data


def test_every_control_has_a_label_and_shows_its_value(panel):
    assert [control.description for control in panel.controls.values()] == ["Slope", "Name"]
    assert panel.controls["slope"].readout


def test_picture_and_words_follow_the_controls(panel):
    before = panel._view.png
    panel.controls["slope"].value = 3
    assert panel.sentence == "The line a rises by 3 in all." and panel._view.png != before
    panel.controls["name"].value = "b"
    assert panel.sentence == "The line b rises by 3 in all."


def test_senseless_values_are_met_with_a_sentence_that_goes_away(panel):
    panel.controls["slope"].value = 13
    assert panel.problem.startswith("Thirteen is not drawn")
    panel.controls["slope"].value = 2
    assert not panel.problem and "by 2" in panel.sentence


def test_a_mistake_in_a_callback_is_raised_and_shown_as_one_sentence(panel):
    with pytest.raises(KeyError):
        panel.controls["slope"].value = 7
    assert (
        panel.problem == "This setting could not be drawn (KeyError). Choose another value; nothing is lost."
    )


def test_controls_must_match_the_draw_function():
    with pytest.raises(TypeError, match="slope, name"):
        explore(line, slope=[1, 2])


def test_a_figure_without_words_is_refused():
    with pytest.raises(ValueError, match=r"charts\.finish"):
        charts.sentence_of(Figure())


def test_same_values_give_the_same_bytes():
    assert charts.png(line()) == charts.png(line())
