"""Partial pooling beside the same model integrated by brute force, and what it must do at its ends."""

import numpy as np
import pytest

from experiments.statistics.partial_pooling import SPREAD, partial_pooling

CASES = [
    ([0.10, -0.05, 0.02], [0.033, 0.019, 0.051]),
    ([0.3, -0.2], [0.1, 0.1]),
    ([0.05, 0.06, 0.04, 0.05], [0.01, 0.2, 0.03, 0.4]),
]


@pytest.mark.parametrize(("estimates", "errors"), CASES)
def test_pooled_effects_equal_those_of_sampled_means_and_spreads(estimates, errors):
    rng = np.random.default_rng(11)
    draws = 400_000
    spread = np.abs(rng.normal(0, SPREAD, draws))
    mean = rng.uniform(-1.5, 1.5, draws)
    true = mean[:, None] + spread[:, None] * rng.normal(size=(draws, len(estimates)))
    weights = np.exp(-0.5 * (((np.array(estimates) - true) / np.array(errors)) ** 2).sum(axis=1))
    # few draws of an exact effect are near the data: the tolerance is several Monte Carlo errors
    effective = weights.sum() ** 2 / (weights**2).sum()
    expected = weights @ true / weights.sum()
    sd = np.sqrt(weights @ true**2 / weights.sum() - expected**2)
    found = partial_pooling(estimates, errors)
    for one, value, deviation in zip(found, expected, sd, strict=True):
        assert one.estimate == pytest.approx(value, abs=5 * deviation / np.sqrt(effective) + 0.002)
        assert one.high is not None
        assert one.estimate is not None
        assert (one.high - one.estimate) / 1.96 == pytest.approx(deviation, rel=0.1)


def test_effect_of_few_orders_is_drawn_to_the_others_and_a_sure_one_stays():
    sure, unsure, other = partial_pooling([0.02, 0.80, 0.03], [0.01, 0.60, 0.01])
    assert sure.estimate == pytest.approx(0.02, abs=0.005)
    assert other.estimate == pytest.approx(0.03, abs=0.005)
    assert unsure.estimate is not None
    assert unsure.estimate < 0.1


def test_effects_lie_between_their_own_and_the_common_mean_and_are_surer_than_alone():
    estimates, errors = [0.2, 0.0, -0.1, 0.05], [0.1, 0.1, 0.1, 0.1]
    mean = sum(estimates) / 4
    for own, one in zip(estimates, partial_pooling(estimates, errors), strict=True):
        assert one.estimate is not None
        assert min(own, mean) - 1e-9 <= one.estimate <= max(own, mean) + 1e-9
        assert one.high is not None
        assert (one.high - one.estimate) / 1.959964 < 0.1


REFUSED = [([], []), ([0.1], [0.1]), ([0.1, 0.2], [0.1, 0.0]), ([0.1, 0.2], [0.1])]


@pytest.mark.parametrize(("estimates", "errors"), REFUSED)
def test_effects_that_can_not_be_pooled_are_refused(estimates, errors):
    with pytest.raises(ValueError, match="at least two effects"):
        partial_pooling(estimates, errors)
