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

_NEEDED = {"name": str, "path": str, "bytes": int, "hash": str, "schema": dict, "cite": str, "as_of": str}


class UnknownTable(ValueError):
    """The name asked for is not a table of this project."""


class DamagedTable(RuntimeError):
    """A file of `data/` is missing, or is not the one its checksum describes."""


def names() -> tuple[str, ...]:
    """Names of all tables, in the order of `data/README.md`."""
    return tuple(_resources())


def load(name: str) -> pd.DataFrame:
    """Return a copy of one table with typed columns; their units stand in `data/README.md`.

    Dates are `datetime64`, columns of few repeated texts are categoricals (in their natural order where they have one),
    and numbers are nullable (`Int64`, `Float64`) only where values are missing. Raises UnknownTable, which lists the right
    names, or DamagedTable, which says how to repair the file.
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
    try:
        package = json.loads((DATA / "datapackage.json").read_text("utf-8"))
        for resource in package["resources"]:
            if not all(isinstance(resource[key], kind) for key, kind in _NEEDED.items()):
                raise TypeError("a table is described in another way")
            dt.date.fromisoformat(resource["as_of"])
        return {resource["name"]: resource for resource in package["resources"]}
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise _damaged_list() from error


def _damaged_list():
    return DamagedTable(
        "data/datapackage.json, the list of all tables, is missing or damaged. "
        "To repair it run `git checkout -- data/datapackage.json`."
    )


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
    try:
        return _typed(unpacked, resource["schema"]["fields"])
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise _damaged_list() from error


def _typed(content: bytes, fields: list[dict]) -> pd.DataFrame:
    kinds = {field["name"]: _dtype(field) for field in fields}
    frame = pd.read_csv(io.BytesIO(content), dtype=kinds, keep_default_na=False, na_values=[""])
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
    few = "enum" in constraints or field.get("categorical")
    nullable = {"integer": "Int64", "number": "Float64", "boolean": "boolean", "date": "category"}
    nullable["string"] = "category" if few else "str"
    kind = nullable[field["type"]]
    whole = {"Int64": "int64", "Float64": "float64", "boolean": "bool"}
    return whole.get(kind, kind) if constraints.get("required") else kind
