import numpy as np
import pytest

from experiments.statistics import error_spending_bounds
from experiments.statistics.sequential.futility import futility_bounds
from tests.experiments.statistics.sequential.brownian import TWENTY, paths


def test_futility_bounds_give_up_what_they_promise():
    """Under the effect planned for, 20% of the tests end below; under none, most end early and below."""
    upper, lower = np.array(error_spending_bounds(TWENTY)), np.array(futility_bounds(TWENTY, power=0.8))
    assert lower[-1] == upper[-1]
    low_drift, high_drift = 2.8, 3.2
    shares = []
    for drift in (low_drift, high_drift):
        z = paths(40_000, drift, seed=5)
        stops_above, stops_below = z >= upper, z < lower
        first_above = np.where(stops_above.any(axis=1), stops_above.argmax(axis=1), 99)
        first_below = np.where(stops_below.any(axis=1), stops_below.argmax(axis=1), 99)
        shares.append((first_below < first_above).mean())
    assert shares[0] > 0.2 > shares[1]
    early = (paths(4_000, 0.0, seed=6)[:, :12] < lower[:12]).any(axis=1)
    assert early.mean() > 0.5


def test_futility_bounds_need_a_plan_to_the_end():
    with pytest.raises(ValueError, match="fraction 1"):
        futility_bounds([0.5, 0.9])
