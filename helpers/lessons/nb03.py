"""Notebook 03: the stream of adverts, what measures a method on it, its panels, and the checkers."""

from functools import lru_cache

import numpy as np
import pandas as pd

from helpers import charts, check, pay, stats, tables

LEARN = ("2022-09-01", "2023-05-31")  # days of the adverts that the model of the stream learned from
SUMMER = 13  # weeks from June to August 2023, only to calibrate on
LAST_OPEN = 40  # last week before the seal
QUICK = {"n_estimators": 12, "learning_rate": 0.45}  # few large steps in place of 60 small ones
PAPER = {"symmetric_correction": True}  # the version of the paper's main theorem
RULINGS = ("supported", "refuted", "not shown")
RIVALS = {
    "never adapted": {"window": None},
    "moving window": {},
    "each role (Mondrian)": {"each_role": True},
    "each end": {"each_end": True},
    "each end, each role": {"each_role": True, "each_end": True},
}
FEATURES = list(pay.FEATURES)
_COLUMNS = ["arrived", "week", *FEATURES, "weight", "midpoint", "range_low", "range_high", "score"]


@lru_cache
def model():
    """PayRange: the model of the stream, never trained again."""
    return pay.fit(pay.between(pay.adverts(), *LEARN))


@lru_cache
def _all():
    table = pay.adverts()
    table = table[table["arrived"] > LEARN[1]]
    table = table.loc[table.index.repeat(table["weight"])].assign(weight=1).reset_index(drop=True)
    table["week"] = pd.factorize(table["arrived"])[0] - SUMMER
    table[["range_low", "range_high"]] = model().predict(table)
    return _with_score(table)[_COLUMNS]


def _with_score(table):
    under, over = table["range_low"] - table["midpoint"], table["midpoint"] - table["range_high"]
    return table.assign(score=np.maximum(under, over))


def stream():
    """The adverts that came after the model, one a row in order of arrival: weeks -13 to -1, and 0 to 40."""
    return _all().query("week <= @LAST_OPEN").copy()


def open_sealed():
    """The whole stream, with the sealed weeks 41 to 67."""
    return _all().copy()


def weeks(table, window=13, late=0):
    """Walk through the weeks from 0 on: pairs of tables, the week and the `window` weeks before it.

    A window of None stays with summer 2023; `late` is by how many weeks pay becomes known later.
    """
    number = table["week"].to_numpy()
    for week in range(number.max() + 1):
        known = (-SUMMER, 0) if window is None else (week - late - window, week - late)
        yield tuple(table.iloc[slice(*np.searchsorted(number, ends))] for ends in ((week, week + 1), known))


def corrected(table, window=13, late=0, each_role=False, each_end=False):
    """Correct ranges by past weeks, in all the ways that the notebook compares: two Series, low and high."""
    table = table.assign(
        under=table["range_low"] - table["midpoint"], over=table["midpoint"] - table["range_high"]
    )
    parts = []
    for now, past in weeks(table, window, late):
        for role in now["role"].unique() if each_role else [slice(None)]:
            rows, own = (now[now["role"] == role], past[past["role"] == role]) if each_role else (now, past)
            own = own if len(own) >= pay.FEW else past
            down, up = (
                _rank(own[end], 0.1 if each_end else 0.2)
                for end in (("under", "over") if each_end else ("score",) * 2)
            )
            parts.append(pd.DataFrame({"low": rows["range_low"] - down, "high": rows["range_high"] + up}))
    ranges = pd.concat(parts).sort_index()
    return ranges["low"], ranges.max(axis=1)


def _rank(scores, miss):
    place = int(np.clip(np.ceil((len(scores) + 1) * (1 - miss)), 1, len(scores))) - 1
    return np.partition(scores.to_numpy(), place)[place]


def widen(table, correction):
    """Move both ends by a correction an advert: two Series, low and high."""
    rows = table.loc[correction.index]
    low = rows["range_low"] - correction
    return low, np.maximum(low, rows["range_high"] + correction)


def interval_score(midpoint, low, high):
    """Width plus ten times the distance outside (2 / 0.2), for each advert; Gneiting and Raftery (2007)."""
    midpoint, low, high = (np.asarray(one, dtype=float) for one in (midpoint, low, high))
    return high - low + 10 * (np.maximum(low - midpoint, 0) + np.maximum(midpoint - high, 0))


