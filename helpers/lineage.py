"""Where a model comes from: the data, the code, the libraries, and the settings that its own file holds."""

import hashlib
import importlib.metadata
import subprocess

import pandas as pd

from helpers import onnx_model, tables

_LIBRARIES = ("scikit-learn", "skl2onnx", "onnx", "numpy", "pandas")  # that decide what a training makes


def of(table):
    """Say what a model was made from, so that it can be made again.

    Parameters
    ----------
    table : pandas.DataFrame
        The adverts that it learned from.

    Returns
    -------
    dict of str to str
        ``data_sha256`` (of the table's file), ``rows_sha256`` (of these rows), ``first`` and ``last`` day,
        ``git_commit`` (``"unknown"`` where this is no git checkout; with ``" and changes"`` where files differ from
        it), and ``libraries`` with their versions.
    """
    rows = hashlib.sha256(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes()).hexdigest()
    return {
        "data_sha256": hashlib.sha256((tables.DATA / "pay_ranges.csv").read_bytes()).hexdigest(),
        "rows_sha256": rows,
        "first": f"{table['arrived'].min():%Y-%m-%d}",
        "last": f"{table['arrived'].max():%Y-%m-%d}",
        "git_commit": _commit(),
        "libraries": ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES),
    }


def _commit():
    try:
        commit = _git("rev-parse", "HEAD")
        return commit + (" and changes" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return "unknown"


def _git(*words):
    done = subprocess.run(
        ["git", *words], cwd=tables.DATA, capture_output=True, text=True, timeout=5, check=True
    )
    return done.stdout.strip()


def settings(data):
    """Read the settings of a model from its file.

    Parameters
    ----------
    data : bytes
        See :func:`helpers.onnx_model.export`.

    Returns
    -------
    dict
        ``quantiles``, ``adverts`` (that it learned from) and ``trees`` (of all its ends).
    """
    import onnx  # slow to import

    model = onnx_model.load(data)
    trees = (
        len(set(attribute.ints))
        for node in onnx.load_from_string(data).graph.node
        for attribute in node.attribute
        if attribute.name == "nodes_treeids"
    )
    return {
        "quantiles": " and ".join(f"{one:g}" for one in model.quantiles),
        "adverts": model.adverts,
        "trees": sum(trees),
    }
