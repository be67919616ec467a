"""Notebook 14: the claims with their tests, a sentence in parts, the checkers, a chart and the page."""

import calendar
import functools
import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import charts, check, stats, tables

TEXTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
KINDS, ASKED = TEXTS["kinds"], list(TEXTS["example"])
_SAID = {name: re.compile(pattern) for name, pattern in TEXTS["said"].items()}
_MONTHS = [name[:3].lower() for name in calendar.month_name]
_PARTS = {"early": (1, 3), "mid": (5, 8), "late": (10, 12), "": (1, 12)}
_PARTS |= {f"q{quarter}": (3 * quarter - 2, 3 * quarter) for quarter in (1, 2, 3, 4)}


def parse(sentence):
    """dict: what a sentence about growth says; what it does not say, or says in two ways, is None.

    ``percent``; ``yearly`` (bool); ``counted``, ``"share"`` or ``"number"``; ``start`` and ``end``, lists of months.
    """
    text = " ".join(str(sentence)[:500].lower().split())
    found = {name: pattern.findall(text) for name, pattern in _SAID.items()}
    sizes = [float(size.replace(",", "")) * (-1 if sign else 1) for sign, size in found["size"]]
    clear = len(sizes) == 1 and not found["span"] and not (found["up"] and found["down"])
    periods = [] if found["vague"] else [_period(*one) for one in found["period"]]
    start, end = periods if len(periods) == 2 and periods[0][-1] < periods[1][0] else (None, None)
    return {
        "percent": (-abs(sizes[0]) if found["down"] else sizes[0]) if clear else None,
        "yearly": bool(found["yearly"]),
        "counted": "share" if found["share"] else "number" if found["number"] else None,
        "start": start,
        "end": end,
    }


def _period(part, name, year):
    first, last = (_MONTHS.index(name[:3]),) * 2 if name else _PARTS[part]
    return list(pd.period_range(f"{year}-{first}", f"{year}-{last}", freq="M"))


@functools.cache
def postings(country="US"):
    """DataFrame by month: ``share`` of postings that mention AI (%); ``number``, ``per software`` posting (index numbers)."""
    index = tables.load("postings_index").astype({"index_nsa": float, "index_sa": float})
    index = index.query("country == @country and postings == 'total' and days > 27")  # the last can be short
    index = index.pivot(index="month", columns="sector", values=["index_nsa", "index_sa"])
    kinds = (("index_nsa", "All jobs"), ("index_sa", "All jobs"), ("index_sa", "Software Development"))
    every, adjusted, software = (index.get(kind, pd.Series(dtype=float)) for kind in kinds)
    share = tables.load("ai_postings").query("country == @country").set_index("month")["share"].astype(float)
    columns = {"share": share, "number": share * every, "per software": share * adjusted / software}
    return pd.DataFrame(columns).loc[share.index].to_period("M")


def run(test):
    """str: what a test of ``TEXTS["test"]`` says, of the rows that it chooses or of the change between its months."""
    if "months" in test:
        before, after = (postings()[first:last].mean() for first, last in test["months"])
        percent = 100 * (after / before - 1)
        return test["lead"] + ", ".join(f"{name} {percent[name]:+.0f}%" for name in test["columns"])
    rows = tables.load(test["table"])
    if "size" in test:  # the parts of a whole
        rows = rows.query(test["whole"])
        whole = rows[test["size"]].sum()
        part = 100 * rows[test["size"]] / whole
        spread = stats.Z * part * rows.get("employment_rse", 0) / 100
        rows = rows.assign(whole=whole, part=part, spread=spread)
    said = (test["say"].format(**row) for row in rows.query(test["where"]).to_dict("records"))
    return test["lead"] + "; ".join(said)


def ledger():
    """DataFrame: the claims by `id`; ``tested`` is what our tables say, ``known`` how, ``kind`` one of three words."""
    tested = {name: run(test) for name, test in TEXTS["test"].items()}
    tested["dated-2024"] = TEXTS["stamp"].format(pd.Timestamp(TEXTS["milliseconds"], unit="ms"))
    claims = tables.load("claims").set_index("id").astype("str").fillna("")
    claims["tested"] = claims.index.map(lambda name: tested.get(name, ""))
    known = claims["evidence"].map(TEXTS["known"])
    here = (claims["tested"] != "") & (claims["evidence"] != "computed")
    claims["known"] = known.mask(here, known + ", and tested here")
    claims["kind"] = claims["verdict"].map(KINDS)
    return claims.replace(r"\$([\d,]*\d)", r"\1 USD", regex=True)  # two dollar signs begin a formula


def _given(answer):
    """What was ruled on each claim: the kind and the confidence (0.5 to 1), None where it is no ruling."""
    given, known = {}, set(tables.load("claims")["id"])
    for name, said in answer.items() if isinstance(answer, dict) else ():
        word, sure = said if isinstance(said, tuple | list) and len(said) == 2 else ("", 0)
        if ... not in (word, sure):
            kind = KINDS.get(str(word).strip().lower(), str(word).strip().lower())
            sure = pd.to_numeric(str(sure).strip(" %"), errors="coerce")
            sure = sure / 100 if sure > 1 else sure
            valid = kind in KINDS.values() and 0.5 <= sure <= 1 and name in known
            given[name] = (kind, float(sure)) if valid else None
    return given