def judge(table, low, high):
    """dict: where the midpoints lie (% of adverts), mean width and interval score (thousand USD a year)."""
    middle = table["midpoint"][low.index]
    above, below = 100 * (middle > high).mean(), 100 * (middle < low).mean()
    found = {"inside, %": 100 - above - below, "above, %": above, "below, %": below}
    return found | {"width": (high - low).mean(), "score": interval_score(middle, low, high).mean()}


def _interval(values, week):
    return stats.interval(*(stats.by_week(one, week) for one in (values, np.ones(len(week)))))


def share(table, hits):
    """Percentage of adverts that are hits: point, low, high of a 95% interval from blocks of four weeks."""
    return tuple(round(100 * one, 1) for one in _interval(hits, table["week"]))


def difference(table, first, second):
    """Interval score of `first` minus `second`, pairs (low, high) on the same adverts: point, low, high (95%)."""
    rows = table.loc[first[0].index]
    one, two = (
        interval_score(rows["midpoint"], *(end[rows.index] for end in ends)) for ends in (first, second)
    )
    return _interval(one - two, rows["week"])


def by_role(table, low, high):
    """Coverage of the roles with 30 adverts or more; ``missed`` counts misses beyond the promised fifth."""
    rows, found = table.loc[low.index], {}
    rows = rows.assign(hit=(low <= rows["midpoint"]) & (rows["midpoint"] <= high))
    for role, own in rows.groupby("role", observed=True):
        if len(own) >= stats.LEAST:
            found[role] = len(own), *share(own, own["hit"]), max(round(0.8 * len(own) - own["hit"].sum()), 0)
    columns = ["adverts", "inside, %", "low", "high", "missed"]
    return pd.DataFrame.from_dict(found, "index", columns=columns).sort_values("inside, %")


def shuffled(seed):
    """The first year of adverts in random order: 1,000 to learn, 1,000 to calibrate, the others as new."""
    year = pay.between(pay.adverts(), *pay.FIRST_YEAR)
    year = year.loc[year.index.repeat(year["weight"])].assign(weight=1)[[*FEATURES, "midpoint", "weight"]]
    year = year.astype({"role": object, "level": object, "country": object, "remote": float})
    order = np.random.default_rng(seed).permutation(len(year))
    return tuple(year.iloc[places].reset_index(drop=True) for places in np.split(order, [1000, 2000]))


def markdown(table):
    """str: a table of numbers as Markdown."""
    rows = [("method", *table), ("---", *["---:"] * len(table.columns))]
    rows += [(name, *(f"{one:.1f}" for one in row)) for name, *row in table.itertuples()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def draw_adapted(table, correction, fixed):
    """Draw the coverage of eight weeks together and, below it, the correction; grey is never adapted."""
    figure, above = charts.blank(5.0, bottom=0.44)
    below = figure.add_axes((0.085, 0.13, 0.885, 0.24), sharex=above)
    rows = table.loc[correction.index]
    for one, name, look in ((fixed, "never adapted", "--"), (correction, "adapted", "-")):
        weekly = rows.assign(hit=rows["score"] <= one, moved=one).groupby("arrived")
        eight = weekly["hit"].agg(["sum", "count"]).rolling(8, min_periods=4).sum()
        color = charts.UP if name == "adapted" else charts.FLAT
        above.plot(100 * eight["sum"] / eight["count"], look, color=color, label=name)
        below.plot(weekly["moved"].first(), look, color=color)
    above.axhline(80, color="#333333", linewidth=1)
    above.set(ylim=(60, 95), ylabel="Inside, %")
    above.tick_params(labelbottom=False)
    above.legend(loc="lower left", ncols=2)
    below.set(ylim=(-15, 35), ylabel="Correction")
    below.yaxis.set_label_coords(-0.066, 0.5)
    found, moved = judge(table, *widen(table, correction)), weekly["moved"].first().diff().abs().mean()
    title = f"{found['inside, %']:.0f}% inside; the correction moves by {moved:.1f} a week"
    sentence = f"{_price(found)} From week to week the correction moves by {moved:.1f} thousand USD."
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)


def _price(found):
    price = f"Mean width {found['width']:.1f}, interval score {found['score']:.1f} thousand USD a year"
    return f"Weeks 0 to 40: {found['inside, %']:.1f}% of the midpoints lie inside. {price}."


