"""The shared product: its table, the one door, its two ends, and the correction."""

import pandas as pd
import pytest

from helpers import pay, stats, tables


@pytest.fixture(scope="module")
def adverts():
    return pay.adverts()


@pytest.fixture(scope="module")
def model(adverts):
    return pay.fit(pay.between(adverts, *pay.FIRST_YEAR))


def test_the_table_holds_real_ranges_of_full_time_jobs(adverts):
    raw = tables.load("pay_ranges").query("employment == 'FT' and not single and arrived >= '2022'")
    assert adverts["weight"].sum() == raw["adverts"].sum() and (adverts["low"] <= adverts["high"]).all()
    assert set(adverts["country"]) == set(pay.COUNTRIES) and adverts["arrived"].is_monotonic_increasing
    assert set(adverts["role"].astype(str)) <= set(pay.ALL_ROLES) and set(pay.ROLES) < set(pay.ALL_ROLES)
    adverts.loc[0, "low"] = -1
    assert pay.adverts().loc[0, "low"] > 0


def test_both_days_of_a_period_are_in_it(adverts):
    part = pay.between(adverts, "2023-08-27", "2023-08-27")
    assert len(part) and set(part["arrived"]) == {pd.Timestamp("2023-08-27")}


def test_the_door_takes_every_job_of_the_table(adverts):
    for row in adverts[list(pay.FEATURES)].drop_duplicates().itertuples(index=False):
        pay.Job(**row._asdict())


def test_the_levels_are_ranks(model):
    jobs = pd.DataFrame({"role": "ML Engineer", "level": [*pay.LEVELS], "remote": 0, "country": "US"})
    lows = list(model.predict(jobs)[:, 0])
    assert lows == sorted(lows) and lows[0] != lows[-1]


def test_the_correction_keeps_the_promise_on_what_it_was_made_from(adverts, model):
    recent = pay.between(adverts, "2024-10-01", "2024-12-31")
    corrected = pay.correct(model, recent)
    assert list(corrected.correction.index) == list(pay.ALL_ROLES)
    assert stats.coverage(recent, model.predict(recent)) < 0.75
    assert 0.80 <= stats.coverage(recent, corrected.predict(recent)) < 0.82
    pd.testing.assert_frame_equal(pay.correct(corrected, recent).correction, corrected.correction)
