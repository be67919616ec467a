"""Answers to the exercises and pieces for the builds of notebook 10."""

import numpy as np
import pandas as pd

from helpers import stats

HARMS = {"a": "too low", "b": "too high", "c": "width", "d": "adverts"}
CARD = (
    "The coverage was 77.2% in September 2024 to January 2025. The promise fails in Canada, France and Austria, where the "
    "ranges are too high.\n\nSpain has too few adverts to be judged. Gender was never measured.\n\nOwn scores would make the "
    "British ranges wider.\n\nComplain to the owner."
)
OTHER_CARD = (
    "Entry level is not covered well, it lies below the limit. In all, coverage: 77 percent, autumn of 2024.\n\nWe cannot "
    "judge most small countries. We know nothing about age or ethnicity.\n\nA correction by country costs US applicants "
    "accuracy.\n\nIf a range is wrong, write to us."
)
SHEET = (
    "aijobs.net collected them for people who look for work.\n\nOne row is a range. It holds 36,457 adverts until January "
    "2025. Adverts without a range are missing.\n\nIn June 2024 the collection changed.\n\nIt must not be used for wages. CC0."
)
OTHER_SHEET = (
    "A job board published its index to help applicants. Each record is a pay range of a week (36457 adverts). Gender is not "
    "included.\n\nNew titles came in August 2024.\n\nNever use it for small countries. In the public domain."
)
THIRD_CARD = (
    "Coverage from September 2024 to January 2025 was 77.2 %. It is kept, but not in the UK and Austria.\n\nSpain is too "
    "small to judge, and we have no gender of anybody.\n\nScores per country: the British pay with ranges of 178 instead of 113.\n\n"
    "Mail Mira, who can switch it off."
)
THIRD_SHEET = (
    "aijobs.net collects them for a salary index.\n\nA row is one pay range of one week. 36457 ads. No gender, no "
    "applicants.\n\nIn August 2024 new titles were taken in.\n\nDon't use it as real pay. CC0."
)
WHY = "because somebody must bear it, and they can"
CHOICES = {case: (choice, WHY) for case, choice in zip((1, 2, 3, 4), "abca", strict=True)}
RIGHT = {
    "harms": [HARMS, {"A": "Too Low", "B": "too-high", "C": "the width", "D": "number of adverts"}],
    "card": [(CARD, 77.17), (OTHER_CARD, 77.17), (THIRD_CARD, 77.17)],
    "sheet": [(SHEET, 36457), (OTHER_SHEET, 36457), (THIRD_SHEET, 36457)],
    "decide": [CHOICES, {str(case): ("C", WHY) for case in CHOICES}, {case: ["b", WHY] for case in CHOICES}],
}
WRONG = {
    "harms": [
        ({}, "one measure for each"),
        (HARMS | {"e": "width"}, "one measure for each"),
        (HARMS | {"a": "too high", "b": "too low"}, "Harm a would not show there"),
        (HARMS | {"d": "width"}, "Harm d would not show there"),
        (HARMS | {"c": 7}, "Harm c would not show there"), (HARMS | {"c": "too wide"}, "Which of the four"), (HARMS | {"a": "low or high"}, "Harm a"),
    ],
    "card": [
        ((CARD.replace("77.2", "87.2"), 77.17), "not found: gives the coverage as computed"),
        ((CARD.replace("Gender was never measured.", ""), 77.17), "not found: says what was never measured"),
        ((CARD.replace("Complain to the owner.", ""), 77.17), "not found: says where to complain"),
        (("The model was tested for bias, and none was found. It treats all equally.", 77.17), "0 of 7 points"),
        (("<script>alert(1)</script>", 77.17), "0 of 7 points"),
    ],
    "sheet": [
        ((SHEET.replace("36,457", "31,123"), 36457), "not found: gives the adverts as computed"),
        ((SHEET.replace("In June 2024 the collection changed.", ""), 36457), "not found: says how the collection"),
        (("High-quality salary data, ready for machine learning.", 36457), "0 of 7 points"),
    ],
    "decide": [
        ({1: ("a", WHY)}, "for each of the cases"),
        (CHOICES | {2: ("d", WHY)}, "for each of the cases"),
        (CHOICES | {3: ("a", "no time")}, "Case 3: say in a sentence"),
        (["a", "b"], "could not be read"),
    ],
}  # fmt: skip


def by_table(held, week, limit=0.75):
    table = pd.DataFrame({"held": np.asarray(held, float), "one": 1.0, "week": week})
    if len(table) < 30:
        return [float("nan"), float("nan"), "cannot say"]
    weeks = table.groupby("week").sum()
    _, low, high = stats.interval(weeks["held"], weeks["one"])
    by_chance = stats.wilson(table["held"].mean(), len(table))
    low, high = min(low, by_chance[0]), max(high, by_chance[1])
    return [low, high, "fails" if high < limit else "holds" if low >= limit else "cannot say"]


