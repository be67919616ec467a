"""Find the publishers' files and make sure that they are the ones this project was made from."""

import hashlib
import tomllib
import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pandas as pd


class RefreshError(Exception):
    """A rebuild cannot go on; the message is one sentence for the person who asked for it."""


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
        """Return the path of one source file.

        Raises
        ------
        RefreshError
            If the file is missing, or its sha256 is not the one on record.
        """
        known = spec()["source"][source]
        path = self.folder / source / file
        if not path.is_file():
            raise RefreshError(f"{path} is missing: get {file} from {known['path']} ({known['version']}).")
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        expected = known["files"][file]
        if found != expected:
            raise RefreshError(
                f"{path} is not the file this project was made from: expected sha256 {expected[:16]}…, found "
                f"{found[:16]}…; get {file} from {known['path']} ({known['version']})."
            )
        return path


def read(path: Path, columns: Iterable[str] = (), **options) -> pd.DataFrame:
    """Read a publisher's CSV file as text unless `options` say otherwise, and check its columns.

    Raises
    ------
    RefreshError
        If the file cannot be read as CSV or lacks one of `columns`.
    """
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
