"""Answers to the exercises and pieces for the builds of notebook 13."""

from fractions import Fraction

import numpy as np
import pandas as pd

from helpers import stats

RIGHT = {
    "triage": [7.76, "7.8%", 0.0776, np.float64(7.7)],
    "fraud": [3511, "3,511", 3511.1, Fraction(1, 3511), 0.000285, "0.0285%"],
    "order": [75, "76", pd.Series([75.0])],
    "window": [24, "24", np.int64(24)],
    "base": [352_000, "351,914", 351914.4],
}
WRONG = {
    "triage": [
        (1.45, "what happened to these cancers"),
        (0.0145, "high end of `stats.wilson`"),
        (0.3, "the low end"),
        (5, "the rule you chose by"),
        (2.9, "all lumps"),
        (21.3, "the threshold 0.5"),
        (12.4, "the part you chose on"),
        (11.6, "what the threshold 0.5 misses"),
        (4.48, "missed in the part you chose on"),
        (4.27, "simple interval"),
        (50, "Take the cancers only"),
    ],
    "fraud": [
        (3601, "real frauds are checked"),
        (3911, "nine in ten frauds ring, so"),
        (4001, "and each check costs"),
        (40, "every payment were checked"),
        (1000, "How rare"),
        (2, "share of frauds"),
    ],
    "order": [
        (62, "the mean"),
        (60, "the median"),
        (129, "never runs out"),
        (80, "price with the cost"),
        (46, "wrong way round"),
        (156.9, "profit of the best order"),
        (90, "Try each order"),
    ],
    "window": [(1, "noisy"), (96, "slow to rise"), (6, "For each window"), (63, "warning of the best")],
    "base": [
        (2_500_000, "40% in total"),
        (260_308, "grows *to* a million"),
        (625_000, "on top of growth"),
        (228_431, "five years"),
        (573_394, "three years"),
        (1, "`readings(40, 4, 1)`"),
    ],
}


def by_logs(areas, nation, inflate=1.0, fill=None):
    place = (nation["everybody"] / nation["jobs"]) * areas["jobs"] / areas["everybody"]
    relative = np.hypot(areas["rse"], nation["rse"]) / 100 * inflate
    table = pd.DataFrame(index=areas.index)
    table["high"], table["low"] = (place * (1 + sign * stats.Z * relative) for sign in (1, -1))
    table["quotient"] = place
    return table if fill is None else table.fillna(fill)


def row_by_row(areas, nation):
    rows = {}
    for name, area in areas.iterrows():
        times = area["jobs"] / area["everybody"] / nation["jobs"] * nation["everybody"]
        off = 1.959964 * times * ((area["rse"] / 100) ** 2 + (nation["rse"] / 100) ** 2) ** 0.5
        rows[name] = {"quotient": times, "low": times - off, "high": times + off}
    return pd.DataFrame(rows).T


def of_area(areas, nation):
    return by_logs(
        areas, {"everybody": areas["everybody"].sum(), "jobs": areas["jobs"].sum(), "rse": nation["rse"]}
    )


def one_sided(areas, nation):
    return by_logs(areas, {**nation, "rse": 0.0})


def with_z(z):
    return lambda areas, nation: by_logs(areas, nation, inflate=z / stats.Z)


def no_root(areas, nation):
    summed = areas["rse"] ** 2 + nation["rse"] ** 2
    return by_logs(areas.assign(rse=summed), {**nation, "rse": 0.0})


def no_area_error(areas, nation):
    return by_logs(areas.assign(rse=areas["rse"] * 0), nation)


def stepwise(percent, years, base):
    now = start = float(base)
    for _ in range(years):
        now += now * percent / 100
    yearly = 100 * (np.exp(np.log1p(percent / 100) / years) - 1)
    return {
        "a year": [100 * (now - start) / start, percent, now - start],
        "in total": [percent, yearly, start * percent / 100],
    }


def with_names(percent, years, base):
    return {name: np.array(value, float) for name, value in stepwise(percent, years, base).items()}


def simple(percent, years, base):
    return stepwise(percent, years, base) | {"in total": (percent, percent / years, base * percent / 100)}


def no_compound(percent, years, base):
    added = percent * years
    return stepwise(percent, years, base) | {"a year": (added, percent, base * added / 100)}


def linear(percent, years, base):
    return no_compound(percent, years, base) | {"in total": simple(percent, years, base)["in total"]}


def for_two_years(percent, years, base):
    return stepwise(percent, 2, base)


def factors(percent, years, base):
    found = stepwise(percent, years, base)
    (total, yearly, new), (grown, _, more) = found["in total"], found["a year"]
    return {"in total": (total, 100 + yearly, new), "a year": (100 + grown, percent, more)}


def last_year(percent, years, base):
    grown = stepwise(percent, years, base)
    before = base * (1 + percent / 100) ** (years - 1)
    return grown | {"a year": (grown["a year"][0], percent, before * percent / 100)}


def ends(percent, years, base):
    return {
        name: (total, yearly, base + new)
        for name, (total, yearly, new) in stepwise(percent, years, base).items()
    }


def shares(percent, years, base):
    found = stepwise(percent, years, base)
    return {
        "in total": (percent, found["in total"][1] / 100, found["in total"][2]),
        "a year": (found["a year"][0] / 100, percent, found["a year"][2]),
    }


RIGHT_PIECES = {"location_quotient": [by_logs, row_by_row, with_z(1.96)], "readings": [stepwise, with_names]}
WRONG_PIECES = {
    "location_quotient": [
        (of_area, "areas of the table"),
        (one_sided, "leaves out the error of the nation"),
        (lambda areas, nation: by_logs(areas, nation, inflate=100), "Divide by 100"),
        (lambda areas, nation: by_logs(areas, nation, inflate=1 / stats.Z), "68%"),
        (lambda areas, nation: by_logs(areas, nation, fill=0), "puts zero"),
        (with_z(2), "rule of thumb"),
        (no_root, "stops there"),
        (no_area_error, "leaves out the error of the area"),
        (lambda areas, nation: by_logs(areas, nation).reset_index(drop=True), "loses the names"),
        (lambda areas, nation: by_logs(areas, nation).round(2), "It rounds"),
        (lambda areas, nation: by_logs(areas, nation).dropna(), "drops the areas"),
        (lambda areas, nation: by_logs(areas, nation)["quotient"], "It should give"),
        (lambda areas, nation: 100 * by_logs(areas, nation), "It should give"),
    ],
    "readings": [
        (simple, "divides the percentage by the years"),
        (no_compound, "multiplies the percentage by the years"),
        (ends, "counts the jobs at the end"),
        (shares, "returns shares"),
        (linear, "divides and multiplies"),
        (for_two_years, "square root for any"),
        (factors, "factors as percentages"),
        (last_year, "the last year only"),
        (lambda percent, years, base: stepwise(percent, years + 1, base), "one year too many"),
        (lambda percent, years, base: stepwise(percent, years, base)["a year"], "It should give"),
    ],
}  # fmt: skip
