from collections.abc import Sequence
from math import exp, inf, lgamma, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from experiments.statistics import Reason, sample_ratio_mismatch

SPLITS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 100)), min_size=2, max_size=6).filter(
    lambda arms: any(count for count, _ in arms)
)


def log_bayes_factor(observed: Sequence[int], weights: Sequence[int], concentration: float = 100) -> float:
    shares = [weight / sum(weights) for weight in weights]
    value = lgamma(concentration) - lgamma(concentration + sum(observed))
    for count, share in zip(observed, shares, strict=True):
        prior = concentration * share
        value += lgamma(prior + count) - lgamma(prior) - count * log(share)
    return value


def always_valid_p(observed: Sequence[int], weights: Sequence[float]) -> float:
    p_value = sample_ratio_mismatch(observed, weights).always_valid_p_value
    assert p_value is not None
    return p_value


@settings(deadline=None)
@given(SPLITS)
def test_sample_ratio_p_value_equals_scipy_chisquare(arms):
    observed, weights = zip(*arms, strict=True)
    expected = np.array(weights) / sum(weights) * sum(observed)
    result = sample_ratio_mismatch(observed, weights)
    assert result.p_value == pytest.approx(stats.chisquare(observed, expected).pvalue, rel=1e-7, abs=1e-300)
    assert result.expected == pytest.approx(expected)


@settings(deadline=None)
@given(SPLITS)
def test_sample_ratio_always_valid_p_equals_the_bayes_factor_by_lgamma(arms):
    observed, weights = zip(*arms, strict=True)
    expected = min(1.0, exp(min(0.0, -log_bayes_factor(observed, weights))))
    result = sample_ratio_mismatch(observed, weights).always_valid_p_value
    assert result == pytest.approx(expected, rel=1e-5, abs=1e-300)


@settings(deadline=None)
@given(SPLITS)
def test_sample_ratio_of_several_concentrations_is_the_mean_of_their_bayes_factors(arms):
    observed, weights = zip(*arms, strict=True)
    logs = [log_bayes_factor(observed, weights, concentration) for concentration in (10, 1_000, 100_000)]
    expected = min(1.0, exp(min(0.0, -(np.logaddexp.reduce(logs) - log(3)))))
    result = sample_ratio_mismatch(observed, weights, concentration=(10, 1_000, 100_000))
    assert result.always_valid_p_value == pytest.approx(expected, rel=1e-4, abs=1e-300)


@settings(deadline=None)
@given(SPLITS, st.integers(1, 1000))
def test_sample_ratio_scaling_weights_changes_nothing(arms, factor):
    observed, weights = zip(*arms, strict=True)
    once, scaled = (sample_ratio_mismatch(observed, [w * f for w in weights]) for f in (1, factor))
    assert scaled.p_value == pytest.approx(once.p_value, rel=1e-9)
    assert scaled.always_valid_p_value == pytest.approx(once.always_valid_p_value, rel=1e-9)


def test_sample_ratio_two_arms_has_one_degree_of_freedom():
    result = sample_ratio_mismatch([5100, 4900], [1, 1])
    assert result.df == 1
    assert result.chi_square == pytest.approx(4.0)
    assert result.p_value == pytest.approx(0.04550026389635842)


def test_sample_ratio_arm_without_weight_does_not_count():
    assert sample_ratio_mismatch([5100, 4900, 0], [1, 1, 0]).p_value == pytest.approx(0.04550026389635842)


def test_sample_ratio_visitor_in_an_arm_without_weight_is_impossible():
    result = sample_ratio_mismatch([5000, 5000, 1], [1, 1, 0])
    assert (result.p_value, result.always_valid_p_value, result.chi_square) == (0.0, 0.0, inf)


@pytest.mark.parametrize(
    ("observed", "weights", "reason"), [([3, 4], [0, 0], Reason.NO_WEIGHT), ([0, 0], [1, 1], Reason.NO_UNITS)]
)
def test_sample_ratio_without_visitors_or_weights_is_unavailable(observed, weights, reason):
    result = sample_ratio_mismatch(observed, weights)
    assert result.unavailable == reason
    assert result.p_value is None


@pytest.mark.parametrize(("observed", "weights"), [([-1, 2], [1, 1]), ([1, 2], [1]), ([1, 2], [1, inf])])
def test_sample_ratio_impossible_input_is_refused(observed, weights):
    with pytest.raises(ValueError, match=r"per arm|finite"):
        sample_ratio_mismatch(observed, weights)


@pytest.mark.slow
def test_sample_ratio_daily_looks_alarm_rarely_under_the_planned_split():
    random = np.random.default_rng(1)
    tests, days = 400, 30
    daily = random.multinomial(500, [0.9, 0.1], size=(tests, days)).cumsum(axis=1)
    ever = sum(any(always_valid_p(day, [9, 1]) < 0.05 for day in test) for test in daily.tolist())
    assert ever <= 0.05 * tests + 3 * np.sqrt(tests * 0.05 * 0.95)


def test_sample_ratio_daily_looks_find_a_lasting_mismatch():
    random = np.random.default_rng(2)
    last = random.multinomial(20_000, [0.52, 0.48]).tolist()
    assert always_valid_p(last, [1, 1]) < 0.001


@pytest.mark.parametrize("concentration", [0.0, (), (100.0, -1.0)])
def test_sample_ratio_impossible_concentration_is_refused(concentration):
    with pytest.raises(ValueError, match="positive"):
        sample_ratio_mismatch([3, 4], [1, 1], concentration=concentration)
