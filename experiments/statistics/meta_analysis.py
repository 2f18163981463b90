"""Several tests of the same kind taken together: their common effect, and what each one is likely to be worth.

Sources: R. DerSimonian, N. Laird, "Meta-analysis in clinical trials" (1986); B. Efron, C. Morris, "Data analysis using
Stein's estimator and its generalizations" (1975); S. W. Raudenbush, A. S. Bryk, "Hierarchical Linear Models" (2002).
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
    - Each effect is then drawn to the mean (normal-normal empirical Bayes; Efron, Morris 1975): it keeps the share
      ``tau^2 / (tau^2 + error^2)`` of itself, and its variance counts the mean's error in (Raudenbush, Bryk 2002).
    - Below three effects nothing can be said about their spread: the prior N(0, 0.1^2) takes the place of both.

    Raises ``ValueError`` without effects, or for errors that are not above 0.
    """
    if not estimates or len(estimates) != len(errors) or min(errors) <= 0:
        raise ValueError("need effects, each with an error above 0")
    z = -float(ndtri(alpha / 2))
    true = _distribution(estimates, errors)
    shrunk, keeping = [], []
    for estimate, error in zip(estimates, errors, strict=True):
        share = true.tau * true.tau / (true.tau * true.tau + error * error)
        middle = share * estimate + (1 - share) * true.mean
        middle_error = sqrt(share * error**2 + ((1 - share) * true.mean_error) ** 2)
        shrunk.append(_interval(middle, middle_error, z))
        keeping.append(share)
    return Pooled(
        mean=_interval(true.mean, true.mean_error or true.tau, z),
        standard_error=true.mean_error,
        tau=true.tau,
        q=true.q,
        p_value=true.p_value,
        shrunk=tuple(shrunk),
        keeping=tuple(keeping),
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
