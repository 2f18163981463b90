from decimal import Decimal
from fractions import Fraction

import pytest

from experiments.statistics import Summary
from tests.experiments.statistics.samples import summarise


def test_summary_of_few_visitors_has_their_moments() -> None:
    summary = summarise({"orders": [0, 1, 2], "revenue": [0, 900, 2100]})
    assert summary.n == 3
    assert summary.buyers == 2
    assert summary.mean("revenue") == 1000
    assert summary.variance("revenue") == pytest.approx((1000**2 + 100**2 + 1100**2) / 2)
    assert summary.covariance("revenue", "orders") == pytest.approx((-1000 * -1 + -100 * 0 + 1100 * 1) / 2)
    assert summary.third_comoment("revenue", "orders", "revenue") == pytest.approx(-(1000**2) + 1100**2)


def test_summary_of_a_huge_mean_and_a_small_spread_keeps_its_digits() -> None:
    n, low, high = 10_000_000, 999_999, 1_000_001
    half = n // 2
    summary = Summary.from_sums(
        n,
        {"revenue": half * (low + high)},
        {("revenue", "revenue"): half * (low**2 + high**2)},
        {("revenue", "revenue", "revenue"): half * (low**3 + high**3)},
    )
    assert summary.mean("revenue") == 1_000_000
    assert summary.variance("revenue") == pytest.approx(n / (n - 1), rel=1e-15)
    assert summary.third_comoment("revenue", "revenue", "revenue") == 0


@pytest.mark.parametrize("number", [int, float, Decimal, Fraction])
def test_summary_takes_every_exact_kind_of_number(number: type) -> None:
    summary = Summary.from_sums(4, {"a": number(10)}, {("a", "a"): number(30)})
    assert summary.variance("a") == pytest.approx(5 / 3)


def test_summary_takes_names_in_any_order() -> None:
    summary = Summary.from_sums(2, {"b": 3, "a": 1}, {("b", "a"): 2, ("b", "b"): 5, ("a", "a"): 1})
    assert summary.covariance("a", "b") == summary.covariance("b", "a") == pytest.approx(0.5)


def test_summary_of_nobody_has_no_mean_and_of_one_no_variance() -> None:
    nobody = Summary.from_sums(0, {"a": 0}, {("a", "a"): 0}, {("a", "a", "a"): 0})
    one = Summary.from_sums(1, {"a": 7}, {("a", "a"): 49}, {("a", "a", "a"): 343})
    assert nobody.mean("a") is None
    assert one.mean("a") == 7
    assert one.variance("a") is None
    assert nobody + one == one + nobody == one


def test_summaries_of_two_days_add_up_to_that_of_both() -> None:
    monday = summarise({"orders": [0, 1, 1], "revenue": [0, 500, 700]})
    tuesday = summarise({"orders": [0, 0, 3, 1], "revenue": [0, 0, 9_000, 100]})
    both = summarise({"orders": [0, 1, 1, 0, 0, 3, 1], "revenue": [0, 500, 700, 0, 0, 9_000, 100]})
    merged = monday + tuesday
    assert (merged.n, merged.buyers, merged.columns) == (both.n, both.buyers, both.columns)
    assert merged.means == pytest.approx(dict(both.means))
    assert merged.comoments == pytest.approx(dict(both.comoments))
    assert merged.third_comoments == pytest.approx(dict(both.third_comoments or {}))


def test_summary_merged_with_one_without_third_order_has_none() -> None:
    full = summarise({"orders": [0, 1]})
    assert (full + full.select("orders")).third_comoments is None


def test_summaries_of_different_columns_do_not_merge() -> None:
    with pytest.raises(ValueError, match="cannot merge"):
        summarise({"orders": [1]}) + summarise({"revenue": [1]})


@pytest.mark.parametrize(
    ("n", "sums", "cross_sums", "third_sums", "buyers"),
    [
        (-1, {"a": 0}, {}, None, None),
        (2, {"a": 0}, {}, None, 3),
        (2, {"a": float("nan")}, {}, None, None),
        (2, {"a": float("inf")}, {}, None, None),
        (2, {"a": 1}, {("a", "b"): 1}, None, None),
        (2, {"a": 1}, {}, {("a", "a", "a"): 1}, None),
    ],
)
def test_summary_of_impossible_sums_raises(
    n: int,
    sums: dict[str, float],
    cross_sums: dict[tuple[str, str], float],
    third_sums: dict[tuple[str, str, str], float] | None,
    buyers: int | None,
) -> None:
    with pytest.raises(ValueError, match=r"need 0 <= buyers|must be finite|no sum of|no cross sum of"):
        Summary.from_sums(n, sums, cross_sums, third_sums, buyers=buyers)
