"""The decision memo of notebook 02, and beside it the memo that must not be written."""

import numpy as np

from helpers import pay_charts, pay_score_charts, pay_scores, tables
from helpers.document import Bullets, Document, Picture, Section, Text, written

PARTS = {
    "recommendation": "Recommendation",
    "evidence": "What speaks for it",
    "risk": "Who loses what if it is wrong",
    "unknown": "What we do not know",
}
"""What the learner writes: name to heading, in the order of the page."""


def decision(parts, past, later, ranges):
    """Build the one-page memo: the learner's words, and the measured figures below them.

    Parameters
    ----------
    parts : dict of str to str
        Keys of :data:`PARTS`; one left out or empty stands as "to be written".
    past : pandas.DataFrame
        Adverts that the model learned from.
    later : pandas.DataFrame
        Adverts that the model did not learn from; see :func:`helpers.pay.split_by_time`.
    ranges : numpy.ndarray, shape (n, 2)
        The ranges suggested for them.

    Returns
    -------
    helpers.document.Document

    Raises
    ------
    helpers.document.DocumentError
        If `parts` has a name that the memo does not.
    """
    return Document(
        title="May we show a pay range beside each advert?",
        note="Decision memo. Advertised ranges to January 2025; not what people earn.",
        blocks=[
            *written(parts, PARTS, "memo"),
            Section("Measured"),
            Bullets(measured(past, later, ranges)),
            _picture(later, ranges),
        ],
    )


def measured(past, later, ranges):
    """list of str: what every version of the memo must say, computed from the adverts."""
    low, high = pay_scores.bootstrap_weeks(pay_scores.inside(later, ranges), later)
    hit = 100 * pay_scores.coverage(later, ranges)
    roles = pay_scores.coverage_table(later, ranges, "role")["coverage"].sort_values()
    us, above, below = (
        100 * np.average(rows, weights=later["weight"])
        for rows in (
            later["country"] == "US",
            later["midpoint"] > ranges[:, -1],
            later["midpoint"] < ranges[:, 0],
        )
    )
    return [
        f"Learned from {past['weight'].sum():,} adverts, {_span(past)}; judged on {later['weight'].sum():,} "
        f"later ones, {_span(later)}. A repeated advert counts as often as it was posted.",
        f"Promised: 80 in 100 midpoints within the range. Kept: {hit:.0f} in 100 (95% interval for this model "
        f"{100 * low:.0f} to {100 * high:.0f}). Missed: {above:.0f} in 100 lie above the range, {below:.0f} below.",
        f"Best and worst role: {roles.index[-1]} {roles.iloc[-1]:.0f}, {roles.index[0]} {roles.iloc[0]:.0f} in 100.",
        f"Mean width of a range: {pay_scores.width(later, ranges):.0f} thousand USD. Adverts of employers in the US: "
        f"{us:.0f}%.",
        tables.cite("pay_ranges"),
    ]


def _span(table):
    return f"{table['arrived'].min():%B %Y} to {table['arrived'].max():%B %Y}"


def _picture(later, ranges):
    return Picture(
        pay_score_charts.promise_by_month(later, ranges, height=2.7), "Coverage by month of arrival"
    )


def wrong_headline():
    """Build the memo that sounds better and misleads: same data, everything that matters left out.

    Returns
    -------
    helpers.document.Document
    """
    audit = tables.load("pay_audit").set_index(["measure", "group", "key"]).sort_index()["value"]
    median = audit.loc[("median pay, US full-time 2024, USD", "Machine Learning Engineer", "with repeats")]
    return Document(
        title=f"Survey of 74,301: ML engineers earn ${median:,.0f}!",
        note="WRONG ON PURPOSE, to lie beside the memo.",
        blocks=[
            Section("Recommendation"),
            Text("Show the number beside every machine learning advert at once."),
            Section("Evidence"),
            Bullets(["A worldwide survey of 74,301 professionals.", "Our model is 80% accurate."]),
            Picture(pay_charts.bad_default(), "Pay"),
        ],
    )
