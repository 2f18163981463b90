"""What must hold of every comparison, whatever the data."""

import math
from dataclasses import fields
from functools import reduce
from operator import add
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from experiments.statistics import (
    Comparison,
    Interval,
    Proportion,
    Summary,
    compare_means,
    compare_proportions,
    compare_ratios,
    decompose_rpv,
)
from tests.examples import examples
from tests.experiments.statistics.samples import summarise

pytestmark = pytest.mark.slow
ALPHAS = st.sampled_from([0.01, 0.05, 0.2, 0.5, 0.8])
METHODS = st.sampled_from(["welch", "score"])
VISITORS = st.one_of(
    st.tuples(st.just(0), st.just(0), st.just(0), st.integers(0, 20_000)),
    st.tuples(st.integers(1, 3), st.integers(-2_000, 60_000), st.integers(1, 5), st.integers(0, 20_000)),
)
BUYERS = st.tuples(st.integers(1, 3), st.integers(100, 60_000), st.integers(1, 5), st.integers(0, 20_000))


def summary_of(visitors: list[Any], copies: int = 1) -> Summary:
    """A summary of rows of orders, revenue, items and cart value, every visitor ``copies`` times."""
    names = ("orders", "revenue", "items", "cart_value")
    one = summarise({name: [row[i] for row in visitors] for i, name in enumerate(names)})
    return one if copies == 1 else scaled_up(one, copies)


def scaled_up(one: Summary, copies: int) -> Summary:
    return Summary(
        one.n * copies,
        one.columns,
        one.means,
        {key: value * copies for key, value in one.comoments.items()},
        {key: value * copies for key, value in (one.third_comoments or {}).items()},
        (one.buyers or 0) * copies,
    )


def any_arm(*, smallest: int = 0, copies: tuple[int, ...] = (1,)) -> Any:
    rows = st.lists(VISITORS, min_size=smallest, max_size=12)
    return st.builds(summary_of, rows, st.sampled_from(copies))


def selling_arm() -> Any:
    """An arm with enough buyers of positive revenue for a result, among others."""
    others = st.lists(st.tuples(st.just(0), st.just(0), st.just(0), st.integers(0, 20_000)), max_size=20)
    return st.builds(
        lambda buyers, others: summary_of(buyers + others), st.lists(BUYERS, min_size=10, max_size=20), others
    )


def comparisons(control: Summary, treatment: Summary, **options: Any) -> list[Any]:
    """Every kind of money comparison of two arms."""
    return [
        compare_means(control, treatment, "revenue", **options),
        compare_ratios(control, treatment, "revenue", "orders", **options),
        compare_means(control, treatment, "revenue", covariate="cart_value", **options),
        compare_ratios(control, treatment, "revenue", "orders", covariate="cart_value", **options),
    ]


def close(value: Any, *, abs: float | None = None) -> Any:
    return pytest.approx(value, rel=1e-6, abs=abs)


@settings(deadline=None)
@given(st.lists(VISITORS, max_size=25), st.data())
def test_summary_merged_in_any_split_and_order_is_the_same(visitors: list[Any], data: st.DataObject) -> None:
    groups = data.draw(st.lists(st.integers(0, 3), min_size=len(visitors), max_size=len(visitors)))
    parts = [summary_of([v for v, g in zip(visitors, groups, strict=True) if g == group]) for group in range(4)]
    whole = summary_of(visitors)
    merged = reduce(add, data.draw(st.permutations(parts)))
    assert (merged.n, merged.buyers) == (whole.n, whole.buyers)
    assert merged.means == close(dict(whole.means), abs=1e-9)
    for key, value in whole.comoments.items():
        scale = math.sqrt(whole.comoment(key[0], key[0]) * whole.comoment(key[1], key[1]))
        assert merged.comoments[key] == close(value, abs=1e-9 * scale + 1e-9)
    for triple, cube in (whole.third_comoments or {}).items():
        scale = math.prod(math.sqrt(whole.comoment(name, name)) for name in triple)
        assert (merged.third_comoments or {})[triple] == close(cube, abs=1e-9 * scale + 1e-6)


@settings(deadline=None)
@given(any_arm(), any_arm(), METHODS)
def test_swapped_arms_flip_the_difference_and_keep_p(control: Summary, treatment: Summary, method: str) -> None:
    for result, swapped in zip(
        comparisons(control, treatment, method=method), comparisons(treatment, control, method=method), strict=True
    ):
        assert (result.p_value is None) == (swapped.p_value is None)
        if result.p_value is not None:
            assert swapped.p_value == close(result.p_value, abs=1e-12)
            assert swapped.difference.estimate == close(-result.difference.estimate, abs=1e-6)


@settings(deadline=None)
@given(selling_arm(), selling_arm(), ALPHAS)
def test_swapped_arms_invert_the_scores_interval_of_the_ratio(
    control: Summary, treatment: Summary, alpha: float
) -> None:
    for result, swapped in zip(
        comparisons(control, treatment, method="score", alpha=alpha)[:2],
        comparisons(treatment, control, method="score", alpha=alpha)[:2],
        strict=True,
    ):
        assume(result.p_value is not None)
        for end, other in ((result.lift.low, swapped.lift.high), (result.lift.high, swapped.lift.low)):
            if -1 < end < 1e9:
                assert 1 / (1 + other) == close(1 + end, abs=1e-9)


