"""Notebook 04: checkers, a queue to look at, exports with faults, and a service that is ill."""

import asyncio
import contextlib
import copy
import functools
import heapq
import importlib.util
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
MONTH = 730 * (
    0.04048 + 2 * 0.004445
)  # USD for one core and 2 GB: AWS Fargate, Linux/x86, US East, March 2026
BASIS = "Computed: requests at random moments, 5 ms of a core each. Prices: AWS Fargate, US East, March 2026."


def serve(rate, processes, line, seconds=60):
    """Simulate a service: moments of the requests, seconds until each answer (NaN: refused, the line was full)."""
    moments = np.sort(np.random.default_rng(0).uniform(0, seconds, round(rate * seconds)))
    free, leaving, waits = [0.0] * processes, [], []
    for moment in moments:
        while leaving and leaving[0] <= moment:
            heapq.heappop(leaving)
        if len(leaving) >= processes + line:
            waits.append(np.nan)
            continue
        end = max(moment, heapq.heappop(free)) + SECONDS
        heapq.heappush(free, end)
        heapq.heappush(leaving, end)
        waits.append(end - moment)
    return moments, np.array(waits)


def _lost(waits):
    """Shares of the applicants who were refused, and who had left before the answer came."""
    return np.isnan(waits).mean(), (waits > PATIENCE).mean()


def waiting_line(requests_a_second=100, cores=1):
    """Draw how many requests wait for an answer in ten seconds."""
    moments, waits = serve(requests_a_second, cores, 10**6, 10)
    clock = np.linspace(0, 10, 500)
    inside = [(moments <= now).sum() - (moments + waits <= now).sum() for now in clock]
    figure, axes = charts.blank(3.5)
    axes.plot(clock, inside, color=charts.UP)
    axes.set(xlabel="Seconds", ylabel="Requests not yet answered", ylim=(0, max(20, *inside)))
    p99 = 1000 * np.quantile(waits, 0.99)
    on = "one core" if cores == 1 else f"{cores} cores"
    said = f"{requests_a_second} requests a second on {on}: up to {max(inside)} wait at once, and 99 in 100 are answered within {p99:,.0f} ms."
    return charts.finish(figure, f"99 in 100 are answered within {p99:,.0f} ms", BASIS, said)


def fair(processes=1, line=200):
    """Draw what an applicant meets at the job fair, 240 requests a second."""
    moments, waits = serve(240, processes, line)
    refused, left = _lost(waits)
    figure, axes = charts.blank(3.7)
    axes.scatter(moments, waits, s=3, color=charts.UP)
    axes.axhline(PATIENCE, color="black", linestyle="--", linewidth=1)
    axes.set(
        xlabel="Seconds since the fair has opened (dashed: applicants leave)",
        ylabel="Seconds until the answer",
    )
    axes.set_ylim(0, max(1.2, 1.1 * np.nanmax(waits)))
    price = f"{processes * MONTH:,.0f} dollars a month"
    lost = 100 * (refused + left)
    said = f"In the first minute {100 * refused:.1f}% are refused at once, and {100 * left:.1f}% leave before their answer. The price is {price}."
    return charts.finish(figure, f"{lost:.1f}% get no answer in time, for {price}", BASIS, said)


def skewed(product, step, first, second):
    """A product whose encoder takes two words for each other, as when somebody encodes on their own."""
    ends = copy.deepcopy(product.ends)
    for end in ends:
        for words in end[0].named_transformers_[step].categories_:
            places = [np.flatnonzero(words == word) for word in (first, second)]
            if all(map(len, places)):
                words[np.ravel(places)] = words[np.ravel(places[::-1])]
    return pay.PayRange(ends, product.correction)


def ill():
    """Start a service with a symptom."""
    signed, learned = product()
    patient = Service(model.export(signed, "september-2024", learned))
    patient.challenger(model.export(skewed(signed, "onehotencoder", "GB", "DE"), "october-2024", learned))
    patient.traffic(0.3)
    return patient


@functools.cache
def product():
    """What goes live on 1 September 2024, and the adverts that it learned from."""
    learned = pay.between(pay.adverts(), "2022-09-01", "2024-05-31")
    return pay.correct(pay.fit(learned), pay.between(pay.adverts(), "2024-06-01", "2024-08-31")), learned


