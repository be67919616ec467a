"""Notebook 04: checkers, a queue to look at, exports with faults, and a service that is ill."""

import asyncio
import bisect
import contextlib
import functools
import importlib.util
import re
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import charts, check, pay
from helpers.check import suites
from helpers.service import model
from helpers.service.process import Service

SECONDS = 0.005  # of a core for one answer, as we guess it before there is a service
PATIENCE = 1.0  # seconds after which an applicant has left
HOUR = 0.04048 + 2 * 0.004445  # USD for one core and 2 GB: AWS Fargate, Linux/x86, US East, March 2026
BASIS = "Computed: requests at random moments, 5 ms of a core each."


def serve(rate, processes, line, seconds=60):
    """Simulate a service: moments of the requests, seconds until each answer (NaN: refused, the line was full)."""
    moments = np.sort(np.random.default_rng(0).uniform(0, seconds, round(rate * seconds)))
    ends, waits = [0.0] * processes, []
    for moment in moments:
        inside = len(ends) - bisect.bisect_right(ends, moment)
        if inside < processes + line:
            ends.append(max(moment, ends[-processes]) + SECONDS)
        waits.append(ends[-1] - moment if inside < processes + line else np.nan)
    return moments, np.array(waits)


def waiting_line(requests_a_second=100, cores=1):
    """Draw how many requests wait for an answer in ten seconds."""
    moments, waits = serve(requests_a_second, cores, 10**6, 10)
    clock = np.linspace(0, 10, 500)
    inside = np.searchsorted(moments, clock, "right") - np.searchsorted(moments + waits, clock, "right")
    figure, axes = charts.blank(3.5)
    axes.plot(clock, inside, color=charts.UP)
    axes.set(xlabel="Seconds", ylabel="Requests not yet answered", ylim=(0, max(20, *inside)))
    fast = f"99 in 100 are answered within {1000 * np.quantile(waits, 0.99):,.0f} ms"
    on = "one core" if cores == 1 else f"{cores} cores"
    said = f"{requests_a_second} requests a second on {on}: up to {max(inside)} wait at once, and {fast}."
    return charts.finish(figure, fast, BASIS, said)


def fair(processes=1, line=200):
    """Draw what an applicant meets at the job fair, 240 requests a second."""
    moments, waits = serve(240, processes, line)
    refused, left = 100 * np.isnan(waits).mean(), 100 * (waits > PATIENCE).mean()
    figure, axes = charts.blank(3.7)
    axes.scatter(moments, waits, s=3, color=charts.UP)
    axes.axhline(PATIENCE, color="black", linestyle="--", linewidth=1)
    axes.set(
        xlabel="Seconds since the fair has opened (dashed: applicants leave)",
        ylabel="Seconds until the answer",
    )
    axes.set_ylim(0, max(1.2, 1.1 * np.nanmax(waits)))
    price = f"{processes * 730 * HOUR:,.0f} dollars a month"
    said = f"In the first minute {refused:.1f}% are refused at once, and {left:.1f}% leave before their answer. The price is {price}."
    source = f"{BASIS} Prices: AWS Fargate, US East, March 2026."
    return charts.finish(figure, f"{refused + left:.1f}% get no answer in time, for {price}", source, said)


@functools.cache
def product():
    """What goes live on 1 September 2024, and the adverts that it learned from."""
    learned = pay.between(pay.adverts(), "2022-09-01", "2024-05-31")
    return pay.correct(pay.fit(learned), pay.between(pay.adverts(), "2024-06-01", "2024-08-31")), learned


def ill():
    """Start a service with a symptom."""
    signed, learned = product()
    patient = Service(model.export(signed, "september-2024", learned))
    patient.challenger(model.export(suites.skewed(signed, "GB", "DE"), "october-2024", learned))
    patient.traffic(0.3)
    return patient


