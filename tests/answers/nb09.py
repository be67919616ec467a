"""Answers to the exercises and pieces for the builds of notebook 09."""

import itertools
import math

import numpy as np
import pandas as pd

from helpers import pay, stats

LETTER = (
    "Your advert was compared with other adverts. We suggested 56 to 164 thousand US dollars a year, and about eight in "
    "ten lie in such ranges. The country lowered it by 43 thousand.\n\nIf you apply for senior jobs it would be 80 to 198. "
    "That is no promise.\n\nIf you object, write to us."
)
OTHER_LETTER = (
    "Dear Asha, other offers for jobs like yours lie between 56,000 and 164,000 dollars, most of the time. Compared with all, "
    "a job in Britain takes off 43,000. A role such as ML Engineer would add some. It isn't a promise. You can object to "
    "this by e-mail."
)
NOTE = (
    "On adverts of autumn 2024 the role matters most, 1.83 (1.67 to 2.07), then level and country. The coverage in the "
    "United Kingdom is 65%.\n\nNobody has tested small countries.\n\nI ship the glass box, because it loses nothing."
)
STATEMENT = (
    "Models A, B and C were asked about 18,916 adverts, September 2024 to January 2025.\n\nEvery possible job: this look "
    "cannot see a rule for real jobs. In Canada 15% of Canadian adverts pay more than the high end of C.\n\nHonest models "
    "also stand out by chance. This does not prove an intention. Anybody can repeat it with the same code."
)
RIGHT = {
    "rule": [
        {"A": "United States", "B": None, "C": "Canada"},
        {"A": "US", "B": "nobody", "C": "CA"},
        {"C": "canada", "B": "no rule", "A": "the U.S., fully remote"},
        ["USA", None, "Canada"],
    ],
    "letter": [(LETTER, {"country": 43.2}), (OTHER_LETTER, {"country": 43.2})],
    "note": [
        (NOTE, {"coverage": 65.3}),
        (NOTE.replace("glass box, because", "additive one, since"), {"coverage": 65.3}),
        (
            NOTE.replace("is 65%", "is 65 of 100")
            .replace("Nobody has tested small countries", "I haven't tested small countries")
            .replace(
                "the glass box, because it loses nothing",
                "the product, as the glass box may be worse in summer",
            ),
            {"coverage": 65.3},
        ),
    ],
    "statement": [
        (STATEMENT, {"Canadian": 14.75}),
        (
            STATEMENT.replace("15%", "14.7 percent").replace("by chance", "with another seed"),
            {"Canadian": 14.7},
        ),
    ],
}
MISSING = "not found: "
WRONG = {
    "rule": [
        ({"A": None, "B": None, "C": "Canada"}, "Model A"),
        ({"A": "US", "B": "United Kingdom", "C": "Canada"}, "Model B"),
        ({"A": "US", "B": None, "C": "GB"}, "Model C"),
        ({"A": "US and Canada", "B": None, "C": "Canada"}, "Model A"),
        ({"A": "US", "B": ..., "C": "Canada"}, "Model B"),
        (["US", "Canada"], "could not be read"),
    ],
    "letter": [
        ((LETTER.replace("43", "53"), {"country": 43.2}), f"{MISSING}gives the figure of the country"),
        ((LETTER + " The Shapley value says so.", {"country": 43.2}), f"{MISSING}uses no word of the trade"),
        ((LETTER.replace("write to us", "bad luck"), {"country": 43.2}), f"{MISSING}says where to object"),
        (
            (
                "Our gradient boosting model assigned a Shapley value of -43 to the feature country. Move to the US and "
                "you will earn 160k.",
                {"country": 43.2},
            ),
            "2 of 8 points",
        ),
    ],
    "note": [
        (
            ("The model is explainable: role is the most important feature. Looks good, ship it.", {"coverage": 65.3}),
            "0 of 6 points",
        ),
        ((NOTE.replace("(1.67 to 2.07)", ""), {"coverage": 65.3}), f"{MISSING}gives an interval"),
        ((NOTE.replace("65%", "80%"), {"coverage": 65.3}), f"{MISSING}gives the figure of the coverage"),
    ],
    "statement": [
        (("We ran SHAP and found no evidence of bias. The model is fair.", {"Canadian": 14.75}), "0 of 8 points"),
        ((STATEMENT.replace("Anybody can repeat it with the same code.", ""), {"Canadian": 14.75}), "how to repeat"),
        ((STATEMENT.replace("This does not prove an intention.", ""), {"Canadian": 14.75}), "does not prove"),
    ],
}  # fmt: skip


def by_size(value, players):
    """The formula over coalitions, as a Series."""
    shares = pd.Series(0.0, list(players))
    for player in players:
        others = [one for one in players if one != player]
        for size in range(len(players)):
            weight = 1 / (len(players) * math.comb(len(others), size))
            for coalition in itertools.combinations(others, size):
                shares[player] += weight * (value([*coalition, player]) - value(coalition))
    return shares.to_dict()


