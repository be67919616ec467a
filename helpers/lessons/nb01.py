"""Notebook 01: monthly series of postings, the panel of bases, and the checkers."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.text import Text

from helpers import charts, check, tables

TOLD = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
COUNTRIES = {
    "Australia": "AU", "Canada": "CA", "France": "FR", "Germany": "DE", "Ireland": "IE", "Italy": "IT",
    "Netherlands": "NL", "United Kingdom": "GB", "United States": "US",
}  # fmt: skip
MONTHS = {f"{month:%b %Y}": str(month) for month in pd.period_range("2019-01", "2026-06", freq="M")}
_CODES = f"Use the two-letter codes of countries: {', '.join(sorted(COUNTRIES.values()))}."


def monthly(country="US", what="share", adjusted=False):
    """Load one monthly series (pandas.Series, indexed by month): the means of the publisher's days.

    `what` is ``"share"``, the postings that mention AI in % of all; or an index, 100 on 1 February 2020: ``"all"``,
    ``"new"`` (put up in the last seven days), or for the US a sector, which is `adjusted` for the season only. Raises
    LookupError where there is none.
    """
    rows, column = tables.load("ai_postings"), "share"
    if what != "share":
        rows, column = tables.load("postings_index"), "index_sa" if adjusted else "index_nsa"
        rows = rows[rows["postings"] == ("new" if what == "new" else "total")]
        rows = rows[rows["sector"] == ("All jobs" if what in ("all", "new") else what)]
    whole = rows["days"] == rows["month"].dt.days_in_month  # the last month can be short
    rows = rows[whole & (rows["country"] == country)].dropna(subset=column)
    name = next((name for name, code in COUNTRIES.items() if code == country), country)
    if rows.empty:
        raise LookupError(f"Indeed publishes no such index of postings for {name}.")
    series = rows.set_index(rows["month"].dt.to_period("M"))[column]
    return series.astype(float).rename(name)


def _percent(series, start="2023-01", end="2024-01"):
    return 100 * (series[end] / series[start] - 1)


def from_base(country="US", base="2023-01", end="2024-01"):
    """Draw the share of postings that mention AI as an index, 100 in a base month of one's choice."""
    first, last = pd.Period(base), pd.Period(end)
    if last <= first:
        raise LookupError("The end month must come after the base month: move one of the two sliders.")
    share = monthly(country)
    index = 100 * share / share[first]
    near = index[: last + 12]  # what comes years later would press the rest into a flat line
    figure, axes = charts.blank()
    axes.axhline(100, color="#888888", linewidth=1)
    axes.plot(near.index.to_timestamp(), near, color="#bbbbbb", linewidth=1.3)
    axes.plot(near[first:last].index.to_timestamp(), near[first:last], color=charts.UP)
    axes.plot([first.to_timestamp(), last.to_timestamp()], [100, index[last]], "o", color=charts.DOWN)
    axes.set_ylim(0, 1.08 * near.max())
    axes.set_ylabel(f"Share of postings, {first:%b %Y} = 100")
    value = index[last] - 100
    title = f"{share.name}: {value:+.0f}%, {first:%B %Y} to {last:%B %Y}"
    place = f"the {share.name}" if share.name.startswith(("United", "Nether")) else share.name
    sentence = (
        f"Seen from {first:%B %Y}, the share of postings that mention AI in {place} had "
        f"{'risen' if value >= 0 else 'fallen'} by {abs(value):.0f}% in {last:%B %Y}, "
        f"from {share[first]:.2f}% to {share[last]:.2f}% of postings."
    )
    return charts.finish(figure, title, tables.cite("ai_postings"), sentence)


def answers(change):
    """Every answer we have to "by how much did US AI postings change from early 2023 to early 2024?"."""
    share, software = monthly(), monthly("US", "Software Development", adjusted=True)
    computed = {
        "AI share of all postings": share,
        "Number of AI postings": share * monthly("US", "all"),
        "Number of new AI postings": share * monthly("US", "new"),
        "AI postings per software posting": share * monthly("US", "all", adjusted=True) / software,
    }
    rows = {
        f"{name}\n(Indeed)": (round(change(one, "2023-01", "2024-01")), True)
        for name, one in computed.items()
    }
    for row in tables.load("claim_evidence").query("claim == 'growth-36' and place == 'US'").itertuples():
        rows[f"{row.measure}\n{row.base} to {row.end} ({row.publisher})"] = row.value, False
    table = pd.DataFrame.from_dict(rows, "index", columns=["change", "ours"])
    return table.sort_values("change", ascending=False)


