"""Answers to the exercises and pieces for the builds of notebook 15."""

import itertools

import numpy as np
import pandas as pd

RULE = (
    "What counts most for me is that I like the work, because I will do it most days. I would change my mind if notebook 05 "
    "is better than I think. I decide again after four weeks."
)
OTHER_RULE = (
    "First I look at the hours, since I have only three a week. I do not know yet whether I like research, so I keep two.\n\n"
    "In March I look again."
)  # fmt: skip
LETTER = (
    "Dear Mr Haddad,\n\nI am a nurse in Lyon, and I used your library to draw a chart of waiting times.\n\n"
    "A small question: which test would you write first for such a table? You do not have to answer."
)
OTHER_LETTER = (
    "Hello, my name is Wei. I read your paper on drift and rebuilt its second figure. Mine is flatter. If you have five "
    "minutes: did you drop the holidays? I would understand if there is no time."
)  # fmt: skip
RIGHT = {"rule": [RULE, OTHER_RULE], "stranger": [LETTER, OTHER_LETTER]}
WRONG = {
    "rule": [
        (RULE.replace("I decide again after four weeks.", ""), "not found: says when you decide again"),
        ("I want the job with the highest pay.", "not found: says what you do not know"),
        ("<script>alert(1)</script>", "0 of 4 points"),
    ],
    "stranger": [
        (LETTER + " word" * 100, "not found: has at most 120 words"),
        (LETTER.replace("?", "."), "not found: asks one question"),
        (LETTER + " And what is your salary?", "not found: asks one question"),
        (LETTER.replace("used your library", "love AI"), "not found: names something that they made"),
        (LETTER + " Please refer me.", "not found: does not ask for a job"),
        ("I am passionate about AI. Could you look at my CV and refer me? What should I learn?", "2 of 8 points"),
    ],
}  # fmt: skip


def fit_of(worlds, weights):
    weights = np.array([weights[name] for name in worlds], float)
    weights = weights if weights.any() else weights + 1
    return np.average(np.stack([table.to_numpy() for table in worlds.values()]), axis=0, weights=weights)


def by_array(worlds, weights, price, sizes=(1, 2), best=np.max, over=np.mean, fit=fit_of, partner_of=None):
    names, fits = list(worlds["pay"]), fit(worlds, weights)
    pairs = [list(pair) for size in sizes for pair in itertools.combinations(range(len(names)), size)]
    pairs = [pair for pair in pairs if partner_of is None or partner_of in pair]
    costs = [over(fits.max(1) - best(fits[:, pair], axis=1)) + price * (len(pair) - 1) for pair in pairs]
    return {names[place] for place in pairs[int(np.argmin(costs))]}


def lucky(worlds, weights, price, drawn=itertools.count()):  # noqa: B008 (it goes on from call to call)
    return [worlds["pay"].columns[next(drawn) % 3]]


def planned(tasks, hours, weeks=12, review=0.5, first=(1, 2), lost=False, shortest=False, split=True):
    left = {task["name"]: task["hours"] for task in tasks}
    learn = [task["name"] for task in tasks if task["kind"] == "learn"]
    learn = sorted(learn, key=left.get) if shortest else learn
    make, rows = [task["name"] for task in tasks if task["kind"] == "project"], []
    for week in range(weeks):
        room = hours - (review if week % 4 == 3 else 0)
        if week % 4 == 3:
            rows.append([week + 1, "Review", 0.5])
        for name in learn if week % 4 + 1 in first else make[week // 4 :][:1]:
            if split or left[name] <= room:
                done = min(room, left[name])
                rows += [[week + 1, name, done]]
                left[name] -= done
                room -= done
    return rows, {} if lost else left


def as_lists(tasks, hours, weeks=12):
    rows, left = planned(tasks, hours, weeks)
    table = pd.DataFrame([row for row in rows if row[2]], columns=["week", "name", "hours"])
    return table.to_numpy().tolist(), pd.Series(left, dtype=float).to_dict()


def by_value(worlds, weights, price):
    fits = fit_of(worlds, weights)
    worth = np.maximum(fits[:, :, None], fits[:, None, :]).mean(0) - price
    np.fill_diagonal(worth, fits.mean(0))
    return (worlds["pay"].columns[place] for place in {*np.argwhere(worth == worth.max())[0]})


RIGHT_PIECES = {"choose": [by_array, by_value], "fit_into": [planned, as_lists]}
WRONG_PIECES = {
    "choose": [
        (lambda w, k, p: by_array(w, k, p, sizes=(1,)), "ignores what is not known"),
        (lambda w, k, p: by_array(w, k, p, sizes=(2,)), "always keeps two"),
        (lambda w, k, p: by_array(w, k, p, fit=lambda w, k: w["pay"].to_numpy()), "at the pay alone"),
        (lambda w, k, p: by_array(w, k, p, over=lambda regret: regret[0]), "a single noisy score"),
        (lambda w, k, p: by_array(w, dict.fromkeys(k, 1), p), "does not use the weights"),
        (lambda w, k, p: by_array(w, k, p, best=np.mean), "not the mean"),
        (lambda w, k, p: by_array(w, k, p, over=np.max), "fears the worst"),
        (lambda w, k, p: by_array(w, {name: one / sum(k.values()) for name, one in k.items()}, p), "ZeroDivisionError"),
        (lambda w, k, p: by_array(w, k, p, over=np.median), "median of the regret"),
        (lambda w, k, p: by_array(w, k, p, partner_of=int(fit_of(w, k).mean(0).argmax())), "price all pairs"),
        (lucky, "asked twice"),
        (lambda w, k, p: by_array(w, k, p / 2), "{'liking': 2, 'pay': 4}, 0.05)` gave ['A', 'B']. It should give ['B']"),
        (lambda w, k, p: [w.pop("pay").columns[0]], "changes what it is given"),
        (lambda w, k, p: list(w["pay"]), "one or two columns"),
        (lambda w, k, p: "AB"[len(w) % 2] * 3, "in a list"),
        (lambda w, k, p: ["no such job"], "one or two columns"),
    ],
    "fit_into": [
        (lambda *case: planned(*case, review=0), "are too full"),
        (lambda *case: ([row for row in planned(*case, review=0)[0] if row[1] != "Review"], planned(*case, review=0)[1]), "forgets the review"),
        (lambda *case: planned(*case, lost=True), "drops silently"),
        (lambda *case: planned(*case, shortest=True), "short tasks first"),
        (lambda *case: planned(*case, split=False), "is never begun"),
        (lambda *case: planned(*case, first=(3, 4)), "forgets to learn"),
        (lambda *case: (pd.DataFrame(planned(*case)[0]), planned(*case)[1]), "a list of"),
        (lambda tasks, *case: (planned(tasks, *case), tasks.clear())[0], "changes what it is given"),
        (lambda *case: planned(*case, review=0.25), "gave {'left, A': 2.25, 'week 4, A': 1.75, 'left, SQL': 1"),
        (lambda *case: planned(*case)[0], "It should give"),
    ],
}  # fmt: skip
