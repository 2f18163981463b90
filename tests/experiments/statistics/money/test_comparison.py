"""Which method is taken, and what is said where none is."""

from typing import Any

import pytest

from experiments.statistics import Summary, compare_means, compare_ratios
from tests.experiments.statistics.samples import summarise


def arm(buyers: int, *, others: int = 200, value: int = 2_000, step: int = 37) -> Summary:
    values = [value + step * i for i in range(buyers)]
    return summarise({"orders": [1] * buyers + [0] * others, "revenue": values + [0] * others})


def without_thirds(summary: Summary) -> Summary:
    return Summary(summary.n, summary.columns, summary.means, summary.comoments, None, summary.buyers)


def without_buyers(summary: Summary) -> Summary:
    return Summary(summary.n, summary.columns, summary.means, summary.comoments, summary.third_comoments)


def both(control: Summary, treatment: Summary, **options: Any) -> list[Any]:
    return [
        compare_means(control, treatment, "revenue", **options),
        compare_ratios(control, treatment, "revenue", "orders", **options),
    ]


def test_auto_takes_the_score_test_of_money_with_enough_buyers() -> None:
    for result in both(arm(40), arm(45)):
        assert (result.method, result.unavailable, result.is_permutation_due) == ("score", None, False)


def test_auto_with_fewer_than_thirty_buyers_asks_for_the_permutation_test() -> None:
    for result in both(arm(40), arm(29)):
        assert result.is_permutation_due
        assert result.p_value is not None


def test_auto_with_a_strong_skewness_asks_for_the_permutation_test() -> None:
    whale = summarise({"orders": [1], "revenue": [9_000_000]})
    for result in both(arm(3_000, others=1_000), arm(40) + whale):
        assert abs(result.skewness) > 1
        assert result.is_permutation_due


def test_auto_with_fewer_than_ten_buyers_has_too_few_orders() -> None:
    for result in both(arm(40), arm(9)):
        assert (result.p_value, result.unavailable) == (None, "too_few_orders")
        assert result.lift.estimate == pytest.approx(result.treatment / result.control - 1)
        assert result.lift.low is result.difference.high is None


def test_auto_without_third_order_sums_takes_welch() -> None:
    for result in both(without_thirds(arm(40)), arm(45)):
        assert (result.method, result.unavailable) == ("welch", None)


def test_auto_mean_without_buyers_takes_welch_but_the_ratio_does_not_need_them() -> None:
    mean, ratio = both(without_buyers(arm(40)), without_buyers(arm(45)))
    assert (mean.method, ratio.method) == ("welch", "score")


def test_score_without_its_sums_is_missing_them() -> None:
    for result in both(without_thirds(arm(40)), arm(45), method="score"):
        assert (result.p_value, result.unavailable) == (None, "missing_sums")


def test_score_of_revenue_lost_to_refunds_is_not_positive_and_auto_takes_welch() -> None:
    refunded = arm(40, value=-1_000, step=1)
    for result in both(arm(45), refunded, method="score"):
        assert result.unavailable == "not_positive"
    for result in both(arm(45), refunded):
        assert result.method == "welch"
        assert result.p_value < 0.001


def test_orders_of_one_price_have_no_variance_but_revenue_per_visitor_has() -> None:
    mean, ratio = both(arm(40, step=0), arm(60, step=0))
    assert (ratio.p_value, ratio.unavailable) == (None, "zero_variance")
    assert mean.p_value < 0.2


def test_ratio_without_a_denominator_has_no_orders() -> None:
    result = compare_ratios(arm(40), arm(0), "revenue", "orders")
    assert (result.control, result.treatment, result.unavailable) == (2_000 + 37 * 19.5, None, "no_orders")


@pytest.mark.parametrize("method", ["auto", "score", "welch"])
def test_nobody_has_no_units(method: Any) -> None:
    nobody = summarise({"orders": [], "revenue": []})
    for result in both(arm(40), nobody, method=method):
        assert (result.treatment, result.difference, result.unavailable) == (None, None, "no_units")


def test_lift_over_a_control_of_zero_is_not_available_but_the_difference_is() -> None:
    result = compare_means(arm(0), arm(40), "revenue", method="welch")
    assert (result.lift, result.unavailable) == (None, "control_is_zero")
    assert result.p_value is not None
    assert result.difference is not None


def test_fieller_over_a_control_near_zero_is_unbounded() -> None:
    near_zero = summarise({"revenue": [-3_000, 3_010, -2_990, 3_000]})
    result: Any = compare_means(near_zero, summarise({"revenue": [10, 30, -20, 40]}), "revenue")
    assert (result.lift.low, result.lift.high) == (float("-inf"), float("inf"))


def test_covariate_that_is_a_ratio_is_left_to_welch() -> None:
    columns = {"orders": [1, 2, 1, 0] * 20, "revenue": [500, 1_700, 900, 0] * 20, "items": [1, 4, 2, 0] * 20}
    sample = summarise(columns)
    result: Any = compare_ratios(sample, sample, "revenue", "orders", covariate=("items", "orders"))
    assert result.method == "welch"
    assert result.variance_reduction > 0.5


def test_unknown_method_raises() -> None:
    with pytest.raises(ValueError, match="method must be"):
        compare_means(arm(40), arm(40), "revenue", method="wald")  # type: ignore[arg-type]
