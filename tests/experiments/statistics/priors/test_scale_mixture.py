"""The prior's density and its check against data."""

import numpy as np
import pytest
from scipy import stats

from experiments.statistics.priors.likelihood import EffectLikelihood
from experiments.statistics.priors.posterior import points_of
from experiments.statistics.priors.scale_mixture import SCALES, EffectPrior, mixed, normal_prior


def test_density_is_the_mixtures():
    prior = EffectPrior((0.8, 0.2), (0.03, 0.3))
    x = np.array([0.0, 0.02, -0.5])
    expected = 0.8 * stats.norm.pdf(x, 0, 0.03) + 0.2 * stats.norm.pdf(x, 0, 0.3)
    found = np.exp(prior.log_density(x))
    assert found / found[0] == pytest.approx(expected / expected[0])


@pytest.mark.parametrize("measured", [0.2, -0.2])
def test_chance_of_more_is_two_sided_and_counts_the_tests_error(measured):
    likelihood = EffectLikelihood(measured, 0.06)
    found = normal_prior(0.08).chance_of_more(likelihood, points_of(likelihood))
    assert found == pytest.approx(2 * stats.norm.sf(2.0), rel=2e-3)


def test_mixed_weights_add_up_to_one():
    prior = mixed([2.0, 2.0] + [0.0] * (len(SCALES) - 2), past_tests=3)
    assert (prior.weights[:2], prior.past_tests) == ((0.5, 0.5), 3)
