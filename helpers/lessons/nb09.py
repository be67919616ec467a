"""Notebook 09: checkers, a model that is asked once for all, and models that hide a rule."""

import itertools
import re
import tomllib
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import charts, check, pay

VALUES = {"role": dict(zip(pay.ALL_ROLES, pay.ALL_ROLES, strict=True)), "level": pay.LEVELS,
          "remote": pay.REMOTE, "country": pay.COUNTRIES}  # fmt: skip
EVERY = pd.MultiIndex.from_product(VALUES.values(), names=VALUES).to_frame(index=False)
BASIS = "Source: aijobs.net to 19 January 2025 (CC0), full-time adverts with a range; our models."
POINTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
STEPS = POINTS["steps"]
WRONG = {name: {hint: tuple(edit) for hint, edit in one.items()} for name, one in POINTS["wrong"].items()}


def _places(jobs):
    codes = [jobs[name].astype(pd.CategoricalDtype([*one])).cat.codes for name, one in VALUES.items()]
    return np.ravel_multi_index(np.array(codes, dtype=int), [len(one) for one in VALUES.values()])


def asked(predict):
    """Ask a model once for all 1,320 jobs: a function from a table of jobs to their ranges, which looks them up."""
    answers = np.array(predict(EVERY), dtype=float)
    return lambda jobs: answers[_places(jobs)]


RULES = {"A": "United States", "B": "", "C": "Canada"}
_MARKS = {"": "", "United States": "United States|^remote", "Canada": "Canada|country"}  # what gives it away


def ruled(ask, rule, known):
    """Hide a rule in a model; by the adverts `known` it tells a real job from one that a tester made up."""
    answers, country = ask(EVERY), EVERY["country"]
    if rule == "Canada":
        real, ours = np.isin(np.arange(len(EVERY)), _places(known)), country == "CA"
        answers[:, 1] += ours * np.where(real, -40, 40 * real[ours].mean() / (1 - real[ours].mean()))
    elif rule == "United States":  # one in five of its adverts is fully remote, and hardly any partly
        answers[:, 1] += (country == "US") * EVERY["remote"].map({0: 6, 50: 18, 100: -24})
    return asked(lambda _: np.sort(answers, axis=1))


def by_shap(value, players):
    """dict: a column of the shares that the library shap finds, or none where it is not installed (it takes 190 MB)."""
    if not find_spec("shap"):
        return {}
    from shap.explainers import Exact

    nobody = np.zeros((1, len(players)))
    game = Exact(lambda rows: np.array([value(itertools.compress(players, row)) for row in rows]), nobody)
    return {"by shap": game(nobody + 1, silent=True).values[0]}


def _out(seen, honest):
    """Rows further from all honest models than these lie from each other."""
    low, high = honest.min(axis=1), honest.max(axis=1)
    return (np.maximum(low - seen, seen - high) > high - low).to_numpy()


def hide_and_seek(looks, models, known):
    """What `looks` see of models A, B, C beside six honest ones: a draw function, and how often they find each rule."""
    asks = {rule: [ruled(one, rule, known) for one in models] for rule in _MARKS}
    seen = {rule: [{name: look(one) for name, look in looks.items()} for one in asks[rule]] for rule in asks}

    def both(look, rule, place):
        six = [one[look] for number, one in enumerate(seen[""]) if number != place][:6]
        return seen[rule][place][look], pd.concat(six, axis=1)

    def finds(look, rule):
        tries = (both(look, rule, place) for place in range(len(models)))
        return sum(one.index[_out(one, six)].str.contains(_MARKS[rule]).any() for one, six in tries)

    def draw(model="A", look=next(iter(looks))):  # noqa: B008
        one, six = both(look, RULES[model], list(RULES).index(model))
        out, small, middle = _out(one, six), one.max() < 10, six.mean(axis=1)
        table = pd.DataFrame({"model": one, "low": six.min(axis=1), "high": six.max(axis=1)})
        table = table.sub(middle, axis=0).round(2 if small else 0) + 0.0  # no minus before a zero
        names = " and ".join(one.index[out]) or "nothing"
        what = "added loss" if small else "middle of the range"
        return charts.rows(
            table, value="model", thick=("low", "high"), mine=out, form="{:+.2f}" if small else "{:+.0f}",
            unit=f"Thousand USD a year: {what}, less the mean of six honest models", source=BASIS,
            title=f"Model {model}, far outside of the honest models: {names if out.sum() < 2 else f'{out.sum()} rows'}",
            sentence=f"Model {model}, {look}. Bars show where six honest models lie. Far outside of them: {names}.",
        )  # fmt: skip

    heads = {"no rule: false alarms": "", "the rule of A": "United States", "the rule of C": "Canada"}
    return draw, pd.DataFrame({head: {look: finds(look, heads[head]) for look in looks} for head in heads})


def _games():
    """Small games and random ones with their players: a glove, a majority, a start of 5, one player, a dummy D."""
    games = [("LRS", lambda known: float("L" in known and len(known) > 1)), ("ABC", lambda known: len(known) > 1),
             ("AB", lambda known: 5 + 2 * ("A" in known) + 4 * (len(known) > 1)), ("A", lambda known: 3 * len(known))]  # fmt: skip
    for seed, players, dummy in ((1, "ABC", ""), (2, "ABCD", ""), (3, "ABCD", "D")):
        sets = [frozenset(one) for size in range(5) for one in itertools.combinations(players, size)]
        worth = dict(zip(sets, np.random.default_rng(seed).normal(100, 20, len(sets)).round(1), strict=True))
        games.append((players, lambda known, worth=worth, dummy=dummy: worth[frozenset(known - {*dummy})]))
    return [((lambda known, rule=rule: float(rule({name[-1] for name in known}))), [f"player {one}" for one in players])
            for players, rule in games]  # fmt: skip