def walking(value, players):
    total = {}
    orders = list(itertools.permutations(players))
    for order in orders:
        known, before = set(), value(set())
        for player in order:
            known.add(player)
            now = value(known)
            total[player] = total.get(player, 0) + now - before
            before = now
    return {player: total[player] / len(orders) for player in players}


def banzhaf(value, players):
    shares = {}
    for player in players:
        others = [one for one in players if one != player]
        sets = [one for size in range(len(players)) for one in itertools.combinations(others, size)]
        shares[player] = float(np.mean([value({*one, player}) - value(one) for one in sets]))
    return shares


def level_by_level(job, want, middle, seen, roles, least=10, rise=1, open_country=False):
    if middle(job) >= want:
        return []
    rungs, front, known = list(pay.LEVELS), [(job, [])], [job]
    while front:
        after = []
        for last, way in front:
            place = rungs.index(last["level"])
            options = [{**last, "level": one} for one in rungs[place + 1 : place + 1 + rise]]
            options += [dict(last, role=one) for one in roles] + [
                dict(last, remote=one) for one in pay.REMOTE
            ]
            options += [dict(last, country=one) for one in pay.COUNTRIES if open_country]
            for one in options:
                if one in known or seen(one) < least:
                    continue
                known.append(one)
                if middle(one) >= want:
                    return [*way, one]
                after.append((one, [*way, one]))
        front = after
    return None


def two_at_once(job, want, middle, seen, roles):
    found = level_by_level(job, want, middle, seen, roles)
    return found and found[-1:]


def patient(job, want, middle, seen, roles):
    return level_by_level(dict(job), want, middle, seen, roles[::-1])


def copied(predict, table, feature, order):
    other = table.copy()
    other[feature] = np.asarray(table[feature])[order]
    quantiles = np.array([0.1, 0.9])
    before, after = (table[["midpoint"]].to_numpy() - predict(one) for one in (table, other))
    each = [np.maximum(quantiles * one, (quantiles - 1) * one).mean(axis=1) for one in (before, after)]
    weight = table["weight"].to_numpy()
    sums = (
        pd.DataFrame({"top": (each[1] - each[0]) * weight, "bottom": weight})
        .groupby(table["arrived"].to_numpy())
        .sum()
    )
    return list(stats.interval(sums["top"], sums["bottom"]))


def as_array(predict, table, feature, order):
    return np.array(copied(predict, table, feature, order))


def apart(predict, table, feature, order):
    low, middle, high = copied(predict, table, feature, order)
    return middle, low, high


def all_at_once(predict, table, feature, order):
    return copied(
        lambda jobs: predict(table) if jobs.equals(table) else predict(table.iloc[order]),
        table,
        feature,
        order,
    )


def backwards(predict, table, feature, order):
    middle, low, high = copied(predict, table, feature, order)
    return -middle, -high, -low


RIGHT_PIECES = {
    "shapley": [by_size, walking],
    "counterfactual": [level_by_level, patient],
    "importance": [copied, as_array],
}
WRONG_PIECES = {
    "shapley": [
        (banzhaf, "It should give"),
        (lambda value, players: {one: value([one]) - value([]) for one in players}, "what each brings alone"),
        (lambda value, players: {one: value(players) - value(set(players) - {one}) for one in players}, "if one leaves last"),
        (lambda value, players: {one: round(share, 1) for one, share in by_size(value, players).items()}, "Do not round"),
        (lambda value, players: dict.fromkeys(players, (value(players) - value([])) / len(players)), "It should give"),
        (lambda value, players: {one: value(players[: place + 1]) - value(players[:place]) for place, one in enumerate(players)}, "One order"),
    ],
    "counterfactual": [
        (two_at_once, "Each step changes one thing"),
        (lambda *case: level_by_level(*case, open_country=True), "another country"),
        (lambda *case: level_by_level(*case, least=0), "fewer than 10 adverts"),
        (lambda *case: level_by_level(*case, rise=3), "one rung up"),
        (lambda job, want, middle, seen, roles: None, "Return [], the way without a step"),
        (lambda *case: level_by_level(*case) or [], "Return None"),
        (lambda job, *rest: job, "Return a list of jobs"), (lambda job, *rest: [("level", "SE")], "Return a list of jobs"),
        (lambda *case: level_by_level(*case) or None, "Return [], the way without a step"),
        (lambda *case: level_by_level(*case, least=11), "exactly 10 adverts"),
    ],
    "importance": [
        (apart, "It should give"),
        (lambda predict, table, feature, order: copied(predict, table, feature, np.arange(len(order))), "Nothing was shuffled"),
        (lambda predict, table, feature, order: copied(predict, table.assign(weight=1), feature, order), "It should give"),
        (all_at_once, "all features at once"),
        (backwards, "The other way round"),
        (lambda *case: copied(*case)[0], "All three numbers"),
        (lambda predict, table, feature, order: copied(lambda jobs: predict(table), table, feature, order), "Nothing was shuffled"),
    ],
}  # fmt: skip
