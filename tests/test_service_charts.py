"""Charts of the service: the words say what the picture shows."""

import numpy as np
import pandas as pd
import pytest

from helpers import charts, load_test, service_charts


def words(figure):
    return charts.title_of(figure), charts.sentence_of(figure)


@pytest.mark.parametrize("loss", [7.0, 7.2])
def test_pareto_names_the_best(loss):
    table = pd.DataFrame(
        {
            "linear": {"loss": loss, "converts": True, "kB": 7.0, "as pipeline": 9_000.0, "as ONNX": 40.0},
            "boosting": {"loss": 7.1, "converts": True, "kB": 70.0, "as pipeline": 9_000.0, "as ONNX": 40.0},
            "neighbours": {
                "loss": 7.7,
                "converts": False,
                "kB": np.nan,
                "as pipeline": 9_000.0,
                "as ONNX": np.nan,
            },
        }
    ).T.infer_objects()
    title, sentence = words(service_charts.pareto(table))
    assert title.startswith(
        "Linear has the lowest loss and the smallest" if loss < 7.1 else "Boosting has the lowest"
    )
    assert "neighbours 7.70" in sentence and "7 kB" in sentence


def test_latencies_say_how_many_and_how_busy():
    few = load_test.Load(8, np.linspace(1, 50, 20), 0, 1.0)
    many = [load_test.Load(count, np.linspace(1, 50, 300), 0, 1.0, 0.62) for count in (8, 64)]
    figure = service_charts.latencies({"scikit-learn": [few], "ONNX": many})
    titles = [axes.get_title("left") for axes in figure.axes]
    assert "20 answers" in titles[0] and "busy" not in titles[0] and "90% in 45 ms" in titles[0]
    assert "300 answers, core 62% busy" in titles[3] and [axes.axison for axes in figure.axes] == [
        True,
        False,
        True,
        True,
    ]
