from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from experiments.statistics import (
    PlanSettings,
    Summary,
    minimum_detectable_effect,
    sample_size_for_mean,
    sample_size_for_proportion,
)
from experiments.statistics.planning import SampleSize, metric_spread


def test_sample_size_for_proportion_finds_the_effect_as_often_as_asked():
    """40,000 simulated tests of 10% against 12% with the pooled z test, three visitors in treatment for each one."""
    size = sample_size_for_proportion(0.1, 0.2, PlanSettings(power=0.9, ratio=3))
    random = np.random.default_rng(1)
    n_control, n_treatment = round(size.control), round(size.treatment)
    control = random.binomial(n_control, 0.1, 40_000) / n_control
    treatment = random.binomial(n_treatment, 0.12, 40_000) / n_treatment
    pooled = (n_control * control + n_treatment * treatment) / (n_control + n_treatment)
    z = (treatment - control) / np.sqrt(pooled * (1 - pooled) * (1 / n_control + 1 / n_treatment))
    assert np.mean(np.abs(z) > 1.959964) == pytest.approx(0.9, abs=0.01)


def test_sample_size_for_proportion_equals_the_textbook():
    """60% against 50%, alpha 5%, power 80%, by hand: (1.95996 sqrt(0.495) + 0.84162 sqrt(0.49))^2 / 0.01 = 387.3."""
    assert sample_size_for_proportion(0.5, 0.2).control == pytest.approx(387.34, abs=0.01)


def test_sample_size_for_mean_finds_the_effect_as_often_as_asked():
    size = sample_size_for_mean(10.0, 20.0, 0.1, PlanSettings(power=0.8, ratio=0.5), treatment_sd=30.0)
    error = sqrt(400 / size.control + 900 / size.treatment)
    assert norm.cdf(1.0 / error - 1.959964) == pytest.approx(0.8, abs=0.001)


def test_sample_size_for_mean_small_sample_needs_more_than_the_normal_says():
    """Cohen 1988, table 2.4.1: d = 0.8 at power 0.8 needs 26 in each arm; the normal approximation says 25."""
    by_t = sample_size_for_mean(100, 100, 0.8)
    by_z = sample_size_for_mean(100, 100, 0.8, is_t=False)
    assert round(by_t.control) == 26
    assert 24 < by_z.control < 25


@settings(deadline=None)
@given(st.floats(0.01, 0.4), st.floats(0.02, 0.5), st.floats(0.1, 9), st.floats(1, 2))
def test_minimum_detectable_effect_of_a_proportion_inverts_the_sample_size(baseline, lift, ratio, inflation):
    wanted = PlanSettings(ratio=ratio, inflation=inflation)
    size = sample_size_for_proportion(baseline, lift, wanted)
    found = minimum_detectable_effect(baseline, size.control, wanted)
    assert found.relative == pytest.approx(lift, rel=1e-6)
    assert found.absolute == pytest.approx(baseline * lift, rel=1e-6)


@settings(deadline=None)
@given(st.floats(0.1, 1e4), st.floats(0.1, 1e4), st.floats(0.01, 1), st.floats(0.1, 9), st.floats(0, 0.9))
def test_minimum_detectable_effect_of_a_mean_inverts_the_sample_size(mean, sd, lift, ratio, reduction):
    wanted = PlanSettings(ratio=ratio, variance_reduction=reduction, inflation=1.05)
    size = sample_size_for_mean(mean, sd, lift, wanted, is_t=False)
    found = minimum_detectable_effect(mean, size.control, wanted, sd=sd)
    assert found.relative == pytest.approx(lift)


def test_minimum_detectable_effect_that_no_rate_reaches_is_infinite():
    assert minimum_detectable_effect(0.9, 5).relative == inf


def test_sample_size_half_the_variance_needs_half_the_visitors():
    plain, adjusted = (
        sample_size_for_mean(5, 40, 0.1, PlanSettings(variance_reduction=r), is_t=False) for r in (0.0, 0.5)
    )
    assert adjusted.control == pytest.approx(plain.control / 2)


