"""Answers to the exercises of notebook 02."""

import numpy as np
import pandas as pd

RIGHT = {
    "low_end_loss": [18, 18.0, "18", np.float64(18)],
    "adverts_behind": [37_697, "37,697", np.int64(37_697), pd.Series([37_697.0])],
    "scope_months": [{"2024-06", "2024-08"}, ["2024-08", "2024-06"], (pd.Period("2024-06"), "2024-08")],
    "thin_groups": [75.7, "75.7 %", 76],
    "never_seen": ["Software Engineer", " software engineer "],
}
WRONG = {
    "low_end_loss": {2: "other side", 20: "distance", -18: "never negative", 10: "median", 7: "Multiply"},
    "adverts_behind": {
        74_301: "records",
        36_604: "stand alone",
        73_208: "two of them",
        1_093: "one for each pair",
        37_150.5: "Not every record",
        5: "minus pairs",
    },
    "scope_months": {
        ("2024-06",): "one of the two",
        ("2024-06", "2024-09"): "One of the two is right",
        ("2024-06", "2024-08", "2024-09"): "two months only",
        ("2023-01", "2023-02"): "first month",
        "2024-06": "one of the two",
    },
    "thin_groups": {
        0.757: "multiply by 100",
        24.3: "others",
        3.0: "count the groups",
        196: "divide",
        50: "30",
    },
    "never_seen": {"Other": "103", "MLOps Engineer": "10", "Chef": "no such role", "": "no such role"},
}
