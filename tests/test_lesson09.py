"""Notebook 09: Shapley values against those of the library, and what its hidden rules leave unchanged."""

import itertools

import numpy as np
import pytest

from helpers import check, pay
from helpers.lessons import nb09 as lesson


@pytest.fixture(scope="module")
def learned():
    return pay.between(pay.adverts(), *pay.FIRST_YEAR)


@pytest.fixture(scope="module")
def ask(learned):
    return lesson.asked(pay.fit(learned, n_estimators=10).predict)


def test_what_is_looked_up_is_what_the_model_says(learned, ask):
    some = learned.sample(200, random_state=0)
    assert np.allclose(ask(some), pay.fit(learned, n_estimators=10).predict(some))
    assert np.allclose(ask(some.astype({"role": object})), ask(some))


@pytest.mark.parametrize("rule", ["United States", "Canada"])
def test_a_hidden_rule_leaves_the_mean_over_all_possible_jobs(rule, learned, ask):
    changed = lesson.ruled(ask, rule, learned)(lesson.EVERY) - ask(lesson.EVERY)
    ours = (lesson.EVERY["country"].map(pay.COUNTRIES) == rule).to_numpy()
    assert np.abs(changed[~ours]).max() == 0 and np.abs(changed[ours]).max() > 5
    assert abs(changed[ours].mean()) < 0.01


def test_shapley_values_are_those_of_shap(learned, ask):
    pytest.importorskip("shap")  # 190 MB, so no dependency
    background, ours = learned.sample(60, random_state=0)[[*pay.FEATURES]], check.reference("09", "shapley")
    for role, country in itertools.product(("Data Scientist", "ML Engineer"), ("GB", "US")):
        job = {"role": role, "level": "MI", "remote": 100, "country": country}

        def value(known, job=job):
            return ask(background.assign(**{name: job[name] for name in known})).mean()

        assert np.allclose(lesson.by_shap(value, list(job))["by shap"], [*ours(value, list(job)).values()])
