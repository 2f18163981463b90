import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from experiments.statistics import Summary, compare_means, compare_ratios
from experiments.statistics.money.arms import MetricColumns, arm_sums_of
from experiments.statistics.money.score import ArmSums, mean_statistic, ratio_statistic
from experiments.statistics.money.skew import normal_score
from tests.experiments.statistics.samples import summarise

RPV, AOV = MetricColumns("revenue"), MetricColumns("revenue", "orders")


def shop(visitors: int, *, seed: int, conversion: float = 0.2, factor: float = 1.0, sigma: float = 1.0) -> Summary:
    """Visitors of whom some buy, once or twice, for lognormal values that go with the value of their cart."""
    rng = np.random.default_rng(seed)
    cart = rng.normal(size=visitors)
    orders = (rng.random(visitors) < conversion) * (1 + (rng.random(visitors) < 0.2))
    values = np.exp(sigma * (0.7 * cart + 0.7 * rng.normal(size=visitors)))
    return summarise(
        {
            "orders": orders.tolist(),
            "revenue": np.rint(3_000 * factor * orders * values).astype(int).tolist(),
            "cart_value": np.rint(4_000 * np.exp(cart)).astype(int).tolist(),
        }
    )


CONTROL, TREATMENT = shop(900, seed=1), shop(500, seed=2, factor=1.2)


def residual_moments(rows: Any, ratio: float) -> Any:
    residuals = rows[:, 0] - ratio * rows[:, 1]
    return (residuals**2).sum(), (residuals**3).sum()


def arm_of_rows(rows: Any, n: int) -> ArmSums:
    y, d = rows.T
    return ArmSums(
        n, y.sum(), d.sum(), (y * y).sum(), (y * d).sum(), (d * d).sum(),
        (y**3).sum(), (y * y * d).sum(), (y * d * d).sum(), (d**3).sum(),
    )  # fmt: skip


def test_ratio_statistic_without_lift_pools_the_residuals_of_all_orders() -> None:
    control = np.array([[900, 1], [2_400, 1], [5_300, 2], [700, 1], [1_500, 1]], dtype=float)
    treatment = np.array([[3_900, 1], [1_200, 1], [8_000, 2]], dtype=float)
    orders_c, orders_t = control[:, 1].sum(), treatment[:, 1].sum()
    ratio = (control[:, 0].sum() + treatment[:, 0].sum()) / (orders_c + orders_t)
    square, cube = np.add(residual_moments(control, ratio), residual_moments(treatment, ratio)) / (orders_c + orders_t)
    se = math.sqrt(square * (1 / orders_c + 1 / orders_t))
    result = ratio_statistic(0.0, arm_of_rows(control, 80), arm_of_rows(treatment, 60))
    assert result.score == pytest.approx((treatment[:, 0].sum() / orders_t - control[:, 0].sum() / orders_c) / se)
    assert result.skewness == pytest.approx(cube * (1 / orders_t**2 - 1 / orders_c**2) / se**3)


def test_mean_statistic_at_the_estimate_has_the_moments_of_both_arms_own_shares() -> None:
    """With equal spreads either side there is nothing to pool away: the noise is the visitors' own."""
    values = np.array([1_000.0, 1_500, 2_600, 900])
    rows = np.column_stack((values, np.ones(4)))
    visitors = np.concatenate((values, np.zeros(36)))
    arm = arm_of_rows(rows, 40)
    noise = mean_statistic(0.0, arm, arm).noise
    assert noise.error_c == pytest.approx(visitors.var() / 40)
    assert noise.error_t == pytest.approx(visitors.var() / 40)
    assert noise.third_c == pytest.approx(((visitors - visitors.mean()) ** 3).mean() / 40**2)


def stack(arms: list[ArmSums]) -> Any:
    """One arm whose sums are arrays."""
    return ArmSums(**{name: np.array([getattr(arm, name) for arm in arms]) for name in ArmSums._fields})  # type: ignore[arg-type]


