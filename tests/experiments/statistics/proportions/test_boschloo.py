import math
import time

import numpy as np
import pytest
from scipy.stats import boschloo_exact, fisher_exact

from experiments.statistics import Proportion, compare_proportions
from experiments.statistics.proportions.boschloo import boschloo_p_value, fisher_p_value


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


@pytest.mark.slow
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
