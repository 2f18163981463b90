import math
from fractions import Fraction

import pytest

from experiments.statistics import Proportion, compare_proportions


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
