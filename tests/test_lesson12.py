"""Notebook 12: what its assumptions rest on, what a learner may put in their place, and stories over many seeds."""

import numpy as np
import pandas as pd
import pytest

from helpers import check, profile, tables
from helpers.lessons import nb12 as lesson
from tests import books

PATH = next(path for path in books.PATHS if path.name.startswith("12"))
NAMES = {"fees", "months", "kept", "finishing", "landing", "search", "otherwise", "pay"}
BACKGROUNDS = [None, *profile.QUESTIONS["background"]]


@pytest.fixture(scope="module")
def notebook():
    """What a cell of the notebook defines, by its first line."""
    space = {}
    exec("import numpy as np\nimport pandas as pd", space)
    for cell in books.code_cells(books.read(PATH)):
        if cell.source.startswith("def happens"):
            exec(cell.source, space)
    return space


@pytest.mark.parametrize("background", BACKGROUNDS)
def test_each_background_has_assumptions_with_a_source_or_marked_as_a_guess(background):
    table = lesson.assumptions(background)
    for _, rows in table.groupby("path"):
        assert set(rows.index.get_level_values("assumption")) == NAMES == set(lesson.TEXTS["named"])
        assert rows.loc[(slice(None), ["months", "search"]), "high"].sum() < 12 * 7  # the fewest years
    assert (table["low"] <= table["high"]).all() and (table["low"] >= 0).all()
    chances = table.loc[(slice(None), ["kept", "finishing", "landing"]), "high"]
    assert (chances <= 1).all() and table["source"].str.len().gt(4).all()
    shown = lesson.readable(table)
    assert (shown["range"].str.endswith("?") == table["source"].str.startswith("guess")).all()


def test_pay_is_that_of_the_official_wages():
    wages = tables.load("wages").query("area_type == 'nation' and year == 2025 and code == '15-2051'").iloc[0]
    pay = lesson.assumptions("software").loc[("boot camp", "pay")]
    assert (pay["low"], pay["high"]) == (wages["p25"], wages["p75"])
    assert lesson.start(None) == lesson.start("other")
    assert lesson.start("student")["now"] < lesson.start(None)["now"]


TWO = ("boot camp", "full-time master")


def test_a_learner_puts_their_own_rows_in_the_place_of_ours():
    mine = lesson.yours(None, {("boot camp", "fees"): (9_000, 9_000, "their | price list")}, *TWO, 10)
    assert mine.loc[("boot camp", "fees")].tolist() == [9_000, 9_000, "their | price list"]
    assert lesson.readable(mine).loc[("boot camp", "fees"), "range"] == "9,000"
    abroad = lesson.yours(None, {("all", "pay"): (30_000, 45_000, "adverts")}, *TWO, 10)
    assert abroad["low"].xs("pay", level="assumption").eq(30_000).all()
    assert abroad.loc[("boot camp", "fees"), "low"] == 11_500, "a row taken out is gone"


@pytest.mark.parametrize(
    ("row", "values", "said"),
    [
        (("all", "price"), (1, 2, ""), "copy its two names"),
        (7, (1, 2, ""), "copy its two names"),
        (("boot camp", "fees"), (2, 1, ""), "low end, the high end"),
        (("boot camp", "fees"), (2, 1), "low end, the high end"),
        (("boot camp", "fees"), 9_000, "low end, the high end"),
        (("boot camp", "fees"), ("9,000", 9_000, "list"), "low end, the high end"),
        (("boot camp", "landing"), (30, 50, ""), "between 0 and 1"),
        (("boot camp", "months"), (-1, 2, ""), "low end, the high end"),
        (("boot camp", "months"), (3, 200, ""), "Give more years"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(row, values, said):
    with pytest.raises(ValueError, match=said):
        lesson.yours(None, {row: values}, *TWO, 10)


@pytest.mark.parametrize(
    "two", [("bootcamp", "self-study"), ("self-study", "master"), ("self-study", "self-study"), (1, None)]
)
def test_a_wrong_path_is_answered_with_the_names(two):
    with pytest.raises(ValueError, match=r"two different paths of these: first degree, .*applying now"):
        lesson.yours(None, {}, *two, 10)


def test_stories_of_a_course_that_does_nothing_look_good_in_every_world(notebook):
    worlds = pd.DataFrame([notebook["stories"](seed=seed)["land"] for seed in range(100, 130)])
    assert (worlds["told a story"] > worlds["finished"] + 30).all()
    assert (worlds["finished"] > worlds["entered"] + 2).all()
    assert (worlds["entered"] > worlds["did not enter"] + 10).all()


def test_without_selection_the_course_looks_as_useless_as_it_is(notebook):
    worlds = [notebook["stories"](0, 0, 0, seed)["land"] for seed in range(100, 130)]
    gaps = [world["told a story"] - world["did not enter"] for world in worlds]
    assert abs(np.mean(gaps)) < 1.5


def test_what_decides_does_not_hang_on_the_luck_of_the_draw():
    lives, deciders = check.reference("12", "lives"), check.reference("12", "deciders")
    table, names = lesson.assumptions(None), ("boot camp", "full-time master")
    paths = {name: {row: tuple(table.loc[(name, row), ["low", "high"]]) for row in NAMES} for name in names}
    ranges = {f"{name}: {row}": paths[name][row] for name in names for row in sorted(NAMES - {"pay"})}
    for seed in range(5):

        def score(values, seed=seed):
            means = []
            for place, name in enumerate(names):
                fixed = {row: (values.get(f"{name}: {row}", 93_735.0),) * 2 for row in NAMES}
                random = np.random.default_rng([seed, place])
                means.append(lives(fixed, 50_980, 10, random)["gain"].mean())
            return means[0] - means[1]

        assert deciders(score, ranges)[0][0] == "full-time master: landing"


def test_two_paths_must_be_two():
    with pytest.raises(LookupError, match="two different paths"):
        lesson.draw_paths({"boot camp": pd.DataFrame({"gain": [1.0], "months": [1.0]})}, 10)