def test_sample_size_even_split_needs_the_fewest_visitors():
    totals = [sample_size_for_proportion(0.03, 0.1, PlanSettings(ratio=ratio)).total() for ratio in (0.11, 1, 9)]
    assert min(totals) == totals[1]


def test_sample_size_days_count_every_arm_and_round_up():
    size = SampleSize(100.2, 50.1)
    assert size.total(treatment_arms=2) == 101 + 2 * 51
    assert size.days(50, treatment_arms=2) == 5
    assert size.days(0) == inf


def test_metric_spread_of_a_ratio_equal_the_linearised_values():
    random = np.random.default_rng(2)
    orders = random.poisson(0.3, 500)
    revenue = orders * random.integers(1000, 9000, 500)
    sums = {"orders": int(orders.sum()), "revenue": int(revenue.sum())}
    pairs = {
        ("orders", "orders"): int(orders @ orders),
        ("orders", "revenue"): int(orders @ revenue),
        ("revenue", "revenue"): int(revenue @ revenue),
    }
    summary = Summary.from_sums(500, sums, pairs)
    ratio = revenue.sum() / orders.sum()
    found = metric_spread(summary, "revenue", "orders")
    assert found is not None
    assert found.mean == pytest.approx(ratio)
    assert found.sd == pytest.approx(np.std((revenue - ratio * orders) / orders.mean(), ddof=1))
    plain = metric_spread(summary, "revenue")
    assert plain is not None
    assert (plain.mean, plain.sd) == pytest.approx((revenue.mean(), revenue.std(ddof=1)))


def test_metric_spread_without_a_denominator_is_missing():
    empty = Summary.from_sums(9, {"a": 1, "b": 0}, {("a", "a"): 1, ("a", "b"): 0, ("b", "b"): 0})
    assert metric_spread(empty, "a", "b") is None
    assert metric_spread(Summary.from_sums(1, {"a": 1}, {("a", "a"): 1}), "a") is None


@pytest.mark.parametrize(
    "options", [{"alpha": 0}, {"power": 1}, {"power": 0.01}, {"ratio": 0}, {"inflation": 0.5}], ids=str
)
def test_plan_settings_that_make_no_test_are_refused(options):
    with pytest.raises(ValueError, match="need 0 < alpha"):
        PlanSettings(**options)


@pytest.mark.parametrize("reduction", [-0.1, 1.0])
def test_plan_settings_impossible_variance_reduction_is_refused(reduction):
    with pytest.raises(ValueError, match="variance reduction"):
        PlanSettings(variance_reduction=reduction)


@pytest.mark.parametrize(("baseline", "lift"), [(0, 0.1), (1, -0.1), (0.9, 0.2), (0.5, 0)])
def test_sample_size_for_proportion_impossible_rates_are_refused(baseline, lift):
    with pytest.raises(ValueError, match="both rates"):
        sample_size_for_proportion(baseline, lift)


def test_sample_size_for_mean_without_effect_is_refused():
    with pytest.raises(ValueError, match="effect"):
        sample_size_for_mean(10, 5, 0)


@pytest.mark.parametrize(("ratio", "customers"), [(1, 9_800), (9, 27_200)])
def test_sample_size_of_customers_who_reorder_is_what_a_holdout_of_a_tenth_makes_nearly_three_times(ratio, customers):
    # 8% order again in 30 days, orders vary by 80% of their mean: (z_a + z_b)^2 (1 + 0.8^2 - 0.08) / 0.08 / 0.25^2,
    # times (1 + ratio)^2 / ratio; worked out by hand as 9,790 and 27,190
    share, variation = 0.08, 0.8
    sd = share * sqrt((1 + variation**2) / share - 1)
    size = sample_size_for_mean(share, sd, 0.25, PlanSettings(ratio=ratio))
    assert size.control * (1 + ratio) == pytest.approx(customers, rel=0.001)
