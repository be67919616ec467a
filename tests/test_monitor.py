"""Signals, alarms and their price, the policies of retraining."""

import math

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from helpers import (
    alarm_charts,
    alarms,
    charts,
    document,
    monitor,
    monitor_charts,
    pay,
    postmortem,
    retraining,
)


@pytest.fixture(scope="module")
def adverts():
    return pay.adverts()


@pytest.fixture(scope="module")
def model(adverts):
    return pay.train(pay.between(adverts, *monitor.LEARNED))


@pytest.fixture(scope="module")
def seen(adverts, model):
    live = adverts[adverts["arrived"] > monitor.LEARNED[1]]
    return monitor.watch(model, pay.between(adverts, *monitor.LEARNED), live)


def test_every_arrival_is_counted_and_the_long_silence_is_raised():
    came = monitor.arrivals()
    assert len(came) == 163
    row = came.loc["2024-09-25"]
    assert row["days"] == 45 and row["late"] and row["raised"] == pd.Timestamp("2024-08-22")
    assert not came.loc["2024-08-11", "late"] and pd.isna(came.loc["2024-08-11", "raised"])


shares = arrays(float, 6, elements=st.floats(0.001, 1)).map(lambda values: values / values.sum())


@given(shares, shares)
def test_psi_is_a_symmetric_distance(one, other):
    assert monitor.psi(one, one) == 0
    assert monitor.psi(one, other) >= 0
    assert monitor.psi(one, other) == pytest.approx(monitor.psi(other, one))


def test_psi_agrees_with_a_sum_by_hand_and_bears_an_empty_group():
    assert monitor.psi([0.5, 0.5], [0.25, 0.75]) == pytest.approx(0.25 * math.log(2) + 0.25 * math.log(1.5))
    assert math.isfinite(monitor.psi([0, 1], [1, 0]))


def test_psi_by_chance_falls_with_the_number_of_adverts():
    few, many = (monitor.psi_by_chance(np.full(10, 0.1), adverts).mean() for adverts in (60, 600))
    assert few == pytest.approx(9 / 60, rel=0.6) and many == pytest.approx(9 / 600, rel=0.3)


def test_ks_weighs_adverts():
    one = pd.DataFrame({"midpoint": [1.0, 2.0], "weight": [1, 1]})
    other = pd.DataFrame({"midpoint": [1.0, 2.0], "weight": [1, 9]})
    assert monitor.ks(one, one, "midpoint") == 0
    assert monitor.ks(one, other, "midpoint") == pytest.approx(0.4)


def test_the_incident_is_in_the_signals(seen):
    change = monitor.FIRST_CHANGE
    # What notebook 05 says of the thresholds from 5 to 17.
    for threshold in (5, 10, 17):
        raised = alarms.alarms(seen, "new titles", threshold)
        assert not raised[raised.index < change].any() and raised[raised.index >= change].all()


def test_the_quiet_change_before_it_is_in_the_level_only(seen):
    quiet = seen[seen["adverts"] >= alarms.FEWEST]
    before = quiet[(quiet.index >= "2023-07-09") & (quiet.index < "2023-11-26")]
    after = quiet[(quiet.index >= "2023-11-26") & (quiet.index < monitor.FIRST_CHANGE)]
    assert before["KS of level"].max() < after["KS of level"].min()
    for name in ("PSI of role", "PSI of title"):
        assert after[name].median() < before[name].median()


@pytest.mark.parametrize("first", ["2022-05-01", "2022-07-01", "2022-09-01"])
def test_the_findings_do_not_hang_on_the_day_that_learning_began(adverts, first):
    learned = pay.between(adverts, first, monitor.LEARNED[1])
    live = adverts[adverts["arrived"] > monitor.LEARNED[1]]
    seen = monitor.watch(pay.train(learned), learned, live)
    price = {
        name: alarms.price(seen, name, threshold)
        for name, threshold in (("new titles", 10), ("PSI of title", 0.2), ("PSI of role", 0.2))
    }
    assert [one["delay"] for one in price.values()] == [0, 0, 0]
    assert price["new titles"]["false"] == 0 and price["PSI of title"]["false"] > 40
    early, late = (
        np.average(part["coverage"], weights=part["adverts"])
        for part in (
            seen[seen.index < "2024"],
            seen[(seen.index >= "2024") & (seen.index < monitor.FIRST_CHANGE)],
        )
    )
    assert 2 < early - late < 6


