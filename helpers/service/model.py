"""The pay model as one ONNX file: words of a job in, range out, with the correction and its origin inside.

ONNX is data that a small runtime interprets: a file of unknown origin may give wrong answers, but unlike a pickle it
cannot run code of its own. :func:`from_bytes` takes only files that need nothing beside them and answer as they should.
"""

import dataclasses
import json
import re

import numpy as np
import pandas as pd

from helpers import pay

OPSET = 17  # understood by every runtime since 2022
_NAME = re.compile(r"[A-Za-z0-9._-]{1,60}")  # it goes into answers, labels and files
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LARGEST = 20_000_000  # bytes; ours is far under one million
# What our export is made of. A file with any other operator, such as a loop, is not opened.
_OPERATORS = {
    "Add", "ArrayFeatureExtractor", "Cast", "Concat", "Flatten", "Gather", "Identity", "LabelEncoder", "OneHotEncoder",
    "Reshape", "Squeeze", "Sub", "TopK", "TreeEnsembleRegressor", "Unsqueeze",
}  # fmt: skip


def every_job():
    """pandas.DataFrame: every combination of features that can be asked for, one row each."""
    values = [pay.ALL_ROLES, list(pay.LEVELS), list(pay.REMOTE), list(pay.COUNTRIES)]
    return pd.MultiIndex.from_product(values, names=pay.FEATURES).to_frame(index=False)


def export(pay_range, name, learned):
    """Turn a product into the bytes of an ONNX file.

    Parameters
    ----------
    pay_range : helpers.pay.PayRange
        Its correction, if it has one, goes into the file.
    name : str
        1 to 60 letters, digits, dots, hyphens and underscores.
    learned : pandas.DataFrame
        The adverts that it was trained on; their period and number go into the file.

    Returns
    -------
    bytes
    """
    from onnx import checker, compose, helper
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    kinds = [
        (feature, (FloatTensorType if feature == "remote" else StringTensorType)([None, 1]))
        for feature in pay.FEATURES
    ]
    ends = [to_onnx(end, initial_types=kinds, target_opset=OPSET) for end in pay_range.ends]
    parts = [compose.add_prefix(end, f"end{n}_", rename_inputs=False) for n, end in enumerate(ends)]
    nodes = [node for part in parts for node in part.graph.node]
    last = [part.graph.output[0].name for part in parts]
    if pay_range.correction is not None:
        roles = [str(role) for role in pay_range.correction.index]
        for n, (column, sign) in enumerate((("under", -1.0), ("over", 1.0))):
            move = [sign * float(value) for value in pay_range.correction[column]]
            table = {"keys_strings": roles, "values_floats": move, "default_float": 0.0}
            nodes.append(
                helper.make_node("LabelEncoder", ["role"], [f"move{n}"], domain="ai.onnx.ml", **table)
            )
            nodes.append(helper.make_node("Add", [last[n], f"move{n}"], [f"moved{n}"]))
        last = ["moved0", "moved1"]
    # Ends that were learned apart may cross: the smaller one comes first.
    nodes.append(helper.make_node("Concat", last, ["unsorted"], axis=1))
    nodes.append(
        helper.make_node("TopK", ["unsorted", "two"], ["range", "order"], axis=1, largest=0, sorted=1)
    )
    constants = [tensor for part in parts for tensor in part.graph.initializer] + [
        helper.make_tensor("two", 7, [1], [2])
    ]
    answer = [helper.make_tensor_value_info("range", 1, [None, 2])]
    graph = helper.make_graph(nodes, "pay_range", list(parts[0].graph.input), answer, constants)
    versions = {one.domain: one.version for part in parts for one in part.opset_import}
    opsets = [helper.make_opsetid(*pair) for pair in sorted(versions.items())]
    whole = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    days = {
        key: f"{day:%Y-%m-%d}"
        for key, day in (("first", learned["arrived"].min()), ("last", learned["arrived"].max()))
    }
    facts = {"name": name, **days, "adverts": int(learned["weight"].sum())}
    helper.set_model_props(whole, {"pay": json.dumps(facts)})
    checker.check_model(whole)
    return whole.SerializeToString()


@dataclasses.dataclass(frozen=True)
class Served:
    """A model that was read by :func:`from_bytes`: its name, the period and number of the adverts it learned from."""

    name: str
    first: str
    last: str
    adverts: int
    _session: object = dataclasses.field(repr=False)

    def predict(self, jobs):
        """numpy.ndarray, shape (n, 2): low and high end of each job of a table, thousand USD a year."""
        return self.run({name: jobs[name].to_numpy() for name in pay.FEATURES})

    def run(self, columns):
        """Predict for jobs given as a dict of lists; no check, no table."""
        feed = {
            name: np.asarray(values, dtype=np.float32 if name == "remote" else object).reshape(-1, 1)
            for name, values in columns.items()
        }
        return self._session.run(["range"], feed)[0]


def from_bytes(data):
    """Read a model, if it is one that can be trusted with requests.

    Parameters
    ----------
    data : bytes
        What :func:`export` returned.

    Returns
    -------
    Served

    Raises
    ------
    ValueError
        With one sentence: not ours, in need of other files, of other operators, or with answers that are no ranges.
    """
    import onnx
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    if not isinstance(data, bytes) or len(data) > _LARGEST:
        raise ValueError("A model is given as the bytes that export() returns, 20 MB at most.")
    try:
        graph = onnx.load_model_from_string(data).graph
        outside = [tensor for tensor in graph.initializer if tensor.external_data or tensor.data_location]
        strange = sorted({node.op_type for node in graph.node} - _OPERATORS)
        nested = [node for node in graph.node if any(one.g.node or one.graphs for one in node.attribute)]
    except Exception as error:  # the parser has a dozen kinds of its own
        raise ValueError("These bytes are no pay model: give what export() returns, unchanged.") from error
    if outside or nested or strange:
        raise ValueError(
            f"This model needs other files or operators ({', '.join(strange)[:60]}): it is not opened."
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # trees for one advert: threads only wait
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        facts = json.loads(session.get_modelmeta().custom_metadata_map["pay"])
        served = Served(facts["name"], facts["first"], facts["last"], int(facts["adverts"]), session)
        fine = _NAME.fullmatch(served.name) and _DAY.fullmatch(served.first) and _DAY.fullmatch(served.last)
        answers = served.predict(every_job())
    except Exception as error:
        raise ValueError("These bytes are no pay model: give what export() returns, unchanged.") from error
    if not fine or not are_ranges(answers, len(every_job())):
        raise ValueError("This model does not answer every job with a range: it is not taken.")
    return served


def are_ranges(answers, count):
    """bool: are these `count` ranges of finite numbers, the low end not above the high one?"""
    shaped = isinstance(answers, np.ndarray) and answers.shape == (count, 2) and answers.dtype.kind == "f"
    return bool(shaped and np.isfinite(answers).all() and (answers[:, 0] <= answers[:, 1]).all())
