from itertools import pairwise
from math import factorial, fsum, log, sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from experiments.statistics.proportions.beta import (
    Beta,
    cornish_fisher,
    difference_quantiles,
    log_ratio_quantiles,
    upset,
)


def cumulants_of(moment: Any) -> list[float]:
    """The first six cumulants from central moments; ``moment(0)`` is the mean."""
    mean, m2, m3, m4, m5, m6 = moment(0), *(moment(order) for order in range(2, 7))
    fourth, fifth = m4 - 3 * m2**2, m5 - 10 * m3 * m2
    return [mean, m2, m3, fourth, fifth, m6 - 15 * m4 * m2 - 10 * m3**2 + 30 * m2**3]


def central_moment(a: float, b: float, of: Any) -> Any:
    """Central moments of ``of(x)`` for x from Beta(a, b), by adaptive integration."""
    law = stats.beta(a, b)
    knots = [0.0, *law.ppf([1e-6, 0.01, 0.3, 0.7, 0.99, 1 - 1e-6]), 1.0]

    def integral(value: Any) -> float:
        return fsum(quad(lambda x: law.pdf(x) * value(x), low, high)[0] for low, high in pairwise(knots))

    mean = integral(of)
    return lambda order: integral(lambda x: (of(x) - mean) ** order) if order else mean


@pytest.mark.slow
@pytest.mark.parametrize(("a", "b"), [(3.0, 5.0), (40.0, 7.0), (2.5, 60.0)])
def test_cumulants_equal_integration(a, b):
    assert Beta(a, b).cumulants == pytest.approx(cumulants_of(central_moment(a, b, lambda x: x)), rel=1e-5)
    assert Beta(a, b).log_cumulants == pytest.approx(cumulants_of(central_moment(a, b, log)), rel=1e-4)


@settings(deadline=None)
@given(st.floats(30, 1e6), st.sampled_from([0.005, 0.025, 0.975, 0.995]))
def test_cornish_fisher_of_a_gamma_is_as_close_as_it_says(shape, tail):
    """Gamma(k) has the cumulants k (r - 1)!"""
    cumulants = tuple(shape * factorial(order - 1) for order in range(1, 7))
    quantile, doubt = cornish_fisher(cumulants, stats.norm.ppf(tail))
    assert abs(quantile - stats.gamma.ppf(tail, shape)) / sqrt(shape) < 3 * doubt + 1e-11


@pytest.mark.parametrize(("control", "treatment"), [((601, 19401), (691, 19311)), ((2001, 30001), (1801, 30201))])
def test_quantiles_by_expansion_and_by_quadrature_agree(control, treatment, monkeypatch):
    arms = Beta(*control), Beta(*treatment)
    expanded = *difference_quantiles(*arms, 0.025), *log_ratio_quantiles(*arms, 0.025)
    monkeypatch.setattr("experiments.statistics.proportions.beta._DOUBT", 0.0)
    integrated = *difference_quantiles(*arms, 0.025), *log_ratio_quantiles(*arms, 0.025)
    assert expanded == pytest.approx(integrated, rel=1e-7)


def test_upset_of_equal_laws_is_a_coin_toss():
    chance, loss = upset(Beta(12, 30), Beta(12, 30))
    assert chance == pytest.approx(0.5)
    gini = quad(lambda x: stats.beta.cdf(x, 12, 30) * stats.beta.sf(x, 12, 30), 0, 1)[0]
    assert loss == pytest.approx(gini)