LINES = {
    2: "the levels get their rank by letters: EN, EX, MI, SE",
    3: "a country that is not known becomes the US without a word",
    4: "a share where the model learned a percentage, and partly remote is lost",
    10: "the test looks at a shape only, so every fault above passes",
    13: "`latest` is another Python each month: name a version",
    17: "the model is trained while the image is built: nobody has tested what comes out",
    18: "the service runs as root: make a user for it",
}
FINE = {
    5: "A number for each role is fine for trees, if the training uses the same table.",
    8: "One example is little. But look at what the test asserts of it.",
    16: "It is as exact as the versions in requirements.txt.",
    19: "Inside a container it must listen to all; the host decides who may reach it.",
}


@check.exercise('Replace the three dots with a dictionary such as {5: "why line 5 must not pass"}.')
def review(answer):
    """The lines of the change that must not pass, with a reason each."""
    if not isinstance(answer, dict) or not all(reason and str(reason).strip() for reason in answer.values()):
        return check.wrong('Give a dictionary from the number of a line to your reason, such as {5: "…"}.')
    found = {int(re.search(r"\d+", str(line))[0]) for line in answer}
    if blamed := sorted(found - set(LINES)):
        why = FINE.get(blamed[0], "Which advert would get a wrong answer by it, or who could do harm?")
        return check.wrong(f"Line {blamed[0]} may pass. {why}")
    if missing := sorted(set(LINES) - found):
        where = "Dockerfile" if missing[0] > 12 else "test" if missing[0] > 8 else "encoder"
        count = f"{len(found)} of {len(LINES)} found"
        return check.wrong(f"{count}, and no fine line is blamed. One more is in the {where}.")
    ours = "\n".join(f"- line {line}: {reason}" for line, reason in LINES.items())
    return check.right(f"All seven. Compare your reasons with ours:\n\n{ours}")


_EVERY = model.every_job()
# Faulty systems, and what a test that lets one through has missed. The first three are named in the notebook.
FAULTS = {
    "levels by letters": "It lets levels through that were ranked by letters. Compare the answers with `signed`, end by end.",
    "countries swapped": "It lets a system through that takes GB for DE. Ask about every country.",
    "share for percentage": "It lets a system through that gets remote work as 0, 0.5 and 1. Ask about every remote share.",
    "no correction": "It lets a system through that has lost the correction of notebook 03. Both ends must agree, to 0.01.",
    "a rare job": "It lets a system through that is wrong for one rare kind of job. Ask about all that can be asked.",
    "no number": "It lets NaN through. A comparison with NaN is False, so ask for what must hold, `(gap < 0.01).all()`.",
    "one end only": "It lets a system through whose high end is wrong. Compare both columns.",
    "its own order": "It lets a system through that answers in an order of its own. Ask once in another order.",
}  # fmt: skip


@functools.cache
def _systems():
    """dict of str to dict: faulty and good systems, each a function from jobs to ranges, beside what was signed."""
    signed = product()[0]
    right = dict(zip(map(tuple, _EVERY.to_numpy()), signed.predict(_EVERY), strict=True))

    def table(change=lambda job, ends: ends):
        answers = {job: np.array(change(job, ends)) for job, ends in right.items()}
        return lambda jobs: np.array([answers[job] for job in map(tuple, jobs[[*pay.FEATURES]].to_numpy())])

    systems = {
        "levels by letters": suites.skewed(suites.skewed(signed, "MI", "EX"), "MI", "SE").predict,
        "countries swapped": suites.skewed(signed, "GB", "DE").predict,
        "share for percentage": lambda jobs: signed.predict(jobs.assign(remote=jobs["remote"] / 100)),
        "no correction": pay.PayRange(signed.ends).predict,
        "a rare job": table(lambda job, ends: ends + 5 * (job[1] == "EX" and job[3] == "LT")),
        "no number": table(lambda job, ends: ends * (np.nan if job == ("Data Analyst", "EN", 50, "FR") else 1)),
        "one end only": table(lambda job, ends: ends + np.array([0, 3])),
        "its own order": lambda jobs: table()(_EVERY.merge(jobs)),
        "our export": model.from_bytes(_champion()).predict,
        "a table of all answers": table(),
    }  # fmt: skip
    return {name: {"served": one, "signed": signed.predict} for name, one in systems.items()}


