"""Charts of the series: pure functions, DataFrame in, matplotlib Figure out, in one house style.

Every figure carries a sentence that says what it shows; it becomes the picture's alt text and its caption.
"""

import base64
import html
import io
import pathlib
import sys

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
DARK = {
    "#D55E00": "#A84300",
    "#009E73": "#00694D",
    "#CC79A7": "#96446F",
    "#56B4E9": "#1B6A9C",
    "#E69F00": "#8A5A00",
    "#7F7F7F": "#5C5C5C",
}
"""Darker shades of the colours in which text would have less contrast than 4.5 to 1: ``DARK.get(color, color)``."""

DENSITY = 1.5
"""Pixels of a shown picture for one of CSS: sharper on good screens, and notebooks stay small."""


def blank(height=4.3, left=0.085, bottom=0.17, right=0.97, top=0.88):
    """Make an empty figure of the house's width, off screen, with one set of axes.

    Parameters
    ----------
    height : float
        In inches.
    left, bottom, right, top : float
        Edges of the axes as fractions of the figure; fixed, so that a rerun gives the same picture. Below them there
        is always room for a label and the source.

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes
    """
    figure = Figure(figsize=(matplotlib.rcParams["figure.figsize"][0], height))
    FigureCanvasAgg(figure)
    bottom = max(bottom, 0.78 / height)
    axes = figure.add_axes((left, bottom, right - left, top - bottom))
    # A label at a fixed place spares matplotlib the search for one, a fifth of the time of a redraw.
    axes.yaxis.set_label_coords((0.026 - left) / (right - left), 0.5)
    axes.xaxis.set_label_coords(0.5, -0.36 / height / (top - bottom))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))  # numbers are slow to draw, too
    return figure, axes


def finish(figure, title, source, sentence):
    """Give a figure what every figure must have: a title that says the finding, a source line, a sentence.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    title, source : str
        The title stands at the top left, the source (see :func:`helpers.tables.cite`) at the bottom.
    sentence : str
        What the figure shows, for those who do not see it.

    Returns
    -------
    matplotlib.figure.Figure
        The same figure. One made by pyplot gets its axes laid out between the two lines.
    """
    height = figure.get_figheight()
    if hasattr(figure, "number"):
        figure.set_layout_engine("constrained", rect=(0, 0.28 / height, 1, 1 - 0.66 / height))
    figure.text(0.012, 1 - 0.12 / height, title, va="top", fontsize=12, fontweight="bold")
    figure.text(0.012, 0.07 / height, source, va="bottom", fontsize=8.5, color="#555555")
    figure.set_gid(title)
    figure.set_label(sentence)
    return figure


def sentence_of(figure):
    """Say what a figure shows.

    Raises
    ------
    ValueError
        If the figure was not made ready by :func:`finish`.
    """
    sentence = figure.get_label()
    if not sentence:
        raise ValueError("This figure has no sentence: end the function that draws it with charts.finish().")
    return sentence


