"""Checkers of notebook 02. The right answers are computed from the tables, so they move with the data."""

import pandas as pd

from helpers import pay, pay_charts, pay_scores, tables
from helpers.check.engine import exercise, judge_number, right, wrong
from helpers.roles import ALL_ROLES

LOW_END, MIDPOINT = 120, 100  # thousand USD a year, the example of the first exercise
JUMP = 5  # percent of a month's records: from none to this in one month is no fashion


@exercise("Replace the three dots with the pinball loss, a number of thousand USD.")
def low_end_loss(answer):
    """Pinball loss of a low end that was set too high."""
    target = pay_scores.pinball_loss([MIDPOINT], [LOW_END], pay.QUANTILES[0])
    gap = LOW_END - MIDPOINT
    return judge_number(
        answer,
        target,
        0.01,
        f"{target:g}: a low end above the advert costs nine times as much as one just as far below it, so the low "
        "end settles where only one advert in ten lies under it.",
        {
            gap
            - target: "That is the price of the other side: here the low end lies above the advert, not below.",
            gap: "That is the distance. The side decides its price: times 0.1 or times 0.9.",
            -target: "A loss is never negative: take the larger of the two products.",
            pay_scores.pinball_loss(
                [MIDPOINT], [LOW_END], 0.5
            ): "That is the loss for a median; the low end is the quantile 0.1.",
            None: "The error is 100 - 120 = -20. Multiply it by 0.1 and by 0.1 - 1, and take the larger.",
        },
    )


@exercise("Replace the three dots with a number of adverts.")
def adverts_behind(answer):
    """How many adverts stand behind the 74,301 records."""
    records = int(tables.load("pay_audit").query("measure == 'pairs'")["n"].iloc[0])
    pairs = int(tables.load("pay_audit").query("measure == 'pairs'")["value"].iloc[0])
    target = records - pairs
    return judge_number(
        answer,
        target,
        0.5,
        f"{pairs:,} pairs and {records - 2 * pairs:,} lone records: {target:,} adverts at most, about half of "
        "what the headline would count.",
        {
            records: "Those are the records: a pair of them is one advert.",
            pairs: "Those are the pairs alone: the records that stand alone count too.",
            2 * pairs: "Those are the records in pairs: two of them make one advert.",
            records - 2 * pairs: "Those are the lone records: add one for each pair.",
            records / 2: "Not every record has a partner: count pairs, then add the lone ones.",
            None: "Each pair is one advert, and each record without a partner is one: records minus pairs.",
        },
    )


@exercise('Replace the three dots with a set of two months, such as {"2023-05", "2023-09"}.')
def scope_months(answer):
    """Months in which titles that had never been seen take a large share at once."""
    given = {pd.Period(str(month), freq="M") for month in ([answer] if isinstance(answer, str) else answer)}
    target = _jumps()
    if given == target:
        names = " and ".join(f"{month:%B %Y}" for month in sorted(target))
        return right(
            f"In {names} kinds of jobs came in that had not been collected before. The market did not "
            "invent the manager that summer."
        )
    if given & target and len(given) == 1:
        return wrong("That is one of the two: another title starts later.")
    if given - target and len(given) == 2 and given & target:
        return wrong("One of the two is right. Look for the month in which the other line leaves zero.")
    if len(given) > 2:
        return wrong("Name two months only: those in which a line leaves zero for more than 5% at once.")
    return wrong("Look for the first month in which a line that lay at zero stands above 5%.")


def _jumps():
    shares = tables.load("pay_audit").query("measure == 'title share by month'")
    by_month = shares.pivot(index="key", columns="group", values="value").loc["2023":]
    first = (by_month >= JUMP) & (by_month.cummax().shift() < 1)
    return {pd.Period(str(month), freq="M") for month in first.index[first.any(axis=1)]}


@exercise("Replace the three dots with a percentage of the groups.")
def thin_groups(answer):
    """Share of role x level x country groups with too few adverts."""
    sizes = pay.adverts().groupby(["role", "level", "country"], observed=True)["weight"].sum()
    few = sizes < pay_charts.FEW
    target = 100 * few.mean()
    held = 100 * sizes[few].sum() / sizes.sum()
    return judge_number(
        answer,
        target,
        0.6,
        f"{target:.0f}% of {len(sizes)} groups are too small to say anything, and yet they hold only {held:.0f}% "
        "of the adverts: a table of all groups would be mostly noise.",
        {
            target / 100: "That is a fraction: multiply by 100 to get percent.",
            100 - target: "That is the share with enough adverts: we ask for the others.",
            held: "That is the share of the adverts that they hold: count the groups.",
            float(few.sum()): "That is how many there are: divide by the number of groups, times 100.",
            None: "Compare `sizes` with 30: the mean of that, times 100, is the share of the small groups.",
        },
    )


@exercise('Replace the three dots with a role, such as "Data Analyst".')
def never_seen(answer):
    """The role for which the model had nothing to learn from."""
    name = str(answer).strip()
    role = next((role for role in ALL_ROLES if role.casefold() == name.casefold()), None)
    if role is None:
        return wrong(f"There is no such role. Choose from: {', '.join(ALL_ROLES)}.")
    past, later = pay.split_by_time(pay.adverts())
    seen = past.loc[past["role"] == role, "weight"].sum()
    asked = later.loc[later["role"] == role, "weight"].sum()
    if seen:
        return wrong(f"It had {seen:,} adverts to learn from. One role had none at all.")
    return right(
        f"{asked:,} adverts were given a range, and the model had not seen one such job. It answered all the same: "
        "a model does not say that it does not know."
    )
