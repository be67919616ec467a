"""Notebook 06: what the other notebooks use, checkers, and a valley to walk in."""

import ast
import contextlib
import json
import pathlib
import re
import timeit
import tomllib

import numpy as np
import pandas as pd
from IPython.display import Markdown

from helpers import charts, check, course, tables

BANK = tomllib.loads(pathlib.Path(__file__).with_suffix(".toml").read_text("utf-8"))
_LABEL = {"fontsize": 8, "ha": "center", "va": "center", "backgroundcolor": "white", "clip_on": True}
JOBS = {one.number: one for one in course.SERIES if "_work_as_" in one.file}


def signs(source):
    """set of str: names in a piece of Python, and the kinds of its parts as :mod:`ast` calls them."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        names = (getattr(node, key, None) for key in ("id", "attr", "arg"))
        found |= {type(node).__name__, *names, isinstance(node, ast.Attribute) and ast.unparse(node)}
        found |= {key for key in ("annotation", "returns") if getattr(node, key, None)}
        if isinstance(getattr(node, "value", None), str):
            found |= {"SELECT"} & set(node.value.split())
    return {sign for sign in found if isinstance(sign, str)}


def uses():
    """DataFrame: a row for each idea of `nb06.toml` and each code cell of 02 to 05, solved, that uses it."""
    rows = []
    for number, job in JOBS.items():
        solved = dict(check.solutions(number).values())
        for place, cell in enumerate(json.loads(job.path.read_text("utf-8"))["cells"]):
            source = re.sub(r"\A%%.*\n", "", solved.get(place, "".join(cell["source"])))
            try:
                here = signs(source) if cell["cell_type"] == "code" else set()
            except SyntaxError:  # a file that is no Python
                continue
            link = f"[cell {cell['id'][3:]}]({job.path.name}#cell-id={cell['id']})"
            rows += [(name, number, link) for name, marks in BANK["idea"].items() if here & {*marks}]
    return pd.DataFrame(rows, columns=["idea", "notebook", "cell"])


def linked(found):
    """Markdown: for each idea and notebook how many cells use it, with links to the first two."""
    cells = found.groupby(["idea", "notebook"])["cell"].agg(lambda one: f"{len(one)}: {', '.join(one[:2])}")
    table = cells.unstack().reindex(index=list(BANK["idea"]), columns=list(JOBS)).fillna("none")
    head = " | ".join(["idea", *(f"{number} {job.title.split(' ', 3)[3]}" for number, job in JOBS.items())])
    rows = [" | ".join([name, *row]) for name, row in zip(table.index, table.to_numpy(), strict=True)]
    return Markdown("\n".join(f"| {line} |" for line in (head, "---|" * len(JOBS) + "---", *rows)))


def _mistakes(name):
    return [(one["hint"], eval(f"lambda a, b: {one['code']}", globals())) for one in BANK["wrong"][name]]


def _likely(name):
    return {one["hint"]: (one["old"], one["new"]) for one in BANK["wrong"][name]}


@check.exercise("Write the function `cosine`, then give it to the checker: `answer = cosine`.")
def similar(answer):
    """The cosine of counts of words, against scikit-learn's."""
    from sklearn.metrics.pairwise import cosine_similarity

    draw, cases = np.random.default_rng(6), [np.array([[1.0, 1, 0], [1, 0, 0]])]
    cases += [draw.integers(0, 4, (2, size)) + 1.0 * np.eye(2, size) for size in (3, 5, 8)]
    with contextlib.suppress(Exception):  # told below, with the case
        if answer(*cases[0]) is None:
            return check.Verdict("open", "Let `cosine` return a number.")
    told = _mistakes("similar"), "It agrees with scikit-learn. The direction counts, and the length does not."
    return check.judge_function(answer, lambda a, b: cosine_similarity([a], [b])[0, 0], cases, *told)


@check.build("Write descend(x, y, start, step, steps): the path, as a list of pairs.", _likely("descend"))
def descend(piece, ours, wrong):
    """Random lines, steps that arrive and steps that diverge, and no step at all."""
    draw, cases = np.random.default_rng(1), []
    for rows, step, steps in ((5, 0.1, 3), (40, 0.02, 20), (12, 0.4, 6), (7, 0.0, 2), (9, 0.1, 0)):
        x = draw.integers(0, 4, rows).astype(float)
        cases.append((x, 100 + 30 * x + draw.normal(0, 20, rows), (draw.uniform(0, 90), 5.0), step, steps))
    return check.judge_function(piece, ours, cases, wrong, "Each step goes down by `step` times the slope.")


@check.exercise("Replace the three dots with the chance in percent.")
def after_the_ring(answer):
    """Bayes' rule on figures of notebook 05, which the cell hands over."""
    chance, base, false = answer
    if chance is ... or chance is None:
        return check.Verdict("open", "Replace the three dots with the chance in percent.")
    real, noise, hint = base, (1 - base) * false, BANK["hint"]
    mistakes = {
        100: hint["turned"],
        100 * base: hint["base"],
        100 * false: hint["false"],
        100 * (1 - false): hint["quiet"],
        100 * real / noise: hint["odds"],
        None: hint["thousand"],
    }
    near = 0.5 if check.as_number(chance) in {0.06, *range(101)} else 0.08  # few digits, or enough
    return check.judge_number(chance, 100 * real / (real + noise), near, hint["rare"], mistakes, percent=True)


