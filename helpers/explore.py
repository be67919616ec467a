"""The one way in which a figure of the series becomes interactive.

A *draw function* takes plain values and returns a figure made by :mod:`helpers.charts`; its default arguments
are the values that the panel starts with. The same function gives the static figure, the live panel and what
the tests look at.
"""

import functools
import inspect

import ipywidgets as widgets

from helpers import charts


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


_KEPT = 200  # pictures of a panel that need not be drawn again, 10 to 20 kB each


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
        self._start, self._title, self._start_sentence = self._render(*self.values.values())
        from helpers.keyboard import OwnKeys  # anywidget is slow to import, and only a panel needs it
        from helpers.panel import FigureView

        self._view = FigureView(
            png=self._start, title=self._title, sentence=self._start_sentence, width=charts.WIDTH
        )
        for control in self.controls.values():
            control.observe(self._redraw, "value")
        row = widgets.HBox(
            list(self.controls.values()), layout=widgets.Layout(flex_flow="row wrap", margin="0 0 6px 0")
        )
        self.widget = widgets.VBox([row, self._view, OwnKeys()])

    @property
    def values(self):
        """dict: the values that the controls show now, by parameter name."""
        return {name: control.value for name, control in self.controls.items()}

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
            if type(error) in (LookupError, charts.NoPicture):  # a KeyError is a mistake in the drawing
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
        return charts.png(figure), charts.title_of(figure), charts.sentence_of(figure)

    def _repr_mimebundle_(self, include=None, exclude=None):
        note = "Run this notebook to move it (Run > Run All Cells)."
        still = charts.figure_html(self._start, self._title, self._start_sentence, note)
        return {**self.widget._repr_mimebundle_(), "text/html": still, "text/plain": self._start_sentence}


_LONG = 12  # a longer list is quicker to walk through with a slider


def _control(name, choices, start):
    options = list(choices.items()) if isinstance(choices, dict) else list(choices)
    label = name[0].upper() + name[1:].replace("_", " ")
    if len(options) > _LONG:
        control = widgets.SelectionSlider(options=options, value=start, description=label)
        control.layout.width = "330px"
    else:
        control = widgets.Dropdown(options=options, value=start, description=label)
        control.layout.width = "max-content"
    control.style.description_width = "initial"
    control.layout.margin = "2px 22px 2px 2px"
    return control
