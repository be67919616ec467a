"""Charts of the service: every requirement counts, and the words say what the picture shows."""

import numpy as np
import pandas as pd
import pytest

from helpers import charts, load_test, service_charts, sizing


def words(figure):
    return charts.title_of(figure), charts.sentence_of(figure)


def test_p99_decides_how_many_processes():
    counts = [service_charts.processes_for(200, p99) for p99 in (3, 5, 20, 100)]
    assert counts == sorted(counts, reverse=True) and counts[0] > counts[-1]
    assert service_charts.processes_for(200, 5) == sizing.replicas(200, 0.002, 0.003)
    title, _ = words(service_charts.design(200, p99=3, memory=4000))
    assert f"{counts[0]} processes" in title


def test_load_decides_how_many_processes():
    counts = [service_charts.processes_for(rate, 20) for rate in (10, 500, 2000)]
    assert counts == sorted(set(counts))


def test_memory_decides_whether_it_fits():
    assert "too much" in words(service_charts.design(2000, memory=250))[0]
    assert "it fits" in words(service_charts.design(2000, memory=4000))[0]


@pytest.mark.parametrize(("days", "trainings"), [(1, 365), (7, 53), (30, 13), (90, 5)])
def test_age_decides_the_trainings(days, trainings):
    assert f"{trainings} trainings a year" in words(service_charts.design(oldest_model=days))[1]


def test_what_no_number_of_processes_can_do():
    with pytest.raises(charts.NoPicture, match="allow more"):
        service_charts.design(p99=service_charts.CORE_MS)


def test_a_core_that_is_too_slow_for_p99_still_gets_a_number():
    assert service_charts.processes_for(50, 5, core_ms=8) > service_charts.processes_for(50, 50, core_ms=8)
    assert words(service_charts.confront(9.0, 300.0))[0]


@pytest.mark.parametrize("loss", [7.0, 7.2])
def test_pareto_names_the_best(loss):
    table = pd.DataFrame(
        {
            "linear": {"loss": loss, "converts": True, "kB": 7.0, "microseconds": 40.0},
            "boosting": {"loss": 7.1, "converts": True, "kB": 70.0, "microseconds": 50.0},
            "neighbours": {"loss": 7.7, "converts": False, "kB": np.nan, "microseconds": 9_000.0},
        }
    ).T.infer_objects()
    title, sentence = words(service_charts.pareto(table))
    assert title.startswith(
        "Linear has the lowest loss and the smallest" if loss < 7.1 else "Boosting has the lowest"
    )
    assert "neighbours 7.70" in sentence and "7 kB" in sentence


def test_latencies_name_the_slowest_where_p99_would_be_a_guess():
    few, many = (load_test.Load(8, np.linspace(1, 50, n), 0, 1.0) for n in (20, 300))
    figure = service_charts.latencies({"scikit-learn": [few], "ONNX": [many]})
    titles = [axes.get_title("left") for axes in figure.axes]
    assert "slowest 50 ms" in titles[0] and "p99" in titles[1]
