"""Notebook 05: candidates good and bad, a registry, shadow runs, the weekly stream; the judges of its pieces."""

import copy
import functools
import hashlib
import re
import tempfile
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pandas as pd
import yaml

from helpers import charts, check, pay, profile, stats, tables
from helpers.check import suites
from helpers.service import model

LEARNED = ("2022-07-01", "2023-06-30")  # what the model in charge learned from
JUDGE = ("2024-04-01", "2024-06-16")  # the weeks before the release, on which candidates are judged
NOW = ("2024-06-17", "2024-07-10")  # the weeks of the release
MODEL = "pay-range"
EVENTS = {"2024-06-23": "software engineers are collected", "2024-07-28": "coverage falls"}
SOURCE = tables.cite("pay_ranges")


def train(first, last, **settings):
    """Train on the adverts of a period, the last 13 weeks kept for notebook 03's correction.

    Returns
    -------
    trained : helpers.pay.PayRange
    rows : pandas.DataFrame
        All that it learned from.
    """
    rows = pay.between(pay.adverts(), first, last)
    recent = rows["arrived"] > rows["arrived"].max() - pd.Timedelta(weeks=13)
    return pay.correct(pay.fit(rows[~recent], **settings), rows[recent]), rows


@functools.cache
def champion():
    """The model in charge: what was trained, the adverts it learned from, and its file."""
    return handed_in("june-2023", *train(*LEARNED))


def handed_in(name, trained, rows, exported=None):
    """A candidate: `trained`, `rows`, and `data`, the file that would be served."""
    return SimpleNamespace(trained=trained, rows=rows, data=model.export(exported or trained, name, rows))


@functools.cache
def candidates():
    """dict of str to candidate: what three people hand in for the next release."""
    good, rows = train("2022-09-01", "2024-03-31")
    letters = _exported(good, "ordinalencoder", 0, sorted(pay.LEVELS))
    return {
        "march-2024": handed_in("march-2024", good, rows),
        "june-2024": handed_in("june-2024", *train("2022-09-01", JUDGE[1])),
        "rebuilt": handed_in("rebuilt", good, rows, letters),
    }


def in_a_hurry():
    """A candidate that comes around the tests: its ranges are 18 thousand USD narrower at each end."""
    good = candidates()["march-2024"]
    return handed_in("weekend-2024", _moved(good.trained, -18), good.rows)


def _exported(trained, encoder, place, order):
    """The model as an export with a mistake: the categories of one encoder in another order."""
    ends = copy.deepcopy(trained.ends)
    for end in ends:
        part = end[0].named_transformers_[encoder]
        part.categories_[place] = np.array(order, dtype=object)
    return pay.PayRange(ends, trained.correction)


def _moved(trained, thousand, role=None):
    change = trained.correction * 0.0 + thousand
    if role:
        change[change.index != role] = 0
    return pay.PayRange(trained.ends, trained.correction + change)


def systems(some):
    """dict of str to dict: what the arguments of a release test stand for, by candidate (see `suites.run`)."""
    judged, old = pay.between(pay.adverts(), *JUDGE), model.from_bytes(champion().data)
    return {
        name: {
            "candidate": model.from_bytes(one.data),
            "trained": one.trained,
            "champion": old,
            "judged": judged,
        }
        for name, one in some.items()
    }


# What lets which candidate through. The first two candidates are handed in, the others nobody sees.
FAULTS = {
    "june-2024": "It lets a model through that learned until the day of the release. Compare `candidate.last` with the "
    "first day of `judged`.",
    "rebuilt": "It lets an export through that ranks the levels by their letters. Compare the file with `trained`.",
    "swapped": "It lets an export through that takes two countries for each other. Compare the file with `trained` on "
    "every job.",
    "lazy": "It lets a model through whose loss is 12% above the champion's.",
    "roomy": "It lets a model through whose ranges are 1.3 times as wide as the champion's.",
    "peeking": "It lets a model through whose ranges are a third as wide as the champion's. Nobody improves that much: "
    "the pay itself got into it. A width has two limits.",
    "one role": "It lets a model through that fails one role only. Look at each role with 200 adverts or more.",
}