def png(figure, density=1):
    """Render a figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    density : float
        Pixels for one of CSS.

    Returns
    -------
    bytes
        A PNG file. It has 128 colours, which our flat charts do not show, but is four times as fast to pack and
        a fifth of the size.
    """
    figure.set_dpi(density * matplotlib.rcParams["figure.dpi"])
    canvas = FigureCanvasAgg(figure)  # whatever drew it before
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3])
    file = io.BytesIO()
    picture.quantize(128, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(file, "PNG")
    return file.getvalue()


def title_of(figure):
    """str: the title that :func:`finish` gave to a figure."""
    return figure.get_gid()


def show(figure, table=None):
    """Show a figure in a notebook: the picture with its alt text, a sentence below, and its numbers folded.

    Parameters
    ----------
    figure : matplotlib.figure.Figure or matplotlib.axes.Axes
        Made here, or with pyplot or pandas in a cell (what ``plot`` returned). One that :func:`finish` has not
        seen has no sentence, and the title of its axes is its alt text.
    table : pandas.DataFrame or pandas.Series, optional
        The numbers behind it, rounded as they are to be read.
    """
    figure = np.ravel(figure)[0]  # `plot(subplots=True)` returns several axes of one figure
    figure = figure if isinstance(figure, Figure) else figure.get_figure()
    title, sentence = _title(figure), figure.get_label()
    if not sentence and figure.get_layout_engine() is None:
        figure.set_layout_engine("constrained")  # no label is cut off
    data = png(figure, DENSITY)
    shown = figure_html(data, title, sentence, width=_width(figure))
    _forget(figure)
    shown += "" if table is None else table_html(table, title)
    display({"text/html": shown, "text/plain": f"<figure: {title}> {sentence}".strip()}, raw=True)


def _title(figure):
    own = [axes.get_title(where) for axes in figure.axes for where in ("left", "center")]
    units = [label for axes in figure.axes[:1] for label in (axes.get_xlabel(), axes.get_ylabel()) if label]
    untitled = f"a chart of {' and '.join(units) or 'numbers'} without a title"
    return next(filter(None, [title_of(figure), figure.get_suptitle(), *own]), untitled)


def _width(figure):
    """Width of a figure on the page, in CSS pixels."""
    return round(figure.get_figwidth() * matplotlib.rcParams["figure.dpi"])


def _forget(figure):
    """A figure of pyplot would be shown a second time at the end of the cell."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot and pyplot.fignum_exists(getattr(figure, "number", -1)):
        pyplot.close(figure)


def figure_html(data, title, sentence, note="", width=WIDTH):
    """str: a picture (bytes of a PNG) with alt text, a caption and a remark, as the notebook stores it.

    In a narrow column the picture keeps a width at which it can be read, and is scrolled.
    """
    source = base64.b64encode(data).decode()
    caption = f"<figcaption>{html.escape(sentence)}</figcaption>" if sentence else ""
    return (
        '<figure style="margin:0;overflow-x:auto">'
        f'<img alt="Chart: {html.escape(title)}" src="data:image/png;base64,{source}" width="{width}" '
        f'style="max-width:100%;min-width:{min(width, 680)}px;background:white;border:1px solid #cccccc">{caption}'
        "</figure>" + (f"<p><em>{html.escape(note)}</em></p>" if note else "")
    )


def table_html(table, title):
    """str: the numbers of a chart as a folded table that a screen reader can walk."""
    table = pd.DataFrame(table)
    if table.columns.nlevels == 1:  # the name of the index heads its column
        table = table.rename_axis(index=None, columns=table.index.name)
    head, _, rows = table.to_html(border=0, na_rep="not known").partition("</thead>")
    head = head.replace("<th>", '<th scope="col">').replace(
        "<thead>", f"<caption>{html.escape(title)}</caption><thead>"
    )
    rows = rows.replace("<th>", '<th scope="row">')
    if not table.select_dtypes("number").shape[1]:
        rows = rows.replace("<td>", '<td style="text-align:left">')
    return f"<details><summary>The numbers</summary>{head}</thead>{rows}</details>"


def rows(table, *, unit, value=None, thin=None, thick=None, mine=None, role=None, form="{:,.0f}", **words):
    """Draw named rows, the first on top: a dot or a range each, one group in colour, the others in grey.

    Parameters
    ----------
    table : pandas.DataFrame
        Indexed by the names of the rows (a name may have two lines). A row with a missing number is not drawn; it says
        "too few to say".
    unit : str
        Label of the axis, which holds zero.
    value : str, optional
        Column of a dot with its number above.
    thin, thick : (str, str), optional
        Columns of the ends of a thin and of a thick line. Without a dot the ends of the thick one are written out.
    mine : sequence of bool, optional
        Rows in the colour of `role`; all, if not told.
    form : str
        How a number is written.
    **words
        ``title``, ``source`` and ``sentence``: see :func:`finish`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes, styles = _named(table, mine, role)
    columns = [value] if value else list(thick or thin)
    for place, ((_, row), style) in enumerate(zip(table.iterrows(), styles, strict=True)):
        if row[columns].isna().any():
            axes.annotate(
                "too few to say", (0, place), (4, -3), textcoords="offset points", color=FLAT, fontsize=9
            )
            continue
        for ends, width, alpha in ((thin, 1.5, 1), (thick, 7, 0.45)):
            if ends:
                axes.plot(row[list(ends)], [place] * 2, color=style["color"], linewidth=width, alpha=alpha)
        if value:
            axes.plot(row[value], place, style["marker"], color=style["color"], markersize=7)
        for column, side in zip(columns, ("center",) if value else ("right", "left"), strict=True):
            axes.annotate(
                form.format(row[column]), (row[column], place), ({"right": -2, "left": 2}.get(side, 0), 8),
                textcoords="offset points", ha=side, fontsize=9.5, **_text(style["color"], mine is not None),
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5},
            )  # fmt: skip
    low, high = axes.get_xlim()
    axes.set_xlim(0 if low > 0 or table[columns].min().min() >= 0 else low, high + 0.03 * (high - low))
    if low < 0 < table[columns].max().max():
        axes.axvline(0, color="#888888", linewidth=1)
    axes.set_xlabel(unit)
    return finish(figure, **words)


def _named(table, mine, role):
    """An empty figure with one named row an entry, and the style of each."""
    longest = max(len(line) for name in table.index for line in str(name).split("\n"))
    height = 1.3 + 0.5 * len(table)
    figure, axes = blank(height, left=0.03 + 0.0092 * longest, bottom=0.8 / height, top=1 - 0.5 / height)
    axes.xaxis.set_label_coords(0.5, -0.36 / height / axes.get_position().height)
    axes.set_yticks(range(len(table)), table.index)
    axes.set_ylim(len(table) - 0.45, -0.65)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    mine = [True] * len(table) if mine is None else list(mine)
    for label, own in zip(axes.get_yticklabels(), mine, strict=True):
        label.set_fontweight("bold" if own and not all(mine) else "normal")
    colored, grey = ROLE_STYLE.get(role, {"color": UP, "marker": "o"}), {"color": FLAT, "marker": "o"}
    return figure, axes, [colored if own else grey for own in mine]


def _text(color, strong=True):
    """How words in the colour of a mark are written: dark enough to be read."""
    color = matplotlib.colors.to_hex(color).upper()
    return {"color": DARK.get(color, color), "fontweight": "bold" if strong and color != FLAT else "normal"}
