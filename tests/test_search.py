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
    assert (found["loss"] > 0).all() and found["microseconds"]["neighbours"] > found["microseconds"]["linear"]


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
    assert list(found.columns) == ["spring", "summer"] and list(found.index) == ["same", "noisy"]
    assert (found.loc["same"] == 0).all() and (found.loc["noisy"] < -1_000).all()
    assert (found % 100 == 0).all().all()
