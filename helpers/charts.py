"""Charts of the series: pure functions, DataFrame in, matplotlib Figure out, in one house style.

Every figure carries a sentence that says what it shows; it becomes the picture's alt text and its caption.
"""

import base64
import html
import io
import pathlib

import matplotlib
import matplotlib.style
import numpy as np
import pandas as pd
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

matplotlib.style.use(pathlib.Path(__file__).with_name("house.mplstyle"))

WIDTH = int(matplotlib.rcParams["figure.figsize"][0] * matplotlib.rcParams["figure.dpi"])
"""Width of every picture in CSS pixels: fits the cell of a notebook on a laptop."""

ROLE_STYLE = {
    "Data Scientist": {"color": "#0072B2", "marker": "o", "linestyle": "-"},
    "AI Research Scientist": {"color": "#D55E00", "marker": "s", "linestyle": "--"},
    "ML Engineer": {"color": "#009E73", "marker": "^", "linestyle": "-."},
    "MLOps Engineer": {"color": "#CC79A7", "marker": "D", "linestyle": ":"},
}
"""How each role is drawn through the whole series: a colour, and a marker and a line for those who see none."""

UP, DOWN, FLAT = "#0072B2", "#B3400A", "#555555"
DARK = {"#D55E00": "#A84300", "#009E73": "#00694D", "#CC79A7": "#96446F"}
"""Darker shades of the role colours in which text would have less contrast than 4.5 to 1: ``DARK.get(color, color)``."""

DENSITY = 1.5
"""Pixels of a shown picture for one of CSS: sharper on good screens, and notebooks stay small."""


def blank(height=4.3, left=0.085, bottom=0.17, top=0.88):
    """Make an empty figure of the house's width, `height` inches high, off screen, with one set of axes.

    The edges of the axes are fractions of the figure, and fixed, so that a rerun gives the same picture. Below them there is
    always room for a label and the source. Returns a matplotlib Figure and its Axes.
    """
    figure = Figure(figsize=(matplotlib.rcParams["figure.figsize"][0], height))
    FigureCanvasAgg(figure)
    bottom, right = max(bottom, 0.78 / height), 0.97
    axes = figure.add_axes((left, bottom, right - left, top - bottom))
    # A label at a fixed place spares matplotlib the search for one, a fifth of the time of a redraw.
    axes.yaxis.set_label_coords((0.026 - left) / (right - left), 0.5)
    axes.xaxis.set_label_coords(0.5, -0.36 / height / (top - bottom))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))  # numbers are slow to draw, too
    return figure, axes


def finish(figure, title, source, sentence):
    """Give a figure a title that says the finding, a source line, and a sentence for those who do not see it.

    Returns the same figure. One made by pyplot gets its axes laid out between title and source.
    """
    height = figure.get_figheight()
    if hasattr(figure, "number"):
        figure.set_layout_engine("constrained", rect=(0, 0.28 / height, 1, 1 - 0.66 / height))
    figure.text(0.012, 1 - 0.12 / height, title, va="top", fontsize=12, fontweight="bold")
    figure.text(0.012, 0.07 / height, source, va="bottom", fontsize=8.5, color="#555555")
    figure.set_gid(title)
    figure.set_label(sentence)
    return figure


def title_of(figure):
    """str: the title that :func:`finish` gave to a figure, else its own or that of its axes, else what it is a chart of."""
    own = [axes.get_title(where) for axes in figure.axes for where in ("left", "center")]
    units = [label for axes in figure.axes[:1] for label in (axes.get_xlabel(), axes.get_ylabel()) if label]
    untitled = f"a chart of {' and '.join(units) or 'numbers'} without a title"
    return next(filter(None, [figure.get_gid(), figure.get_suptitle(), *own]), untitled)


