"""Candidates for the pay model: equal treatment, no look ahead, and prices that mean what they say."""

import numpy as np
import pytest

from helpers import onnx_model, pay, pay_scores, search


@pytest.fixture(scope="module")
def past():
    return pay.split_by_time(pay.adverts())[0]


@pytest.fixture(scope="module")
def model(past):
    return pay.train(past, n_estimators=20)


def test_fair_width_brings_coverage_to_four_in_five(past, model):
    table = past.tail(800)
    ranges = model.predict(table)
    extra = (
        search.fair_width(table, ranges)
        - (ranges[:, 1] - ranges[:, 0]) @ table["weight"] / table["weight"].sum()
    ) / 2
    wider = ranges + np.array([-extra, extra])
    inside = table["midpoint"].between(wider[:, 0] - 1e-9, wider[:, 1] + 1e-9)
    assert np.average(inside, weights=table["weight"]) == pytest.approx(0.8, abs=0.02)


def test_folds_never_look_ahead(past):
    for learn, judge in search.folds(past):
        assert learn["arrived"].max() < judge["arrived"].min()


def test_search_refuses_an_unknown_family(past):
    with pytest.raises(ValueError, match="choose linear"):
        search.fit("magic", past)


def test_measure_compares(past):
    candidates = {
        "linear": search.fit("linear", past.head(400), alpha=0.05),
        "neighbours": search.fit("neighbours", past.head(400), n_neighbors=20),
    }
    found = search.measure(candidates, past.tail(200), past)
    assert found["converts"].tolist() == [True, False]
    assert found["kB"]["linear"] < 20 and np.isnan(found["kB"]["neighbours"])
    assert (found["loss"] > 0).all() and np.isnan(found["as ONNX"]["neighbours"])
    assert found["as pipeline"]["linear"] > 3 * found["as ONNX"]["linear"]


def test_equal_files_get_equal_times(past):
    same = search.fit("linear", past.head(300), alpha=0.05)
    found = search.measure({"one": same, "other": same}, past.tail(50), past, rounds=31)["as ONNX"]
    assert 1 / 3 < found["one"] / found["other"] < 3


def test_neighbours_count_repeats(past):
    job = past.head(1)
    rows = (
        past[past["role"] == "ML Engineer"]
        .head(40)
        .assign(**{name: job[name].iloc[0] for name in pay.FEATURES})
    )
    rows = rows.assign(midpoint=np.arange(40.0), weight=[1] * 39 + [400])
    assert (search.fit("neighbours", rows, n_neighbors=439).predict(job) == 39).all()


def test_difference_is_the_difference_of_the_losses(past, model):
    class Wider:
        def predict(self, jobs):
            return model.predict(jobs) + np.array([-40, 40])

    table = past.tail(1_000)
    gap, low, high = search.difference(Wider(), model, table)
    ranges = model.predict(table)
    expected = pay_scores.range_loss(table, ranges + np.array([-40, 40])) - pay_scores.range_loss(
        table, ranges
    )
    assert gap == pytest.approx(expected) and 0 < low < gap < high
    assert search.difference(model, model, table) == (0, 0, 0)


@pytest.mark.parametrize("family", ["boosting", "neighbours"])
def test_equal_jobs_are_asked_once_and_all_get_the_answer(past, family):
    settings = {"n_estimators": 5} if family == "boosting" else {"n_neighbors": 20}
    candidate, jobs = search.fit(family, past.head(500), **settings), past.sample(300, random_state=0)
    one_by_one = np.sort(np.column_stack([end.predict(jobs) for end in candidate.ends]), axis=1)
    np.testing.assert_allclose(candidate.predict(jobs), one_by_one)


def test_linear_reaches_the_loss_that_all_rows_would_give(past):
    from sklearn.linear_model import QuantileRegressor

    table, alpha = past.head(600), 0.01
    for quantile, end in zip(pay.QUANTILES, search.fit("linear", table, alpha=alpha).ends, strict=True):
        plain = QuantileRegressor(quantile=quantile, alpha=alpha)
        plain.fit(pay.encode(table), table["midpoint"], sample_weight=table["weight"])

        def price(one, predicted, quantile=quantile):
            loss = pay_scores.pinball_loss(table["midpoint"], predicted, quantile, table["weight"])
            return loss + alpha * np.abs(one.coef_).sum()

        assert price(end[-1], end.predict(table)) == pytest.approx(
            price(plain, plain.predict(pay.encode(table))), abs=1e-6
        )


def test_saved_is_positive_for_the_narrower(past, model):
    class Spread:
        """The pay model with noise of its own: as fair, but wider."""

        def predict(self, jobs):
            ranges = model.predict(jobs)
            return ranges + np.random.default_rng(0).normal(0, 30, (len(ranges), 1))

    same = search.Candidate("boosting", onnx_model.pipelines(model))
    periods = {"spring": ("2023-03-01", "2023-05-31"), "summer": ("2023-06-01", "2023-08-31")}
    found = search.saved({"ours": same, "same": same, "noisy": Spread()}, "ours", past, periods)
    assert list(found.index) == [(period, name) for period in periods for name in ("ours", "same", "noisy")]
    same, noisy = (found.xs(name, level=1) for name in ("same", "noisy"))
    assert (same[["saved", "low", "high"]] == 0).all().all() and not same["clear"].any()
    assert (noisy["saved"] < -1_000).all() and noisy["clear"].all()
    assert (noisy["low"] <= noisy["saved"]).all() and (noisy["saved"] <= noisy["high"]).all()
    assert (found[["saved", "low", "high"]] % 100 == 0).all().all()
    shares = [
        100 * pay_scores.coverage(pay.between(past, *days), model.predict(pay.between(past, *days)))
        for days in periods.values()
    ]
    assert same["coverage"].tolist() == [round(share) for share in shares]
    spring = pay.between(past, *periods["spring"])
    gain = search.fair_width(spring, model.predict(spring)) - search.fair_width(
        spring, Spread().predict(spring)
    )
    assert noisy["saved"]["spring"] == pytest.approx(1_000 * gain, abs=50)
