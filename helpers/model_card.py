"""A model card: one page on what a model is, what it was measured on, and what it must not be used for."""

import numpy as np

from helpers import onnx_model, pay, pay_scores, tables
from helpers.document import Bullets, Document, Section, written

PARTS = {
    "use": "What it is for",
    "not": "What it must not be used for",
    "next": "Next release: the candidate that we would choose, and why",
}
"""What a person writes: name to heading. All else is filled in from the artifacts."""

_FEW = 30  # adverts: of fewer, a coverage says nothing


def card(parts, data, judged, periods):
    """Build the model card of an exported model.

    Parameters
    ----------
    parts : dict of str to str
        Keys of :data:`PARTS`; one that is left out or empty stands as "to be written".
    data : bytes
        See :func:`helpers.onnx_model.export`.
    judged : pandas.DataFrame
        Adverts that it did not learn from.
    periods : dict of str to (str, str)
        Name to first and last day: coverage is told for each, so each needs eight weeks or more.

    Returns
    -------
    helpers.document.Document

    Raises
    ------
    helpers.document.DocumentError
        If `parts` has a name that the card does not.
    """
    *own, heading, release = written(parts, PARTS, "card")
    model = onnx_model.load(data)
    found = [Section("From the artifacts"), Bullets(facts(model, data, judged, periods))]
    return Document(
        title=f"Model card: {model.name}",
        note="Filled in from the exported file and from adverts that it never saw.",
        blocks=[*own, *found, heading, release],
    )


def facts(model, data, judged, periods):
    """list of str: what the card says without anybody's opinion."""
    ranges = model.predict(judged)
    return [
        f"File: {len(data) / 1000:.0f} kB of ONNX. In: {', '.join(pay.FEATURES)}. Out: an 80% range of the midpoint, "
        "thousand USD a year.",
        f"Learned from {model.adverts:,} adverts, {model.first} to {model.last}.",
        f"Judged on {judged['weight'].sum():,} later adverts. Coverage, with 95% intervals (weeks drawn again): "
        f"{'; '.join(_coverage(name, pay.between(judged, *days), model) for name, days in periods.items())}.",
        f"Mean width {pay_scores.width(judged, ranges):.0f}, pinball loss {pay_scores.range_loss(judged, ranges):.2f}.",
        f"Lowest coverage over all of these, where there are at least {_FEW} adverts: "
        f"{'; '.join(_lowest(judged, ranges, by) for by in ('role', 'level', 'country'))}.",
        tables.cite("pay_ranges"),
    ]


def _coverage(name, table, model):
    hit = pay_scores.inside(table, model.predict(table))
    low, high = pay_scores.bootstrap_weeks(hit, table)
    return (
        f"{name} {100 * np.average(hit, weights=table['weight']):.0f}% ({100 * low:.0f} to {100 * high:.0f})"
    )


def _lowest(table, ranges, by):
    groups = pay_scores.coverage_table(table, ranges, by)
    worst = groups[groups["adverts"] >= _FEW].sort_values("coverage").iloc[0]
    return f"{by} {worst.name} {worst.coverage:.0f}% ({worst.low:.0f} to {worst.high:.0f}, {worst.adverts:,.0f} adverts)"
