from math import exp, inf, log, log1p, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import multivariate_normal, norm

from experiments.statistics import (
    Comparison,
    Interval,
    Method,
    Reason,
    confidence_sequence,
    error_spending_bounds,
)
from experiments.statistics.sequential import (
    chance_to_cross,
    futility_bounds,
    mixture_rho,
    nominal_level,
    sequential_inflation,
    spending_bounds,
)

TWENTY = [look / 20 for look in range(1, 21)]
FRACTIONS = (
    st.lists(st.integers(1, 1000), min_size=1, max_size=12, unique=True)
    .map(sorted)
    .map(lambda looks: [look / 1000 for look in looks])
)


def paths(tests: int, drift: float, seed: int) -> np.ndarray:
    """z at twenty equal looks of Brownian motions with this mean at the end."""
    steps = np.random.default_rng(seed).normal(drift / 20, sqrt(1 / 20), size=(tests, 20))
    return steps.cumsum(axis=1) / np.sqrt(TWENTY)


def test_bounds_linear_spending_equals_the_published_table():
    """Lan and DeMets 1983, spending 0.05 t at five equal looks."""
    bounds = error_spending_bounds([0.2, 0.4, 0.6, 0.8, 1.0], rho=1.0)
    assert bounds == pytest.approx([2.58, 2.49, 2.41, 2.34, 2.28], abs=0.006)


def test_bounds_single_look_is_the_fixed_test():
    assert error_spending_bounds([1.0]) == pytest.approx([1.959963984540054])


@pytest.mark.parametrize("rho", [1.0, 2.0, 3.0])
def test_bounds_equal_the_multivariate_normal(rho):
    fractions = np.array([0.3, 0.5, 1.0])
    bounds = np.array(error_spending_bounds(fractions, rho=rho))
    correlation = np.sqrt(np.minimum.outer(fractions, fractions) / np.maximum.outer(fractions, fractions))
    inside = multivariate_normal.cdf(bounds, cov=correlation, lower_limit=-bounds, abseps=1e-8, maxpts=10**6)
    assert 1 - inside == pytest.approx(0.05, abs=1e-7)
    first_two = multivariate_normal.cdf(bounds[:2], cov=correlation[:2, :2], lower_limit=-bounds[:2], abseps=1e-10)
    assert 1 - first_two == pytest.approx(0.05 * 0.5**rho, abs=1e-8)


@pytest.mark.parametrize(("looks", "constant"), [(2, 2.178), (5, 2.413), (10, 2.555), (20, 2.672)])
def test_crossing_pocock_constants_equal_the_published_level(looks, constant):
    """Jennison and Turnbull 2000, table 2.1, two-sided 5%."""
    fractions = [look / looks for look in range(1, looks + 1)]
    assert 2 * chance_to_cross(fractions, [constant] * looks, 0.0) == pytest.approx(0.05, abs=1.5e-4)


@pytest.mark.parametrize(("looks", "constant"), [(2, 1.977), (5, 2.040), (10, 2.087), (20, 2.126)])
def test_crossing_obrien_fleming_constants_equal_the_published_level(looks, constant):
    """Jennison and Turnbull 2000, table 2.3, two-sided 5%."""
    fractions = [look / looks for look in range(1, looks + 1)]
    bounds = [constant / sqrt(fraction) for fraction in fractions]
    assert 2 * chance_to_cross(fractions, bounds, 0.0) == pytest.approx(0.05, abs=1.5e-4)


@settings(deadline=None)
@given(FRACTIONS, st.sampled_from([0.01, 0.05, 0.2]), st.sampled_from([1.0, 2.0, 3.0]))
def test_bounds_spend_the_error_rate_and_no_more(fractions, alpha, rho):
    bounds = error_spending_bounds(fractions, alpha=alpha, rho=rho)
    assert 2 * chance_to_cross(fractions, bounds, 0.0) == pytest.approx(alpha * fractions[-1] ** rho, rel=1e-5)


@settings(deadline=None)
@given(FRACTIONS)
def test_bounds_later_looks_change_no_earlier_bound(fractions):
    assert error_spending_bounds([*fractions, 1.5])[: len(fractions)] == error_spending_bounds(fractions)


def test_bounds_look_after_the_whole_sample_spends_nothing():
    assert error_spending_bounds([0.5, 1.2, 1.3])[2] == inf
    assert error_spending_bounds([0.5, 1.2])[1] < error_spending_bounds([0.5, 0.9])[1]