@settings(deadline=None)
@given(any_arm(), any_arm(), st.sampled_from([2, 10, 137]), METHODS)
def test_scaled_money_scales_the_difference_and_keeps_p_and_lift(
    control: Summary, treatment: Summary, factor: int, method: str
) -> None:
    for result, scaled in zip(
        comparisons(control, treatment, method=method),
        comparisons(richer(control, factor), richer(treatment, factor), method=method),
        strict=True,
    ):
        assert (result.p_value is None) == (scaled.p_value is None)
        if result.p_value is not None:
            assert scaled.p_value == close(result.p_value, abs=1e-12)
            assert scaled.difference.estimate == close(factor * result.difference.estimate, abs=1e-6)
            assert scaled.difference.low == close(factor * result.difference.low, abs=1e-6)
            assert (result.lift is None) == (scaled.lift is None)
            if result.lift is not None:
                assert scaled.lift.high == close(result.lift.high, abs=1e-6)


def richer(arm: Summary, factor: int) -> Summary:
    """The same visitors in a currency ``factor`` times smaller."""

    def grown(names: tuple[str, ...]) -> float:
        return math.prod(factor for name in names if name in ("revenue", "cart_value"))

    return Summary(
        arm.n,
        arm.columns,
        {name: value * grown((name,)) for name, value in arm.means.items()},
        {names: value * grown(names) for names, value in arm.comoments.items()},
        {names: value * grown(names) for names, value in (arm.third_comoments or {}).items()},
        arm.buyers,
    )


@examples(300)
@given(selling_arm(), selling_arm(), ALPHAS, METHODS)
def test_intervals_exclude_zero_exactly_when_p_is_below_alpha(
    control: Summary, treatment: Summary, alpha: float, method: str
) -> None:
    for result in comparisons(control, treatment, method=method, alpha=alpha):
        if result.p_value is None or abs(result.p_value - alpha) < 1e-9:
            continue
        for interval in (result.difference, result.lift):
            assert (not interval.low <= 0 <= interval.high) == (result.p_value < alpha)


@settings(deadline=None)
@given(any_arm(smallest=2), any_arm(smallest=2))
def test_fieller_excludes_zero_exactly_when_welch_rejects_even_without_a_positive_control(
    control: Summary, treatment: Summary
) -> None:
    result: Any = compare_means(control, treatment, "revenue", method="welch")
    assume(result.p_value is not None and result.lift is not None and abs(result.p_value - 0.05) > 1e-9)
    assert (not result.lift.low <= 0 <= result.lift.high) == (result.p_value < 0.05)
    assert result.lift.low <= result.lift.estimate <= result.lift.high


@settings(deadline=None)
@given(st.lists(VISITORS, min_size=2, max_size=12), st.lists(VISITORS, min_size=2, max_size=12), METHODS)
def test_constant_covariate_changes_nothing(control: list[Any], treatment: list[Any], method: str) -> None:
    arms = [summary_of([(*row[:3], 1234) for row in rows]) for rows in (control, treatment)]
    plain_mean, plain_ratio, *adjusted = comparisons(*arms, method=method)
    for plain, other in ((plain_mean, adjusted[0]), (plain_ratio, adjusted[1])):
        assert other.difference == plain.difference
        assert other.lift == plain.lift
        assert other.p_value == close(plain.p_value) if plain.p_value is not None else other.p_value is None
        assert other.variance_reduction in (None, 0)


@examples(300)
@given(
    any_arm(copies=(1, 50, 10**6, 80_000_000)),
    any_arm(copies=(1, 50, 10**6, 80_000_000)),
    st.sampled_from(["auto", "score", "welch"]),
    ALPHAS,
)
def test_results_are_finite_or_unavailable(control: Summary, treatment: Summary, method: str, alpha: float) -> None:
    for result in comparisons(control, treatment, method=method, alpha=alpha):
        check_numbers(result)
    split = decompose_rpv(control, treatment, alpha=alpha)
    assert (split.rpv is None) == (split.unavailable is not None)


@settings(deadline=None)
@given(st.data(), ALPHAS)
def test_proportions_are_finite_or_unavailable(data: st.DataObject, alpha: float) -> None:
    sizes = st.sampled_from([0, 1, 2, 7, 40, 3_000, 10**6, 10**9])
    arms = []
    for _ in range(2):
        n = data.draw(sizes)
        arms.append(Proportion(data.draw(st.one_of(st.integers(0, min(n, 9)), st.integers(max(0, n - 9), n))), n))
    check_numbers(compare_proportions(arms[0], arms[1], alpha=alpha))


def check_numbers(result: Comparison) -> None:
    """No NaN anywhere, infinities only as ends of intervals, and a reason for what is missing."""
    for field in fields(result):
        value = getattr(result, field.name)
        if isinstance(value, float):
            assert math.isfinite(value), field.name
        if isinstance(value, Interval):
            assert value.estimate is None or math.isfinite(value.estimate)
            assert (value.low is None) == (value.high is None)
            assert value.low is None or value.high is None or value.low <= value.high
    assert result.p_value is None or 0 <= result.p_value <= 1
    assert (result.unavailable is not None) == (result.p_value is None or result.lift is None or result.control == 0)


PROPORTIONS = st.integers(1, 300).flatmap(lambda n: st.builds(Proportion, st.integers(0, n), st.just(n)))


@settings(deadline=None)
@given(PROPORTIONS, PROPORTIONS)
def test_swapped_proportions_flip_the_difference_and_keep_p(control: Proportion, treatment: Proportion) -> None:
    result: Any = compare_proportions(control, treatment)
    swapped: Any = compare_proportions(treatment, control)
    assert swapped.p_value == (None if result.p_value is None else close(result.p_value))
    assert swapped.difference.estimate == close(-result.difference.estimate, abs=1e-12)
    assert swapped.difference.low == close(-result.difference.high, abs=1e-12)
    if control.successes and treatment.successes:
        assert 1 + swapped.lift.low == close(1 / (1 + result.lift.high))
