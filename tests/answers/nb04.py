"""Answers to the exercises and pieces for the builds of notebook 04."""

import asyncio
import time

from scipy.stats import binomtest

from helpers.check import suites
from helpers.lessons import nb04 as lesson

REASONS = dict.fromkeys(lesson.LINES, "a reason")
CARD = (
    "For job boards that suggest a range to an employer. It does not say what anybody earns.\n\n"
    "A coverage of 77.2% of the midpoints, US adverts from September 2024 to January 2025, thousand USD a year. "
    "Adverts without a range were never measured.\n\nTake it out when the coverage is below 70%."
)


class _Patient:
    """A service that answers as the signed model, or as another one."""

    def __init__(self, product, name="september-2024"):
        self.product, self.name = product, name

    def ask(self, jobs):
        answers = lesson.pd.DataFrame(self.product.predict(jobs).round(), jobs.index, ["low", "high"])
        return answers.assign(model=self.name)


WELL = _Patient(lesson.product()[0])
SKEWED = _Patient(suites.skewed(lesson.product()[0], "GB", "DE"), "october-2024")
RAW = _Patient(lesson.pay.PayRange(lesson.product()[0].ends))
OTHER_CARD = (
    "Recruiters can use it to suggest a range. This is not a statement about wages.\n\nThe coverage was 77 percent of the "
    "midpoints (thousands of US dollars; United States, autumn 2024). Adverts that hide their pay range were never "
    "tested.\n\nUntil March 2025."
)
RIGHT = {
    "review": [REASONS, {str(line): "why" for line in REASONS}, {f"line {line}": "why" for line in REASONS}],
    "well": [WELL, _Patient(lesson.product()[0], "another-name")],
    "card": [(CARD, 77.17), (CARD.replace("job boards", "employers"), 77.17), (OTHER_CARD, 77.17)],
}
WRONG = {
    "review": [
        ({}, "One more is in the encoder"),
        (REASONS | {5: "a list"}, "Line 5 may pass"),
        (REASONS | {19: "open to all"}, "Inside a container"),
        ({line: "no" for line in REASONS if line != 10}, "in the test"),
        (REASONS | {8: "one example"}, "what the test asserts"),
        ({2: ""}, "your reason"),
        ([2, 3], "Give a dictionary"),
    ],
    "well": [("patient", "Give the service itself"), (SKEWED, "Which one was signed"), (RAW, "not those of")],
    "card": [
        ((CARD.replace("77.2", "87.2"), 77.17), "not found: gives the coverage as computed"),
        (
            (CARD.replace("Adverts without a range were never measured.", ""), 77.17),
            "found: says that adverts",
        ),
    ],
}

HEAD = "import numpy as np\nimport pytest\nfrom helpers import pay\nfrom helpers.service import model\n\n"
ONCE = HEAD + "def test_parity(served, signed):\n    every = model.every_job()\n    "
ORDER = "    turned = every[::-1]\n    assert np.allclose(served(turned), signed(turned), atol=0.005)\n"
OURS_APP = """
from pathlib import Path
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from helpers import pay
from helpers.service import model

served = model.from_bytes(Path("champion.onnx").read_bytes())
app = FastAPI()

class Advert(pay.Job):
    pass

@app.post("/range")
async def anything(advert: Advert):
    ends = served.run({key: [value] for key, value in advert.model_dump().items()})[0].tolist()
    return dict(low=ends[0], high=ends[1], unit="thousand USD a year", model=served.name)

@app.get("/health")
async def well():
    return {"model": served.name}
"""


IN_LIFE = OURS_APP.replace(
    'served = model.from_bytes(Path("champion.onnx").read_bytes())\napp = FastAPI()',
    """from contextlib import asynccontextmanager

@asynccontextmanager
async def life(app):
    global served
    served = model.from_bytes(Path("champion.onnx").read_bytes())
    yield

app = FastAPI(lifespan=life)""",
)


async def tasks(ask, due, wait=True, from_sending=False, unit=0.001):
    loop = asyncio.get_running_loop()
    begin, times, lost = loop.time(), [], []

    async def single(when):
        await asyncio.sleep(begin + when - loop.time() if wait else 0)
        start = loop.time() if from_sending else begin + when
        (times if await ask() else lost).append((loop.time() - start) / unit)

    async with asyncio.TaskGroup() as group:
        for when in due:
            group.create_task(single(when))
    return times, len(lost)


async def dispatcher(ask, due):
    clock = asyncio.get_running_loop().time
    start, running = clock(), []

    async def single(moment):
        return await ask(), 1000 * (clock() - start - moment)

    for moment in due:
        await asyncio.sleep(start + moment - clock())
        running.append(asyncio.create_task(single(moment)))
    answers = await asyncio.gather(*running)
    return [took for good, took in answers if good], len([good for good, _ in answers if not good])