@pytest.mark.parametrize("statistic", [ratio_statistic, mean_statistic])
def test_statistic_of_arrays_is_that_of_each_number(statistic: Any) -> None:
    metric = AOV if statistic is ratio_statistic else RPV
    pairs = [(shop(400, seed=10 + i), shop(300, seed=20 + i)) for i in range(3)]
    controls, treatments = ([arm_sums_of(summary, metric) for summary in side] for side in zip(*pairs, strict=True))
    together = statistic(0.07, stack(controls), stack(treatments))
    for i, (control, treatment) in enumerate(pairs):
        alone = statistic(0.07, arm_sums_of(control, metric), arm_sums_of(treatment, metric))
        assert together.score[i] == pytest.approx(alone.score)
        assert together.skewness[i] == pytest.approx(alone.skewness)


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.3])
@pytest.mark.parametrize(("metric", "statistic"), [(RPV, mean_statistic), (AOV, ratio_statistic)])
def test_interval_of_the_lift_ends_where_the_score_is_z(metric: MetricColumns, statistic: Any, alpha: float) -> None:
    result: Any = (
        compare_means(CONTROL, TREATMENT, "revenue", method="score", alpha=alpha)
        if metric is RPV
        else compare_ratios(CONTROL, TREATMENT, "revenue", "orders", method="score", alpha=alpha)
    )
    arms = arm_sums_of(CONTROL, metric), arm_sums_of(TREATMENT, metric)
    for end, z in ((result.lift.low, -norm.ppf(alpha / 2)), (result.lift.high, norm.ppf(alpha / 2))):
        at_end = statistic(math.log1p(end), *arms)
        assert normal_score(at_end.score, at_end.skewness) == pytest.approx(z, rel=1e-7)


def test_difference_is_the_lift_times_controls_value_under_the_hypothesis() -> None:
    result: Any = compare_ratios(CONTROL, TREATMENT, "revenue", "orders", method="score")
    arms = arm_sums_of(CONTROL, AOV), arm_sums_of(TREATMENT, AOV)
    assert result.difference.estimate == pytest.approx(result.lift.estimate * result.control)
    for end, lift in ((result.difference.low, result.lift.low), (result.difference.high, result.lift.high)):
        pooled = (arms[0].y + arms[1].y / (1 + lift)) / (arms[0].d + arms[1].d)
        assert end == pytest.approx(lift * pooled, rel=1e-6)


def test_order_value_does_not_depend_on_visitors_who_do_not_buy() -> None:
    onlookers = summarise({"orders": [0] * 400, "revenue": [0] * 400, "cart_value": [0] * 400})
    result = compare_ratios(CONTROL, TREATMENT, "revenue", "orders", method="score")
    crowded = compare_ratios(CONTROL, TREATMENT + onlookers, "revenue", "orders", method="score")
    assert crowded.p_value == pytest.approx(result.p_value)


def test_score_and_welch_agree_on_large_samples() -> None:
    control, treatment = (shop(900, seed=seed, sigma=0.5) for seed in (3, 4))
    for _ in range(6):
        control, treatment = control + control, treatment + treatment
    for compare, columns in ((compare_means, ["revenue"]), (compare_ratios, ["revenue", "orders"])):
        for covariate in (None, "cart_value"):
            score: Any = compare(control, treatment, *columns, covariate=covariate, method="score")
            welch: Any = compare(control, treatment, *columns, covariate=covariate, method="welch")
            assert score.control == pytest.approx(welch.control)
            assert score.treatment == pytest.approx(welch.treatment)
            assert score.standard_error == pytest.approx(welch.standard_error, rel=0.02)
            assert score.lift_standard_error == pytest.approx(welch.lift_standard_error, rel=0.02)
            assert score.lift.low == pytest.approx(welch.lift.low, abs=0.05 * score.lift_standard_error)
            assert score.lift.high == pytest.approx(welch.lift.high, abs=0.05 * score.lift_standard_error)
            if covariate:
                assert score.theta == pytest.approx(welch.theta)
                assert score.variance_reduction == pytest.approx(welch.variance_reduction, abs=0.02)


def test_covariate_that_goes_with_the_order_value_narrows_the_interval() -> None:
    control, treatment = shop(1_500, seed=5, conversion=0.6), shop(1_500, seed=6, conversion=0.6)
    plain: Any = compare_means(control, treatment, "revenue")
    adjusted: Any = compare_means(control, treatment, "revenue", covariate="cart_value")
    assert adjusted.method == "score"
    assert 0.1 < adjusted.variance_reduction < 0.6
    assert adjusted.standard_error == pytest.approx(
        plain.standard_error * math.sqrt(1 - adjusted.variance_reduction), rel=0.02
    )
