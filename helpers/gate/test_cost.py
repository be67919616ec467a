"""What serving costs: time for one advert, bytes to load."""

import time

import numpy as np

SLOWEST = 0.05
"""Seconds for one advert, half of all requests: a quarter of what a person notices, and a machine may be busy."""

LARGEST = 1_000_000
"""Bytes."""


def test_latency_of_one_advert(candidate):
    job, times = {"role": ["ML Engineer"], "level": ["SE"], "remote": [0], "country": ["US"]}, []
    for _ in range(50):
        start = time.perf_counter()
        candidate.run(job)
        times.append(time.perf_counter() - start)
    assert np.median(times) < SLOWEST, "one advert takes too long"


def test_size_of_the_file(candidate_bytes):
    assert len(candidate_bytes) < LARGEST, f"{len(candidate_bytes):,} bytes"
