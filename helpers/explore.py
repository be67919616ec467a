"""The one way in which a figure of the series becomes interactive.

A *draw function* takes plain values and returns a figure made by :mod:`helpers.charts`; its default arguments
are the values that the panel starts with. The same function gives the static figure, the live panel and what
the tests look at.
"""

import asyncio
import contextlib
import functools
import gc
import inspect
import itertools
import pathlib

import anywidget
import ipywidgets as widgets
import traitlets

from helpers import charts, live

_KEPT = 200  # pictures of a panel that need not be drawn again, 20 to 40 kB each
_LONG = 12  # a longer list is quicker to walk through with a slider
_PAUSE = 0.5  # seconds without a change before all neighbours are drawn: who moves on at once must not wait for them
_NOTE = "<p><em>This is a picture. Run this notebook to move it (Run &gt; Run All Cells).</em></p>"


def explore(draw, **controls):
    """Make a :class:`Panel`: controls on top, the figure that they draw, and a sentence that says what it shows.

    It is shown live where there is a kernel, and as a picture where there is none.

    Parameters
    ----------
    draw : callable
        Plain values in, Figure with a sentence (see :func:`helpers.charts.finish`) out. Every parameter has a default.
        It raises LookupError with one sentence for values that make no sense together.
    **controls
        One for each parameter of `draw`, else TypeError: the values to choose from, as a list, or as a dict of shown to
        used. More than twelve become a slider, fewer a drop-down list.
    """
    return Panel(draw, controls)


class FigureView(anywidget.AnyWidget):
    """Shows `png` (bytes) with `title` as its alt text and `sentence` as its caption; `problem` stands above."""

    _esm = pathlib.Path(__file__).with_name("panel.js")
    png = traitlets.Bytes().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    sentence = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int(charts.WIDTH, help="CSS pixels").tag(sync=True)


class Panel:
    """What :func:`explore` returns: `controls` by parameter name, and `view`, the :class:`FigureView`."""

    def __init__(self, draw, controls):
        parameters = inspect.signature(draw).parameters
        if set(parameters) != set(controls):
            taken = f"{draw.__name__}() takes {', '.join(parameters)}"
            raise TypeError(f"{taken}; give explore() one control for each of them.")
        self.draw = draw
        self._render = functools.lru_cache(_KEPT)(self._render)
        self.controls, self._choices = {}, {}
        for name, parameter in parameters.items():
            given = controls[name]
            shown = given if isinstance(given, dict) else {str(value): value for value in given}
            self._choices[name] = list(shown.values())
            self.controls[name] = _control(name, list(shown), self._choices[name].index(parameter.default))
        self._start, self._ahead = self._render(*self.values.values()), None
        self._moved = next(iter(parameters)), 1  # the last move: of which control, up or down
        self.view = FigureView(**self._start)
        self.view.on_msg(lambda *_: self._draw_ahead())
        for name, control in self.controls.items():
            control.observe(functools.partial(self._redraw, name), "index")
        gc.collect()  # a walk through all objects takes a third of a second: done now, it comes in no redraw
        gc.freeze()

    @property
    def values(self):
        """dict: the values that the controls show now, by parameter name."""
        return {name: self._choices[name][control.index] for name, control in self.controls.items()}

    def _redraw(self, name, change):
        self._let_go()
        self._moved = name, 1 if change["new"] > change["old"] else -1
        try:
            shown = self._render(*self.values.values())
        except Exception as error:
            if type(error) is LookupError:  # a KeyError, which is one too, is a mistake in the drawing
                self.view.problem = str(error)
                return
            self.view.problem = f"This setting could not be drawn ({type(error).__name__}). Choose another value; nothing is lost."
            raise  # the kernel's log and the tests see the whole error
        with self.view.hold_sync():  # one message for picture and words, so that they never disagree
            for name, value in {**shown, "problem": ""}.items():
                setattr(self.view, name, value)

    def _render(self, *values):
        figure = self.draw(*values)
        words = {"title": charts.title_of(figure), "sentence": figure.get_label()}
        return {"png": charts.png(figure), **words}

    def _let_go(self):
        if self._ahead:
            self._ahead.cancel()  # they are the neighbours of another setting

    def _draw_ahead(self):
        self._let_go()
        self._ahead = asyncio.create_task(self._draw_neighbours())

    async def _draw_neighbours(self):
        """Draw what lies one step of one control away: at once where the last move leads, the others after a pause."""
        steps = [self._moved, *itertools.product(self.controls, (1, -1))]
        for wait, (name, step) in zip((0, _PAUSE, *[0.02] * len(steps)), steps, strict=False):
            await asyncio.sleep(wait)  # what comes in goes first
            place = self.controls[name].index + step
            if 0 <= place < len(self._choices[name]):
                setting = self.values | {name: self._choices[name][place]}
                with contextlib.suppress(Exception):  # it is told when somebody chooses this setting
                    self._render(*setting.values())

    def _ipython_display_(self):
        layout = {"flex_flow": "row wrap", "margin": "0 0 6px 0"}
        row = widgets.HBox(list(self.controls.values()), layout=layout)
        start = self._start
        still = charts.figure_html(start["png"], start["title"], start["sentence"]) + _NOTE
        live.present(widgets.VBox([row, self.view]), still, start["sentence"])


def _control(name, shown, index):
    slider = widgets.SelectionSlider, "330px"
    kind, width = slider if len(shown) > _LONG else (widgets.Dropdown, "max-content")
    return kind(
        options=shown,  # not the values: a list shows None as nothing chosen
        index=index,
        description=name[0].upper() + name[1:].replace("_", " "),
        style={"description_width": "initial"},
        layout={"margin": "2px 22px 2px 2px", "width": width},
    )
