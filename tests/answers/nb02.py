"""Answers to the exercises of notebook 02, and pieces for its builds: right ones of another make, and likely mistakes."""

import datetime as dt

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from helpers import pay, stats

GOOD = """# Memo

I recommend to show the range for data scientists first.

Since 2024 it kept a coverage of 78% (74 to 81) of midpoints, in thousand USD a year, in US adverts of 2024.

Adverts without a range were never measured, and what one employer pays is another question. Applicants would ask for too
little. An A/B test by employer would settle it. We stop if readers complain.
"""
OTHER = """✎ Your name and a date.

My advice: show ranges for four roles, with a model that learns again each month, and take them down if coverage falls.

Measured: a coverage of 78 % of the midpoints [95% interval 77, 79] of United States adverts, September 2023 to January
2025, thousand dollars a year. Employers that leave the range out were not measured, and both real ends lie within ours for few.

A job seeker might settle for less. Employers drawn at random would show whether it helps.
"""
RIGHT = {
    "what_is_unknown": ["B", " b ", "B."],
    "scope_months": [
        ["2024-06", "2024-08"], {"2024-08", "2024-06"}, (pd.Period("2024-06"), dt.date(2024, 8, 1)),
        pd.to_datetime(["2024-06-01", "2024-08-01"]), "2024-08 and 2024-06", "June 2024, August 2024",
    ],
    "memo": [(GOOD, 78.2), (GOOD, 77.6), (OTHER, 78.2)],
}  # fmt: skip
WRONG = {
    "what_is_unknown": [("A", "what we would like"), ("C", "do not help"), ("D", "Choose"), (2, "could not be read")],
    "scope_months": [
        (["2024-06"], "one of the two"), ("2024-08", "one of the two"), (["2024-06", "2024-09"], "One of the two is right"),
        (["2024-06", "2024-07", "2024-08"], "Both are among yours"), (["2023-01", "2023-02"], "No title starts"),
    ],
    "memo": [
        ((GOOD, 69.4), "not found: gives the coverage"),
        ((GOOD.replace("Applicants", "Some"), 78.2), "not found: says who is harmed"),
        ((GOOD.replace("without a range", "of some firms"), 78.2), "not found: says that adverts without"),
        ((GOOD.replace("An A/B test by employer would settle it.", ""), 78.2), "not found: names the experiment"),
        ((GOOD.replace("US adverts", "adverts that came to us"), 78.2), "not found: says in which place"),
        ((GOOD.replace("(74 to 81)", "(2023-09 to 2024-12)"), 78.2), "not found: gives an interval"),
        ((GOOD.replace("what one employer pays", "the rest"), 78.2), "not found: says that one employer's own"),
        ((GOOD.replace("We stop", "We wonder"), 78.2), "not found: says when to stop"),
    ],
}  # fmt: skip

LAG = """
SELECT year, COUNT(*) AS records, SUM(same) AS twins, SUM(same AND pay >= below) AS higher_first FROM (
    SELECT a.year, a.pay, b.pay AS below, b.record IS NOT NULL AS same
    FROM records a LEFT JOIN records b ON b.record = a.record + 1 AND b.arrived = a.arrived AND b.year = a.year
        AND b.title = a.title AND b.level = a.level AND b.remote = a.remote AND b.country = a.country
) GROUP BY year ORDER BY year
"""
CASE = LAG.replace("SUM(same AND pay >= below)", "SUM(CASE WHEN same AND below <= pay THEN 1 ELSE 0 END)")


def boxes(adverts):
    """A right chart: boxes drawn from quantiles, with the counts below."""
    us = adverts.query("country == 'US'")
    figure, axes = plt.subplots()
    each = us.loc[us.index.repeat(us["weight"])].groupby("role", observed=True)["midpoint"]
    parts = {f"{role}\n{each.get_group(role).size} adverts": each.get_group(role) for role in pay.ROLES}
    axes.boxplot(list(parts.values()), tick_labels=list(parts))
    axes.set(ylabel="dollars a year (thousand)", title="United States")
    return figure


def weighted(rows, shares):
    return np.quantile(rows["midpoint"], shares, weights=rows["weight"], method="inverted_cdf")


def bars(adverts, start=0, unit="thousand USD a year", medians=True):
    """A right chart: bars of the medians with the quartiles as lines; or, with other arguments, a wrong one."""
    us = adverts[adverts["country"] == "US"]
    _, axes = plt.subplots()
    for place, role in enumerate(pay.ROLES):
        rows = us[us["role"] == role]
        low, middle, high = weighted(rows, (0.25, 0.5, 0.75))
        middle = middle if medians else np.average(rows["midpoint"], weights=rows["weight"]) + 2
        axes.bar(f"{role}\n{rows['weight'].sum():,}", middle)
        axes.vlines(place, low, high, color="black")
    axes.set(ylim=(start, None), ylabel=unit, title="Offers in the US")
    return axes


