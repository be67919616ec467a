"""Charts of the design of the service: what is asked for, what was assumed, and what was measured.

Pictures of what was measured a moment ago say only in words what holds on every machine.
"""

import math
import numbers

import matplotlib.patches

from helpers import charts, sizing
from helpers.service_charts import LIVE

CORE_MS, PROCESS_MB, CHECK_HOURS = 2, 200, 1
"""What a design assumes before anything is measured: milliseconds of a core for a request, MB of a process, and
hours of a person for the checks of a newly trained model."""

LIMITS = {"a_second": 10_000, "p99_ms": 10_000, "mb": 1_000_000, "days": 3_650}
"""The four requirements, and the largest value of each that is looked at."""

_KEPT_UP = 0.95  # of the rate asked for


def processes_for(requests_a_second, p99_ms, core_ms=CORE_MS):
    """int: the fewest processes with which 99 in 100 answers come in time; see :func:`helpers.sizing.replicas`.

    Parameters
    ----------
    requests_a_second, p99_ms, core_ms : float
        `core_ms` is what one request keeps a process busy; what is left of `p99_ms` it may wait.
    """
    return sizing.replicas(requests_a_second, core_ms / 1000, max(p99_ms - core_ms, 0) / 1000)


def check_requirements(requirements):
    """Return the requirements, or say what is wrong with them.

    Parameters
    ----------
    requirements : dict of str to float
        One number above zero for each of :data:`LIMITS`.

    Raises
    ------
    ValueError
        One sentence that says what to write.
    """
    known = isinstance(requirements, dict) and set(requirements) == set(LIMITS)
    if not known or not all(_is_within(requirements[name], most) for name, most in LIMITS.items()):
        raise ValueError(
            "The requirements are four numbers above zero: "
            + ", ".join(f'"{name}" up to {most:,}' for name, most in LIMITS.items())
            + "."
        )
    return requirements


def _is_within(value, most):
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and 0 < value <= most


def design_for(requirements):
    """Return a function that draws the design, and what it can be asked: a panel that starts with the requirements.

    Parameters
    ----------
    requirements : dict of str to float
        See :func:`check_requirements`.

    Returns
    -------
    draw : callable
        :func:`design`, with the requirements as its defaults.
    choices : dict of str to dict
        By parameter, what is shown to what is used; for :func:`helpers.explore.explore`.
    """
    asked = check_requirements(requirements)

    def draw(
        requests_a_second=asked["a_second"],
        p99=asked["p99_ms"],
        memory=asked["mb"],
        oldest_model=asked["days"],
    ):
        return design(requests_a_second, p99, memory, oldest_model)

    def choices(name, unit, *others):
        return {
            f"{value:,g}{unit}{'s' * (unit == ' day' and value != 1)}": value
            for value in sorted({asked[name], *others})
        }

    return draw, {
        "requests_a_second": choices("a_second", "", 10, 50, 200, 500, 2000),
        "p99": choices("p99_ms", " ms", 2, 3, 5, 20, 100),
        "memory": choices("mb", " MB", 250, 500, 1000, 4000),
        "oldest_model": choices("days", " day", 1, 7, 30, 90),
    }


