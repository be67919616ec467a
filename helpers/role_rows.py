"""Charts with one named row an entry, in which one role stands out in its colour and the others are grey."""

from helpers import charts
from helpers import evidence_tables as evidence
from helpers.roles import ROLES

_GREY = "#767676"  # dark enough to read as text


def blank(labels, mine, role, each=0.52, above=0.47):
    """Make axes with one named row an entry, the first on top.

    Parameters
    ----------
    labels : list of str
        Names of the rows; a name may have two lines.
    mine : list of bool
        Which rows belong to the role: their names stand in its colour.
    role : str
    each, above : float
        Height of a row, and room over the axes, in inches.

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes
    """
    height = 0.78 + above + each * len(labels)
    longest = max(len(line) for label in labels for line in label.split("\n"))
    figure, axes = charts.blank(
        height, left=0.035 + 0.0092 * longest, bottom=0.78 / height, top=1 - above / height
    )
    axes.set_yticks(range(len(labels)), labels)
    for label, own in zip(axes.get_yticklabels(), mine, strict=True):
        label.set_color(charts.ROLE_STYLE[role]["color"] if own else _GREY)
        label.set_fontweight("bold" if own else "normal")
    axes.set_ylim(len(labels) - 0.45, -0.6)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    return figure, axes


def compare(table, by, order, role, n, names=None):
    """Draw shares of several categories: the role's with their intervals, the others' as markers in grey.

    A role with fewer than `helpers.evidence.TOO_FEW` people or adverts gets hollow markers, and the legend says so.

    Parameters
    ----------
    table : pandas.DataFrame
        Long: ``role``, ``share``, ``share_low``, ``share_high`` (percent), and the column `by`.
    by : str
        Column of the categories.
    order : list of str
        Categories to draw, from the top.
    role : str
    n : pandas.Series of int
        Role to number of people or adverts.
    names : dict of str to str, optional
        Role to its name in the legend, where that differs.

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes
    """
    names = names or {}
    figure, axes = blank(order, [False] * len(order), role, each=0.36, above=0.72)
    axes.tick_params(axis="y", pad=10)  # a marker at zero must not touch the name of its row
    for label in axes.get_yticklabels():
        label.set_color("#333333")
    for other in [name for name in ROLES if name in n.index and name != role] + [role]:
        own, few = other == role, n[other] < evidence.TOO_FEW
        rows = table[(table["role"] == other)].set_index(by).loc[order]
        places, color = range(len(order)), colour(role, own)
        if own:
            axes.hlines(places, rows["share_low"], rows["share_high"], color=color, linewidth=7, alpha=0.35)
        axes.plot(
            rows["share"],
            places,
            linestyle="",
            marker=charts.ROLE_STYLE[other]["marker"],
            markersize=8 if own else 6.5,
            color=color,
            markerfacecolor="white" if few else color,
            alpha=1 if own else 0.7,
            clip_on=False,
            label=f"{names.get(other, other)} (n = {n[other]:,}{', too few' if few else ''})",
        )
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles[::-1],
        labels[::-1],
        loc="upper left",
        bbox_to_anchor=(0, 1 - 0.36 / figure.get_figheight()),
        ncols=len(handles),
        fontsize=8.5,
        handletextpad=0.1,
        columnspacing=1,
    )
    axes.set_xlim(0, None)
    return figure, axes


def dot(axes, role, own, value, place, words):
    """Mark a value, with words above it."""
    axes.plot(value, place, charts.ROLE_STYLE[role]["marker"], color=colour(role, own), markersize=8)
    axes.annotate(
        words,
        (value, place),
        (0, 8),
        textcoords="offset points",
        ha="center",
        color=colour(role, own),
        fontsize=9.5,
        fontweight="bold" if own else "normal",
    )


def colour(role, own):
    """str: the colour of the role, or grey for what is not its own."""
    return charts.ROLE_STYLE[role]["color"] if own else _GREY