def png(figure):
    """bytes: a figure as PNG, with :data:`DENSITY` pixels for one of CSS.

    It has 128 colours, which our flat charts do not show, but is four times as fast to pack and a fifth of the size.
    """
    figure.set_dpi(DENSITY * matplotlib.rcParams["figure.dpi"])
    canvas = FigureCanvasAgg(figure)  # whatever drew it before
    canvas.draw()
    size = canvas.get_width_height()
    picture = Image.frombuffer("RGBA", size, canvas.buffer_rgba(), "raw", "RGBA", 0, 1).convert("RGB")
    file = io.BytesIO()
    picture.quantize(128, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(file, "PNG")
    return file.getvalue()


def show(figure, table=None, source=""):
    """Show a figure in a notebook: the picture with its alt text, a sentence below, and its numbers folded.

    `figure` is a matplotlib Figure, or what ``plot`` of pandas returned. One that :func:`finish` has not seen has no
    sentence: the title of its axes is its alt text, and `source` (:func:`helpers.tables.cite`) stands below it.
    `table` (DataFrame or Series) holds the numbers behind it, rounded as they are to be read.
    """
    figure = np.ravel(figure)[0].get_figure()  # `plot(subplots=True)` returns several axes of one figure
    title, sentence = title_of(figure), figure.get_label() or source
    if not figure.get_label() and figure.get_layout_engine() is None:
        figure.set_layout_engine("constrained")  # no label is cut off
    width = round(figure.get_figwidth() * matplotlib.rcParams["figure.dpi"])
    shown = figure_html(png(figure), title, sentence, width=width)
    if hasattr(figure, "number"):
        from matplotlib import pyplot  # which made it, and would show it a second time at the end of the cell

        pyplot.close(figure)
    shown += "" if table is None else table_html(table, title)
    display({"text/html": shown, "text/plain": f"<figure: {title}> {sentence}".strip()}, raw=True)


def figure_html(data, title, sentence, width=WIDTH):
    """str: a picture (bytes of a PNG) with alt text and a caption, as the notebook stores it.

    In a narrow column the picture keeps a width at which it can be read, and is scrolled.
    """
    source = base64.b64encode(data).decode()
    caption = f"<figcaption>{html.escape(sentence)}</figcaption>" if sentence else ""
    return (
        '<figure style="margin:0;overflow-x:auto">'
        f'<img alt="Chart: {html.escape(title)}" src="data:image/png;base64,{source}" width="{width}" '
        f'style="max-width:100%;min-width:{min(width, 680)}px;background:white;border:1px solid #cccccc">{caption}'
        "</figure>"
    )


def table_html(table, title):
    """str: the numbers of a chart as a folded table that a screen reader can walk."""
    table = pd.DataFrame(table)
    if table.columns.nlevels == 1:  # the name of the index heads its column
        table = table.rename_axis(index=None, columns=table.index.name)
    head, _, rows = table.to_html(border=0, na_rep="not known").partition("</thead>")
    caption = f"<caption>{html.escape(title)}</caption><thead>"
    head = head.replace("<th>", '<th scope="col">').replace("<thead>", caption)
    rows = rows.replace("<th>", '<th scope="row">')
    if not table.select_dtypes("number").shape[1]:
        rows = rows.replace("<td>", '<td style="text-align:left">')
    return f"<details><summary>The numbers</summary>{head}</thead>{rows}</details>"


def rows(table, *, unit, value, thin=None, thick=None, mine=None, form="{:,.0f}", **words):
    """Draw a dot with its number for each row of a table, the first on top; the axis holds zero.

    The rows are named by the index (a name may have two lines). `value` is the column of the dots; `thin` and `thick` are
    pairs of columns, the ends of a line. Rows where `mine` is true are in colour and bold, the others in grey; if it is not
    told, all are in colour. A row without a value says "too few to say". `unit` labels the axis, `form` writes a number,
    and `words` are ``title``, ``source`` and ``sentence`` of :func:`finish`.
    """
    longest = max(len(line) for name in table.index for line in str(name).split("\n"))
    height = 1.3 + 0.5 * len(table)
    figure, axes = blank(height, left=0.03 + 0.0092 * longest, bottom=0.8 / height, top=1 - 0.5 / height)
    axes.set_yticks(range(len(table)), table.index)
    axes.set_ylim(len(table) - 0.45, -0.65)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    mine = [True] * len(table) if mine is None else list(mine)
    names = axes.get_yticklabels()
    for place, (row, own, name) in enumerate(zip(table.to_dict("records"), mine, names, strict=True)):
        color, weight = UP if own else FLAT, "bold" if own and not all(mine) else "normal"
        name.set_fontweight(weight)
        if pd.isna(row[value]):
            near = {"xytext": (4, -3), "textcoords": "offset points"}
            axes.annotate("too few to say", (0, place), **near, color=FLAT, fontsize=9)
            continue
        for ends, width, alpha in ((thin, 1.5, 1), (thick, 7, 0.45)):
            if ends:
                axes.plot([row[end] for end in ends], [place] * 2, color=color, linewidth=width, alpha=alpha)
        axes.plot(row[value], place, "o", color=color, markersize=7)
        axes.annotate(
            form.format(row[value]), (row[value], place), (0, 8), textcoords="offset points", ha="center",
            color=color, fontsize=9.5, fontweight=weight,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5},
        )  # fmt: skip
    low, high = axes.get_xlim()
    axes.set_xlim(0 if low > 0 or table[value].min() >= 0 else low, high + 0.03 * (high - low))
    if low < 0 < table[value].max():
        axes.axvline(0, color="#888888", linewidth=1)
    axes.set_xlabel(unit)
    return finish(figure, **words)
