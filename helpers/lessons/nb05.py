"""Notebook 05: candidates good and bad, a registry, shadow runs, the weekly stream; the judges of its pieces."""

import functools
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import urllib.parse
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pandas as pd
import yaml

from helpers import charts, check, pay, profile, tables
from helpers.check import suites
from helpers.service import model

TOLD = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
JUDGE = ("2024-04-01", "2024-06-16")  # the weeks before the release, on which candidates are judged
NOW = ("2024-06-17", "2024-07-10")  # the weeks of the release
ANSWERS = ("roll back", "go on", "wait")
RULES = TOLD["release"]["rules"]


def registry(folder):
    """str: address of a new registry in a folder, from which those of earlier runs are taken away."""
    for old in folder.glob("registry-*"):
        shutil.rmtree(old, ignore_errors=True)  # one that is still open stays, where the system wants it so
    # A name that nobody has used: MLflow remembers for each address that its tables are there.
    file = str(Path(tempfile.mkdtemp(prefix="registry-", dir=folder), "mlflow.db"))
    address = "sqlite:///" + file.replace("%", "%25").replace("?", "%3F")  # in an address these two mean more
    # A process of its own makes the tables: what that takes would stay in the notebook's kernel to the end, some 14 MB.
    upgrade = [sys.executable, "-m", "mlflow", "db", "upgrade", address]
    subprocess.run(upgrade, check=True, capture_output=True)
    return address


@functools.cache
def train(first, last, **settings):
    """Train on a period, whose last 13 weeks are kept for notebook 03's correction: PayRange, and all it learned from."""
    rows = pay.between(pay.adverts(), first, last)
    recent = rows["arrived"] > rows["arrived"].max() - pd.Timedelta(weeks=13)
    return pay.correct(pay.fit(rows[~recent], **settings), rows[recent]), rows


@functools.cache
def handed_in(name):
    """A model by its name, such as "june-2023": `trained`, `rows`, which it learned from, and `data`, the file to serve."""
    made = TOLD["models"][name]
    trained, rows = train(*made["learned"], **made.get("settings", {}))
    named = trained.correction.index.isin(made.get("roles", pay.ALL_ROLES))
    trained = pay.PayRange(trained.ends, trained.correction + made.get("wider", 0) * named[:, None])
    exported = suites.skewed(trained, *made.get("skewed", ()))
    return SimpleNamespace(trained=trained, rows=rows, data=model.export(exported, name, rows))


def systems(some):
    """dict of str to dict: what the arguments of a release test stand for, by candidate (see `suites.run`)."""
    champion = model.from_bytes(handed_in("june-2023").data)
    same = {"judged": pay.between(pay.adverts(), *JUDGE), "champion": champion}
    return {
        name: same | {"candidate": model.from_bytes(one.data), "trained": one.trained}
        for name, one in some.items()
    }


@functools.cache
def _release_systems():
    found = systems({name: handed_in(name) for name in ("march-2024", "second", *TOLD["faults"])})
    sound = found["march-2024"]["candidate"]

    def peek(jobs):
        return jobs[["midpoint"]].to_numpy() - (20, -20) if "midpoint" in jobs else sound.predict(jobs)

    def slip(jobs):
        return sound.predict(jobs) + 0.5 * (np.arange(len(jobs)) == len(jobs) - 1)[:, None]

    for name, predict in {"peeking": peek, "one-job": slip}.items():
        found[name]["candidate"] = SimpleNamespace(**vars(sound), predict=predict)
    return found


@check.build(**TOLD["test_release"])
def test_release(piece, ours, wrong):
    """The learner's file is collected by pytest over candidates, good and faulty, most of them not shown."""
    return suites.judge_tests(piece, _release_systems(), TOLD["faults"], TOLD["hints"]["takes"])


@check.build(TOLD["release"]["todo"], wrong={rule["hint"]: rule["edit"] for rule in RULES if "edit" in rule})
def release(piece, ours, wrong):
    """Three releases with a client that only writes down what it is told."""
    trained, rows = train(*TOLD["models"]["june-2023"]["learned"], n_estimators=3)
    with tempfile.TemporaryDirectory() as folder:
        tests, done = Path(folder, "test_it.py"), {}
        try:
            for case, text in TOLD["tests"].items():
                tests.write_text(text)
                client = mock.MagicMock(**{"create_model_version.return_value.version": "7"})
                done[case] = {"returned": piece(client, tests, "judge", trained, rows.copy())} | _told(client)
            for version in done["passes"]["create_model_version"][:1]:
                done |= _registered(version, rows)
        finally:
            (profile.work("05") / "judge.onnx").unlink(missing_ok=True)
    return check.kept(done, RULES, TOLD["release"]["fine"])


