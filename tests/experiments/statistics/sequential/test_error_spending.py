from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from experiments.statistics import error_spending_bounds
from experiments.statistics.sequential.error_spending import (
    chance_to_cross,
    nominal_level,
    sequential_inflation,
    spending_bounds,
)
from tests.experiments.statistics.sequential.brownian import TWENTY, paths

FRACTIONS = (
    st.lists(st.integers(1, 1000), min_size=1, max_size=12, unique=True)
    .map(sorted)
    .map(lambda looks: [look / 1000 for look in looks])
)


def test_bounds_linear_spending_equals_the_published_table():
    """Lan and DeMets 1983, spending 0.05 t at five equal looks."""
    bounds = error_spending_bounds([0.2, 0.4, 0.6, 0.8, 1.0], rho=1.0)
    assert bounds == pytest.approx([2.58, 2.49, 2.41, 2.34, 2.28], abs=0.006)


def test_bounds_single_look_is_the_fixed_test():
    assert error_spending_bounds([1.0]) == pytest.approx([1.959963984540054])


@pytest.mark.slow
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


@given(st.floats(0.1, 8))
def test_nominal_level_is_the_p_value_of_the_bound(bound):
    assert nominal_level(bound) == pytest.approx(2 * norm.sf(bound))


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


def test_spending_bounds_plan_that_spends_nothing_has_none():
    assert spending_bounds([5_000, 10_000], [0.0, 0.0]) == [inf, inf]


def test_crossing_without_a_bound_has_no_chance():
    assert chance_to_cross([0.5, 1.0], [inf, inf], 2.0) == 0.0
