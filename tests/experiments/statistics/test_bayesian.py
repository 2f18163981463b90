from itertools import pairwise
from math import exp, expm1, fsum, inf, isfinite, lgamma, log, pi, sqrt
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta, norm

from experiments.statistics import (
    Comparison,
    Interval,
    Method,
    Posterior,
    Proportion,
    Reason,
    beta_binomial,
    log_ratio_posterior,
    normal_posterior,
)
from tests.examples import examples

THIN = st.integers(1, 40).flatmap(lambda n: st.builds(Proportion, st.integers(0, n), st.just(n)))
ANY = st.integers(1, 10**9).flatmap(lambda n: st.builds(Proportion, st.integers(0, n), st.just(n)))


def numbers(posterior: Posterior) -> list[float]:
    names = ("chance_to_win", "expected_loss_ship", "expected_loss_keep", "low", "high", "mean", "sd")
    values = [getattr(posterior, name) for name in names]
    assert None not in values
    return values


def ends(interval: Interval | None) -> tuple[float, float]:
    assert interval is not None
    assert interval.low is not None
    assert interval.high is not None
    return interval.low, interval.high


def log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def chance_by_sum(control: Proportion, treatment: Proportion) -> float:
    """P(treatment > control) under uniform priors: a finite sum of positive terms."""
    a, b = 1 + control.successes, 1 + control.n - control.successes
    c, d = 1 + treatment.successes, 1 + treatment.n - treatment.successes
    terms = (log_beta(a + i, b + d) - log(d + i) - log_beta(1 + i, d) - log_beta(a, b) for i in range(c))
    return fsum(map(exp, terms))


def expectation(control: Proportion, treatment: Proportion, of: Any, *kinks: float) -> float:
    """E[of(control rate, treatment's posterior)] by adaptive integration between the kinks of ``of``."""
    before, after = (beta(1 + arm.successes, 1 + arm.n - arm.successes) for arm in (control, treatment))
    inner = (min(max(kink, 0.0), 1.0) for kink in kinks)
    knots = sorted({0.0, *before.ppf([0.001, 0.2, 0.8, 0.999]), *inner, 1.0})
    parts = (quad(lambda x: before.pdf(x) * of(x, after), low, high, limit=200)[0] for low, high in pairwise(knots))
    return fsum(parts)


@pytest.mark.slow
@settings(deadline=None)
@given(THIN, THIN)
def test_beta_binomial_chance_to_win_equals_the_finite_sum(control, treatment):
    chance = beta_binomial(control, treatment).chance_to_win
    assert chance == pytest.approx(chance_by_sum(control, treatment), rel=1e-8)


@pytest.mark.parametrize(
    ("control", "treatment"),
    [((1000, 10_000), (300, 10_000)), ((3, 900), (0, 20_000)), ((299, 998), (29, 998)), ((995, 999), (900, 999))],
)
def test_beta_binomial_chance_far_in_the_tail_keeps_its_digits(control, treatment):
    arms = Proportion(*control), Proportion(*treatment)
    chance = chance_by_sum(*arms)
    assert chance < 0.02
    assert beta_binomial(*arms).chance_to_win == pytest.approx(chance, rel=1e-7)


@pytest.mark.slow
@examples(25)
@given(THIN, THIN)
def test_beta_binomial_expected_loss_equals_integration(control, treatment):
    c, d = 1 + treatment.successes, 1 + treatment.n - treatment.successes

    def shortfall(rate: float, _: Any) -> float:
        return float(rate * beta.cdf(rate, c, d) - c / (c + d) * beta.cdf(rate, c + 1, d))

    loss = beta_binomial(control, treatment).expected_loss_ship
    assert loss == pytest.approx(expectation(control, treatment, shortfall), rel=1e-5, abs=1e-9)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::scipy.integrate.IntegrationWarning")  # that 2e-7 is near what it can do
@examples(25)
@given(THIN, THIN)
def test_beta_binomial_intervals_leave_equal_tails(control, treatment):
    result = beta_binomial(control, treatment)
    for end, tail in zip(numbers(result)[3:5], (0.025, 0.975), strict=True):
        below = expectation(control, treatment, lambda x, after, d=end: after.cdf(x + d), -end, 1 - end)
        assert below == pytest.approx(tail, abs=2e-7)
    for end, tail in zip(ends(result.lift), (0.025, 0.975), strict=True):
        below = expectation(control, treatment, lambda x, after, lift=end: after.cdf(x * (1 + lift)), 1 / (1 + end))
        assert below == pytest.approx(tail, abs=2e-7)


