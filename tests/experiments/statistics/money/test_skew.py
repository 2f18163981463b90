import itertools

import numpy as np
import pytest
from scipy.stats import gamma, norm

from experiments.statistics.money.skew import normal_score, two_sided_p


@pytest.mark.parametrize("skewness", [0.05, 0.3, 0.8, 1.4, 2.5])
@pytest.mark.parametrize("statistic", [-0.6, -0.2, 0.0, 0.7, 1.9, 3.5])
def test_normal_score_has_the_tail_of_the_gamma_with_that_skewness(statistic: float, skewness: float) -> None:
    shape = 4 / skewness**2
    expected = gamma.cdf(shape + statistic * np.sqrt(shape), shape)
    assert norm.cdf(normal_score(statistic, skewness)) == pytest.approx(expected, rel=1e-9)


def test_normal_score_without_skewness_is_the_statistic() -> None:
    assert normal_score(-1.7, 0.0) == -1.7


def test_normal_score_has_the_first_edgeworth_term() -> None:
    statistic, skewness = 1.6, 1e-4
    edgeworth = norm.cdf(statistic) - skewness / 6 * (statistic**2 - 1) * norm.pdf(statistic)
    assert norm.cdf(normal_score(statistic, skewness)) == pytest.approx(edgeworth, abs=1e-8)


def test_normal_score_is_continuous_where_the_expansion_hands_over() -> None:
    below, above = (normal_score(2.2, skewness) for skewness in (0.000_999_999, 0.001_000_001))
    assert below == pytest.approx(above, abs=1e-8)


@pytest.mark.parametrize("skewness", [-3.0, -0.4, 0.0, 0.2, 1.0, 6.0])
def test_normal_score_rises_with_the_statistic_and_mirrors_the_skewness(skewness: float) -> None:
    statistics = np.linspace(-12, 12, 481)
    scores = [normal_score(float(statistic), skewness) for statistic in statistics]
    assert all(a <= b for a, b in itertools.pairwise(scores))
    assert scores == [-normal_score(float(-statistic), -skewness) for statistic in statistics]


@pytest.mark.parametrize("skewness", [0.3, 1.0, 3.0])
def test_p_value_beyond_the_end_of_the_short_tail_is_small_but_not_zero(skewness: float) -> None:
    assert 0 < two_sided_p(normal_score(-2.5 / skewness - 2, skewness)) < 0.05