def points(adverts):
    """A wrong chart: so many points that one of them lies at each median by chance."""
    figure, axes = plt.subplots()
    us = adverts[adverts["country"] == "US"]
    for role in pay.ROLES:
        rows = us[us["role"] == role]
        axes.plot([f"{role}\n{rows['weight'].sum()} adverts"] * len(rows), rows["midpoint"], ".")
    axes.set(ylabel="thousand USD a year", title="US", ylim=(0, None))
    return figure


def loop(adverts, day, weights=True, least=stats.LEAST, ends=(0.1, 0.9)):
    """A right rival, written another way; or, with other arguments, a wrong one."""
    past, later = adverts[adverts["arrived"] <= day], adverts[adverts["arrived"] > day]
    known, answers = {}, []
    for _, job in later.iterrows():
        key = (job["role"], job["level"], job["country"])
        if key not in known:
            for names in (("role", "level", "country"), ("role", "level"), ("role",), ()):
                rows = past
                for name in names:
                    rows = rows[rows[name] == job[name]]
                if rows["weight"].sum() >= least or not names:
                    break
            known[key] = weighted(rows if weights else rows.assign(weight=1), ends)
        answers.append(known[key])
    return np.vstack(answers)


def peeks(adverts, day):
    """A wrong rival: it learns from all, and answers for those after the day."""
    before = adverts.assign(arrived=pd.Timestamp(day))
    both = pd.concat([before, adverts[adverts["arrived"] > day]])
    return loop(both, day)


def rules(table):
    """A right decision, without a loop."""
    few = (table["adverts"] < stats.LEAST) | (table["high"] - table["low"] > 20)
    shown = np.where(few, "too few", np.where(table["low"] >= 70, "show", "do not show"))
    return dict(zip(table.index, shown.tolist(), strict=True))


RIGHT_PIECES = {
    "twins": [LAG, CASE],
    "pay_by_role": [boxes, bars],
    "rival": [loop, lambda adverts, day: loop(adverts.copy(), pd.Timestamp(day)).tolist()],
    "decide": [rules, lambda table: {role: rules(table.loc[[role]])[role] for role in table.index}],
}
WRONG_PIECES = {
    "twins": [
        (LAG.replace("b.record = a.record + 1", "b.record > a.record"), "should give"),
        (LAG.replace(" AND b.country = a.country", ""), "should give"),
        (LAG.replace(">= below", "> below"), "equal pay count as well"),
        (LAG.replace("b.arrived = a.arrived AND ", ""), "two different weeks"),
        ("SELECT year FROM record", "no such table"),
        ("DROP TABLE records", "database says"),
    ],
    "pay_by_role": [
        (lambda adverts: bars(adverts, start=50), "does not start at 0"),
        (lambda adverts: bars(adverts, unit="Pay"), "no unit"),
        (lambda adverts: bars(adverts, unit="thousand USD"), "a year from a month"),
        (points, "A mean is no median"),
        (lambda adverts: bars(adverts, medians=False), "A mean is no median"),
        (lambda adverts: adverts.groupby("role", observed=True)["midpoint"].mean().plot.barh(), "no unit"),
        (lambda adverts: None if boxes(adverts) else 0, "must `return`"),
        (lambda adverts: boxes(adverts.assign(country="US")), "all countries"),
    ],
    "rival": [
        (lambda adverts, day: loop(adverts, day, weights=False), "counts each row once"),
        (lambda adverts, day: loop(adverts, day, least=1), "fewer than 30"),
        (lambda adverts, day: loop(adverts, day, ends=(0.25, 0.75)), "80% range"),
        (peeks, "It looks into the future"),
        (lambda adverts, day: loop(adverts[adverts["arrived"] != day], day), "should give"),
        (lambda adverts, day: loop(adverts, day)[:, ::-1], "should give"),
    ],
    "decide": [
        (lambda table: rules(table.assign(low=table["coverage"])), "should give"),
        (lambda table: rules(table.assign(adverts=99)), "number of adverts"),
        (lambda table: {role: "show" for role in table.index}, "should give"),
        (lambda table: pd.Series(rules(table)).str.upper().to_dict(), "should give"),
        (lambda table: rules(table.assign(adverts=table["adverts"] - 1)), "only *fewer*"),
        (lambda table: rules(table.assign(low=table["high"])), "should give"),
        (lambda table: rules(table.assign(high=table["high"] + 0.5)), "should give"),
    ],
}  # fmt: skip