@pytest.mark.parametrize("threshold", [8, 10, 15])
def test_two_trainings_on_alarm_do_about_as_well_as_monthly_ones(adverts, model, threshold):
    found = retraining.replay(adverts, model, "on alarm", threshold)
    days = found.index[found["trained"]]
    assert list(days) == [pd.Timestamp(day) for day in monitor.CHANGES]
    totals = retraining.compare({"on alarm": found, "never": retraining.replay(adverts, model, "never")})
    assert 76 < totals.loc["on alarm", "coverage"] < 80
    assert totals.loc["on alarm", "loss"] < totals.loc["never", "loss"] - 0.5


def test_small_weeks_raise_no_alarm(seen):
    day = seen.index[seen["adverts"] < alarms.FEWEST][-1]
    assert seen.loc[day, "PSI of role"] > 2
    assert not alarms.alarms(seen, "PSI of role", 2)[day]
    assert alarms.alarms(seen.assign(adverts=alarms.FEWEST), "PSI of role", 2)[day]


def test_an_unknown_signal_is_refused(seen):
    with pytest.raises(charts.NoPicture, match="choose new titles"):
        alarms.alarms(seen, "mood", 1)


def test_price_counts_false_alarms_and_delay_among_weeks_that_can_ring():
    days = pd.date_range("2024-01-07", periods=11, freq="7D")
    values = [9, *[0] * 4, 9, 0, 0, 9, 9, 9]
    seen = pd.DataFrame(
        {"lost coverage": values, "PSI of role": values, "adverts": [100] * 5 + [5] + [100] * 5}, days
    )
    change = str(days[6].date())
    found = alarms.price(seen, "lost coverage", 1, change, label_weeks=2)
    assert (found["false"], found["weeks"], found["delay"], found["first"]) == (1, 5, 4, days[8])
    assert found["false_a_year"] == pytest.approx(52 / 5)
    assert found["low"] < 52 / 5 < found["high"]
    assert alarms.price(seen, "PSI of role", 1, change, label_weeks=2)["delay"] == 2  # needs no pay
    never = alarms.price(seen, "lost coverage", 10, change)
    assert (never["delay"], never["first"]) == (None, None)


def test_false_alarms_a_year_agree_with_the_exact_binomial_interval(seen):
    for threshold in (0.1, 0.2, 0.5, 2):
        found = alarms.price(seen, "PSI of title", threshold)
        interval = scipy.stats.binomtest(found["false"], found["weeks"]).proportion_ci(method="exact")
        assert (found["low"], found["high"]) == pytest.approx((52 * interval.low, 52 * interval.high))
        assert found["high"] <= 52


def test_the_table_of_first_alarms_is_in_order(seen):
    table = alarms.first_alarms(seen, {"PSI of country": 0.2, "lost coverage": 8, "new titles": 10})
    assert table.index.tolist() == ["new titles", "lost coverage", "PSI of country"]
    assert table["first alarm"].tolist() == ["2024-06-23", "2024-06-30", "never"]
    assert table.loc["new titles", "false alarms"] == "0 in 49 weeks"


def test_few_data_is_said_of_a_week_below_half_of_the_usual():
    came = monitor.arrivals()
    live = came[came["few"] & (came.index > monitor.LEARNED[1])]
    assert [str(day.date()) for day in live.index[:2]] == ["2023-12-31", "2024-01-07"]
    place = came.index.get_loc("2024-01-07")
    assert came["adverts"].iloc[place] < came["adverts"].iloc[place - 8 : place].median() / 2


