"""Notebook 05: candidates good and bad, a registry, shadow runs, the weekly stream; the judges of its pieces."""

import contextlib
import dataclasses
import datetime
import functools
import hashlib
import re
import tempfile
import urllib.parse
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


def registry(folder):
    """str: address of a new registry in a folder, from which those of earlier runs are taken away."""
    for old in folder.glob("registry-*.db"):
        with contextlib.suppress(OSError):  # one that is still open stays, where the system wants it so
            old.unlink()
    # A name that nobody has used: MLflow remembers for each address that its tables are there.
    file = folder / f"registry-{datetime.datetime.now():%Y-%m-%d-%H%M%S-%f}.db"
    # In an address these two mean more.
    return "sqlite:///" + str(file).replace("%", "%25").replace("?", "%3F")


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
    letters = suites.skewed(suites.skewed(good, "MI", "EX"), "MI", "SE")
    return {
        "march-2024": handed_in("march-2024", good, rows),
        "june-2024": handed_in("june-2024", *train("2022-09-01", JUDGE[1])),
        "rebuilt": handed_in("rebuilt", good, rows, letters),
    }


def in_a_hurry():
    """A candidate that comes around the tests: its ranges are 18 thousand USD narrower at each end."""
    good = candidates()["march-2024"]
    return handed_in("weekend-2024", _moved(good.trained, -18), good.rows)


def _moved(trained, thousand, roles=pay.ALL_ROLES):
    change = trained.correction * 0.0
    change.loc[list(roles)] = thousand
    return pay.PayRange(trained.ends, trained.correction + change)


def systems(some):
    """dict of str to dict: what the arguments of a release test stand for, by candidate (see `suites.run`)."""
    same = {"judged": pay.between(pay.adverts(), *JUDGE), "champion": model.from_bytes(champion().data)}
    return {
        name: same | {"candidate": model.from_bytes(one.data), "trained": one.trained}
        for name, one in some.items()
    }