def test_beta_binomial_lift_of_single_visitors_equals_the_closed_form():
    """Beta(1, 2) against Beta(2, 1): P(ratio > r) = 4/(3r) - 1/(2r^2) for r > 1."""
    _, high = ends(beta_binomial(Proportion(0, 1), Proportion(1, 1)).lift)
    assert high == pytest.approx(1 / (4 / 3 - sqrt(16 / 9 - 0.05)) - 1, rel=1e-10)


@settings(deadline=None)
@given(ANY, ANY)
@example(Proportion(0, 1), Proportion(10**9, 10**9))
@example(Proportion(0, 10**9), Proportion(0, 1))
@example(Proportion(5 * 10**8, 10**9), Proportion(5 * 10**8 + 1, 10**9))
def test_beta_binomial_any_counts_give_finite_ordered_numbers(control, treatment):
    result = beta_binomial(control, treatment)
    chance, ship, keep, low, high, mean, _ = numbers(result)
    assert all(map(isfinite, (*numbers(result), *ends(result.lift))))
    assert 0 <= chance <= 1
    assert ship >= 0
    assert keep >= 0
    assert -1 <= low <= high <= 1
    assert keep - ship == pytest.approx(mean, rel=1e-9, abs=1e-15)


@settings(deadline=None)
@given(ANY, ANY)
def test_beta_binomial_swapping_arms_mirrors_everything(control, treatment):
    chance, ship, keep, low, high, _, sd = numbers(beta_binomial(control, treatment))
    swapped = numbers(beta_binomial(treatment, control))
    assert 1 - swapped[0] == pytest.approx(chance, abs=1e-6)
    assert swapped[1:3] == pytest.approx([keep, ship], rel=1e-6, abs=1e-12)
    assert swapped[3:5] == pytest.approx([-high, -low], rel=1e-6, abs=1e-6 * sd)


def test_beta_binomial_many_visitors_equals_the_normal_limit():
    result = beta_binomial(Proportion(3_000_000, 10**8), Proportion(3_006_000, 10**8))
    error = sqrt((0.03 * 0.97 + 0.03006 * 0.96994) / 1e8)
    assert result.chance_to_win == pytest.approx(norm.cdf(6e-5 / error), rel=1e-5)
    assert result.low == pytest.approx(6e-5 - 1.959964 * error, abs=1e-3 * error)


def test_beta_binomial_without_visitors_is_unavailable():
    assert beta_binomial(Proportion(0, 0), Proportion(1, 2)).unavailable == Reason.NO_UNITS


def test_beta_binomial_prior_that_is_not_positive_is_refused():
    with pytest.raises(ValueError, match="positive"):
        beta_binomial(Proportion(1, 2), Proportion(1, 2), prior=(0, 1))


def test_normal_posterior_precisions_add():
    """Estimate 0.1 with error 0.03, prior 0.02 with sd 0.04: weight of the data 0.04^2 / (0.03^2 + 0.04^2) = 0.64."""
    result = normal_posterior(0.1, 0.03, prior_mean=0.02, prior_sd=0.04)
    assert result.mean == pytest.approx(0.02 + 0.64 * 0.08)
    assert result.sd == pytest.approx(0.03 * 0.8)
    assert result.chance_to_win == pytest.approx(norm.cdf(0.0712 / 0.024))


@pytest.mark.slow
@settings(deadline=None)
@given(st.floats(-4, 4), st.floats(0.1, 10))
def test_normal_posterior_losses_equal_integration(z, sd):
    result = normal_posterior(z * sd, sd)
    ship = quad(lambda t: -t * norm.pdf(t, z), -14, 0, points=[min(z, -1e-6)], epsabs=1e-13)[0] * sd
    keep = quad(lambda t: t * norm.pdf(t, z), 0, 14, points=[max(z, 1e-6)], epsabs=1e-13)[0] * sd
    assert [result.expected_loss_ship, result.expected_loss_keep] == pytest.approx([ship, keep], rel=1e-7)


@pytest.mark.parametrize("z", [8.0, 20.0, 35.0])
def test_normal_posterior_loss_far_in_the_tail_equals_the_asymptotic_series(z):
    series = 1 - 3 / z**2 + 15 / z**4 - 105 / z**6 + 945 / z**8 - 10395 / z**10
    expected = exp(-z * z / 2) / sqrt(2 * pi) / z**2 * series
    assert normal_posterior(z, 1.0).expected_loss_ship == pytest.approx(expected, rel=3e-6)


