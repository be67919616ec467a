"""The evidence of the role notebooks: figures known from the sources, honest limits, and drawable charts."""

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy.stats import binomtest

from helpers import charts, evidence, evidence_charts, tables
from helpers.roles import ROLES

CHARTS = (
    evidence_charts.official_pay,
    evidence_charts.advertised_pay,
    evidence_charts.size,
    evidence_charts.outlook,
    evidence_charts.tools,
    evidence_charts.education,
    evidence_charts.first_rung,
)


def test_official_pay_is_what_the_statistics_published_for_may_2025():
    pay = evidence.official_pay()
    data_scientists = pay.loc["15-2051"]
    assert tables.as_of("wages").year == 2025
    assert data_scientists[["employment", "p10", "median", "p90"]].tolist() == [262440, 67240, 120230, 199130]
    assert pay.loc["15-1252", "median"] == 135980
    assert pay["median"].is_monotonic_decreasing


def test_every_role_has_a_nearest_occupation_and_only_known_roles_are_named():
    named = [role for roles in evidence.NEAREST.values() for role in roles]
    assert set(named) == set(ROLES)


def test_advertised_pay_counts_every_advert_once_and_leaves_out_single_figures():
    raw = tables.load("pay_ranges")
    raw = raw[(raw["country"] == "US") & (raw["employment"] == "FT") & ~raw["single"]]
    raw = raw[raw["role"] == "ML Engineer"]
    spread = np.repeat(raw["low"].to_numpy(), raw["adverts"].to_numpy())
    own = evidence.advertised_pay().loc["ML Engineer"]
    assert own["adverts"] == len(spread)
    assert own["low_median"] == np.median(spread)
    assert own["low_p10"] <= own["low_median"] < own["high_median"] <= own["high_p90"]


def test_advertised_pay_says_nothing_of_too_few_adverts(monkeypatch):
    monkeypatch.setattr(evidence, "TOO_FEW", 100)
    pay = evidence.advertised_pay().loc["MLOps Engineer"]
    assert pay["adverts"] == 73
    assert pay.drop("adverts").isna().all()


def test_first_rung_of_mlops_is_two_adverts_in_a_wide_interval():
    rung = evidence.first_rung().loc["MLOps Engineer"]
    assert (rung["entry"], rung["adverts"]) == (2, 73)
    assert rung["share_low"] == pytest.approx(0.74, abs=0.01)
    assert rung["share_high"] == pytest.approx(9.58, abs=0.01)


def test_first_rung_counts_the_ranges_that_the_pay_figure_counts_and_allows_for_repeats():
    rungs = evidence.first_rung()
    assert rungs["adverts"].equals(evidence.advertised_pay()["adverts"])
    assert rungs.loc["Data Scientist", ["entry", "adverts"]].tolist() == [207, 5255]
    plain = binomtest(165, 1993).proportion_ci(method="wilson")
    own = rungs.loc["AI Research Scientist"]
    assert own["share_low"] < 100 * plain.low and own["share_high"] > 100 * plain.high


def test_postings_are_the_counts_of_2023():
    counts = evidence.postings()
    assert counts[list(ROLES)].tolist() == [8495, 77, 621, 47]
    assert evidence.postings("US")["MLOps Engineer"] == 11


def test_tools_are_compared_in_the_us_unless_a_role_is_too_small_there():
    assert [evidence.tools_place(role) for role in ROLES] == ["US", "US", "US", "all countries"]
    table = evidence.tools("MLOps Engineer")
    docker = table[(table["role"] == "MLOps Engineer") & (table["skill"] == "docker")].iloc[0]
    assert (docker["naming"], docker["postings"], docker["share"]) == (20, 47, 42.6)
    assert "aws, azure or gcp" not in set(table["skill"])


@pytest.mark.parametrize("role", ROLES)
def test_what_sets_a_role_apart_does_so_against_every_role_that_is_large_enough(role):
    more, less = evidence.apart(role)
    table = evidence.tools(role).set_index(["role", "skill"])
    large = [other for other in ROLES if other != role and table.loc[other, "postings"].max() >= 30]
    assert large
    for skill in more:
        own = table.loc[(role, skill), "share_low"]
        assert all(own > table.loc[(other, skill), "share_high"] for other in large)
    for skill in less:
        own = table.loc[(role, skill), "share_high"]
        assert all(own < table.loc[(other, skill), "share_low"] for other in large)


