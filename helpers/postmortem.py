"""The post-mortem of notebook 05: the learner's words around a timeline that is computed."""

import numpy as np
import pandas as pd

from helpers import charts, monitor, pay
from helpers.document import Bullets, Document, Picture, Section, Table, Text

PARTS = {
    "summary": "What happened",
    "harm": "Who was harmed, and how much",
    "causes": "What let it happen",
    "good": "What went well, and where we were lucky",
    "actions": "What we change, who does it, and by when",
}
"""What the learner writes: name to heading. No part asks who was to blame."""

_BLANK = "(to be written)"


def timeline(seen, threshold=10):
    """Build the timeline of the summer of 2024: what happened, and when which alarm would have said so.

    Parameters
    ----------
    seen : pandas.DataFrame
        See :func:`helpers.monitor.watch`.
    threshold : float
        Of the signal ``"new titles"``, in %.

    Returns
    -------
    pandas.DataFrame
        Columns ``day`` (``YYYY-MM-DD``) and ``event``, in order.
    """
    rows = [(pd.Timestamp(day), f"Change: {what}.") for day, what in monitor.CHANGES.items()]
    titles = monitor.alarms(seen, "new titles", threshold)
    rows.append((titles.idxmax(), f"Alarm: more than {threshold:g}% of adverts have new titles."))
    low = seen["high"] < 80 - 5
    bad = seen.index[low & (seen.index >= monitor.FIRST_CHANGE)][0]
    rows.append((bad, f"Coverage {seen.loc[bad, 'coverage']:.0f}%: the whole interval lies below 75%."))
    came = monitor.arrivals()
    for day, row in came[came["late"] & (came.index >= monitor.FIRST_CHANGE)].iterrows():
        rows.append((row["raised"], f"Alarm: no data for more than {monitor.LATE} days."))
        rows.append((day, f"Data again: {row['adverts']:,.0f} adverts at once."))
    table = pd.DataFrame(rows, columns=["day", "event"]).sort_values("day", kind="stable", ignore_index=True)
    return table.assign(day=table["day"].dt.strftime("%Y-%m-%d"))


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
    helpers.pay.BadInput
        If `parts` has a name that the post-mortem does not.
    """
    unknown = [name for name in parts if name not in PARTS]
    if unknown:
        raise pay.BadInput(
            f"The post-mortem has no part {str(unknown[0])[:40]!r}: it has {', '.join(PARTS)}."
        )
    change = pd.Timestamp(monitor.FIRST_CHANGE)
    quiet, after = seen[seen.index < change], seen[seen.index >= change]
    facts = [
        f"{name}: {np.average(part['coverage'], weights=part['adverts']):.0f}% of {part['adverts'].sum():,} "
        "midpoints within the range (80% promised)"
        for name, part in (("July 2023 to mid-June 2024", quiet), ("From 23 June 2024", after))
    ]
    blocks = [Section("Timeline"), Table(timeline(seen), "Computed from the weekly arrivals")]
    for name, heading in PARTS.items():
        blocks += [Section(heading), Text(parts.get(name) or _BLANK)]
    blocks += [Section("Measured"), Bullets(facts), Picture(picture, charts.title_of(picture))]
    return Document(
        title="Post-mortem: the ranges of summer 2024",
        note="Blameless: it asks what let this happen, not who did it.",
        blocks=blocks,
    )
