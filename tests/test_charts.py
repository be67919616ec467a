"""Charts: what a notebook stores of them, shapes that say what the data say, colours that can be read."""

import base64
import html.parser
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from helpers import charts

WORDS = {"title": "Pay <rises>", "source": "Source: nobody, 2026.", "sentence": "It rises by 3 & more."}
TABLE = pd.DataFrame(
    {"low": [10.0, -20, np.nan], "mid": [20.0, 30, np.nan], "high": [30.0, 60, np.nan], "n": [40, 50, 3]},
    index=pd.Index(["ML Engineer", "b", "<c>"], name="role"),
)


@pytest.fixture
def shown(monkeypatch):
    """What charts.show() hands to the notebook."""
    outputs = []
    monkeypatch.setattr(charts, "display", lambda data, raw: outputs.append(data))
    return lambda *given: (charts.show(*given), outputs.pop())[1]


def test_a_figure_is_one_html_output_with_alt_text_a_caption_and_a_folded_table(shown):
    data = shown(charts.rows(TABLE, unit="%", value="mid", **WORDS), TABLE)
    assert set(data) == {"text/html", "text/plain"}
    assert data["text/plain"] == "<figure: Pay <rises>> It rises by 3 & more."
    page = data["text/html"]
    html.parser.HTMLParser().feed(page)
    assert 'alt="Chart: Pay &lt;rises&gt;"' in page and "<figcaption>It rises by 3 &amp; more.<" in page
    assert page.count("<details>") == page.count('scope="row">ML Engineer') == 1
    assert page.count('scope="col"') == 5 and "&lt;c&gt;" in page and "not known" in page
    picture = base64.b64decode(re.search(r"base64,([^\"]+)", page)[1])
    assert Image.open(io.BytesIO(picture)).width == charts.DENSITY * charts.WIDTH >= 1.5 * 860


def test_figures_of_pyplot_and_pandas_are_shown_once_with_their_own_title(shown):
    axes = TABLE.plot.barh(y="mid", title="My own")
    assert shown(axes)["text/plain"] == "<figure: My own>" and not plt.get_fignums()
    assert "a chart of role without a title" in shown(TABLE.plot(y=["low", "high"], subplots=True)[0])["text/plain"]  # fmt: skip
    assert "<figcaption>BLS &lt;2025&gt;<" in shown(TABLE.plot(y="mid"), None, "BLS <2025>")["text/html"]
    figure, axes = plt.subplots(figsize=(4, 3))
    axes.plot([1, 2])
    assert 'width="400"' in shown(charts.finish(figure, **WORDS))["text/html"]
    assert 'alt="Chart: a chart of numbers without a title"' in shown(Figure())["text/html"]


SHAPES = {
    "rows": lambda: charts.rows(TABLE, unit="%", value="mid", thin=("low", "high"), **WORDS),
    "some mine": lambda: charts.rows(TABLE, unit="%", value="mid", thick=("low", "high"), mine=[True, False, False], **WORDS),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_named_rows_can_be_read_repeat_hold_zero_and_do_not_draw_what_is_missing(shape):
    figure = SHAPES[shape]()
    picture, axes = charts.png(figure), figure.axes[0]
    assert charts.title_of(figure) == WORDS["title"] and figure.get_label() == WORDS["sentence"]
    assert picture == charts.png(SHAPES[shape]()) and len(picture) < 40_000
    can_be_read(figure, least=9 * 72 / 100)  # 9 CSS pixels
    assert axes.get_xlim()[0] <= 0 <= axes.get_xlim()[1]
    assert [text.get_text() for text in axes.texts].count("too few to say") == 1


def test_every_colour_that_text_is_drawn_in_has_a_shade_for_it():
    roles = [style["color"] for style in charts.ROLE_STYLE.values()]
    for color in [*roles, charts.UP, charts.DOWN, charts.FLAT]:
        assert contrast(charts.DARK.get(color, color)) >= 4.5, color


def can_be_read(figure, least):
    """No text is cut off, too pale, or smaller than so many points."""
    renderer, (width, height) = figure.canvas.get_renderer(), figure.canvas.get_width_height()
    beside = (text for axes in figure.axes for text in [*axes.texts, *axes.get_yticklabels()])
    for text in [*figure.texts, *beside]:
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height, text.get_text()
        assert contrast(text.get_color()) >= 4.5 and text.get_fontsize() >= least, text.get_text()


def contrast(color):
    """float: contrast with white, as the accessibility guidelines count it."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(color)]
    return 1.05 / (np.dot(parts, (0.2126, 0.7152, 0.0722)) + 0.05)
