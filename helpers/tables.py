"""Load the tables of `data/` by name, typed, with their source line and their age.

Everything a table needs to be read is in `data/datapackage.json`; this module knows no table itself.
"""

import contextlib
import datetime as dt
import hashlib
import io
import json
from functools import lru_cache
from pathlib import Path

import pandas as pd

DATA = Path(__file__).resolve().parent.parent / "data"

# With missing values, and without.
_NUMBERS = {"integer": ("Int64", "int64"), "number": ("Float64", "float64"), "boolean": ("boolean", "bool")}


class DamagedTable(RuntimeError):
    """A file of `data/` is missing, or is not the one that its list describes."""


def names() -> tuple[str, ...]:
    """Names of all tables, in the order of `data/README.md`."""
    return tuple(_resources())


def load(name: str) -> pd.DataFrame:
    """Return a copy of one table with typed columns; their units stand in `data/README.md`.

    Dates are `datetime64`, columns of few repeated texts are categoricals (in their natural order where they have one),
    and numbers are nullable (`Int64`, `Float64`) only where values are missing. Raises ValueError, which lists the right
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


@contextlib.contextmanager
def _whole(file):
    """Whatever is wrong with a file of `data/` or with what is said about it, one sentence mends it."""
    try:
        yield
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedTable(
            f"data/{file} is missing, changed or damaged. To repair it run `git checkout -- data`, "
            "or rebuild it with `python data/refresh --sources DIR`."
        ) from error


@lru_cache
def _resources() -> dict[str, dict]:
    with _whole("datapackage.json"):
        resources = json.loads((DATA / "datapackage.json").read_text("utf-8"))["resources"]
        for resource in resources:
            dt.date.fromisoformat(resource["as_of"])
        return {resource["name"]: resource for resource in resources}


def _resource(name: str) -> dict:
    found = _resources().get(name) if isinstance(name, str) else None
    if found is None:
        raise ValueError(f"There is no table {name!r}. The tables are: {', '.join(names())}.")
    return found


@lru_cache
def _read(name: str) -> pd.DataFrame:
    resource = _resource(name)
    with _whole(resource.get("path")):
        content = (DATA / resource["path"]).read_bytes()
        if resource["hash"] != f"sha256:{hashlib.sha256(content).hexdigest()}":
            raise ValueError("another checksum")
        fields = resource["schema"]["fields"]
        return pd.read_csv(
            io.BytesIO(content),
            compression="gzip" if resource["path"].endswith(".gz") else None,
            dtype={field["name"]: _dtype(field) for field in fields if field["type"] != "date"},
            parse_dates=[field["name"] for field in fields if field["type"] == "date"],
            date_format="%Y-%m-%d",
            keep_default_na=False,
            na_values=[""],
        )


def _dtype(field: dict) -> object:
    limits = field.get("constraints", {})
    if field["type"] != "string":
        return _NUMBERS[field["type"]][limits.get("required", False)]
    few = "enum" in limits or field.get("categorical")
    return pd.CategoricalDtype(limits.get("enum")) if few else "str"
