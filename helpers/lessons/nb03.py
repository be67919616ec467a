"""Notebook 03: the stream of adverts, what measures a method on it, its panels, and the checkers."""

import tomllib
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
from matplotlib.dates import MonthLocator

from helpers import charts, check, pay, stats, tables

TOLD = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
LEARN = ("2022-09-01", "2023-05-31")  # days of the adverts that the model of the stream learned from
SUMMER = 13  # weeks from June to August 2023, only to correct by
LAST_OPEN = 40  # last week before the seal
QUICK = {"n_estimators": 12, "learning_rate": 0.45}  # few large steps in place of 60 small ones
PAPER = {"symmetric_correction": True}  # the version of the paper's main theorem
RIVALS = {"never adapted": {"window": None}, "moving window": {}, "each role (Mondrian)": {"each_role": True}}
RIVALS |= {"each end": {"each_end": True}, "each end, each role": {"each_role": True, "each_end": True}}
FEATURES = list(pay.FEATURES)
PEEK, GAPS, AGAIN = TOLD["mine"]["wrong"]


@lru_cache
def model():
    """PayRange: the model of the stream, never trained again."""
    return pay.fit(pay.between(pay.adverts(), *LEARN))


@lru_cache
def _all():
    table = pay.adverts().query("arrived > @LEARN[1]")
    table = table.loc[table.index.repeat(table["weight"])].assign(weight=1).reset_index(drop=True)
    table["week"] = pd.factorize(table["arrived"])[0] - SUMMER
    low, high = model().predict(table).T
    table["range_low"], table["range_high"] = low, high
    table["score"] = np.maximum(low - table["midpoint"], table["midpoint"] - high)
    return table[["arrived", "week", *FEATURES, "weight", "midpoint", "range_low", "range_high", "score"]]


def stream(last=LAST_OPEN):
    """The adverts that came after the model, one a row in order of arrival, from week -13 to the last one."""
    return _all().query("week <= @last").copy()


def weeks(table, window=13, late=0):
    """Pairs of tables: a week from 0 on, the `window` weeks before it (None: summer 2023), known `late` weeks later."""
    number = table["week"].to_numpy()
    for week in range(number.max() + 1):
        known = (-SUMMER, 0) if window is None else (week - late - window, week - late)
        yield tuple(table.iloc[slice(*np.searchsorted(number, ends))] for ends in ((week, week + 1), known))


def corrected(table, window=13, late=0, each_role=False, each_end=False):
    """Correct ranges by past weeks, in all the ways that the notebook compares: two Series, low and high."""
    quantile, parts = check.reference("03", "conformal_quantile"), []
    miss, ends = (0.1, ["under", "over"]) if each_end else (0.2, ["score", "score"])
    under, over = table["range_low"] - table["midpoint"], table["midpoint"] - table["range_high"]
    table = table.assign(under=under, over=over, group=table["role"].factorize()[0] if each_role else 0)
    for now, past in weeks(table, window, late):
        group, scores, moves = now["group"].to_numpy(), past[ends].to_numpy(), np.empty((len(now), 2))
        for one in np.unique(group):
            own = scores[past["group"].to_numpy() == one]
            own = own if len(own) >= pay.FEW else scores
            moves[group == one] = [quantile(column, miss) for column in own.T]
        parts.append(now[["range_low", "range_high"]] + moves * (-1, 1))
    ranges = pd.concat(parts)
    return ranges["range_low"], ranges.max(axis=1)


def widen(table, correction):
    """Move both ends by a correction an advert: two Series, low and high."""
    rows = table.loc[correction.index]
    low = rows["range_low"] - correction
    return low, np.maximum(low, rows["range_high"] + correction)


def interval_score(midpoint, low, high):
    """Width plus ten times the distance outside (2 / 0.2), for each advert; Gneiting and Raftery (2007)."""
    return high - low + 10 * (np.maximum(low - midpoint, 0) + np.maximum(midpoint - high, 0))


def judge(table, low, high):
    """dict: where the midpoints lie (% of adverts), mean width and interval score (thousand USD a year)."""
    rows = table.loc[low.index].query("week >= 0")
    low, high = low[rows.index], high[rows.index]
    above, below = 100 * (rows["midpoint"] > high).mean(), 100 * (rows["midpoint"] < low).mean()
    found = {"inside, %": 100 - above - below, "above, %": above, "below, %": below}
    score = interval_score(rows["midpoint"], low, high)
    return found | {"width": (high - low).mean(), "interval score": score.mean()}


