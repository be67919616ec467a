"""The registry: what goes in comes out, twice is once, and what is wrong is said in one sentence."""

import errno
import hashlib
import subprocess
import sys
import textwrap
import time

import pytest

from helpers import lineage, monitor, onnx_model, pay, registry


@pytest.fixture(scope="module")
def table():
    return pay.between(pay.adverts(), *monitor.LEARNED)


@pytest.fixture(scope="module")
def data(table):
    return onnx_model.export(pay.train(table, n_estimators=5), table, "small")


@pytest.fixture(autouse=True)
def no_server(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("registry")


def test_record_name_and_read_back(folder, data, table):
    store = registry.Registry(folder)
    first = store.record("one", data, table, {"loss": 7.5})
    assert store.record("again", data, table, {"loss": 7.5}) == first
    other = store.record(
        "two", onnx_model.export(pay.train(table, n_estimators=6), table), table, {"loss": 7}
    )
    store.name("champion", first)
    assert store.bytes_of("champion") == data
    store.name("champion", other)
    runs = store.runs()
    assert runs["aliases"].to_dict() == {first: "", other: "champion"}
    assert runs.loc[first, ["run", "trees", "loss", "last"]].tolist() == ["one", "10", 7.5, "2023-06-25"]
    store.forget("champion")
    with pytest.raises(registry.RegistryError, match="No version is called 'champion'"):
        store.bytes_of("champion")


def test_lineage_follows_the_rows(folder, table):
    facts = lineage.of(table)
    assert facts["rows_sha256"] != lineage.of(table[1:])["rows_sha256"]
    assert set(facts) <= set(registry.Registry(folder).lineage(1))
    assert "scikit-learn " in facts["libraries"] and "pandas " in facts["libraries"]


def test_a_commit_with_changes_says_so(table, monkeypatch):
    for changed, expected in (("", "abc"), (" M helpers/pay.py", "abc and changes")):
        monkeypatch.setattr(
            lineage, "_git", lambda *words, said=changed: said if words[0] == "status" else "abc"
        )
        assert lineage.of(table)["git_commit"] == expected


def test_rows_that_the_model_did_not_learn_from_are_refused(folder, data, table):
    store = registry.Registry(folder)
    for rows in (table[table["arrived"] < "2023-06-01"], table.iloc[:-1]):
        with pytest.raises(registry.RegistryError, match="record it with its own rows"):
            store.record("wrong", data, rows, {})


@pytest.mark.parametrize("number", [99, "x", None, 1.5])
def test_a_version_that_there_is_not_is_said(folder, data, table, number):
    store = registry.Registry(folder)
    store.record("one", data, table, {})
    for ask in (store.lineage, lambda version: store.name("champion", version)):
        with pytest.raises(registry.RegistryError, match=r"There is no version .*: the versions are 1"):
            ask(number)


def test_a_changed_file_is_not_served(folder, data, table):
    store = registry.Registry(folder)
    store.name("champion", store.record("one", data, table, {}))
    file = next(path for path in folder.rglob("model.onnx") if path.read_bytes() == data)
    file.write_bytes(data + b"x")
    with pytest.raises(registry.RegistryError, match="not the one that was registered: record"):
        store.bytes_of("champion")
    store.record("one", data, table, {})
    assert store.bytes_of("champion") == data
    file.unlink()
    with pytest.raises(registry.RegistryError, match="is lost or not"):
        store.bytes_of("champion")
    store.record("one", data, table, {})
    assert store.bytes_of("champion") == data


def test_a_kernel_stopped_between_the_two_steps_of_making_it_does_no_harm(tmp_path, data, table):
    client = registry._client(f"sqlite:///{registry._database(tmp_path)}")
    client.create_registered_model(registry.MODEL)
    assert registry.Registry(tmp_path).record("one", data, table, {}) == 1


EXPORT = """
    import hashlib
    from helpers import monitor, onnx_model, pay
    table = pay.between(pay.adverts(), *monitor.LEARNED)
    print(hashlib.sha256(onnx_model.export(pay.train(table, n_estimators=5), table, "small")).hexdigest())
"""


def test_a_model_that_is_made_again_in_another_kernel_is_the_same_version(tmp_path, data, monkeypatch):
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        out, error = _kernel(EXPORT, tmp_path / seed).communicate(timeout=120)
        assert out.strip() == hashlib.sha256(data).hexdigest(), error


def test_what_is_no_model_is_not_recorded(folder, table):
    with pytest.raises(onnx_model.BadModel):
        registry.Registry(folder).record("bad", b"pickle", table, {})


def test_a_folder_that_cannot_be_made_lasts_for_the_session(tmp_path):
    (tmp_path / "file").write_text("in the way")
    store = registry.Registry(tmp_path / "file" / "registry")
    assert "for this session only" in store.note
    assert store.runs().empty


def test_a_disk_that_may_not_be_written_is_said(tmp_path, monkeypatch):
    def refuse(*_args, **_kinds):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(registry.tempfile, "TemporaryFile", refuse)
    store = registry.Registry(tmp_path)
    assert "read-only file system" in store.note and store.note in repr(store)


def _kernel(code, folder, *files):
    """Start a process such as a notebook's kernel, in a working directory of its own."""
    place = folder.parent / f"{folder.name}-cwd"
    place.mkdir(exist_ok=True)
    command = [sys.executable, "-c", textwrap.dedent(code), str(folder), *map(str, files)]
    return subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


RECORD = """
    import os, pathlib, sys
    from helpers import monitor, pay, registry
    table = pay.between(pay.adverts(), *monitor.LEARNED)
    store = registry.Registry(sys.argv[1])
    for file in sys.argv[2:]:
        store.record(file, pathlib.Path(file).read_bytes(), table, {"loss": 1})
        store.name("champion", 1)
        store.bytes_of("champion")
    print(len(store.runs()), "MLFLOW_TRACKING_URI" in os.environ, os.listdir())
"""


def test_two_notebooks_at_once_store_everything_once_and_leave_nothing_behind(tmp_path, data, table):
    both, own = tmp_path / "both.onnx", [tmp_path / "one.onnx", tmp_path / "two.onnx"]
    both.write_bytes(data)
    for place, file in enumerate(own):
        file.write_bytes(onnx_model.export(pay.train(table, n_estimators=6 + place), table))
    kernels = [_kernel(RECORD, tmp_path / "registry", both, file) for file in own]
    said = [one.communicate(timeout=120) for one in kernels]
    assert all(out.endswith("False []\n") for out, _error in said), said
    assert sorted(registry.Registry(tmp_path / "registry").runs().index) == [1, 2, 3]


def test_a_kernel_killed_while_it_makes_the_registry_leaves_it_usable(tmp_path):
    killed = _kernel(RECORD, tmp_path / "registry")
    half = tmp_path / "registry" / "unfinished" / "tables.db"
    end = time.monotonic() + 60
    while not (half.exists() and half.stat().st_size > 100_000) and time.monotonic() < end:
        time.sleep(0.01)
    killed.kill()
    killed.communicate()
    assert half.exists() and not (tmp_path / "registry" / "mlflow.db").exists()
    assert registry.Registry(tmp_path / "registry").runs().empty
    assert not half.exists()


FULL = """
    import pathlib, resource, sys
    from helpers import monitor, pay, registry
    table = pay.between(pay.adverts(), *monitor.LEARNED)
    if sys.argv[3] == "later":
        store = registry.Registry(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    try:
        if sys.argv[3] == "before":
            store = registry.Registry(sys.argv[1])
        store.record("one", pathlib.Path(sys.argv[2]).read_bytes(), table, {})
    except registry.RegistryError as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files as POSIX does")
@pytest.mark.parametrize("when", ["before", "later"])
def test_a_full_disk_ends_in_one_sentence_and_harms_nothing(tmp_path, data, table, when):
    (tmp_path / "model.onnx").write_bytes(data)
    out, error = _kernel(FULL, tmp_path / "registry", tmp_path / "model.onnx", when).communicate(timeout=120)
    assert "look whether the disk is full" in out and len(out.splitlines()) == 1, error
    store = registry.Registry(tmp_path / "registry")
    assert store.runs().empty
    store.name("champion", store.record("one", data, table, {}))
    assert store.bytes_of("champion") == data
