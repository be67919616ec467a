"""Answers to the exercises and pieces for the builds of notebook 05."""

import hashlib
from types import SimpleNamespace

import numpy as np
import pandas as pd

from helpers import profile
from helpers.check import suites
from helpers.lessons import nb05 as lesson
from helpers.service import model

COMMIT = "1af3b93b6815bc44a9784bd300feb67ff0d1eeb3"
HEAD = f"""
name: release
on: workflow_dispatch
permissions:
  contents: read
jobs:
  release:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@{COMMIT}
"""
FOUR = [f"python release.py {command}" for command in ("train", "test", "register", "shadow")]
PIPELINE = HEAD + "".join(f"      - run: {line}\n" for line in FOUR)
ONE_STEP = HEAD + "      - run: |\n" + "".join(f"          {line}\n" for line in FOUR)
TWO_JOBS = PIPELINE.replace(f"      - run: {FOUR[2]}", f"  out:\n    needs: release\n    steps:\n      - run: {FOUR[2]}")  # fmt: skip
TEXT = (
    "On 23 June 2024 the collection changed, and the coverage fell to 77.7%. Applicants asked for too little.\n\n"
    "There was no alarm, and nobody watched the promise.\n\n"
    "PSI over 0.8: the engineer on duty reads ten adverts, the same day."
)


def after(heard="march-2024", named="march-2024", answers=None):
    """A registry whose alias points to a model, and a service in which some models answer in turn, by their names."""

    def version(*_):
        return SimpleNamespace(tags={"sha256": hashlib.sha256(lesson.handed_in(named).data).hexdigest()})

    def ask(jobs):
        said = lesson.handed_in(answers or heard.split()[0]).trained.predict(jobs)
        return pd.DataFrame(said, jobs.index, ["low", "high"]).assign(
            model=np.resize(heard.split(), len(jobs))
        )

    return SimpleNamespace(get_model_version_by_alias=version), SimpleNamespace(ask=ask)


RIGHT = {
    "rollback": [after(), list(after())],
    "pipeline": [
        PIPELINE,
        ONE_STEP,
        TWO_JOBS,
        HEAD + f"      - run: {' && '.join(FOUR)}\n",
        PIPELINE.replace("run: python", "name: a\n        run: python").replace("on: work", "'on': work"),
    ],
    "runbook": [
        (TEXT, 77.7),
        (TEXT.replace("77.7", "78"), 77.7),
        (TEXT.replace("PSI over 0.8", "If PSI exceeds 0.8").replace("the same day", "before noon"), 77.7),
    ],
}
WRONG = {
    "rollback": [
        (after("weekend-2024", "weekend-2024"), "still answers as weekend-2024"),
        (after("weekend-2024"), "The alias is only a name"),
        (after("march-2024 weekend-2024"), "march-2024, weekend-2024. A share"),
        (after("june-2023", "june-2023"), "not what was in charge before"),
        (after(answers="weekend-2024"), "ranges are not those"),
        (after(named="weekend-2024"), "does not point"),
        (after(named="june-2023"), "does not point"),
        (after()[1], "hand over both, running"),
    ],
    "pipeline": [
        (PIPELINE.replace("contents: read", "contents: write"), "To read the code is enough"),
        (PIPELINE.replace(COMMIT, "v4"), "another program tomorrow"),
        (PIPELINE.replace("      - run: python release.py test\n", ""), "is needed once"),
        (PIPELINE.replace("release.py test", "release.py test\n        continue-on-error: true"), "Nothing may leave"),
        (PIPELINE.replace("py test", "py test || true"), "Nothing may leave"),
        (PIPELINE.replace("- run: python release.py register", "- if: always()\n        run: python release.py register"), "Nothing may leave"),
        (TWO_JOBS.replace("    needs: release\n", ""), "Nothing may leave"),
        (PIPELINE.replace("py test", "py x").replace("py register", "py test").replace("py x", "py register"), "Nothing may leave"),
        (PIPELINE.replace("py register", "py x").replace("py shadow", "py register").replace("py x", "py shadow"), "Register first"),
        ("steps: [", "cannot be read as YAML"),
        (PIPELINE.replace("python release.py ", ""), "ran are []"),
    ],
    "runbook": [
        ((TEXT.replace("77.7", "80"), 77.7), "not found: gives the coverage as computed"),
        ((TEXT.replace("the same day", "soon"), 77.7), "not found: says by when"),
        ((TEXT.replace("the engineer on duty", "somebody"), 77.7), "not found: says who is called"),
    ],
}  # fmt: skip