def test_bounds_look_that_adds_nothing_spends_nothing():
    near, alone = error_spending_bounds([0.5, 0.50001, 1.0]), error_spending_bounds([0.5, 1.0])
    assert near == [alone[0], inf, alone[1]]


def test_bounds_hold_the_error_rate_over_twenty_simulated_looks():
    crossed = (np.abs(paths(40_000, 0.0, seed=3)) >= error_spending_bounds(TWENTY)).any(axis=1)
    assert crossed.mean() == pytest.approx(0.05, abs=0.0044)


@pytest.mark.parametrize("fractions", [[], [0.0, 1.0], [0.5, 0.5], [0.6, 0.4], [-0.1], [float("nan")], [inf]])
def test_bounds_fractions_that_do_not_ascend_are_refused(fractions):
    with pytest.raises(ValueError, match="ascend"):
        error_spending_bounds(fractions)


@pytest.mark.parametrize("alpha", [0.0, 1.0, -1.0])
def test_bounds_impossible_error_rate_is_refused(alpha):
    with pytest.raises(ValueError, match="between 0 and 1"):
        error_spending_bounds([1.0], alpha=alpha)


def test_inflation_keeps_the_power_of_simulated_tests():
    drift = (norm.ppf(0.975) + norm.ppf(0.8)) * sqrt(sequential_inflation(TWENTY, power=0.8))
    crossed = (paths(40_000, drift, seed=4) >= error_spending_bounds(TWENTY)).any(axis=1)
    assert crossed.mean() == pytest.approx(0.8, abs=0.008)


def test_inflation_single_look_needs_no_more_visitors():
    assert sequential_inflation([1.0]) == pytest.approx(1.0, abs=1e-4)


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


@given(st.floats(0.1, 8))
def test_nominal_level_is_the_p_value_of_the_bound(bound):
    assert nominal_level(bound) == pytest.approx(2 * norm.sf(bound))


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
    result = confidence_sequence(comparison(0.2, 0.05), n=400, n_star=1, tau=0.1)
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


def test_spending_bounds_of_fractions_are_those_of_error_spending():
    fractions = [0.2, 0.5, 0.9, 1.02, 1.2]
    spent = [0.05 * min(t, 1.0) ** 3 for t in fractions]
    wanted = error_spending_bounds(fractions)
    assert spending_bounds([20_000 * t for t in fractions], spent) == pytest.approx(wanted, rel=1e-9)
    assert wanted[-1] == inf


def test_spending_bounds_change_of_plan_leaves_earlier_bounds_and_the_whole_error():
    """A plan of 10,000 becomes one of 40,000 after two looks: what was spent stays spent."""
    first = spending_bounds([5_000, 8_000], [0.05 * 0.5**3, 0.05 * 0.8**3])
    spent = [0.05 * 0.5**3, 0.05 * 0.8**3, 0.05 * 0.8**3, 0.05]
    bounds = spending_bounds([5_000, 8_000, 20_000, 40_000], spent)
    assert bounds[:2] == pytest.approx(first)
    assert bounds[2] == inf  # half of the new plan would have spent less than was spent already
    rng = np.random.default_rng(5)
    steps = rng.standard_normal((200_000, 3)) * np.sqrt([5, 3, 32])
    z = np.cumsum(steps, axis=1) / np.sqrt([5, 8, 40])
    crossed = (np.abs(z) >= [bounds[0], bounds[1], bounds[3]]).any(axis=1)
    assert crossed.mean() == pytest.approx(0.05, abs=4 * sqrt(0.05 * 0.95 / 200_000))


def test_spending_bounds_look_that_lost_visitors_has_none():
    bounds = spending_bounds([5_000, 4_900, 5_000, 10_000], [0.01, 0.01, 0.011, 0.05])
    assert bounds[1] == bounds[2] == inf
    assert bounds[3] == pytest.approx(spending_bounds([5_000, 10_000], [0.01, 0.05])[1])


@pytest.mark.parametrize(
    ("information", "spent"), [([1, 2], [0.02, 0.01]), ([-1], [0.01]), ([inf], [0.01]), ([1], [1.0])]
)
def test_spending_bounds_impossible_plan_is_refused(information, spent):
    with pytest.raises(ValueError, match="never falls"):
        spending_bounds(information, spent)
