"""Notebook 04: checkers, a queue to look at, exports with faults, and a service that is ill."""

import asyncio
import contextlib
import functools
import re
import runpy
import tempfile
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import charts, check, pay
from helpers.check import suites
from helpers.service import model
from helpers.service.process import Service

TOLD = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
SECONDS = 0.005  # of a core for one answer, as we guess it before there is a service
PATIENCE = 1.0  # seconds after which an applicant has left
HOUR = 0.04048 + 2 * 0.004445  # USD for one core and 2 GB: AWS Fargate, Linux/x86, US East, March 2026
ODD, MISSED, HINTS, AGAIN = TOLD["odd"], TOLD["missed"], TOLD["hints"], [*TOLD["app"]["wrong"]][-1]
LINES, FINE = ({int(line): why for line, why in lines.items()} for lines in TOLD["review"].values())
EVERY = model.every_job()


def serve(rate, processes, line, seconds=60):
    """Simulate a service: moments of the requests, seconds until each answer (NaN: refused, the line was full)."""
    moments = np.sort(np.random.default_rng(0).uniform(0, seconds, round(rate * seconds)))
    places = processes + line
    ends, waits = [0.0] * places, []
    for moment in moments:
        room = ends[-places] <= moment  # the request so many places before is answered
        if room:
            ends.append(max(moment, ends[-processes]) + SECONDS)
        waits.append(ends[-1] - moment if room else np.nan)
    return moments, np.array(waits)


def waiting_line(requests_a_second=100, cores=1):
    """Draw how many requests wait for an answer in ten seconds."""
    moments, waits = serve(requests_a_second, cores, 10_000, 10)  # a line that is never full
    clock = np.linspace(0, 10, 500)
    inside = np.searchsorted(moments, clock, "right") - np.searchsorted(moments + waits, clock, "right")
    figure, axes = charts.blank(3.5)
    axes.plot(clock, inside, color=charts.UP)
    axes.set(**TOLD["line"]["axes"], ylim=(0, max(20, *inside)))
    fast = f"99 in 100 are answered within {1000 * np.quantile(waits, 0.99):,.0f} ms"
    on = "one core" if cores == 1 else f"{cores} cores"
    said = f"{requests_a_second} requests a second on {on}: up to {max(inside)} wait at once, and {fast}."
    return charts.finish(figure, fast, TOLD["line"]["source"], said)


def fair(processes=1, line=200):
    """Draw what an applicant meets at the job fair, 240 requests a second."""
    moments, waits = serve(240, processes, line)
    refused, left = 100 * np.isnan(waits).mean(), 100 * (waits > PATIENCE).mean()
    figure, axes = charts.blank(3.7)
    axes.scatter(moments, waits, s=3, color=charts.UP)
    axes.axhline(PATIENCE, color="black", linestyle="--", linewidth=1)
    axes.set(**TOLD["fair"]["axes"], ylim=(0, max(1.2, 1.1 * np.nanmax(waits))))
    price = f"{processes * 730 * HOUR:,.0f} dollars a month"
    said = f"In the first minute {refused:.1f}% are refused at once, and {left:.1f}% leave before their answer. The price is {price}."
    title = f"{refused + left:.1f}% get no answer in time, for {price}"
    return charts.finish(figure, title, TOLD["fair"]["source"], said)


@functools.cache
def product():
    """What goes live on 1 September 2024, the adverts that it learned from, and a file of it that only judges know."""
    learned = pay.between(pay.adverts(), "2022-09-01", "2024-05-31")
    signed = pay.correct(pay.fit(learned), pay.between(pay.adverts(), "2024-06-01", "2024-08-31"))
    return signed, learned, model.export(signed, "judge-1", learned)


def ill():
    """Start a service with a symptom."""
    signed, learned, _ = product()
    patient = Service(model.export(signed, "september-2024", learned))
    patient.challenger(model.export(suites.skewed(signed, "GB", "DE"), "october-2024", learned))
    patient.traffic(0.3)
    return patient


