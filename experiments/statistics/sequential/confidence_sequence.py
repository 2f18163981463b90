"""Looks at any time: an interval of the difference and a p-value that hold at every look at once.

Sources: H. Robbins, "Statistical methods related to the law of the iterated logarithm" (1970); S. R. Howard et al.,
"Time-uniform, nonparametric, nonasymptotic confidence sequences" (2021); I. Waudby-Smith et al., "Time-uniform central
limit theory and asymptotic confidence sequences" (2024); R. Johari et al., "Always valid inference: continuous
monitoring of A/B tests" (2022).
"""

from __future__ import annotations

from math import exp, log, log1p, sqrt

from scipy.special import lambertw

from experiments.statistics.money.welch import ArmEstimate, fieller
from experiments.statistics.results import Comparison, Interval, Reason, Sequential

# The statement is asymptotic, and order values are skewed: below so many buyers its promise doesn't hold in simulation.
BUYERS_FROM = 100


def confidence_sequence(
    comparison: Comparison,
    *,
    n: int,
    n_star: float,
    alpha: float = 0.05,
    rho: float | None = None,
    fewest_buyers: int | None = None,
) -> Sequential:
    """Return the always-valid interval and p-value of the *absolute difference*: they hold at every look at once.

    - ``n``: visitors of both arms so far; ``n_star``: the size at which the interval is to be narrowest, for which half
      the planned sample is a good choice.
    - Normal-mixture boundary (Robbins 1970; Howard et al. 2021) in its asymptotic form (Waudby-Smith et al. 2024): with
      standard error s and ``m = n rho^2``, half the width is ``s sqrt((1 + m)/m (log(1 + m) - 2 log alpha))``.
    - ``rho``: the boundary's constant, `mixture_rho` of ``n_star`` unless given. A mixture whose standard deviation in
      the metric's unit is tau (the mixture sequential probability ratio test of Johari et al. 2022) has
      ``rho = tau / s / sqrt(n)``.
    - The lift's ends are those of the sequences on ``treatment - (1 + d) control``, one for every d, each of which
      holds at every look: their limits are a quadratic's roots, as in Fieller (1954).
    - ``fewest_buyers``: buyers in the smaller arm, where known. Below 100 the statement is ``too_early``.

    Unavailable with the comparison's reason where it has no standard error, ``zero_variance`` where that is 0.
    """
    estimate, error = comparison.estimated_difference, comparison.standard_error
    if estimate is None or error is None or n <= 0:
        return _unavailable(comparison.unavailable or Reason.NO_UNITS)
    if error <= 0:
        return _unavailable(Reason.ZERO_VARIANCE)
    if fewest_buyers is not None and fewest_buyers < BUYERS_FROM:
        return _unavailable(Reason.TOO_EARLY)
    if rho is None:
        rho = mixture_rho(n_star, alpha)
    return _at_sample(comparison, n, rho, alpha)


def _at_sample(comparison: Comparison, n: int, rho: float, alpha: float) -> Sequential:
    """Return the interval and p-value at this sample, of a comparison that has a difference and an error."""
    estimate, error = comparison.estimated_difference or 0.0, comparison.standard_error or 0.0
    spread = n * rho * rho
    width = sqrt((1 + spread) / spread * (log1p(spread) - 2 * log(alpha)))
    lift = _lift_interval(comparison, n, width)
    return Sequential(
        low=estimate - width * error,
        high=estimate + width * error,
        p_value=exp(min(0.0, -log_mixture_ratio(estimate / error, spread))),
        lift_low=lift.low,
        lift_high=lift.high,
        rho=rho,
    )


def _lift_interval(comparison: Comparison, n: int, width: float) -> Interval:
    """Return the lifts whose sequence, ``width`` standard errors to both sides, doesn't exclude 0.

    Without ends where control is 0, or the arms' own errors aren't known.
    """
    control, treatment = comparison.control, comparison.treatment
    if not control or treatment is None or comparison.control_error is None or comparison.treatment_error is None:
        return Interval(None, None, None)
    return fieller(
        ArmEstimate(control, comparison.control_error**2, n),
        ArmEstimate(treatment, comparison.treatment_error**2, n),
        width,
    )


def mixture_rho(n_star: float, alpha: float, *, is_exact: bool = False) -> float:
    """Return the constant that makes the confidence sequence narrowest at ``n_star`` visitors.

    By the closed form of Waudby-Smith et al. (2024), or with ``is_exact`` Howard's optimum by Lambert's W; the widths
    at ``n_star`` differ by less than 0.01%.
    """
    if is_exact:
        branch = float(lambertw(-alpha * alpha * exp(-1.0), k=-1).real)
        return sqrt((-branch - 1.0) / n_star)
    logs = -2.0 * log(alpha)
    return sqrt((logs + log1p(logs)) / n_star)


def log_mixture_ratio(z: float, spread: float) -> float:
    """Return the log likelihood ratio of the mixture N(0, ``spread``) of means of z against mean 0."""
    return 0.5 * (z * z * spread / (1 + spread) - log1p(spread))


def _unavailable(reason: str) -> Sequential:
    return Sequential(low=None, high=None, p_value=None, unavailable=reason)
