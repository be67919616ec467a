"""Demand: the series, the changes between periods, and the figures that the notebook's text relies on."""

import numpy as np
import pandas as pd
import pytest

from helpers import charts, market, market_charts

EARLY = ("2023-01", "2023-02"), ("2024-01", "2024-02")


@pytest.fixture
def straight():
    """A series that rises by 1 a day, from 100."""
    days = pd.date_range("2022-01-01", "2024-12-31")
    return pd.Series(100.0 + np.arange(len(days)), index=days)


def test_days_have_the_value_of_their_week():
    us = market.daily("US")
    assert us["2024-05-06":"2024-05-12"].nunique() == 1 and us["2024-05-13"] != us["2024-05-12"]
    assert us.index[0] == pd.Timestamp("2019-01-01") and us.index[-1] == pd.Timestamp("2026-06-30")
    assert len(us) == (us.index[-1] - us.index[0]).days + 1


def test_a_series_handed_out_is_a_copy():
    series = market.daily("US")
    series.iloc[:] = 0
    assert market.daily("US").min() > 1


@pytest.mark.parametrize(
    "base, end, percent",
    [
        ("2023-01", "2024-01", -9.1),
        ("2023-01", "2026-06", 168.4),
        (*EARLY, -5.9),
        ("2024-01", "2025-01", 38.8),
    ],
)
def test_changes_of_the_us_share(base, end, percent):
    assert market.change(market.daily("US"), base, end) == pytest.approx(percent, abs=0.1)


def test_number_of_ai_postings_fell_by_a_fifth():
    assert market.change(market.daily("US", "count"), *EARLY) == pytest.approx(-19.6, abs=0.1)


def test_change_of_a_straight_line(straight):
    january = straight["2023-01"].mean(), straight["2024-01"].mean()
    assert market.change(straight, "2023-01", "2024-01") == pytest.approx(100 * (january[1] / january[0] - 1))


def test_range_holds_the_change_and_its_ends_are_moved_periods(straight):
    low, high = market.change_range(straight, "2023-01", "2024-01")
    assert low < market.change(straight, "2023-01", "2024-01") < high
    before, after = straight["2023-01"].mean(), straight["2024-01"].mean()
    assert high == pytest.approx(100 * ((after + 28) / (before - 28) - 1))
    assert low == pytest.approx(100 * ((after - 28) / (before + 28) - 1))


def test_range_goes_as_far_as_the_series(straight):
    low, high = market.change_range(straight, "2022-01", "2024-12")
    assert np.isfinite([low, high]).all()


def test_nine_countries_disagree_in_sign():
    table = market.by_country("2023-01", "2024-01")
    assert len(table) == 9 and (table["change"] > 0).sum() == 5
    assert table["change"].is_monotonic_decreasing
    assert table["number"].count() == 6 and (table["number"].dropna() < 0).all()
    assert ((table["low"] <= table["change"]) & (table["change"] <= table["high"])).all()


def test_no_base_month_gives_36_percent():
    monthly = market.daily("US").resample("MS").mean()
    assert (100 * (monthly["2024-01-01"] / monthly["2019":"2023"] - 1)).max() < 36


def test_answers_run_from_a_fall_to_a_rise():
    answers = market.answers()
    assert answers["change"].min() < -19 and answers["change"].max() > 42
    assert set(answers["seen"]) == {"computed", "read", "second-hand"}


def test_countries_without_an_index_say_so():
    for country in ("IE", "IT", "NL"):
        with pytest.raises(charts.NoPicture, match="choose the share"):
            market.daily(country, "count")


def test_an_end_before_the_base_says_what_to_do():
    with pytest.raises(charts.NoPicture, match="after the base month"):
        market_charts.from_base("US", "2024-01", "2024-01")


@pytest.mark.parametrize("value, text", [(36.4, "+36%"), (-9.1, "\N{MINUS SIGN}9%"), (0.2, "+0%")])
def test_percent(value, text):
    assert charts.percent(value) == text


@pytest.mark.parametrize(
    "text, inside", [("rose by", "CA"), ("fell by", "IT"), ("even the direction depends", "DE")]
)
def test_words_say_direction_and_doubt(text, inside):
    words = market.in_words(inside, "share", ("2023-01", "2023-01"), ("2024-01", "2024-01"), "in a year")
    assert text in words