# What a file has missed that lets a candidate through. Nobody sees them but june-2024 and rebuilt.
FAULTS = {
    "june-2024": "It lets a model through that learned until the day of the release. Compare `candidate.last` with the "
    "first day of `judged`.",
    "half": "It lets a model through that learned until the middle of the weeks on which it is judged. Compare with the "
    "*first* of them.",
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
    period = ("2022-09-01", "2024-03-31")
    unseen = {
        "second": handed_in("second", train(*period, n_estimators=80)[0], rows),
        "swapped": handed_in("swapped", good, rows, suites.skewed(good, "GB", "DE")),
        "lazy": handed_in("lazy", train(*period, n_estimators=3)[0], rows),
        "roomy": handed_in("roomy", _moved(good, 14), rows),
        "one role": handed_in("one-role", _moved(good, -14, ["Data Analyst"]), rows),
    }
    found = systems(candidates() | unseen)

    def peek(jobs):
        if "midpoint" not in jobs:
            return good.predict(jobs)
        return jobs["midpoint"].to_numpy()[:, None] + np.array([-20.0, 20.0])

    sound = found["march-2024"]["candidate"]
    half = dataclasses.replace(sound, last="2024-05-12")
    peeking = SimpleNamespace(name="peeking", first=sound.first, last=sound.last, adverts=1, predict=peek)
    stand_in = {"peeking": peeking, "half": half}
    return found | {name: found["march-2024"] | {"candidate": one} for name, one in stand_in.items()}


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


_EMPTY = "A file in which pytest finds no test has no failure either, and your release went out. Ask for `results.empty`, too."
_ONE = "One test failed, and your release went out all the same. *All* must pass."
_EARLY = "It makes the model `champion` at once. A release makes it the `challenger`; who is in charge is decided later."
_SUM = "The registry must know when the model stopped learning, and which file it is: put the last day and the `sha256` of the data into the tags."
_PASSES = "def test_name(candidate):\n    assert candidate.name == 'judge'\n"


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
    """Three releases with a client that only writes down what it is told."""
    trained, rows = _small()
    with tempfile.TemporaryDirectory() as folder:
        tests = Path(folder, "test_it.py")

        def told(text):
            tests.write_text(text)
            client = mock.MagicMock()
            client.create_model_version.return_value = SimpleNamespace(version="7")
            return piece(client, tests, "judge", trained, rows), client

        try:
            fault = _released(*told(_PASSES), rows)
            failing = _PASSES + "def test_more(trained):\n    assert False\n"
            for text, hint in ((failing, _ONE), ("import pytest\n", _EMPTY)):
                fault = fault or _held_back(*told(text), hint)
        finally:
            (profile.work("05") / "judge.onnx").unlink(missing_ok=True)
    fine = "What passes is kept, registered and named, and nothing else is."
    return check.wrong(fault) if fault else check.right(fine)


def _held_back(version, client, hint):
    """str: what is wrong after a release that should not have gone out, or ""."""
    if client.create_model_version.called or client.set_registered_model_alias.called:
        return hint
    return "" if version is None else "Return `None` where nothing was released."


def _released(version, client, rows):
    """str: what is wrong after a release that should have gone out, or ""."""
    if not client.create_model_version.called:
        return "All tests pass, and nothing is registered: `client.create_model_version(...)`."
    named = _given(client.create_model_version.call_args)
    places = [urllib.parse.unquote(str(one).removeprefix("file://")) for one in named]
    file = next((Path(place) for place in places if place.endswith(".onnx") and Path(place).is_file()), None)
    if MODEL not in named or file is None:
        return f"Write the exported bytes into a file, and register its path as a version of {MODEL!r}."
    if model.from_bytes(file.read_bytes()).name != "judge":
        return "The file that is registered is not the model that was tested."
    tags = str([one for one in named if isinstance(one, dict)])
    needed = (f"{rows['arrived'].max():%Y-%m-%d}", hashlib.sha256(file.read_bytes()).hexdigest())
    if not all(one in tags for one in needed):
        return _SUM
    aliases = [list(map(str, _given(call))) for call in client.set_registered_model_alias.call_args_list]
    if any("champion" in alias for alias in aliases):
        return _EARLY
    if [MODEL, "challenger", "7"] not in aliases:
        return (
            f"Give the new version the alias: `set_registered_model_alias({MODEL!r}, 'challenger', version)`."
        )
    return "" if str(version) == "7" else "Return the number of the new version."


def _given(call):
    return [*call.args, *call.kwargs.values()]


@functools.cache
def _small():
    return train(*LEARNED, n_estimators=3)


COMMANDS = ["train", "test", "register", "shadow"]


@check.exercise("Write the lines of release.yml in the place of the three dots.")
def pipeline(answer):
    """The file is parsed, and its steps are run with a good and a bad candidate."""
    if "..." in str(answer):
        return check.Verdict("open", "Replace each of the three dots in release.yml.")
    try:
        fault = _pipeline_fault(yaml.safe_load(str(answer)))
    except (yaml.YAMLError, KeyError, TypeError, AttributeError):
        fault = "This cannot be read as YAML with `jobs:` and `steps:`. Are the lines indented by spaces, as above?"
    fine = "A good model goes through all four steps, and a bad one stops at its tests."
    return check.wrong(fault) if fault else check.right(fine)


def _pipeline_fault(read):
    """str: the first thing that is wrong with a pipeline, or ""."""
    jobs = read["jobs"]
    rights = [job.get("permissions", read.get("permissions")) for job in jobs.values()]
    if not all(right in ({"contents": "read"}, "read-all") for right in rights):
        return "Whoever breaks into this job gets its rights. To read the code is enough: `contents: read`."
    used = [str(step["uses"]) for job in jobs.values() for step in job["steps"] if "uses" in step]
    if loose := [name for name in used if not re.search(r"@[0-9a-f]{40}$|^[.]/", name)]:
        return f"{loose[0]} can be another program tomorrow. A commit of 40 digits stays what it is."
    good, bad = _ran(jobs, good=True), _ran(jobs, good=False)
    if sorted(good) != sorted(COMMANDS):
        return f"With a good model the steps that ran are {good}. Each of the four commands is needed once."
    if good[0] != "train":
        return f"It runs `{good[0]}` before there is a model."
    if out := [command for command in bad if command in ("register", "shadow")]:
        return f"With a bad model this ran: {', '.join(out)}. Nothing may leave before the tests have passed."
    late = good.index("shadow") < good.index("register")
    return "The shadow asks the registry for the challenger. Register first." if late else ""


def _ran(jobs, good):
    """list of str: the commands that run, job by job; `test` fails if the candidate is not good."""
    done, broken = [], set()
    for name, job in jobs.items():
        failed = bool(broken & set(np.ravel(job.get("needs", []))))
        for step in job["steps"]:
            anyway = re.search(r"always|failure|cancelled", str(step.get("if", "")))
            for line in re.split(r"\n|&&|;", str(step.get("run", ""))):
                command = next((word for word in line.split() if word in COMMANDS), None)
                if failed and not anyway:
                    continue
                done += [command] if command else []
                forgiven = step.get("continue-on-error") or "||" in line
                failed = failed or (command == "test" and not good and not forgiven)
        broken |= {name} if failed else set()
    return done


def figures(table, ranges):
    """DataFrame: coverage with its 95% interval (%, weeks drawn again), width and loss (thousand USD) of some ranges."""
    rows, weight = {}, table["weight"]
    for name, one in ranges.items():
        held = 100 * stats.inside(table, one) * weight
        sums = [stats.by_week(values, table["arrived"]) for values in (held, weight)]
        rows[name] = [stats.range_loss(table, one), *stats.interval(*sums), stats.width(table, one)]
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
    log, table = service.log().tail(len(jobs)), pd.DataFrame(index=jobs.index)
    table["failed"] = log["challenger"].isna().to_numpy()
    for new, name in (("", "champion"), ("new_", "challenger")):
        ranges = np.array([[np.nan, np.nan] if one is None else one for one in log[name]])
        table[f"{new}width"] = ranges[:, 1] - ranges[:, 0]
        table[f"{new}held"] = stats.inside(jobs, ranges)
    return table[["failed", "width", "new_width", "held", "new_held"]]


ANSWERS = ("roll back", "go on", "wait")


def made_up(count, worse, seed):
    """A shadow run of a challenger that truly covers less by `worse` (0 to 1): four outcomes in five agree."""
    draw = np.random.default_rng(seed)
    held, alone = draw.random(count) < 0.8, draw.random(count) < 0.8 - worse / 0.2
    new = np.where(draw.random(count) < 0.8, held, alone)
    width = draw.uniform(80, 140, count)
    columns = {"failed": False, "width": width, "new_width": width * draw.uniform(0.9, 1.1, count)}
    return pd.DataFrame(columns | {"held": held, "new_held": new})


def rates(rule, draws=400):
    """DataFrame: how often a rule gives each answer (%), by number of requests and how many points worse the model is."""
    rows = {}
    for count in (100, 300, 800):
        for worse in (0, 5, 10):
            said = [rule(made_up(count, worse / 100, seed)) for seed in range(draws)]
            rows[count, worse] = [round(100 * said.count(answer) / draws) for answer in ANSWERS]
    return pd.DataFrame(rows, ANSWERS).T.rename_axis(["requests", "points worse"])


_WIDE = "Ranges 1.3 times as wide were not taken back. Wide ranges hold more, and say less."
_NARROW = "Ranges 0.75 times as wide were not taken back. Too narrow is a fault, too: look at both sides, 0.8 and 1.25."
_FAILED = "A challenger that fails on one request in twenty was not taken back."


def _hard(plain):
    """list of (case, hint): shadow runs that speak for themselves, each with what a rule has missed that answers otherwise."""

    def failing(every):
        rows = plain.assign(failed=np.arange(len(plain)) % every == 0)
        rows["new_width"] = rows["new_width"].mask(rows["failed"])
        return rows.assign(held=rows["held"] & ~rows["failed"], new_held=rows["held"] & ~rows["failed"])

    def as_wide(times):
        return plain.assign(new_width=times * plain["width"])

    return [
        (as_wide(1.3), _WIDE),
        (as_wide(0.75), _NARROW),
        (failing(20), _FAILED),
        (as_wide(1.2), "Ranges 1.2 times as wide were taken back. Up to 1.25 times is allowed."),
        (as_wide(0.85), "Ranges 0.85 times as wide were taken back. Down to 0.8 times is allowed."),
        (failing(200), "It takes back a challenger that fails on one request in two hundred. 1% is allowed."),
    ]


@check.build(
    'Write decide(shadow): "roll back", "go on" or "wait".',
    wrong={
        _FAILED: ('shadow["failed"].mean() > 0.01', 'shadow["failed"].mean() > 0.5'),
        _NARROW: ("0.8 <= ratio <= 1.25", "ratio <= 1.25"),
        "It goes on unless harm is proven. With few requests nothing is proven, so it must say `wait`.": ('else "wait"', 'else "go on"'),
        "It compares two shares as if other adverts had been asked. Both models answered the *same* ones: take the difference for each, and the spread of these differences.": ("gain.std()", "(2 * 0.16) ** 0.5"),
        "It never takes back what is clearly worse: look at the upper end of the interval.": ("gain.mean() + half < 0", "gain.mean() + half < -1"),
    },
)  # fmt: skip
def decide(piece, ours, wrong):
    """Hard cases first; then the shares of each answer over simulated shadow runs, compared with ours."""
    plain = made_up(800, 0, 0)
    if (said := piece(plain.copy())) not in ANSWERS:
        return check.wrong(f'It returned {check.shown(said)}. Return "roll back", "go on" or "wait".')
    for case, hint in _hard(plain):
        if (piece(case.copy()) == "roll back") != (ours(case) == "roll back"):
            return check.wrong(hint)
    found, want = rates(piece, 40), rates(ours, 40)
    off = (found - want).abs()
    if off.max(axis=None) <= 12:
        return check.right("It waits when little is known, and takes back what is clearly worse.")
    for hint, version in wrong:
        if (found - rates(version, 40)).abs().max(axis=None) <= 15:
            return check.wrong(hint)
    count, worse, answer = off.stack().idxmax()
    case, shares = (
        f"Simulated challengers that cover {worse} points less, {count} requests",
        ((count, worse), answer),
    )
    return check.wrong(
        f"{case}: it says {answer!r} in {found.loc[shares]}% of the runs, and the rule as described in {want.loc[shares]}%."
    )


def mix(usual, psi):
    """A draw function: the mix of roles of a week into which software engineers come, and its PSI."""

    def draw(software_engineers=0, adverts=60):
        now = usual * (1 - software_engineers / 100)
        now["Software Engineer"] += software_engineers / 100
        found, luck = psi(usual, now), chance(adverts)
        figure, axes = charts.blank(4.0, left=0.22)
        table = 100 * pd.DataFrame({"this week": now, "usual": usual})[::-1]
        table[(table > 1).any(axis=1)].plot.barh(ax=axes, color=[charts.UP, "#bbbbbb"], width=0.8)
        axes.set(xlabel="% of the adverts of a week", ylabel="", xlim=(0, 60))
        axes.grid(axis="y", visible=False)
        axes.legend(reverse=True)
        title = f"PSI {found:.2f}, and chance alone below {luck:.2f} in 95 of 100 weeks"
        said = f"The PSI is {found:.2f}. Chance alone stays below {luck:.2f} in 95 of 100 weeks of this size."
        return charts.finish(figure, title, SOURCE, said)

    @functools.cache
    def chance(adverts):
        weeks = np.random.default_rng(0).multinomial(adverts, usual / usual.sum(), 300) / adverts
        return np.quantile([psi(usual, pd.Series(week, usual.index)) for week in weeks], 0.95)

    for adverts in (60, 200, 500):  # now, and not in the middle of a redraw
        chance(adverts)
    return draw


def draw_alarm(signal, threshold, said):
    """Draw a signal by week, its threshold, and the two events."""
    figure, axes = charts.blank(4.0, top=0.78)
    rings = signal[signal > threshold]
    axes.plot(signal.index, signal, color="#555555", linewidth=1.2)
    axes.plot(rings.index, rings, "o", color=charts.DOWN, markersize=5, label="rings")
    axes.axhline(threshold, color="black", linestyle="--", linewidth=1)
    for line, (day, what) in enumerate(EVENTS.items()):
        axes.axvline(pd.Timestamp(day), color="#555555", linestyle=":", linewidth=1.5)
        # The names stand one above the other, over the axes, where they hide no line.
        place, across = (pd.Timestamp(day), 1.02 + 0.07 * line), axes.get_xaxis_transform()
        axes.text(*place, what, ha="right", fontsize=9, transform=across)
    axes.set(ylabel=signal.name)
    axes.legend(loc="upper left")
    return charts.finish(figure, said.split(". ")[0], SOURCE, said)


@check.build(
    "Write price(signal, threshold, event): new alarms a year before the event, and arrivals until the first one from it on.",
    wrong={
        "An alarm that goes on ringing calls nobody twice. Count where it *begins*: it rings, and did not ring in the arrival before.": ("rings & ~rings.shift(fill_value=False)", "rings"),
        "Arrivals without a figure are no quiet ones: leave them out, with `dropna`.": ("signal.dropna()", "signal"),
        "The event is in the first arrival in which it can be noticed: `>=`.": ("starts.index >= event", "starts.index > event"),
        "If it never rings again, `argmax` says 0, as if it had rung at once. Return `None`.": (" if after.any() else None", ""),
        "That is the number of alarms. The question is how many come in a year of 52 arrivals.": ("52 * before.mean()", "before.sum()"),
        "A figure exactly at the threshold does not ring: it must be above.": ("> threshold", ">= threshold"),
        "It rings in the very first arrival, too, and somebody is called: before it there was no alarm.": ("fill_value=False", "fill_value=True"),
    },
)  # fmt: skip
def price(piece, ours, wrong):
    """Weeks with gaps, alarms in runs, none at all, one that rings already when the event comes."""
    draw, weeks = np.random.default_rng(1), pd.date_range("2024-01-07", periods=40, freq="W")
    few = [
        ([0, 2, 2, 0, np.nan, 2, 0, 3, 3, 0], 1, "2024-02-18"),
        ([0.0, 2, 0, 0, 0], 1, "2024-01-28"),
        ([0, 2, 2, 2, 2.0], 1, "2024-01-28"),
        ([3, 1, 2, 0, 1, 1.0], 1, "2024-01-28"),
    ]
    cases = [(pd.Series(values, weeks[: len(values)]), *rest) for values, *rest in few]
    for seed in range(4):
        values = np.where(draw.random(40) < 0.1, np.nan, draw.normal(size=40).cumsum() / 3 + seed / 4)
        cases.append((pd.Series(values, weeks), 0.5, f"{weeks[20 + seed]:%Y-%m-%d}"))
    return check.judge_function(piece, ours, cases, wrong, "It counts calls, not weeks, and admits silence.")


POINTS = {
    "says what happened, with a date": r"\b(June|July|August|2024-0[678])\b",
    "says who was harmed, and in which direction": r"too (little|low|much|high)|below|above",
    "names a cause that can be changed": r"(no|nobody|without|missing|never).{0,60}(alarm|test|watch|check|look|monitor)",
    "has a row for an alarm: from which figure on": r"(over|above|more than|from|exceeds?|>)\s*\d",
    "says who is called": r"on.(duty|call)|team lead|\b(colleague|phone|manager|engineer)\b",
    "says what is done first": r"(read|ask|look|stop|roll|retrain|train|open)",
    "says by when": r"(within|same|until|by|before|in) .{0,20}(day|hour|week|noon)",
}


@check.exercise("Write the runbook: put your own words in the place of each line that begins with ✎.")
def runbook(answer):
    """A page for whoever is called at night; its coverage must be the computed one."""
    text, coverage = answer
    return check.written(text, POINTS, {"coverage": coverage})
