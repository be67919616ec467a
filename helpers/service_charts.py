"""Charts of the service: its design, its candidates and its times.

Pictures that show times measured a moment ago say only in words what holds on every machine.
"""

import math

import matplotlib.patches
import numpy as np

from helpers import charts, sizing, tables

_STYLE = {
    "handed over": ("#555555", "v"),
    "linear": ("#0072B2", "o"),
    "boosting": ("#009E73", "^"),
    "neighbours": ("#D55E00", "s"),
}
_LIVE = "Measured a moment ago on this machine; times differ from run to run."

CORE_MS, PROCESS_MB, CHECK_HOURS = 2, 200, 1
"""What a design assumes before anything is measured: milliseconds of a core for a request, MB of a process, and
hours of a person for the checks of a newly trained model."""


def processes_for(requests_a_second, p99_ms, core_ms=CORE_MS):
    """int: the fewest processes with which 99 in 100 answers come in time; see :func:`helpers.sizing.replicas`.

    Parameters
    ----------
    requests_a_second, p99_ms, core_ms : float
        `core_ms` is what one request keeps a process busy; what is left of `p99_ms` it may wait.
    """
    return sizing.replicas(requests_a_second, core_ms / 1000, max(p99_ms - core_ms, 0) / 1000)


def design(requests_a_second=200, p99=20, memory=500, oldest_model=30):
    """Draw the parts of the service and what the requirements make of them.

    Parameters
    ----------
    requests_a_second, p99, memory, oldest_model : int
        What is asked for: load, milliseconds within which 99 in 100 answers come, MB in all, and days.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    charts.NoPicture
        If one answer alone takes longer than is allowed.
    """
    if p99 <= CORE_MS:
        raise charts.NoPicture(
            f"One answer alone takes about {CORE_MS} ms of a core, and no number of processes makes it shorter: "
            "allow more than that."
        )
    least = math.floor(requests_a_second * CORE_MS / 1000) + 1
    processes = processes_for(requests_a_second, p99)
    needed = processes * PROCESS_MB
    verdict = "it fits" if needed <= memory else "too much"
    trainings = math.ceil(365 / oldest_model)
    hours = trainings * CHECK_HOURS
    count = f"{processes} process{'es' * (processes > 1)}"
    figure, axes = charts.blank(4.0, left=0.02, right=0.98, bottom=0.1)
    axes.set_axis_off()
    axes.set(xlim=(0, 100), ylim=(0, 60))
    _box(axes, 1, 34, 16, "job board,\nperson, file", "#eeeeee")
    _box(axes, 25, 34, 16, "door: schema,\nlimits", "#dcebf7")
    _box(axes, 49, 34, 25, f"model as ONNX: {count}\n(load alone: {least})", "#d5efe6")
    _box(axes, 82, 34, 17, "range and\nits basis", "#eeeeee")
    _box(axes, 25, 7, 16, "counts and\ntimes", "#f5e4ee")
    _box(axes, 49, 7, 25, f"learn again: {trainings} times a\nyear, {hours} hours of checks", "#fbe6d8")
    _box(axes, 82, 7, 17, "golden cases,\nparity", "#fbe6d8")
    for start, end in (((17, 41), (25, 41)), ((41, 41), (49, 41)), ((74, 41), (82, 41)), ((33, 34), (33, 21)),
                       ((74, 14), (82, 14)), ((86, 21), (70, 34))):  # fmt: skip
        axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": "#333333", "linewidth": 1.4})
    axes.text(21, 52, f"{requests_a_second:,} a second", ha="center", fontsize=9.5)
    axes.text(61.5, 52, f"{needed:,} of {memory:,} MB", ha="center", fontsize=9.5)
    axes.text(90.5, 52, f"99% in {p99} ms", ha="center", fontsize=9.5)
    sentence = (
        f"{requests_a_second:,} requests a second at {CORE_MS} ms of a core each keep at least {least} "
        f"process{'es' * (least > 1)} going; for 99 in 100 answers within {p99} ms it takes {processes}. They use "
        f"{needed:,} MB of {memory:,}: {verdict}. A model no older than {oldest_model} day{'s' * (oldest_model > 1)} is "
        f"{trainings} trainings a year, with {hours} hours of checks. A request passes the door (schema, limits) and "
        "the model, and is counted; a new model goes in only through golden cases and parity."
    )
    source = (
        f"Assumed, to be measured in part 4: {CORE_MS} ms of a core a request, {PROCESS_MB} MB a process; "
        f"{CHECK_HOURS} hour of checks a training. Queue: Erlang C."
    )
    title = (
        f"{requests_a_second:,} a second in {p99} ms: {count}, {needed:,} of {memory:,} MB ({verdict}), "
        f"{trainings} trainings"
    )
    return charts.finish(figure, title, source, sentence)


