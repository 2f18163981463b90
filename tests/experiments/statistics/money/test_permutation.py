import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from experiments.statistics import BuyerRows, permutation_test
from experiments.statistics.money.subsets import subset_sums

CONTROL: list[list[float]] = [[1200.0, 1], [2500, 1], [900, 1], [7400, 2], [3100, 1], [1500, 1]]
TREATMENT: list[list[float]] = [[4100.0, 1], [2600, 1], [9800, 2], [3900, 1], [5200, 1]]


def every_assignment_p(control: Any, treatment: Any) -> float:
    """Two-sided p of the studentised difference of means over all ways to split the rows, nobody without a row."""
    values = np.concatenate((control, treatment))

    def studentised(chosen: tuple[int, ...]) -> float:
        is_treated = np.isin(np.arange(len(values)), chosen)
        c, t = values[~is_treated], values[is_treated]
        return float((t.mean() - c.mean()) / math.sqrt(c.var(ddof=1) / len(c) + t.var(ddof=1) / len(t)))

    observed = studentised(tuple(range(len(control), len(values))))
    all_of_them = np.array([studentised(chosen) for chosen in combinations(range(len(values)), len(treatment))])
    return 2 * min(float((all_of_them >= observed - 1e-12).mean()), float((all_of_them <= observed + 1e-12).mean()))


def test_permutation_p_is_that_of_all_assignments() -> None:
    control, treatment = np.array(CONTROL)[:, 0], np.array(TREATMENT)[:, 0]
    result: Any = permutation_test(BuyerRows(control, 6), BuyerRows(treatment, 5), draws=60_000)
    assert result.p_value == pytest.approx(every_assignment_p(control, treatment), abs=4 * result.monte_carlo_error)


def test_permutation_of_a_mean_is_the_ratio_with_a_denominator_of_one_per_visitor() -> None:
    control, treatment = np.array(CONTROL)[:, :1], np.array(TREATMENT)[:, :1]
    short: Any = permutation_test(BuyerRows(control, 20), BuyerRows(treatment, 18))
    full: Any = permutation_test(
        BuyerRows([[value, 1.0] for value in [*control[:, 0], *[0.0] * 14]], 20),
        BuyerRows([[value, 1.0] for value in [*treatment[:, 0], *[0.0] * 13]], 18),
    )
    assert short.difference.estimate == pytest.approx(full.difference.estimate)
    assert short.standard_error == pytest.approx(full.standard_error)
    assert short.p_value == pytest.approx(full.p_value, abs=4 * (short.monte_carlo_error + full.monte_carlo_error))


@pytest.mark.parametrize("factor", [0.4, 0.7, 1.0, 1.3, 1.45, 1.6, 2.0, 3.0])
@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.2])
def test_permutation_intervals_exclude_zero_exactly_when_p_is_below_alpha(factor: float, alpha: float) -> None:
    treatment = np.array(TREATMENT * 3) * [factor, 1]
    result: Any = permutation_test(BuyerRows(CONTROL * 3, 600), BuyerRows(treatment, 500), alpha=alpha, draws=1_999)
    is_significant = result.p_value < alpha
    assert (not result.difference.low <= 0 <= result.difference.high) == is_significant
    assert (not result.lift.low <= 0 <= result.lift.high) == is_significant


def test_permutation_is_repeatable_and_depends_on_the_seed() -> None:
    arms = BuyerRows(CONTROL, 200), BuyerRows(TREATMENT, 100)
    first, again, other = (permutation_test(*arms, seed=seed) for seed in (7, 7, 8))
    assert first == again
    assert first.p_value != other.p_value


def test_permutation_of_swapped_arms_flips_the_difference() -> None:
    result: Any = permutation_test(BuyerRows(CONTROL, 200), BuyerRows(TREATMENT, 100))
    swapped: Any = permutation_test(BuyerRows(TREATMENT, 100), BuyerRows(CONTROL, 200))
    assert swapped.difference.estimate == pytest.approx(-result.difference.estimate)
    assert swapped.p_value == pytest.approx(
        result.p_value, abs=4 * (result.monte_carlo_error + swapped.monte_carlo_error)
    )


@pytest.mark.parametrize(
    ("rows", "n", "reason"),
    [
        ([], 0, "no_units"),
        ([], 50, "no_orders"),
        ([[500.0, 1]], 1, "one_unit"),
    ],
)
def test_permutation_of_thin_data_gives_the_reason(rows: list[list[float]], n: int, reason: str) -> None:
    result = permutation_test(BuyerRows(CONTROL, 200), BuyerRows(rows, n))
    assert result.unavailable == reason
    assert result.p_value is None


def test_permutation_of_equal_values_has_no_variance() -> None:
    control, treatment = BuyerRows([[500.0, 1]] * 12, 90), BuyerRows([[500.0, 1]] * 15, 80)
    assert permutation_test(control, treatment).unavailable == "zero_variance"


@pytest.mark.parametrize("rows", [[[1.0, 1, 1]], [[math.nan, 1]], [[1.0, 1]] * 3])
def test_permutation_of_impossible_rows_raises(rows: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="need finite rows"):
        permutation_test(BuyerRows(CONTROL, 100), BuyerRows(rows, 2))


def test_subset_sums_draw_every_subset_equally_often() -> None:
    rows, size, draws = 9, 4, 60_000
    sums = subset_sums(np.array([[2.0**row] for row in range(rows)]), np.full(draws, size), np.random.default_rng(3))
    counts = np.unique(sums, return_counts=True)[1]
    expected = draws / math.comb(rows, size)
    chi_square = ((counts - expected) ** 2 / expected).sum()
    assert len(counts) == math.comb(rows, size)
    assert chi_square < 125 + 4 * math.sqrt(2 * 125)


def test_subset_sums_of_many_rows_have_the_mean_and_spread_of_draws_without_replacement() -> None:
    values = np.random.default_rng(5).lognormal(size=(5_003, 1))
    sums = subset_sums(values, np.full(4_000, 1_700), np.random.default_rng(6))[:, 0]
    spread = values.std(ddof=1) * math.sqrt(1_700 * (1 - 1_700 / 5_003))
    assert sums.mean() == pytest.approx(1_700 * values.mean(), abs=4 * spread / math.sqrt(4_000))
    assert sums.std() == pytest.approx(spread, rel=4 / math.sqrt(2 * 4_000))
