"""The course: its sixteen notebooks, what is made in each, and how long they take."""

import dataclasses
import tomllib
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


@dataclasses.dataclass(frozen=True)
class Notebook:
    """One notebook of the series: what is known of it before it is opened."""

    file: str
    title: str
    makes: str
    minutes: tuple  # with the builds, without, and on the short path

    @property
    def number(self):
        """str: ``"00"`` to ``"15"``."""
        return self.file[:2]

    @property
    def path(self):
        """pathlib.Path: where the notebook lies."""
        return NOTEBOOKS / f"{self.file}.ipynb"


_ROWS = tomllib.loads(Path(__file__).with_name("series.toml").read_text("utf-8"))["notebook"]
SERIES = tuple(Notebook(**row) for row in _ROWS)


def hours():
    """tuple of int: the whole series with its builds, and without, for a student of the field."""
    return tuple(round(sum(notebook.minutes[place] for notebook in SERIES) / 60) for place in (0, 1))