def draw_roles(table, low, high):
    """Draw how far the coverage of each role is from the promise, with its interval."""
    found, roles = judge(table, low, high), by_role(table, low, high)
    many = f"{roles['missed'].sum()} misses too many"
    words = {"title": f"Width {found['width']:.1f}, score {found['score']:.1f}, {many}"}
    words |= {"source": tables.cite("pay_ranges"), "sentence": f"{_price(found)} Over the roles {many}."}
    unit = "Coverage minus the promised 80%, in points, with 95% intervals"
    ends = {"value": "inside, %", "thick": ("low", "high"), "form": "{:+.0f}"}
    return charts.rows(roles[["inside, %", "low", "high"]] - 80, unit=unit, **ends, **words)


def draw_differences(rows):
    """Draw interval scores minus that of ACI: ``difference``, ``low`` and ``high``, the best method first."""
    words = {
        "title": f"Sealed weeks: {rows.index[0]} has the lowest interval score",
        "source": tables.cite("pay_ranges"),
        "sentence": "Mean interval score on weeks 41 to 67 minus that of ACI, with 95% intervals; left is better.",
    }
    unit = "Interval score minus that of ACI, thousand USD a year"
    return charts.rows(rows, unit=unit, value="difference", thick=("low", "high"), form="{:+.1f}", **words)


@check.build(
    "Write conformal_quantile(scores, miss) from its sentence.",
    wrong={
        "You left out the new case: the rank rests on n + 1.": ("(n + 1)", "n"),
        "With few scores your rank leaves the list. Keep it between 1 and n.": (
            "np.clip(rank, 1, n)",
            "rank",
        ),
        "That is the lower tail: the share 1 - miss lies at or below the score.": ("(1 - miss)", "miss"),
        "Round the rank up. Rounding down covers less than promised.": ("np.ceil", "np.floor"),
    },
)
def conformal_quantile(piece, ours, wrong):
    """A rank among n + 1."""
    draw = np.random.default_rng(3)
    cases = [([9, 3, 5, 1, 7, 2, 8, 4, 6], 0.2), ([3.0, 1.0, 2.0], 0.05), ([3.0, 1.0, 2.0], 0.97)]
    cases += [(draw.normal(size=n).round(2), miss) for n in (11, 57, 200) for miss in (0.1, 0.23, 0.6)]
    hint = "`np.quantile` counts n, and makes values between two scores. Take the score of the rank itself."
    wrong = [*wrong, (hint, lambda scores, miss: np.quantile(scores, 1 - miss))]
    return check.judge_function(
        piece, ours, cases, wrong, "The new case counts, and no rank leaves the list."
    )


@check.build(
    "Write cqr(ends, y, new_ends, miss) from its two sentences.",
    wrong={
        "Your score is never negative, so wide ranges stay wide.": ("score, miss", "abs(score), miss"),
        "A positive correction must widen: low end down, high end up.": ("[-1, 1]", "[1, -1]"),
        "The score is the larger of the two distances.": ("np.maximum", "np.minimum"),
    },
)
def cqr(piece, ours, wrong):
    """Conformalized quantile regression."""
    draw, cases = np.random.default_rng(5), []
    for n, wide in ((9, 30.0), (40, 30.0), (200, 90.0)):
        middle = draw.uniform(90, 200, n).round()
        ends = np.column_stack([middle - wide / 2, middle + wide / 2])
        cases += [(ends, (middle + draw.normal(0, 25, n)).round(), ends[:5] + 1, miss) for miss in (0.1, 0.4)]
    return check.judge_function(piece, ours, cases, wrong, "Both ends move by one quantile of the scores.")


PEEK = "It looks ahead: pay changed, and ranges of that week or before moved. Use only `past`."
GAPS = "Some adverts got no range. Each one from week 0 on needs two numbers, also in a role that is new."
AGAIN = "Run twice, it gave two answers. Fix the seed of whatever is random."


def _looks_ahead(method, table, week=6):
    """Does a range to `week` move when pay from that week on does?"""
    later = table.assign(midpoint=table["midpoint"] + 500 * (table["week"] >= week))
    found = [method(one) for one in (table.copy(), _with_score(later))]
    found = [pd.concat(one, axis=1) if isinstance(one, tuple | list) else one for one in found]
    now = table.index[table["week"].between(0, week)]
    return not np.allclose(*(one.loc[now] for one in found), equal_nan=True)


def _small():
    """Every third advert to week 12, one of them in a role that was never seen."""
    table = _all().query("week <= 12").iloc[::3].reset_index(drop=True)
    table.loc[table.index[table["week"] == 5][0], "role"] = "Software Engineer"
    return table


