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
    "new_ai_postings": [growth(SHARE * NEW, "2023-01", "2024-01"), "-19.8 %", np.float64(-20), -0.1976],
    "best_base": [("CA", "2023-07"), ["canada", dt.date(2023, 7, 14)], ("ca", pd.Period("2023-07"))],
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


def points(series, start, end):
    """Percentage points, with all guards."""
    steps(series, start, end)
    return series[end] - series[start]


def backwards(series, start, end):
    """The later month as the base."""
    steps(series, start, end)
    return 100 * (1 - series[start] / series[end])


def rounded(series, start, end):
    """Rounds on the way."""
    return round(steps(series, start, end))


SOURCE = "Source: Indeed Hiring Lab, AI Tracker"


def with_pandas(table, first, second):
    """A right chart with pandas' own plot; gives the axes back."""
    words = dict(ylabel="% of postings", title="Postings that mention AI", xlabel=SOURCE)
    return table[[first, second]].plot(ylim=(0, None), **words)


def as_index(table, first, second):
    """A right chart of another kind: an index of both, the same base month, names beside the lines."""
    figure, axes = plt.subplots()
    both = 100 * table[[first, second]] / table[[first, second]].iloc[12]
    for name, color in zip(both, ("black", "tab:red"), strict=True):
        axes.plot(both.index.to_timestamp(), both[name], color=color)
        axes.annotate(name, (both.index[-1].to_timestamp(), both[name].iloc[-1]))
    axes.set_ylabel("Index, base month = 100")
    figure.suptitle("Postings that mention AI")
    figure.text(0, 0, SOURCE)
    return figure


def two_scales(table, first, second):
    """Two axes that make any two lines meet."""
    return table[[first, second]].plot(secondary_y=[second], ylabel="%", xlabel=SOURCE).get_figure()


def swapped(table, first, second):
    """The names in the wrong order."""
    axes = with_pandas(table, first, second)
    axes.legend([second, first])
    return axes


def cropped(table, first, second):
    """The quickest line of code: pandas cuts the axis."""
    return table[[first, second]].plot(ylabel="%", xlabel=SOURCE, title="AI")


def late_only(table, first, second):
    """Only the months that look good."""
    return with_pandas(table.iloc[-24:], first, second)


def without_return(table, first, second):
    """Draws and forgets."""
    with_pandas(table, first, second)


def logarithmic(table, first, second):
    """A scale without a zero."""
    axes = with_pandas(table, first, second)
    axes.set_yscale("log")
    return axes


def changes_the_table(table, first, second):
    """Works on the caller's data."""
    table[first] = table[first].round()
    return with_pandas(table, first, second)


RIGHT_PIECES = {"change": [steps, lambda s, a, b: steps(s, a, b)], "two_countries": [with_pandas, as_index]}
WRONG_PIECES = {
    "change": [
        (points, "percentage points"), (backwards, "later month"), (growth, "It should stop"), (rounded, "It should give"),
        (lambda s, a, b: steps(s, a, b) / 100, "fraction"),
        (lambda s, a, b: steps(s, a, b) + 100, "ubtract 1"),
    ],
    "two_countries": [
        (two_scales, "scales"), (swapped, "which line is which"), (cropped, "begin at zero"), (late_only, "every month"),
        (without_return, "back"), (logarithmic, "begin at zero"), (changes_the_table, "changes the table"),
        (lambda table, first, second: with_pandas(table, "Canada", "United States"), "asked for"),
    ],
}  # fmt: skip
