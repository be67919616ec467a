"""Answers to the exercises and pieces for the builds of notebook 11."""

import re

import numpy as np

from helpers.lessons import nb11 as lesson

TEXTS = {
    "executive": "About 33% of the ranges are wrong. The mended ones are a third wider. Please approve them by 1 February.",
    "engineer": (
        "Since September 2024 33% (31 to 33) of the adverts lie outside. Please deploy the mended model. It has about 23%. "
        "Stop if more than 25% do."
    ),
    "customer": "Some ranges were wrong, about 33% of them. They are mended. If yours looks wrong, please tell us.",
}  # fmt: skip
OTHER_TEXTS = {
    "executive": "We risk our promise: 32.5 percent are outside. The mend may lie between 22 and 24. I recommend switching this week.",
    "engineer": (
        "From week 36 of 2024 on 32.5% of the midpoints were above or below our range (95% CI 31.4-33.4). "
        "Check the limit of 25%. Pause if it breaks."
    ),
    "customer": "We do not know your pay. Some ranges, about a third, were wrong. Let us know if yours is.",
}  # fmt: skip
REPLY = (
    "You are right. 33% of the midpoints from September 2024 to January 2025 lay outside.\n\nWe now measure the width as well. "
    "We do not know how it is for adverts without a range."
)
OTHER_REPLY = (
    "Yes, that was bad: the share outside was 32.5, in the adverts of five months. We have corrected the model, and what "
    "happens next year is unknown."
)
FILLER = " The ranges stand beside each advert, and people plan with them." * 9
BRIEF = (
    f"I recommend the mended model.\n\nFrom September 2024 on 33% of the adverts lay outside.{FILLER}\n\nIt costs width. "
    "We could also wait instead.\n\nWe do not know the rest. I need your decision by Friday."
)
OTHER_BRIEF = BRIEF.replace("I recommend", "Good morning. I suggest we deploy").replace("33%", "32.5 percent")
RIGHT = {
    "messages": [(TEXTS, 32.5), (OTHER_TEXTS, 32.5)],
    "hostile": [(REPLY, 32.5), (OTHER_REPLY, 32.5)],
    "order": ["cabdef", "c, b, a, d, e, f", list("CABDEF")],
    "brief": [(BRIEF, 32.5), (OTHER_BRIEF, 32.5)],
}
WRONG = {
    "messages": [
        ((TEXTS | {"customer": TEXTS["customer"] + " The coverage drifted."}, 32.5), "not found: has no word of ours"),
        ((TEXTS | {"executive": TEXTS["executive"] * 4}, 32.5), "not found: at most 60 words"),
        ((TEXTS | {"executive": TEXTS["executive"].replace("About ", "")}, 32.5), "not found: says how sure it is"),
        ((TEXTS | {"executive": "About 33% of the ranges are wrong this week. It costs us."}, 32.5), "not found: asks for an action"),
        ((TEXTS, 22.8), "not found: gives the share outside"),
        ((OTHER_TEXTS, 36.0), "not found: gives the share outside"),
        ((TEXTS | {"engineer": "The model is bad, please fix it."}, 32.5), "- engineer: 4 of 9 points"),
        ((TEXTS | {"customer": "Subsequent monitoring demonstrated considerable deterioration necessitating recalibration."}, 32.5), "reading level of at most 40"),
        (({reader: "<script>alert(1)</script>" for reader in TEXTS}, 32.5), "not found"),
        (({"executive": "Hello."}, 32.5), "could not be read"),
    ],
    "hostile": [
        ((REPLY.replace("33%", "13%"), 32.5), "not found: gives the share outside"),
        ((REPLY + " Obviously you are new here.", 32.5), "not found: does not attack"),
        ((REPLY.replace("We do not know how", "It is about right"), 32.5), "not found: says what is not known"),
        (("Obviously you do not understand statistics. Our method is state of the art.", 32.5), "0 of 6 points"),
    ],
    "order": [
        ("abcdef", "c must come before a"),
        ("bcadef", "c must come before b"),
        ("cbdaef", "a must come before d"),
        ("cabedf", "d must come before e"),
        ("cabdfe", "e must come before f"),
        ("cadefb", "b must come before f"),
        ("cabde", "each of the six letters once"),
    ],
    "brief": [
        ((BRIEF.replace(FILLER, ""), 32.5), "Two minutes are 120 to 260 words"),
        ((BRIEF + FILLER * 3, 32.5), "Two minutes are 120 to 260 words"),
        ((BRIEF.replace("It costs width.", ""), 32.5), "not found: says what it costs"),
        ((BRIEF.replace(" I need your decision by Friday.", ""), 32.5), "not found: asks for a decision"),
        (("We worked hard on quantiles, and there are interesting findings for a longer meeting.", 32.5), "0 of 7 points"),
    ],
}  # fmt: skip