@check.exercise('Replace the three dots with a dictionary such as {5: "why line 5 must not pass"}.')
def review(answer):
    """The lines of the change that must not pass, with a reason each."""
    if not isinstance(answer, dict) or not all(reason and str(reason).strip() for reason in answer.values()):
        return check.wrong('Give a dictionary from the number of a line to your reason, such as {5: "…"}.')
    found = {int(re.search(r"\d+", str(line))[0]) for line in answer}
    if blamed := sorted(found - set(LINES)):
        return check.wrong(f"Line {blamed[0]} may pass. {FINE.get(blamed[0], HINTS['line'])}")
    if missing := sorted(set(LINES) - found):
        where = "Dockerfile" if missing[0] > 12 else "test" if missing[0] > 8 else "encoder"
        return check.wrong(HINTS["more"].format(found=len(found), lines=len(LINES), where=where))
    ours = "\n".join(f"- line {line}: {reason}" for line, reason in LINES.items())
    return check.right(f"All seven. Compare your reasons with ours:\n\n{ours}")


@check.build(**TOLD["test_parity"])
def test_parity(piece, ours, wrong):
    """The learner's file is collected by pytest over good and faulty systems; most of the faults are not shown."""
    signed, _, data = product()
    right, one = signed.predict(EVERY), (EVERY == ["Data Analyst", "EN", 50, "FR"]).all(axis=1)
    rare = (EVERY == ["MLOps Engineer", "EX", 50, "LT"]).all(axis=1)

    def table(ends):
        answers = dict(zip(map(tuple, EVERY.to_numpy()), np.asarray(ends), strict=True))
        return lambda jobs: np.array([answers[job] for job in map(tuple, jobs[[*pay.FEATURES]].to_numpy())])

    systems = {
        "levels by letters": suites.skewed(signed, "MI", "SE", "EX").predict,
        "countries swapped": suites.skewed(signed, "GB", "DE").predict,
        "share for percentage": lambda jobs: signed.predict(jobs.assign(remote=jobs["remote"] / 100)),
        "no correction": pay.PayRange(signed.ends).predict,
        "a rare job": table(right + 5 * rare.to_numpy()[:, None]),
        "no number": table(pd.DataFrame(right).mask(one)),
        "one end only": table(right + np.array([0, 0.3])),
        "its own order": lambda jobs: table(right)(EVERY.merge(jobs)),
        "our export": model.from_bytes(data).predict,
        "a table of all answers": table(right),
    }
    systems = {name: {"served": system, "signed": signed.predict} for name, system in systems.items()}
    return suites.judge_tests(piece, systems, TOLD["faults"], HINTS["takes"])


def _fault_of(client, job, low, high):
    """str: the first thing that is wrong with the answer to a good job, or ""."""
    try:
        said = client.post("/range", json=job)
    except Exception as error:
        plain = "numpy" in str(error)
        return HINTS["numpy"] if plain else f"A good job breaks it: {check.quoted(error)}."
    if said.status_code != 200:
        other = f"A good job is answered with {said.status_code}. {check.quoted(said.text)}"
        return HINTS.get(str(said.status_code), other)
    body = said.json()
    if not isinstance(body, dict) or not {"low", "high", "unit", "model"} <= set(body):
        return HINTS["fields"]
    if not np.allclose([body["low"], body["high"]], [low, high], rtol=0, atol=0.51):
        return HINTS["place"].format(job=job, said=body, low=low, high=high)
    return "" if (body["model"], body["unit"]) == ("judge-1", "thousand USD a year") else HINTS["name"]