def design(requests_a_second, p99, memory, oldest_model):
    """Draw the parts of the service and what the requirements make of them.

    Parameters
    ----------
    requests_a_second, p99, memory, oldest_model : float
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
    trainings = max(round(365 / oldest_model), 1)
    count = f"{processes} process{'es' * (processes > 1)}"
    figure, axes = charts.blank(4.0, left=0.02, right=0.98, bottom=0.12)
    axes.set_axis_off()
    axes.set(xlim=(0, 100), ylim=(0, 60))
    _box(axes, 1, 34, 16, "job board,\nperson, file", "#eeeeee")
    _box(axes, 25, 34, 16, "door: schema,\nlimits", "#dcebf7")
    _box(axes, 49, 34, 25, f"model as ONNX: {count}\n(load alone: {least})", "#d5efe6")
    _box(axes, 82, 34, 17, "range and\nits basis", "#eeeeee")
    _box(axes, 25, 7, 16, "counts and\ntimes", "#f5e4ee")
    _box(axes, 49, 7, 25, f"learn again: about {trainings}\ntime{'s' * (trainings > 1)} a year", "#fbe6d8")
    _box(axes, 82, 7, 17, "golden cases,\nparity", "#fbe6d8")
    for start, end in (((17, 41), (25, 41)), ((41, 41), (49, 41)), ((74, 41), (82, 41)), ((33, 34), (33, 21)),
                       ((74, 14), (82, 14)), ((86, 21), (70, 34))):  # fmt: skip
        axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": "#333333", "linewidth": 1.4})
    axes.text(21, 52, f"{requests_a_second:,g} a second", ha="center", fontsize=9.5)
    axes.text(61.5, 52, f"{needed:,} of {memory:,g} MB", ha="center", fontsize=9.5)
    axes.text(90.5, 52, f"99% in {p99:g} ms", ha="center", fontsize=9.5)
    sentence = (
        f"{requests_a_second:,g} requests a second at about {CORE_MS} ms of a core each keep at least {least} "
        f"process{'es' * (least > 1)} going; for 99 in 100 answers within {p99:g} ms it takes {processes}, if requests "
        "come independently, all wait in one line and each process has a core. They use "
        f"{needed:,} MB of {memory:,g}: {verdict}. A model no older than {oldest_model:g} "
        f"day{'s' * (oldest_model != 1)} means about {trainings} training{'s' * (trainings > 1)} a year, each with a "
        "person's checks. A request passes the door (schema, limits) and the model, and is counted; a new model goes in "
        "only through golden cases and parity."
    )
    source = (
        f"Assumed: {CORE_MS} ms of a core a request, {PROCESS_MB} MB a process (both measured in part 4), a core each, "
        "independent requests, one line. Queue: Erlang C."
    )
    title = (
        f"{requests_a_second:,g} a second in {p99:g} ms: {count}, {needed:,} of {memory:,g} MB ({verdict}), "
        f"about {trainings} training{'s' * (trainings > 1)}"
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


def verdicts(requirements, load, process_mb, age):
    """Say for each requirement what was asked for, what was measured, and whether it is met.

    Parameters
    ----------
    requirements : dict of str to float
        See :func:`check_requirements`.
    load : helpers.load_test.Load
        Of :func:`helpers.load_test.at_rate`, at the rate that is required.
    process_mb : float
        Memory of the service.
    age : float
        Days between the last advert that the model learned from and the last one that there is.

    Returns
    -------
    list of tuple (str, float, float, bool)
        What, asked for, measured, met.
    """
    asked = check_requirements(requirements)
    slowest = load.percentile(99) if len(load.milliseconds) else math.inf
    return [
        (
            "Answers a second",
            asked["a_second"],
            load.a_second,
            not load.failed and load.a_second >= _KEPT_UP * asked["a_second"],
        ),
        ("99 in 100 answers within, ms", asked["p99_ms"], slowest, slowest <= asked["p99_ms"]),
        ("Memory, MB", asked["mb"], process_mb, process_mb <= asked["mb"]),
        ("Age of the model, days", asked["days"], age, age <= asked["days"]),
    ]


def compare(rows):
    """Draw each requirement beside what was measured, with the verdict in words.

    Parameters
    ----------
    rows : list of tuple
        See :func:`verdicts`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, first = charts.blank(3.7)
    first.remove()
    panels = figure.subplots(2, 2)
    figure.subplots_adjust(left=0.12, right=0.97, top=0.79, bottom=0.1, wspace=0.3, hspace=0.75)
    for axes, (what, asked, found, met) in zip(panels.flat, rows, strict=True):
        _pair(axes, ("asked for", "measured"), (asked, found))
        axes.set_title(f"{what}: {'met' if met else 'not met'}", fontsize=10)
    sentence = (
        "One panel a requirement, with its verdict in words: the grey bar is what was asked for, the green one what was "
        "measured. Answers a second must reach the grey bar, the others must not pass it. The times count from "
        "when each request was due; the age runs from the last advert that the model learned from to the last there is."
    )
    return charts.finish(figure, "Your requirements, and what this service does", LIVE, sentence)


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
        _pair(axes, ("assumed", "measured") if axes is panels[0] else ("", ""), values)
        axes.set_title(what, fontsize=9, fontweight="normal")
    sentence = (
        "Grey bars: what the design assumed for the core time of a request and the memory of a process, and the number "
        "of processes that follows. Green bars: the same from the service that just ran on this machine."
    )
    return charts.finish(figure, "What was assumed, and what the service really used", LIVE, sentence)


def _pair(axes, names, values):
    """A grey bar above a green one, each with its number."""
    shown = [value if math.isfinite(value) else 0 for value in values]
    axes.barh([1, 0], shown, color=["#bbbbbb", "#009E73"], height=0.6)
    axes.set_yticks([1, 0], names)
    axes.set_xticks([])
    axes.set_xlim(0, 1.3 * max(shown))
    axes.grid(visible=False)
    for place, bar, value in zip([1, 0], shown, values, strict=True):
        text = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
        axes.annotate(
            text if math.isfinite(value) else "no answer",
            (bar, place),
            (4, 0),
            textcoords="offset points",
            va="center",
        )
