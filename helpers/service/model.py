"""The pay model as one ONNX file: words of a job in, range out, with the correction and its origin inside.

ONNX is data that a small runtime interprets: a file of unknown origin may give wrong answers, but unlike a pickle it
cannot run code of its own. :func:`from_bytes` takes only files that need nothing beside them and answer as they should.
"""

import dataclasses
import json
import os
from pathlib import Path
from typing import Annotated

import numpy as np
import onnx
import onnxruntime
import pandas as pd
from pydantic import Field
from pydantic.dataclasses import dataclass

from helpers import pay

OPSET = 17  # understood by every runtime since 2022
LARGEST, MOST_NODES = 5_000_000, 50  # bytes and operators of a file; ours has 60 thousand and some 20
# The steps between the trees of both ends and the range: put in order, move by role, put in order again.
_STEPS = Path(__file__).with_name("steps.onnx.txt").read_text("utf-8")
# What such a file is made of. One with any other operator, such as a loop, is not opened.
_OPERATORS = {
    "Add", "ArrayFeatureExtractor", "Cast", "Concat", "Flatten", "Gather", "Identity", "LabelEncoder", "OneHotEncoder",
    "Reshape", "Squeeze", "Sub", "TopK", "TreeEnsembleRegressor", "Unsqueeze",
}  # fmt: skip

# All models of a process share 300 MB: a small file can ask for any amount.
_ARENA = onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR
_MEMORY = onnxruntime.OrtMemoryInfo("Cpu", _ARENA, 0, onnxruntime.OrtMemType.DEFAULT)
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
    whole.opset_import.sort(key=lambda one: one.domain)

    first, last = (f"{day:%Y-%m-%d}" for day in (learned["arrived"].min(), learned["arrived"].max()))
    facts = {"name": name, "first": first, "last": last, "adverts": int(learned["weight"].sum())}
    onnx.helper.set_model_props(whole, {"pay": json.dumps(facts)})
    return whole.SerializeToString()


# A name goes into answers, labels and files; a day is compared as text.
_Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,60}$")]
_Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]


@dataclass(frozen=True)
class Served:
    """A model that was read by :func:`from_bytes`: its name, the period and number of the adverts it learned from."""

    name: _Name
    first: _Day
    last: _Day
    adverts: int
    session: object = dataclasses.field(repr=False)

    def predict(self, jobs):
        """numpy.ndarray, shape (n, 2): low and high end of each job of a table, thousand USD a year."""
        return self.run({name: jobs[name].to_numpy() for name in pay.FEATURES})

    def run(self, columns):
        """Predict for jobs given as a dict of lists; no table. Raises ValueError for what is no range of each job."""
        feed = {
            name: np.asarray(values, dtype=np.float32 if name == "remote" else object).reshape(-1, 1)
            for name, values in columns.items()
        }
        ranges = self.session.run(["range"], feed)[0]
        shaped = ranges.shape == (len(feed["role"]), 2)
        if not (shaped and (ranges[:, 0] <= ranges[:, 1]).all() and np.isfinite(ranges).all()):
            raise ValueError("This model does not answer every job with a range.")
        return ranges


def from_bytes(data):
    """Served: a model from the bytes that :func:`export` returned.

    Raises ValueError with one sentence for anything else: not ours, in need of more than ours, or not answering every job
    with a range.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # trees for one advert: threads only wait
    options.log_severity_level = 4
    options.add_session_config_entry("session.use_env_allocators", "1")
    # Optimizing gains nothing here, and would work outside of the shared memory.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        if len(data) > LARGEST:
            raise ValueError("too large")
        parsed = onnx.load_model_from_string(data)
        onnx.load_external_data_for_model(parsed, os.devnull)  # fails if it needs a file beside it
        graph = parsed.graph
        strange = {node.op_type for node in graph.node} - _OPERATORS
        if strange or parsed.functions or graph.sparse_initializer or len(graph.node) > MOST_NODES:
            raise ValueError("needs more than our file does")
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        served = Served(**json.loads(session.get_modelmeta().custom_metadata_map["pay"]), session=session)
        served.predict(every_job())
    except Exception as error:  # each library has a dozen kinds of its own
        why = "the bytes of export(), unchanged, of a product that has a range for every job"
        raise ValueError(f"This is no pay model: give {why}.") from error
    return served