def test_apart_names_containers_for_mlops_and_hears_a_small_role_only_where_it_is_clear():
    assert {"docker", "kubernetes"} <= set(evidence.apart("MLOps Engineer")[0])
    # In the US 9 of 11 MLOps adverts name AWS: enough to take it from the ML engineers.
    assert "aws" not in evidence.apart("ML Engineer")[0]
    # In the US 6 of 11 MLOps adverts name SQL: too few to take it from the data scientists.
    assert "sql" in evidence.apart("Data Scientist")[0]


@pytest.mark.parametrize("survey", [evidence.KAGGLE, evidence.STACK_OVERFLOW])
def test_degrees_of_a_role_add_up_to_everyone(survey):
    table = evidence.education(survey)
    people = table.groupby("role", observed=True)["people"].sum()
    assert people.equals(table.groupby("role", observed=True)["total"].first().rename("people"))
    assert table["degree"].notna().all()


def test_doctorates_are_those_of_the_survey():
    table = evidence.education().set_index(["degree", "role"])["share"].round()
    assert table["Doctorate", "AI Research Scientist"] == 52
    assert table["Doctorate", "ML Engineer"] == 11


def test_the_outlook_sets_the_occupations_against_the_whole_economy():
    rows = evidence.outlook()
    assert rows.loc["15-2051", "change_percent"] == 33.5
    assert rows.loc["00-0000", "change_percent"] == 3.1


@pytest.mark.parametrize(
    ("function", "value", "words"),
    [
        (evidence.tools, "Wizard", "role is one of"),
        (evidence.apart, None, "role is one of"),
        (evidence.education, "Gallup", "survey is one of"),
        *((chart, "Wizard", "role is one of") for chart in CHARTS),
    ],
)
def test_an_unknown_name_gets_one_sentence_with_the_right_ones(function, value, words):
    with pytest.raises(ValueError, match=words):
        function(value)


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("role", ROLES)
def test_charts_name_role_and_source_fit_the_picture_and_repeat(chart, role):
    figure = chart(role)
    sentence = charts.sentence_of(figure)
    assert len(sentence) >= 40 and "nan" not in sentence.lower()
    assert figure.texts[1].get_text().startswith("Source:")
    picture = charts.png(figure)
    assert picture == charts.png(chart(role))
    assert Image.open(io.BytesIO(picture)).width == charts.WIDTH
    assert _all_text_inside(figure)


def test_the_numbers_of_a_sentence_are_those_of_the_table():
    sentence = charts.sentence_of(evidence_charts.first_rung("MLOps Engineer"))
    assert "2 of 73" in sentence and "0.7 to 9.6%" in sentence and "exact share is unknown" in sentence
    assert "only 11 adverts" in charts.sentence_of(evidence_charts.tools("Data Scientist"))
    assert "no occupation called MLOps Engineer" in charts.sentence_of(
        evidence_charts.official_pay("MLOps Engineer")
    )


def test_a_survey_without_the_role_is_no_picture():
    with pytest.raises(charts.NoPicture, match="choose Kaggle"):
        evidence_charts.education("MLOps Engineer", evidence.STACK_OVERFLOW)
    assert evidence_charts.education("ML Engineer", evidence.STACK_OVERFLOW)


def test_tables_are_copies():
    before = evidence.tools("ML Engineer")
    changed = evidence.tools("ML Engineer")
    changed["share"] = 0.0
    pd.testing.assert_frame_equal(before, evidence.tools("ML Engineer"))


def _all_text_inside(figure):
    """Is every text of the figure inside its edges? A text beyond them would be cut off."""
    renderer = figure.canvas.get_renderer()
    width, height = figure.canvas.get_width_height()
    axes = figure.axes[0]
    texts = [*figure.texts, *axes.texts, *axes.get_yticklabels(), axes.xaxis.label]
    if figure.legends:
        texts += figure.legends[0].get_texts()
    boxes = [text.get_window_extent(renderer) for text in texts if text.get_text()]
    outside = [
        (text.get_text(), box)
        for text, box in zip(texts, boxes, strict=False)
        if box.x0 < 0 or box.x1 > width or box.y0 < 0 or box.y1 > height
    ]
    assert not outside, outside
    return True