def _box(axes, x, y, width, text, color):
    axes.add_patch(
        matplotlib.patches.FancyBboxPatch(
            (x, y),
            width,
            14,
            boxstyle="round,pad=0.2,rounding_size=1.2",
            facecolor=color,
            edgecolor="#333333",
        )
    )
    axes.text(x + width / 2, y + 7, text, ha="center", va="center", fontsize=9.5)


def bars(values, title, sentence, unit):
    """Draw live measurements as bars, largest at the top, each with its number.

    Parameters
    ----------
    values : dict of str to float
    title, sentence : str
        Without numbers: see the module.
    unit : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    ordered = sorted(values.items(), key=lambda pair: pair[1])
    height = 1.5 + 0.42 * len(ordered)
    figure, axes = charts.blank(height, left=0.27, bottom=0.72 / height, top=1 - 0.5 / height, right=0.9)
    axes.grid(axis="y", visible=False)
    axes.barh(range(len(ordered)), [value for _, value in ordered], color="#009E73", height=0.55)
    axes.set_yticks(range(len(ordered)), [name for name, _ in ordered])
    for place, (_, value) in enumerate(ordered):
        axes.annotate(f"{value:,.0f}", (value, place), (5, 0), textcoords="offset points", va="center")
    axes.set_xlabel(unit)
    return charts.finish(figure, title, _LIVE, sentence)


def trials(table):
    """Draw every trial of a search: its loss, its family, and whether it was cut short.

    Parameters
    ----------
    table : pandas.DataFrame
        ``family``, ``loss`` and ``pruned``, in order.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = charts.blank(3.9, right=0.8, bottom=0.21)
    for family, rows in table.groupby("family", sort=False):
        color, marker = _STYLE[family]
        for pruned, part in rows.groupby("pruned"):
            axes.plot(
                part.index + 1, part["loss"], marker, color=color, markersize=8,
                markerfacecolor="white" if pruned else color, label=family if not pruned else None,
            )  # fmt: skip
    best = table[~table["pruned"]]["loss"].idxmin()
    axes.axhline(table["loss"][best], color="#888888", linewidth=1)
    axes.set(xlabel="Trial", ylabel="Pinball loss (lower is better)")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    cut = int(table["pruned"].sum())
    name = table["family"][best]
    sentence = (
        f"Of {len(table)} trials, {cut} were cut short after the first fold (hollow). The lowest loss, "
        f"{table['loss'][best]:.2f}, came in trial {best + 1} from the {name} family; the grey line marks it."
    )
    return charts.finish(
        figure, f"The lowest loss comes from the {name} family", tables.cite("pay_ranges"), sentence
    )