@check.build(**TOLD["change"])
def change(piece, ours, wrong):
    """Runs on made-up series: rises, falls, months that are missing, empty or zero."""
    draw, months = np.random.default_rng(1), pd.period_range("2022-01", "2024-06", freq="M")

    def series(known):
        made = pd.Series(draw.uniform(1, 9, len(months)).round(2), index=months)
        made[list(known)] = list(known.values())
        return made

    traps = [{month: value} for month in ("2023-01", "2024-01") for value in (0.0, np.nan)]
    cases = [(series(known), "2023-01", "2024-01") for known in ({}, {"2024-01": 3.0}, *traps)]
    ends = [("2022-03", "2024-06"), ("2024-01", "2022-01"), ("2021-12", "2024-01"), ("2023-01", "2024-07")]
    cases += [(series({}), *months) for months in ends]
    reason = "It also refuses where there is no change to tell."
    return check.judge_function(piece, ours, cases, wrong, reason)


def _fault(figure, first, second):
    """str: the first thing that would mislead a reader of the chart, or ""."""
    figure.draw_without_rendering()  # the words on the axes are made now
    words = " ".join(text.get_text() for text in figure.findobj(Text) if text.get_visible())
    lines = [line for axes in figure.axes for line in axes.lines]
    drawn = [(line.get_label(), pd.Series(line.get_ydata(), dtype=float).dropna()) for line in lines]
    both = pd.concat([first, second], axis=1).dropna()

    def there(values, name=None):
        fits = (
            len(one) == len(values) and np.allclose(one, values)
            for label, one in drawn
            if name in (None, label)
        )
        return any(fits)

    known = there(first.dropna()) and there(second.dropna())
    faults = {
        "Draw one line for each country.": len([one for _, one in drawn if len(one) > 2]) < 2,
        "The two lines have two scales, so that any two curves can be made to meet. Draw both on one pair of axes.": len({axes.get_ylim() for axes in figure.axes}) > 1,
        "Show only the months that both countries have, else one seems to start from nothing.": known and not (there(both[first.name]) and there(both[second.name])),
        "The lines do not go through the values of the two series.": not (there(both[first.name]) and there(both[second.name])),
        "The names of the two lines are swapped.": there(both[first.name], second.name),
        "The axis does not begin at 0, which makes a small change look large.": figure.axes[0].get_ylim()[0] != 0,
        "The lines leave the picture at the top. Let the axis end above the highest value.": figure.axes[0].get_ylim()[1] < both.max().max(),
        "A reader cannot see which months these are. Keep them on the axis.": not re.search(r"20[12]\d", words),
        "There is no unit. Say in the label of the axis that this is in % of postings.": not any(unit in words.lower() for unit in ("%", "percent", "per cent")),
        "A reader must find both countries by name.": not (first.name in words and second.name in words),
    }  # fmt: skip
    return next((fault for fault, there_is in faults.items() if there_is), "")


@check.build(**TOLD["two_countries"])
def two_countries(piece, ours, wrong):
    """The figure is looked at as drawn, for two real series and for others of different length."""
    draw, months = np.random.default_rng(2), pd.period_range("2020-01", "2023-12", freq="M")
    noise = [
        pd.Series(4 + draw.random(len(months)).cumsum(), index=months, name=n) for n in ("Left", "Right")
    ]
    for first, second in ((monthly("CA"), monthly("US")), (noise[0], noise[1][7:])):
        before = first.copy()
        try:
            figure = getattr(piece(first, second), "figure", None)  # of axes; a figure is its own
        except TypeError as error:
            return check.wrong(f"It stopped with {check.quoted(error)}. {TOLD['period']}")
        if not hasattr(figure, "axes"):  # also the module pyplot
            return check.wrong("The function must `return` the figure (or its axes).")
        if not first.equals(before):
            return check.wrong("The function changes the series that it is given. Work on a copy.")
        if fault := _fault(figure, first, second):
            return check.wrong(fault)
    return check.right("One scale from zero, the same months, a unit and both names.")


