"""An output that is live where a kernel answers, and can be read where none does."""

import html
import pathlib

import anywidget
import ipywidgets
from IPython.display import display

_VIEW = "application/vnd.jupyter.widget-view+json"
# JupyterLab shows only the live view of an output that has one, and on the next day "model not found" in its place.
# So these are two outputs. The first rule hides a view without a model, the second what stands above a live one; the
# third lets everybody see where the keyboard is.
_STYLE = f"<style>\n{pathlib.Path(__file__).with_name('still.css').read_text('utf-8')}</style>"


class OwnKeys(anywidget.AnyWidget):
    """An invisible child of a VBox that makes the VBox usable by keyboard, and brings the look of forms."""

    _esm = pathlib.Path(__file__).with_name("live.js")
    _css = pathlib.Path(__file__).with_name("live.css")


def status(sentence):
    """str: HTML of a sentence that a screen reader says when it changes."""
    return f'<span role="status">{html.escape(sentence)}</span>'


def present(widget, still, text):
    """Display a widget, and what a reader without a kernel sees in its place.

    That is `still`, HTML which is the same whatever was answered or moved. `text` says it in plain words, for the tests.
    """
    box = ipywidgets.VBox([widget, OwnKeys()])
    box.add_class("ml-careers-live")
    still = f'<div class="ml-careers-still">{still}</div>{_STYLE}'
    display({"text/html": still, "text/plain": text}, raw=True)
    display({_VIEW: box._repr_mimebundle_()[_VIEW]}, raw=True)
