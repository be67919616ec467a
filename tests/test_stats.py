"""Coverage, intervals and the one way to draw weeks again."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import stats

TABLE = pd.DataFrame({"midpoint": [100, 150, 200, 90], "weight": [1, 2, 1, 4], "role": ["a", "a", "b", "b"]})
RANGES = np.array([[90, 110], [160, 200], [200, 250], [10, 90]])


def test_coverage_and_width_count_adverts_and_both_ends():
    assert list(stats.inside(TABLE, RANGES)) == [True, False, True, True]
    assert stats.coverage(TABLE, RANGES) == 6 / 8
    assert stats.width(TABLE, RANGES) == (20 + 2 * 40 + 50 + 4 * 80) / 8


def test_loss_is_dear_where_it_should_be():
    one = pd.DataFrame({"midpoint": [120.0], "weight": [1]})
    assert stats.range_loss(one, np.array([[100.0, 120.0]])) == pytest.approx(0.1 * 20 / 2)
    assert stats.range_loss(one, np.array([[140.0, 120.0]])) == pytest.approx(0.9 * 20 / 2)


def test_table_by_group():
    table = stats.coverage_table(TABLE, RANGES, "role")
    assert list(table["adverts"]) == [3, 5]
    assert table["coverage"].tolist() == pytest.approx([100 / 3, 100])
    assert (table["low"] <= table["coverage"]).all() and (table["coverage"] <= table["high"] + 1e-9).all()


def test_wilson_as_published():
    low, high = stats.wilson(0.5, 30)  # Newcombe (1998): 15 of 30 is 0.332 to 0.668
    assert (low, high) == pytest.approx((0.3315, 0.6685), abs=1e-4)


@given(st.lists(st.floats(0.1, 50), min_size=1, max_size=30))
def test_effective_n_is_at_most_n(weights):
    assert stats.effective_n(weights) <= len(weights) + 1e-6
    assert stats.effective_n([3.0] * len(weights)) == pytest.approx(len(weights))


@given(st.integers(1, 40), st.integers(1, 12))
def test_each_draw_has_as_many_weeks_in_blocks(count, block):
    times = stats.draw_weeks(count, block, draws=20, seed=1)
    assert times.shape == (20, count) and (times.sum(axis=1) == count).all()
    assert (times == stats.draw_weeks(count, block, draws=20, seed=1)).all()


def test_by_week_adds_up_in_order_of_time():
    weeks = pd.to_datetime(["2024-01-14", "2024-01-07", "2024-01-14"])
    assert list(stats.by_week([1, 10, 2], weeks)) == [10, 3]


def test_the_interval_of_independent_weeks_covers():
    rng = np.random.default_rng(0)
    bottoms = rng.integers(50, 150, (200, 60))
    found = [stats.interval(rng.binomial(bottom, 0.7), bottom) for bottom in bottoms]
    assert 0.90 <= np.mean([low <= 0.7 <= high for _, low, high in found]) <= 0.99


def test_blocks_widen_the_interval_where_neighbours_resemble_each_other():
    waves = 50 + 20 * np.sin(np.arange(64) / 5)
    alone, blocks = (np.std(stats.draw_weeks(64, block) @ waves) for block in (1, 8))
    assert blocks > 1.3 * alone


def test_shares_are_told_with_their_intervals():
    told = stats.told(pd.Series({"a": 8, "b": 0}), pd.Series({"a": 10, "b": 0}))
    assert told.to_dict() == {"a": "80% (49% to 94%)", "b": "none"}
    assert stats.told(8, 10)[0] == told["a"]
