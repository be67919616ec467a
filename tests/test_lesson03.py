"""Notebook 03: its stream, its measures, its panels, and what its prose says of the results."""

import itertools

import numpy as np
import pandas as pd
import pytest

from helpers import check, pay, stats
from helpers.lessons import nb03 as lesson


@pytest.fixture(scope="module")
def whole():
    return lesson.stream(last=67)


def test_the_stream_is_every_later_advert_once(whole):
    assert len(whole) == pay.adverts().query("arrived > '2023-05-31'")["weight"].sum()
    assert whole["arrived"].is_monotonic_increasing and whole["week"].is_monotonic_increasing
    assert sorted(whole["week"].unique()) == list(range(-13, 68))
    outside = (whole["midpoint"] < whole["range_low"]) | (whole["midpoint"] > whole["range_high"])
    np.testing.assert_array_equal(outside, whole["score"] > 0)


@pytest.mark.parametrize("late", [0, 4, 8])
@pytest.mark.parametrize("window", [1, 13, None])
def test_only_the_past_is_used(window, late):
    table = lesson.stream()
    for now, past in lesson.weeks(table, window, late):
        week = now["week"].iloc[0]
        assert now["week"].nunique() == 1
        first, last = (-13, -1) if window is None else (week - late - window, week - late - 1)
        pd.testing.assert_frame_equal(past, table[table["week"].between(first, last)])


def test_measures_by_hand():
    table = pd.DataFrame({"midpoint": [150.0, 90.0, 210.0, 200.0], "week": [0, 0, 1, 1], "role": "a"})
    low, high = pd.Series([100.0] * 4), pd.Series([200.0] * 4)
    assert lesson.interval_score(table["midpoint"], low, high).tolist() == [100, 200, 200, 100]
    found = lesson.judge(table, low, high)
    assert found == {
        "inside, %": 50, "above, %": 25, "below, %": 25, "width": 100, "interval score": 150,
    }  # fmt: skip
    ranges = np.column_stack([low, high])
    assert 20 * stats.range_loss(table.assign(weight=1), ranges) == pytest.approx(found["interval score"])
    backwards = low.iloc[::-1], high.sample(frac=1, random_state=0)
    assert lesson.judge(table, *backwards) == found, "a method may return its rows in any order"
    early = pd.DataFrame({"midpoint": 0.0, "week": -1, "role": "a"}, [9])
    longer = pd.concat([table, early]), *(pd.concat([end, pd.Series(1.0, [9])]) for end in (low, high))
    assert lesson.judge(*longer) == found, "weeks before 0 do not count"
    point, least, most = lesson.difference(table, (low, high + 10), (low, high))
    assert point == pytest.approx((10 + 10 + (10 - 100) + 10) / 4) and least <= point <= most


def test_our_pieces_are_what_04_gets(whole):
    """The method of Build 4, for the week after the last one, is :func:`helpers.pay.correct`."""
    model, week = lesson.model(), 67
    recent = whole[whole["week"].between(week - 13, week - 1)]
    now = whole[whole["week"] == week]
    low, high = check.reference("03", "mine")(whole)
    handed = pay.correct(model, recent).predict(now)
    np.testing.assert_allclose(handed, np.column_stack([low[now.index], high[now.index]]))
    for one, two in zip(lesson.corrected(whole, each_role=True, each_end=True), (low, high), strict=True):
        pd.testing.assert_series_equal(one, two, check_names=False)


def test_a_moving_window_is_aci_without_its_step(whole):
    ours = check.reference("03", "aci")(whole, step=0)
    for one, two in zip(lesson.widen(whole, ours), lesson.corrected(whole), strict=True):
        pd.testing.assert_series_equal(one, two, check_names=False)


def test_what_the_notebook_says_below_its_panels():
    table, aci = lesson.stream(), check.reference("03", "aci")
    steady, moved = {}, {}
    for step in (0.05, 0.5):
        figure = lesson.draw_adapted(table, aci(table, step), aci(table, 0, None))
        (_, inside), (_, correction) = (axes.get_lines()[:2] for axes in figure.axes)
        steady[step] = np.nanstd(inside.get_ydata())
        moved[step] = np.abs(np.diff(correction.get_ydata())).mean()
    assert steady[0.5] >= steady[0.05] and [round(one, 1) for one in moved.values()] == [0.7, 2.8]
    missed = {}
    for window, late, both in itertools.product((4, 13, 26), (0, 8), (False, True)):
        ranges = lesson.corrected(table, window, late, both, both)
        missed[window, late, both] = lesson.by_role(table, *ranges)["missed"].sum()
    assert min(missed, key=missed.get) == (4, 0, True) and missed[4, 0, True] == 28
    assert missed[13, 0, False] == 114
    delayed = {way: many for way, many in missed.items() if way[1] == 8}
    assert min(delayed, key=delayed.get) == (26, 8, True) and missed[26, 8, True] == 72
