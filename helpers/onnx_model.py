"""The pay model as one ONNX file: words of a job in, range out, with what it was learned from written inside.

ONNX is data that a small runtime interprets: a file of unknown origin may give wrong answers, but unlike a
pickle it cannot run code of its own. The whole pipeline is in it, so that nobody encodes a job a second time.
"""

import dataclasses
import functools
import json
import re

import numpy as np
import pandas as pd

from helpers import pay

OPSET = 17
"""Version of the ONNX operators: understood by every runtime since 2022."""

_NAME = re.compile(r"[A-Za-z0-9._-]{1,60}")  # it goes into answers, labels and files
_LARGEST = 20_000_000  # bytes; ours is far under one million


class BadModel(ValueError):
    """Bytes that are no pay model; the message is one sentence that says what to give instead."""


def pipelines(model):
    """Return a pay model as whole scikit-learn pipelines, from the words of a job to one end of its range.

    Parameters
    ----------
    model : helpers.pay.QuantileModel
        Learned from :data:`helpers.pay.FEATURES`.

    Returns
    -------
    list of sklearn.pipeline.Pipeline
        One a quantile; each takes a DataFrame with the columns :data:`helpers.pay.FEATURES`.
    """
    from sklearn.pipeline import Pipeline

    return [Pipeline([("encode", _encoder()), ("learner", part)]) for part in model.parts]


@functools.lru_cache
def _encoder():
    """Encode as :func:`helpers.pay.encode` does, with parts that have an ONNX counterpart."""
    from sklearn.compose import ColumnTransformer
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

    values = {name: [list(_values(name))] for name in ("role", "level", "country")}
    parts = ColumnTransformer(
        [
            ("role", OneHotEncoder(categories=values["role"], sparse_output=False), ["role"]),
            ("level", OrdinalEncoder(categories=values["level"]), ["level"]),
            ("remote", "passthrough", ["remote"]),
            ("country", OneHotEncoder(categories=values["country"], sparse_output=False), ["country"]),
        ]
    )
    return parts.fit(_every_value())


def _values(name):
    return {"role": pay.ALL_ROLES, "level": pay.LEVELS, "remote": pay.REMOTE, "country": pay.COUNTRIES}[name]


def _every_value():
    """A table in which every value of every feature occurs."""
    longest = max(len(_values(name)) for name in pay.FEATURES)
    return pd.DataFrame({name: np.resize(np.array(list(_values(name))), longest) for name in pay.FEATURES})


def export(model, table, name="pay-range"):
    """Turn a pay model into the bytes of an ONNX file.

    Parameters
    ----------
    model : helpers.pay.QuantileModel
        Learned from :data:`helpers.pay.FEATURES`.
    table : pandas.DataFrame
        The adverts that it was learned from; their counts and period go into the file.
    name : str

    Returns
    -------
    bytes
    """
    return convert(pipelines(model), table, name, model.quantiles)


def convert(ends, table, name="pay-range", quantiles=pay.QUANTILES):
    """Turn any fitted pipelines, one for each end of the range, into the bytes of one ONNX file.

    Parameters
    ----------
    ends : list of sklearn.pipeline.Pipeline
        Each takes a DataFrame with the columns :data:`helpers.pay.FEATURES`; `quantiles` says what they predict.
    table, name
        See :func:`export`.

    Returns
    -------
    bytes

    Raises
    ------
    Exception
        Whatever the converter says about a learner that has no ONNX counterpart.
    """
    from onnx import checker, compose, helper
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    kinds = {"remote": FloatTensorType([None, 1])}
    inputs = [(name_, kinds.get(name_, StringTensorType([None, 1]))) for name_ in pay.FEATURES]
    graphs = [
        compose.add_prefix(
            to_onnx(end, initial_types=inputs, target_opset=OPSET), f"q{n}_", rename_inputs=False
        )
        for n, end in enumerate(ends)
    ]
    outputs = [one.graph.output[0].name for one in graphs]
    # Ends that were learned apart may cross; the largest first, then turned round, is the order from low to high.
    last = [
        helper.make_node("Concat", outputs, ["unsorted"], axis=1),
        helper.make_node("TopK", ["unsorted", "ends"], ["range", "order"], axis=1, largest=0, sorted=1),
    ]
    graph = helper.make_graph(
        [node for one in graphs for node in one.graph.node] + last,
        "pay_range",
        list(graphs[0].graph.input),
        [helper.make_tensor_value_info("range", 1, [None, len(ends)])],
        [tensor for one in graphs for tensor in one.graph.initializer]
        + [helper.make_tensor("ends", 7, [1], [len(ends)])],
    )
    versions = {one.domain: one.version for part in graphs for one in part.opset_import}
    whole = helper.make_model(
        graph, opset_imports=[helper.make_opsetid(*pair) for pair in sorted(versions.items())], ir_version=8
    )
    helper.set_model_props(whole, {"pay": json.dumps(_facts(table, name, quantiles))})
    checker.check_model(whole)
    return whole.SerializeToString()