@functools.cache
def _release_systems():
    good, rows = candidates()["march-2024"].trained, candidates()["march-2024"].rows
    countries = ["US", "CA", "DE", "AU", "GB", *list(pay.COUNTRIES)[5:]]
    period = ("2022-09-01", "2024-03-31")
    unseen = {
        "second": handed_in("second", train(*period, n_estimators=80)[0], rows),
        "swapped": handed_in("swapped", good, rows, _exported(good, "onehotencoder", 1, countries)),
        "lazy": handed_in("lazy", train(*period, n_estimators=3)[0], rows),
        "roomy": handed_in("roomy", _moved(good, 14), rows),
        "one role": handed_in("one-role", _moved(good, -14, "Data Analyst"), rows),
    }
    found = systems(candidates() | unseen)

    def peek(jobs):
        if "midpoint" not in jobs:
            return good.predict(jobs)
        return jobs["midpoint"].to_numpy()[:, None] + np.array([-20.0, 20.0])

    sound = found["march-2024"]["candidate"]
    peeking = SimpleNamespace(name="peeking", first=sound.first, last=sound.last, adverts=1, predict=peek)
    return found | {"peeking": found["march-2024"] | {"candidate": peeking}}


@check.build(
    "Write the tests of test_release.py.",
    wrong={
        FAULTS["june-2024"]: ("candidate.last < f", "candidate.last > '2020' or f"),
        FAULTS["swapped"]: ("model.every_job()", "model.every_job().query('country == \"US\"')"),
        FAULTS["lazy"]: ("ours <= 1.1 * theirs", "ours <= 10 * theirs"),
        FAULTS["peeking"]: ("0.8 <= ours / theirs <= 1.25", "ours / theirs <= 1.25"),
        FAULTS["one role"]: ("75).all()", "75).any()"),
    },
)
def test_release(piece, ours, wrong):
    """The learner's file is collected by pytest over candidates, good and faulty, most of them not shown."""
    takes = "Each test takes some of `candidate`, `trained`, `champion` and `judged`."
    return suites.judge_tests(piece, _release_systems(), FAULTS, takes)


_EMPTY = "A file in which pytest finds no test has no failure either, and your release went out. No result is no permission."
_ONE = "One test failed, and your release went out all the same. *All* must pass."
_EARLY = "It makes the model `champion` at once. A release makes it the `challenger`; who is in charge is decided later."
_SUM = "The registry must know when the model stopped learning, and which file it is: put the last day and the `sha256` of the data into the tags."


@check.build(
    "Write release(client, tests, name, trained, rows): export, test, keep, register, name the challenger.",
    wrong={
        _EMPTY: ("results.empty or ", ""),
        _ONE: ('results["passed"].all()', 'results["passed"].any()'),
        _EARLY: ('"challenger"', '"champion"'),
        _SUM: ("sha256(data)", "sha256(name.encode())"),
    },
)
def release(piece, ours, wrong):
    """Four releases with a client that only writes down what it is told."""
    trained, rows = _small()
    with tempfile.TemporaryDirectory() as folder:
        tests = Path(folder, "test_it.py")

        def told(text):
            tests.write_text(f"def test_name(candidate):\n    assert candidate.name == 'judge'\n{text}")
            client = mock.MagicMock()
            client.create_model_version.return_value = SimpleNamespace(version="7")
            return piece(client, tests, "judge", trained, rows), client

        try:
            version, client = told("")
            if not client.create_model_version.called:
                return check.wrong(
                    "All tests pass, and nothing is registered: `client.create_model_version(...)`."
                )
            made = client.create_model_version.call_args
            named = [*made.args, *made.kwargs.values()]
            file = next(
                (Path(str(one).removeprefix("file://")) for one in named if str(one).endswith(".onnx")), None
            )
            data = file.read_bytes() if file and file.is_file() else b""
            if (
                model.from_bytes(data or model.export(trained, "none", rows)).name != "judge"
                or MODEL not in named
            ):
                return check.wrong(
                    f"Write the exported bytes into a file, and register its path as a version of {MODEL!r}."
                )
            tags = str(made.kwargs.get("tags", named))
            if (
                f"{rows['arrived'].max():%Y-%m-%d}" not in tags
                or hashlib.sha256(data).hexdigest() not in tags
            ):
                return check.wrong(_SUM)
            aliases = [
                [*call.args, *call.kwargs.values()]
                for call in client.set_registered_model_alias.call_args_list
            ]
            if any("champion" in alias for alias in aliases):
                return check.wrong(_EARLY)
            if [MODEL, "challenger", "7"] not in [[str(part) for part in alias] for alias in aliases]:
                return check.wrong(
                    f'Give the new version the alias: `set_registered_model_alias({MODEL!r}, "challenger", version)`.'
                )
            if str(version) != "7":
                return check.wrong("Return the number of the new version.")
            for text, hint in (
                ("def test_more(trained):\n    assert False\n", _ONE),
                ("del test_name\n", _EMPTY),
            ):
                version, client = told(text)
                if client.create_model_version.called or client.set_registered_model_alias.called:
                    return check.wrong(hint)
                if version is not None:
                    return check.wrong("Return `None` where nothing was released.")
        finally:
            (profile.work("05") / "judge.onnx").unlink(missing_ok=True)
    return check.right("What passes is kept, registered and named, and nothing else is.")


