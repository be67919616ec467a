"""Answers to the exercises and pieces for the builds of notebook 14."""

import numpy as np
import pandas as pd

from helpers.lessons import nb14 as lesson

EXAMPLE = {name: tuple(said) for name, said in lesson.TEXTS["example"].items()}
TABLE = pd.DataFrame({"sure": [0.9, 0.6, 0.8, 0.7], "agree": [True, False, False, True]})
FORECASTS = {"a": "held", "b": "unknown", "c": "failed", "d": "unknown", "e": "unknown"}
RIGHT = {
    "rulings": [
        EXAMPLE,
        {name: ("Misquoted", "75 %") for name in EXAMPLE} | {"traits": ("opinion", 0.9)},
        {name: ["open", np.int64(50)] for name in EXAMPLE},
    ],
    "brier": [(0.275, TABLE), (np.float64(0.275), TABLE), ("0.275", TABLE), (0.28, TABLE)],
    "hindsight": [FORECASTS, FORECASTS | {"d": "open"}, {key.upper(): f" {word.title()} " for key, word in FORECASTS.items()} | {"e": "failed"}],
}  # fmt: skip
WRONG = {
    "rulings": [
        (EXAMPLE | {"pay-122060": ("true", 80)}, "pay-122060'`: give “stands”"),
        (EXAMPLE | {"pay-122060": ("open", 30)}, "a confidence from 50 to 100"),
        (EXAMPLE | {"pay-122060": ("open", "very")}, "a confidence from 50 to 100"),
        (EXAMPLE | {"pay-122060": "open"}, "pay-122060'`: give"),
        (EXAMPLE | {"no-claim": ("open", 60)}, "no-claim'`: give"),
        (EXAMPLE | {"<img src=x>": ("open", 60)}, "`'<img src=x>'`"),
        (dict(list(EXAMPLE.items())[:3]), "Ruled: 3 of 10 claims."),
        (EXAMPLE | {"pay-122060": (..., ...)}, "9 of 10 claims"),
    ],
    "brier": [
        ((0.45, TABLE), "Square each distance"),
        ((0.25, TABLE), "errors in both directions cancel"),
        ((1.1, TABLE), "That is the sum"),
        ((0.275**0.5, TABLE), "Leave the root out"),
        ((7, TABLE), "Take the confidence less the agreement"),
    ],
    "hindsight": [
        (FORECASTS | {"a": "failed"}, "a: Look at the first figures"),
        (FORECASTS | {"b": "held"}, "no end at which it could have held"),
        (FORECASTS | {"b": "failed"}, "came before the prediction"),
        (FORECASTS | {"c": "held"}, "c: Nearly mandatory would be"),
        (FORECASTS | {"d": "failed"}, "d: Nobody has counted"),
        (FORECASTS | {"e": "held"}, "e: No figure here"),
        ({"a": "held"}, "b: "),
    ],
}


def judge(sentence, table, pairs=None, total=False, needs=("percent", "counted", "start", "end")):
    claim = lesson.parse(sentence)
    if any(claim[part] is None for part in needs):
        return [None, None, "cannot say"]
    named = table[claim["counted"] or "share"]
    found, every = [], [(one, two) for one in claim["start"] for two in claim["end"]]
    for first, last in pairs(claim) if pairs else every:
        before, after = named.get(first, np.nan), named.get(last, np.nan)
        change = np.log(after / before)
        if claim["yearly"] and not total:
            change = change * 12 / (last - first).n
        found.append(100 * np.expm1(change))
    if np.isnan(found).any():
        return [None, None, "cannot say"]
    low, high = np.min(found), np.max(found)
    if claim["percent"] < low - 0.5 or claim["percent"] > high + 0.5:
        return [low, high, "contradicted"]
    return [low, high, "supported" if 2 * (high - low) <= abs(claim["percent"]) else "cannot say"]


def at_once(sentence, table):
    claim = lesson.parse(sentence)
    if None in claim.values():
        return (None, None, "cannot say")
    series = table[claim["counted"]]
    start, end = (series.reindex(claim[part]).to_numpy() for part in ("start", "end"))
    months = np.array([[(last - first).n for first in claim["start"]] for last in claim["end"]])
    changes = 100 * ((end[:, None] / start) ** (12 / months if claim["yearly"] else 1) - 1)
    if np.isnan(changes).any():
        return (None, None, "cannot say")
    low, high = float(changes.min()), float(changes.max())
    inside = low - 0.5 <= claim["percent"] <= high + 0.5
    clear = high - low <= abs(claim["percent"]) / 2
    return (low, high, ("supported" if clear else "cannot say") if inside else "contradicted")


def page(**lines):
    """An audit that is complete, with some lines replaced."""
    said = {
        "Claim": "Most data scientists work in health care",
        "Who is counted": "employed data scientists, occupation 15-2051",
        "Where": "US",
        "When": "May 2025",
        "Against what base": "262,440 people",
        "By whom": "Bureau of Labor Statistics",
        "What would change my mind": "Another code that counts them under health care",
        "Verdict": "contradicted",
    } | {name.replace("_", " "): text for name, text in lines.items()}
    return "# An audit\n\n" + "\n".join(f"- **{name}:** {text}" for name, text in said.items())


UNSAID = page(Who_is_counted="not said", When="Not given.", By_whom="not said", Verdict="Unverifiable.")
RIGHT_PIECES = {
    "judge_growth": [judge, at_once],
    "audit": [
        page(),
        UNSAID,
        page(Claim="5G and GPT-4 were ... the best of 2023", When="FY2023", Verdict="opinion, no more"),
        page().replace("**", "").replace("- ", ""),
    ],
}
WRONG_PIECES = {
    "judge_growth": [
        (lambda s, t: judge(s, t, total=True), "so much *a year*"),
        (lambda s, t: judge(s, t, pairs=lambda c: [(c["start"][0], c["end"][0])]), "one month for the whole"),
        (lambda s, t: judge(s, t.assign(number=t["share"])), "always looks at the share"),
        (lambda s, t: judge(s, t, pairs=lambda c: zip(c["start"], c["end"], strict=False)), "first month with the first"),
        (lambda s, t: judge(s, t, pairs=lambda c: [(c["start"][0], c["end"][-1]), (c["start"][-1], c["end"][0])]), "It should give"),
        (lambda s, t: [None, None, said[2]] if (said := judge(s, t))[2] == "cannot say" else said, "known all the same"),
        (lambda s, t: judge(s, t)[2], "It should give"),
        (lambda s, t: ("36%", None, "supported"), "It should give"),
    ],
    "audit": [
        (page(Where=""), "Fill every line"),
        (page().replace("- **When:** May 2025\n", ""), "Fill every line"),
        (page(Claim="very " * 70 + "long"), "at most 60 words"),
        (page(Who_is_counted="people"), "somebody else would count the same"),
        (page(When="recently"), "needs a year"),
        (page(Against_what_base="more"), "names what it is compared with"),
        (page(By_whom="Experts say"), "are nobody"),
        (page(What_would_change_my_mind="Nothing can ever do that"), "must name something"),
        (page(Verdict="false"), "seven words"),
        (page(When="not said"), "One line says “not said”"),
        (page(By_whom="unknown: it's a blog"), "One line says “not said”"),
        (page(What_would_change_my_mind="I don't know that yet"), "must name something"),
        (page(Claim="90% work in health care", Verdict="opinion"), "more than an opinion"),
        (page(Claim="In 2027 there are 3 million", Verdict="opinion"), "more than an opinion"),
        ("<script>alert(1)</script>", "Fill every line"),
    ],
}  # fmt: skip
