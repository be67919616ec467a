"""Conformal ranges: against the library, against their promise, against the notebook, and the preprint made of them."""

import ast
import json
import math

import numpy as np
import pandas as pd
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import charts, conformal, conformal_scores, course, pay, preprint, preprint_text, research_charts
from helpers.document import DocumentError
from helpers.document_files import not_in_pdf, to_markdown, to_pdf
from tests import books

NOTEBOOK = next(n.path for n in course.SERIES if n.number == "03")
FINITE = st.floats(-1e6, 1e6)


@pytest.fixture(scope="module")
def stream():
    return conformal.stream()


@pytest.fixture(scope="module")
def taught():
    """The functions that the notebook defines."""
    names = {"np": np, "pd": pd, "conformal": conformal}
    for cell in books.code_cells(books.read(NOTEBOOK)):
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef):
                exec(compile(ast.Module([node], []), "notebook 03", "exec"), names)
    return names


@given(st.lists(FINITE, min_size=1, max_size=60), st.floats(0, 1))
def test_the_quantile_is_the_score_of_its_rank(scores, miss):
    value = conformal.conformal_quantile(scores, miss)
    n = len(scores)
    rank = min(max(math.ceil(round((n + 1) * (1 - miss), 9)), 1), n)
    assert value == sorted(scores)[rank - 1]


@given(st.lists(FINITE, min_size=1, max_size=60), st.floats(-0.5, 1.5), st.floats(-0.5, 1.5))
def test_fewer_misses_never_give_a_smaller_correction(scores, one, other):
    low, high = sorted((one, other))
    assert conformal.conformal_quantile(scores, low) >= conformal.conformal_quantile(scores, high)


@pytest.mark.parametrize(("n", "miss", "rank"), [(9, 0.2, 8), (19, 0.05, 19), (18, 0.05, 18), (99, 0.1, 90)])
def test_ranks_by_hand(n, miss, rank):
    assert conformal.conformal_quantile(np.arange(1, n + 1), miss) == rank


def test_no_scores_is_one_clear_sentence():
    with pytest.raises(ValueError, match="no scores to calibrate on"):
        conformal.conformal_quantile([], 0.2)


def test_coverage_of_exchangeable_scores_is_what_was_promised():
    draw = np.random.default_rng(0)
    hits = [draw.normal() <= conformal.conformal_quantile(draw.normal(size=29), 0.2) for _ in range(4_000)]
    assert np.mean(hits) == pytest.approx(0.8, abs=4 * math.sqrt(0.16 / 4_000))


def test_equal_to_mapie(taught):
    from mapie.regression import ConformalizedQuantileRegressor, SplitConformalRegressor

    year = pay.between(pay.adverts(), *pay.FIRST_YEAR)
    x, y = pay.encode(year), year["midpoint"].to_numpy()
    for seed, miss in ((1, 0.2), (2, 0.1)):
        learn, aside, new = np.split(np.random.default_rng(seed).permutation(len(y)), [900, 1_700])
        quantiles = (miss / 2, 0.5, 1 - miss / 2)
        low, middle, high = pay.train(year.iloc[learn], quantiles, n_estimators=20).parts
        library = SplitConformalRegressor(middle, confidence_level=1 - miss, prefit=True)
        theirs = library.conformalize(x[aside], y[aside]).predict_interval(x[new])[1][:, :, 0]
        ours = taught["split_conformal"](middle.predict(x[aside]), y[aside], middle.predict(x[new]), miss)
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)
        library = ConformalizedQuantileRegressor([low, high, middle], confidence_level=1 - miss, prefit=True)
        library.conformalize(x[aside], y[aside])
        theirs = library.predict_interval(x[new], symmetric_correction=True)[1][:, :, 0]
        ends = np.column_stack([low.predict(x), high.predict(x)])
        np.testing.assert_allclose(
            taught["cqr"](ends[aside], y[aside], ends[new], miss), theirs, rtol=0, atol=1e-9
        )


def test_the_helpers_hold_what_the_notebook_teaches(taught, stream):
    scores = stream["score"].to_numpy()[:500]
    for miss in (0, 0.05, 0.2, 0.999):
        assert taught["conformal_quantile"](scores, miss) == conformal.conformal_quantile(scores, miss)
    for window in (13, 4, None):
        np.testing.assert_array_equal(
            taught["aci"](stream, window=window), conformal.adaptive(stream, window=window)
        )
    for own_scores in (True, False):
        np.testing.assert_array_equal(
            taught["role_wise"](stream, own_scores=own_scores),
            conformal.adaptive(stream, own_scores=own_scores, own_miss=True),
        )


