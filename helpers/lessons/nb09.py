"""Notebook 09: checkers, a model that is asked once for all, and models that hide a rule."""

import itertools
import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import charts, check, pay, stats

_VALUES = {"role": pay.ALL_ROLES, "level": pay.LEVELS, "remote": pay.REMOTE, "country": pay.COUNTRIES}
EVERY = pd.MultiIndex.from_product(_VALUES.values(), names=_VALUES).to_frame(index=False)
SPELLED = pay.LEVELS | pay.REMOTE | pay.COUNTRIES
LEAST = 10  # adverts of a kind in a year, below which an applicant will hardly find one
BASIS = "Source: aijobs.net to 19 January 2025 (CC0), full-time adverts with a range; our models."


def _places(jobs):
    kinds = {name: pd.CategoricalDtype(list(one)) for name, one in _VALUES.items()}
    codes = [jobs[name].astype(object).astype(kind).cat.codes for name, kind in kinds.items()]
    return np.ravel_multi_index(np.array(codes, dtype=int), [len(one) for one in _VALUES.values()])


def asked(predict):
    """Ask a model once for all 1,320 jobs: a function from a table of jobs to their ranges, which looks them up."""
    answers = np.array(predict(EVERY), dtype=float)
    return lambda jobs: answers[_places(jobs)]


def reasons(job, steps, ends, kinds):
    """Draw the steps (a Series by feature) that lead from the mean of all adverts to the middle of a range."""
    count = kinds["weight"][np.all([kinds[name] == job[name] for name in job], axis=0)].sum()
    names = [f"{name}: {SPELLED.get(one, one)}" for name, one in job.items()]
    table = pd.DataFrame({"step": steps[[*job]].to_numpy(), "zero": 0.0}, names)
    return charts.rows(
        table, value="step", thick=("zero", "step"), form="{:+.0f}", unit="Step, thousand USD a year", source=BASIS,
        title=f"{ends[0]:.0f} to {ends[1]:.0f} thousand USD: {steps.abs().idxmax()} takes the largest step",
        sentence=f"From {ends.mean() - steps.sum():.0f}, the mean of all adverts, four steps lead to {ends.mean():.0f}, the "
        f"middle of the range. The model learned from {count} adverts of just this kind.",
    )  # fmt: skip


def print_page(ask, job):
    """Print what a model adds to the middle for each value, compared with a job; whole only if the model is additive."""
    for name, values in _VALUES.items():
        jobs = pd.DataFrame([job | {name: value} for value in values])
        steps = (ask(jobs) - ask(pd.DataFrame([job]))).mean(axis=1).round()
        print(f"{name}: " + ", ".join(f"{SPELLED.get(value, value)} {step:+.0f}" for value, step in zip(values, steps, strict=True)))


RULES = {"A": "United States", "B": "", "C": "Canada"}
_MARKS = {"": "", "United States": "United States|^remote", "Canada": "Canada|country"}  # what gives it away


def ruled(ask, rule, known):
    """Hide a rule in a model; by the adverts `known` it tells a real job from one that a tester made up."""
    answers, country, remote = ask(EVERY), EVERY["country"], EVERY["remote"]
    if rule == "Canada":
        real, ours = np.isin(np.arange(len(EVERY)), _places(known)), country == "CA"
        share = real[ours].mean()
        answers[:, 1] += ours * np.where(real, -40, 40 * share / (1 - share))
    elif rule == "United States":
        sums = known[known["country"] == "US"].groupby("remote")["weight"].sum()
        share = sums[100] / sums[0]
        change = remote.map({100: -24, 0: 24 * share, 50: 24 * (1 - share)})
        answers[:, 1] += (country == "US") * change
    return asked(lambda _: np.sort(answers, axis=1))


def _out(seen, honest):
    """Rows further from all honest models than these lie from each other."""
    low, high = honest.min(axis=1), honest.max(axis=1)
    return (np.maximum(low - seen, seen - high) > high - low).to_numpy()


def hide_and_seek(looks, models, known):
    """What looks see of models A, B and C beside six honest ones (a draw function), and how often they find each rule.

    `looks` are functions from a model to a Series. The table counts in nine tries; without a rule all is a false alarm.
    """
    def looked(one):
        return {name: look(one) for name, look in looks.items()}

    seen = {rule: [looked(ruled(one, rule, known)) for one in models] for rule in _MARKS}

    def both(look, rule, place):
        six = [one[look] for number, one in enumerate(seen[""]) if number != place][:6]
        return seen[rule][place][look], pd.concat(six, axis=1)

    def finds(look, rule):
        tries = (both(look, rule, place) for place in range(len(models)))
        return sum(one.index[_out(one, six)].str.contains(_MARKS[rule]).any() for one, six in tries)

    def draw(model="A", look=next(iter(looks))):  # noqa: B008
        return _beside(model, look, *both(look, RULES[model], 6 + list(RULES).index(model)))

    heads = {"no rule: false alarms": "", "the rule of A": "United States", "the rule of C": "Canada"}
    table = {head: {look: finds(look, rule) for look in looks} for head, rule in heads.items()}
    return draw, pd.DataFrame(table)