RELEASE = """
import numpy as np
from helpers import stats
from helpers.service import model
def loss(one, judged): return stats.range_loss(judged, one.predict(judged))
def wide(one, judged): return float(np.diff(one.predict(judged)).mean())
def test_a_day(candidate, judged):
    assert candidate.last < str(judged["arrived"].min().date())
def test_b_same(candidate, trained):
    np.testing.assert_allclose(candidate.predict(model.every_job()), trained.predict(model.every_job()), atol=0.01)
def test_c(candidate, champion, judged):
    assert loss(candidate, judged) / loss(champion, judged) <= 1.1
    assert abs(np.log(wide(candidate, judged) / wide(champion, judged))) <= 0.223
def test_d(candidate, judged):
    table = stats.coverage_table(judged, candidate.predict(judged), "role").query("adverts >= 200")
    assert not (table["high"] < 75).any()
"""
SECOND = RELEASE.replace("def test_c(", "def test_groups_too(").replace("def loss(", "LIMIT = 1.1\n\ndef loss(").replace("<= 1.1", "<= LIMIT")  # fmt: skip


def released(client, tests, name, trained, rows, scheme=""):
    content = model.export(trained, name, rows)
    outcome = suites.run(tests, lesson.systems({name: SimpleNamespace(trained=trained, data=content)}))
    if len(outcome) and all(outcome["passed"]):
        file = profile.work("05") / (name + ".onnx")
        file.write_bytes(content)
        marks = {"sha256": hashlib.sha256(content).hexdigest(), "last": str(rows["arrived"].max().date())}
        made = client.create_model_version(name="pay-range", source=f"{scheme}{file}", tags=marks)
        client.set_registered_model_alias(alias="challenger", name="pay-range", version=made.version)
        return made.version


def champion_at_once(client, tests, name, trained, rows):
    version = released(client, tests, name, trained, rows)
    if version:
        client.set_registered_model_alias("pay-range", "champion", version)
    return version


def untagged(client, tests, name, trained, rows):
    (profile.work("05") / f"{name}.onnx").write_bytes(model.export(trained, name, rows))
    return client.create_model_version("pay-range", str(profile.work("05") / f"{name}.onnx")).version


def by_counts(shadow, paired=True):
    if shadow["failed"].sum() > 0.01 * len(shadow):
        return "roll back"
    ratio = shadow["new_width"].mean() / shadow["width"].mean()
    won, lost = (shadow["new_held"] & ~shadow["held"]).sum(), (shadow["held"] & ~shadow["new_held"]).sum()
    n = len(shadow)
    mean = (won - lost) / n
    shares = shadow["held"].mean(), shadow["new_held"].mean()
    spread = (won + lost) / n - mean**2 if paired else sum(one * (1 - one) for one in shares)
    half = 1.96 * np.sqrt(spread / n)
    if ratio < 0.8 or ratio > 1.25 or mean + half < 0:
        return "roll back"
    return "go on" if mean - half > -0.05 else "wait"


def by_bootstrap(shadow):
    if by_counts(shadow.assign(new_held=shadow["held"])) == "roll back":
        return "roll back"
    gain = shadow["new_held"].to_numpy(int) - shadow["held"].to_numpy(int)
    draws = np.random.default_rng(0).choice(gain, (400, len(gain))).mean(axis=1)
    low, high = np.quantile(draws, (0.025, 0.975))
    return "roll back" if high < 0 else "go on" if low > -0.05 else "wait"