LINES = {
    2: "the levels get their rank by letters: EN, EX, MI, SE",
    3: "a country that is not known becomes the US without a word",
    4: "a share where the model learned a percentage, and partly remote is lost",
    10: "the test looks at a shape only, so every fault above passes",
    13: "`latest` is another Python each month: name a version",
    17: "the model is trained while the image is built: nobody has tested what comes out",
    18: "the service runs as root: make a user for it",
}


@check.exercise('Replace the three dots with a dictionary such as {5: "why line 5 must not pass"}.')
def review(answer):
    """The lines of the change that must not pass, with a reason each."""
    if not isinstance(answer, dict) or not all(str(reason).strip() for reason in answer.values()):
        return check.wrong('Give a dictionary from the number of a line to your reason, such as {5: "…"}.')
    found = {int(line) for line in answer}
    if fine := sorted(found - set(LINES)):
        why = {
            16: "It is as good as the versions in requirements.txt.",
            19: "Inside a container it must listen to all; the host decides who may reach it.",
        }.get(fine[0], "Which advert would get a wrong answer by it, or who could do harm?")
        return check.wrong(f"Line {fine[0]} may pass. {why}")
    if missing := sorted(set(LINES) - found):
        where = "Dockerfile" if missing[0] > 12 else "test" if missing[0] > 8 else "encoder"
        return check.wrong(
            f"{len(found)} of {len(LINES)} found, and no fine line is blamed. One more is in the {where}."
        )
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
GOOD = ("our export", "a table of all answers")


@functools.cache
def _systems():
    """dict of str to function: faulty and good systems, each from jobs to ranges."""
    signed = product()[0]
    right = dict(zip(map(tuple, _EVERY.to_numpy()), signed.predict(_EVERY), strict=True))

    def table(change=lambda job, ends: ends):
        answers = {job: np.array(change(job, ends.copy())) for job, ends in right.items()}
        return lambda jobs: np.array(
            [answers[job] for job in map(tuple, jobs[list(pay.FEATURES)].to_numpy())]
        )

    letters = skewed(skewed(signed, "ordinalencoder", "MI", "EX"), "ordinalencoder", "MI", "SE")
    faulty = [
        letters.predict,
        skewed(signed, "onehotencoder", "GB", "DE").predict,
        lambda jobs: signed.predict(jobs.assign(remote=jobs["remote"] / 100)),
        pay.PayRange(signed.ends).predict,
        table(lambda job, ends: ends + 5 * (job[1] == "EX" and job[3] == "LT")),
        table(lambda job, ends: ends * (np.nan if job == ("Data Analyst", "EN", 50, "FR") else 1)),
        table(lambda job, ends: ends + np.array([0, 3])),
        lambda jobs: table()(_EVERY.merge(jobs)),
    ]
    return dict(
        zip((*FAULTS, *GOOD), (*faulty, model.from_bytes(_champion()).predict, table()), strict=True)
    ), signed.predict


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
    systems, signed = _systems()
    offered = {name: {"served": one, "signed": signed} for name, one in systems.items()}
    takes = "A test takes two functions by name: `def test_parity(served, signed):`."
    return suites.judge_tests(piece, offered, FAULTS, takes)


JOB = {"role": "ML Engineer", "level": "SE", "remote": 100, "country": "GB"}
BODIES = {
    "a further field": JOB | {"age": 60},
    "a role nobody has seen": JOB | {"role": "Rock star"},
    "a level in words": JOB | {"level": "senior"},
    "1 for fully remote": JOB | {"remote": 1},
    "true for a number": JOB | {"remote": True},
    "false for a number": JOB | {"remote": False},
    "no country": {name: JOB[name] for name in ("role", "level", "remote")},
    "an empty list": [],
}
_HINTS = {
    "a further field": 'It takes further fields, so a slip of the pen goes unnoticed. Forbid them: `extra="forbid"`.',
    "a role nobody has seen": "It answers for a role that the model has never seen. Name the values: `Literal[pay.ALL_ROLES]`.",
    "a level in words": "It takes a level that the model does not know. Name the values, as for the role.",
    "1 for fully remote": "It takes 1 where 0, 50 or 100 is meant. The model would take it for on site.",
    "true for a number": "It takes `true` for a number. Name the values, and be strict.",
    "no country": "It answers without a country. Give the field no default.",
    "an empty list": "It answers to an empty list. The body is one job.",
}
_AGAIN = "It reads the model from the disk at each request. Read it once, when the file is loaded."


def refusals(service):
    """Series: the status that a service gives to each odd body."""
    return pd.Series({name: service.post("/range", body).status_code for name, body in BODIES.items()})


