import math
from typing import Any

import pytest

from experiments.statistics import Proportion, compare_proportions
from experiments.statistics.proportions.intervals import ratio_score


@pytest.mark.parametrize(
    ("control", "treatment"),
    [((10, 40), (5, 8)), ((12, 500), (0, 500)), ((0, 7), (3, 9)), ((90, 100), (100, 100)), ((0, 1), (1, 1))],
)
def test_lift_of_a_proportion_ends_where_the_score_is_z(control: tuple[int, int], treatment: tuple[int, int]) -> None:
    arms = Proportion(*control), Proportion(*treatment)
    lift: Any = compare_proportions(*arms).lift
    for end, z in ((lift.low, 1.959963984540054), (lift.high, -1.959963984540054)):
        if end == -1:
            assert treatment[0] == 0
        elif math.isinf(end):
            assert control[0] == 0
        else:
            assert ratio_score(math.log1p(end), *arms) == pytest.approx(z, rel=1e-9)


def test_ratio_score_at_no_lift_is_the_pooled_z() -> None:
    x, n, y, m = 31, 900, 52, 1_100
    pooled = (x + y) / (n + m)
    z = (y / m - x / n) / math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m) * (n + m) / (n + m - 1))
    assert ratio_score(0.0, Proportion(x, n), Proportion(y, m)) == pytest.approx(z)
