"""Answers to the exercises and pieces for the builds of notebook 12."""

import numpy as np
import pandas as pd

PAGE = (
    "I compare the boot camp with the full-time master over ten years. The chance that the first ends ahead is 52%, and it may lie between 38% and 68%.\n\n"
    "Landing decides, and for the master it is a guess. I will ask the university how many of all who began were hired.\n\n"
    "Staying costs nothing, and I like my team.\n\nI write to three graduates by Friday."
)
OTHER_PAGE = (
    "Boot camp or full-time master? In 52.3 percent of the lives (38\u201368 percent) the first is ahead after 10 years.\n\nNobody publishes who "
    "gets a job afterwards. I could look at a list of last year's class.\n\nMy work is safe, and I like my patients.\n\n"
    "On 3 March I call the school."
)
ENDS = (52.3, 37.8, 68.1)
NAMES = ("boot camp", "full-time master", "full-time master: landing")
RIGHT = {
    "supported": ["ad", "d, a", "a and d", ["A", "D"], {"a", "d"}],
    "known_to_work": [42, "42%", 0.42, np.float64(42)],
    "my_path": [(PAGE, *ENDS, *NAMES), [OTHER_PAGE, *np.array(ENDS), *NAMES]],
}
WRONG = {
    "supported": [
        ("a", "d: Look again at the table of the Bureau"),
        ("d", "a: Look again at the first table"),
        ("abd", "b: The survey counts people who have the job"),
        ("acd", "c: Not mentioned is not the same"),
        ("ade", "e: These are two surveys"),
        ("xyz", "one or more of the letters"),
    ],
    "known_to_work": [
        (84, "the school's own figure"),
        (65, "near the share who finished"),
        (50, "That many answered"),
        (54.6, "not known"),
        (84 / 130 * 100, "near the share who finished"),
        (12, "Divide those who said yes"),
        ("most", "could not be read"),
    ],
    "my_path": [
        ((PAGE.replace("52%", "71%"), *ENDS, *NAMES), "not found: gives the chance as computed"),
        ((PAGE.replace("Landing", "This"), *ENDS, "boot camp", "full-time master", "both: pay"), "not found: names the assumption"),
        ((PAGE.replace("Staying costs nothing, and I like my team.", ""), *ENDS, *NAMES), "not found: says what speaks for staying"),
        ((PAGE.replace(" by Friday", ""), *ENDS, *NAMES), "not found: says what you do next"),
        ((PAGE.replace("a guess", "good"), *ENDS, *NAMES), "not found: says what is a guess"),
        (("The boot camp pays 94,000, so it is the best investment.", *ENDS, *NAMES), "1 of 11 points"),
        (("<script>alert(1)</script>", *ENDS, *NAMES), "0 of 11 points"),
        ((PAGE.replace("38%", "some"), *ENDS, *NAMES), "not found: gives the low end as computed"),
        (PAGE, "could not be read"),
    ],
}  # fmt: skip


def one_by_one(
    path, now, years, random, n=4000, months=12, stopped=0.5, search=True, lost=True, lone=False, vain=None
):
    gains, months_until = [], []
    for _ in range(n):
        one = {name: low + (high - low) * random.random() for name, (low, high) in path.items()}
        finishes, lands = random.random() < one["finishing"], random.random() < one["landing"]
        part = 1.0 if finishes else stopped
        away = part * one["months"] + (
            one["search"] if finishes and (lands if search is None else search) else 0
        )
        earned = -part * one["fees"] + (one["kept"] if lost else 1) * now * away / 12
        lands = lands and (finishes or lone)
        other = now * (one["otherwise"] if finishes else 1) if vain is None else vain(one, now)
        earned += (one["pay"] if lands else other) * (months * years - away) / 12
        gains.append(earned - now * years * months / 12)
        months_until.append(away if lands else None)
    return pd.DataFrame({"months": pd.Series(months_until, dtype=float), "gain": gains})


def as_arrays(path, now, years, random, n=4000):
    keys = sorted(path)
    low, high = (np.array([path[key][end] for key in keys], float)[:, None] for end in (0, 1))
    one = dict(zip(keys, low + (high - low) * random.random((len(keys), n)), strict=True))
    ends = random.binomial(1, one["finishing"]), random.binomial(1, one["landing"])
    away = np.where(ends[0], one["months"] + one["search"], one["months"] / 2)
    new = ends[0] * ends[1] == 1
    rest = np.select([new, ends[0] == 1], [one["pay"], one["otherwise"] * now], now) * (years - away / 12)
    paid = np.where(ends[0], one["fees"], one["fees"] / 2)
    gain = rest + one["kept"] * now * away / 12 - paid - now * years
    return {"gain": gain.tolist(), "months": np.where(new, away, float("nan"))}


def mean_of(path, now, years, random, n=4000):
    table = one_by_one(path, now, years, random, n)
    return table.assign(gain=table["gain"].mean())


def by_rank(score, ranges, key=lambda low, high: -abs(high - low), middle=lambda low, high: (low + high) / 2):
    start, found = {name: middle(*ends) for name, ends in ranges.items()}, []
    for place, name in enumerate(ranges):
        low, high = (score(start | {name: end}) for end in ranges[name])
        found.append((key(low, high), place, [name, low, high]))
    return [row for *_, row in sorted(found)]


def by_frame(score, ranges):
    rows = pd.DataFrame(by_rank(score, ranges), columns=["name", "low", "high"])
    order = (rows["high"] - rows["low"]).abs().sort_values(ascending=False, kind="stable").index
    return list(rows.loc[order].itertuples(index=False, name=None))


RIGHT_PIECES = {"lives": [one_by_one, as_arrays], "deciders": [by_rank, by_frame]}
WRONG_PIECES = {
    "lives": [
        (lambda *case, **more: one_by_one(*case, lost=False, **more), "forgets the pay that is lost"),
        (lambda *case, **more: one_by_one(*case, stopped=0.0, **more), "It should be near"),
        (lambda *case, **more: one_by_one(*case, search=False, **more), "forgets the months of search"),
        (lambda *case, **more: one_by_one(*case, search=None, **more), "Only who lands searches"),
        (lambda *case, **more: one_by_one(*case, lone=True, **more), "lands without having finished"),
        (lambda *case, **more: as_arrays(*case, **more) | {"gain": [float("nan")] * 4000}, "It should be near"),
        (lambda *case, **more: one_by_one(*case, vain=lambda one, now: now, **more), "Who finished gets"),
        (lambda *case, **more: one_by_one(*case, vain=lambda one, now: now * one["otherwise"], **more), "Who does not finish gets"),
        (lambda *case, **more: one_by_one(*case, vain=lambda one, now: 0, **more), "It should be near"),
        (mean_of, "Every life gets the expected value"),
        (lambda *case: as_arrays(*case)["gain"], "stopped with"),
    ],
    "deciders": [
        (lambda score, ranges: by_rank(score, ranges, lambda low, high: low - high), "by the change with its sign"),
        (lambda score, ranges: by_rank(score, ranges)[::-1], "It should give"),
        (lambda score, ranges: by_rank(score, ranges, middle=lambda low, high: low), "at their low ends"),
        (lambda score, ranges: by_rank(score, ranges, middle=max), "It should give"),
        (lambda score, ranges: [(name, high, low) for name, low, high in by_rank(score, ranges)], "the wrong way round"),
        (lambda score, ranges: by_rank(score, ranges)[0], "It should give"),
        (lambda score, ranges: ranges.popitem(), "changes what it is given"),
    ],
}  # fmt: skip
