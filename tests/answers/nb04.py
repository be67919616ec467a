"""Answers to the exercises of notebook 04."""

import numpy as np

RIGHT = {
    "table_of_answers": [15.84, "15.8", 15.9, np.float64(15.84)],
    "skewed_feature": ["level", " Level "],
    "share_for_percent": [22.7, 23, np.float32(22.66)],
    "processes_needed": [4, 4.0, "4"],
    "slow_pages": [18.2, "18 %", 18.3],
}
WRONG = {
    "table_of_answers": {
        5.28: "factor of three",
        3.96: "factor of four",
        1.584: "roles",
        1.44: "countries",
        3_960: "four bytes",
        15_840: "1,000",
        132: "Multiply",
    },
    "skewed_feature": {
        "role": "Not role",
        "remote": "Not remote",
        "size": "four features",
        "": "four features",
    },
    "share_for_percent": {
        203.6: "subtract",
        226.3: "subtract",
        -22.7: "other way",
        -10.1: "low ends",
        500: "served.run",
    },
    "processes_needed": {
        2: "queue",
        3.333: "Round up",
        3: "Round up",
        5: "40%",
        1.2: "Divide",
        40: "round up",
    },
    "slow_pages": {
        1: "calls",
        20: "twice",
        81.8: "without",
        0.182: "multiply by 100",
        0.818: "as a fraction",
        50: "power of 20",
    },
}
