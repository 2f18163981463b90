"""Simulated tests at twenty equal looks."""

from math import sqrt

import numpy as np

TWENTY = [look / 20 for look in range(1, 21)]


def paths(tests: int, drift: float, seed: int) -> np.ndarray:
    """z at twenty equal looks of Brownian motions with this mean at the end."""
    steps = np.random.default_rng(seed).normal(drift / 20, sqrt(1 / 20), size=(tests, 20))
    return steps.cumsum(axis=1) / np.sqrt(TWENTY)
