"""Notebook 12: the assumptions, the checkers, and two charts."""

import functools
import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import charts, check, tables

TEXTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def _likely(build):
    return {one["hint"]: (one["old"], one["new"]) for one in TEXTS["wrong"][build]}


@functools.lru_cache
def _wages():
    return tables.load("wages").query("area_type == 'nation' and year == year.max()").set_index("code")


def start(background):
    """Where somebody with this background of the profile begins, or with none: ``now``, an official US wage, and ``near``."""
    known = TEXTS["from"][background or "other"]
    return known | {"now": int(_wages().at[*known["now"]])}


def assumptions(background):
    """DataFrame by path and assumption: ``low``, ``high``, ``source``; what begins with "guess" has none."""
    ends = start(background)["pay"]
    part = " to ".join(TEXTS["ends"][end] for end in ends)
    pay = [int(_wages().at["15-2051", end]) for end in ends]
    pay.append(f"guess: {part} of data scientists, official US wages, May 2025")
    rows = {}
    for path, known in TEXTS["paths"].items():
        rows |= {(path, name): values for name, values in known.items()} | {(path, "pay"): pay}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["low", "high", "source"])
    return table.set_index(pd.MultiIndex.from_tuples(table.index, names=["path", "assumption"]))


def yours(background, mine, first, second, years):
    """The assumptions with the learner's own rows in their place, of a path or of "all"; ValueError for what cannot be meant."""
    table = assumptions(background)
    if len({first, second} & (paths := dict.fromkeys(table.index.unique("path"))).keys()) < 2:
        raise ValueError(f"Choose two different paths of these: {', '.join(paths)}.")
    for row, values in mine.items():
        try:
            low, high, source = values
            most = 1 if row[1] in ("kept", "finishing", "landing") else np.inf
            rows = [(path, row[1]) for path in paths] if row[0] == "all" else [row]
            if not {*rows} <= {*table.index} or not 0 <= low <= high <= most:
                raise ValueError
        except (TypeError, ValueError):
            raise ValueError(f"{row}: {TEXTS['mine']}") from None
        table.loc[rows, :] = [low, high, str(source)]
    if years <= (longest := table["high"].unstack()[["months", "search"]].sum(axis=1).max() / 12):
        raise ValueError(f"Give more years: the longest path takes up to {longest:.1f}.")
    return table


def _range(name, low, high):
    form = "{:,.0f}" if name in ("fees", "months", "search", "pay") else "{:.0%}"
    return form.format(low) if low == high else f"{form.format(low)} to {form.format(high)}"


def readable(table):
    """The assumptions in words: ``range``, with a question mark behind each guess, and ``source``."""
    said = [_range(at[1], *two) + "\xa0?" * by.startswith("guess") for at, *two, by in table.itertuples()]
    return table.assign(range=said)[["range", "source"]]


@check.exercise('Replace the three dots with the letters of what the tables support, such as "ab".')
def supported(answer):
    """Which of five statements do the tables support?"""
    said = set(re.findall(r"[a-z]", re.sub(r"\band\b", "", "".join(map(str, answer)).lower())))
    if not said or said - set("abcde"):
        return check.wrong("Give one or more of the letters a to e.")
    for letter, hint in TEXTS["statements"].items():
        if (letter in said) != (letter in "ad"):
            return check.wrong(f"{letter}: {hint}")
    return check.right("Both say who is counted. The others say more than was counted.")


@check.exercise("Replace the three dots with a number from 0 to 100.")
def known_to_work(answer):
    """What is known of 100 who began, from a rate of those who answered."""
    hints = {float(number) if number != "other" else None: hint for number, hint in TEXTS["known"].items()}
    return check.judge_number(answer, 42, 0.5, TEXTS["reason"], hints, percent=True)


_PATH = {"fees": (9_000, 21_000), "months": (10, 30), "kept": (0, 0.3), "finishing": (0.5, 0.7), "landing": (0.4, 0.6), "search": (2, 12), "otherwise": (0.5, 0.8), "pay": (60_000, 120_000)}  # fmt: skip
_CASES = (
    (_PATH, 50_000, 7),
    (_PATH | {"kept": (1, 1), "fees": (200, 900), "finishing": (0.2, 0.4)}, 40_000, 6),
    (_PATH | {"fees": (60_000, 90_000), "landing": (1, 1), "kept": (0.8, 0.9)}, 100_000, 5),
    (_PATH | {"finishing": (0, 0), "kept": (0, 0)}, 30_000, 10),
    (_PATH | {"landing": (0.2, 0.4), "search": (10, 24), "otherwise": (1, 1.2)}, 60_000, 8),
)
_PLACES = np.linspace(0.02, 0.98, 49)


def _spread(function):
    """For each case quantiles of the gain, quantiles of the months of who landed, and their share."""
    found = []
    for path, *rest in _CASES:
        table = function(dict(path), *rest, np.random.default_rng(5))
        gain, months = (np.asarray(table[name], float) for name in ("gain", "months"))
        landed = months[~np.isnan(months)]
        in_months = np.quantile(landed, _PLACES) if len(landed) else np.zeros(len(_PLACES))
        found.append((np.quantile(gain, _PLACES), in_months, len(landed) / len(months)))
    return found


def _far(found, other, ours):
    """For each case, how far apart two sets of lives lie beside how much ours vary; luck alone makes about 0.05."""
    gaps = []
    for (gain, months, landed), two, (usual, *_) in zip(found, other, ours, strict=True):
        apart = np.abs(gain - two[0]).mean() / max(np.std(usual), np.std(two[0]))
        gaps.append(np.max([apart, np.abs(months - two[1]).mean() / 10, 2 * abs(landed - two[2])]))
    return gaps