def in_a_loop(signal, threshold, event):
    known = signal[signal.notna()]
    before, calls, late, place, ringing = 0, 0, None, 0, False
    for day, value in known.items():
        new = value > threshold and not ringing
        ringing = value > threshold
        if day < pd.Timestamp(event):
            before, calls = before + 1, calls + new
        else:
            late = place if new and late is None else late
            place += 1
    return 52 * calls / before, late


def with_diff(signal, threshold, event, starts=lambda rings: rings.diff().fillna(rings) == 1):
    new = starts((signal.dropna() > threshold).astype(int))
    old, later = new[new.index < event], list(new[new.index >= event])
    return old.sum() / len(old) * 52, later.index(True) if True in later else None


RIGHT_PIECES = {
    "test_release": [RELEASE, SECOND],
    "release": [released, lambda *given: released(*given, scheme="file://")],
    "decide": [by_counts, by_bootstrap],
    "price": [in_a_loop, with_diff],
}
WRONG_PIECES = {
    "test_release": [
        (RELEASE.replace('candidate.last < str(judged["arrived"].min().date())', "candidate.last"), "until the day of the release"),
        (RELEASE.replace("judged[\"arrived\"].min()", "judged[\"arrived\"].max()"), "middle of the weeks"),
        (RELEASE.replace("    np.testing", "    return\n    np.testing"), "two countries for each other"),
        (RELEASE.replace('candidate.last < str(', 'candidate.last <= str('), "until the first day"),
        (RELEASE.replace("atol=0.01", "atol=1"), "a single job"),
        (RELEASE.replace("<= 1.1", "<= 3"), "12% above"),
        (RELEASE.replace("abs(np.log(", "(np.log("), "a third as wide"),
        (RELEASE.replace("<= 0.223", "<= 2"), "1.3 times as wide"),
        (RELEASE.replace("assert not (table", "assert True or not (table"), "one role only"),
        (RELEASE.replace("<= 1.1", "<= 1.0"), "A good one was stopped"),
        ("import nothing_of_the_kind", "nothing_of_the_kind"),
        ("def check_it(candidate):\n    pass\n", "Each test takes some of"),
    ],
    "release": [
        (lambda client, tests, *given: tests.write_text("def test_it(candidate): ...") and released(client, tests, *given), "All* must pass"),
        (champion_at_once, "at once"),
        (lambda *given: "7", "nothing is registered"),
        (untagged, "into the tags"),
    ],
    "decide": [
        (lambda one: by_counts(one) if 0.9 < one["new_width"].mean() / one["width"].mean() < 1.1 else "roll back", "1.2 times as wide"),
        (lambda shadow: by_counts(shadow.assign(new_width=shadow[["width", "new_width"]].max(axis=1))), "0.75 times as wide"),
        (lambda shadow: by_counts(shadow.assign(new_width=shadow["width"])), "1.3 times as wide"),
        (lambda shadow: by_counts(shadow.assign(failed=False)), "one request in twenty"),
        (lambda shadow: "roll back" if shadow["failed"].any() else by_counts(shadow), "one request in two hundred"),
        (lambda shadow: by_counts(shadow).replace("wait", "go on"), "unless harm is proven"),
        (lambda shadow: by_counts(shadow, paired=False), "as if other adverts had been asked"),
        (lambda shadow: "promote", 'Return "roll back"'),
    ],
    "price": [
        (lambda s, t, e: (with_diff(s, t, e)[0] * (s.dropna().index < e).sum() / 52, with_diff(s, t, e)[1]), "in a year of 52"),
        (lambda s, t, e: with_diff(s, t, e, lambda rings: rings == 1), "calls nobody twice"),
        (lambda s, t, e: in_a_loop(s.fillna(-100), t, e), "no quiet ones"),
        (lambda s, t, e: (with_diff(s, t, e)[0], with_diff(s, t, f"{e} 01:00")[1]), "the first arrival in which"),
    ],
}  # fmt: skip
