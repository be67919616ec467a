"""Runs, models and who is in charge: MLflow tracking and registry on one SQLite file in the learner's data folder.

A model is stored as ONNX bytes and never as a pickle, so that loading one runs no code of its own. Recording the
same bytes twice gives the same version, so a notebook that is run again finds what it stored. Where the
environment variable MLFLOW_TRACKING_URI names a server, that is used instead; nothing else changes.
"""

import contextlib
import hashlib
import logging
import os
import shutil
import sqlite3
import tempfile
import warnings
from pathlib import Path

import pandas as pd
from filelock import FileLock

from helpers import lineage, onnx_model, profile

MODEL = "pay-range"
"""Name of the registered model."""

_FILE = "model.onnx"
_ROOM = 4_000_000  # bytes that a new registry and its models may take: asked for before anything is begun
_LOCK_SECONDS = 60  # making the tables of a new registry takes seconds
_QUIET = ("mlflow", "alembic", "sqlalchemy")  # their log lines carry times, which change with every run


class RegistryError(RuntimeError):
    """Something the registry cannot do; the message is one sentence that says what to do."""


class Registry:
    """Runs and registered models.

    Parameters
    ----------
    folder : pathlib.Path, optional
        Where the SQLite file and the models lie; by default beside the profile. One that cannot be written is
        replaced by a folder that is gone when the computer tidies up: see `note`.

    Attributes
    ----------
    note : str
        Empty, or a sentence that the learner should read.
    address : str
        Of the database or the server, as the command ``mlflow ui --backend-store-uri`` takes it.
    """

    def __init__(self, folder=None):
        folder = Path(folder) if folder else profile.path().parent / "registry"
        self.note = ""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(bytes(_ROOM))
        except OSError as error:
            folder = Path(tempfile.mkdtemp(prefix="ml-careers-registry-"))
            self.note = (
                f"The registry cannot be kept ({(error.strerror or 'unknown error').lower()}): it lasts for this "
                "session only. Set ML_CAREERS_HOME to a folder that you may write to, and restart the kernel."
            )
        self._lock = FileLock(folder / "registry.lock", timeout=_LOCK_SECONDS)
        with self._one_at_a_time():
            self.address = os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{_database(folder)}"
            self._client = _client(self.address)
            self._experiment = self._experiment_id(folder)

    def __repr__(self):
        return f"<registry: {self.note or 'kept in your data folder'}>"

    @contextlib.contextmanager
    def _one_at_a_time(self):
        """Let no second notebook write, and turn what goes wrong below into one sentence."""
        from mlflow.exceptions import MlflowException
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with self._lock, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        except TimeoutError:
            raise RegistryError(
                "Another notebook has held the registry for a minute: stop its kernel, then run this cell again."
            ) from None
        except (MlflowException, SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise RegistryError(
                f"The registry cannot be used ({type(error).__name__}): look whether the disk is full or read-only, "
                "or the server away, then run this cell again."
            ) from error

    def _experiment_id(self, folder):
        found = self._client.get_experiment_by_name(MODEL)
        if found:
            return found.experiment_id
        place = None if os.environ.get("MLFLOW_TRACKING_URI") else (folder / "models").as_uri()
        # A kernel may have been stopped between the two steps: each is made only if it is missing.
        if not self._client.search_registered_models(f"name = '{MODEL}'"):
            self._client.create_registered_model(MODEL)
        return self._client.create_experiment(MODEL, artifact_location=place)

    def record(self, name, data, table, metrics):
        """Store a run with its model, and register the model.

        The settings are read from the model. A file that was changed or lost is put back by recording it again.

        Parameters
        ----------
        name : str
            Of the run.
        data : bytes
            See :func:`helpers.onnx_model.export`.
        table : pandas.DataFrame
            The adverts that the model learned from.
        metrics : dict of str to float

        Returns
        -------
        int
            The version: a new one, or that of an earlier run with the same bytes.

        Raises
        ------
        helpers.onnx_model.BadModel
            If `data` is no pay model.
        RegistryError
            Also if `table` is not what the model says that it learned from.
        """
        facts = lineage.of(table)
        _compare(onnx_model.load(data), table, facts)
        digest = hashlib.sha256(data).hexdigest()
        with self._one_at_a_time():
            for known in self._client.search_model_versions(f"name = '{MODEL}'"):
                if known.tags.get("model_sha256") == digest:
                    if self._read(known) != data:
                        self._store(known.run_id, data)
                    return int(known.version)
            run = self._client.create_run(
                self._experiment, run_name=name, tags={**facts, "model_sha256": digest}
            )
            for key, value in lineage.settings(data).items():
                self._client.log_param(run.info.run_id, key, value)
            for key, value in metrics.items():
                self._client.log_metric(run.info.run_id, key, float(value))
            self._store(run.info.run_id, data)
            self._client.set_terminated(run.info.run_id)
            made = self._client.create_model_version(
                MODEL, f"{run.info.artifact_uri}/{_FILE}", run.info.run_id, tags={"model_sha256": digest}
            )
            return int(made.version)

    def _store(self, run, data):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, _FILE)
            file.write_bytes(data)
            self._client.log_artifact(run, str(file))

    def _read(self, version):
        """Return the file of a version as it is now; nothing if it is lost."""
        from mlflow.artifacts import download_artifacts
        from mlflow.exceptions import MlflowException

        uri = self._client.get_model_version_download_uri(MODEL, version.version)
        try:
            with tempfile.TemporaryDirectory() as folder:
                return Path(download_artifacts(uri, dst_path=folder)).read_bytes()
        except (MlflowException, OSError):
            return b""

    def runs(self):
        """pandas.DataFrame: one row a version: ``run``, ``aliases``, its parameters and metrics, ``last`` day learned."""
        with self._one_at_a_time():
            aliases = self._client.get_registered_model(MODEL).aliases
            rows = {}
            for version in self._client.search_model_versions(f"name = '{MODEL}'"):
                run = self._client.get_run(version.run_id)
                names = sorted(
                    name for name, number in aliases.items() if int(number) == int(version.version)
                )
                rows[int(version.version)] = {
                    "run": run.info.run_name,
                    "aliases": ", ".join(names),
                    **run.data.params,
                    **run.data.metrics,
                    "last": run.data.tags["last"],
                }
        return pd.DataFrame.from_dict(rows, orient="index").sort_index().rename_axis("version")

    def lineage(self, version):
        """dict of str to str: what a version was made from; see :func:`helpers.lineage.of`."""
        with self._one_at_a_time():
            run = self._version(version).run_id
            tags = self._client.get_run(run).data.tags
        return {name: value for name, value in tags.items() if not name.startswith("mlflow.")}

    def name(self, alias, version):
        """Give a version an alias such as ``"champion"``, which it takes from whichever had it."""
        with self._one_at_a_time():
            self._client.set_registered_model_alias(MODEL, alias, self._version(version).version)

    def _version(self, number):
        known = {str(one.version): one for one in self._client.search_model_versions(f"name = '{MODEL}'")}
        if str(number) not in known:
            there = ", ".join(sorted(known, key=int)) or "none yet"
            raise RegistryError(f"There is no version {str(number)[:40]}: the versions are {there}.")
        return known[str(number)]

    def forget(self, alias):
        """Take an alias away from whichever version has it."""
        with self._one_at_a_time():
            self._client.delete_registered_model_alias(MODEL, alias)

    def bytes_of(self, alias):
        """Return the model that has an alias, after checking that it is the one that was registered.

        Returns
        -------
        bytes

        Raises
        ------
        RegistryError
            If no version has the alias, or if the file has changed since.
        """
        with self._one_at_a_time():
            aliases = self._client.get_registered_model(MODEL).aliases
            if alias not in aliases:
                raise RegistryError(
                    f"No version is called {str(alias)[:40]!r}: the aliases are {', '.join(aliases) or 'none yet'}."
                )
            version = self._client.get_model_version_by_alias(MODEL, alias)
            data = self._read(version)
        if hashlib.sha256(data).hexdigest() != version.tags["model_sha256"]:
            raise RegistryError(
                f"The file of version {version.version} is lost or not the one that was registered: record the model "
                "again, which puts it back."
            )
        return data