@check.build(**TOLD["app"])
def app(piece, ours, wrong):
    """The file is loaded beside a model that it has never seen, and asked good and bad questions."""
    from fastapi.testclient import TestClient

    (signed, _, data), jobs = product(), EVERY.sample(8, random_state=4)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("champion.onnx").write_bytes(data)
        loaded = runpy.run_path(str(piece), run_name="learner_app")
        if "app" not in loaded:
            return check.wrong("The server looks for the name `app`: `app = FastAPI()`.")
        careful = TestClient(loaded["app"], raise_server_exceptions=False)
        with TestClient(loaded["app"]) as client:
            for job, ends in zip(jobs.to_dict("records"), signed.predict(jobs), strict=True):
                if fault := _fault_of(client, job, *ends):
                    return check.wrong(fault)
            for name, missed in MISSED.items():
                status = careful.post("/range", json=ODD[name]).status_code
                if not 400 <= status < 500:
                    return check.wrong(f"{missed} (The status was {status}.)")
            if "judge-1" not in client.get("/health").text:
                return check.wrong(HINTS["health"])
            Path("champion.onnx").unlink()
            again = careful.post("/range", json=job).status_code
    return check.right(HINTS["right"]) if again == 200 else check.wrong(AGAIN)


class _Clock(asyncio.SelectorEventLoop):
    """A loop whose time jumps to the next appointment, so that a judge neither waits nor depends on the machine."""

    now = 0.0

    def time(self):
        return self.now

    def _run_once(self):
        if not self._ready and self._scheduled:
            self.now = max(self.now, self._scheduled[0]._when)
        super()._run_once()


def _sent(send):
    """A plain function: what `send` finds with a made-up service (seconds, good?, seconds that hold the caller up)."""

    def run(answers, due):
        left, run.asked = iter(answers), []
        with contextlib.closing(_Clock()) as loop:

            async def ask():
                seconds, good, held = next(left)
                run.asked.append(loop.now)
                loop.now += held  # the caller's own processor is busy with something else
                await asyncio.sleep(seconds)
                return good

            times, failed = loop.run_until_complete(send(ask, due))
        return sorted(round(float(one), 3) for one in times), int(failed)

    return functools.wraps(send)(run)


@check.build(**TOLD["send"])
def send(piece, ours, wrong):
    """Made-up services on a clock of their own: slow ones, failing ones, and a caller who is held up."""
    cases = [(one["answers"], one["due"]) for one in TOLD["services"]]
    plain, times, (late, early, *_) = _sent(piece), [], TOLD["send"]["wrong"]
    with contextlib.suppress(Exception):  # told below, with the case
        times = plain(cases[0][0], [*cases[0][1]])[0]  # it may change what it is given
    for asked, due in zip(plain.asked, cases[0][1], strict=False):
        if abs(asked - due) > 0.002:
            return check.wrong(late if asked > due else early)
    if any(time < 0 for time in times):
        return check.wrong(HINTS["clock"])
    versions = [(hint, _sent(one)) for hint, one in wrong]
    return check.judge_function(plain, _sent(ours), cases, versions, HINTS["sent"])


@check.build(**TOLD["meets"])
def meets(piece, ours, wrong):
    """Few and many requests, none and many slow, at the edges of each answer."""
    cases = [([10.0] * fast + [90.0] * slow, failed, 50) for fast, slow, failed in TOLD["tries"]]
    cases += [([50.0] * 400, 0, 50), ([50.5] * 30 + [1.0] * 400, 0, 50)]
    return check.judge_function(piece, ours, cases, wrong, "It knows what it does not know.")


@check.exercise("Make the service well, then give it to the checker: `answer = patient`.")
def well(answer):
    """State is judged, not commands: the service is asked questions that nobody has seen."""
    if not hasattr(answer, "ask"):
        return check.wrong("Give the service itself: `answer = patient`.")
    two = EVERY["country"].isin(["GB", "DE"])
    jobs = EVERY.sample(300, weights=1 + 9 * two, random_state=np.random.default_rng())
    try:
        answers = answer.ask(jobs)
    except ConnectionError as error:
        return check.wrong(f"{error} A patient that is gone is not well: start it with the cell above.")
    off = (np.abs(answers[["low", "high"]].to_numpy() - product()[0].predict(jobs)) > 0.51).any(axis=1)
    if not off.any():
        return check.right(HINTS["well"])
    kind = "others" if off[~two[jobs.index]].any() else "two" if answers["model"].nunique() > 1 else "all"
    return check.wrong(HINTS[kind].format(off=off.sum(), two=two[jobs.index].sum()))


card = check.checklist(__name__, "card", **TOLD["card"])
