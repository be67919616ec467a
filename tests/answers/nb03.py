"""Answers to the exercises of notebook 03."""

import numpy as np
import pandas as pd

from helpers.check import nb03

GAPS = nb03.gaps()
GAIN, PART = GAPS["plain"] - GAPS["role-wise"], GAPS["plain"] - GAPS["own miss"]
RIGHT = {
    "smallest_calibration": [19, 19.0, "19", np.int64(19)],
    "coverage_drop": [9.6, "9.6", np.float64(9.58)],
    "next_miss": [0.195, "0.195", pd.Series([0.195])],
    "share_of_own_miss": [100 * PART / GAIN, f"{100 * PART / GAIN:.1f}%"],
    "wrong_point": [2, "2", 2.0],
}
WRONG = {
    "smallest_calibration": {20: "counts too", 95: "percentage", 100: "Fewer", 5: "Try some n"},
    "coverage_drop": {
        81.1: "late 2023",
        71.5: "late 2024",
        -9.6: "positive",
        0.096: "multiply by 100",
        8.5: "from 80%",
        30: "July to December",
    },
    "next_miss": {0.205: "sign", -0.005: "add it", 0.1: "step size", 0.805: "coverage", 7: "New miss rate"},
    "share_of_own_miss": {
        PART / GAIN: "multiply by 100",
        100 - 100 * PART / GAIN: "missing",
        100 * (GAPS["plain"] - GAPS["own scores"]) / GAIN: "own scores alone",
        100 * GAPS["own miss"] / GAPS["role-wise"]: "two gaps",
        100 * PART / GAPS["plain"]: "whole is the gain",
        10: "take away",
    },
    "wrong_point": {1: "fair", 3: "right", 4: "three points", 0: "three points"},
}
