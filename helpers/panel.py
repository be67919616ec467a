"""The live view of a figure: a picture with alt text, a caption, and a place for one clear sentence of trouble."""

import pathlib

import anywidget
import traitlets


class FigureView(anywidget.AnyWidget):
    """Shows `png` (bytes) with `sentence` as its alt text and caption; `problem`, if any, stands above it."""

    _esm = pathlib.Path(__file__).with_name("panel.js")
    png = traitlets.Bytes().tag(sync=True)
    sentence = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int(help="CSS pixels").tag(sync=True)