def _compare(model, table, facts):
    """Refuse rows that are not those which a model says it learned from."""
    said, given = (
        f"{adverts:,} adverts from {first} to {last}"
        for adverts, first, last in (
            (model.adverts, model.first, model.last),
            (table["weight"].sum(), facts["first"], facts["last"]),
        )
    )
    if said != given:
        raise RegistryError(
            f"The model says that it learned from {said}, but these rows are {given}: record it with its own rows."
        )


def _database(folder):
    """Return the SQLite file, made if there is none: beside its place first, so that nobody finds half of it."""
    file, place = folder / "mlflow.db", folder / "unfinished"
    if not file.exists():
        shutil.rmtree(place, ignore_errors=True)  # of a kernel that was stopped at this very point
        place.mkdir()
        _client(f"sqlite:///{place / 'tables.db'}")
        with (
            contextlib.closing(sqlite3.connect(place / "tables.db")) as made,
            contextlib.closing(sqlite3.connect(place / "whole.db")) as whole,
        ):
            made.backup(whole)
        os.replace(place / "whole.db", file)
        shutil.rmtree(place, ignore_errors=True)
    return file


def _client(uri):
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # nothing leaves the machine
    os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
    from mlflow import MlflowClient

    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    return MlflowClient(tracking_uri=uri, registry_uri=uri)