@functools.cache
def _small():
    return train(*LEARNED, n_estimators=3)


COMMANDS = ("train", "test", "register", "shadow")


@check.exercise("Write the lines of release.yml in the place of the three dots.")
def pipeline(answer):
    """The file is parsed, and its steps are run with a good and a bad candidate."""
    if "..." in str(answer):
        return check.Verdict("open", "Replace each of the three dots in release.yml.")
    try:
        read = yaml.safe_load(answer)
        job = next(iter(read["jobs"].values()))
        steps = [step for step in job["steps"] if isinstance(step, dict)]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, StopIteration):
        return check.wrong(
            "This cannot be read as YAML with `jobs:` and `steps:`. Are the lines indented by spaces, as above?"
        )
    rights = job.get("permissions", read.get("permissions"))
    if rights not in ({"contents": "read"}, "read-all"):
        return check.wrong(
            "Whoever breaks into this job gets its rights. To read the code is enough: `contents: read`."
        )
    loose = [
        step["uses"]
        for step in steps
        if "uses" in step and not re.search(r"@[0-9a-f]{40}$", str(step["uses"]))
    ]
    if loose:
        return check.wrong(
            f"{loose[0]} can be another program tomorrow. A commit of 40 digits stays what it is."
        )
    for good in (True, False):
        done = []
        for step in steps:
            words = str(step.get("run", "")).split()
            command = next((one for one in COMMANDS if one in words), None)
            fails = command == "test" and not good
            done += [command] if command else []
            if fails and not step.get("continue-on-error"):
                break
        if good and sorted(done) != sorted(COMMANDS):
            return check.wrong(
                f"With a good model the steps that ran are {done}. Each of the four commands is needed once."
            )
        if good and done[0] != "train":
            return check.wrong(f"It runs `{done[0]}` before there is a model.")
        if not good and set(done) & {"register", "shadow"}:
            return check.wrong(
                f"With a bad model this ran: {', '.join(done)}. Nothing may leave before the tests have passed."
            )
        if good and done.index("shadow") < done.index("register"):
            return check.wrong("The shadow asks the registry for the challenger. Register first.")
    return check.right("A good model goes through all four steps, and a bad one stops at its tests.")


def figures(table, ranges):
    """DataFrame: coverage with its 95% interval (%, weeks drawn again), width and loss (thousand USD) of some ranges."""
    rows = {}
    for name, one in ranges.items():
        weights = table["weight"]
        weekly = [
            stats.by_week(values, table["arrived"])
            for values in (stats.inside(table, one) * weights, weights)
        ]
        kept = [100 * value for value in stats.interval(*weekly)]
        rows[name] = [stats.range_loss(table, one), *kept, stats.width(table, one)]
    return pd.DataFrame(rows, ["loss", "coverage %", "low", "high", "width"]).T.round(1)


def shadow(service, jobs):
    """Ask a service in shadow, and set both answers beside each other.

    Returns
    -------
    pandas.DataFrame
        A row a request: did the challenger fail (``failed``), the widths of both ranges (``width``, ``new_width``, thousand
        USD a year), and whether the midpoint of the advert lies in them (``held``, ``new_held``).
    """
    service.traffic(0, shadow=True)
    service.post("/ranges", jobs[list(pay.FEATURES)].to_dict("records")).raise_for_status()
    log = service.log().tail(len(jobs))
    failed = log["challenger"].isna().to_numpy()
    old = np.array(log["champion"].tolist())
    new = np.array([[np.nan, np.nan] if one is None else one for one in log["challenger"]])
    held, new_held = stats.inside(jobs, old), stats.inside(jobs, new)
    widths = {"width": old[:, 1] - old[:, 0], "new_width": new[:, 1] - new[:, 0]}
    return pd.DataFrame({"failed": failed, **widths, "held": held, "new_held": new_held}, index=jobs.index)


def made_up(count, worse, seed):
    """A shadow run of a challenger that truly covers less by `worse` (0 to 1): four outcomes in five agree."""
    draw = np.random.default_rng(seed)
    held = draw.random(count) < 0.8
    alone = draw.random(count) < 0.8 - worse / 0.2
    new = np.where(draw.random(count) < 0.8, held, alone)
    widths = {"width": draw.uniform(80, 140, count)}
    widths["new_width"] = widths["width"] * draw.uniform(0.9, 1.1, count)
    return pd.DataFrame({"failed": False, **widths, "held": held, "new_held": new})


