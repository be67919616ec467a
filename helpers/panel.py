"""The live view of a figure: a picture with alt text, a caption, and a place for one clear sentence of trouble."""

import pathlib

import anywidget
import traitlets


class FigureView(anywidget.AnyWidget):
    """Shows `png` (bytes) with `title` as its alt text and `sentence` as its caption; `problem` stands above."""

    _esm = pathlib.Path(__file__).with_name("panel.js")
    png = traitlets.Bytes().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    sentence = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int(help="CSS pixels").tag(sync=True)
