"""Answers to the exercises of notebook 02, and pieces for its builds: right ones of another make, and likely mistakes."""

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
2025, thousand dollars a year. We measured only adverts that have a range, and an individual employer may pay something else.

A job seeker might settle for less. Employers drawn at random would show whether it helps.
"""
RIGHT = {
    "what_is_unknown": ["B", " b ", "(b) Coverage."],
    "memo": [(GOOD.replace("\n\n", "\n"), 78.2), (GOOD, 77.6), (OTHER, 78.2), (GOOD.replace("Applicants", "Those who apply"), 78.2), (GOOD.replace("I recommend to show the", "Show the pay").replace("without a range", "that hide their pay").replace("An A/B test by employer", "A trial with half the firms").replace("one employer pays", "your company pays"), 78.2)],
}  # fmt: skip
WRONG = {
    "what_is_unknown": [("A", "what we would like"), ("C", "do not help"), ("because", "Choose"), (2, "could not be read")],
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
    axes.set(ylabel="dollars a year (thousand)", title="United States, aijobs.net")
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
    axes.set(ylim=(start, None), ylabel=unit, title="Offers in the US; source: aijobs.net")
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
            for names in (("role", "level", "country"), ("role",), ()):
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


def rules(row, sure="low"):
    """A right decision, written another way; or, with another column, a wrong one."""
    few = row["adverts"] < stats.LEAST or row["high"] - row["low"] > 20
    return "too few" if few else ("do not show", "show")[int(row[sure] >= 70)]


def asserted(adverts, day, equal=0.02, least=0, first=None):
    """A right audit, written another way; or, with other arguments, a wrong one."""
    broken, months = set(), adverts["arrived"].dt.strftime("%Y-%m")
    expected = pd.date_range(first or adverts["arrived"].min().replace(day=1), day, freq="MS").strftime(
        "%Y-%m"
    )
    if set(expected) - set(months):
        broken.add("months are missing")
    for row in adverts[["low", "high", "arrived"]].itertuples(index=False):
        if not least <= row.low <= row.high <= 900 or row.arrived > day:
            broken.add("a row is wrong")
    for name, known in (("role", pay.ALL_ROLES), ("country", pay.COUNTRIES)):
        broken |= {f"unknown {name}: {one}" for one in set(adverts[name]) - set(known)}
    if len(adverts) - len(adverts.drop_duplicates()) > equal * len(adverts):
        broken.add("rows stand twice")
    return broken


def in_order(adverts, day):
    """A wrong audit: it adds a column to the table of the caller."""
    adverts["month"] = 1
    return []


RIGHT_PIECES = {
    "twins": [LAG, CASE],
    "pay_by_role": [boxes, bars],
    "rival": [loop, lambda adverts, day: loop(adverts.copy(), pd.Timestamp(day)).tolist()],
    "decide": [rules, lambda row: np.str_(rules(row.astype(float)))],
    "audit": [asserted, lambda adverts, day: sorted(asserted(adverts, day))],
}
WRONG_PIECES = {
    "twins": [
        (LAG.replace(" AND b.country = a.country", ""), "should give"),
        (LAG.replace(">= below", "> below"), "equal pay count as well"),
        (LAG.replace("b.arrived = a.arrived AND ", ""), "two different weeks"),
        (LAG.replace("AS twins", "AS pairs"), "columns are named"),
        ("DROP TABLE records", "The columns are named"), ("SELECT SUM(LEAD(pay) OVER (ORDER BY record)) FROM records", "in a `WITH`"),
    ],
    "pay_by_role": [
        (lambda adverts: bars(adverts, start=50), "does not start at 0"),
        (lambda adverts: bars(adverts, unit="Pay"), "no unit"),
        (lambda adverts: bars(adverts, unit="thousand USD"), "a year from a month"),
        (points, "A mean is no median"),
        (lambda adverts: bars(adverts, medians=False), "A mean is no median"),
        (lambda adverts: plt if boxes(adverts) else 0, "must `return`"),
        (lambda adverts: boxes(adverts.assign(country="US")), "all countries"),
    ],
    "rival": [
        (lambda adverts, day: loop(adverts, day, weights=False), "counts each row once"),
        (lambda adverts, day: loop(adverts, day, least=1), "fewer than 30"),
        (lambda adverts, day: loop(adverts, day, ends=(0.25, 0.75)), "80% range"),
        (peeks, "It looks into the future"),
        (lambda adverts, day: loop(adverts[adverts["arrived"] != day], day), "belong to the past"),
        (lambda adverts, day: loop(adverts, day)[:, ::-1] * [1, np.nan], "should give"),
    ],
    "decide": [
        (lambda row: rules(row, "coverage"), "You judge by the estimate"),
        (lambda row: rules(row.replace(row["adverts"], 99)), "number of adverts"),
        (lambda row: "show", "should give"),
        (lambda row: rules(row.sub([1, 0, 0, 0])), "only *fewer*"),
        (lambda row: rules(row, "high"), "the best that can be hoped"),
        (lambda row: rules(row.add([0, 0, 0, 0.5])), "not *wider* than 20"),
    ],
    "audit": [
        (lambda adverts, day: [], "stops 0 of 8 faulty ones."),
        (lambda adverts, day: ["no"], "stops 8 of 8 faulty ones, but also 3 of 3 good ones"),
        (lambda adverts, day: asserted(adverts, day, equal=0), "stopped by “rows stand twice”"),
        (lambda adverts, day: asserted(adverts, day, least=20), "stopped by “a row is wrong”"),
        (lambda adverts, day: asserted(adverts, day, first="2022-09-01"), "stopped by “months are missing”"),
        (lambda adverts, day: asserted(adverts.dropna(), day), "with empty cells"),
        (lambda adverts, day: asserted(adverts, adverts["arrived"].max()), "from after `day`"),
        (lambda adverts, day: asserted(adverts, day) - {"unknown country: UK"}, "beside “GB”"),
        (lambda adverts, day: pd.Series(sorted(asserted(adverts, day))), "Return a list"),
        (in_order, "changes the table"),
    ],
}  # fmt: skip