@functools.cache
def _champion():
    return model.export(product()[0], "judge-1", product()[1])


def _fault(client, jobs, ranges):
    """str: the first thing that is wrong with an application, or ""."""
    for job, (low, high) in zip(jobs, ranges, strict=True):
        said = client.post("/range", json=job)
        if said.status_code == 404:
            return 'There is no POST /range: put `@app.post("/range")` above the function.'
        if said.status_code != 200:
            why = (
                "Numbers of NumPy cannot be sent: make them plain with `round(float(low))`."
                if said.status_code == 500
                else said.text[:120]
            )
            return f"A good job is answered with {said.status_code}. {why}"
        body = said.json()
        if not isinstance(body, dict) or not {"low", "high", "unit", "model"} <= set(body):
            return 'An answer has four fields: "low", "high", "unit" and "model".'
        if abs(body["low"] - low) > 0.51 or abs(body["high"] - high) > 0.51:
            return f"For {job} it says {body['low']} to {body['high']}, and the model {low:.0f} to {high:.0f}. Are all four features and both ends in their place?"
        if body["model"] != "judge-1" or body["unit"] != "thousand USD a year":
            return (
                'Take the name from `served.name`, so that it is never stale, and say "thousand USD a year".'
            )
    for name, body in BODIES.items():
        status = client.post("/range", json=body).status_code
        if name in _HINTS and not 400 <= status < 500:
            return f"{_HINTS[name]} (The status was {status}.)"
    health = client.get("/health")
    if health.status_code != 200 or health.json().get("model") != "judge-1":
        return "GET /health must answer with the name of the model: monitors ask it."
    Path("champion.onnx").unlink()
    if client.post("/range", json=jobs[0]).status_code != 200:
        return _AGAIN
    return ""


@check.build(
    "Write app.py: the request schema, POST /range and GET /health.",
    wrong={
        _HINTS["a further field"]: ('extra="forbid", ', ""),
        _HINTS["a role nobody has seen"]: ("Literal[pay.ALL_ROLES]", "str"),
        _HINTS["1 for fully remote"]: ("Literal[tuple(pay.REMOTE)]", "float"),
        _AGAIN: ("served.run(columns)", 'model.from_bytes(Path("champion.onnx").read_bytes()).run(columns)'),
    },
)  # fmt: skip
def app(piece, ours, wrong):
    """The file is loaded beside a model that it has never seen, and asked good and bad questions."""
    from fastapi.testclient import TestClient

    jobs = _EVERY.sample(8, random_state=4)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("champion.onnx").write_bytes(_champion())
        spec = importlib.util.spec_from_file_location("learner_app", Path(piece))
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = loaded  # pydantic looks there for the types
        spec.loader.exec_module(loaded)
        client = TestClient(loaded.app, raise_server_exceptions=False)
        fault = _fault(client, jobs.to_dict("records"), product()[0].predict(jobs))
    return (
        check.wrong(fault)
        if fault
        else check.right("It answers good jobs as the model does, and refuses bad ones with a reason.")
    )


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


@check.build(
    "Write send(ask, due): start each request when it is due; return the milliseconds of the good ones, and the failures.",
    wrong={
        _LATE: (
            "await asyncio.gather(*(one(moment) for moment in due))",
            "[await one(moment) for moment in due]",
        ),
        _EARLY: ("await asyncio.sleep(start + moment - clock())", "await asyncio.sleep(0)"),
        "You count from the moment of sending. A caller who was held up then hides the wait: count from when the "
        "request was *due*.": ("before = start + moment", "before = clock()"),
        "A request that failed has no time, however quick the refusal was. Count it as failed.": (
            "if good else None",
            "",
        ),
        "Those are seconds. Milliseconds are asked for.": ("1000 * ", ""),
    },
)
def send(piece, ours, wrong):
    """Made-up services on a clock of their own: slow ones, failing ones, and a caller who is held up."""
    draw = np.random.default_rng(2)
    cases = [([(0.05, True, 0.0)] * 4, [0.0, 0.01, 0.02, 0.5])]
    for size in (3, 6, 12):
        drawn = zip(
            draw.uniform(0, 0.4, size), draw.random(size) > 0.3, 0.2 * (draw.random(size) > 0.7), strict=True
        )
        cases.append(
            ([(float(a), bool(b), float(c)) for a, b, c in drawn], sorted(draw.uniform(0, 1, size).tolist()))
        )
    plain = _sent(piece)
    with contextlib.suppress(Exception):  # told below, with the case
        plain(*cases[0])
    for asked, due in zip(plain.asked, cases[0][1], strict=False):
        if abs(asked - due) > 1e-6:
            return check.wrong(_LATE if asked > due else _EARLY)
    versions = [(hint, _sent(one)) for hint, one in wrong]
    return check.judge_function(
        plain, _sent(ours), cases, versions, "It counts from when each request was due."
    )