@check.build("Write bootstrap(values, statistic, rng, draws): the two ends.", _likely("bootstrap"))
def bootstrap(piece, ours, wrong):
    """Chance must not matter: ends are compared on average over eight samples, in widths of ours."""
    draw = np.random.default_rng(3)
    cases = [(draw.gamma(2, 30, size), kind) for size in (12, 25, 40, 60) for kind in (np.mean, np.median)]

    def ends(function, draws=1000):
        drawn = [function(one.copy(), kind, np.random.default_rng(8), draws) for one, kind in cases]
        return np.array(drawn, dtype=float).reshape(len(cases), -1)

    found, target = ends(piece, 4000), ends(ours, 4000)
    if found.shape != target.shape:
        return check.wrong("Two numbers are asked for, the low and the high end.")
    width = np.ptp(target, axis=1)[:, None]

    def near(one, other):
        return bool((np.abs(((one - other) / width).mean(axis=0)) < 0.05).all())

    if near(found, target) and (np.abs(found - target) < 0.5 * width).all():
        return check.right("The ends are where they should be, for the mean and for the median.")
    hint = next((hint for hint, version in wrong if near(ends(piece), ends(version))), None)
    told = "For a mean of twelve values it gives {:.1f} to {:.1f}, and should give about {:.1f} to {:.1f}."
    return check.wrong(hint or told.format(*found[0], *target[0]))


def _offers(seed):
    draw, sizes = np.random.default_rng(seed), [(2, 1), (4, 7), (9, 2), (0, 3), (3, 0), (1, 5)]
    return [tuple(draw.integers(20, 26, size) * 5.0 for size in pair) for pair in sizes]


def loop(first, second, tie=0.5):
    """What `pairs_won` is when it is mended; another `tie` is a mistake."""
    won = 0
    for one in first:
        for other in second:
            if one >= other:
                won += 1 if one > other else tie
    return won / (len(first) * len(second)) if len(first) and len(second) else float("nan")


@check.exercise("Mend the function, then give it to the checker: `answer = pairs_won`.")
def mended(answer):
    """By what it does, on cases that the tests do not show."""
    with contextlib.suppress(Exception):  # the cases tell
        if answer([1.0], [2.0]) is not None and answer([], [1.0]) is None:
            return check.wrong(BANK["hint"]["nobody"])
    cases = [[list(map(float, side)) for side in case] for case in _offers(4)]
    return check.judge_function(answer, loop, cases, _mistakes("mended"), "It passes hidden cases, too.")


@check.build("Write fast(first, second): as `pairs_won`, 200 times as fast.", _likely("fast"))
def fast(piece, ours, wrong):
    """First the answers, then the time. Both are run here, so that the machine does not matter."""
    cases, right = [case for seed in range(4) for case in _offers(seed)], "The same answers, far faster."
    verdict = check.judge_function(piece, loop, cases, wrong, right)
    many = np.random.default_rng(0).integers(20, 60, (2, 4000)) * 5.0
    # With 4,000 all pairs at once come out at 5 to 96 times the loop, sorting at 800 and more. A loop ends at 300.
    for size, enough in ((300, 1), (4000, 200)) if verdict.state == "right" else ():
        calls = (lambda: loop(*many[:, :500].tolist()), lambda size=size: piece(*many[:, :size]))
        slow, quick = (min(timeit.repeat(call, number=1, repeat=4)) for call in calls)
        if (factor := (size / 500) ** 2 * slow / quick) < enough:
            return check.wrong(f"{BANK['hint']['slow']} It is {factor:.3g} times as fast.")
    return verdict


def valley(x, y, descend):
    """Make the draw function of the first panel: the path of `descend` over the loss of all lines."""
    best, matrix = np.polyfit(x, y, 1)[::-1], np.array([[1, x.mean()], [x.mean(), (x * x).mean()]])
    turn, lowest = np.linspace(0, 2 * np.pi, 90), ((best[0] + best[1] * x - y) ** 2).mean()
    # Lines of the same loss form an ellipse, since the loss is a square.
    ellipse = np.linalg.inv(np.linalg.cholesky(matrix)).T @ [np.cos(turn), np.sin(turn)]

    def path(step_size=0.1, start=(60, 90)):
        way = np.array(descend(x, y, start, step_size, 100), dtype=float)
        figure, axes = charts.blank(4.4)
        for root in (60, 80, 110, 140):
            size = np.sqrt(root**2 - lowest)
            axes.plot(*(best[:, None] + size * ellipse), color="#8a8a8a", linewidth=0.8)
            axes.text(best[0], best[1] + size / np.sqrt(matrix[1, 1]), root, **_LABEL)
        left = [*(np.abs(way[:, 1] - 25) > 85), True].index(True)  # where the path leaves the picture
        axes.plot(*way[: left + 1].T, "o-", color=charts.DOWN, markersize=3, linewidth=1)
        axes.plot(*best, "x", color="black", markersize=11, markeredgewidth=2)
        axes.set(xlabel="Pay at entry level, thousand USD", ylabel="Rise with each level, thousand USD")
        axes.set(xlim=(40, 260), ylim=(-60, 110), xticks=range(50, 251, 50))
        before, off = (np.sqrt(one @ matrix @ one) for one in way[[0, -1]] - best)
        went = "has arrived" if off < 3 else "is still on its way" if off <= before else "has run away"
        said = f"After 100 steps the line {went}. Its answers are {off:,.1f} thousand USD off those of the cross."
        title = f"With a step size of {step_size} the line {went}"
        return charts.finish(figure, title, tables.cite("pay_ranges"), said)

    return path
