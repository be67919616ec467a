"""Load the tables of `data/` by name, typed, with their source line and their age.

Everything a table needs to be read is in `data/datapackage.json`; this module knows no table itself.
"""

import datetime as dt
import gzip
import hashlib
import io
import json
from functools import lru_cache
from pathlib import Path

import pandas as pd

DATA = Path(__file__).resolve().parent.parent / "data"


class UnknownTable(ValueError):
    """The name asked for is not a table of this project."""


class DamagedTable(RuntimeError):
    """A file of `data/` is missing, or is not the one its checksum describes."""


def names() -> tuple[str, ...]:
    """Names of all tables, in the order of `data/README.md`."""
    return tuple(_resources())


def load(name: str) -> pd.DataFrame:
    """Return one table with typed columns.

    Dates are `datetime64`, columns of few repeated texts are categoricals (in their natural order where
    they have one), and numbers are nullable (`Int64`, `Float64`) only where values are missing. The unit
    of every column stands in `data/README.md`.

    Parameters
    ----------
    name : str
        One of `names()`, for example ``"wages"``.

    Returns
    -------
    pandas.DataFrame
        A copy: changing it does not change what the next call returns.

    Raises
    ------
    UnknownTable
        If there is no such table; the message lists the right names.
    DamagedTable
        If the file is missing or was changed; the message says how to repair it.
    """
    _resource(name)
    return _read(name).copy()


def cite(name: str) -> str:
    """Return the source line to print under a chart: publisher, data set, as-of date, licence."""
    day = as_of(name)
    return _resource(name)["cite"].replace("{as_of}", f"{day.day} {day:%B %Y}")


def as_of(name: str) -> dt.date:
    """Return the last date that the table describes."""
    return dt.date.fromisoformat(_resource(name)["as_of"])


@lru_cache
def _resources() -> dict[str, dict]:
    path = DATA / "datapackage.json"
    try:
        package = json.loads(path.read_text("utf-8"))
        return {resource["name"]: resource for resource in package["resources"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedTable(
            "data/datapackage.json, the list of all tables, is missing or unreadable. "
            "To repair it run `git checkout -- data/datapackage.json`."
        ) from error


def _resource(name: str) -> dict:
    found = _resources().get(name) if isinstance(name, str) else None
    if found is None:
        raise UnknownTable(f"There is no table {name!r}. The tables are: {', '.join(names())}.")
    return found


@lru_cache
def _read(name: str) -> pd.DataFrame:
    resource = _resource(name)
    path = DATA / resource["path"]
    repair = (
        f"To repair it run `git checkout -- data/{path.name} data/datapackage.json`, "
        "or rebuild it with `python data/refresh --sources DIR`."
    )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DamagedTable(f"data/{path.name} cannot be read ({error.strerror}). {repair}") from error
    found = hashlib.sha256(content).hexdigest()
    if f"sha256:{found}" != resource["hash"]:
        raise DamagedTable(
            f"data/{path.name} was changed or damaged: expected {resource['bytes']:,} bytes with checksum "
            f"{resource['hash'][7:19]}…, found {len(content):,} bytes with {found[:12]}…. {repair}"
        )
    unpacked = gzip.decompress(content) if path.suffix == ".gz" else content
    return _typed(unpacked, resource["schema"]["fields"])


def _typed(content: bytes, fields: list[dict]) -> pd.DataFrame:
    frame = pd.read_csv(
        io.BytesIO(content),
        dtype={field["name"]: _dtype(field) for field in fields},
        keep_default_na=False,
        na_values=[""],
    )
    for field in fields:
        name, order = field["name"], field.get("constraints", {}).get("enum")
        if field["type"] == "date":
            # A few hundred different days stand in tens of thousands of rows: each is read once.
            days = pd.to_datetime(frame[name].cat.categories, format="%Y-%m-%d")
            frame[name] = frame[name].cat.rename_categories(days).astype(days.dtype)
        elif order and field["type"] == "string":
            frame[name] = frame[name].cat.set_categories(order)
    return frame


def _dtype(field: dict) -> str:
    constraints = field.get("constraints", {})
    whole = constraints.get("required", False)
    match field["type"]:
        case "integer":
            return "int64" if whole else "Int64"
        case "number":
            return "float64" if whole else "Float64"
        case "boolean":
            return "bool" if whole else "boolean"
        case "string":
            return "category" if "enum" in constraints or field.get("categorical") else "str"
        case "date":
            return "category"
    raise DamagedTable(f"data/datapackage.json names an unknown type {field['type']!r}.")