def by_chance(held, week, limit=0.75):
    low, high = stats.wilson(np.mean(held), len(held)) if len(held) >= 30 else (np.nan, np.nan)
    return low, high, "fails" if high < limit else "holds" if low >= limit else "cannot say"


def by_weeks(held, week, limit=0.75):
    if len(held) < 30:
        return np.nan, np.nan, "cannot say"
    _, low, high = stats.interval(stats.by_week(held, week), stats.by_week(np.ones(len(held)), week))
    return low, high, "fails" if high < limit else "holds" if low >= limit else "cannot say"


def never_silent(held, week, limit=0.75):
    low, high, verdict = by_table(held, week, limit)
    return low, high, "holds" if verdict == "cannot say" and len(held) >= 30 and high >= limit else verdict


def grouped(known, shown, few=50, one_for_all=False, plus=1, edge=0, place=-1, at=None):
    scores = {"low": known["low"] - known["midpoint"], "high": known["midpoint"] - known["high"]}
    parts = []
    for name, rows in shown.groupby("group"):
        chosen = known["group"] == name
        if chosen.sum() < few + edge or one_for_all:
            chosen = pd.Series(True, known.index)
        n = int(chosen.sum())
        rank = min(-(-(n + plus) * 9 // 10), n)
        by = {end: score[chosen].quantile(at or (rank + place) / (n - 1)) for end, score in scores.items()}
        parts.append(pd.DataFrame({"low": rows["low"] - by["low"], "high": rows["high"] + by["high"]}))
    return pd.concat(parts).loc[shown.index]


def with_loop(known, shown, few=50):
    ends = [grouped(known, shown.iloc[[place]], few) for place in range(len(shown))]
    return pd.concat(ends)[["high", "low"]]


def from_draws(n, truth, limit=0.75):
    held = np.random.default_rng(7).random((2000, n)) < truth
    return float(np.mean([stats.wilson(share, n)[1] < limit for share in held.mean(axis=1)]))


def unseeded(n, truth, limit=0.75, draws=4000):
    share = np.random.default_rng().binomial(n, truth, draws) / n
    return 100 * np.mean(stats.wilson(share, n)[1] < limit) / 100


def drawn(n, truth, limit, end):
    share = np.random.default_rng(3).binomial(n, truth, 3000) / n
    return (end(share, n) < limit).mean()


RIGHT_PIECES = {
    "audit": [by_table, lambda held, week, limit=0.75: tuple(by_table(held, week, limit))],
    "own_scores": [grouped, with_loop],
    "power": [from_draws, unseeded],
}
WRONG_PIECES = {
    "audit": [
        (by_chance, "adverts for independent"),
        (by_weeks, "draws the weeks only"),
        (never_silent, "nothing was proven against it"),
        (lambda held, week, limit=0.75: by_table(held, week, limit)[2], "It should give"),
        (lambda held, week: by_table(held, week), "It should give"),
    ],
    "own_scores": [
        (lambda known, shown, few=50: grouped(known, shown, few, one_for_all=True), "same correction"),
        (lambda known, shown, few=50: grouped(known, shown, few, plus=0), "counts the new advert"),
        (lambda known, shown, few=50: grouped(known, shown, few, edge=1), "exactly `few` adverts has enough"),
        (lambda known, shown, few=50: grouped(known, shown, few, place=0), "Rank 1 is the smallest"), (lambda *case: grouped(*case).join(case[1]["group"]), "and no others"), (lambda *case: grouped(*case, at=0.9), "mixes two neighbouring"),
        (lambda known, shown, few=50: grouped(known, shown, few) - 1, "a table of one row: {'low'"),
        (lambda known, shown, few=50: shown.__setitem__("low", 0), "changes what it is given"),
    ],
    "power": [
        (lambda n, truth, limit=0.75: drawn(n, truth, limit, lambda share, n: share), "every share below the limit"),
        (lambda n, truth, limit=0.75: drawn(n, truth, limit, lambda share, n: stats.wilson(share, n)[0]), "compares the low end"),
        (lambda n, truth, limit=0.75: from_draws(n, limit, limit), "just at the limit"),
        (lambda n, truth, limit=0.75: 4000 * from_draws(n, truth, limit), "number of audits"),
        (lambda n, truth, limit=0.75: 100 * from_draws(n, truth, limit), "should be near"),
        (lambda n, truth, limit=0.75: float("nan"), "should be near"),
    ],
}  # fmt: skip