def _told(client):
    """dict: what a client was told, by the name of the method: for each call a dict of the arguments."""
    calls = {method: getattr(client, method).call_args_list for method in TOLD["told"]}
    return {
        method: [dict(zip(names, call.args, strict=False)) | call.kwargs for call in calls[method]]
        for method, names in TOLD["told"].items()
    }


def _registered(version, rows):
    """dict: the name of the model in the file of a version, and whether the tags tell its last day and its checksum."""
    file = Path(urllib.parse.unquote(str(version.get("source")).removeprefix("file://")))
    if file.suffix != ".onnx" or not file.is_file():
        return {}
    data = file.read_bytes()
    needed = f"{rows['arrived'].max():%Y-%m-%d}", hashlib.sha256(data).hexdigest()
    tagged = all(one in str(version.get("tags")) for one in needed)
    return {"model": model.from_bytes(data).name, "tagged": tagged}


@check.exercise("Write the lines of release.yml in the place of the three dots.")
def pipeline(answer):
    """The file is parsed, and its steps are run with a good and a bad candidate."""
    told = TOLD["pipeline"]
    if "..." in str(answer):
        return check.Verdict("open", told["open"])
    try:
        return check.kept(_seen(yaml.safe_load(str(answer))), told["rules"], told["right"])
    except (yaml.YAMLError, KeyError, TypeError, AttributeError):
        return check.wrong(told["unread"])


def _seen(read):
    """dict: the rights of a pipeline's jobs, what they use that can change, what runs with a good and a bad candidate."""
    jobs = read["jobs"].values()
    used = [str(step["uses"]) for job in jobs for step in job["steps"] if "uses" in step]
    good, bad = (_ran(read["jobs"], passes) for passes in (True, False))
    return {
        "rights": [job.get("permissions", read.get("permissions")) for job in jobs],
        "loose": [check.quoted(name) for name in used if not re.search(r"@[0-9a-f]{40}$|^[.]/", name)],
        "good": good,
        "out": ", ".join(one for one in bad if one in ("register", "shadow")),
    }


def _ran(jobs, passes):
    """list of str: the commands that run, job by job; `test` fails unless the candidate passes."""
    done, broken = [], set()
    for name, job in jobs.items():
        failed = bool(broken & set(np.ravel(job.get("needs", []))))
        for step in job["steps"]:
            anyway = re.search(r"always|failure|cancelled", str(step.get("if", "")))
            for line in re.split(r"\n|&&|;", str(step.get("run", ""))):
                command = "".join(re.findall(r"\brelease\S* +(\w+)", line)[:1])
                if anyway or not failed:
                    done += [command] if command in TOLD["commands"] else []
                    forgiven = passes or step.get("continue-on-error") or "||" in line
                    failed = failed or (command == "test" and not forgiven)
        broken |= {name} if failed else set()
    return done


def made_up(count, worse, seed, wide=1.0, every=np.inf):
    """A shadow run of a challenger that covers less by `worse` (0 to 1), `wide` times as wide, failing on one in `every`."""
    draw, failed = np.random.default_rng(seed), np.arange(1, count + 1) % every == 0
    held, alone = draw.random(count) < 0.8, draw.random(count) < 0.8 - worse / 0.2
    new = np.where(draw.random(count) < 0.8, held, alone)  # four outcomes in five agree
    width = draw.uniform(80, 140, count)
    new_width = np.where(failed, np.nan, wide * width * draw.uniform(0.9, 1.1, count))
    columns = {"failed": failed, "width": width, "new_width": new_width}
    return pd.DataFrame(columns | {"held": held & ~failed, "new_held": new & ~failed})


def rates(rule, draws=400):
    """DataFrame: how often a rule gives each answer (%), by number of requests and how many points worse the model is."""
    rows = {}
    for count in (100, 300, 800):
        for worse in (0, 5, 10):
            said = [rule(made_up(count, worse / 100, seed)) for seed in range(draws)]
            rows[count, worse] = [round(100 * said.count(answer) / draws) for answer in ANSWERS]
    return pd.DataFrame(rows, ANSWERS).T.rename_axis(["requests", "points worse"])