@check.build(
    'Write meets(times, failed, limit): True, False or "cannot say".',
    wrong={
        "You leave the failures out. A request without an answer was not answered in time.": ("failed + sum", "sum"),
        "You read the p99 off as if the sample were the truth. How many slow ones could chance give?": ("binom.cdf(slow, count, 0.01) <= 0.05", "slow <= 0.01 * count"),
        "An answer exactly at the limit is in time.": ("time > limit", "time >= limit"),
        "For False ask how likely it is to see *this many or more*: `binom.sf(slow - 1, ...)`.": ("slow - 1", "slow"),
        "The requirement allows one slow request in a hundred, 0.01.": ("binom.cdf(slow, count, 0.01)", "binom.cdf(slow, count, 0.05)"),
    },
)  # fmt: skip
def meets(piece, ours, wrong):
    """Few and many requests, none and many slow, at the edges of each answer."""
    counts = [(0, 0, 0), (200, 0, 0), (298, 0, 0), (299, 0, 0), (1000, 4, 0), (1000, 5, 0), (1000, 9, 1), (1000, 16, 0), (1000, 17, 0),
              (1000, 18, 0), (995, 0, 5), (980, 0, 20), (0, 0, 40), (3, 3, 0), (2000, 12, 0), (2000, 13, 0), (400, 0, 1)]  # fmt: skip
    cases = [([10.0] * (count - slow) + [90.0] * slow, failed, 50) for count, slow, failed in counts]
    cases += [([50.0] * 400, 0, 50), ([50.5] * 30 + [1.0] * 400, 0, 50)]
    return check.judge_function(piece, ours, cases, wrong, "It knows what it does not know.")


@check.exercise("Make the service well, then give it to the checker: `answer = patient`.")
def well(answer):
    """State is judged, not commands: the service is asked questions that nobody has seen."""
    if not hasattr(answer, "ask"):
        return check.wrong("Give the service itself: `answer = patient`.")
    jobs = _EVERY.sample(300, random_state=np.random.default_rng())
    try:
        answers = answer.ask(jobs)
    except ConnectionError as error:
        return check.wrong(f"{error} A patient that is gone is not well: start it with the cell above.")
    off = (np.abs(answers[["low", "high"]].to_numpy() - product()[0].predict(jobs)) > 0.51).any(axis=1)
    if not off.any():
        return check.right(
            "300 unseen questions, each answered as the signed model does. Whoever loads the page twice sees one range."
        )
    where, other = jobs["country"].isin(["GB", "DE"]).to_numpy(), answers["model"].nunique()
    if off[~where].any():
        return check.wrong(
            f"{off.sum()} of 300 unseen answers are not those of the signed model. Start the patient anew with the cell above."
        )
    if other > 1:
        return check.wrong(
            f'{off.sum()} of the {where.sum()} adverts from two countries still get wrong answers. `answers["model"]` says who gave them.'
        )
    return check.wrong(
        "Now everybody from these two countries gets a wrong range: the faulty model answers all. Which one was signed?"
    )


POINTS = {
    "says who may use it, and for what": r"\b(for|to)\b.{0,80}\b(job board|advert|employer|suggest)",
    "says what nobody may conclude from it": r"\bnot?\b.{0,90}\b(earn|salar|wage|employer pays|paid|individual|person)",
    "names place and period": r"\b(US|United States)\b[\s\S]*20\d\d|20\d\d[\s\S]*\b(US|United States)\b",
    "gives the unit": r"thousand (USD|US dollars|dollars)",
    "says that adverts without a range were never measured": r"without (a |any )?(pay )?range|no range",
    "says when to take it out of service": r"(until|when|if|as soon as).{0,90}(coverage|promise|week|month|below|older)",
}  # fmt: skip


@check.exercise("Write the card: put your own words in the place of each line that begins with the pencil.")
def card(answer):
    """A model card is met with what its readers need; its coverage must be the computed one."""
    text, coverage = answer
    return check.written(text, POINTS, {"coverage": coverage})
