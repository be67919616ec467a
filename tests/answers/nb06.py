"""Answers to the exercises and pieces for the builds of notebook 06."""

import numpy as np

from helpers.lessons import nb06 as lesson

BASE, FALSE = 1 / 52, 14 / 49


def chance(value):
    return value, BASE, FALSE


def by_numpy(first, second):
    return np.dot(first, second) / (np.linalg.norm(first) * np.linalg.norm(second))


def colleagues(first, second):
    return sum(one >= other for one in first for other in second) // (len(first) * len(second))


def by_sign(first, second):
    pairs = (np.sign(np.subtract.outer(first, second)) + 1) / 2  # all at once, and still one by one
    return pairs.mean() if pairs.size else float("nan")


RIGHT = {
    "similar": [by_numpy, lambda a, b: sum(a * b) / (sum(a**2) * sum(b**2)) ** 0.5],
    "after_the_ring": [*map(chance, (6.4, "6.4 %", np.float64(6.42), 0.064, "6 percent", 0.06))],
    "mended": [lesson.loop, by_sign],
}
WRONG = {
    "similar": [
        (lambda a, b: a @ b, "This is the dot product"),
        (lambda a, b: a @ b / (a @ a * (b @ b)), "square root"),
        (lambda a, b: a @ b / (len(a) * len(b)), "how many numbers"),
        (lambda a, b: a @ b / np.sqrt(a @ a) * np.sqrt(b @ b), "brackets"),
        (lambda a, b: a @ b / np.linalg.norm(b), "One is missing"),
        (lambda a, b: np.round(by_numpy(a, b), 2), "without rounding"),
        (lambda a, b: 1 - by_numpy(a, b), "It should give"),
        (lambda a, b: a @ b / lenght(a), "NameError"),  # noqa: F821
        (0.71, "a function is needed"),
    ],
    "after_the_ring": [
        (chance(100), "a ring means a real change"),
        (chance(1.9), "before it rang"),
        (chance(28.6), "rings in a calm arrival"),
        (chance(71.4), "Count the rings only"),
        (chance(6.9), "Divide by all rings"),
        (chance(6.31), "The rings above"),
        (chance(65), "The rings above are no help"),
    ],
    "mended": [
        (colleagues, "still the colleague's"),
        (lambda a, b: np.sum(lesson.loop(a, b) if b else 1 / len(b)), "ZeroDivisionError"),
        (lambda a, b: np.mean([x >= y for x in a for y in b] or [np.nan]), "still counts as won"),
        (lambda a, b: np.mean([x > y for x in a for y in b] or [np.nan]), "still counts as nothing"),
        (lambda a, b: by_sign(a, b) // 1, "still cuts off"),
        (lambda a, b: by_sign(a, b) if a and b else None, "float('nan')"),
        (lambda a, b: by_sign(a, b) if a and b else 0.0, "float('nan')"),
        (0.75, "a function is needed"),
    ],
}


def as_matrix(x, y, start, step, steps):
    matrix, path = np.column_stack([np.ones(len(x)), x]), [np.array(start, dtype=float)]
    for _ in range(steps):
        path.append(path[-1] - step * 2 * matrix.T @ (matrix @ path[-1] - y) / len(y))
    return np.array(path)


def in_loops(x, y, start, step, steps):
    a, b = start
    path = [[a, b]]
    for _ in range(steps):
        up = sum(2 * (a + b * one - other) for one, other in zip(x, y, strict=True)) / len(x)
        turn = sum(2 * (a + b * one - other) * one for one, other in zip(x, y, strict=True)) / len(x)
        a, b = a - step * up, b - step * turn
        path += [[a, b]]
    return path


def by_places(values, statistic, rng, draws=1000):
    values = np.asarray(values)
    found = []
    for _ in range(draws):
        found.append(statistic(values[rng.integers(0, len(values), len(values))]))
    return np.percentile(found, 2.5), np.percentile(found, 97.5)


def own_chance(values, statistic, rng, draws=1000):
    import random

    found = sorted(statistic(np.array(random.choices(list(values), k=len(values)))) for _ in range(draws))
    return [found[round(0.025 * draws)], found[round(0.975 * draws)]]


def drawn(size=1.0, replace=True, ends=(2.5, 97.5), statistic=None):
    def piece(values, given, rng, draws=1000):
        count, use = int(size * len(values)), statistic or given
        return np.percentile([use(rng.choice(values, count, replace)) for _ in range(draws)], ends)

    return piece


def in_one_go(first, second):
    if not (len(first) and len(second)):
        return np.nan
    values, counts = np.unique(second, return_counts=True)
    upto = np.concatenate([[0], counts.cumsum()])
    left, right = (upto[np.searchsorted(values, first, side)] for side in ("left", "right"))
    return (left.sum() + right.sum()) / (2 * len(first) * len(second))


def bisected(first, second):
    import bisect

    ordered = sorted(second.tolist())
    won = sum(bisect.bisect_left(ordered, one) + bisect.bisect(ordered, one) for one in first.tolist())
    return won / 2 / len(first) / len(second) if len(first) * len(second) else float("nan")


def ties_lost(first, second):
    return np.mean([one > other for one in first for other in second] or [np.nan])


def sorts_theirs(first, second):
    first.sort()
    second.sort()
    return in_one_go(first, second)


RIGHT_PIECES = {
    "descend": [as_matrix, in_loops],
    "bootstrap": [by_places, own_chance, drawn()],
    "fast": [in_one_go, bisected],
}
WRONG_PIECES = {
    "descend": [
        (lambda x, y, start, step, steps: as_matrix(x, y, start, -step, steps), "It climbs"),
        (lambda x, y, start, step, steps: as_matrix(x, y, start, step * len(x), steps), "not the sum"),
        (lambda x, y, start, step, steps: as_matrix(x, y, start, step / 2, steps), "factor of 2"),
        (lambda x, y, start, step, steps: as_matrix(x, y, start, step, steps)[1:], "begins with the start"),
        (lambda x, y, start, step, steps: as_matrix(x, y, start, step, steps)[-1], "not only its end"),
        (lambda x, y, start, step: [start], "It should give"),
    ],
    "bootstrap": [
        (drawn(replace=False), "without replacement"),
        (drawn(ends=(5, 95)), "90% interval"),
        (drawn(size=0.5), "as large as the sample"),
        (drawn(statistic=np.mean), "Call `statistic`"),
        (lambda values, statistic, rng, draws=1000: np.quantile(values, (0.025, 0.975)), "of the adverts"),
        (lambda values, statistic, rng, draws=1000: statistic(values), "Two numbers"),
        (drawn(ends=(97.5, 2.5)), "should give about"),
    ],
    "fast": [
        (lesson.loop, "times as fast"),
        (by_sign, "times as fast"),
        (ties_lost, "Ties get lost"),
        (lambda a, b: np.mean([x >= y for x in a for y in b] or [np.nan]), "Ties count as won"),
        (sorts_theirs, "changes what it is given"),
        (lambda a, b: in_one_go(a, b) if len(b) else 0.0, "It should give nan"),
    ],
}