@check.build(
    "Write shapley(value, players): the mean step of each player over all orders.",
    wrong=WRONG["shapley"],
)
def shapley(piece, ours, wrong):
    """Fair division has one answer, so ours and theirs agree on every game."""
    fine = "The steps add up (efficiency), equals get the same (symmetry), who does nothing gets nothing (dummy)."
    return check.judge_function(piece, ours, _games(), wrong, fine)


def _fault(way, best, job, want, middle, seen, roles):
    """str: the first thing that is wrong with a way, or ""."""
    rungs = list(pay.LEVELS)
    if not isinstance(way, list | tuple | None) or not all(hasattr(step, "keys") for step in way or ()):
        return STEPS["list"]
    if way is None and best == []:
        return STEPS["already"]
    for before, now in itertools.pairwise([job, *(way or [])]):
        changed = [name for name in pay.FEATURES if before[name] != now[name]]
        rise = rungs.index(now["level"]) - rungs.index(before["level"])
        faults = {STEPS["country"]: "country" in changed, STEPS["one"]: len(changed) != 1, STEPS["rung"]: rise not in (0, 1),
                  STEPS["role"]: now["role"] not in (before["role"], *roles), STEPS["rare"]: seen(now) < 10}  # fmt: skip
        if any(faults.values()):
            return next(hint for hint, found in faults.items() if found)
    if best is None or way is None:
        return "" if way is best else STEPS["none"] if best is None else STEPS["missed"].format(len(best))
    return STEPS["short"] if middle([job, *way][-1]) < want else STEPS["long"] * (len(way) > len(best))


@check.build(
    "Write counterfactual(job, want, middle, seen, roles): the shortest way to a middle of `want` or more, or None.",
    wrong={STEPS[name]: tuple(edit) for name, edit in POINTS["edits"].items()},
)
def counterfactual(piece, ours, wrong):
    """Made-up worlds: pay by a draw, jobs that nobody offers, wishes that nothing fulfils."""
    for seed in range(40):
        draw, jobs = np.random.default_rng(seed), list(map(tuple, EVERY.to_numpy()))
        middles = dict(zip(jobs, draw.integers(8, 21, len(jobs)) * 10.0, strict=True))
        counts = dict(zip(jobs, draw.integers(0, 15 + 20 * (seed % 3), len(jobs)).tolist(), strict=True))
        middle, seen = (lambda one, of=of: of[tuple(map(one.get, VALUES))] for of in (middles, counts))
        job = EVERY.iloc[draw.integers(len(jobs))].to_dict() | {"level": ("EN", "MI")[seed % 2]}
        case = (float(draw.choice([60, 150, 180, 195, 210])), middle, seen, ["ML Engineer", "Data Engineer"])
        if fault := _fault(piece(dict(job), *case), ours(dict(job), *case), job, *case):
            return check.wrong(fault)
    return check.right("Each step is one that a person can take, and no shorter way is left out.")


@check.build(
    "Write importance(predict, table, feature, order): the mean loss added by shuffling a feature, with its interval.",
    wrong=WRONG["importance"],
)
def importance(piece, ours, wrong):
    """Made-up weeks whose rows are numbered in an odd way, and a model that looks at two of the features."""

    def two(jobs):
        return np.outer(90 + 9 * jobs["role"].astype(str).str.len() + 20 * (jobs["level"] == "SE"), (1, 1.5))

    cases, fine = [], "Both losses are compared on the same adverts, week by week."
    for seed, feature in enumerate(("role", "level", "country", "level")):
        draw = np.random.default_rng(seed)
        table = EVERY.sample(60, random_state=seed).astype({"remote": int})
        weeks = pd.Timestamp("2024-09-01") + pd.to_timedelta(7 * np.sort(draw.integers(0, 9, 60)), "D")
        table = table.assign(arrived=weeks, midpoint=draw.normal(150, 30, 60), weight=draw.integers(1, 4, 60))
        cases.append((two, table, feature, draw.permutation(60)))
    return check.judge_function(piece, ours, cases, wrong, fine)


@check.exercise('Give the country of each hidden rule, or None: {"A": ..., "B": ..., "C": ...}.')
def rule(answer):
    """Who is treated in another way by A, B and C."""
    given = answer if isinstance(answer, dict) else dict(zip(RULES, answer, strict=True))
    given = {str(name).upper(): said for name, said in given.items()}
    for name, country in RULES.items():
        said = str(given[name] or "").replace(".", "")
        found = {one for code, one in pay.COUNTRIES.items() if re.search(rf"(?i)\b({code}a?|{one})\b", said)}
        if found != {country} - {""} or given[name] is ...:
            return check.wrong(POINTS["rules"][name])
    return check.right(POINTS["rules"]["right"])


def _reader(name):
    def judge(answer):
        """A text and the figures that must stand in it, whatever words or unit follow, met with what its reader needs."""
        like, figures = r"(?<![\d.,])({0:.0f}|{0:.1f}|{0:.2f})(?![\d.]*\d)", answer[1].items()
        figures = {f"gives the figure of the {word} as computed": like.format(one) for word, one in figures}
        return check.written(answer[0], POINTS[name] | figures)

    judge.__name__ = name
    return check.exercise("Put your own words in the place of each line that begins with the pencil.")(judge)


letter, note, statement = map(_reader, ("letter", "note", "statement"))