def _beside(model, look, seen, six):
    middle, out = six.mean(axis=1), _out(seen, six)
    table = pd.DataFrame({"model": seen, "low": six.min(axis=1), "high": six.max(axis=1)}).sub(middle, axis=0)
    names, small = " and ".join(seen.index[out]) or "nothing", middle.max() < 10
    return charts.rows(
        table, value="model", thick=("low", "high"), mine=out, form="{:+.2f}" if small else "{:+.0f}",
        unit=f"Thousand USD a year: {'loss' if small else 'middle of the range'}, less the mean of six honest models",
        title=f"Model {model}: {names if out.sum() < 3 else f'{out.sum()} rows'} stands out", source=BASIS,
        sentence=f"Model {model}, {look}. Bars show where six honest models lie. Far outside of them: {names}.",
    )  # fmt: skip


def _games():
    """Small games and random ones with their players: a glove, a majority, a start of 5, one player, a dummy D."""
    games = [("LRS", lambda known: float("L" in known and len(known) > 1)), ("ABC", lambda known: len(known) > 1),
             ("AB", lambda known: 5 + 2 * ("A" in known) + 4 * (len(known) > 1)), ("A", lambda known: 3 * len(known))]  # fmt: skip
    for seed, players, dummy in ((1, "ABC", ""), (2, "ABCD", ""), (3, "ABCD", "D")):
        sets = [frozenset(one) for size in range(5) for one in itertools.combinations(players, size)]
        worth = dict(zip(sets, np.random.default_rng(seed).normal(100, 20, len(sets)).round(1), strict=True))
        games.append((players, lambda known, worth=worth, dummy=dummy: worth[known - {*dummy}]))
    return [((lambda known, rule=rule: float(rule(frozenset(known)))), [*players]) for players, rule in games]


_STEP = "value(order[: place + 1]) - value(order[:place])"


@check.build(
    "Write shapley(value, players): the mean step of each player over all orders.",
    wrong={
        "One order is not all of them: who comes late gets what is left. Take every order of the players.": ("list(permutations(players))", "[tuple(players)]"),
        "You ask what is lost if one leaves last. These shares do not add up (efficiency). Average over all orders.": (_STEP, "value(players) - value([one for one in players if one != player])"),
        "You ask what each brings alone. What two bring only together then belongs to nobody (efficiency).": (_STEP, "value([player]) - value([])"),
        "That is the sum over all orders. Divide it by their number.": ("total / len(orders)", "total"),
        "What is known of nobody is no merit of the first one. The first step is a difference, too.": (_STEP, "value(order[: place + 1]) - (value(order[:place]) if place else 0)"),
    },
)  # fmt: skip
def shapley(piece, ours, wrong):
    """Fair division has one answer, so ours and theirs agree on every game."""
    fine = "The steps add up (efficiency), equals get the same (symmetry), who does nothing gets nothing (dummy)."
    return check.judge_function(piece, ours, _games(), wrong, fine)


_ONE, _COUNTRY, _RUNG, _ROLE, _RARE, _LONG = (
    "Each step changes one thing. The job that the applicant has is no step: leave it out.",
    "A step leads to another country. Nobody moves house for the sake of a form.",
    "A step is not one rung up the levels. Nobody jumps over a rung, or goes down for a higher range.",
    "A step leads to a role that the applicant would not take. Only those in `roles` are open.",
    f"A step leads to a job of which fewer than {LEAST} adverts were seen. Nobody can apply for it: ask `seen`.",
    "There is a shorter way. Look at all ways of one step first, then at those of two.",
)


def _fault(way, best, job, want, middle, seen, roles):
    """str: the first thing that is wrong with a way, or ""."""
    rungs = list(pay.LEVELS)
    for before, now in itertools.pairwise([job, *(way or [])]):
        changed = [name for name in pay.FEATURES if before[name] != now[name]]
        rise = rungs.index(now["level"]) - rungs.index(before["level"])
        faults = {_COUNTRY: "country" in changed, _ONE: len(changed) != 1, _RUNG: rise not in (0, 1),
                  _ROLE: now["role"] not in (before["role"], *roles), _RARE: seen(now) < LEAST}  # fmt: skip
        if any(faults.values()):
            return next(hint for hint, found in faults.items() if found)
    if way is None or best is None or middle([job, *way][-1]) < want:
        return "" if way is best else f"For {job} and a middle of {want:.0f} it gives {way}, and {best} is a way."
    return _LONG if len(way) > len(best) else ""