@check.exercise(TEXTS["rule"])
def rulings(answer):
    """A ruling and a confidence for each claim; nothing is said of what is right."""
    if not (given := _given(answer)):
        return check.Verdict("open", TEXTS["rule"])
    refused = [name for name, said in given.items() if said is None]
    if refused:
        return check.wrong(f"`{check.shown(refused[0])}`: {TEXTS['ruling']}")
    asked = len(given.keys() & set(ASKED))
    said = f"Ruled: {asked} of {len(ASKED)} claims. {TEXTS['ruled']}"
    return check.Verdict("right" if asked == len(ASKED) else "some", said)


def compare(answer):
    """Put rulings beside ours: whose they are, and a DataFrame by claim. Without any, those of an example reader."""
    own = {name: said for name, said in _given(answer).items() if said}
    table = pd.DataFrame.from_dict(own or _given(TEXTS["example"]), "index", columns=["ruling", "sure"])
    table = table.join(ledger()[["kind", "verdict", "primary_source_says"]]).rename_axis("claim")
    return "you" if own else "an example reader", table.assign(agree=table["ruling"] == table["kind"])


@check.exercise("Replace the three dots with the mean of the squared distances.")
def brier(answer):
    """The Brier score of the rulings in a table."""
    said, table = answer
    if said is ...:
        return check.Verdict("open", "Replace the three dots with the mean of the squared distances.")
    far, (reason, *hints) = table["sure"] - table["agree"], TEXTS["brier"].values()
    target = (far**2).mean()
    mistakes = (far.abs().mean(), far.mean(), (far**2).sum(), target**0.5, None)
    return check.judge_number(said, target, 0.0051, reason, dict(zip(mistakes, hints, strict=True)))


def _edits(build):
    return {one["hint"]: (one["old"], one["new"]) for one in TEXTS["wrong"][build]}


@check.build("Write judge_growth(sentence, table): low, high, verdict.", wrong=_edits("judge_growth"))
def judge_growth(piece, ours, wrong):
    """Sentences with and without a period, in total and a year, on made tables with holes."""
    months, random, cases = pd.period_range("2019-01", "2026-06", freq="M"), np.random.default_rng(0), []
    for drift, hole in ((0.03, []), (-0.03, []), (0.004, []), (0.03, ["2023-02"]), (0.03, ["2024-04"])):
        walk = np.exp(random.normal(drift, 0.02, (90, 2)).cumsum(0)) * (3, 200)
        table = pd.DataFrame(walk, months, ["share", "number"])
        table.loc[hole] = np.nan
        for sentence in TEXTS["judged"]:
            low, high, _ = ours(sentence.format(middle=0, near=0), table)
            said = {"middle": round(abs((low or 0) + (high or 0)) / 2), "near": round((high or 0) + 0.4, 1)}
            cases.append((sentence.format(**said), table))
    return check.judge_function(piece, ours, cases, wrong, "It also says when nothing can be said.")


def fields(file):
    """dict: what stands behind each line of an audit, of 5,000 characters at most."""
    text, names = Path(file).read_text("utf-8", "replace")[:5_000], TEXTS["lines"]
    head = rf"^[ \t>*_\d.-]*({'|'.join(names)})[*_ ]*:[*_ ]*"
    found = dict(re.findall(rf"(?ms){head}(.*?)(?={head.replace('(', '(?:', 1)}|^#|\Z)", text))
    return {name: " ".join(found.get(name, "").split()) for name in names}


@check.build("Write audit.md: put your words in the place of the dots.", wrong=_edits("audit"))
def audit(piece, ours, wrong):
    """The page is read line by line: what is written must be exact, and fit together."""
    return check.kept(fields(piece), TEXTS["fault"], "Somebody else could repeat it.")


@check.exercise('Replace the three dots with a dictionary such as {"a": "held", …}.')
def hindsight(answer):
    """Five predictions, judged by figures to June 2026."""
    said = {str(key).strip().lower(): str(word).strip().lower() for key, word in answer.items()}
    wrong = [
        f"{key}: {one['hint']}"
        for key, one in TEXTS["hindsight"].items()
        if said.get(key) not in one["right"]
    ]
    return check.wrong(wrong[0]) if wrong else check.right(TEXTS["later"])


def draw_definitions(found, country, base, end):
    """Draw the interval and the verdict of each way to count, beside the claimed 36%."""
    figure, axes = charts.blank(3.2, left=0.28)
    for place, (low, high, verdict) in enumerate(found.values()):
        color = charts.UP if verdict == "supported" else charts.FLAT
        said = f"{verdict}, no figures" if low is None else f"{low:+.0f} to {high:+.0f}%: {verdict}"
        ends = np.array([low, high], dtype=float)
        axes.plot(ends, [place] * 2, "|-", color=color, linewidth=4, solid_capstyle="butt", markersize=14)
        axes.annotate(said, (max(high or 0, 36), place), (9, -4), textcoords="offset points", color=color)
    axes.axvline(36, color=charts.DOWN, linestyle="--")
    axes.grid(axis="y", visible=False)
    axes.set(xlim=(-65, 185), ylim=(len(found) - 0.4, -0.6), xlabel="% change (dashed: the claim)")
    axes.set_yticks(range(len(found)), list(found))
    said = "; ".join(f"{name}: {verdict}" for name, (_, _, verdict) in found.items())
    title = (
        f"{country}, {base} to {end}: +36% holds in {said.count('supported')} of {len(found)} ways to count"
    )
    said = f"{country}, {base} to {end}: {said}. A bar reaches over all pairs of months."
    return charts.finish(figure, title, TEXTS["indeed"], said)
