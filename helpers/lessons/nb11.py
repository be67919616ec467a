"""Notebook 11: the checkers, and two charts to move."""

import functools
import re
import tomllib
from pathlib import Path

import numpy as np

from helpers import charts, check, portfolio, stats, tables

TEXTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
SOURCE = tables.cite("pay_ranges")
UNSURE, ACTION = TEXTS["words"]["unsure"], TEXTS["words"]["action"]


def _likely(build):
    return {one["hint"]: (one["old"], one["new"]) for one in TEXTS["wrong"][build]}


def difference(old, new):
    """How much the mean of `new` lies above that of `old`, as a 95% interval: low, high."""
    spread = np.sqrt(np.var(old, ddof=1) / len(old) + np.var(new, ddof=1) / len(new))
    middle = np.mean(new) - np.mean(old)
    return float(middle - stats.Z * spread), float(middle + stats.Z * spread)


@check.build(
    "Write best_threshold(signal, wrong, costs): the cheapest threshold and its cost.",
    wrong=_likely("best_threshold"),
)
def best_threshold(piece, ours, wrong):
    """Weeks that can be told apart and weeks that cannot, alarms that never pay, costs of any size."""
    costs, cases, random = {"hit": 600, "false alarm": 400, "missed": 2000}, [], np.random.default_rng(0)
    for seed in range(6):
        bad = random.random(24) < (0.35, 0.6)[seed % 2]
        signal = np.round(random.normal(np.where(bad, 26, 22), 3))
        cases += [(signal, bad, costs | {"missed": missed}) for missed in (300, 900, 2000)]
    cases += [(signal, bad, {"hit": 100, "false alarm": 900, "missed": 800}), (signal, bad & False, costs)]
    cases += [(signal, bad | True, costs), (signal, bad, {"hit": 500, "false alarm": 500, "missed": 500})]
    return check.judge_function(piece, ours, cases, wrong, "The costs choose, not a habit.")


def _clustered(random, employers, lift):
    new = np.arange(employers) % 2 == 0
    adverts = 1 + random.poisson(30 + 20 * new, employers)
    rate = np.clip(random.beta(1, 1.5, employers) + lift * new, 0, 1)
    return new, adverts, random.binomial(adverts, rate)


_TRIALS = [(_clustered, size, lift) for size, lift in ((80, 0.0), (80, 0.15), (200, 0.2), (200, -0.25))]


def _powers(function):
    return np.array([float(function(*case)) for case in _TRIALS])


_known_powers = functools.cache(_powers)  # ours and the named wrong versions: they take a second each


@check.build(
    "Write power(trial, employers, lift): the share of many trials in which the lift is found.",
    wrong=_likely("power"),
)
def power(piece, ours, wrong):
    """Experiments with and without a lift, and with a loss; two that luck alone tells apart are alike."""
    found, wanted = _powers(piece), _known_powers(ours)
    near = np.isclose(found, wanted, rtol=0, atol=0.12)
    if near.all():
        return check.right("Luck alone makes the rest of the difference to ours.")
    scale = max(1, *found)
    for hint, version in wrong:
        if np.allclose(found / scale, _known_powers(version) / scale, rtol=0, atol=0.12):
            return check.wrong(hint)
    place = near.argmin()
    case = f"{_TRIALS[place][1]} employers and a lift of {_TRIALS[place][2]}"
    return check.wrong(f"For {case} it gives {found[place]:.3g}. It should be near {wanted[place]:.2f}.")


@check.build(
    "Write read_result(old, new, least, harm, most): low, high and a decision.",
    wrong=_likely("read_result"),
)
def read_result(piece, ours, wrong):
    """Results that are clear, clear the other way, unclear, and bought with harm."""
    random, cases = np.random.default_rng(0), []
    for lift, n in ((0.2, 60), (0.2, 12), (0.0, 400), (-0.1, 90), (0.03, 4000), (0.06, 500), (0.06, 4000)):
        old, new = random.beta(2, 3, n), random.beta(2, 3, n + 3) + lift
        harms = ((-0.01, 0.005), (-0.01, 0.04), (0.03, 0.06), (0.001, 0.015))
        cases += [(old, new, 0.02, harm, 0.02) for harm in harms]
    cases += [(old, new, difference(old, new)[0], (-0.1, 0.02), 0.02), (old, new, 0.02, (0.02, 0.03), 0.02)]
    coin = np.tile([0.0, 1], 50)
    cases.append((coin, coin, difference(coin, coin)[1], (-0.01, 0.01), 0.02))
    return check.judge_function(piece, ours, cases, wrong, "It never says that there is no effect.")


@check.build("Write measure(text): what a reader meets in it, counted.", wrong=_likely("measure"))
def measure(piece, ours, wrong):
    """Texts with decimals and thousands, words in words, capitals, and none at all."""
    return check.judge_function(
        piece, ours, [(text,) for text in TEXTS["measured"]], wrong, "Now it is used."
    )