def basis(table):
    """Count the adverts of each kind, for an answer to say what it rests on.

    Returns
    -------
    dict of tuple to int
        Values of :data:`helpers.pay.FEATURES` to the number of adverts.
    """
    counts = table.groupby(list(pay.FEATURES), observed=True)["weight"].sum().reset_index()
    return {tuple(key): count for *key, count in counts.itertuples(index=False)}


def _facts(table, name, quantiles):
    if not _NAME.fullmatch(name):
        raise BadModel(
            "A model's name has 1 to 60 letters, digits, dots, hyphens and underscores: choose another."
        )
    return {
        "name": name,
        "quantiles": list(quantiles),
        "first": f"{table['arrived'].min():%Y-%m-%d}",
        "last": f"{table['arrived'].max():%Y-%m-%d}",
        "adverts": int(table["weight"].sum()),
        "basis": [[*key, count] for key, count in basis(table).items()],
    }


@dataclasses.dataclass(frozen=True)
class OnnxModel:
    """A pay model that was read from ONNX bytes by :func:`load`.

    Attributes
    ----------
    name : str
    quantiles : tuple of float
    first, last : str
        Days of the first and the last advert that it was learned from, ``YYYY-MM-DD``.
    adverts : int
        How many adverts that were.
    basis : dict of tuple to int
        See :func:`basis`.
    """

    name: str
    quantiles: tuple[float, ...]
    first: str
    last: str
    adverts: int
    basis: dict = dataclasses.field(repr=False)
    _session: object = dataclasses.field(repr=False)

    def predict(self, jobs):
        """Predict ranges; see :meth:`helpers.pay.QuantileModel.predict`.

        Returns
        -------
        numpy.ndarray
            Thousand USD a year, float32, shape (jobs, quantiles).
        """
        jobs = pay.check_jobs(jobs)
        return self.run({name: jobs[name].to_numpy() for name in pay.FEATURES})

    def run(self, columns):
        """Predict ranges of jobs that are known to be accepted: no check, no DataFrame.

        Parameters
        ----------
        columns : dict of str to sequence
            The values of each of :data:`helpers.pay.FEATURES`, one a job.

        Returns
        -------
        numpy.ndarray
            As :meth:`predict`.
        """
        feed = {
            name: np.asarray(values, dtype=np.float32 if name == "remote" else object).reshape(-1, 1)
            for name, values in columns.items()
        }
        return self._session.run(["range"], feed)[0]


def load(data):
    """Read a pay model from ONNX bytes.

    Parameters
    ----------
    data : bytes
        What :func:`export` or :func:`convert` returned.

    Returns
    -------
    OnnxModel

    Raises
    ------
    BadModel
        If the bytes are something else.
    """
    import onnxruntime

    if not isinstance(data, bytes) or len(data) > _LARGEST:
        raise BadModel("A model is given as the bytes that onnx_model.export() returns.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # trees for one advert: threads only wait
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        facts = json.loads(session.get_modelmeta().custom_metadata_map["pay"])
        basis = {tuple(key): count for *key, count in facts.pop("basis")}
        facts["quantiles"] = tuple(facts["quantiles"])
        if not _NAME.fullmatch(facts["name"]):
            raise BadModel
        return OnnxModel(**facts, basis=basis, _session=session)
    except Exception as error:  # the runtime has a dozen kinds of its own
        raise BadModel(
            "These bytes are no pay model: give what onnx_model.export() returns, unchanged."
        ) from error


@functools.lru_cache
def _catalogue():
    return pd.MultiIndex.from_product([list(_values(name)) for name in pay.FEATURES], names=pay.FEATURES)


def every_job():
    """pandas.DataFrame: every combination of features that can be asked for, one row each."""
    return _catalogue().to_frame(index=False)


def disagreement(one, other, jobs):
    """Return the largest difference between two models over jobs and ends, in thousand USD a year.

    Parameters
    ----------
    one, other : object with a method ``predict``
    jobs : pandas.DataFrame
        See :func:`helpers.pay.check_jobs`.

    Returns
    -------
    float
    """
    return float(np.abs(one.predict(jobs) - other.predict(jobs)).max())
