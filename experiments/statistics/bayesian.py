"""What to believe after the data: chance to win, expected losses, credible intervals.

Source: A. Gelman et al., "Bayesian Data Analysis", third edition (2013).
"""

from __future__ import annotations

from math import exp, expm1, inf, isfinite, log, pi, sqrt

from scipy.special import betaincinv, erfcx, ndtr

from experiments.statistics.proportions.beta import Beta, difference_quantiles, log_ratio_quantiles, upset
from experiments.statistics.results import Comparison, Interval, Posterior, Proportion, Reason

_TAIL = 0.025  # on each side: all intervals hold 95%
_Z = 1.959963984540054  # the normal quantile that leaves _TAIL
# Where Mills' ratio is close to 1/z, the difference from it cancels: from here on by a continued fraction, deep enough
# for all digits.
_FRACTION_FROM, _FRACTION_DEPTH = 6.0, 40
# exp(709) is the largest that doubles hold.
_LARGEST_LOG = 700.0
# Steps wider than this lose no digits to cancellation.
_SMALL_STEP = 0.1
# Nodes and weights of Gauss and Legendre's rule of three points, on a step of length 1.
_GAUSS = ((-sqrt(0.6), 5 / 18), (0.0, 4 / 9), (sqrt(0.6), 5 / 18))


def beta_binomial(control: Proportion, treatment: Proportion, *, prior: tuple[float, float] = (1.0, 1.0)) -> Posterior:
    """Return the posterior of the difference of two rates, each with a Beta(``prior``) prior.

    - Scale: ``mean``, ``sd``, ``low``, ``high`` and the expected losses are differences of rates (0.01 = one point);
      ``lift`` is treatment / control - 1, its estimate the ratio of the posterior means - 1.
    - Exact: quadrature over the two beta posteriors (Gelman et al. 2013, section 2.4), no draws; a chance of 1e-60 to
      lose comes out as that. All intervals are equal-tailed and hold 95%.
    - Unavailable without visitors in an arm (``no_units``). Raises ``ValueError`` for a prior that isn't positive.
    """
    if min(prior) <= 0:
        raise ValueError("both numbers of a beta prior must be positive")
    if control.n == 0 or treatment.n == 0:
        return unavailable_posterior(Reason.NO_UNITS)
    before, after = _posterior(control, prior), _posterior(treatment, prior)
    gain = after.mean - before.mean
    chance, ship, keep = _race(before, after)
    low, high = difference_quantiles(before, after, _TAIL)
    low_log, high_log = log_ratio_quantiles(before, after, _TAIL)
    return Posterior(
        chance_to_win=chance,
        expected_loss_ship=ship,
        expected_loss_keep=keep,
        low=low,
        high=high,
        mean=gain,
        sd=sqrt(before.cumulants[1] + after.cumulants[1]),
        lift=Interval(gain / before.mean, expm1(low_log), expm1(high_log)),
        control_rate=_rate(before),
        treatment_rate=_rate(after),
    )


def _posterior(arm: Proportion, prior: tuple[float, float]) -> Beta:
    return Beta(prior[0] + arm.successes, prior[1] + arm.n - arm.successes)


def _race(control: Beta, treatment: Beta) -> tuple[float, float, float]:
    """Return the chance to win and both expected losses, from the less likely direction."""
    gain = treatment.mean - control.mean
    if gain >= 0:
        chance_to_lose, ship = upset(control, treatment)
        return 1.0 - chance_to_lose, ship, ship + gain
    chance, keep = upset(treatment, control)
    return chance, keep - gain, keep


def _rate(beta: Beta) -> Interval:
    low, high = betaincinv(beta.a, beta.b, [_TAIL, 1 - _TAIL])
    return Interval(beta.mean, float(low), float(high))


def normal_posterior(
    estimate: float, standard_error: float, *, prior_mean: float = 0.0, prior_sd: float = inf
) -> Posterior:
    """Return the normal posterior of an effect known as ``estimate`` with ``standard_error``.

    - Scale: the estimate's own, for all figures. Prior N(``prior_mean``, ``prior_sd``^2); infinite: flat.
    - Precisions add: ``1/sd^2 = 1/standard_error^2 + 1/prior_sd^2`` (Gelman et al. 2013, section 2.5).
    - Expected loss of rolling out: ``sd (phi(z) - z Phi(-z))`` with ``z = mean / sd`` (the unit normal loss of Raiffa
      and Schlaifer 1961), through Mills' ratio in the tail, where the closed form cancels.
    - Unavailable where the standard error is 0 (``zero_variance``) or a number isn't finite (``out_of_range``).

    Raises ``ValueError`` for a ``prior_sd`` that isn't positive.
    """
    if prior_sd <= 0:
        raise ValueError("the prior's standard deviation must be positive")
    if not (isfinite(estimate) and isfinite(standard_error)):
        return unavailable_posterior(Reason.OUT_OF_RANGE)
    if standard_error <= 0:
        return unavailable_posterior(Reason.ZERO_VARIANCE)
    mean, sd = _shrink(estimate, standard_error, prior_mean, prior_sd)
    z = mean / sd
    loss = sd * _density(z) * _mills_gap(abs(z))
    return Posterior(
        chance_to_win=float(ndtr(z)),
        expected_loss_ship=loss - min(mean, 0.0),
        expected_loss_keep=loss + max(mean, 0.0),
        low=mean - _Z * sd,
        high=mean + _Z * sd,
        mean=mean,
        sd=sd,
    )


