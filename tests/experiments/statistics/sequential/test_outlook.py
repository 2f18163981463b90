"""Chances of a win by the plan's end, against the normal distribution and simulation."""

from collections.abc import Sequence
from math import sqrt
from typing import TypeAlias

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

from experiments.statistics.sequential.outlook import (
    FLAT,
    LookAhead,
    PriorPart,
    conditional_power,
    found_with_power,
    power_at_planned_effect,
    predictive_power,
)

Floats: TypeAlias = NDArray[np.float64]


def test_conditional_power_with_one_look_to_come_is_lans_formula():
    # Lan, Simon, Halperin (1982): Phi((z sqrt(t) + drift (1 - t) - bound) / sqrt(1 - t))
    z, t, drift, bound = 1.2, 0.4, 2.8, 1.96
    expected = norm.cdf((z * sqrt(t) + drift * (1 - t) - bound) / sqrt(1 - t))
    assert conditional_power(z, t, [LookAhead(1.0, bound)], drift=drift) == pytest.approx(expected, abs=1e-12)


def test_predictive_power_with_one_look_and_no_prior_is_spiegelhalters_formula():
    # the future mean is normal about the present one: Phi((z - bound sqrt(t)) / sqrt(1 - t)), per Spiegelhalter (1986)
    z, t, bound = 1.2, 0.4, 1.96
    expected = norm.cdf((z - bound * sqrt(t)) / sqrt(1 - t))
    found = predictive_power(z, 4_000, [LookAhead(10_000, bound)])
    assert found == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("prior", [FLAT, [PriorPart(1.0, 1.5)], [PriorPart(0.7, 0.5), PriorPart(0.3, 4.0)]])
def test_predictive_power_over_several_looks_is_what_a_simulation_finds(prior):
    z, ahead, tests = 1.0, [LookAhead(0.5, 2.6), LookAhead(0.75, 2.3), LookAhead(1.0, 2.0)], 400_000
    random = np.random.default_rng(7)
    drift = drifts_after(z, 0.3, prior, tests, random)
    at, before, won = np.full(tests, z * sqrt(0.3)), 0.3, np.zeros(tests, dtype=bool)
    for look in ahead:
        step = look.information - before
        at, before = at + drift * step + sqrt(step) * random.standard_normal(tests), look.information
        won |= at >= look.bound * sqrt(look.information)
    share = won.mean()
    found = predictive_power(z, 0.3, ahead, prior=prior)
    assert found == pytest.approx(share, abs=4 * sqrt(share * (1 - share) / tests) + 1e-3)


def drifts_after(z: float, t: float, prior: Sequence[PriorPart], tests: int, random: np.random.Generator) -> Floats:
    """Draw what the drift may be after z at information t: by Bayes' rule on a grid, for a prior of any shape."""
    drifts = np.linspace(-20, 20, 40_001)
    density = norm.pdf(z * sqrt(t), drifts * t, sqrt(t))
    if prior != FLAT:
        density *= sum(part.weight * norm.pdf(drifts, 0, part.spread) for part in prior)
    return random.choice(drifts, size=tests, p=density / density.sum())


def test_power_at_the_planned_effect_is_80_percent_before_the_first_visitor():
    found = power_at_planned_effect(0.0, 1e-9, [LookAhead(10_000, 1.959964)], alpha=0.05)
    assert found == pytest.approx(0.8, abs=1e-3)


def test_predictive_power_without_looks_to_come_is_none():
    assert predictive_power(3.0, 1.0, []) == 0.0


def test_effect_that_is_found_is_bound_and_power_in_standard_errors():
    # 1.959964 + 0.841621
    assert found_with_power(0.02, 1.959964) == pytest.approx(0.02 * 2.801585, rel=1e-6)
