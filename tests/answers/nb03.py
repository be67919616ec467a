"""Answers to the exercises and pieces for the builds of notebook 03."""

import math

import numpy as np
import pandas as pd

from helpers import pay
from helpers.lessons import nb03 as lesson

GAIN = (-15.3, -21.7, -9.7)
GOOD = (
    "Mondrian calibration by group is known. Where is the baseline that retrains each month? The best of sixty was "
    "chosen on the same weeks. There is no interval."
)
REPLY = (
    "Thank you. On the sealed weeks the interval score of monthly training is 172.1, and the table now says so. What "
    "late labels do is unknown."
)
RIGHT = {
    "argument": ["symmetric_correction", " symmetric_correction=True ", {"symmetric_correction": True}],
    "ruling": [
        ("supported", 0, GAIN),
        (" Not shown ", 15, GAIN),
        ("refuted", 30, GAIN),
        ("supported", 9.7, GAIN),
        ("Not-shown.", 15, GAIN),
    ],
    "review": [
        GOOD,
        GOOD.replace("Mondrian", "Vovk").replace("baseline", "simple rival"),
        "Earlier work did it. No simple rival is shown. It was picked on the very weeks it is judged on. Give error bars.",
    ],
    "reply": [
        (REPLY, 172.11),
        (REPLY.replace("172.1", "172").replace("is unknown", "I don't know"), 172.11),
        (REPLY.replace("the table now says so", "this is a limitation"), 172.11),
    ],
}
WRONG = {
    "argument": [
        ("minimize_interval_width", "same constant"),
        ("symmetric_correction=False", "same constant"),
        (3, "same constant"),
    ],
    "ruling": [
        (("refuted", 0, GAIN), "Supported: all"),
        (("supported", 15, GAIN), "you claimed -15.0"),
        (("yes", 0, GAIN), "Supported: all"),
        (("supported", "much", GAIN), "could not be read"),
    ],
    "review": [
        (GOOD.replace("There is no interval.", "Its interval score is 182.4."), "not found: no interval"),
        ("I am excited: unknown, correlated arrivals.", "not found: who did this before"),
    ],
    "reply": [
        (("Retraining is beyond the scope of this paper.", 172.11), "not found: on which weeks"),
        ((REPLY.replace("172.1", "171.2"), 172.11), "not found: gives the interval score as computed"),
        ((REPLY.replace("Thank you.", "We disagree."), 172.11), "not found: thanks"),
        ((REPLY.replace("is unknown", "is calculated later"), 172.11), "not found: what is still open"),
    ],
}


def ranked(scores, miss, new=1):
    n = len(scores)
    return sorted(scores)[min(max(math.ceil((n + new) * (1 - miss)), 1), n) - 1]


def partitioned(scores, miss):
    place = int(np.ceil((len(scores) + 1) * (1 - miss))) - 1
    place = max(0, min(place, len(scores) - 1))
    return np.partition(np.asarray(scores, dtype=float), place)[place]


def in_place(scores, miss):
    scores.sort()
    return ranked(scores, miss)


def by_loop(ends, y, new_ends, miss):
    scores = [max(low - value, value - high) for (low, high), value in zip(ends, y, strict=True)]
    correction = ranked(scores, miss)
    return np.array([(low - correction, high + correction) for low, high in new_ends])


def by_columns(ends, y, new_ends, miss):
    score = np.column_stack([ends[:, 0] - y, y - ends[:, 1]]).max(axis=1)
    correction = partitioned(score, miss)
    return np.column_stack([new_ends[:, 0] - correction, new_ends[:, 1] + correction])


def in_a_table(ends, y, new_ends, miss):
    known, new = (pd.DataFrame(one, columns=["low", "high"]) for one in (ends, new_ends))
    correction = ranked(pd.concat([known["low"] - y, y - known["high"]], axis=1).max(axis=1), miss)
    return pd.DataFrame({"low": new["low"] - correction, "high": new["high"] + correction})


def absolute(ends, y, new_ends, miss):
    correction = ranked(np.abs(np.maximum(ends[:, 0] - y, y - ends[:, 1])), miss)
    return new_ends + correction * np.array([-1, 1])


def each_end(ends, y, new_ends, miss):
    down, up = ranked(ends[:, 0] - y, miss / 2), ranked(y - ends[:, 1], miss / 2)
    return new_ends + np.array([-down, up])


def adaptive(stream, step=0.05, window=13, peek=False, sign=1):
    aim, found = 0.2, pd.Series(index=stream.index[stream["week"] >= 0], dtype=float)
    for now, past in lesson.weeks(stream, window):
        correction = ranked((now if peek else past)["score"], aim)
        found[now.index] = correction
        aim = aim + sign * step * (0.2 - (now["score"] > correction).mean())
    return found


