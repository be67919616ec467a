"""Find the publishers' files and make sure that they are the ones this project was made from."""

import hashlib
import tomllib
import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pandas as pd


class RefreshError(Exception):
    """A rebuild cannot go on; the message is one sentence of bounded length for the person who asked for it."""

    def __init__(self, sentence: str):
        text = " ".join(sentence.split())
        # What a file holds can stand in a sentence, and a file can hold anything.
        super().__init__(text if len(text) <= 600 else f"{text[:400]} … {text[-150:]}")


@cache
def spec() -> dict:
    """Return the hand-written part of the data package: licences, sources and tables."""
    return _toml("tables.toml")


@cache
def vocabulary() -> dict:
    """Return how this project names what the publishers name otherwise."""
    return _toml("vocabulary.toml")


def _toml(file: str) -> dict:
    return tomllib.loads(Path(__file__).with_name(file).read_text("utf-8"))


def brief(error: Exception) -> str:
    """Return the first line of an error's message, to stand inside a sentence."""
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".:")


class Sources:
    """A folder with one sub-folder a source, as `tables.toml` lists them."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise RefreshError(f"There is no folder {self.folder}: give the one that holds the sources.")

    def path(self, source: str, file: str) -> Path:
        """Return the path of one source file; RefreshError if it is missing, or not the one on record."""
        known = spec()["source"][source]
        path = self.folder / source / file
        where = f"get {file} from {known['path']} ({known['version']})."
        if not path.is_file():
            raise RefreshError(f"{path} is missing: {where}")
        found, expected = hashlib.sha256(path.read_bytes()).hexdigest(), known["files"][file]
        if found != expected:
            raise RefreshError(
                f"{path} is not the file this project was made from: expected sha256 {expected[:16]}…, found "
                f"{found[:16]}…; {where}"
            )
        return path

    def read(self, source: str, file: str, columns: Iterable[str] = ()) -> pd.DataFrame:
        """Read one source file as text; see :func:`read`."""
        return read(self.path(source, file), columns)


def read(path: Path, columns: Iterable[str] = (), **options) -> pd.DataFrame:
    """Read a CSV file as text unless `options` say otherwise; RefreshError if it lacks one of `columns`."""
    try:
        frame = pd.read_csv(path, **({"dtype": "str", "keep_default_na": False} | options))
    except (ValueError, OSError, EOFError, zlib.error) as error:
        raise RefreshError(f"{path.name} cannot be read as a CSV table ({brief(error)}).") from error
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise RefreshError(
            f"{path.name} has no column {', '.join(missing)} (it has: {', '.join(frame.columns[:12])}): "
            "the publisher changed the file, so the tables stay as they are."
        )
    return frame


def numbers(frame: pd.DataFrame, file: str, columns: Iterable[str], kind: str = "float64") -> pd.DataFrame:
    """Turn `columns` of text into numbers; RefreshError if one cannot be read, or is missing."""
    try:
        return frame.astype(dict.fromkeys(columns, kind))
    except ValueError as error:
        raise RefreshError(f"{file} holds a number that cannot be read ({brief(error)}).") from error
