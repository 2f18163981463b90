"""What past tests teach: their spread, and nothing about better or worse."""

import numpy as np
import pytest
from scipy import stats

from experiments.statistics.priors.learning import default_prior, fits, learn_prior, prior_from, shapes, support
from experiments.statistics.priors.likelihood import EffectLikelihood
from experiments.statistics.priors.scale_mixture import SCALES, EffectPrior

ERROR = 0.07


def weight_near(prior: EffectPrior, sd: float) -> float:
    """The weight of the scales between half and twice a standard deviation."""
    scales = np.array(prior.scales)
    return float(np.array(prior.weights)[(scales >= sd / 2) & (scales <= sd * 2)].sum())


def measured(deviations, random) -> list[EffectLikelihood]:
    true = random.normal(0, deviations)
    return [EffectLikelihood(random.normal(effect, ERROR), ERROR) for effect in true]


@pytest.mark.parametrize("sd", [0.03, 0.1, 0.3])
def test_prior_of_a_hundred_tests_has_the_spread_of_their_effects(sd):
    prior = learn_prior(measured(np.full(100, sd), np.random.default_rng(1)))
    assert prior.past_tests == 100
    assert sum(prior.weights) == pytest.approx(1)
    assert weight_near(prior, sd) > 0.75
    assert weight_near(default_prior(), sd) < 0.6


def test_prior_of_a_hundred_mixed_tests_has_a_narrow_and_a_wide_part():
    """80% within 3%, 20% within 30%."""
    random = np.random.default_rng(2)
    prior = learn_prior(measured(np.where(random.random(100) < 0.8, 0.03, 0.3), random))
    weights, scales = np.array(prior.weights), np.array(prior.scales)
    assert weights[scales <= 0.07].sum() == pytest.approx(0.8, abs=0.12)
    assert weights[scales >= 0.15].sum() == pytest.approx(0.2, abs=0.12)


def test_prior_without_tests_is_the_default():
    assert learn_prior([]) == default_prior()
    assert default_prior().past_tests == 0
    assert min(default_prior().weights) > 0


def test_fits_are_the_marginal_likelihoods():
    """A normal estimate's: N(0, scale^2 + error^2)."""
    found = fits(EffectLikelihood(0.2, ERROR))
    expected = stats.norm.pdf(0.2, 0, np.sqrt(np.array(SCALES) ** 2 + ERROR**2))
    assert found == pytest.approx(expected / expected.max(), rel=5e-3)


def test_support_adds_up_over_tests():
    effects = [EffectLikelihood(0.2, 0.1), EffectLikelihood(-0.05, 0.02)]
    added = prior_from(support(effects[0]) + support(effects[1]), past_tests=2)
    assert added.weights == pytest.approx(learn_prior(effects).weights)


def test_prior_is_the_same_for_gains_and_losses():
    gains = [EffectLikelihood(0.2, 0.1), EffectLikelihood(0.05, 0.02)]
    losses = [EffectLikelihood(-0.2, 0.1), EffectLikelihood(-0.05, 0.02)]
    assert learn_prior(gains).weights == pytest.approx(learn_prior(losses).weights)


def test_shapes_are_distributions():
    known = shapes()
    assert known.weights.sum(axis=1) == pytest.approx(np.ones(len(known.weights)))
    assert np.exp(known.log_chances).sum() == pytest.approx(1)


def test_effect_that_no_scale_foretells_stays_a_number():
    assert np.isfinite(support(EffectLikelihood(40.0, 0.01))).all()