def test_the_stream_is_every_later_advert_once(stream):
    later = pay.adverts().query("arrived > '2023-05-31'")
    assert len(stream) == later["weight"].sum()
    assert stream["arrived"].is_monotonic_increasing and stream["week"].is_monotonic_increasing
    assert (stream["arrived"] > conformal.LEARN[1]).all()
    assert ((stream["week"] < 0) == (stream["arrived"] <= conformal.CALIBRATE[1])).all()
    assert sorted(stream["week"].unique()) == list(range(-13, 68))
    outside = (stream["midpoint"] < stream["range_low"]) | (stream["midpoint"] > stream["range_high"])
    np.testing.assert_array_equal(outside, stream["score"] > 0)


def test_only_the_past_is_used(stream):
    for window in (1, 13, None):
        for now, past in conformal.weeks(stream, window):
            assert now["week"].nunique() == 1 and past["week"].max() < now["week"].iloc[0]
            if window is None:
                assert (past["week"] < 0).all()
            else:
                assert past["week"].min() >= now["week"].iloc[0] - window
    changed = stream.copy()
    changed.loc[changed["week"] >= 40, "score"] += 500
    early = (stream["week"] <= 40).to_numpy()
    for options in ({}, {"own_scores": True, "own_miss": True}):
        before, after = (conformal.adaptive(table, **options) for table in (stream, changed))
        np.testing.assert_array_equal(before[early], after[early])
        assert not np.array_equal(before[~early], after[~early])


@pytest.mark.parametrize("target", [0.7, 0.8, 0.9])
def test_adaptive_inference_reaches_its_long_run_share(stream, target):
    """The mean of the weekly shares outside is bound to the target by the update itself."""
    correction = conformal.adaptive(stream, step=0.1, target=target)
    judged = stream["week"] >= 0
    weekly = (stream["score"] > correction)[judged].groupby(stream["week"]).mean()
    assert weekly.mean() == pytest.approx(1 - target, abs=1 / (0.1 * len(weekly)))
    assert weekly.mean() == pytest.approx(1 - target, abs=0.02)


def test_what_the_notebook_says_of_its_results(stream):
    options = {
        "never": {"step": 0, "window": None},
        "window": {"step": 0},
        "plain": {},
        "own miss": {"own_miss": True},
        "bare": {"own_scores": True, "step": 0},
        "ours": {"own_scores": True, "own_miss": True},
    }
    corrections = {name: conformal.adaptive(stream, **chosen) for name, chosen in options.items()}
    found = {name: conformal_scores.judge(stream, values) for name, values in corrections.items()}
    assert found["never"]["coverage"] < 74 and 79 < found["window"]["coverage"] < 80
    gap = {name: values["role gap"] for name, values in found.items()}
    assert gap["window"] > gap["plain"] > 3.5 > 2.6 > gap["own miss"] > 2 > 1 > gap["ours"] > gap["bare"]
    assert 0.45 < conformal_scores.chance_gap(stream) < 0.55
    # What the prose calls shown must be shown with every seed, and what it calls not shown with none.
    said = {
        ("bare", "window", "role gap"): (True, True),
        ("bare", "window", "interval score"): (True, True),
        ("ours", "plain", "role gap"): (True, True),
        ("ours", "plain", "interval score"): (True, False),
        ("ours", "bare", "role gap"): (False, False),
        ("ours", "bare", "interval score"): (True, True),
        ("ours", "own miss", "role gap"): (True, False),
        ("plain", "window", "role gap"): (False, False),
    }
    for (first, second, measure), shown in said.items():
        for block, expected in zip((4, 8), shown, strict=True):
            for seed in range(6):
                _, low, high = conformal_scores.compare(
                    stream, corrections[first], corrections[second], measure, block=block, seed=seed
                )
                assert (low > 0 or high < 0) == expected, (first, second, measure, block, seed)


def test_the_preprint_names_the_settings_of_the_model():
    chosen = pay.train(pay.between(pay.adverts(), *conformal.LEARN), (0.5,)).parts[0].get_params()
    for words in (
        "{n_estimators} trees",
        "depth {max_depth}",
        "{min_samples_leaf} rows",
        "rate {learning_rate}",
    ):
        assert words.format(**chosen) in preprint_text.MODEL


