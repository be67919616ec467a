"""Charts of the service: its candidates and its times.

Pictures that show times measured a moment ago say only in words what holds on every machine.
"""

import numpy as np

from helpers import charts, tables

_STYLE = {
    "handed over": ("#555555", "v"),
    "linear": ("#0072B2", "o"),
    "boosting": ("#009E73", "^"),
    "neighbours": ("#D55E00", "s"),
}
LIVE = "Measured a moment ago on this machine; times differ from run to run."


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
    return charts.finish(figure, title, LIVE, sentence)


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
    for axes, column, filled in (
        (panels[0], "as pipeline", False),
        (panels[0], "as ONNX", True),
        (panels[1], "kB", True),
    ):
        for name, row in measured.iterrows():
            color, marker = _STYLE[name]
            axes.plot(row[column], row.loss, marker, color=color, markersize=10, alpha=0.85,
                      label=name if column == "kB" else None, markerfacecolor=color if filled else "white")  # fmt: skip
        axes.margins(x=0.12, y=0.15)
    panels[0].set_xscale("log")
    _plain_numbers(panels[0])
    panels[0].set_xlabel("Microseconds for one advert (each step: ten times)")
    panels[1].set_xlabel("Size of the file, kB")
    panels[1].set_xlim(left=0)
    panels[0].set_ylabel("Pinball loss (lower is better)")
    figure.legend(*panels[1].get_legend_handles_labels(), loc="lower center", ncols=len(measured), frameon=False,
                  bbox_to_anchor=(0.53, 0.055))  # fmt: skip
    sizes = ", ".join(f"{name} {row.loss:.2f} and {row.kB:.0f} kB" for name, row in files.iterrows())
    stays = ", ".join(f"{name} {row.loss:.2f}" for name, row in measured.drop(files.index).iterrows())
    sentence = (
        "Hollow: as a scikit-learn pipeline; filled: as an ONNX file, far to the left of it, and only for those that "
        f"convert. Their loss and size: {sizes}. No file: {stays}. Down and to the left is better."
    )
    best = measured["loss"].astype(float).idxmin()
    smallest = files["kB"].astype(float).idxmin()
    title = (
        f"{best.capitalize()} has the lowest loss and the smallest file"
        if best == smallest
        else f"{best.capitalize()} has the lowest loss, {smallest} the smallest file"
    )
    return charts.finish(figure, title, LIVE, sentence)


def _plain_numbers(axes):
    axes.minorticks_off()
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}")


def latencies(loads):
    """Draw the times of all answers: one row an engine, one column a number of connections.

    Parameters
    ----------
    loads : dict of str to list of helpers.load_test.Load
        By engine; those with fewer leave the last columns empty.

    Returns
    -------
    matplotlib.figure.Figure
    """
    columns = max(len(row) for row in loads.values())
    figure, first = charts.blank(4.9)
    first.remove()
    grid = figure.subplots(len(loads), columns, squeeze=False, sharex=True)
    figure.subplots_adjust(left=0.09, right=0.98, top=0.8, bottom=0.16, hspace=0.62, wspace=0.14)
    low = min(load.milliseconds.min() for row in loads.values() for load in row)
    high = max(load.milliseconds.max() for row in loads.values() for load in row)
    bins = np.geomspace(low, high, 30)
    for (engine, row), line in zip(loads.items(), grid, strict=True):
        line[0].set_ylabel(engine)
        for axes in line[len(row) :]:
            axes.set_axis_off()
        for load, axes in zip(row, line, strict=False):
            axes.hist(load.milliseconds, bins, color="#009E73" if engine == "ONNX" else "#0072B2")
            axes.axvline(load.percentile(90), color="#B3400A", linestyle="--", linewidth=1.2)
            axes.set_xscale("log")
            _plain_numbers(axes)
            axes.set_yticks([])
            busy = "" if np.isnan(load.busy) else f", core {100 * load.busy:.0f}% busy"
            axes.set_title(
                f"{load.connections} connection{'s' * (load.connections > 1)}, {load.a_second:,.0f} a second\n"
                f"half in {load.percentile(50):.1f} ms, 90% in {load.percentile(90):.0f} ms\n"
                f"{len(load.milliseconds):,} answers{busy}",
                fontsize=8.5,
                fontweight="normal",
            )
    grid[-1][columns // 2].set_xlabel("Milliseconds to the answer, each ten times the last")
    sentence = (
        "Each panel is a histogram of the times to an answer; nine in ten lie left of the dashed line. Above it stand "
        "the answers a second and how busy the core of the service was. From left to right more connections ask at once, "
        "and everybody waits longer; ONNX, in the lower row, lies further left than scikit-learn in the upper one."
    )
    return charts.finish(
        figure, "Eight times the callers: longer waits, not eight times the answers", LIVE, sentence
    )
