"""Checkers of notebook 00."""

import math

from helpers import check, course, tables


@check.exercise(
    "Replace the three dots with a number: what is `pay` after the middle cell has run three times?"
)
def order_of_cells(answer):
    """What a variable holds after one of its cells was run again and again."""
    return check.judge_number(
        answer,
        130,
        0.5,
        "Each run adds 10 to what is there: 110, 120, 130. The notebook remembers, the page does not show it.",
        {
            110: "That is after one run. The cell starts from what the last run left.",
            120: "That is after two runs: one more.",
            140: "Nearly: you did not run the first cell again before you began to count.",
            30: "The first cell puts 100 in; count on from there.",
            100: "That is before the cell has run at all.",
            None: "Start with 100 and add 10 for every run of the middle cell.",
        },
    )


@check.exercise("Replace the three dots with a number of weeks.")
def weeks_needed(answer):
    """Weeks for the whole series at three hours a week, with its builds."""
    hours = course.hours()[0]
    weeks = hours / 3
    value = check.as_number(answer)
    target = math.ceil(weeks) if value == math.ceil(weeks) else weeks
    return check.judge_number(
        value,
        target,
        0.06,
        f"{hours} hours are {weeks:.1f} weeks of three hours: say {math.ceil(weeks)}.",
        {
            hours: "Those are hours: divide by the three hours of a week.",
            hours * 60 / 3: "Those are minutes divided by three: use the hours.",
            math.ceil(weeks)
            - 1: "You rounded down: after that many weeks there is still something left to do.",
            None: "Divide the hours of the whole series, with the builds, by 3.",
        },
    )


@check.exercise('Replace the three dots with the name of a table, such as "wages".')
def oldest_table(answer):
    """The table whose figures end longest ago."""
    name = str(answer).strip(" '\"")
    if name not in tables.names():
        return check.wrong(
            'There is no such table. Put a name of the list in quotation marks, such as "wages".'
        )
    dates = {table: tables.as_of(table) for table in tables.names()}
    if dates[name] == min(dates.values()):
        return check.right(
            f"It ends on {dates[name]:%d %B %Y}. Old figures can be used; they must say that they are old."
        )
    return check.wrong(
        f"That one ends on {dates[name]:%d %B %Y}; another one ends earlier. Read down the dates in the list above."
    )