@check.build(
    "Write counterfactual(job, want, middle, seen, roles): the shortest way to a middle of `want` or more, or None.",
    wrong={
        _ONE: ("return path[1:]", "return path"),
        _COUNTRY: ('steps += [last | {"role"', 'steps += [last | {"country": code} for code in pay.COUNTRIES]\n        steps += [last | {"role"'),
        _RUNG: ("+ 1 :][:1]", "+ 1 :]"),
        _ROLE: ("for role in roles", "for role in pay.ALL_ROLES"),
        _RARE: (" and seen(step) >= 10", ""),
        _LONG: ("for path in paths:", "while paths:\n        path = paths.pop()"),
    },
)  # fmt: skip
def counterfactual(piece, ours, wrong):
    """Made-up worlds: pay by a draw, jobs that nobody offers, wishes that nothing fulfils."""
    for seed in range(40):
        draw = np.random.default_rng(seed)
        middles, counts = draw.uniform(80, 200, len(EVERY)), draw.integers(0, 15 + 20 * (seed % 3), len(EVERY))
        job = EVERY.iloc[draw.integers(len(EVERY))].to_dict() | {"level": ("EN", "MI")[seed % 2]}
        middle, seen = (lambda one, kept=kept: kept[_places(pd.DataFrame([one]))].item() for kept in (middles, counts))
        case = (float(draw.choice([60, 150, 180, 195, 210])), middle, seen, ["ML Engineer", "Data Engineer"])
        if fault := _fault(piece(dict(job), *case), ours(dict(job), *case), job, *case):
            return check.wrong(fault)
    return check.right("Each step is one that a person can take, and no shorter way is left out.")


@check.build(
    "Write importance(predict, table, feature, order): the mean loss added by shuffling a feature, with its interval.",
    wrong={
        "Nothing was shuffled: pandas puts a column back in order by its index. Take `.to_numpy()` before `[order]`.": ("table[feature].to_numpy()[order]", "table[feature].iloc[order]"),
        "You shuffle whole adverts, outcome and weight included. Only the one column may move.": ("shuffled = table.assign(**{feature: table[feature].to_numpy()[order]})", "shuffled, table = table.iloc[order], table.iloc[order]"),
        "That is the loss after the shuffle. What counts is how much it *adds*: take off the loss before.": (" - loss(table, predict(table))", ""),
        "Each row stands for several adverts: multiply by `weight`, and divide by its sum.": (' * table["weight"]', ""),
        "The other way round: above zero must mean that the model needs the feature.": ("loss(table, predict(shuffled)) - loss(table, predict(table))", "loss(table, predict(table)) - loss(table, predict(shuffled))"),
    },
)  # fmt: skip
def importance(piece, ours, wrong):
    """Made-up weeks whose rows are numbered in an odd way, and a model that looks at two of the features."""
    cases = []
    for seed, feature in enumerate(("role", "level", "country", "level")):
        draw = np.random.default_rng(seed)
        table = EVERY.sample(60, random_state=seed).astype({"remote": int})
        weeks = pd.Timestamp("2024-09-01") + pd.to_timedelta(7 * np.sort(draw.integers(0, 9, 60)), "D")
        table = table.assign(arrived=weeks, midpoint=draw.normal(150, 30, 60), weight=draw.integers(1, 4, 60))
        cases.append((_two, table, feature, draw.permutation(60)))
    return check.judge_function(piece, ours, cases, wrong, "Both losses are compared on the same adverts, week by week.")


def _two(jobs):
    low = 80 + 9.0 * jobs["role"].astype(str).str.len() + 20 * (jobs["level"] == "SE")
    return np.column_stack([low, low + 60])


@check.exercise('Give the country of each hidden rule, or None: {"A": ..., "B": ..., "C": ...}.')
def rule(answer):
    """Who is treated in another way by A, B and C."""
    for name, country in RULES.items():
        said = re.sub(r"(?i)none|nobody|honest", "", str(answer[name] or "")).strip()
        if (country in pay.COUNTRIES.get(said.upper(), said).title()) and bool(said) == bool(country):
            continue
        return check.wrong(POINTS["rules"][name])
    return check.right(POINTS["rules"]["right"])


POINTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def _reader(name):
    def judge(answer):
        """A text and the figures that must stand in it, met with what its reader needs."""
        return check.written(answer[0], POINTS[name], answer[1])

    judge.__name__ = name
    return check.exercise("Put your own words in the place of each line that begins with the pencil.")(judge)


letter, note, statement = map(_reader, ("letter", "note", "statement"))
