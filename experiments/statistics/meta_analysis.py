"""Several tests of the same kind taken together: their common effect, and how far the tests' own spread around it.

Source: R. DerSimonian, N. Laird, "Meta-analysis in clinical trials" (1986).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from scipy.special import chdtrc, ndtri

from experiments.statistics.results import Interval

# Effects from which their spread is estimated; of two there is next to nothing to tell it by.
FEWEST = 3
# Of log lifts, around 0: the default prior of a single test, which stands in below.
PRIOR_SD = 0.1


@dataclass(frozen=True, slots=True)
class Pooled:
    """Effects taken together.

    - ``mean``: of the effects' distribution, with its interval; ``standard_error``: of it, 0 where the prior stands in.
    - ``tau``: how far true effects spread around the mean, a standard deviation.
    - ``q``, ``p_value``: Cochran's test that they don't spread; ``None`` below three effects.
    """

    mean: Interval
    standard_error: float
    tau: float
    q: float | None
    p_value: float | None


@dataclass(frozen=True, slots=True)
class _Distribution:
    """Of true effects: their mean with its error, their spread ``tau``, and Cochran's test (`Pooled`)."""

    mean: float
    mean_error: float
    tau: float
    q: float | None = None
    p_value: float | None = None


def random_effects(estimates: Sequence[float], errors: Sequence[float], *, alpha: float = 0.05) -> Pooled:
    """Pool independent estimates (log lifts) with their standard errors, all above 0.

    - The spread of true effects by the method of moments of DerSimonian and Laird (1986), at least 0; the mean weighs
      each estimate by ``1 / (error^2 + tau^2)``.
    - Below three effects nothing can be said about their spread: the prior N(0, 0.1^2) takes the place of both.

    Raises ``ValueError`` without effects, or for errors that are not above 0.
    """
    if not estimates or len(estimates) != len(errors) or min(errors) <= 0:
        raise ValueError("need effects, each with an error above 0")
    z = -float(ndtri(alpha / 2))
    true = _distribution(estimates, errors)
    return Pooled(
        mean=_interval(true.mean, true.mean_error or true.tau, z),
        standard_error=true.mean_error,
        tau=true.tau,
        q=true.q,
        p_value=true.p_value,
    )


def _distribution(estimates: Sequence[float], errors: Sequence[float]) -> _Distribution:
    """Return how true effects are distributed; below three effects, as the prior has it."""
    if len(estimates) < FEWEST:
        return _Distribution(mean=0.0, mean_error=0.0, tau=PRIOR_SD)
    tau, q = _spread(estimates, errors)
    weights = [1 / (error**2 + tau**2) for error in errors]
    return _Distribution(
        mean=_weighted_mean(estimates, weights),
        mean_error=1 / sqrt(sum(weights)),
        tau=tau,
        q=q,
        p_value=float(chdtrc(len(estimates) - 1, q)),
    )


def _spread(estimates: Sequence[float], errors: Sequence[float]) -> tuple[float, float]:
    """Return the standard deviation of the true effects, and Cochran's Q."""
    weights = [1 / error**2 for error in errors]
    centre = _weighted_mean(estimates, weights)
    q = squares = 0.0
    for estimate, weight in zip(estimates, weights, strict=True):
        q += weight * (estimate - centre) ** 2
        squares += weight * weight
    total = sum(weights)
    scale = total - squares / total
    return sqrt(max(0.0, (q - (len(estimates) - 1)) / scale)), q


def _weighted_mean(values: Sequence[float], weights: Sequence[float]) -> float:
    total = 0.0
    for value, weight in zip(values, weights, strict=True):
        total += weight * value
    return total / sum(weights)


def _interval(estimate: float, error: float, z: float) -> Interval:
    return Interval(estimate, estimate - z * error, estimate + z * error)