async def two_clocks(ask, due):
    start = time.perf_counter()

    async def single(moment):
        await asyncio.sleep(start + moment - time.perf_counter())
        await ask()
        return 1000 * (time.perf_counter() - start - moment)

    return await asyncio.gather(*map(single, due)), 0


async def one_after_the_other(ask, due):
    answers = [await tasks(ask, [0]) for _ in due]
    return [time for times, _ in answers for time in times], sum(failed for _, failed in answers)


def by_test(times, failed, limit):
    slow, count = failed + len([time for time in times if time > limit]), len(times) + failed
    if not count:
        return "cannot say"
    if binomtest(slow, count, 0.01, "less").pvalue <= 0.05:
        return True
    return False if binomtest(slow, count, 0.01, "greater").pvalue <= 0.05 else "cannot say"


RIGHT_PIECES = {
    "test_parity": [
        f"{ONCE}assert np.allclose(served(every), signed(every), atol=0.005)\n{ORDER}",
        HEAD
        + "@pytest.mark.parametrize('seed', [1, 2])\ndef test_rows(seed, served, signed):\n"
        + "    jobs = model.every_job().sample(frac=1, random_state=seed)\n"
        + "    np.testing.assert_allclose(served(jobs), signed(jobs), atol=0.01)\n",
    ],
    "app": [
        OURS_APP,
        IN_LIFE,
        OURS_APP.replace("async def", "def")
        .replace("Advert(pay.Job)", "Offer(pay.Job)")
        .replace(": Advert", ": Offer"),
    ],
    "send": [tasks, dispatcher],
    "meets": [by_test, lambda times, failed, limit: by_test(times[::-1], failed, limit)],
}
WRONG_PIECES = {
    "test_parity": [
        (f"{ONCE}assert served(every).shape == signed(every).shape\n", "ranked by letters"),
        (f"{ONCE}assert np.allclose(served(every)[:, 0], signed(every)[:, 0], atol=0.005)\n{ORDER[:28]}", "high end is wrong"),
        (f"{ONCE}assert np.allclose(served(every), signed(every), atol=0.005)\n", "order of its own"),
        (f"{ONCE}every = every[every['country'] != 'LT']\n    assert np.allclose(served(every), signed(every), atol=0.005)\n{ORDER}", "one rare kind"),
        (f"{ONCE}assert not (abs(served(every) - signed(every)) > 0.01).any()\n{ORDER.replace('np.allclose(served(turned), signed(turned), atol=0.005)', 'not (abs(served(turned) - signed(turned)) > 0.01).any()')}", "lets NaN through"),
        (f"{ONCE}assert (served(every) == signed(every)).all()\n", "A good one was stopped by"),
        (HEAD + "def parity(served, signed):\n    pass\n", "A test takes two functions"),
        ("import nothing_of_the_kind\n", "nothing_of_the_kind"),
    ],
    "app": [
        (OURS_APP.replace("    pass", "    model_config = ConfigDict(extra='ignore')"), "further fields"),
        (OURS_APP.replace("(pay.Job)", "(BaseModel)").replace("    pass", "    role: str\n    level: str\n    remote: int\n    country: str\n    model_config = ConfigDict(extra='forbid')"), "a role that the model has never seen"),
        (OURS_APP.replace('"/range"', '"/ranges"'), "no POST /range"),
        (OURS_APP.replace(".tolist()", "").replace("ends[0]", "ends[0].astype('float32')"), "Numbers of NumPy"),
        (OURS_APP.replace("low=ends[0], high=ends[1]", "low=ends[1], high=ends[0]"), "and the model"),
        (OURS_APP.replace("    ends = served", "    served = model.from_bytes(Path('champion.onnx').read_bytes())\n    ends = served"), "at each request"),
        (OURS_APP.replace('@app.get("/health")', ""), "GET /health"),
        (OURS_APP.replace("served.run", "serve.run"), "NameError"),
        (OURS_APP.replace("app = ", "service = ").replace("@app", "@service"), "looks for the name `app`"),
        (OURS_APP.replace("model=served.name", "model='mine'"), "`served.name`"),
    ],
    "send": [
        (one_after_the_other, "waits for the answer before it"),
        (lambda ask, due: tasks(ask, due, from_sending=True), "when the request was *due*"),
        (two_clocks, "two clocks are mixed"),
        (lambda ask, due: tasks(ask, due, unit=1), "Milliseconds"),
        (lambda ask, due: tasks(ask, due, wait=False), "start too early"),
    ],
    "meets": [
        (lambda times, failed, limit: failed + sum(time > limit for time in times) <= 0.01 * (len(times) + failed), "as if the sample were the truth"),
        (lambda times, failed, limit: by_test(times, 0, limit), "leave the failures out"),
        (lambda times, failed, limit: by_test([time + 1e-9 for time in times], failed, limit), "exactly at the limit"),
        (lambda times, failed, limit: by_test(times, failed, limit) is True, "It should give 'cannot say'"),
    ],
}  # fmt: skip
