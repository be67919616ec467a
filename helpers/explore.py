"""The one way in which a figure of the series becomes interactive.

A *draw function* takes plain values and returns a figure made by :mod:`helpers.charts`; its default arguments
are the values that the panel starts with. The same function gives the static figure, the live panel and what
the tests look at.
"""

import asyncio
import contextlib
import functools
import inspect
import pathlib

import anywidget
import ipywidgets as widgets
import traitlets

from helpers import charts, live


def explore(draw, **controls):
    """Make a panel: controls on top, the figure that they draw, and a sentence that says what it shows.

    Parameters
    ----------
    draw : callable
        Plain values in, ``matplotlib.figure.Figure`` with a sentence (see :func:`helpers.charts.finish`) out.
        Every parameter has a default. It raises `LookupError` with one sentence for values that make no sense
        together.
    **controls
        One for each parameter of `draw`: the values to choose from, as a list, a dict of shown to used, or a
        list of such pairs. More than twelve become a slider, fewer a drop-down list.

    Returns
    -------
    Panel
        Shown live where there is a kernel, and as a picture where there is none.

    Raises
    ------
    TypeError
        If the controls and the parameters of `draw` do not match.
    """
    return Panel(draw, controls)


_KEPT = 200  # pictures of a panel that need not be drawn again, 20 to 40 kB each
_LONG = 12  # a longer list is quicker to walk through with a slider
_PAUSE = 0.15  # seconds without a change before the neighbours are drawn: who moves on at once must not wait for them
_NOTE = "This is a picture. Run this notebook to move it (Run > Run All Cells)."
_NOTHING = object()
"""Stands for the value None in a control, which would take None for "nothing chosen" and show an empty list."""


class FigureView(anywidget.AnyWidget):
    """Shows `png` (bytes) with `title` as its alt text and `sentence` as its caption; `problem` stands above."""

    _esm = pathlib.Path(__file__).with_name("panel.js")
    png = traitlets.Bytes().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    sentence = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int(help="CSS pixels").tag(sync=True)


class Panel:
    """What :func:`explore` returns.

    Attributes
    ----------
    controls : dict of str to ipywidgets.Widget
        By parameter name.
    widget : ipywidgets.VBox
        The live panel.
    """

    def __init__(self, draw, controls):
        parameters = inspect.signature(draw).parameters
        if set(parameters) != set(controls):
            raise TypeError(
                f"{draw.__name__}() takes {', '.join(parameters)}; give explore() one control for each of them."
            )
        self.draw = draw
        self.controls = {name: _control(name, controls[name], p.default) for name, p in parameters.items()}
        self._render = functools.lru_cache(_KEPT)(self._render)
        start = dict(zip(("png", "title", "sentence"), self._render(*self.values.values()), strict=True))
        self._view = FigureView(**start, width=charts.WIDTH)
        self._still = charts.figure_html(start["png"], start["title"], start["sentence"], _NOTE)
        self._start_sentence = start["sentence"]
        self._ahead = None
        self._view.on_msg(lambda *_: self._draw_ahead())  # the pointer or the keyboard has come near
        for control in self.controls.values():
            control.observe(self._redraw, "value")
        row = widgets.HBox(
            list(self.controls.values()), layout=widgets.Layout(flex_flow="row wrap", margin="0 0 6px 0")
        )
        self.widget = widgets.VBox([row, self._view])

    @property
    def values(self):
        """dict: the values that the controls show now, by parameter name."""
        return {name: _value(control.value) for name, control in self.controls.items()}

    @property
    def sentence(self):
        """str: what the figure on the panel shows, in words."""
        return self._view.sentence

    @property
    def problem(self):
        """str: the sentence that stands above the figure when a setting cannot be drawn, else empty."""
        return self._view.problem

    def _redraw(self, _change):
        try:
            png, title, sentence = self._render(*self.values.values())
        except Exception as error:
            if type(error) is LookupError:  # a KeyError, which is one too, is a mistake in the drawing
                self._view.problem = str(error)
                return
            self._view.problem = f"This setting could not be drawn ({type(error).__name__}). Choose another value; nothing is lost."
            raise  # the kernel's log and the tests see the whole error
        with self._view.hold_sync():  # one message for picture and words, so that they never disagree
            self._view.problem = ""
            self._view.title = title
            self._view.sentence = sentence
            self._view.png = png

    def _render(self, *values):
        figure = self.draw(*values)
        return charts.png(figure, charts.DENSITY), charts.title_of(figure), charts.sentence_of(figure)

    def _neighbours(self):
        """Settings one step of one control away from the present one: two a control, at most."""
        for name, control in self.controls.items():
            for step in (1, -1):
                place = control.index + step
                if 0 <= place < len(control.options):
                    yield list((self.values | {name: _value(control._options_values[place])}).values())

    def _draw_ahead(self):
        """Draw the neighbours of the present setting, one a turn of the kernel's loop, so that what comes in goes first."""
        if self._ahead:
            self._ahead.cancel()  # the neighbours of another setting
        self._ahead = asyncio.get_running_loop().call_later(_PAUSE, self._turn, self._neighbours())

    def _turn(self, waiting):
        setting = next(waiting, None)
        if setting is not None:
            with contextlib.suppress(Exception):  # it is told when somebody chooses this setting
                self._render(*setting)
            self._ahead = asyncio.get_running_loop().call_later(0.02, self._turn, waiting)

    def _ipython_display_(self):
        live.present(self.widget, self._still, self._start_sentence)


def _value(chosen):
    return None if chosen is _NOTHING else chosen


def _control(name, choices, start):
    pairs = choices.items() if isinstance(choices, dict) else choices
    options = [pair if isinstance(pair, tuple) else (str(pair), pair) for pair in pairs]
    options = [(label, _NOTHING if value is None else value) for label, value in options]
    settings = {
        "options": options,
        "value": _NOTHING if start is None else start,
        "description": name[0].upper() + name[1:].replace("_", " "),
        "style": {"description_width": "initial"},
    }
    layout = widgets.Layout(margin="2px 22px 2px 2px")
    if len(options) > _LONG:
        layout.width = "330px"
        return widgets.SelectionSlider(**settings, layout=layout)
    layout.width = "max-content"
    return widgets.Dropdown(**settings, layout=layout)