@check.exercise("Replace the three dots with a change in percent. Your function `change` can compute it.")
def new_ai_postings(answer):
    """The change of share times index of new postings, January 2023 to January 2024, US."""
    share, new, postings = (monthly("US", what) for what in ("share", "new", "all"))
    target = _percent(share * new)
    reason = (
        f"{target:+.1f}%. New postings fell less than all postings, which also hold the old ones still standing. "
        "Either way the number of AI postings went down."
    )
    mistakes = {
        _percent(share * postings): "That is for all postings. Take `new`.",
        _percent(share): "That is the share alone. Multiply it by `new` first.",
        _percent(new): "That is the index alone. Multiply it by the share first.",
        _percent(share)
        + _percent(new): "Changes in percent do not add. Multiply the two series month by month.",
        -target: "It fell, so the change has a minus.",
        target / 100: "That is a fraction. Multiply by 100 to get percent.",
        _percent(share * new, "2024-01", "2025-01"): "That is a year later. Start from January 2023.",
        None: "Multiply share and index month by month, then give the product to `change`.",
    }
    return check.judge_number(answer, target, 0.6, reason, mistakes)


def as_month(answer):
    """str: a month such as ``"2024-08"``, from it or any of its days: text, date, Timestamp, Period, one in a table."""
    day = str(pd.Series(np.ravel(answer)).item()).partition("/")[0]  # a week is written as two days
    return f"{pd.Timestamp(day.strip()[:30]):%Y-%m}"


@check.exercise('Replace the three dots with a country and a month, such as ("US", "2022-05").')
def best_base(answer):
    """The country and base month of 2022 and 2023 that make January 2024 look best."""
    country, month = _country(answer[0]), as_month(answer[1])
    if country is None:
        return check.wrong(_CODES)
    if len(answer) != 2 or not "2022-01" <= month <= "2023-12":
        return check.wrong("Give a country and one month from January 2022 to December 2023.")
    lows = {code: str(monthly(code)["2022-01":"2023-12"].idxmin()) for code in COUNTRIES.values()}
    best = max(lows, key=lambda code: _percent(monthly(code), lows[code], "2024-01"))
    given = f"{_percent(monthly(country), month, '2024-01'):+.0f}%"
    if (country, month) == (best, lows[best]):
        return check.right(f"{given}. A rise that is measured from a low is called a base effect.")
    if country == best:
        return check.wrong(f"The right country, {given}. It has a month with a lower share.")
    if month == lows[country]:
        return check.wrong(f"Its best month, {given}. Another country rises more from its low.")
    return check.wrong(f"That gives {given}. Look for the lowest point of 2022 and 2023, country by country.")


@check.exercise('Replace the three dots with a country and two months, such as ("US", "2023-01", "2024-01").')
def make_headline(answer):
    """A true "36% in one year": any country, any two months a year apart."""
    country, base, end = answer
    country, base, end = _country(country), as_month(base), as_month(end)
    if country is None:
        return check.wrong(_CODES)
    share = monthly(country)
    if not (str(share.index[0]) <= base and end <= str(share.index[-1])):
        return check.wrong(f"The data run from {share.index[0]} to {share.index[-1]}. Choose in between.")
    if (pd.Period(end) - pd.Period(base)).n != 12:
        return check.wrong("The two months must be exactly one year apart, the earlier first.")
    value = _percent(share, base, end)
    if round(value) != 36:
        return check.wrong(f"That gives {value:+.1f}%. It should round to +36%. Look for other months.")
    return check.right(
        f"{value:+.1f}%: a true sentence, and a headline. It says little, because dates and country were chosen for it."
    )


def _country(value):
    """The code of a country given by code or name, in any case; None if there is no such country."""
    text = str(value).strip().casefold()
    known = {name.casefold(): code for name, code in COUNTRIES.items()} | {"uk": "GB", "usa": "US"}
    return known.get(text, text.upper() if text.upper() in COUNTRIES.values() else None)