def pareto(measured):
    """Draw loss against the time for one advert, and against the size of the file.

    Parameters
    ----------
    measured : pandas.DataFrame
        See :func:`helpers.search.measure`; indexed by names of :data:`_STYLE`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, first = charts.blank(4.4)
    first.remove()
    panels = figure.subplots(1, 2, sharey=True)
    figure.subplots_adjust(left=0.09, right=0.98, top=0.88, bottom=0.3, wspace=0.06)
    files = measured[measured["converts"]]
    for axes, column, unit, rows in (
        (panels[0], "microseconds", "Microseconds for one advert (each step: ten times)", measured),
        (panels[1], "kB", "Size of the file, kB", files),
    ):
        for name, row in rows.iterrows():
            color, marker = _STYLE[name]
            axes.plot(row[column], row.loss, marker, color=color, markersize=10, label=name, alpha=0.85,
                      markerfacecolor=color if row.converts else "white")  # fmt: skip
        axes.margins(x=0.12, y=0.15)
        axes.set_xlabel(unit)
    panels[0].set_xscale("log")
    _plain_numbers(panels[0])
    panels[1].set_xlim(left=0)
    panels[0].set_ylabel("Pinball loss (lower is better)")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="lower center", ncols=len(measured), frameon=False,
                  bbox_to_anchor=(0.53, 0.055))  # fmt: skip
    sizes = ", ".join(f"{name} {row.loss:.2f} and {row.kB:.0f} kB" for name, row in files.iterrows())
    stays = ", ".join(f"{name} {row.loss:.2f}" for name, row in measured.drop(files.index).iterrows())
    sentence = (
        f"Loss and size of those that convert to ONNX (filled): {sizes}. What stays in Python (hollow) has no file "
        f"and is by far the slowest: {stays}. Down and to the left is better."
    )
    best = measured["loss"].astype(float).idxmin()
    smallest = files["kB"].astype(float).idxmin()
    title = (
        f"{best.capitalize()} has the lowest loss and the smallest file"
        if best == smallest
        else f"{best.capitalize()} has the lowest loss, {smallest} the smallest file"
    )
    return charts.finish(figure, title, _LIVE, sentence)


def _plain_numbers(axes):
    axes.minorticks_off()
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}")


def latencies(loads):
    """Draw the times of all answers: one row an engine, one column a number of connections.

    Parameters
    ----------
    loads : dict of str to list of helpers.load_test.Load
        By engine, as many for each.

    Returns
    -------
    matplotlib.figure.Figure
    """
    columns = len(next(iter(loads.values())))
    figure, first = charts.blank(4.6)
    first.remove()
    grid = figure.subplots(len(loads), columns, squeeze=False, sharex=True)
    figure.subplots_adjust(left=0.09, right=0.98, top=0.83, bottom=0.17, hspace=0.45, wspace=0.14)
    low = min(load.milliseconds.min() for row in loads.values() for load in row)
    high = max(load.milliseconds.max() for row in loads.values() for load in row)
    bins = np.geomspace(low, high, 30)
    for (engine, row), line in zip(loads.items(), grid, strict=True):
        line[0].set_ylabel(engine)
        for load, axes in zip(row, line, strict=True):
            axes.hist(load.milliseconds, bins, color="#009E73" if engine == "ONNX" else "#0072B2")
            tail, name = (99, "p99") if len(load.milliseconds) >= 100 else (100, "slowest")
            axes.axvline(load.percentile(tail), color="#B3400A", linestyle="--", linewidth=1.2)
            axes.set_xscale("log")
            _plain_numbers(axes)
            axes.set_yticks([])
            axes.set_title(
                f"{load.connections} connection{'s' * (load.connections > 1)}, {load.a_second:,.0f} a second\n"
                f"half in {load.percentile(50):.1f} ms, {name} {load.percentile(tail):.0f} ms",
                fontsize=9,
                fontweight="normal",
            )
    grid[-1][columns // 2].set_xlabel("Milliseconds to the answer, each ten times the last")
    sentence = (
        "Each panel is a histogram of the times to an answer; the dashed line is p99, or the slowest where fewer than 100 were asked. From left to right more "
        "connections ask at once, and everybody waits longer; the lower row, ONNX, lies further left than the "
        "upper one, scikit-learn."
    )
    return charts.finish(
        figure, "Once the service is busy, more connections only wait longer", _LIVE, sentence
    )


def confront(core_ms, process_mb):
    """Draw what the design assumed beside what was measured, and what each makes of the number of processes.

    Parameters
    ----------
    core_ms, process_mb : float
        Measured: milliseconds of a core for one request, MB of one process.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, first = charts.blank(2.6)
    first.remove()
    panels = figure.subplots(1, 3)
    figure.subplots_adjust(left=0.11, right=0.97, top=0.72, bottom=0.16, wspace=0.3)
    processes = [processes_for(2_000, 5, ms) for ms in (CORE_MS, core_ms)]
    for axes, what, values in zip(
        panels,
        ("Core time a request, ms", "Memory of a process, MB", "Processes for 2,000 a second,\n99% in 5 ms"),
        ((CORE_MS, core_ms), (PROCESS_MB, process_mb), processes),
        strict=True,
    ):
        axes.barh([1, 0], values, color=["#bbbbbb", "#009E73"], height=0.6)
        axes.set_yticks([1, 0], ["assumed", "measured"] if axes is panels[0] else ["", ""])
        axes.set_title(what, fontsize=9, fontweight="normal")
        axes.set_xticks([])
        axes.set_xlim(0, 1.3 * max(values))
        axes.grid(visible=False)
        for place, value in zip([1, 0], values, strict=True):
            axes.annotate(f"{value:,.3g}", (value, place), (4, 0), textcoords="offset points", va="center")
    sentence = (
        "Grey bars: what the design assumed for the core time of a request and the memory of a process, and the number "
        "of processes that follows. Green bars: the same from the service that just ran on this machine."
    )
    return charts.finish(figure, "What was assumed, and what the service really used", _LIVE, sentence)
