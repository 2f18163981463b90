"""Several tests of the same kind taken together: their common effect, and what each one is likely to be worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from scipy.special import chdtrc, ndtri

from experiments.statistics.results import Interval

FEWEST = 3  # effects from which their spread is estimated; below, the prior below stands in for it
PRIOR_SD = 0.1  # of log lifts, around 0: the default prior of a single test


@dataclass(frozen=True, slots=True)
class Pooled:
    """Effects taken together.

    - ``mean``: of the effects' distribution, with its interval; ``standard_error`` of it; ``tau``: how far true effects
      spread around it; ``q`` and ``p_value``: Cochran's test that they don't (``None`` below three effects).
    - ``shrunk``: each effect drawn to the mean, with the interval that goes with it.
    - ``keeping``: per effect, the share of its own estimate in ``shrunk``.
    """

    mean: Interval
    standard_error: float
    tau: float
    q: float | None
    p_value: float | None
    shrunk: tuple[Interval, ...]
    keeping: tuple[float, ...]


def random_effects(estimates: Sequence[float], errors: Sequence[float], *, alpha: float = 0.05) -> Pooled:
    """Pool independent estimates (log lifts) with their standard errors, all above 0.

    - The spread of true effects by the method of moments of DerSimonian and Laird (1986), at least 0; the mean weighs
      each estimate by ``1 / (error^2 + tau^2)``.
    - Each effect is then drawn to the mean (normal-normal empirical Bayes; Efron, Morris 1975): it keeps the share
      ``tau^2 / (tau^2 + error^2)`` of itself, and its variance counts the mean's error in (Raudenbush, Bryk 2002).
    - Below three effects nothing can be said about their spread: the prior N(0, 0.1^2) takes the place of both.

    Raises ``ValueError`` without effects, or for errors that are not above 0.
    """
    if not estimates or len(estimates) != len(errors) or min(errors) <= 0:
        raise ValueError("need effects, each with an error above 0")
    z = -float(ndtri(alpha / 2))
    if len(estimates) < FEWEST:
        mean, mean_error, tau, q, p_value = 0.0, 0.0, PRIOR_SD, None, None
    else:
        tau, q = _spread(estimates, errors)
        p_value = float(chdtrc(len(estimates) - 1, q))
        mean, mean_error = _mean(estimates, errors, tau)
    keeping = tuple(tau * tau / (tau * tau + error * error) for error in errors)
    shrunk = tuple(
        _interval(share * estimate + (1 - share) * mean, sqrt(share * error**2 + ((1 - share) * mean_error) ** 2), z)
        for share, estimate, error in zip(keeping, estimates, errors, strict=True)
    )
    return Pooled(
        mean=_interval(mean, mean_error or tau, z),
        standard_error=mean_error,
        tau=tau,
        q=q,
        p_value=p_value,
        shrunk=shrunk,
        keeping=keeping,
    )


def _spread(estimates: Sequence[float], errors: Sequence[float]) -> tuple[float, float]:
    """The standard deviation of the true effects, and Cochran's Q."""
    weights = [1 / error**2 for error in errors]
    total = sum(weights)
    centre = sum(w * estimate for w, estimate in zip(weights, estimates, strict=True)) / total
    q = sum(w * (estimate - centre) ** 2 for w, estimate in zip(weights, estimates, strict=True))
    scale = total - sum(w * w for w in weights) / total
    return sqrt(max(0.0, (q - (len(estimates) - 1)) / scale)), q


def _mean(estimates: Sequence[float], errors: Sequence[float], tau: float) -> tuple[float, float]:
    weights = [1 / (error**2 + tau**2) for error in errors]
    total = sum(weights)
    return sum(w * estimate for w, estimate in zip(weights, estimates, strict=True)) / total, 1 / sqrt(total)


def _interval(estimate: float, error: float, z: float) -> Interval:
    return Interval(estimate, estimate - z * error, estimate + z * error)
