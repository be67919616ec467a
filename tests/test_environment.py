"""The check of the set-up: each thing that can be missing is named, with what to do."""

import importlib.metadata
import sys

import pytest

from helpers import environment, profile, tables


@pytest.fixture(autouse=True)
def own_profile(tmp_path, monkeypatch):
    monkeypatch.setenv("ML_CAREERS_HOME", str(tmp_path))


def test_this_machine_is_ready():
    findings = environment.check()
    assert all(finding.fine for finding in findings), findings
    assert "Everything is ready." in environment.report(findings).data


def advice(number):
    finding = environment.check()[number]
    assert not finding.fine
    text = environment.report(environment.check()).data
    assert "✗ **To do:**" in text and finding.advice in text and "Everything is ready" not in text
    return finding.advice


def test_old_python(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert "This is 3.9.2" in advice(0)


def test_missing_and_old_packages(monkeypatch):
    real = importlib.metadata.version

    def version(name):
        if name == "pooch":
            raise importlib.metadata.PackageNotFoundError(name)
        return "2.2.0" if name == "pandas" else real(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    text = advice(1)
    assert "pooch is missing" in text and "pandas is 2.2.0, but" in text and "pip install" in text


def test_project_that_is_not_installed(monkeypatch):
    def requires(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", requires)
    assert "-e ." in advice(1)


def test_damaged_table(monkeypatch):
    def load(name):
        raise tables.DamagedTable(f"data/{name}.csv was changed. To repair it, do this.")

    monkeypatch.setattr(tables, "load", load)
    assert "To repair it" in advice(2)


def test_profile_that_cannot_be_saved(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ML_CAREERS_HOME", str(tmp_path / "file" / "folder"))
    assert "cannot be saved" in advice(3)
    profile._unsaved.clear()