@check.build(
    "Write test_parity.py: what must hold between `served` and `signed`.",
    wrong={
        FAULTS["its own order"]: ("every.sample(frac=1, random_state=0)", "every"),
        FAULTS["one end only"]: ("(gap < 0.01).all()", "(gap[:, 0] < 0.01).all()"),
        FAULTS["levels by letters"]: ("(gap < 0.01).all()", "gap.shape == (len(jobs), 2)"),
        FAULTS["a rare job"]: ("model.every_job()", "model.every_job().query('country != \"LT\"')"),
        FAULTS["no number"]: ("assert (gap < 0.01).all()", "assert not (gap > 0.01).any()"),
    },
)
def test_parity(piece, ours, wrong):
    """The learner's file is collected by pytest over good and faulty systems; most of the faults are not shown."""
    takes = "A test takes two functions by name: `def test_parity(served, signed):`."
    return suites.judge_tests(piece, _systems(), FAULTS, takes)


JOB = {"role": "ML Engineer", "level": "SE", "remote": 100, "country": "GB"}
# Odd bodies, and what a service that takes one has missed. It need not refuse `false`: few people would.
ODD = {
    "a further field": (JOB | {"age": 60}, 'It takes further fields, so a slip of the pen goes unnoticed. Forbid them: `extra="forbid"`.'),
    "a role nobody has seen": (JOB | {"role": "Rock star"}, "It answers for a role that the model has never seen. Name the values: `Literal[pay.ALL_ROLES]`."),
    "a level in words": (JOB | {"level": "senior"}, "It takes a level that the model does not know. Name the values, as for the role."),
    "1 for fully remote": (JOB | {"remote": 1}, "It takes 1 where 0, 50 or 100 is meant. The model would take it for on site."),
    "true for a number": (JOB | {"remote": True}, "It takes `true` for a number. Name the values, and be strict."),
    "false for a number": (JOB | {"remote": False}, ""),
    "no country": ({name: JOB[name] for name in pay.FEATURES[:3]}, "It answers without a country. Give the field no default."),
    "an empty list": ([], "It answers to an empty list. The body is one job."),
}  # fmt: skip
_AGAIN = "It reads the model from the disk at each request. Read it once, when the file is loaded."


def refusals(service):
    """Series: the status that a service gives to each odd body."""
    return pd.Series({name: service.post("/range", body).status_code for name, (body, _) in ODD.items()})


@functools.cache
def _champion():
    return model.export(product()[0], "judge-1", product()[1])


def _fault(app):
    """str: the first thing that is wrong with an application, or ""."""
    from fastapi.testclient import TestClient

    jobs = _EVERY.sample(8, random_state=4)
    with TestClient(app) as client:
        for job, ends in zip(jobs.to_dict("records"), product()[0].predict(jobs), strict=True):
            if fault := _fault_of(client, job, *ends):
                return fault
        for body, hint in ODD.values():
            status = TestClient(app, raise_server_exceptions=False).post("/range", json=body).status_code
            if hint and not 400 <= status < 500:
                return f"{hint} (The status was {status}.)"
        if "judge-1" not in client.get("/health").text:
            return "GET /health must answer with the name of the model: monitors ask it."
        Path("champion.onnx").unlink()
        with contextlib.suppress(Exception):
            if client.post("/range", json=JOB).status_code == 200:
                return ""
    return _AGAIN


def _fault_of(client, job, low, high):
    try:
        said = client.post("/range", json=job)
    except Exception as error:
        if "numpy" in str(error):
            return "Numbers of NumPy cannot be sent: make them plain with `round(float(low))`."
        return f"A good job breaks it: {check.error_in_words(error)}."
    if said.status_code == 404:
        return 'There is no POST /range: put `@app.post("/range")` above the function.'
    if said.status_code != 200:
        return f"A good job is answered with {said.status_code}. {said.text[:120]}"
    body = said.json()
    if not isinstance(body, dict) or not {"low", "high", "unit", "model"} <= set(body):
        return 'An answer has four fields: "low", "high", "unit" and "model".'
    if not np.allclose([body["low"], body["high"]], [low, high], rtol=0, atol=0.51):
        return f"For {job} it says {body['low']} to {body['high']}, and the model {low:.0f} to {high:.0f}. Are all four features and both ends in their place?"
    if body["model"] != "judge-1" or body["unit"] != "thousand USD a year":
        return 'Take the name from `served.name`, so that it is never stale, and say "thousand USD a year".'
    return ""