def rates(rule, draws=200):
    """DataFrame: how often a rule gives each answer (%), by number of requests and how many points worse the model is."""
    rows = {}
    for count in (100, 300, 800):
        for worse in (0, 5, 10):
            said = [rule(made_up(count, worse / 100, seed)) for seed in range(draws)]
            rows[count, worse] = [round(100 * said.count(answer) / draws) for answer in ANSWERS]
    names = ["requests", "points worse"]
    return pd.DataFrame(rows, ANSWERS).T.rename_axis(names)


ANSWERS = ("roll back", "go on", "wait")


_WIDE = "Ranges 1.6 times as wide were not taken back. Wide ranges hold more, and say less."
_NARROW = "Ranges 0.6 times as wide were not taken back. Narrow is no gift: look at both sides, 0.8 and 1.25."
_FAILED = "A challenger that fails on one request in twenty was not taken back."


@check.build(
    'Write decide(shadow): "roll back", "go on" or "wait".',
    wrong={
        _FAILED: ('shadow["failed"].mean() > 0.01', 'shadow["failed"].mean() > 0.5'),
        _NARROW: ("0.8 <= ratio <= 1.25", "ratio <= 1.25"),
        "It goes on unless harm is proven. With few requests nothing is proven, so it must say `wait`.": (
            'else "wait"',
            'else "go on"',
        ),
        "It compares two shares as if other adverts had been asked. Both models answered the *same* ones: take the difference for each, and the spread of these differences.": (
            "gain.std()",
            "(2 * 0.16) ** 0.5",
        ),
        "It never takes back what is clearly worse: look at the upper end of the interval.": (
            "gain.mean() + half < 0",
            "gain.mean() + half < -1",
        ),
    },
)
def decide(piece, ours, wrong):
    """Hard cases first; then the shares of each answer over simulated shadow runs, compared with ours."""
    plain = made_up(800, 0, 0)
    if piece(plain.copy()) not in ANSWERS:
        return check.wrong(
            f'It returned {check.shown(piece(plain.copy()))}. Return "roll back", "go on" or "wait".'
        )
    wide = plain.assign(new_width=1.6 * plain["width"])
    narrow = plain.assign(new_width=0.6 * plain["width"])
    broken = plain.assign(failed=np.arange(len(plain)) % 20 == 0)
    broken.loc[broken["failed"], ["new_width", "new_held"]] = [np.nan, False]
    broken.loc[broken["failed"], "held"] = False  # so that nothing but the failures speaks
    for case, hint in ((wide, _WIDE), (narrow, _NARROW), (broken.infer_objects(), _FAILED)):
        if piece(case.copy()) != "roll back":
            return check.wrong(hint)
    found, want = rates(piece, 40), rates(ours, 40)
    off = (found - want).abs()
    if off.max(axis=None) <= 12:
        return check.right(
            f"It takes back {found.loc[(800, 0), 'roll back']}% of equally good challengers, given 800 requests."
        )
    for hint, version in wrong:
        if (found - rates(version, 40)).abs().max(axis=None) <= 15:
            return check.wrong(hint)
    (count, worse), answer = off.stack().idxmax()[:2], off.stack().idxmax()[2]
    return check.wrong(
        f"Simulated challengers that cover {worse} points less, {count} requests: it says {answer!r} in "
        f"{found.loc[(count, worse), answer]}% of the runs, and the rule as described in {want.loc[(count, worse), answer]}%."
    )


def mix(usual, psi):
    """A draw function: the mix of roles of a week into which software engineers come, and its PSI."""

    def draw(software_engineers=0, adverts=60):
        now = usual * (1 - software_engineers / 100)
        now["Software Engineer"] += software_engineers / 100
        return _draw_mix(usual, now, psi(usual, now), chance(adverts))

    @functools.cache
    def chance(adverts):
        weeks = np.random.default_rng(0).multinomial(adverts, usual / usual.sum(), 300) / adverts
        return np.quantile([psi(usual, pd.Series(week, usual.index)) for week in weeks], 0.95)

    return draw


