"""The posterior's curve has the posterior's area, mean and chance."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from experiments.analysis.beliefs import curve_of
from experiments.report import Belief, MetricResult
from experiments.statistics.priors.learning import default_prior
from experiments.statistics.priors.likelihood import EffectLikelihood
from experiments.statistics.priors.posterior import EffectPosterior, effect_posterior
from tests.experiments.verdict.figures import goal

POSTERIOR = effect_posterior(EffectLikelihood(0.077, 0.05), default_prior())  # a lift of 8% with an error of 5%


def result(posterior: EffectPosterior = POSTERIOR) -> MetricResult:
    """A goal with this belief."""
    figures = posterior.summary()
    belief = Belief(
        scale="lift",
        chance_to_win=figures.chance_to_win,
        expected_loss_ship=None,
        expected_loss_keep=None,
        expected_loss_monthly_minor=None,
        mean=figures.mean,
        sd=figures.sd,
        low=figures.low,
        high=figures.high,
        unavailable=None,
    )
    return replace(goal(), belief=belief)


def changed(**fields: Any) -> MetricResult:
    """The result with another belief."""
    one = result()
    assert one.belief is not None
    return replace(one, belief=replace(one.belief, **fields))


@pytest.mark.parametrize(
    "posterior",
    [POSTERIOR, effect_posterior(EffectLikelihood(0.0, 0.2), default_prior())],
    ids=["little", "hardly anything known"],
)
def test_curve_of_a_lift_integrates_to_the_beliefs_figures(posterior):
    one = result(posterior)
    curve = curve_of(one, posterior)
    assert curve is not None
    assert one.belief is not None
    x, density = np.array(curve.effect), np.array(curve.density)
    assert np.trapezoid(density, x) == pytest.approx(1, abs=3e-3)
    assert np.trapezoid(density * x, x) == pytest.approx(one.belief.mean, abs=5e-4)
    is_win = x >= 0
    assert np.trapezoid(density[is_win], x[is_win]) == pytest.approx(one.belief.chance_to_win, abs=3e-3)
    assert 0.0 in curve.effect
    assert list(x) == sorted(x)
    assert len(x) < 250


def test_curve_of_a_difference_is_on_its_scale():
    curve = curve_of(changed(scale="difference", mean=0.01, sd=0.002), None)
    assert curve is not None
    x, density = np.array(curve.effect), np.array(curve.density)
    assert (x[0], x[-1]) == pytest.approx((0.002, 0.018))
    assert x[density.argmax()] == pytest.approx(0.01)


def test_curve_of_nothing_is_none():
    assert curve_of(replace(result(), belief=None), POSTERIOR) is None
    assert curve_of(changed(sd=0.0), POSTERIOR) is None
