from math import exp, log, log1p, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from experiments.statistics import Comparison, Interval, Method, Reason, confidence_sequence
from experiments.statistics.sequential.confidence_sequence import mixture_rho


def comparison(estimate: float, error: float | None) -> Comparison:
    difference = Interval(estimate, None, None)
    return Comparison(
        control=1.0, treatment=1.0 + estimate, difference=difference, standard_error=error, method=Method.WELCH
    )


@given(st.floats(-5, 5), st.floats(0.01, 10), st.integers(10, 10**6), st.sampled_from([0.01, 0.05]))
def test_confidence_sequence_excludes_zero_exactly_when_p_is_below_alpha(z, error, n, alpha):
    result = confidence_sequence(comparison(z * error, error), n=n, n_star=10_000, alpha=alpha)
    assert result.low is not None
    assert result.high is not None
    assert result.p_value is not None
    assert (result.low > 0 or result.high < 0) == (result.p_value < alpha)


def test_confidence_sequence_equals_the_mixture_likelihood_ratio():
    """Mean of 400 draws of unit variance: 0.2, so z = 4; mixture N(0, 0.1^2): m = 400 * 0.01 = 4."""
    result = confidence_sequence(comparison(0.2, 0.05), n=400, n_star=1, rho=0.1 / 0.05 / sqrt(400))
    draw_ratio = norm.pdf(0.2, 0, sqrt(0.05**2 + 0.1**2)) / norm.pdf(0.2, 0, 0.05)
    assert result.p_value == pytest.approx(1 / draw_ratio)
    assert result.high == pytest.approx(0.2 + 0.05 * sqrt(1.25 * (log(5) + 2 * log(20))))


@pytest.mark.parametrize("is_exact", [True, False])
def test_mixture_rho_makes_the_sequence_narrowest_at_n_star(is_exact):
    n_star, alpha = 5000.0, 0.05

    def width(log_rho: float) -> float:
        spread = n_star * exp(2 * log_rho)
        return (1 + spread) / spread * (log1p(spread) - 2 * log(alpha))

    best = minimize_scalar(width, bracket=(-4, -3), tol=1e-12).x
    rho = mixture_rho(n_star, alpha, is_exact=is_exact)
    assert width(log(rho)) == pytest.approx(width(best), rel=1e-9 if is_exact else 1e-3)


def test_confidence_sequence_covers_at_every_look_at_once():
    """2,000 tests of 100 looks at 50 unit normals each: the true mean 0 stays inside in at least 95%."""
    means = np.random.default_rng(7).normal(0, sqrt(1 / 50), size=(2000, 100)).cumsum(axis=1) / np.arange(1, 101)
    missed = np.zeros(2000, dtype=bool)
    for look in range(100):
        n = 50 * (look + 1)
        unit = confidence_sequence(comparison(0.0, 1 / sqrt(n)), n=n, n_star=2500)
        assert unit.high is not None
        missed |= np.abs(means[:, look]) > unit.high
    assert missed.mean() <= 0.05


def test_confidence_sequence_too_few_buyers_is_too_early():
    result = confidence_sequence(comparison(0.1, 0.1), n=9000, n_star=10_000, fewest_buyers=99)
    assert result.unavailable == Reason.TOO_EARLY
    assert result.p_value is None
    assert confidence_sequence(comparison(0.1, 0.1), n=9000, n_star=10_000, fewest_buyers=100).unavailable is None


@pytest.mark.parametrize(("error", "reason"), [(None, Reason.NO_UNITS), (0.0, Reason.ZERO_VARIANCE)])
def test_confidence_sequence_without_a_standard_error_is_unavailable(error, reason):
    assert confidence_sequence(comparison(0.1, error), n=10, n_star=10).unavailable == reason
