"""The posterior's curve has the posterior's area, mean and chance."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.analysis.beliefs import curve_of
from experiments.report import Belief
from experiments.statistics import Comparison, Interval, log_ratio_posterior


def belief() -> Belief:
    """Of a lift of 8% with a standard error of 5%."""
    lift = Interval(0.08, None, None)
    known = Comparison(control=100, treatment=108, lift=lift, lift_standard_error=0.05, method="score")
    posterior = log_ratio_posterior(known)
    return Belief(
        scale="lift",
        chance_to_win=posterior.chance_to_win,
        expected_loss_ship=None,
        expected_loss_keep=None,
        expected_loss_monthly_minor=None,
        mean=posterior.mean,
        sd=posterior.sd,
        low=posterior.low,
        high=posterior.high,
        unavailable=None,
    )


def test_curve_of_a_lift_integrates_to_the_beliefs_figures():
    one = belief()
    curve = curve_of("rpv", "b", one)
    assert curve is not None
    x, density = np.array(curve.effect), np.array(curve.density)
    assert np.trapezoid(density, x) == pytest.approx(1, abs=1e-3)
    assert np.trapezoid(density * x, x) == pytest.approx(one.mean, abs=2e-4)
    is_win = x >= 0
    assert np.trapezoid(density[is_win], x[is_win]) == pytest.approx(one.chance_to_win, abs=1e-3)
    assert 0.0 in curve.effect
    assert list(x) == sorted(x)


def test_curve_of_a_difference_is_on_its_scale():
    curve = curve_of("conversion", "b", replace(belief(), scale="difference", mean=0.01, sd=0.002))
    assert curve is not None
    x, density = np.array(curve.effect), np.array(curve.density)
    assert (x[0], x[-1]) == pytest.approx((0.002, 0.018))
    assert x[density.argmax()] == pytest.approx(0.01)


def test_curve_of_nothing_is_none():
    assert curve_of("rpv", "b", None) is None
    assert curve_of("rpv", "b", replace(belief(), sd=0.0)) is None