def _draw_mix(usual, now, found, chance):
    table = pd.DataFrame({"usual": 100 * usual, "now": 100 * now}).query("usual > 1 or now > 1")
    verdict = "more than" if found > chance else "no more than"
    title = f"PSI {found:.2f}, {verdict} chance gives"
    said = f"The PSI is {found:.2f}. Chance alone stays below {chance:.2f} in 95 of 100 weeks of this size."
    figure, axes = charts.blank(4.0, left=0.22)
    axes.barh(np.arange(len(table)) - 0.2, table["usual"], 0.38, color="#bbbbbb", label="usual")
    axes.barh(np.arange(len(table)) + 0.2, table["now"], 0.38, color=charts.UP, label="this week")
    axes.set_yticks(range(len(table)), table.index)
    axes.invert_yaxis()
    axes.set(xlabel="% of the adverts of a week", xlim=(0, 60))
    axes.legend()
    return charts.finish(figure, title, SOURCE, said)


def draw_alarm(signal, threshold, said):
    """Draw a signal by week, its threshold, and the two events."""
    figure, axes = charts.blank(3.8)
    rings = signal > threshold
    axes.plot(signal.index, signal, color="#555555", linewidth=1.2)
    axes.plot(signal.index[rings], signal[rings], "o", color=charts.DOWN, markersize=5, label="rings")
    axes.axhline(threshold, color="black", linestyle="--", linewidth=1)
    for day, what in EVENTS.items():
        axes.axvline(pd.Timestamp(day), color="#555555", linestyle=":", linewidth=1.5)
        axes.annotate(what, (pd.Timestamp(day), 1), (-4, -4), xycoords=("data", "axes fraction"),
                      textcoords="offset points", rotation=90, ha="right", va="top", fontsize=9, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
    axes.set(ylabel=signal.name)
    axes.legend(loc="upper left")
    return charts.finish(figure, said.split(". ")[0], SOURCE, said)


@check.build(
    "Write price(signal, threshold, event): new alarms a year before the event, and arrivals until the first one from it on.",
    wrong={
        "An alarm that goes on ringing calls nobody twice. Count where it *begins*: it rings, and did not ring in the arrival before.": (
            "rings & ~rings.shift(fill_value=False)",
            "rings",
        ),
        "Arrivals without a figure are no quiet ones: leave them out, with `dropna`.": (
            "signal.dropna()",
            "signal",
        ),
        "The event is in the first arrival in which it can be noticed: `>=`.": (
            "starts.index >= event",
            "starts.index > event",
        ),
        "If it never rings again, `argmax` says 0, as if it had rung at once. Return `None`.": (
            " if after.any() else None",
            "",
        ),
        "That is the number of alarms. Asked is how many come in a year of 52 arrivals.": (
            "52 * before.mean()",
            "before.sum()",
        ),
    },
)
def price(piece, ours, wrong):
    """Weeks with gaps, alarms in runs, none at all, one that rings already when the event comes."""
    draw, weeks = np.random.default_rng(1), pd.date_range("2024-01-07", periods=40, freq="W")
    cases = [(pd.Series([0, 2, 2, 0, np.nan, 2, 0, 3, 3, 0], weeks[:10]), 1, "2024-02-18")]
    cases += [
        (pd.Series([0.0, 2, 0, 0, 0], weeks[:5]), 1, "2024-01-28"),
        (pd.Series([0, 2, 2, 2, 2.0], weeks[:5]), 1, "2024-01-28"),
    ]
    for seed in range(4):
        values = np.where(draw.random(40) < 0.1, np.nan, draw.normal(size=40).cumsum() / 3 + seed / 4)
        cases.append((pd.Series(values, weeks), 0.5, f"{weeks[20 + seed]:%Y-%m-%d}"))
    return check.judge_function(piece, ours, cases, wrong, "It counts calls, not weeks, and admits silence.")


POINTS = {
    "says what happened, with a date": r"\b(June|July|August|2024-0[678])\b",
    "says who was harmed, and in which direction": r"too (little|low|much|high)|below|above",
    "names a cause that can be changed": r"(no|nobody|without|missing|never).{0,60}(alarm|test|watch|check|look|monitor)",
    "has a row for an alarm: from which figure on": r"(over|above|more than|from|>)\s*\d",
    "says who is called": r"on duty|engineer|team|colleague|phone",
    "says what is done first": r"(read|ask|look|stop|roll|retrain|train|open)",
    "says by when": r"(within|same|until|by) .{0,20}(day|hour|week|noon)",
}


@check.exercise(
    "Write the runbook: put your own words in the place of each line that begins with the pencil."
)
def runbook(answer):
    """A page for whoever is called at night; its coverage must be the computed one."""
    text, coverage = answer
    return check.written(text, POINTS, {"coverage": coverage})
