"""The post-mortem of notebook 05: the learner's words around a timeline that is computed."""

import numpy as np
import pandas as pd

from helpers import alarms, charts, monitor
from helpers.document import Bullets, Document, Picture, Section, Table, written

PARTS = {
    "summary": "What happened",
    "harm": "Who was harmed, and how much",
    "causes": "What let it happen",
    "good": "What went well, and where we were lucky",
    "actions": "What we change, who does it, and by when",
}
"""What the learner writes: name to heading. No part asks who was to blame."""


SURELY_LOW = 75
"""Coverage, %, that a week misses when its whole interval lies below."""

_WARNINGS = 3  # weeks of low coverage that the timeline names: the first ones


def timeline(seen, threshold=10, label_weeks=4):
    """Build the timeline up to the autumn of 2024: what happened, and which alarm would have rung when.

    Parameters
    ----------
    seen : pandas.DataFrame
        See :func:`helpers.monitor.watch`.
    threshold : float
        Of the signal ``"new titles"``, in %.
    label_weeks : int
        Weeks until the true pay of an advert, and so the coverage of its week, is known.

    Returns
    -------
    pandas.DataFrame
        Columns ``day`` (``YYYY-MM-DD``) and ``event``, in order.
    """
    rows = [(pd.Timestamp(day), f"Change: {what}.") for day, what in monitor.CHANGES.items()]
    titles = alarms.alarms(seen, "new titles", threshold)
    rows.append((titles.idxmax(), f"Would have rung: new titles, over {threshold:g}% of the adverts."))
    for day, row in seen[seen["high"] < SURELY_LOW].head(_WARNINGS).iterrows():
        rows.append(
            (day, f"Coverage {row['coverage']:.0f}%, surely below {SURELY_LOW}%{_known(day, label_weeks)}")
        )
    levels = alarms.alarms(seen, "KS of level", 0.2)
    shift = levels.index[levels & levels.shift(-1, fill_value=False)][0]
    rows.append((shift, "Would have rung: the mix of levels moves, KS over 0.2."))
    came = monitor.arrivals()
    for day, row in came[came["late"] & (came.index >= monitor.FIRST_CHANGE)].iterrows():
        rows.append((row["raised"], f"Would have rung: no data for more than {monitor.LATE} days."))
        rows.append((day, f"Data again: {row['adverts']:,.0f} adverts at once."))
    table = pd.DataFrame(rows, columns=["day", "event"]).sort_values("day", kind="stable", ignore_index=True)
    return table.assign(day=table["day"].dt.strftime("%Y-%m-%d"))


def _known(day, label_weeks):
    return f" (pay known on {day + pd.Timedelta(weeks=label_weeks):%Y-%m-%d})."


def direction(model, live):
    """Say on which side the midpoints fell that a range missed, before and after the change.

    Parameters
    ----------
    model : object with a method ``predict``
    live : pandas.DataFrame
        See :func:`helpers.monitor.watch`.

    Returns
    -------
    pandas.DataFrame
        ``below the range`` and ``above the range``, % of the adverts.
    """
    ranges, midpoint = model.predict(live), live["midpoint"]
    sides = pd.DataFrame(
        {"below the range": midpoint < ranges[:, 0], "above the range": midpoint > ranges[:, -1]}
    )
    after = (live["arrived"] >= monitor.FIRST_CHANGE).map(
        {False: f"before {monitor.spelled(monitor.FIRST_CHANGE)}", True: "from then on"}
    )
    weighted = sides.mul(live["weight"], axis=0).groupby(after).sum()
    return 100 * weighted.div(live["weight"].groupby(after).sum(), axis=0)


def report(parts, seen, picture):
    """Build the post-mortem.

    Parameters
    ----------
    parts : dict of str to str
        Keys of :data:`PARTS`; one left out or empty stands as "to be written".
    seen : pandas.DataFrame
        See :func:`helpers.monitor.watch`.
    picture : matplotlib.figure.Figure
        That shows the incident.

    Returns
    -------
    helpers.document.Document

    Raises
    ------
    helpers.document.DocumentError
        If `parts` has a name that the post-mortem does not.
    """
    change = pd.Timestamp(monitor.FIRST_CHANGE)
    quiet, after = seen[seen.index < change], seen[seen.index >= change]
    facts = [
        f"{name} ({monitor.spelled(part.index[0])} to {monitor.spelled(part.index[-1])}): {np.average(part['coverage'], weights=part['adverts']):.0f}% of {part['adverts'].sum():,} "
        "midpoints within the range (80% promised)"
        for name, part in (("Before", quiet), ("From then on", after))
    ]
    blocks = [Section("Timeline"), Table(timeline(seen), "Computed from the weekly arrivals")]
    blocks += written(parts, PARTS, "post-mortem")
    blocks += [Section("Measured"), Bullets(facts), Picture(picture, charts.title_of(picture))]
    return Document(
        title="Post-mortem: the ranges of summer 2024",
        note="Blameless: it asks what let this happen, not who did it.",
        blocks=blocks,
    )
