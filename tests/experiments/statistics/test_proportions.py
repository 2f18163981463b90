import math
import time
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy.stats import boschloo_exact, fisher_exact

from experiments.statistics import Proportion, compare_proportions
from experiments.statistics.boschloo import boschloo_p_value, fisher_p_value
from experiments.statistics.proportions import ratio_score


@pytest.mark.parametrize(
    ("control", "treatment", "method"),
    [
        ((600, 20_000), (690, 20_000), "score_z"),
        ((10, 40), (5, 8), "boschloo"),
        ((3, 1_000), (5, 1_000), "boschloo"),
        ((3, 900_000), (5, 900_000), "fisher"),
        ((20_000, 20_000), (19_998, 20_000), "fisher"),
        ((0, 500), (0, 500), "score_z"),
    ],
)
def test_compare_proportions_picks_the_test_by_the_smallest_expected_count(
    control: tuple[int, int], treatment: tuple[int, int], method: str
) -> None:
    assert compare_proportions(Proportion(*control), Proportion(*treatment)).method == method


@pytest.mark.parametrize("table", [(3, 17, 9, 21), (0, 12, 4, 9), (7, 8, 1, 30), (2, 45, 2, 5), (29, 30, 20, 31)])
def test_boschloo_agrees_with_scipy(table: tuple[int, int, int, int]) -> None:
    x, n, y, m = table
    expected = boschloo_exact([[x, y], [n - x, m - y]]).pvalue
    assert boschloo_p_value(Proportion(x, n), Proportion(y, m)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("table", [(3, 17, 9, 21), (0, 120, 4, 90), (2, 4_500, 9, 5_000)])
def test_fisher_is_twice_the_smaller_tail_and_above_boschloo(table: tuple[int, int, int, int]) -> None:
    x, n, y, m = table
    cells = np.array([[x, y], [n - x, m - y]])
    tails = [fisher_exact(cells, alternative=side).pvalue for side in ("less", "greater")]
    control, treatment = Proportion(x, n), Proportion(y, m)
    fisher, boschloo = fisher_p_value(control, treatment), boschloo_p_value(control, treatment)
    assert fisher == pytest.approx(min(1, 2 * min(tails)), rel=1e-9)
    assert fisher is not None
    assert boschloo is not None
    assert boschloo <= fisher


def test_exact_tests_of_huge_arms_are_fast_and_exact() -> None:
    started = time.process_time()
    p_value = compare_proportions(Proportion(0, 10**9), Proportion(5, 10**9)).p_value
    assert p_value == pytest.approx(2 * 0.5**5, rel=1e-6)
    assert time.process_time() - started < 0.5


def test_boschloo_size_is_at_most_its_p_value_at_every_common_rate() -> None:
    """Among all tables, those with p <= 0.05 have at most 5% probability, whatever the common rate."""
    n, m = 11, 7
    rejected = [
        (x, y)
        for x in range(n + 1)
        for y in range(m + 1)
        if (p := boschloo_p_value(Proportion(x, n), Proportion(y, m))) is not None and p <= 0.05
    ]
    for rate in np.linspace(0.01, 0.99, 99):
        size = sum(
            math.comb(n, x) * math.comb(m, y) * rate ** (x + y) * (1 - rate) ** (n + m - x - y) for x, y in rejected
        )
        assert size <= 0.05 + 1e-9


@pytest.mark.parametrize(
    ("control", "treatment"),
    [((10, 40), (5, 8)), ((12, 500), (0, 500)), ((0, 7), (3, 9)), ((90, 100), (100, 100)), ((0, 1), (1, 1))],
)
def test_lift_of_a_proportion_ends_where_the_score_is_z(control: tuple[int, int], treatment: tuple[int, int]) -> None:
    lift: Any = compare_proportions(Proportion(*control), Proportion(*treatment)).lift
    for end, z in ((lift.low, 1.959963984540054), (lift.high, -1.959963984540054)):
        if end == -1:
            assert treatment[0] == 0
        elif math.isinf(end):
            assert control[0] == 0
        else:
            assert ratio_score(math.log1p(end), *control, *treatment) == pytest.approx(z, rel=1e-9)


def test_ratio_score_at_no_lift_is_the_pooled_z() -> None:
    x, n, y, m = 31, 900, 52, 1_100
    pooled = (x + y) / (n + m)
    z = (y / m - x / n) / math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m) * (n + m) / (n + m - 1))
    assert ratio_score(0.0, x, n, y, m) == pytest.approx(z)


@pytest.mark.parametrize(
    ("control", "treatment", "reason"),
    [
        ((0, 0), (3, 10), "no_units"),
        ((0, 500), (0, 400), "zero_variance"),
        ((500, 500), (400, 400), "zero_variance"),
        ((0, 500), (4, 400), "control_is_zero"),
    ],
)
def test_compare_proportions_of_thin_data_gives_the_reason(
    control: tuple[int, int], treatment: tuple[int, int], reason: str
) -> None:
    assert compare_proportions(Proportion(*control), Proportion(*treatment)).unavailable == reason


def test_compare_proportions_standard_error_is_unpooled() -> None:
    expected = Fraction(1, 10) * Fraction(9, 10) / 200 + Fraction(3, 10) * Fraction(7, 10) / 100
    result = compare_proportions(Proportion(20, 200), Proportion(30, 100))
    assert result.standard_error == pytest.approx(math.sqrt(expected))


@pytest.mark.parametrize("counts", [(3, 2), (-1, 5), (0, -1)])
def test_proportion_of_impossible_counts_raises(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="0 <= successes <= n"):
        Proportion(*counts)