@check.build(**TOLD["decide"])
def decide(piece, ours, wrong):
    """Hard cases first; then the shares of each answer over simulated shadow runs, compared with ours."""
    if (said := piece(made_up(800, 0, 0))) not in ANSWERS:
        return check.wrong(f'It returned {check.quoted(said)}. Return "roll back", "go on" or "wait".')
    for hint, how in TOLD["hard"].items():
        run = made_up(800, 0, 0, **how)
        if (piece(run) == "roll back") != (ours(run) == "roll back"):
            return check.wrong(hint)
    found, want = rates(piece, 40), rates(ours, 40)
    off = (found - want).abs()
    if off.max(axis=None) <= 12:
        return check.right("It waits when little is known, and takes back what is clearly worse.")
    for hint, version in wrong:
        if (found - rates(version, 40)).abs().max(axis=None) <= 15:
            return check.wrong(hint)
    count, worse, answer = off.stack().idxmax()
    shares = [table.loc[(count, worse), answer] for table in (found, want)]
    return check.wrong(TOLD["hints"]["shares"].format(worse, count, answer, *shares))


@check.exercise(TOLD["rollback"]["todo"])
def rollback(answer):
    """State is judged, not commands: where the alias points, and what the service says to questions nobody has seen."""
    (client, service), before = answer, handed_in("march-2024")
    named = client.get_model_version_by_alias("pay-range", "champion").tags.get("sha256")
    jobs = model.every_job().sample(100, random_state=np.random.default_rng())
    heard = service.ask(jobs)
    off = np.abs(heard[["low", "high"]] - before.trained.predict(jobs)).max(axis=None) > 0.51
    state = {"heard": ", ".join(sorted(set(heard["model"]))), "off": off}
    state["named"] = named == hashlib.sha256(before.data).hexdigest()
    return check.kept(state, TOLD["rollback"]["rules"], TOLD["rollback"]["right"])


def mix(usual, psi):
    """A draw function: the mix of roles of a week into which software engineers come, and its PSI."""
    chance = {}
    for adverts in (60, 200, 500):
        weeks = np.random.default_rng(0).multinomial(adverts, usual / usual.sum(), 300) / adverts
        chance[adverts] = np.quantile([psi(usual, pd.Series(week, usual.index)) for week in weeks], 0.95)

    def draw(software_engineers=0, adverts=60):
        now = usual * (1 - software_engineers / 100)
        now["Software Engineer"] += software_engineers / 100
        found, luck = psi(usual, now), chance[adverts]
        figure, axes = charts.blank(4.0, left=0.22)
        table = 100 * pd.DataFrame({"this week": now, "usual": usual})[::-1]
        table[(table > 1).any(axis=1)].plot.barh(ax=axes, color=[charts.UP, "#bbbbbb"], width=0.8)
        axes.set(xlabel="% of the adverts of a week", ylabel="", xlim=(0, 60))
        axes.grid(axis="y", visible=False)
        axes.legend(reverse=True)
        title = f"The PSI is {found:.2f}, and chance alone stays below {luck:.2f} in 95 of 100 weeks"
        return charts.finish(figure, title, tables.cite("pay_ranges"), f"{title} of this size.")

    return draw


def draw_alarm(signal, threshold, said):
    """Draw a signal by week, its threshold, and the two events."""
    figure, axes = charts.blank(4.0, top=0.78)
    axes.plot(signal, color="#555555", linewidth=1.2)
    axes.plot(signal[signal > threshold], "o", color=charts.DOWN, markersize=5, label="rings")
    axes.axhline(threshold, color="black", linestyle="--", linewidth=1)
    for line, (what, day) in enumerate(TOLD["events"].items()):
        axes.axvline(day, color="#555555", linestyle=":", linewidth=1.5)
        # The names stand one above the other, over the axes, where they hide no line.
        axes.annotate(what, (day, 1.02 + 0.07 * line), xycoords=("data", "axes fraction"), ha="right", size=9)
    axes.set(ylabel=signal.name)
    axes.legend(loc="upper left")
    return charts.finish(figure, said.split(". ")[0], tables.cite("pay_ranges"), said)


@check.build(**TOLD["price"])
def price(piece, ours, wrong):
    """Weeks with gaps, alarms in runs, none at all, one that rings already when the event comes."""
    draw, weeks = np.random.default_rng(1), pd.date_range("2024-01-07", periods=40, freq="W")
    cases = [(pd.Series(values, weeks[: len(values)], float), 1, event) for event, values in TOLD["weeks"]]
    for seed in range(4):
        values = np.where(draw.random(40) < 0.1, np.nan, draw.normal(size=40).cumsum() / 3 + seed / 4)
        cases.append((pd.Series(values, weeks), 0.5, f"{weeks[20 + seed]:%Y-%m-%d}"))
    return check.judge_function(piece, ours, cases, wrong, "It counts calls, not weeks, and admits silence.")


runbook = check.checklist(__name__, "runbook", **TOLD["runbook"])
