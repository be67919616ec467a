"""A model card: one page on what a model is, what it was measured on, and what it must not be used for."""

from helpers import onnx_model, pay, pay_scores, tables
from helpers.document import Bullets, Document, Section, Text

PARTS = {
    "use": "What it is for",
    "not": "What it must not be used for",
    "choice": "Which candidate we would choose, and why",
}
"""What a person writes: name to heading. All else is filled in from the artifacts."""


def card(parts, data, judged):
    """Build the model card of an exported model.

    Parameters
    ----------
    parts : dict of str to str
        Keys of :data:`PARTS`; one left out stands as "to be written".
    data : bytes
        See :func:`helpers.onnx_model.export`.
    judged : pandas.DataFrame
        Adverts that it did not learn from.

    Returns
    -------
    helpers.document.Document

    Raises
    ------
    helpers.pay.BadInput
        If `parts` has a name that the card does not.
    """
    unknown = [name for name in parts if name not in PARTS]
    if unknown:
        raise pay.BadInput(f"The card has no part {str(unknown[0])[:40]!r}: it has {', '.join(PARTS)}.")
    model = onnx_model.load(data)
    written = [
        block
        for name, heading in PARTS.items()
        for block in (Section(heading), Text(parts.get(name) or "(to be written)"))
    ]
    return Document(
        title=f"Model card: {model.name}",
        note="Filled in from the exported file and from adverts that it never saw.",
        blocks=[*written, Section("From the artifacts"), Bullets(facts(model, data, judged))],
    )


def facts(model, data, judged):
    """list of str: what the card says without anybody's opinion."""
    ranges = model.predict(judged)
    groups = pay_scores.coverage_table(judged, ranges, "role")
    groups = groups[groups["adverts"] >= 30].sort_values("coverage")
    return [
        f"File: {len(data) / 1000:.0f} kB of ONNX. In: {', '.join(pay.FEATURES)}. Out: an 80% range of the midpoint, "
        "thousand USD a year.",
        f"Learned from {model.adverts:,} adverts, {model.first} to {model.last}.",
        f"Judged on {judged['weight'].sum():,} adverts, {judged['arrived'].min():%Y-%m-%d} to "
        f"{judged['arrived'].max():%Y-%m-%d}: coverage {100 * pay_scores.coverage(judged, ranges):.0f}%, mean width "
        f"{pay_scores.width(judged, ranges):.0f}, pinball loss {pay_scores.range_loss(judged, ranges):.2f}.",
        f"Lowest coverage of a role with at least 30 adverts: {groups.index[0]}, {groups['coverage'].iloc[0]:.0f}%.",
        tables.cite("pay_ranges"),
    ]
