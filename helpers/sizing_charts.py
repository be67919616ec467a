"""Chart of sizing: waits and price by number of replicas, for a service that was measured a moment ago."""

import math

import numpy as np

from helpers import charts, sizing

_SHOWN = 5  # numbers of replicas


def waits(need, rate=500, longest_wait=0.01):
    """Draw how long requests wait, and what it costs, by number of replicas.

    The title and the sentence hold on every machine; the measured figures stand in the picture only.

    Parameters
    ----------
    need : helpers.sizing.Need
    rate : float
        Requests a second.
    longest_wait : float
        Seconds that 99 in 100 requests may wait.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = charts.blank(4.0, bottom=0.27)
    enough = sizing.replicas(rate, need.seconds, longest_wait)
    servers = max(1, enough - 2) + np.arange(_SHOWN)
    waited = np.array([1000 * sizing.slowest_wait(rate, need.seconds, number) for number in servers])
    known = np.isfinite(waited)
    top = max(1.6 * 1000 * longest_wait, 1.3 * max(waited[known]))
    good = servers >= enough
    axes.bar(servers[known], waited[known], 0.55, color=np.where(good, charts.UP, charts.FLAT)[known])
    axes.bar(servers[~known], top, 0.55, color="#dddddd", hatch="//", edgecolor="#999999")
    for number, wait in zip(servers, waited, strict=True):
        said = f"{wait:.1f} ms" if math.isfinite(wait) else "without end"
        axes.annotate(
            said, (number, min(wait, 0.93 * top)), (0, 4), textcoords="offset points", ha="center", fontsize=9
        )
    axes.axhline(1000 * longest_wait, color=charts.DOWN, linewidth=1.2, linestyle="--")
    axes.annotate(
        "allowed",
        (servers[-1] + 0.6, 1000 * longest_wait),
        (0, 4),
        textcoords="offset points",
        ha="right",
        color=charts.DOWN,
        fontsize=9,
    )
    axes.set_ylim(0, top)
    axes.set_xlim(servers[0] - 0.6, servers[-1] + 0.6)
    labels = [f"{number}\n{sizing.cost_a_month(number):.0f} USD" for number in servers]
    axes.set_xticks(servers, labels)
    axes.set_xlabel(
        f"Replicas of {sizing.CORES} core and {sizing.GIGABYTES} GB, and their price a month", labelpad=6
    )
    axes.xaxis.set_label_coords(0.5, -0.24)
    axes.set_ylabel("Milliseconds")
    axes.text(
        0.985,
        0.95,
        f"Measured: {1000 * need.seconds:.2f} ms of a core a request,\n{1000 * need.gigabytes:.0f} MB of memory a process",
        transform=axes.transAxes,
        ha="right",
        va="top",
        fontsize=9.5,
        bbox={"facecolor": "white", "edgecolor": "#bbbbbb", "boxstyle": "round,pad=0.4"},
    )
    title = f"What 99 in 100 requests wait at most, at {rate:g} requests a second"
    sentence = (
        f"Bars: the wait that 99 in 100 requests stay below, for several numbers of replicas; dashed: the limit of "
        f"{1000 * longest_wait:g} milliseconds. Each replica makes the wait shorter and costs "
        f"{sizing.cost_a_month(1):.0f} USD a month. The time of a core and the memory of a process were measured a "
        "moment ago on this machine and stand in the picture; they differ from run to run."
    )
    return charts.finish(figure, title, f"Load test on this machine; {sizing.PRICES_FROM}", sentence)