@pytest.mark.parametrize(
    ("estimate", "error", "reason"),
    [(1.0, 0.0, Reason.ZERO_VARIANCE), (inf, 1.0, Reason.OUT_OF_RANGE), (1.0, inf, Reason.OUT_OF_RANGE)],
)
def test_normal_posterior_without_a_usable_error_is_unavailable(estimate, error, reason):
    assert normal_posterior(estimate, error).unavailable == reason


def comparison(control: float, treatment: float, lift_error: float) -> Comparison:
    lift = Interval(treatment / control - 1, None, None)
    return Comparison(
        control=control, treatment=treatment, lift=lift, lift_standard_error=lift_error, method=Method.WELCH
    )


@pytest.mark.slow
@examples(20)
@given(st.floats(0.5, 2), st.floats(0.001, 0.5), st.floats(0.01, 1))
def test_log_ratio_posterior_equals_integration_over_the_log_ratio(ratio, error, prior_sd):
    result = log_ratio_posterior(comparison(10.0, 10.0 * ratio, error), prior_sd=prior_sd)
    weight = prior_sd**2 / (prior_sd**2 + (error / ratio) ** 2)
    mean, sd = weight * log(ratio), sqrt(weight) * error / ratio
    low, high = mean - 12 * sd, mean + 12 * sd
    knots = sorted({low, *(min(max(t, low), high) for t in (0.0, mean - 2 * sd, mean, mean + 2 * sd)), high})

    def integral(of: Any) -> float:
        return fsum(quad(lambda t: of(expm1(t)) * norm.pdf(t, mean, sd), a, b)[0] for a, b in pairwise(knots))

    assert numbers(result) == pytest.approx(
        [
            norm.cdf(mean / sd),
            integral(lambda lift: max(-lift, 0.0)),
            integral(lambda lift: max(lift, 0.0)),
            expm1(mean - norm.ppf(0.975) * sd),
            expm1(mean + norm.ppf(0.975) * sd),
            integral(lambda lift: lift),
            sqrt(integral(lambda lift: (lift - expm1(mean + sd * sd / 2)) ** 2)),
        ],
        rel=1e-6,
        abs=1e-11,
    )


def test_log_ratio_posterior_loss_far_in_the_tail_is_tiny_but_not_zero():
    """z = 30 on the log scale, s = 0.001: about s phi(z) / z^2 (1 - 3/z^2) shrunk by the slope of exp."""
    result = log_ratio_posterior(comparison(1.0, exp(0.03), 0.001 * exp(0.03)), prior_sd=1e9)
    expected = 0.001 * exp(-450) / sqrt(2 * pi) / 900 * (1 - 3 / 900)
    assert result.expected_loss_ship == pytest.approx(expected, rel=2e-3)


@settings(deadline=None)
@given(st.floats(0.5, 2), st.floats(0.001, 0.5))
def test_log_ratio_posterior_inverse_ratio_inverts_the_interval(ratio, error):
    once = log_ratio_posterior(comparison(1.0, ratio, error))
    inverse = log_ratio_posterior(comparison(1.0, 1 / ratio, error / ratio**2))
    assert inverse.chance_to_win == pytest.approx(1 - numbers(once)[0], abs=1e-9)
    assert 1 + numbers(inverse)[3] == pytest.approx(1 / (1 + numbers(once)[4]))


@pytest.mark.parametrize(("control", "treatment"), [(-1.0, -2.0), (1.0, -0.5), (1.0, 0.0)])
def test_log_ratio_posterior_value_that_is_not_positive_is_unavailable(control, treatment):
    assert log_ratio_posterior(comparison(control, treatment, 0.1)).unavailable == Reason.NOT_POSITIVE


def test_log_ratio_posterior_passes_the_comparisons_reason_on():
    empty = Comparison(control=None, treatment=None, method=Method.WELCH, unavailable=Reason.NO_ORDERS)
    assert log_ratio_posterior(empty).unavailable == Reason.NO_ORDERS


def test_log_ratio_posterior_lift_beyond_floating_point_is_unavailable():
    assert log_ratio_posterior(comparison(1.0, 1.5, 900.0), prior_sd=inf).unavailable == Reason.OUT_OF_RANGE
