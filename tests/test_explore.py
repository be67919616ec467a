"""Panels: what they show at the start, after each change, and when something goes wrong."""

import asyncio

import pytest
from matplotlib.figure import Figure

from helpers import charts
from helpers.explore import explore


def line(slope=1, name="a"):
    if slope == 13:
        raise LookupError("Thirteen is not drawn here: choose another slope, please.")
    if slope == 7:
        raise KeyError("a mistake of the author")
    figure, axes = charts.blank()
    axes.plot([0, slope])
    sentence = f"The line {name} rises by {slope} in all."
    return charts.finish(figure, f"Slope {slope}", "Source: none", sentence)


@pytest.fixture
def panel():
    return explore(line, slope=list(range(1, 20)), name=["a", "b"])


def test_it_starts_with_the_defaults_and_picture_and_words_follow_the_controls(panel):
    assert panel.values == {"slope": 1, "name": "a"} and panel.view.sentence == line().get_label()
    before = panel.view.png
    panel.controls["slope"].value = "3"
    assert panel.view.sentence == "The line a rises by 3 in all." and panel.view.png != before
    panel.controls["name"].value = "b"
    assert panel.view.sentence == "The line b rises by 3 in all."


def test_senseless_values_are_met_with_a_sentence_that_goes_away(panel):
    panel.controls["slope"].value = "13"
    assert panel.view.problem.startswith("Thirteen is not drawn")
    panel.controls["slope"].value = "2"
    assert not panel.view.problem and "by 2" in panel.view.sentence


def test_a_mistake_in_a_callback_is_raised_and_shown_as_one_sentence(panel):
    with pytest.raises(KeyError):
        panel.controls["slope"].value = "7"
    said = "This setting could not be drawn (KeyError). Choose another value; nothing is lost."
    assert panel.view.problem == said


def test_controls_must_match_the_draw_function():
    with pytest.raises(TypeError, match="slope, name"):
        explore(line, slope=[1, 2])


def rest(panel, until):
    """Leave a panel alone until it holds so many pictures; returns how many it held at once."""

    async def wait():
        panel._draw_ahead()
        at_once = drawn()
        for _ in range(100):
            if drawn() < until:
                await asyncio.sleep(0.1)
        return at_once

    def drawn():
        return panel._render.cache_info().currsize

    at_once = asyncio.run(wait())
    assert drawn() == until
    return at_once


def test_the_neighbours_of_a_setting_are_drawn_ahead_between_other_work(panel):
    assert rest(panel, 3) == 1  # the start; then the next slope and the other name
    panel.controls["slope"].value = "2"
    assert panel._render.cache_info().misses == 3 and "by 2" in panel.view.sentence


def test_where_the_last_move_leads_is_drawn_at_once(panel, monkeypatch):
    monkeypatch.setattr("helpers.explore._PAUSE", 60)
    panel.controls["slope"].value = "2"
    rest(panel, 3)
    panel.controls["slope"].value = "3"
    assert panel._render.cache_info().misses == 3 and "by 3" in panel.view.sentence


def test_a_neighbour_that_cannot_be_drawn_says_so_only_when_it_is_chosen(panel):
    panel.controls["slope"].value = "6"
    rest(panel, 4)
    assert not panel.view.problem


def test_none_is_a_value_like_any_other():
    panel = explore(lambda window=None: line(window or 2), window={"for ever": None, "four": 4})
    assert panel.controls["window"].index == 0 and panel.values == {"window": None}
    panel.controls["window"].index = 1
    assert panel.values == {"window": 4} and "by 4" in panel.view.sentence


def test_words_of_a_control_are_shown_as_they_are_written():
    places = ["United States", "elsewhere"]
    panel = explore(
        lambda where_it_is="elsewhere", p99=1: line(p99), where_it_is=places, p99=list(range(1, 14))
    )
    assert [control.description for control in panel.controls.values()] == ["Where it is", "P99"]
    assert panel.controls["where_it_is"].label == "elsewhere" and panel.controls["p99"].readout


def test_a_figure_of_the_learners_own_needs_no_words():
    figure = Figure()
    figure.add_subplot(title="Mine")
    assert explore(lambda turn=1: figure, turn=[1, 2]).view.title == "Mine"
