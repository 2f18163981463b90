"""The posterior against closed forms and against scipy's own integration."""

from collections.abc import Callable
from math import exp, expm1, sqrt

import numpy as np
import pytest
from scipy import integrate, stats

from experiments.statistics import Comparison, Interval, Reason, log_ratio_posterior
from experiments.statistics.priors.likelihood import EffectLikelihood
from experiments.statistics.priors.posterior import effect_posterior, posterior_figures
from experiments.statistics.priors.scale_mixture import EffectPrior, normal_prior


@pytest.mark.parametrize(
    ("middle", "error", "sd"),
    [(0.2, 0.07, 0.1), (0.0, 0.1, 0.003), (-0.3, 0.4, 1.0), (0.5, 0.004, 0.3)],
)
def test_posterior_with_one_normal_prior_is_the_closed_form(middle, error, sd):
    found = effect_posterior(EffectLikelihood(middle, error), normal_prior(sd)).summary()
    share = sd**2 / (sd**2 + error**2)
    mean, deviation = share * middle, sqrt(share) * error
    assert found.mean == pytest.approx(exp(mean + deviation**2 / 2) - 1, rel=2e-3, abs=1e-5)
    assert found.chance_to_win == pytest.approx(stats.norm.cdf(mean / deviation), abs=1e-3)
    assert found.low == pytest.approx(expm1(mean - 1.959964 * deviation), rel=5e-3, abs=5e-5)
    assert found.high == pytest.approx(expm1(mean + 1.959964 * deviation), rel=5e-3, abs=5e-5)


def test_posterior_of_a_test_that_says_nothing_is_what_was_believed_before():
    found = effect_posterior(EffectLikelihood(0.5, 200.0), normal_prior(0.1)).summary()
    # A coarse grid: nothing around the estimate is of use.
    assert found.mean == pytest.approx(exp(0.1**2 / 2) - 1, rel=0.02)
    assert found.low == pytest.approx(expm1(-0.1959964), rel=0.02)
    assert found.high == pytest.approx(expm1(0.1959964), rel=0.02)


def test_posterior_equals_the_closed_form_on_logs():
    lift = Interval(0.08, None, None)
    comparison = Comparison(control=100, treatment=108, lift=lift, lift_standard_error=0.05, method="score")
    expected, found = log_ratio_posterior(comparison), posterior_figures(comparison, normal_prior(0.1))
    for name in ("mean", "sd", "low", "high", "chance_to_win", "expected_loss_ship", "expected_loss_keep"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), rel=3e-3), name


@pytest.mark.slow
def test_posterior_with_a_mixture_equals_integration():
    weights, scales = (0.7, 0.3), (0.03, 0.3)
    likelihood = EffectLikelihood(0.25, 0.1, 0.2)
    found = effect_posterior(likelihood, EffectPrior(weights, scales)).summary()

    def height(x: float) -> float:
        prior = sum(w * stats.norm.pdf(x, 0, s) for w, s in zip(weights, scales, strict=True))
        return float(prior * np.exp(likelihood.log_density(np.array([x]))[0]))

    def over(function: Callable[[float], float]) -> float:
        found = integrate.quad(lambda x: function(x) * height(x), -2.0, 3.0, points=[0.0, 0.1, 0.3], limit=400)
        return float(found[0])

    total = over(lambda x: 1.0)
    assert found.mean == pytest.approx(over(expm1) / total, rel=1e-3)
    assert found.chance_to_win == pytest.approx(over(lambda x: x > 0) / total, abs=1e-3)
    assert found.expected_loss_ship == pytest.approx(over(lambda x: -min(expm1(x), 0.0)) / total, rel=5e-3)
    assert found.expected_loss_keep == pytest.approx(over(lambda x: max(expm1(x), 0.0)) / total, rel=2e-3)


def test_posterior_without_much_of_a_prior_is_the_test():
    """A flat prior leaves the test's interval and its one-sided p."""
    likelihood = EffectLikelihood.of_interval(Interval(1.17, 0.57, 2.27))
    assert likelihood is not None
    found = effect_posterior(likelihood, normal_prior(50.0)).summary()
    assert (found.low, found.high) == pytest.approx((0.57, 2.27), rel=5e-3)


def test_curve_of_the_posterior_has_area_one_and_zero_among_its_points():
    posterior = effect_posterior(EffectLikelihood(0.02, 0.05), normal_prior(0.1))
    assert np.trapezoid(posterior.density, posterior.points) == pytest.approx(1.0)
    assert 0.0 in posterior.points


@pytest.mark.parametrize(
    ("comparison", "reason"),
    [
        (Comparison(control=0.0, treatment=1.0, method="score", unavailable=Reason.NO_ORDERS), Reason.NO_ORDERS),
        (Comparison(control=0.0, treatment=1.0, method="score"), Reason.CONTROL_IS_ZERO),
        (Comparison(control=1.0, treatment=-1.0, lift=Interval(-2.0, -3.0, 0.1), method="welch"), Reason.NOT_POSITIVE),
        (Comparison(control=1.0, treatment=1.2, lift=Interval(0.2, None, None), method="welch"), Reason.ZERO_VARIANCE),
    ],
)
def test_posterior_without_a_lift_says_why(comparison, reason):
    found = posterior_figures(comparison, normal_prior(0.1))
    assert (found.mean, found.unavailable) == (None, reason)
