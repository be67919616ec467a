"""Charts of the design: every requirement counts, is refused when it makes no sense, and is held against what was measured."""

import math

import numpy as np
import pytest

from helpers import charts, design_charts, load_test, sizing
from helpers.explore import explore

ASKED = {"a_second": 50, "p99_ms": 20, "mb": 500, "days": 30}


def words(figure):
    return charts.title_of(figure), charts.sentence_of(figure)


def design(**changed):
    return words(
        design_charts.design(
            **{"requests_a_second": 200, "p99": 20, "memory": 500, "oldest_model": 30} | changed
        )
    )


def test_p99_decides_how_many_processes():
    counts = [design_charts.processes_for(200, p99) for p99 in (3, 5, 20, 100)]
    assert counts == sorted(counts, reverse=True) and counts[0] > counts[-1]
    assert design_charts.processes_for(200, 5) == sizing.replicas(200, 0.002, 0.003)
    assert f"{counts[0]} processes" in design(p99=3, memory=4000)[0]


def test_load_decides_how_many_processes():
    counts = [design_charts.processes_for(rate, 20) for rate in (10, 500, 2000)]
    assert counts == sorted(set(counts))


def test_memory_decides_whether_it_fits():
    assert "too much" in design(requests_a_second=2000, memory=250)[0]
    assert "it fits" in design(requests_a_second=2000, memory=4000)[0]


@pytest.mark.parametrize(
    ("days", "trainings"),
    [
        (1, "365 trainings"),
        (7, "52 trainings"),
        (30, "12 trainings"),
        (90, "4 trainings"),
        (2000, "1 training"),
    ],
)
def test_age_decides_the_trainings(days, trainings):
    assert f"about {trainings} a year" in design(oldest_model=days)[1]


def test_what_no_number_of_processes_can_do():
    with pytest.raises(charts.NoPicture, match="allow more"):
        design(p99=design_charts.CORE_MS)


def test_a_core_that_is_too_slow_for_p99_still_gets_a_number():
    assert design_charts.processes_for(50, 5, core_ms=8) > design_charts.processes_for(50, 50, core_ms=8)
    assert words(design_charts.confront(9.0, 300.0))[0]


@pytest.mark.parametrize("asked", [ASKED, {"a_second": 33.5, "p99_ms": 2.5, "mb": 10, "days": 400}])
def test_the_panel_starts_with_what_the_learner_asks_for(asked):
    draw, choices = design_charts.design_for(asked)
    panel = explore(draw, **choices)
    assert list(panel.values.values()) == list(asked.values())
    assert panel.sentence.startswith(f"{asked['a_second']:,g} requests a second")


@pytest.mark.parametrize(
    "asked",
    [
        None,
        [50, 20, 500, 30],
        {},
        {**ASKED, "more": 1},
        *(
            {**ASKED, name: bad}
            for name in ASKED
            for bad in (0, -1, "20", True, None, math.nan, math.inf, 10**9, [1])
        ),
    ],
)
def test_requirements_that_make_no_sense(asked):
    with pytest.raises(ValueError, match="four numbers above zero"):
        design_charts.design_for(asked)


def load(milliseconds=(5.0,) * 100, failed=0, seconds=2.0):
    return load_test.Load(None, np.array(milliseconds), failed, seconds)


@pytest.mark.parametrize(
    ("found", "megabytes", "age", "met"),
    [
        (load(), 130, 10, [True, True, True, True]),
        (load(seconds=2.3), 130, 10, [False, True, True, True]),
        (load(failed=1), 130, 10, [False, True, True, True]),
        (load([5.0] * 97 + [30.0] * 3), 130, 10, [True, False, True, True]),
        (load(), 501, 31, [True, True, False, False]),
        (load([], failed=100), 130, 10, [False, False, True, True]),
    ],
)
def test_each_requirement_is_held_against_what_was_measured(found, megabytes, age, met):
    rows = design_charts.verdicts(ASKED, found, megabytes, age)
    assert [row[-1] for row in rows] == met and [row[1] for row in rows] == list(ASKED.values())
    figure = design_charts.compare(rows)
    verdicts = [axes.get_title("left").rpartition(": ")[2] for axes in figure.axes]
    assert verdicts == ["met" if one else "not met" for one in met]
    assert not any(
        character.isdigit() for character in charts.title_of(figure)
    )  # it is compared on every machine