def log_ratio_posterior(comparison: Comparison, *, prior_sd: float = 0.1) -> Posterior:
    """Return the posterior of the lift, normal on ``log(treatment / control)``.

    - Scale: the lift's, for all figures (0.05 = +5%); expected losses are shares of control's value.
    - Prior N(0, ``prior_sd``^2) on the log ratio, so that +10% and -9.1% are equally likely beforehand: 0.1 says that
      two tests in three change the metric by less than 10%. The log ratio's standard error is the lift's delta-method
      error over the ratio.
    - Expected losses by Mills' ratio, so that they stay right where they are tiny.
    - Unavailable with the comparison's own reason, or where a value isn't positive (``not_positive``).
    """
    lift = comparison.estimated_lift
    if lift is None or comparison.lift_standard_error is None:
        return unavailable_posterior(comparison.unavailable or Reason.CONTROL_IS_ZERO)
    if lift <= -1 or comparison.control is None or comparison.control <= 0:
        return unavailable_posterior(Reason.NOT_POSITIVE)
    ratio = 1.0 + lift
    on_logs = normal_posterior(log(ratio), comparison.lift_standard_error / ratio, prior_sd=prior_sd)
    if on_logs.mean is None or on_logs.sd is None:
        return on_logs
    return _exponentiate(on_logs.mean, on_logs.sd)


def _exponentiate(mean: float, sd: float) -> Posterior:
    """Return the posterior of ``exp(t) - 1`` for t normal."""
    if abs(mean) + _Z * sd + sd * sd > _LARGEST_LOG:
        return unavailable_posterior(Reason.OUT_OF_RANGE)
    z, gain = mean / sd, expm1(mean + 0.5 * sd * sd)
    if z >= 0:
        ship = _density(z) * _mills_drop(z, sd)
        keep = ship + gain
    else:
        keep = _density(z) * _mills_drop(-z - sd, sd)
        ship = keep - gain
    return Posterior(
        chance_to_win=float(ndtr(z)),
        expected_loss_ship=ship,
        expected_loss_keep=keep,
        low=expm1(mean - _Z * sd),
        high=expm1(mean + _Z * sd),
        mean=gain,
        sd=sqrt(expm1(sd * sd)) * (1.0 + gain),
    )


def _shrink(estimate: float, standard_error: float, prior_mean: float, prior_sd: float) -> tuple[float, float]:
    """Return mean and standard deviation of the posterior; a flat prior has an infinite one and changes nothing."""
    weight = 1.0 / (1.0 + (standard_error / prior_sd) ** 2)
    return prior_mean + weight * (estimate - prior_mean), standard_error * sqrt(weight)


def _density(z: float) -> float:
    return exp(-0.5 * z * z) / sqrt(2 * pi)


def _mills(z: float) -> float:
    """Mills' ratio ``Phi(-z) / phi(z)``."""
    return sqrt(pi / 2) * float(erfcx(z / sqrt(2)))


def _mills_gap(z: float) -> float:
    """``1 - z Mills(z)``, minus the slope of Mills' ratio; by Laplace's continued fraction where that cancels."""
    if z < _FRACTION_FROM:
        return 1.0 - z * _mills(z)
    fraction = z
    for k in range(_FRACTION_DEPTH, 1, -1):
        fraction = z + k / fraction
    return 1.0 / (z * fraction + 1.0)


def _mills_drop(z: float, step: float) -> float:
    """``Mills(z) - Mills(z + step)``; for a small step by Gauss-Legendre over the slope, where that cancels."""
    if step > _SMALL_STEP:
        return _mills(z) - _mills(z + step)
    slope = 0.0
    for node, weight in _GAUSS:
        slope += weight * _mills_gap(z + 0.5 * step * (1.0 + node))
    return step * slope


def unavailable_posterior(reason: str) -> Posterior:
    """Return a posterior without figures, and why."""
    return Posterior(
        chance_to_win=None,
        expected_loss_ship=None,
        expected_loss_keep=None,
        low=None,
        high=None,
        mean=None,
        sd=None,
        unavailable=reason,
    )