@check.exercise("Write the three messages: put your own words in the place of each line with the pencil.")
def messages(answer):
    """One message for three readers, each measured against what that reader bears."""
    texts, outside = answer
    lines, good = [], True
    for reader, need in TEXTS["readers"].items():
        text = str(texts[reader])[:5_000]
        if not text.strip() or check.PROMPT in text:
            return check.Verdict("open", f"Write the message for the {reader}.")
        found = check.reference("11", "measure")(text)
        points = {f"at most {need[name]} {name}": found[name] <= need[name] for name in ("words", "numbers")}
        points[f"a reading level of at most {need['level']}"] = found["reading level"] <= need["level"]
        points |= {"says how sure it is": found["uncertain"], "asks for an action": found["action"]}
        shares = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]
        third = abs(outside - 100 / 3) < 1.5 and re.search(TEXTS["words"]["third"], text, re.IGNORECASE)
        said = third or any(abs(outside - share) < 0.51 for share in shares)
        points["gives the share outside of the first model as computed"] = bool(said)
        points |= {
            point: bool(re.search(pattern, text, re.I | re.S)) for point, pattern in need["points"].items()
        }
        good &= all(points.values())
        missing = "".join(f"; ○ not found: {point}" for point, there in points.items() if not there)
        lines.append(f"- {reader}: {sum(points.values())} of {len(points)} points{missing}")
    head = "Whether they convince, only a reader can say."
    return check.Verdict("all" if good else "some", "\n".join([head, "", *lines]))


@check.exercise("Replace the line with the pencil by your answer.")
def hostile(answer):
    """The answer to a hostile question; its number must be the computed one."""
    return check.written(answer[0], TEXTS["hostile"], {"share outside": answer[1]})


@check.exercise('Replace the three dots with a text of the six letters, such as "abcdef".')
def order(answer):
    """The order of six steps; each order that is broken has a consequence."""
    said = re.sub(r"[^a-z]", "", "".join(map(str, answer)).lower())
    if sorted(said) != list("abcdef"):
        return check.wrong("Name each of the six letters once.")
    for one in TEXTS["order"]:
        if said.index(one["first"]) > said.index(one["then"]):
            return check.wrong(f"{one['first']} must come before {one['then']}. {one['consequence']}")
    return check.right("Nobody is surprised, and nobody promises what was not checked.")


@check.exercise("Write brief.md: put your own words in the place of each line with the pencil.", "brief")
def brief(answer):
    """A brief of two minutes at 130 words a minute; its number must be the computed one."""
    verdict = check.written(answer[0], TEXTS["brief"], {"share outside": answer[1]})
    words = len(portfolio.prose(answer[0]).split())
    if verdict.state == "open" or 120 <= words <= 260:
        return verdict
    spoken = f"{words} words take {60 * words / 130:.0f} seconds. Two minutes are 120 to 260 words."
    return check.Verdict("some", f"{spoken} {verdict.message}")


def draw_costs(signal, wrong, costs, unsure):
    """Draw the cost a week of each threshold; the last one is an alarm that never rings."""
    marks = np.unique(signal)
    paid = [np.where(signal >= mark, np.where(wrong, costs["hit"], costs["false alarm"]), wrong * costs["missed"]).mean() for mark in [*marks, np.inf]]  # fmt: skip
    best, shown = len(paid) - 1 - np.argmin(paid[::-1]), [*marks, marks[-1] + 2]
    figure, axes = charts.blank(3.6, left=0.1)
    axes.plot(shown, paid, "o-", color=charts.UP, markersize=4)
    axes.plot(shown[best], paid[best], "D", color=charts.DOWN, markersize=10)
    axes.set(xlabel="Ring from this share outside on, % (last dot: never)", ylabel="Cost, USD a week")
    axes.set_ylim(0, 1.1 * max(paid))
    named = [f"{end:.0f}%" if np.isfinite(end) else "never" for end in ([*marks, np.inf][best], *unsure)]
    title = f"Cheapest threshold: {named[0]}, at {paid[best]:,.0f} USD a week"
    where = f"lie from {named[1]} to {named[2]}" if unsure[0] < unsure[1] else f"say {named[1]}"
    said = (
        f"Ringing every week costs {paid[0]:,.0f}, and never {paid[-1]:,.0f} USD. "
        f"With the weeks drawn again, nine in ten cheapest thresholds {where}."
    )
    return charts.finish(figure, title, f"{SOURCE} Costs: assumed.", said)


def draw_delay(table, chance, points):
    """Draw what building brings, by the week in which the better model is ready."""
    figure, axes = charts.blank(3.6, left=0.1)
    for name, style in {"build it blindly": "-", "test first, for nothing": "--"}.items():
        axes.plot(table.index, table[name], style, label=name)
    axes.axhline(0, color="black", linewidth=1)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set(xlabel="Ready after weeks", ylabel="Gain over one year, USD")
    axes.legend(loc="best")
    last = table.index[table["build it blindly"] > 0].max()
    title = "Building blindly never pays" if np.isnan(last) else f"Building blindly pays until week {last}"
    said = f"{points} points are promised, with a chance of {chance:.0%}. Where the dashed line meets zero, not even a success pays."
    return charts.finish(figure, title, "Computed from the assumptions above the chart.", said)
