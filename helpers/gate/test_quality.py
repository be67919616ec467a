"""Quality on the weeks before the release: loss against the champion, coverage by role."""

import numpy as np

from helpers import pay_scores

MARGIN = 0.02
"""How much worse than the champion a loss may look before it is worse: redrawn weeks alone move it by as much."""

LOST = 2
"""Points of coverage that a candidate may lose against the champion."""

LEAST = 75
"""Coverage in % that no role may be shown to miss; the promise is 80."""


def test_loss_is_not_above_the_champion(candidate, champion, judged):
    ours, theirs = (pay_scores.range_loss(judged, model.predict(judged)) for model in (candidate, champion))
    assert ours <= theirs * (1 + MARGIN), f"loss {ours:.2f}, champion {theirs:.2f}"


def test_coverage_is_not_below_the_champion(candidate, champion, judged):
    ours, theirs = (
        100 * pay_scores.coverage(judged, model.predict(judged)) for model in (candidate, champion)
    )
    assert ours >= theirs - LOST, f"coverage {ours:.0f}%, champion {theirs:.0f}%"


def test_coverage_by_role(candidate, judged):
    groups = pay_scores.coverage_table(judged, candidate.predict(judged), "role")
    failed = groups[groups["high"] < LEAST]
    names = ", ".join(f"{role} {row.coverage:.0f}%" for role, row in failed.iterrows())
    assert failed.empty, f"surely below {LEAST}%: {names}"


def test_width_says_something(candidate, judged):
    wide = pay_scores.width(judged, candidate.predict(judged))
    middle = float(np.average(judged["midpoint"], weights=judged["weight"]))
    assert wide < middle, f"mean width {wide:.0f} at a mean pay of {middle:.0f}: a range that says nothing"
