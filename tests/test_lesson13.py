"""Notebook 13: what it says of other cuts of the lumps into three parts."""

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def test_about_half_of_the_random_cuts_miss_more_than_they_were_chosen_for():
    lumps = load_breast_cancer(as_frame=True)
    measures, cancer = lumps.data[["mean radius", "mean texture", "mean smoothness"]], lumps.target == 0
    missed = []
    for seed in range(100):
        order = np.random.default_rng(seed).permutation(len(cancer))
        learn, choose, test = (order[start::3] for start in range(3))
        model = make_pipeline(StandardScaler(), LogisticRegression())
        model.fit(measures.iloc[learn], cancer.iloc[learn])
        risk = pd.Series(model.predict_proba(measures)[:, 1])
        threshold = np.quantile(risk[choose][cancer[choose]], 0.05, method="lower")
        missed.append((risk[test][cancer[test]] < threshold).mean())
    assert 0.4 < np.mean(np.array(missed) > 0.05) < 0.6