@check.build(
    "Write app.py: the request schema, POST /range and GET /health.",
    wrong={
        ODD["a further field"][1]: ('extra="forbid", ', ""),
        ODD["a role nobody has seen"][1]: ("Literal[pay.ALL_ROLES]", "str"),
        ODD["1 for fully remote"][1]: ("Literal[tuple(pay.REMOTE)]", "float"),
        _AGAIN: ("served.run(columns)", 'model.from_bytes(Path("champion.onnx").read_bytes()).run(columns)'),
    },
)
def app(piece, ours, wrong):
    """The file is loaded beside a model that it has never seen, and asked good and bad questions."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("champion.onnx").write_bytes(_champion())
        spec = importlib.util.spec_from_file_location("learner_app", Path(piece))
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = loaded  # pydantic looks there for the types
        spec.loader.exec_module(loaded)
        if not hasattr(loaded, "app"):
            return check.wrong("The server looks for the name `app`: `app = FastAPI()`.")
        fault = _fault(loaded.app)
    fine = "It answers good jobs as the model does, and refuses bad ones with a reason."
    return check.wrong(fault) if fault else check.right(fine)


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


_EARLY = "Some requests start too early. Sleep until the moment at which each is due."
_LATE = "Each request waits for the answer before it. Start them all side by side, with `asyncio.gather`."
_CLOCK = "A time is below zero, so two clocks are mixed. Read the one of the stub, `asyncio.get_running_loop().time`."


@check.build(
    "Write send(ask, due): start each request when it is due; return the milliseconds of the good ones, and the failures.",
    wrong={
        _LATE: ("await asyncio.gather(*(one(moment) for moment in due))", "[await one(moment) for moment in due]"),
        _EARLY: ("await asyncio.sleep(start + moment - clock())", "await asyncio.sleep(0)"),
        "You count from the moment of sending. A caller who was held up then hides the wait: count from when the request was *due*.": ("before = start + moment", "before = clock()"),
        "A request that failed has no time, however quick the refusal was. Count it as failed.": ("if good else None", ""),
        "Those are seconds. Milliseconds are asked for.": ("1000 * ", ""),
    },
)  # fmt: skip
def send(piece, ours, wrong):
    """Made-up services on a clock of their own: slow ones, failing ones, and a caller who is held up."""
    draw, cases = np.random.default_rng(2), [([(0.05, True, 0.0)] * 4, [0.0, 0.01, 0.02, 0.5])]
    for size in (3, 6, 12):
        # Only one holds the caller up: else it would matter in which order a loop works off what is ready.
        held = [0.2 * (place == size // 2) for place in range(size)]
        good, seconds = (draw.random(size) > 0.3).tolist(), draw.uniform(0, 0.4, size).tolist()
        cases.append((list(zip(seconds, good, held, strict=True)), sorted(draw.uniform(0, 1, size).tolist())))
    plain, times = _sent(piece), []
    with contextlib.suppress(Exception):  # told below, with the case
        times = plain(*cases[0])[0]
    for asked, due in zip(plain.asked, cases[0][1], strict=False):
        if abs(asked - due) > 0.002:
            return check.wrong(_LATE if asked > due else _EARLY)
    if any(time < 0 for time in times):
        return check.wrong(_CLOCK)
    versions = [(hint, _sent(one)) for hint, one in wrong]
    reason = "It counts from when each request was due."
    return check.judge_function(plain, _sent(ours), cases, versions, reason)


@check.build(
    'Write meets(times, failed, limit): True, False or "cannot say".',
    wrong={
        "You leave the failures out. A request without an answer was not answered in time.": ("failed + sum", "sum"),
        "Failed requests count among all requests, too: `len(times) + failed`.": ("len(times) + failed", "len(times)"),
        "You read the p99 off as if the sample were the truth. How many slow ones could chance give?": ("binom.cdf(slow, count, 0.01) <= 0.05", "slow <= 0.01 * count"),
        "An answer exactly at the limit is in time.": ("time > limit", "time >= limit"),
        "For False ask how likely it is to see *this many or more*: `binom.sf(slow - 1, ...)`.": ("slow - 1", "slow"),
        "The requirement allows one slow request in a hundred, 0.01.": ("binom.cdf(slow, count, 0.01)", "binom.cdf(slow, count, 0.05)"),
    },
)  # fmt: skip
def meets(piece, ours, wrong):
    """Few and many requests, none and many slow, at the edges of each answer."""
    counts = [(0, 0, 0), (200, 0, 0), (298, 0, 0), (299, 0, 0), (1000, 4, 0), (1000, 5, 0), (1000, 9, 1), (1000, 16, 0), (1000, 17, 0),
              (1000, 18, 0), (995, 0, 5), (980, 0, 20), (0, 0, 40), (3, 3, 0), (2000, 12, 0), (2000, 13, 0), (400, 0, 1), (472, 0, 1)]  # fmt: skip
    cases = [([10.0] * (count - slow) + [90.0] * slow, failed, 50) for count, slow, failed in counts]
    cases += [([50.0] * 400, 0, 50), ([50.5] * 30 + [1.0] * 400, 0, 50)]
    return check.judge_function(piece, ours, cases, wrong, "It knows what it does not know.")


@check.exercise("Make the service well, then give it to the checker: `answer = patient`.")
def well(answer):
    """State is judged, not commands: the service is asked questions that nobody has seen."""
    if not hasattr(answer, "ask"):
        return check.wrong("Give the service itself: `answer = patient`.")
    two = _EVERY["country"].isin(["GB", "DE"])
    jobs = _EVERY.sample(300, weights=np.where(two, 10, 1), random_state=np.random.default_rng())
    try:
        answers = answer.ask(jobs)
    except ConnectionError as error:
        return check.wrong(f"{error} A patient that is gone is not well: start it with the cell above.")
    off = (np.abs(answers[["low", "high"]].to_numpy() - product()[0].predict(jobs)) > 0.51).any(axis=1)
    if not off.any():
        fine = "300 unseen questions, each answered as the signed model does. Whoever loads the page twice sees one range."
        return check.right(fine)
    if off[~two[jobs.index]].any():
        fault = f"{off.sum()} of 300 unseen answers are not those of the signed model. Start the patient anew with the cell above."
    elif answers["model"].nunique() > 1:
        fault = f'{off.sum()} of the {two[jobs.index].sum()} adverts from two countries still get wrong answers. `answers["model"]` says who gave them.'
    else:
        fault = "Now everybody from these two countries gets a wrong range: the faulty model answers all. Which one was signed?"
    return check.wrong(fault)


POINTS = {
    "says who may use it, and for what": r"\b(job boards?|employers?|recruiters?|applicants?|suggest\w*)\b",
    "says what nobody may conclude from it": r"\b(not?|nothing|never|nobody|cannot)\b[\s\S]{0,90}\b(earn|salar|wage|employer pays|paid|individual|person)",
    "names place and period": r"(\bUS\b|\bU\.S\.|United States|America)[\s\S]*20\d\d|20\d\d[\s\S]*(\bUS\b|\bU\.S\.|United States|America)",
    "gives the unit": r"thousands? (of )?(USD|US dollars|dollars)|\d,000 (USD|US dollars|dollars)|\bkUSD\b",
    "says that adverts without a range were never measured": r"(without|no|(not|never) \w+|omit|lack|hide|leave out) (a |any |the |their |its )?((pay |salary )?ranges?|pay)\b",
    "says when to take it out of service": r"(until|when|if|as soon as|after|once).{0,90}(coverage|promise|week|month|year|below|older|20\d\d)",
}  # fmt: skip


@check.exercise("Write the card: put your own words in the place of each line that begins with the pencil.")
def card(answer):
    """A model card is met with what its readers need; its coverage must be the computed one."""
    text, coverage = answer
    return check.written(text, POINTS, {"coverage": coverage})