def adaptive_shorter(stream, step=0.05, window=13, of_a_week=np.mean):
    miss, parts = 0.2, {}
    for now, past in lesson.weeks(stream, window):
        correction = partitioned(past["score"], miss)
        parts |= dict.fromkeys(now.index, correction)
        miss -= step * of_a_week((now["score"] > correction) - 0.2)
    return pd.Series(parts)


def fading(stream):
    parts = []
    for now, past in lesson.weeks(stream, 26):
        weight = 0.9 ** (now["week"].iloc[0] - past["week"])
        correction = np.quantile(past["score"], 0.8, weights=weight, method="inverted_cdf")
        parts.append((now["range_low"] - correction, now["range_high"] + correction))
    return tuple(map(pd.concat, zip(*parts, strict=True)))


def trained_again(stream):
    parts, month = [], None
    for now, past in lesson.weeks(stream, 200):
        if now["arrived"].iloc[0].month != month:
            month, model = now["arrived"].iloc[0].month, pay.fit(past, **lesson.QUICK)
        parts.append(pd.DataFrame(model.predict(now), now.index, ["low", "high"]))
    ranges = pd.concat(parts)
    return ranges["low"], ranges["high"]


def trained_on_adverts_before(stream):
    rows, parts = stream[stream["week"] >= 0], []
    for month, now in rows.groupby(rows["arrived"].dt.to_period("M")):
        past = pay.between(pay.adverts(), pay.FIRST_YEAR[0], month.start_time - pd.Timedelta(days=1))
        model = pay.fit(past, n_estimators=2)
        parts.append(pd.DataFrame(model.predict(now), now.index, ["low", "high"]))
    ranges = pd.concat(parts).sample(frac=1, random_state=0)
    return ranges["low"], ranges["high"].sort_index()


def of_all_adverts(stream):
    rows = stream.index[stream["week"] >= 0]
    return tuple(pd.Series(end, rows) for end in pay.adverts()["midpoint"].quantile([0.1, 0.9]))


def of_all_time(stream):
    rows = stream[stream["week"] >= 0]
    correction = stream["score"].quantile(0.8)
    return rows["range_low"] - correction, rows["range_high"] + correction


def changing(stream):
    stream["midpoint"] = 0
    return of_all_time(stream)


RIGHT_PIECES = {
    "conformal_quantile": [ranked, partitioned],
    "cqr": [by_loop, by_columns, in_a_table],
    "aci": [adaptive, adaptive_shorter, lambda *given, **named: adaptive(*given, **named).iloc[::-1]],
    "mine": [fading, trained_again, trained_on_adverts_before, lesson.corrected],
}
WRONG_PIECES = {
    "conformal_quantile": [
        (lambda scores, miss: np.quantile(scores, 1 - miss), "np.quantile"),
        (lambda scores, miss: ranked(scores, miss, new=0), "new case"),
        (lambda scores, miss: sorted(scores)[math.ceil((len(scores) + 1) * (1 - miss)) - 1], "1 and n"),
        (lambda scores, miss: ranked(scores, 1 - miss), "lower tail"),
        (in_place, "changes what it is given"),
        (lambda scores, miss: print(ranked(scores, miss)), "return"),
    ],
    "cqr": [
        (absolute, "never negative"),
        (lambda ends, y, new_ends, miss: 2 * new_ends - by_columns(ends, y, new_ends, miss), "must widen"),
        (each_end, "same correction"),
        (lambda ends, y, new_ends, miss: new_ends, "It should give"),
        (lambda ends, y, new_ends: new_ends, "TypeError"),
    ],
    "aci": [
        (lambda stream, step=0.05, window=13: adaptive(stream, step, window, peek=True), "looks ahead"),
        (lambda stream, step=0.05, window=13: adaptive(stream, step, window, sign=-1), "sign is wrong"),
        (lambda stream, step=0.05, window=13: adaptive(stream, 1, window), "left out the step"),
        (lambda stream, step=0.05, window=13: adaptive_shorter(stream, step, window, np.sum), "once a week"),
        (lambda stream, step=0.05, window=13: adaptive(stream, step, window).to_numpy(), "one Series"),
        (lambda stream, step=0.05, window=13: adaptive(stream, 0, window) * np.nan, "It should give"),
    ],
    "mine": [
        (of_all_time, "looks ahead"),
        (of_all_adverts, "looks ahead"),
        (lambda stream: of_all_time(stream[stream["role"] != "Software Engineer"]), "got no range"),
        (lambda stream: [end.reset_index(drop=True) for end in lesson.corrected(stream)], "under its index"),
        (lambda stream: [stream["role"].map({"Other": 0})["Software Engineer"]] * 2, "a role that is new"),
        (lambda stream: lesson.corrected(stream)[::-1], "above its high end"),
        (lambda stream: pd.concat(lesson.corrected(stream), axis=1), "two Series"),
        (changing, "changes the stream"),
        (lambda stream: [end + np.random.default_rng().random() for end in of_all_time(stream)], "Run twice"),
    ],
}