def mean(table, values):
    """Mean of a value an advert: point, low, high of a 95% interval from blocks of four weeks."""
    return stats.interval(*(stats.by_week(one, table["week"]) for one in (values, np.ones(len(table)))))


def difference(table, first, second):
    """Interval score of `first` minus `second`, pairs (low, high) on the same adverts, as :func:`mean` gives it."""
    rows = table.loc[second[0].index]
    one, two = (interval_score(rows["midpoint"], low, high) for low, high in (first, second))
    return mean(rows, one - two)


def by_role(table, low, high):
    """Coverage of the roles with 30 adverts or more; ``missed`` counts misses beyond the promised fifth."""
    rows, found = table.loc[low.index], {}
    rows = rows.assign(hit=(low <= rows["midpoint"]) & (rows["midpoint"] <= high))
    for role, own in rows.groupby("role", observed=True):
        if len(own) >= stats.LEAST:
            missed = max(round(0.8 * len(own) - own["hit"].sum()), 0)
            found[role] = len(own), *mean(own, 100 * own["hit"]), missed
    columns = ["adverts", "inside, %", "low", "high", "missed"]
    return pd.DataFrame.from_dict(found, "index", columns=columns).sort_values("inside, %")


def draw_adapted(table, correction, fixed):
    """Draw the coverage of eight weeks together and, below it, the correction; grey is never adapted."""
    figure, above = charts.blank(5.0, bottom=0.44)
    below = figure.add_axes((0.085, 0.13, 0.885, 0.24), sharex=above, ylim=(-15, 35))
    moves, table = pd.DataFrame({"never adapted": fixed, "adapted": correction}), table.loc[correction.index]
    hits = moves.ge(table["score"], axis=0).assign(adverts=1)
    eight = hits.groupby(table["arrived"]).sum().rolling(8, min_periods=4).sum()
    moves = moves.groupby(table["arrived"]).first()
    for name, look, color in (("never adapted", "--", charts.FLAT), ("adapted", "-", charts.UP)):
        above.plot(100 * eight[name] / eight["adverts"], look, color=color, label=name)
        below.plot(moves[name], look, color=color)
    above.axhline(80, color="#333333", linewidth=1)
    above.set(ylim=(60, 95), ylabel="Inside, %")
    above.tick_params(labelbottom=False)
    above.legend(loc="lower left", ncols=2)
    # Few months, and a title at a fixed place that matplotlib need not search for, spare a fourth of a redraw.
    above.xaxis.set_major_locator(MonthLocator(interval=2))
    below.set_title("Correction, thousand USD a year", loc="left", y=1, fontsize=10, fontweight="normal")
    found, jump = judge(table, *widen(table, correction)), moves["adapted"].diff().abs().mean()
    title = f"{found['inside, %']:.0f}% inside; the correction moves by {jump:.1f} thousand USD a week"
    return charts.finish(figure, title, tables.cite("pay_ranges"), TOLD["price"].format(**found))


def draw_roles(table, low, high):
    """Draw how far the coverage of each role is from the promise, with its interval."""
    found, roles = judge(table, low, high), by_role(table, low, high)
    title = f"Width {found['width']:.1f}, interval score {found['interval score']:.1f}, {roles['missed'].sum()} misses too many"
    words = {"title": title, "source": tables.cite("pay_ranges"), "sentence": TOLD["price"].format(**found)}
    gaps, ends = roles[["inside, %", "low", "high"]] - 80, ("low", "high")
    return charts.rows(gaps, value="inside, %", thick=ends, form="{:+z.0f}", unit=TOLD["unit"], **words)


@check.build(**TOLD["conformal_quantile"])
def conformal_quantile(piece, ours, wrong):
    """A rank among n + 1."""
    draw = np.random.default_rng(3)
    made = [(draw.normal(size=n).round(2), miss) for n in (11, 57, 200) for miss in (0.1, 0.23, 0.6)]
    return check.judge_function(piece, ours, TOLD["scores"] + made, wrong, TOLD["fine"]["conformal_quantile"])


@check.build(**TOLD["cqr"])
def cqr(piece, ours, wrong):
    """Conformalized quantile regression."""
    draw, cases = np.random.default_rng(5), []
    for n, wide in ((9, 15), (40, 15), (200, 45)):
        middle, half = draw.uniform(90, 200, n).round(), wide * draw.uniform(0.5, 1.5, n).round(1)
        ends = np.column_stack([middle - half, middle + half])
        cases += [(ends, (middle + draw.normal(0, 25, n)).round(), ends[:5] + 1, miss) for miss in (0.1, 0.4)]
    return check.judge_function(piece, ours, cases, wrong, TOLD["fine"]["cqr"])