@check.build("Write lives(path, now, years, random, n): gain and months of n lives.", wrong=_likely("lives"))
def lives(piece, ours, wrong):
    """Paths full time and beside a job, dear and cheap, on which nobody finishes, or who finishes lands."""
    found, wanted = _spread(piece), _spread(ours)
    if max(gaps := _far(found, wanted, wanted)) <= 0.12:
        return check.right("Luck alone makes the rest of the difference to ours.")
    far = {hint: max(_far(found, _spread(version), wanted)) for hint, version in wrong}
    if min(far.values()) <= 0.12:
        return check.wrong(min(far, key=far.get))
    worst = int(np.argmax(gaps))
    told = [f"{one[worst][0].mean():,.0f} dollars, and {one[worst][2]:.0%} land" for one in (found, wanted)]
    return check.wrong(f"For `lives({', '.join(map(str, _CASES[worst]))}, …)` the mean gain is {told[0]}. It should be near {told[1]}.")  # fmt: skip


def _score(weights, values):
    a, b, *others = values.values()
    return float(np.dot(weights, [a, b, *others]) + a * b * sum(weights) + weights[0] * (others[0] - 4) ** 2)


@check.build("Write deciders(score, ranges): what decides most stands first.", wrong=_likely("deciders"))
def deciders(piece, ours, wrong):
    """Scores that rise and fall, with assumptions that work together, ties, and ranges of no width."""
    random, cases = np.random.default_rng(0), []
    for _ in range(5):
        low, wide, weights = random.integers([1, 0, -4], [9, 5, 5], (5, 3)).T
        ranges = {name: (int(one), int(one + more)) for name, one, more in zip("abcde", low, wide, strict=True)}  # fmt: skip
        cases.append((functools.partial(_score, weights), ranges))
    cases.append((functools.partial(_score, np.array([0, 0, 2, -2, 1])), dict.fromkeys("abcde", (0, 1))))
    bent = dict.fromkeys("abcde", (1, 1)) | {"c": (2, 6), "d": (0, 1)}  # the same at both ends, not between
    cases.append((functools.partial(_score, np.array([3, 0, 0, 1, 0])), bent))
    return check.judge_function(piece, ours, cases, wrong, "What decides is where to find out more.")


@check.exercise("Put your own words in the place of each line with the pencil.")
def my_path(answer):
    """The learner's own comparison; its chance must be the computed one."""
    text, chance, low, high, first, second, decider = answer
    text = re.sub(r"(\d)(?= ?(?:to|and|[-\u2013]) ?\d[\d.]* ?(?:%|percent))", r"\1%", str(text)[:50_000])
    points = {f"names the path: {name}": re.escape(str(name)) for name in (first, second)} | TEXTS["my_path"]
    points["names the assumption that decides"] = TEXTS["named"][decider.rpartition(": ")[2]]
    return check.written(text, points, {"chance": chance, "low end": low, "high end": high})


def draw_paths(both, years):
    """Draw the gains of the lives on two paths, one above the other; `both` has a table of lives by path."""
    if len(both) < 2:
        raise LookupError("Choose two different paths.")
    gains = pd.DataFrame({path: table["gain"] / 1000 for path, table in both.items()})
    bins = np.linspace(*np.quantile(gains, (0.002, 0.998)), 60)
    figure, axes = charts.blank(4.6, top=0.46)
    upper = figure.add_axes((0.085, 0.56, 0.885, 0.29), sharex=axes)
    upper.tick_params(labelbottom=False)
    (first, second), lands = gains, []
    for place, (path, gain) in zip((upper, axes), gains.items(), strict=True):
        for kind, color in ((gain <= 0, charts.DOWN), (gain > 0, charts.UP)):
            place.stairs(*np.histogram(gain[kind].clip(bins[0], bins[-1]), bins), fill=True, color=color)
        place.axvline(gain.mean(), color="black", linestyle="--", linewidth=1)
        place.locator_params(axis="y", nbins=3)
        months, ahead = both[path]["months"], 100 * (gain > 0).mean()
        place.set_title(f"{path}: ahead of staying in {ahead:.0f} of 100 lives", loc="left", fontsize=10)
        half = f", half of these within {months.median():.0f} months" if months.notna().any() else ""
        lands.append(f"{path}: mean {gain.mean():+,.0f}, {100 * months.notna().mean():.0f} of 100 land{half}")
    axes.set(ylabel="Lives", xlabel=f"Gain over {years} years, thousand dollars (0: staying; dashed: mean)")
    title = f"{first.capitalize()} ends ahead of {second} in {100 * (gains[first] > gains[second]).mean():.0f} of 100 lives"
    said = f"Over {years} years, in thousand dollars: {'; '.join(lands)}."
    return charts.finish(figure, title, "Computed from assumptions, most of them guesses.", said)


def draw_deciders(ranked, ranges, unit):
    """Draw by how much each assumption moves the score: a line from its low end to the dot at its high end."""
    names = [f"{name}\n{_range(name.rpartition(': ')[2], *ranges[name])}" for name, *_ in ranked[:7]]
    table = pd.DataFrame([row[1:] for row in ranked[:7]], names, ["low", "high"])
    said = f"From {ranked[0][1]:,.0f} to {ranked[0][2]:,.0f}. The dot is where the assumption stands at its high end."
    words = {"title": f"What decides: {ranked[0][0]}", "sentence": said, "source": "Computed from the assumptions above, the others in the middle."}  # fmt: skip
    return charts.rows(table, unit=unit, value="high", thin=("low", "high"), **words)