@check.build(
    "Write aci(stream, step=0.05, window=13): one correction an advert, and an aim that moves every week.",
    wrong={
        PEEK: ("quantile(past", "quantile(now"),
        "The sign is wrong: after too many misses the aim goes down.": ("miss += step", "miss -= step"),
        "Move the aim once a week, not once an advert.": ("(0.2 - outside.mean())", "(0.2 - outside).sum()"),
        "You left out the step: the aim moves by step times the difference.": ("step * ", ""),
    },
)
def aci(piece, ours, wrong):
    """Adaptive conformal inference, a week at a time."""
    table = _small()
    cases = [((table,), named) for named in ({}, {"step": 0}, {"step": 0.4}, {"window": 4}, {"window": None})]
    verdict = check.judge_function(piece, ours, cases, wrong, "It learns after each week, never before.")
    named = (
        verdict.state == "right" or not callable(piece) or any(hint in verdict.message for hint, _ in wrong)
    )
    return verdict if named or not _looks_ahead(piece, table) else check.wrong(PEEK)


@check.build(
    "Write mine(stream): two Series, low and high, for every advert from week 0 on.",
    wrong={
        PEEK: ("50 else past", "50 else now"),
        GAPS: ("own if len(own) >= 50 else past", "own.reindex(past.index)"),
        AGAIN: ("- under", "- under + np.random.normal()"),
    },
)
def mine(piece, ours, wrong):
    """Any method that keeps the contract; how good it is only the sealed weeks can say."""
    table = _small()
    needed, given = table.index[table["week"] >= 0], table.copy()
    found = piece(given)
    if not given.equals(table):
        return check.wrong("`mine` changes the stream it is given. Work on a copy: `stream.assign(...)`.")
    if not isinstance(found, tuple | list) or [type(one) for one in found] != [pd.Series] * 2:
        return check.wrong("Return two Series: `return low, high`, with the index of the stream.")
    low, high = found = [one.reindex(needed) for one in found]
    if not np.isfinite(found).all():
        return check.wrong(GAPS)
    if (low > high).any():
        return check.wrong("A low end lies above its high end. Sort the two.")
    if not np.allclose(found, [one.reindex(needed) for one in piece(table.copy())]):
        return check.wrong(AGAIN)
    right = "No look ahead, no gaps, repeatable. How good it is, the sealed weeks will say."
    return check.wrong(PEEK) if _looks_ahead(piece, table) else check.right(right)


@check.exercise('Replace the three dots with the name of an argument, such as "confidence_level".')
def argument(answer):
    """Which setting of the library is that of the paper."""
    if str(answer).split("=")[0].strip().casefold() in PAPER:
        return check.right("The default gives each end a constant of its own, the paper one for both.")
    return check.wrong("Which parameter says whether both ends move by the same constant?")


@check.exercise(f"Replace the three dots with one of {RULINGS}.")
def ruling(answer):
    """The learner's ruling, held against the interval of their own run."""
    said, claimed, (_, low, high) = answer
    true = RULINGS[0] if high <= -claimed else RULINGS[1] if low > -claimed else RULINGS[2]
    held = f"The interval is {low:.1f} to {high:.1f}; you claimed {-claimed:.1f} or less."
    if said is ...:
        return check.Verdict("open", f"Replace the three dots with one of {RULINGS}.")
    if str(said).strip().casefold() == true:
        return check.right(f"{held} So it is {true}.")
    return check.wrong(f"{held} Supported: all of it is there. Refuted: none of it. Else not shown.")


@check.exercise("Replace the line with the pencil by your objections.")
def review(answer):
    """What a reviewer of the planted abstract must not miss."""
    points = {
        "the simple rival that is missing": r"retrain|train\w*[^.]{0,30}again|baseline|rival",
        "who did this before": r"mondrian|group-conditional|vovk|prior|related|not new|known|cite",
        "chosen and judged on the same weeks": r"same (\w+ )?(week|data|advert)|tuned|sealed|held.out",
        "no interval": r"interval|uncertain|bootstrap|luck|chance|noise|error bar|signific",
    }
    return check.written(answer, points)


@check.exercise("Replace the line with the pencil by your reply.")
def reply(answer):
    """A reply agrees where the reviewer is right, gives the number, says what changes and what stays open."""
    points = {
        "thanks, or agrees": r"thank|agree|right|fair",
        "on which weeks": r"sealed|weeks? 4|june|2024",
        "where the paper changes": r"table|abstract|conclusion|section|added|now says",
        "what is still open": r"unknown|open|not know|cannot|between|until|late|not show",
    }
    return check.written(answer[0], points, {"interval score": answer[1]})
