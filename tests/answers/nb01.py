"""Answers to the exercises of notebook 01, and pieces for its builds: right ones of another make, and likely mistakes."""

import datetime as dt

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from helpers.lessons import nb01 as lesson

SHARE, NEW, ALL = (lesson.monthly("US", what) for what in ("share", "new", "all"))


def growth(series, start, end):
    """Change in percent, as any learner may write it."""
    return (series[end] - series[start]) / series[start] * 100


RIGHT = {
    "new_ai_postings": [growth(SHARE * NEW, "2023-01", "2024-01"), "-19.8 %", np.float64(-20)],
    "best_base": [("CA", "2023-06"), ["canada", dt.date(2023, 6, 14)], ("ca", pd.Period("2023-06"))],
    "make_headline": [
        ("US", "2024-02", "2025-02"), ("United States", pd.Period("2024-04"), dt.date(2025, 4, 1)),
        ["canada", "2020-06", "2021-06"],
    ],
}  # fmt: skip
WRONG = {
    "new_ai_postings": [
        (growth(SHARE * ALL, "2023-01", "2024-01"), "for all postings"),
        (growth(SHARE, "2023-01", "2024-01"), "share alone"),
        (growth(NEW, "2023-01", "2024-01"), "index alone"),
        (growth(SHARE * NEW, "2024-01", "2025-01"), "a year later"),
        (36, "Multiply share and index"),
        (growth(SHARE, "2023-01", "2024-01") + growth(NEW, "2023-01", "2024-01"), "do not add"),
        (-0.1976, "fraction"), ("19.6%", "minus"),
    ],
    "best_base": [
        (("XX", "2023-07"), "two-letter codes"), (("CA", "2021-07"), "from January 2022"),
        (("US", "2022-03"), "lowest point"), (("CA", "2022-03"), "right country"), (("US", "2023-06"), "Another country"),
    ],
    "make_headline": [
        (("XX", "2023-01", "2024-01"), "two-letter codes"), (("US", "2023-01", "2024-01"), "should round to +36%"),
        (("US", "2025-02", "2024-02"), "one year apart"), (("US", "2017-01", "2018-01"), "The data run"),
    ],
}  # fmt: skip


def steps(series, start, end):
    """A right change, written with a guard for each case."""
    if start not in series.index or end not in series.index:
        raise ValueError("a month is missing")
    before, after = float(series.loc[start]), float(series.loc[end])
    if not before > 0 or after != after:
        raise ValueError("there is nothing to compare")
    return (after - before) * 100 / before


def by_lookup(series, start, end):
    """A right change that asks a dictionary; a column of one number comes back."""
    known = {str(month): value for month, value in series.dropna().items()}
    if not {start, end} <= set(known) or known[start] == 0:
        raise ValueError(f"no change from {start} to {end}")
    return np.array(100 * known[end] / known[start] - 100)


def stops_by_itself(series, start, end):
    """Leaves missing months to pandas, whose error is another one."""
    before, after = series[start], series[end]
    return steps(series, start, end) if before > 0 and after == after else steps(series, start, "none")


def months_of_both(first, second):
    """Only the months that both have."""
    return pd.concat([first, second], axis=1, join="inner").dropna()


def with_pandas(first, second, change=lambda both: both, **options):
    """A right chart with pandas' own plot, which gives the axes back; or, with other arguments, a wrong one."""
    return change(months_of_both(first, second)).plot(**{"ylim": (0, None), "ylabel": "%"} | options)


def by_hand(first, second):
    """A right chart with pyplot: names beside the lines."""
    figure, axes = plt.subplots()
    both = months_of_both(first, second)
    for name, color in zip(both, ("black", "tab:red"), strict=True):
        axes.plot(both.index.to_timestamp(), both[name], color=color)
        axes.annotate(name, (both.index[-1].to_timestamp(), both[name].iloc[-1]))
    axes.set(ylabel="share, %", ylim=(0, None))
    return figure


def side_by_side(first, second):
    """A right chart in two panels that share one scale."""
    figure, (left, right) = plt.subplots(1, 2, sharey=True)
    both = months_of_both(first, second)
    both[first.name].plot(ax=left, title=first.name, ylabel="% of postings", ylim=(0, None))
    both[second.name].plot(ax=right, title=second.name)
    left.set_ylim(0, 1.1 * both.max().max())
    return figure


def changes_the_series(first, second):
    """Works on the caller's data."""
    first[:] = first.round()
    return with_pandas(first, second)


RIGHT_PIECES = {"change": [steps, by_lookup], "two_countries": [with_pandas, by_hand, side_by_side]}
WRONG_PIECES = {
    "change": [
        (growth, "It should give the error `ValueError`"), (stops_by_itself, "`KeyError`"),
        (lambda s, a, b: steps(s, a, b) * s[a] / 100, "percentage points"),
        (lambda s, a, b: steps(s, a, b) * s[a] / s[b], "later month"),
        (lambda s, a, b: round(steps(s, a, b)), "It should give"),
        (lambda s, a, b: steps(s, a, b) / 100, "fraction"),
        (lambda s, a, b: steps(s, a, b) + 100, "ubtract 1"),
        (lambda s, a, b: steps(s, b, a), "swapped"),
        (lambda s, a, b: print(steps(s, a, b)), "forget `return`"),
    ],
    "two_countries": [
        (changes_the_series, "changes the series"), (lambda a, b: plt.plot(a), "about a Period"), (lambda a, b: plt, "`return` the figure"),
        (lambda a, b: with_pandas(a, b, secondary_y=[b.name]).get_figure(), "two scales"),
        (lambda a, b: with_pandas(a, b, legend=False), "both countries by name"),
        (lambda a, b: with_pandas(a, b, ylim=None), "does not begin at 0"),
        (lambda a, b: with_pandas(a, b, ylabel=None), "no unit"),
        (lambda a, b: with_pandas(a, b, lambda both: pd.concat([a, b], axis=1)), "months that both"),
        (lambda a, b: with_pandas(a, b, lambda both: both.rolling(3, min_periods=1).mean()), "values of the two series"),
        (lambda a, b: with_pandas(a, b, lambda both: both.reset_index(drop=True)), "which months"),
        (lambda a, b: with_pandas(a, b, lambda both: both.set_axis([b.name, a.name], axis=1)), "names of the two lines"),
        (lambda a, b: with_pandas(a, b).set_ylim(0, 2) and plt.gcf(), "leave the picture"),
        (lambda a, b: print(with_pandas(a, b)), "`return` the figure"),
    ],
}  # fmt: skip
