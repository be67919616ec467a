"""The pay model as one ONNX file: words of a job in, range out, with the correction and its origin inside.

ONNX is data that a small runtime interprets: a file of unknown origin may give wrong answers, but unlike a pickle it
cannot run code of its own. :func:`from_bytes` takes only files that need nothing beside them and answer as they should.
"""

import dataclasses
import datetime as dt
import json
import re

import numpy as np
import onnx
import onnxruntime
import pandas as pd

from helpers import pay

OPSET = 17  # understood by every runtime since 2022
LARGEST, MOST_NODES = 5_000_000, 50  # bytes and operators of a file; ours has 60 thousand and some 20
# The steps between the trees of both ends and the range: put in order, move by role, put in order again.
_STEPS = """
<ir_version: 8, opset_import: ["" : 17, "ai.onnx.ml" : 2]>
steps (float[N, 2] variable, string[N, 1] role) => (float[N, 2] range) <int64[1] two = {{2}}> {{
    ends, first_order = TopK <axis = 1, largest = 0> (variable, two)
    under = ai.onnx.ml.LabelEncoder <keys_strings = {roles}, values_floats = {under}> (role)
    over = ai.onnx.ml.LabelEncoder <keys_strings = {roles}, values_floats = {over}> (role)
    moves = Concat <axis = 1> (under, over)
    moved = Add (ends, moves)
    range, last_order = TopK <axis = 1, largest = 0> (moved, two)
}}
"""
# What such a file is made of. One with any other operator, such as a loop, is not opened.
_OPERATORS = {
    "Add", "ArrayFeatureExtractor", "Cast", "Concat", "Flatten", "Gather", "Identity", "LabelEncoder", "OneHotEncoder",
    "Reshape", "Squeeze", "Sub", "TopK", "TreeEnsembleRegressor", "Unsqueeze",
}  # fmt: skip
_FOREIGN = "These bytes are no pay model: give what export() returns, unchanged."
_PLAIN = (1, 2, 3, 6, 7, 8)  # kinds of an attribute: a number or a word, or a list of them

# All models of a process share 300 MB: a small file can ask for any amount.
_MEMORY = onnxruntime.OrtMemoryInfo(
    "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
)
onnxruntime.create_and_register_allocator(_MEMORY, onnxruntime.OrtArenaCfg(300_000_000, -1, -1, -1))


def every_job():
    """pandas.DataFrame: every combination of features that can be asked for, one row each."""
    values = [pay.ALL_ROLES, list(pay.LEVELS), list(pay.REMOTE), list(pay.COUNTRIES)]
    return pd.MultiIndex.from_product(values, names=pay.FEATURES).to_frame(index=False)


def export(pay_range, name, learned):
    """bytes: a :class:`helpers.pay.PayRange` as an ONNX file, with its correction, its name and what it learned from.

    The name has 1 to 60 letters, digits, dots, hyphens and underscores. `learned` are the adverts that the product was
    trained on; their period and number go into the file.
    """
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType
    from sklearn.multioutput import MultiOutputRegressor
    from sklearn.pipeline import make_pipeline

    encoder, trees = zip(*pay_range.ends, strict=True)
    both = MultiOutputRegressor(trees[0])
    both.estimators_ = list(trees)
    columns = [(feature, StringTensorType([None, 1])) for feature in pay.FEATURES]
    columns[pay.FEATURES.index("remote")] = ("remote", FloatTensorType([None, 1]))
    whole = to_onnx(make_pipeline(encoder[0], both), initial_types=columns, target_opset=OPSET)

    correction = pay_range.correction
    moves = {"roles": correction.index, "under": -correction["under"], "over": correction["over"]}
    steps = onnx.parser.parse_model(_STEPS.format(**{key: json.dumps(list(moves[key])) for key in moves}))
    whole.graph.node.extend(steps.graph.node)
    whole.graph.initializer.extend(steps.graph.initializer)
    whole.graph.output[0].CopyFrom(steps.graph.output[0])
    # They come in any order, and the same model must give the same bytes.
    opsets = sorted((one.domain, one.version) for one in whole.opset_import)
    del whole.opset_import[:]
    whole.opset_import.extend(onnx.helper.make_opsetid(*one) for one in opsets)

    first, last = (f"{day:%Y-%m-%d}" for day in (learned["arrived"].min(), learned["arrived"].max()))
    facts = {"name": name, "first": first, "last": last, "adverts": int(learned["weight"].sum())}
    onnx.helper.set_model_props(whole, {"pay": json.dumps(facts)})
    onnx.checker.check_model(whole)
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
    """Served: a model from the bytes that :func:`export` returned.

    Raises ValueError with one sentence for any other bytes: not ours, in need of more than ours, or not answering every
    job with a range.
    """
    if not isinstance(data, bytes) or len(data) > LARGEST:
        raise ValueError("A model is given as the bytes that export() returns, 5 MB at most.")
    try:
        parsed = onnx.load_model_from_string(data)
        strange = sorted({node.op_type for node in parsed.graph.node if not _is_plain(node)})
        outside = any(one.external_data or one.data_location for one in parsed.graph.initializer)
    except Exception as error:  # the parser has a dozen kinds of its own
        raise ValueError(_FOREIGN) from error
    more = outside or parsed.functions or parsed.graph.sparse_initializer
    if strange or more or len(parsed.graph.node) > MOST_NODES:
        raise ValueError(f"This model needs more than our file does {strange[:3]}: it is not opened.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # trees for one advert: threads only wait
    options.log_severity_level = 4
    # Optimizing gains nothing here, and would work outside of the shared memory.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.add_session_config_entry("session.use_env_allocators", "1")
    try:
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        facts = json.loads(session.get_modelmeta().custom_metadata_map["pay"])
        served = Served(facts["name"], facts["first"], facts["last"], int(facts["adverts"]), session)
        # The name goes into answers, labels and files.
        named = re.fullmatch(r"[A-Za-z0-9._-]{1,60}", served.name)
        dated = all(f"{dt.date.fromisoformat(day)}" == day for day in (served.first, served.last))
        answers = served.predict(every_job())
    except Exception as error:
        raise ValueError(_FOREIGN) from error
    if not (named and dated and are_ranges(answers, len(every_job()))):
        raise ValueError("This model does not answer every job with a range: it is not taken.")
    return served


def _is_plain(node):
    """An operator of ours, with numbers and words only: tables of numbers might lie in other files."""
    known = node.op_type in _OPERATORS and node.domain in ("", "ai.onnx.ml")
    return known and all(one.type in _PLAIN for one in node.attribute)


def are_ranges(answers, count):
    """bool: are these `count` ranges of finite numbers, the low end not above the high one?"""
    shaped = isinstance(answers, np.ndarray) and answers.shape == (count, 2) and answers.dtype.kind == "f"
    return bool(shaped and np.isfinite(answers).all() and (answers[:, 0] <= answers[:, 1]).all())