def test_known_and_new_titles_add_up(adverts, model, seen):
    learned = pay.between(adverts, *monitor.LEARNED)
    live = adverts[adverts["arrived"] > monitor.LEARNED[1]]
    table = monitor.known_and_new(model, learned, live)
    assert table[["adverts", "new adverts"]].sum().sum() == seen["adverts"].sum()
    before = table.iloc[0]
    counts, kept = before[["adverts", "new adverts"]].to_numpy(), before[["known", "new"]].to_numpy()
    quiet = seen[seen.index < monitor.FIRST_CHANGE]
    assert np.average(kept, weights=counts) == pytest.approx(
        np.average(quiet["coverage"], weights=quiet["adverts"])
    )
    assert table.loc["from 4 August", "new"] < table.loc["from 4 August", "known"] < before["known"]


def test_pay_that_is_known_late_makes_retraining_worse(adverts, model):
    found = {weeks: retraining.replay(adverts, model, "on alarm", labels_weeks=weeks) for weeks in (0, 4)}
    totals = retraining.compare(found)
    assert totals.loc[0, "loss"] < totals.loc[4, "loss"]
    assert totals["cost"].tolist() == [one["trained"].sum() * 320 for one in found.values()]


def test_the_ranges_were_too_low_after_the_change(adverts, model, seen):
    live = adverts[adverts["arrived"] > monitor.LEARNED[1]]
    table = postmortem.direction(model, live)
    missed = 100 - np.average(seen["coverage"], weights=seen["adverts"])
    weights = [seen["adverts"][seen.index < monitor.FIRST_CHANGE].sum()]
    weights.append(seen["adverts"].sum() - weights[0])
    assert np.average(table.sum(axis=1), weights=weights) == pytest.approx(missed)
    assert table.loc["from then on", "above the range"] > 2 * table.loc["from then on", "below the range"]


def test_a_stricter_threshold_never_costs_more_false_alarms_nor_notices_earlier(seen):
    for _, rows in alarms.prices(seen).groupby("signal"):
        assert rows["false"].is_monotonic_decreasing
        assert rows["delay"].fillna(1_000).is_monotonic_increasing


def test_adwin_finds_a_change_and_leaves_a_quiet_stream_alone():
    days = pd.date_range("2024-01-01", periods=2_000)
    drawn = np.random.default_rng(0).random(2_000)
    assert alarms.adwin(pd.Series(drawn < 0.8, days)) == []
    found = alarms.adwin(pd.Series(drawn < np.where(np.arange(2_000) < 1_000, 0.8, 0.5), days))
    assert found and days[1_000] < found[0] < days[1_300]


def test_each_week_is_judged_before_it_is_learned_from(adverts, model, seen):
    few = adverts[adverts["arrived"] < "2023-09-10"]
    never, monthly = (retraining.replay(few, model, policy) for policy in ("never", "monthly"))
    first = monthly.index[monthly["trained"]][0]
    same = monthly.index <= first
    assert np.allclose(never["loss"][same], monthly["loss"][same])
    assert not np.allclose(never["loss"][~same], monthly["loss"][~same])
    assert np.allclose(never["coverage"], seen.loc[never.index, "coverage"])
    totals = retraining.compare({"never": never, "monthly": monthly})
    assert totals["trainings"].tolist() == [0, 2]
    with pytest.raises(ValueError, match="never, monthly"):
        retraining.replay(few, model, "sometimes")


def test_every_setting_of_the_explorer_is_drawn(seen):
    draw, choices = alarm_charts.thresholds(seen), alarm_charts.choices()
    for signal in choices["signal"]:
        for strictness in (0, 6):
            assert "noticed" in charts.title_of(draw(signal, strictness, 4))
    with pytest.raises(charts.NoPicture):
        draw("mood")


def test_the_timeline_is_in_order_and_the_report_refuses_unknown_parts(seen):
    days = postmortem.timeline(seen)["day"]
    assert days.is_monotonic_increasing and "2024-08-22" in set(days)
    with pytest.raises(document.DocumentError, match="no part 'culprit'"):
        postmortem.report({"culprit": "him"}, seen, monitor_charts.signals(seen))
