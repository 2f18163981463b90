import math
from collections.abc import Callable
from typing import Any

import pytest

from experiments.statistics import Summary, compare_means, compare_ratios, decompose_rpv
from tests.experiments.statistics.samples import summarise


def arms() -> tuple[Summary, Summary]:
    control = summarise({"orders": [0, 0, 1, 1, 2, 0, 1, 0], "revenue": [0, 0, 900, 1500, 2400, 0, 1000, 0]})
    treatment = summarise({"orders": [0, 1, 1, 0, 0, 1], "revenue": [0, 2500, 1900, 0, 0, 1200]})
    return control, treatment


def test_decompose_rpv_estimates_are_the_logs_of_the_ratios() -> None:
    split: Any = decompose_rpv(*arms())
    assert split.conversion.estimate == pytest.approx(math.log((3 / 6) / (5 / 8)))
    assert split.aov.estimate == pytest.approx(math.log((5600 / 3) / (5800 / 5)))
    assert split.rpv.estimate == pytest.approx(math.log((5600 / 6) / (5800 / 8)))


def test_decompose_rpv_parts_add_up_exactly() -> None:
    split: Any = decompose_rpv(*arms())
    assert split.rpv.estimate == split.conversion.estimate + split.aov.estimate
    assert split.rpv_variance == split.conversion_variance + split.aov_variance + 2 * split.covariance


def test_decompose_rpv_variances_are_the_delta_methods() -> None:
    control, treatment = arms()
    split: Any = decompose_rpv(control, treatment)

    def log_variance(compare: Callable[..., Any], *columns: str) -> Any:
        """Var log = relative variance of each arm's value; against an arm of value 1 without noise it is one arm's."""
        result = compare(control, treatment, *columns, method="welch")
        return (result.lift_standard_error / (1 + result.lift.estimate)) ** 2

    assert split.rpv_variance == pytest.approx(log_variance(compare_means, "revenue"))
    assert split.conversion_variance == pytest.approx(log_variance(compare_means, "orders"))
    assert split.aov_variance == pytest.approx(log_variance(compare_ratios, "revenue", "orders"))


def test_decompose_rpv_with_equal_orders_leaves_order_value_without_noise() -> None:
    control = summarise({"orders": [0, 1, 1, 0], "revenue": [0, 700, 700, 0]})
    treatment = summarise({"orders": [1, 1, 1, 0], "revenue": [700, 700, 700, 0]})
    split: Any = decompose_rpv(control, treatment)
    assert split.aov_variance == 0
    assert split.aov.estimate == pytest.approx(0, abs=1e-15)
    assert split.rpv_variance == split.conversion_variance


@pytest.mark.parametrize(
    ("orders", "revenue", "reason"),
    [
        ([], [], "no_units"),
        ([1], [500], "one_unit"),
        ([0, 0, 0], [0, 0, 0], "no_orders"),
        ([1, 1, 0], [500, -500, 0], "not_positive"),
    ],
)
def test_decompose_rpv_of_thin_data_gives_the_reason(orders: list[int], revenue: list[int], reason: str) -> None:
    control, _ = arms()
    split: Any = decompose_rpv(control, summarise({"orders": orders, "revenue": revenue}))
    assert split.unavailable == reason
    assert split.rpv is split.conversion is split.aov is None


def test_decompose_rpv_without_the_columns_is_missing_sums() -> None:
    orders_only = Summary.from_sums(3, {"orders": 1}, {("orders", "orders"): 1})
    assert decompose_rpv(orders_only, orders_only).unavailable == "missing_sums"