def test_judge_by_hand():
    table = pd.DataFrame(
        {
            "arrived": pd.to_datetime(["2024-05-05"] * 2 + ["2024-06-09"] * 2),
            "week": [0, 0, 1, 1],
            "role": pd.Categorical(["a", "b", "a", "a"]),
            "range_low": 100.0,
            "range_high": 200.0,
            "score": [-5.0, 12.0, 4.0, -30.0],
        }
    )
    found = conformal_scores.judge(table, np.array([0.0, 10.0, 0.0, -60.0]), target=0.5)
    # Covered: the first alone. Widths 100, 120, 100 and 0 (a range cannot be less than nothing wide).
    assert found["coverage"] == 25 and found["since June 2024"] == 0
    assert found["role gap"] == pytest.approx((3 * 100 * abs(1 / 3 - 0.5) + 50) / 4)
    assert found["width"] == 80
    assert found["interval score"] == pytest.approx((100 + 120 + 4 * 2 + 100 + 4 * 4 + 0 + 4 * 30) / 4)


def test_paired_comparison(stream):
    plain, wide = conformal.adaptive(stream), conformal.adaptive(stream) + 30
    difference, low, high = conformal_scores.compare(stream, wide, plain, "coverage", draws=200)
    assert low < difference < high and low > 0
    assert conformal_scores.compare(stream, plain, plain, "role gap", draws=50) == (0, 0, 0)
    again = conformal_scores.compare(stream, wide, plain, "coverage", draws=200)
    assert again == (difference, low, high)
    with pytest.raises(ValueError, match="role gap"):
        conformal_scores.compare(stream, plain, plain, "luck")


def test_synthetic_data_have_their_seed_and_their_shape():
    x, y = conformal.synthetic(20_000, seed=3)
    np.testing.assert_array_equal(y, conformal.synthetic(20_000, seed=3)[1])
    assert x.shape == (20_000, 1) and x.min() >= 1 and x.max() <= 5
    near = np.abs(y - np.median(y)) < 10
    spread = pd.Series(y[near]).groupby(np.round(x[near, 0] * 2)).std()
    assert spread.max() > 1.5 * spread.min()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1_000))
def test_leaf_quantiles_hold_their_share(seed):
    x, y = conformal.synthetic(800, seed)
    tree = conformal.LeafQuantiles(x, y, (0.1, 0.9))
    ranges = tree.ranges(x)
    assert (ranges[:, 0] <= ranges[:, 1]).all()
    assert np.mean((ranges[:, 0] <= y) & (y <= ranges[:, 1])) == pytest.approx(0.8, abs=0.06)


def test_over_seeds():
    table = conformal_scores.over_seeds(pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [5.0, 5.0, 5.0]}))
    assert table.loc["a"].round(3).tolist() == [2, -0.484, 4.484, 1, 3]
    assert (table.loc["b"] == 5).all()


@pytest.mark.parametrize("step", research_charts.STEPS)
@pytest.mark.parametrize("window", research_charts.WINDOWS.values())
def test_every_setting_of_the_explorer_can_be_drawn(step, window):
    for target in research_charts.TARGETS.values():
        figure = research_charts.coverage_over_time(step, target, window)
        sentence = charts.sentence_of(figure)
        assert f"Step {step:g}," in sentence and f"target {100 * target:.0f}%" in sentence
        assert "nan" not in sentence
        marks = {text.get_text()[:9] for text in figure.axes[0].texts}
        assert {"June 2024", "August 20"} <= marks


def test_the_other_figures_say_what_they_show(stream):
    plain, ours = conformal.adaptive(stream), conformal.adaptive(stream, own_scores=True)
    figures = [research_charts.roles(stream, plain, ours, ("ACI", "mine")), research_charts.notable_models()]
    for figure in figures:
        assert len(charts.sentence_of(figure)) > 100
        figure.canvas.draw()
        width, height = figure.canvas.get_width_height()
        for text in [*figure.texts, *figure.axes[0].texts, *figure.axes[0].get_yticklabels()]:
            box = text.get_window_extent()
            assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height, text


COLUMNS = ["comparison", "measure", "difference", "low", "high", "low 8", "high 8"]