def by_sum(signal, wrong, costs, edge=0.0, never=True, hit=None):
    options = []
    for threshold in [*np.unique(signal), *[np.inf] * never]:
        paid = 0
        for one, bad in zip(signal, wrong, strict=True):
            if one >= threshold + edge:
                paid += (costs["hit"] if hit is None else hit) if bad else costs["false alarm"]
            elif bad:
                paid += costs["missed"]
        options.append((paid / len(signal), -threshold))
    cost, threshold = min(options)
    return -threshold, cost


def as_array(signal, wrong, costs):
    marks = np.append(np.sort(signal)[::-1], np.inf)
    ring = signal >= marks[:, None]
    bad = np.asarray(wrong, bool)
    paid = ring * bad * costs["hit"] + ring * ~bad * costs["false alarm"] + ~ring * bad * costs["missed"]
    total = paid.sum(axis=1)
    best = marks[total == total.min()].max()
    return [best, total.min() / len(bad)]


def drawn(trial, employers, lift, runs=400, seed=5, found=lambda low, high: low > 0, counts=False):
    random, hits = np.random.default_rng(seed), []
    for _ in range(runs):
        new, adverts, done = trial(random, employers, lift)
        shares = [(done if counts else done / adverts)[group] for group in (new == 0, new == 1)]
        hits.append(found(*lesson.difference(*shares)))
    return np.mean(hits)


def reading(old, new, least, harm, most, worth=None):
    low, high = lesson.difference(old, new)
    safe, good = harm[1] <= most, low >= (least if worth is None else worth)
    bad = harm[0] > most or high < least
    return low, high, {(True, True): "launch"}.get((safe and not bad, good), "stop" if bad else "go on")


def hasty(old, new, least, harm, most):
    found = reading(old, new, least, harm, most)
    return (*found[:2], "launch") if found[0] >= least else found


def counted(text, long=7, number=r"\d[\d.,]*\d|\d", word=r"[^\W\d_]+"):
    words = re.findall(word, text)
    ends = [end for end in re.findall(r"\S+", text) if end[-1] in ".!?"]
    heavy = sum(len(word) >= long for word in words)
    return {
        "action": re.search(lesson.ACTION, text.lower()) is not None,
        "uncertain": re.search(lesson.UNSURE, text.lower()) is not None,
        "numbers": len(re.findall(number, text)),
        "words": len(words),
        "reading level": len(words) / (len(ends) or 1) + 100 * heavy / (len(words) or 1),
    }


RIGHT_PIECES = {
    "best_threshold": [by_sum, as_array],
    "power": [drawn, lambda trial, employers, lift: drawn(trial, employers, lift, 800, 77)],
    "read_result": [reading, lambda *case: list(reading(*case))],
    "measure": [counted, lambda text: dict(sorted(counted(text).items()))],
}
WRONG_PIECES = {
    "best_threshold": [
        (lambda s, w, c: by_sum(s, w, c, edge=1e-9), "equals the threshold rings"),
        (lambda s, w, c: by_sum(s, w, c, never=False), "no alarm at all"),
        (lambda s, w, c: by_sum(s, w, c, hit=0), "is not free"),
        (lambda s, w, c: by_sum(s, w, c)[0], "It should give"),
        (lambda s, w, c: (25, 0.0), "It should give"),
    ],
    "power": [
        (lambda t, n, lift: drawn(t, n, lift, found=lambda low, high: low + high > 0), "the new group is ahead"),
        (lambda t, n, lift: drawn(t, n, lift, found=lambda low, high: not low <= 0 <= high), "also counts trials that find a loss"),
        (lambda t, n, lift: 400 * drawn(t, n, lift), "number of trials"),
        (lambda t, n, lift: 100 * drawn(t, n, lift), "returns a percentage"),
        (lambda t, n, lift: drawn(t, n, lift, counts=True), "compares counts"),
        (lambda t, n, lift: drawn(t, n, -lift), "mixed up"),
        (lambda t, n, lift: 0.5, "It should be near"),
    ],
    "read_result": [
        (lambda *case: reading(*case, worth=1e-12), "It must be worth it"),
        (lambda old, new, least, harm, most: reading(old, new, least, (-1, -1), 1), "It should give"),
        (lambda old, new, least, harm, most: (*lesson.difference(old, new), "no effect"), "It should give"),
        (lambda old, new, least, harm, most: reading(new, old, least, harm, most), "mixed up"),
        (lambda old, new, least, harm, most: reading(old, new, 0, harm, most), "compares the lift with 0"),
        (hasty, "on the lift alone"), (lambda old, new, least, harm, most: reading(old, new, least, (harm[0], harm[1] + 1e-9), most, least + 1e-9), "exactly `least` reaches it, and"),
        (lambda *case: reading(*case)[2], "It should give"),
        (lambda old, new, least, harm, most: reading(old, new, least, (min(harm[0], most), harm[1]), most), "harm is shown"),
    ],
    "measure": [
        (lambda text: counted(text, long=6), "seven or more"),
        (lambda text: counted(text, number=r"\d+"), "as two numbers"),
        (lambda text: counted(text) | {"action": None}, "It should give"),
        (lambda text: counted(text, word=r"\w+"), "counts numbers as words"),
        (lambda text: {"words": len(text.split())}, "It should give"),
    ],
}  # fmt: skip
