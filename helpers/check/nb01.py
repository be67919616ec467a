"""Checkers of notebook 01. The right answers are computed from the tables, so they move with the data."""

import datetime as dt

import pandas as pd

from helpers import market
from helpers.check.engine import exercise, judge_number, right, wrong

_CODES = f"Use the two-letter codes of countries: {', '.join(sorted(market.COUNTRIES.values()))}."
EARLY_2023, EARLY_2024 = ("2023-01", "2023-02"), ("2024-01", "2024-02")


@exercise(
    "Replace the three dots with the change of the US share from January 2024 to January 2025, in percent."
)
def share_change(answer):
    """The change in percent, a year later than in the claim."""
    us = market.daily("US")
    before, after = us["2024-01"].mean(), us["2025-01"].mean()
    target = 100 * (after / before - 1)
    return judge_number(
        answer,
        target,
        0.6,
        f"{target:+.1f}%: close to the +36% of the article, but one year later than it says.",
        {
            100 * (us["2024-01"].mean() / us["2023-01"].mean() - 1): (
                "That is the year before: take January 2024 as the base and January 2025 as the end."
            ),
            market.change(us, "2023-01", "2025-01"): "That is over two years: take January 2024 as the base.",
            target / 100: "That is a fraction: multiply by 100 to get percent.",
            after - before: "That is the difference in percentage points: divide it by the base, times 100.",
            after / before: "That is how many times as large: subtract 1, then multiply by 100.",
            100 * after / before: "That is the new value in percent of the old one: subtract 100.",
            100 * (before / after - 1): "You went backwards in time: the earlier month is the base.",
            100 * (1 - before / after): "You divided by the later month: the base is the earlier one.",
            None: "Take the mean of each month, divide the later by the earlier, subtract 1, multiply by 100.",
        },
    )


@exercise("Replace the three dots with the change in the number of new AI postings, in percent.")
def implied_count(answer):
    """The change of share times index for new postings, Jan-Feb 2023 to Jan-Feb 2024, US."""
    share = market.daily("US")
    new = market.index("US", postings="new", adjusted=False)

    def change(series):
        return market.change(series.dropna(), EARLY_2023, EARLY_2024)

    target, only_share, only_index = change(share * new), change(share), change(new)
    return judge_number(
        answer,
        target,
        0.6,
        f"{target:+.1f}%. New postings fell less than all postings, which also hold the old ones still standing; "
        "either way the number of AI postings went down.",
        {
            change(
                share * market.index("US", adjusted=False)
            ): "That is for all postings: choose the rows for new postings.",
            only_share: "That is the share alone: multiply it by the index of new postings first.",
            only_index: "That is the index alone: multiply it by the share first.",
            target / 100: "That is a fraction: multiply by 100 to get percent.",
            None: "Multiply share and index day by day, then compare the means of the two periods. "
            "Changes in percent cannot simply be added.",
        },
    )


@exercise('Replace the three dots with a country and a month, such as ("US", "2022-05").')
def best_base(answer):
    """The country and base month that make January 2024 look best."""
    country, month = _country(answer[0]), _month(answer[1])
    if country is None:
        return wrong(_CODES)
    if len(answer) != 2 or not pd.Period("2022-01") <= month <= pd.Period("2023-12"):
        return wrong("Give a country and one month from January 2022 to December 2023.")
    lows = {}
    for code in market.COUNTRIES.values():
        share = market.daily(code)["2022":"2023"].resample("MS").mean()
        lows[code] = (
            share.idxmin().to_period("M"),
            market.change(market.daily(code), f"{share.idxmin():%Y-%m}", "2024-01"),
        )
    best = max(lows, key=lambda code: lows[code][1])
    given = market.change(market.daily(country), str(month), "2024-01")
    if (country, month) == (best, lows[best][0]):
        return right(
            f"{market.name_of(best)}, {month:%B %Y}: {given:+.0f}%. A rise measured from a low is called a base effect, "
            "and whoever may also choose the country can go far."
        )
    if country == best:
        return wrong(
            f"The right country, {given:+.0f}%. It has a month with a lower share: the lower the base, the larger the rise."
        )
    if month == lows[country][0]:
        return wrong(
            f"The best month for that country, {given:+.0f}%; another country rises more from its low."
        )
    return wrong(f"That gives {given:+.0f}%. Look for the lowest point of 2022 and 2023, country by country.")


@exercise('Replace the three dots with a set of country codes, such as {"US", "DE"}.')
def rising_countries(answer):
    """Countries whose rise does not depend on the exact dates."""
    items = answer.index if isinstance(answer, pd.DataFrame) else answer
    codes = {_country(item) for item in ({items} if isinstance(items, str) else set(items))}
    if None in codes:
        return wrong(_CODES)
    if not codes:
        return wrong("The set is empty: look for countries whose low end is above zero.")
    ranges = {
        code: market.change_range(market.daily(code), "2023-01", "2024-01")
        for code in market.COUNTRIES.values()
    }
    sure = {code for code, (low, _) in ranges.items() if low > 0}
    depends = {code for code, (low, high) in ranges.items() if low <= 0 < high}
    if codes == sure:
        return right(
            f"In {len(sure)} of {len(ranges)} countries the share rose whichever way the dates are moved."
        )
    if codes & depends:
        return wrong("One of yours has a low end below zero: for it, other dates give a fall.")
    if codes - sure:
        return wrong("In one of yours the share fell: both ends must be above zero.")
    return wrong(f"Right so far, but {len(sure - codes)} more have both ends above zero.")


@exercise('Replace the three dots with a country and two months, such as ("US", "2023-01", "2024-01").')
def make_headline(answer):
    """A true "36% in one year": any country, any two months a year apart."""
    country, base, end = answer
    country = _country(country)
    if country is None:
        return wrong(_CODES)
    base, end = _month(base), _month(end)
    share = market.daily(country)
    first, last = share.index[0].to_period("M"), share.index[-1].to_period("M")
    if not (first <= base and end <= last):
        return wrong(f"The data run from {first:%B %Y} to {last:%B %Y}: choose months in between.")
    if (end - base).n != 12:
        return wrong("The two months must be exactly one year apart, the earlier first.")
    value = market.change(share, str(base), str(end))
    if round(value) != 36:
        return wrong(
            f"That gives {value:+.1f}%: it should round to +36%. Look along the line for other months."
        )
    return right(
        f"{value:+.1f}%: a true sentence, and a headline. Nothing in it is wrong, and it says little, "
        "because the dates and the country were chosen for the number."
    )


def _country(value):
    """The code of a country given by code or name, in any case; None if there is no such country."""
    text = str(value).strip().casefold()
    known = {name.casefold(): code for name, code in market.COUNTRIES.items()} | {"uk": "GB", "usa": "US"}
    return known.get(text, text.upper() if text.upper() in market.COUNTRIES.values() else None)


def _month(value):
    if not isinstance(value, str | dt.date | pd.Period):  # pandas would read a number as a year
        raise ValueError("not a month")
    return pd.Period(value, freq="M")