@pytest.fixture(scope="module")
def results(stream):
    methods = {
        "never adapted": conformal.adaptive(stream, step=0, window=None),
        "ACI": conformal.adaptive(stream),
    }
    table = pd.DataFrame({name: conformal_scores.judge(stream, c) for name, c in methods.items()}).T
    rows = [
        (
            "ACI minus never adapted",
            measure,
            *conformal_scores.compare(stream, *reversed(methods.values()), measure),
            *conformal_scores.compare(stream, *reversed(methods.values()), measure, block=8)[1:],
        )
        for measure in ("role gap", "interval score")
    ]
    figures = (
        research_charts.coverage_over_time(),
        research_charts.roles(stream, *methods.values(), tuple(methods)),
    )
    return table, pd.DataFrame(rows, columns=COLUMNS), figures


WORDS = dict.fromkeys(
    preprint_text.PARTS, "Words of some length about what was found and why it may matter. " * 4
)


@pytest.mark.parametrize("parts", [{}, WORDS], ids=["empty", "written"])
def test_the_preprint_has_its_pages_and_all_its_letters(results, parts):
    document = preprint.draft(parts | {"title": "A title"}, *results, {"data": "yes"})
    pdf, pages = to_pdf(document)
    opened = pypdfium2.PdfDocument(pdf)
    assert pages == len(opened) and 3 <= pages <= 5
    assert not not_in_pdf(document)
    for page in opened:
        assert "\ufffd" not in page.get_textpage().get_text_range()
        ink = np.asarray(page.render(scale=1).to_pil().convert("L")) < 200
        assert 0.001 < ink.mean() < 0.5
        assert not ink[:20].any() and not ink[:, :20].any() and not ink[:, -20:].any(), "runs off the page"
    text = next(iter(to_markdown(document, "preprint").values()))
    for needed in (
        "Limitations",
        "Reproducibility",
        "References",
        "Table 1",
        "Figure 2",
        "1905.03222",
        "2106.00170",
    ):
        assert needed in text
    assert "10.1080/01621459.2017.1307116" in text


def test_an_interval_that_holds_zero_is_not_a_finding():
    ends = [(-2.0, 0.5, -2.0, 0.7), (-2.0, -0.5, -2.0, 0.1), (-2.0, -0.5, -2.0, -0.1)]
    frame = pd.DataFrame([("A minus B", "role gap", -1.0, *four) for four in ends], columns=COLUMNS)
    unsure, weak, sure = preprint.sentences(frame)
    assert unsure.endswith("no difference is shown.") and sure.endswith(" lower.")
    assert weak.endswith("not shown with blocks of eight weeks.")


def test_what_the_reviewer_asks_for_is_not_in_the_first_draft(results):
    first, revised = (
        next(iter(to_markdown(preprint.draft(parts, *results, {}), "preprint").values()))
        for parts in ({}, {"promise": "It ends here.", "settings": "Others."})
    )
    assert "Where the promise ends. It ends here." in revised and "Other settings. Others." in revised
    assert "Where the promise ends" not in first and "Other settings" not in first
    assert "not exchangeable" not in first


def test_words_of_the_learner_are_data(results):
    nasty = '*#$[x](javascript:1) <script>alert(1)</script> "\\ #include'
    document = preprint.draft({name: nasty for name in preprint_text.PARTS}, *results, {})
    to_pdf(document)
    assert "<script>" not in next(iter(to_markdown(document, "preprint").values()))
    letter = preprint.letter({"title": nasty}, [nasty, "2. ", ""])
    to_pdf(letter)
    assert next(iter(to_markdown(letter, "letter").values())).count("to be written") == 2
    # YAML that needs no YAML reader: each value that the learner typed is one JSON string on one line.
    for line in preprint.citation({"title": nasty + "\nlicense: none", "author": nasty}).splitlines():
        key, _, value = line.strip().removeprefix("- ").partition(": ")
        assert key.rstrip(":") in {
            "cff-version", "message", "title", "authors", "name", "type", "license", "preferred-citation", "notes"
        }  # fmt: skip
        assert not value.startswith('"') or isinstance(json.loads(value), str)


def test_what_the_preprint_does_not_know_is_one_sentence(results):
    with pytest.raises(DocumentError, match="no part 'titel': choose from title"):
        preprint.draft({"titel": "x"}, *results, {})
    with pytest.raises(DocumentError, match="no item 'date'"):
        preprint.checklist({"date": "yes"})
    with pytest.raises(DocumentError, match="one of yes, no, partly"):
        preprint.checklist({"data": "maybe"})
    assert (preprint.checklist({})["answer"] == "not answered").all()
    assert max(map(len, preprint_text.CHECKLIST.values())) <= 50
