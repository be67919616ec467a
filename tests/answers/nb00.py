"""Answers to the exercises of notebook 00."""

import math

import numpy as np

from helpers import course

HOURS = course.hours()[0]

RIGHT = {
    "order_of_cells": [130, "130", np.int64(130), 130.0],
    "weeks_needed": [HOURS / 3, math.ceil(HOURS / 3)],
    "oldest_table": ["tools", " tools ", "Education", "'tools', 'education'", "2022-09-16 tools"],
}
WRONG = {
    "order_of_cells": [(110, "after one"), (120, "one more"), (140, "Nearly"), (30, "100 in"), (7, "Start")],
    "weeks_needed": [(math.ceil(HOURS / 3) - 1, "rounded down"), (HOURS, "by the three"), (2, "Divide"), (2 * HOURS / 3, "twice")],
    "oldest_table": [("wages", "another ends"), ("tool", "no such table"), ("tools, wages", "another ends")],
}  # fmt: skip
