"""The shared product: its table, what it accepts, its promise, and the measures of that promise."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from helpers import charts, pay, pay_charts, pay_raw, pay_score_charts, pay_scores, stats, tables
from helpers.refresh import pay as rebuild
from helpers.roles import ALL_ROLES

JOB = {"role": "ML Engineer", "level": "SE", "remote": 0, "country": "US"}


@pytest.fixture(scope="module")
def split():
    return pay.split_by_time(pay.adverts())


@pytest.fixture(scope="module")
def model(split):
    return pay.train(split[0])


@pytest.fixture(scope="module")
def ranges(split, model):
    return model.predict(split[1])


def table(midpoints, weights=None, weeks=None):
    n = len(midpoints)
    return pd.DataFrame(
        {
            "midpoint": np.asarray(midpoints, dtype=float),
            "weight": np.ones(n, dtype=int) if weights is None else weights,
            "arrived": pd.to_datetime("2024-01-07") + pd.to_timedelta(7 * np.arange(n), unit="D")
            if weeks is None
            else pd.to_datetime(weeks),
        }
    )


# The table


def test_the_table_holds_every_full_time_range_since_2022():
    raw = tables.load("pay_ranges").query("employment == 'FT' and not single and arrived >= '2022'")
    adverts = pay.adverts()
    assert len(adverts) == len(raw) and adverts["weight"].sum() == raw["adverts"].sum()
    assert adverts["arrived"].is_monotonic_increasing and not adverts.isna().any().any()
    assert (adverts["low"] <= adverts["high"]).all()


def test_the_table_is_a_copy():
    changed = pay.adverts()
    changed["midpoint"] = 0
    assert (pay.adverts()["midpoint"] > 0).all()


def test_a_country_has_a_name_when_it_has_fifty_adverts():
    raw = tables.load("pay_ranges").query("employment == 'FT' and not single and arrived >= '2022'")
    counts = raw.groupby("country", observed=True)["adverts"].sum().sort_values(ascending=False)
    assert set(counts.index[counts >= 50]) == set(pay.COUNTRIES) - {"Other"}


def test_splits_lose_and_double_nothing(split):
    past, later = split
    assert past["arrived"].max() < later["arrived"].min()
    assert past["arrived"].min() >= pd.Timestamp(pay.FIRST_YEAR[0])
    learn, judge = pay.split_at_random(later, share=0.25, seed=3)
    assert sorted([*learn.index, *judge.index]) == list(later.index)
    assert len(judge) == round(0.25 * len(later))
    assert pay.split_at_random(later, 0.25, 3)[1].equals(judge)
    assert not pay.split_at_random(later, 0.25, 4)[1].equals(judge)


# What is accepted


@pytest.mark.parametrize(
    ("change", "accepted"),
    [
        ({"role": "ML engineer"}, ALL_ROLES),
        ({"role": ["ML Engineer"]}, ALL_ROLES),
        ({"level": "senior"}, pay.LEVELS),
        ({"level": None}, pay.LEVELS),
        ({"remote": "100"}, pay.REMOTE),
        ({"remote": False}, pay.REMOTE),
        ({"remote": float("nan")}, pay.REMOTE),
        ({"country": "Germany"}, pay.COUNTRIES),
        ({"country": "<script>" * 100}, pay.COUNTRIES),
    ],
)
def test_a_job_with_an_unknown_value_is_met_with_the_accepted_ones(model, change, accepted):
    with pytest.raises(pay.BadInput) as caught:
        pay.predict_range(model, **JOB | change)
    sentence = str(caught.value)
    assert all(str(value) in sentence for value in accepted)
    assert sentence.endswith(".") and "\n" not in sentence and len(sentence) < 300


def test_a_job_that_lacks_something_is_met_with_a_sentence(model):
    with pytest.raises(pay.BadInput, match="needs a country: US, CA"):
        pay.predict_range(model, role="Other", level="EN", remote=0)


@pytest.mark.parametrize("ends", [(100, 150), ("100", 150.5), (np.int64(80), 80)])
def test_a_sound_range_is_read(ends):
    assert pay.check_range(*ends) == (float(ends[0]), float(ends[1]))


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ((200, 150), "above the high end"),
        (("a lot", 150), "number of thousand USD"),
        ((None, 150), "number of thousand USD"),
        ((True, 150), "from 5 to 2,000"),
        ((float("nan"), 150), "from 5 to 2,000"),
        ((100, float("inf")), "from 5 to 2,000"),
        ((120_000, 150_000), "write 150 for 150,000"),
        ((-5, 150), "from 5 to 2,000"),
        ((10**400, 150), "number of thousand USD"),
    ],
)
def test_an_unsound_range_is_met_with_a_sentence(ends, words):
    with pytest.raises(pay.BadInput, match=words):
        pay.check_range(*ends)


# The model


def test_encoding_has_a_named_column_for_every_number():
    numbers = pay.encode(JOB)
    assert numbers.dtype == np.float32 and numbers.shape == (1, len(pay.columns()))
    named = dict(zip(pay.columns(), numbers[0], strict=True))
    assert named["role=ML Engineer"] == named["country=US"] == 1
    assert named["level"] == 2 and named["remote"] == 0
    assert sum(value for name, value in named.items() if "=" in name) == 2


def test_training_again_gives_the_same_ranges(split, model, ranges):
    assert np.array_equal(pay.train(split[0]).predict(split[1]), ranges)


def test_ends_never_cross(ranges):
    assert (ranges[:, 0] <= ranges[:, 1]).all() and (ranges > 0).all()


def test_a_range_is_made_for_every_job_that_is_accepted(model):
    jobs = pd.MultiIndex.from_product(
        [ALL_ROLES, pay.LEVELS, pay.REMOTE, pay.COUNTRIES], names=pay.FEATURES
    ).to_frame(index=False)
    made = model.predict(jobs)
    assert made.shape == (len(jobs), 2) and np.isfinite(made).all()


def test_more_quantiles_come_in_order(split):
    made = pay.train(split[0], quantiles=(0.1, 0.5, 0.9), n_estimators=5).predict(JOB)
    assert made.shape == (1, 3) and (np.diff(made) >= 0).all()


def test_the_weight_of_a_row_counts(split):
    past = split[0]
    heavy = past.assign(weight=np.where(past["midpoint"] > 150, 1_000, 1))
    assert (
        pay.train(heavy, n_estimators=5).predict(JOB)[0, 0]
        > pay.train(past, n_estimators=5).predict(JOB)[0, 0]
    )


def test_what_the_notebooks_say_of_the_promise(split, ranges):
    later = split[1]
    kept = {
        period: 100 * pay_scores.coverage(later[part.to_numpy()], ranges[part.to_numpy()])
        for period, part in {
            "late 2023": later["arrived"] < "2024",
            "early 2024": later["arrived"].between("2024", "2024-06-30"),
            "from July 2024": later["arrived"] >= "2024-07",
        }.items()
    }
    assert 78 <= kept["late 2023"] <= 82 and 72 <= kept["early 2024"] <= 77
    assert 64 <= kept["from July 2024"] <= 70


def test_a_random_split_flatters():
    learn, judge = pay.split_at_random(pay.adverts())
    assert pay_scores.coverage(judge, pay.train(learn, n_estimators=30).predict(judge)) == pytest.approx(
        0.8, abs=0.02
    )


# The rival and the measures


def test_the_baseline_falls_back_where_adverts_are_few():
    few = pd.DataFrame(
        {
            "role": ["ML Engineer"] * 40 + ["Other"] * 2,
            "level": ["SE"] * 35 + ["EN"] * 5 + ["SE"] * 2,
            "midpoint": [200.0] * 35 + [100.0] * 5 + [50.0] * 2,
            "weight": 1,
        }
    )
    baseline = pay_scores.Baseline(few, (0.05, 0.9))
    jobs = pd.DataFrame(
        {"role": ["ML Engineer", "ML Engineer", "Other", "Data Analyst"], "level": ["SE", "EN", "SE", "MI"]}
    )
    assert baseline.predict(jobs).tolist() == [[200, 200], [100, 200], [100, 200], [100, 200]]


@given(
    st.lists(st.floats(10, 500), min_size=1, max_size=30),
    st.floats(0.05, 0.95),
)
@settings(max_examples=60, deadline=None)
def test_the_quantile_of_the_sample_has_the_least_pinball_loss(values, quantile):
    best = pay_scores.weighted_quantile(values, np.ones(len(values)), quantile)
    least = pay_scores.pinball_loss(values, np.full(len(values), best), quantile)
    for other in [*values, best - 1, best + 1]:
        assert least <= pay_scores.pinball_loss(values, np.full(len(values), other), quantile) + 1e-9


@given(
    st.lists(st.tuples(st.integers(10, 500), st.integers(1, 5)), min_size=1, max_size=20),
    st.floats(0.01, 0.99),
)
@settings(max_examples=60, deadline=None)
def test_a_weight_is_so_many_equal_adverts(rows, quantile):
    values, weights = (np.array(column) for column in zip(*rows, strict=True))
    repeated = np.repeat(values, weights)
    assert pay_scores.weighted_quantile(values, weights, quantile) == pay_scores.weighted_quantile(
        repeated, np.ones(len(repeated)), quantile
    )


def test_coverage_counts_both_ends_and_weights():
    rows = table([100, 150, 200, 201], weights=[1, 1, 1, 3])
    ends = np.tile([100.0, 200.0], (4, 1))
    assert pay_scores.coverage(rows, ends) == 0.5
    assert pay_scores.width(rows, ends) == 100
    by = pay_scores.coverage_table(rows, ends, pd.Series(["a", "a", "a", "b"]))
    assert by["coverage"].tolist() == [100, 0] and by["adverts"].tolist() == [3, 3]
    assert by.loc["b", "high"] > 70, "three repeats of one advert prove little"


def test_range_loss_is_the_mean_of_both_ends():
    rows = table([220])
    assert pay_scores.range_loss(rows, np.array([[100.0, 200.0]])) == pytest.approx(
        (0.1 * 120 + 0.9 * 20) / 2
    )


@pytest.mark.parametrize(("hits", "n"), [(0, 5), (3, 10), (80, 100), (999, 1000)])
def test_wilson_agrees_with_scipy(hits, n):
    theirs = binomtest(hits, n).proportion_ci(method="wilson")
    assert pay_scores.wilson(hits / n, n) == pytest.approx((theirs.low, theirs.high), abs=1e-4)


def test_equal_weights_are_worth_their_number_and_repeats_less():
    assert pay_scores.effective_n([2, 2, 2]) == pytest.approx(3)
    assert pay_scores.effective_n([54, 1, 1]) < 1.1


def test_weeks_are_drawn_whole():
    same = table([1] * 20, weeks=["2024-01-07"] * 10 + ["2024-01-14"] * 10)
    low, high = pay_scores.bootstrap_weeks([0] * 10 + [1] * 10, same)
    assert (low, high) == (0, 1), "two weeks that disagree leave everything open"
    many = table([1] * 100)
    low, high = pay_scores.bootstrap_weeks([0, 1] * 50, many)
    assert 0.35 < low < 0.5 < high < 0.65
    assert (low, high) == pay_scores.bootstrap_weeks([0, 1] * 50, many)


def test_resampled_weeks_weigh_about_the_same_and_differ_by_seed(split):
    past = split[0]
    one, two = (pay_scores.resample_weeks(past, seed) for seed in (0, 1))
    assert set(one["arrived"]) < set(past["arrived"]) and set(one["arrived"]) != set(two["arrived"])
    assert 0.7 < one["weight"].sum() / past["weight"].sum() < 1.3
    assert one.equals(pay_scores.resample_weeks(past, 0))


# Charts


@pytest.mark.parametrize(
    "draw",
    [
        pay_charts.neighbours,
        pay_charts.title_shares,
        pay_charts.bad_default,
        pay_charts.spread,
        pay_charts.dumbbells,
    ],
)
def test_charts_have_words(draw):
    assert len(charts.sentence_of(draw())) > 40


def test_the_explorer_draws_every_combination_or_says_why_not():
    values = {
        name: list(options.values() if isinstance(options, dict) else options)
        for name, options in pay_charts.choices().items()
    }
    rng = np.random.default_rng(0)
    drawn = 0
    for _ in range(60):
        choice = {name: options[rng.integers(len(options))] for name, options in values.items()}
        try:
            figure = pay_charts.slice_of_adverts(**choice)
        except charts.NoPicture as why:
            assert "Any" in str(why)
            continue
        drawn += 1
        few = int(charts.sentence_of(figure).split()[0].replace(",", "")) < pay_charts.FEW
        assert ("too few" in charts.sentence_of(figure)) == few
    assert drawn > 10


def test_charts_of_the_promise_say_its_numbers(split, ranges):
    later = split[1]
    assert "80% in the first 3 months" in charts.sentence_of(pay_score_charts.promise_by_month(later, ranges))
    by_month = charts.sentence_of(pay_score_charts.promise_by_month(later, ranges))
    assert "2024 Jan 73, Feb 76," in by_month and by_month.endswith("2025 Jan 68.")
    groups = pay_scores.coverage_table(later, ranges, "role")
    sentence = charts.sentence_of(pay_score_charts.promise_by_group(groups, "By role"))
    assert all(
        f"{role} {row.coverage:.0f}% ({row.adverts:,.0f})" in sentence for role, row in groups.iterrows()
    )


def test_the_bad_chart_does_not_give_its_faults_away():
    sentence = charts.sentence_of(pay_charts.bad_default())
    assert sentence.startswith("Bars titled 'AI Research Scientists win!', axis labelled 'Pay' from 140 to")
    assert "fault" not in sentence


def test_offers_rise_with_level_except_where_the_title_says_not():
    figure = pay_charts.dumbbells()
    assert figure.texts[0].get_text() == "Offers rise with level, but not for AI Research Scientists"
    us = pay.adverts().query("country == 'US'")
    for role, rises in (("Data Scientist", True), ("ML Engineer", True), ("AI Research Scientist", False)):
        rows = us[us["role"] == role]
        enough = [rows[rows["level"] == level] for level in pay.LEVELS]
        middles = [
            pay_scores.weighted_quantile(part["midpoint"], part["weight"], 0.5)
            for part in enough
            if part["weight"].sum() >= pay_charts.FEW
        ]
        assert (middles == sorted(set(middles))) == rises, middles


# The check against the publisher's file


def test_without_a_network_one_sentence_comes_back():
    answer = pay_raw.check_us("http://127.0.0.1:9/salaries.csv")
    assert "could not be downloaded" in answer.data and answer.data.count("\n") == 0


def test_raw_records_are_counted_as_the_table_was():
    record = dict.fromkeys(rebuild.COLUMNS, "x") | {
        "work_year": 2024,
        "employment_type": "FT",
        "company_location": "US",
        "job_title": "Machine Learning Engineer",
    }
    pays = [200_000, 100_000, 200_000, 100_000, 90_000]
    records = pd.DataFrame([record | {"salary": pay, "salary_in_usd": pay} for pay in pays])
    counted = pay_raw.compare(records)
    assert counted["from the raw records"].tolist() == [5, 2, 2, 100_000, 100_000]
    assert counted["here"].tolist() == [74_301, 36_604, 39_304, 194_000, 185_000]


def test_the_product_is_one_pipeline_an_end_and_equals_the_old_model():
    past = pay.between(pay.adverts(), *pay.FIRST_YEAR)
    later = pay.adverts().iloc[-500:]
    model = pay.fit(past)
    assert np.abs(model.predict(later) - pay.train(past).predict(later)).max() == 0
    assert model.predict(later.sample(frac=1, random_state=0)).sum() == pytest.approx(
        model.predict(later).sum()
    )


def test_the_correction_keeps_the_promise_on_what_it_was_made_from():
    adverts = pay.adverts()
    model = pay.fit(pay.between(adverts, *pay.FIRST_YEAR))
    recent = pay.between(adverts, "2024-10-01", "2024-12-31")
    corrected = pay.correct(model, recent)
    assert list(corrected.correction.index) == list(pay.ALL_ROLES)
    assert stats.coverage(recent, model.predict(recent)) < 0.75
    assert 0.80 <= stats.coverage(recent, corrected.predict(recent)) < 0.82
    again = pay.correct(corrected, recent)
    pd.testing.assert_frame_equal(again.correction, corrected.correction)


@pytest.mark.parametrize(
    "job",
    [{"remote": False}, {"remote": "0"}, {"remote": 1}, {"level": "se"}, {"country": "USA"}, {"pay": 1}],
)
def test_the_door_takes_nothing_else(job):
    pay.Job(role="ML Engineer", level="SE", remote=0, country="US")
    with pytest.raises(ValueError, match=r"Input should be|not permitted"):
        pay.Job(**{"role": "ML Engineer", "level": "SE", "remote": 0, "country": "US", **job})
