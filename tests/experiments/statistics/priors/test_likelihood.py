"""A test's own figures as a density: its interval, its estimate and its tail are the test's."""

from math import exp, inf, log

import numpy as np
import pytest
from scipy import stats

from experiments.statistics import Comparison, Interval
from experiments.statistics.priors.likelihood import EffectLikelihood

SKEWED = Interval(1.17, 0.57, 2.27)  # Hillstrom's men's e-mail


def test_likelihood_of_an_even_interval_is_normal():
    lift = Interval(exp(0.2) - 1, exp(0.2 - 1.96 * 0.05) - 1, exp(0.2 + 1.96 * 0.05) - 1)
    likelihood = EffectLikelihood.of_interval(lift)
    assert likelihood is not None
    assert (likelihood.middle, likelihood.scale, likelihood.skew) == pytest.approx((0.2, 0.05, 0.0), abs=1e-5)
    x = np.linspace(0, 0.4, 5)
    expected = stats.norm.logpdf(x, 0.2, 0.05)
    found = likelihood.log_density(x)
    assert found - found[2] == pytest.approx(expected - expected[2], rel=1e-4)


def test_likelihood_of_an_uneven_interval_has_its_ends_and_its_estimate():
    likelihood = EffectLikelihood.of_interval(SKEWED)
    assert likelihood is not None
    assert likelihood.skew > 0
    known = np.log1p(np.array([0.57, 1.17, 2.27]))
    assert likelihood.z(known) == pytest.approx([-1.959964, 0, 1.959964], abs=1e-6)
    assert likelihood.effects(np.array([-1.959964, 0, 1.959964])) == pytest.approx(known, abs=1e-6)


def test_likelihood_holds_95_percent_within_the_interval():
    """By numerical integration of the density, which must be the derivative of the confidence level."""
    likelihood = EffectLikelihood.of_interval(SKEWED)
    assert likelihood is not None
    x = np.linspace(-3, 6, 200_001)
    density = np.exp(likelihood.log_density(x))
    within = (x >= log(1.57)) & (x <= log(3.27))
    assert np.trapezoid(density[within], x[within]) / np.trapezoid(density, x) == pytest.approx(0.95, abs=2e-4)


def test_effects_undo_z_far_outside_too():
    likelihood = EffectLikelihood(0.1, 0.05, 0.3)
    z = np.array([-6.0, -1.0, 0.0, 1.5, 4.0])
    assert likelihood.z(likelihood.effects(z)) == pytest.approx(z)


def test_likelihood_of_another_level_is_as_wide_as_that_says():
    wide = EffectLikelihood.of_interval(Interval(0.0, exp(-0.258) - 1, exp(0.258) - 1), alpha=0.01)
    assert wide is not None
    assert wide.scale == pytest.approx(0.258 / stats.norm.ppf(0.995), rel=1e-6)


def test_likelihood_with_one_end_takes_the_other_side_as_wide():
    likelihood = EffectLikelihood.of_interval(Interval(0.5, 0.2, inf))
    assert likelihood is not None
    assert likelihood.skew == 0
    assert likelihood.scale == pytest.approx(log(1.5 / 1.2) / 1.959964, rel=1e-6)


def test_likelihood_without_ends_goes_by_the_delta_methods_error():
    comparison = Comparison(
        control=1.0, treatment=1.2, lift=Interval(0.2, -inf, inf), lift_standard_error=0.12, method="welch"
    )
    likelihood = EffectLikelihood.of_comparison(comparison)
    assert likelihood is not None
    assert (likelihood.middle, likelihood.scale, likelihood.skew) == pytest.approx((log(1.2), 0.1, 0.0))


@pytest.mark.parametrize("lift", [None, Interval(None, None, None), Interval(-1.0, -1.0, 0.5)])
def test_likelihood_of_nothing_is_none(lift):
    comparison = Comparison(control=1.0, treatment=0.0, lift=lift, method="score", lift_standard_error=0.1)
    assert EffectLikelihood.of_comparison(comparison) is None