def _small():
    """Adverts to week 12: one each of weeks 0 to 5, the last in a new role, so that a message shows six weeks."""
    table = _all().query("week <= 12").iloc[::3].reset_index(drop=True)
    table = table[~table["week"].between(0, 5) | ~table["week"].duplicated()].reset_index(drop=True)
    table.loc[table["week"] == 5, "role"] = "Software Engineer"
    return table


def _told(piece, stream, rows):
    """What a method says of some rows: an array with a column for each Series."""
    return np.column_stack([one.reindex(rows) for one in piece(stream.copy())])


def _looks_ahead(piece):
    """Do ranges to week 6 move when pay from that week on does, in the stream and wherever else it is read?"""
    table, later = _small(), pay.adverts()
    early = table.index[table["week"].between(0, 6)]
    later["midpoint"] += 500 * (later["arrived"] >= table["arrived"][early[-1]])
    with patch.object(pay, "adverts", later.copy), patch(f"{__name__}._all", lru_cache(_all.__wrapped__)):
        moved = _told(piece, _small(), early)
    return not np.allclose(_told(piece, table, early), moved, equal_nan=True)


@check.build(**TOLD["aci"])
def aci(piece, ours, wrong):
    """Adaptive conformal inference, a week at a time."""
    table = _small()
    found, needed = piece(table.copy()), table.index[table["week"] >= 0]
    if not isinstance(found, pd.Series) or not found.index.sort_values().equals(needed):
        return check.wrong("Return one Series, with the index of the adverts from week 0 on.")
    if _looks_ahead(lambda stream: [piece(stream)]):
        return check.wrong(PEEK)
    cases = [(table, *more) for more in ((), (0,), (0.2,), (0.05, 4), (0.05, None))]
    cases.append((_all().query("week <= 12")[::2],))  # where scores are equal
    return check.judge_function(piece, ours, cases, wrong, TOLD["fine"]["aci"])


@check.build(**TOLD["mine"])
def mine(piece, ours, wrong):
    """Any method that keeps the contract; how good it is only the sealed weeks can say."""
    table = _small()
    needed, given = table.index[table["week"] >= 0], table.copy()
    try:
        found = piece(given)
    except (IndexError, KeyError) as error:
        return check.wrong(f"It stopped with {check.quoted(error)}. Think of a role that is new.")
    if not given.equals(table):
        return check.wrong("`mine` changes the stream it is given. Work on a copy: `stream.assign(...)`.")
    if not isinstance(found, tuple | list) or [type(one) for one in found] != [pd.Series] * 2:
        return check.wrong("Return two Series: `return low, high`, with the index of the stream.")
    low, high = (one.reindex(needed) for one in found)
    rules = {
        GAPS: lambda: not np.isfinite(low + high).all(),
        "A low end lies above its high end. Sort the two.": lambda: (low > high).any(),
        AGAIN: lambda: not np.allclose(np.column_stack([low, high]), _told(piece, table, needed)),
        PEEK: lambda: _looks_ahead(piece),
    }
    fault = next((hint for hint, is_broken in rules.items() if is_broken()), "")
    return check.wrong(fault) if fault else check.right(TOLD["fine"]["mine"])


@check.exercise(TOLD["argument"]["todo"])
def argument(answer):
    """Which setting of the library is that of the paper."""
    return check.kept(answer, TOLD["argument"]["rules"], TOLD["argument"]["reason"])


@check.exercise(TOLD["ruling"]["todo"])
def ruling(answer):
    """The learner's ruling, held against the interval of their own run."""
    said, claimed, (_, low, high) = answer
    true = "supported" if high <= -claimed else "refuted" if low > -claimed else "not shown"
    held = f"The interval is {low:.1f} to {high:.1f}; you claimed {-claimed:.1f} or less."
    if said is ...:
        return check.Verdict("open", TOLD["ruling"]["todo"])
    if str(said).casefold().replace("-", " ").replace("_", " ").strip(" .'\"") == true:
        return check.right(f"{held} So it is {true}.")
    return check.wrong(f"{held} {TOLD['ruling']['rule']}")


review, reply = (check.checklist(__name__, name, **TOLD[name]) for name in ("review", "reply"))
