"""`helpers.tables`: typed loading, citing, and errors that say how to repair."""

import datetime as dt
import json
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from helpers import tables


@pytest.fixture
def copy_of_data(tmp_path, monkeypatch):
    """A copy of data/ that a test may damage."""
    folder = tmp_path / "data"
    shutil.copytree(tables.DATA, folder)
    monkeypatch.setattr(tables, "DATA", folder)
    forget()
    yield folder
    forget()


def forget():
    tables._resources.cache_clear()
    tables._read.cache_clear()


@pytest.mark.parametrize("name", tables.names())
def test_columns_have_the_types_of_the_schema(name):
    frame = tables.load(name)
    fields = {field["name"]: field for field in tables._resource(name)["schema"]["fields"]}
    assert list(frame.columns) == list(fields)
    assert len(frame) == tables._resource(name)["rows"]
    for column, field in fields.items():
        dtype, kind = frame[column].dtype, field["type"]
        required = field.get("constraints", {}).get("required", False)
        if kind == "date":
            assert dtype.kind == "M"
        elif kind == "string":
            assert isinstance(dtype, pd.CategoricalDtype | pd.StringDtype)
            assert all(isinstance(value, str) for value in frame[column].dropna().unique())
        else:
            names = {"integer": ("Int64", "int64"), "number": ("Float64", "float64")}
            assert str(dtype) == names.get(kind, ("boolean", "bool"))[required]
            assert required or kind == "boolean" or frame[column].isna().any(), f"{column} could be required"
        assert not (required and frame[column].isna().any())


def test_categories_keep_their_natural_order():
    assert list(tables.load("pay_ranges")["level"].cat.categories) == ["EN", "MI", "SE", "EX"]
    assert list(tables.load("claims")["confidence"].cat.categories) == ["low", "medium", "high"]


def test_load_hands_out_copies():
    first = tables.load("notable_models")
    first["models"] = -1
    del first["kind"]
    assert tables.load("notable_models")["models"].ge(0).all()
    assert "kind" in tables.load("notable_models")


def test_load_reads_a_file_once(monkeypatch):
    tables.load("claims")
    monkeypatch.setattr(pd, "read_csv", lambda *args, **kwargs: pytest.fail("read again"))
    assert len(tables.load("claims")) > 20


@pytest.mark.parametrize("wrong", ["wage", "", None, 3, ["wages"], "../data/wages"])
@pytest.mark.parametrize("ask", [tables.load, tables.cite, tables.as_of])
def test_wrong_name_lists_the_right_ones(ask, wrong):
    with pytest.raises(ValueError, match=", ".join(tables.names())):
        ask(wrong)


@pytest.mark.parametrize("damage", ["cut", "one byte", "empty", "missing", "a folder"])
def test_damaged_file_says_how_to_repair(copy_of_data, damage):
    path = copy_of_data / "wages.csv"
    content = path.read_bytes()
    changed = {"cut": content[:-100], "one byte": content[:-2] + b"9\n", "empty": b""}
    path.unlink()
    if damage == "a folder":
        path.mkdir()
    elif damage in changed:
        path.write_bytes(changed[damage])
    with pytest.raises(tables.DamagedTable, match=r"^data/wages\.csv .* checkout -- data`.* --sources DIR"):
        tables.load("wages")
    # Every other table still loads, and so does this one once it is repaired.
    assert len(tables.load("claims")) > 20
    path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
    path.write_bytes(content)
    assert len(tables.load("wages")) > 1000


def of_wages(**changed):
    """bytes: the list of tables with other words about wages."""
    package = json.loads((tables.DATA / "datapackage.json").read_text("utf-8"))
    next(one for one in package["resources"] if one["name"] == "wages").update(changed)
    return json.dumps(package).encode()


OTHER = [
    *(None, b"{", b"[]", b'{"resources": [1]}', b'{"resources": [{"name": "wages"}]}', b"\xff\xfe", b"[" * 100_000),
    *(of_wages(path=3), of_wages(hash=None), of_wages(as_of="soon"), of_wages(schema=[]), of_wages(schema={})),
    of_wages(schema={"fields": [{"name": "area", "type": "blob"}]}),
    of_wages(schema={"fields": [{"name": "nowhere", "type": "date"}]}),
]  # fmt: skip


@pytest.mark.parametrize("content", OTHER, ids=range(len(OTHER)))
def test_damaged_package_says_how_to_repair(copy_of_data, content):
    path = copy_of_data / "datapackage.json"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(tables.DamagedTable, match="git checkout -- data`"):
        tables.load("wages")


@pytest.mark.parametrize("name", tables.names())
def test_cite_is_one_line_with_licence_and_date(name):
    line = tables.cite(name)
    assert "\n" not in line and "{" not in line and "20" in line
    # Quoted figures have no licence of ours to name, but must say that they are quoted.
    assert any(word in line for word in ("CC BY", "CC0", "ODbL", "Public domain", "MIT", "quoted"))


def test_cite_prints_the_date_of_the_data():
    assert tables.as_of("ai_postings") == dt.date(2026, 6, 30)
    assert "to 30 June 2026" in tables.cite("ai_postings")


def test_cite_of_onet_is_the_text_its_licence_asks_for():
    assert (
        "Used under the CC BY 4.0 license. O*NET is a trademark of USDOL/ETA. "
        "We have modified this information by selecting occupations."
    ) in tables.cite("occupation_skills")


def test_import_brings_in_nothing_heavier_than_pandas():
    code = "import sys, pandas; before = set(sys.modules); import helpers.tables; print(set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not any(heavy in done.stdout for heavy in ("matplotlib", "pooch", "frictionless"))
