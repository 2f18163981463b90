"""What one test says of an effect by itself: its interval as a density over log(1 + lift).

Source: B. Efron, "Bayes and likelihood calculations from confidence intervals" (1993).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, expm1, inf, isfinite, log, log1p

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from experiments.statistics.results import Comparison, Interval

Floats = npt.NDArray[np.float64]

# Up to here the interval's ends say how skewed the test is; further out it is taken to go on straight.
KNOWN_Z = -float(ndtri(0.025))
# Below, the curve is a line in double precision, and its formula divides by nothing.
SMALLEST_SKEW = 1e-6
# Ends more uneven than this come of a handful of orders, and say nothing of the shape.
MOST_UNEVEN = 20.0


@dataclass(frozen=True, slots=True)
class EffectLikelihood:
    """A test's confidence distribution of an effect on the scale of log(1 + lift).

    - ``middle``: the estimate; ``scale``: its standard error, above 0; ``skew``: positive where the upper end of the
      interval is farther away than the lower one, 0 where the test is symmetric.
    - Its z at an effect x is ``log(1 + skew t) / skew`` with ``t = (x - middle) / scale``, a line beyond the 95%
      interval: so its interval is the test's own, skew correction included, and so is its tail at no effect.
    """

    middle: float
    scale: float
    skew: float = 0.0

    @classmethod
    def of_interval(cls, lift: Interval, *, alpha: float = 0.05) -> EffectLikelihood | None:
        """Return what an interval of the lift at level ``alpha`` says; ``None`` without an estimate or an end."""
        if lift.estimate is None or lift.estimate <= -1:
            return None
        middle, z = log1p(lift.estimate), -float(ndtri(alpha / 2))
        below, above = middle - log_of(lift.low, otherwise=-inf), log_of(lift.high, otherwise=inf) - middle
        # Where one end is missing, the other is all that is known of the error.
        if not isfinite(below):
            below = above
        if not isfinite(above):
            above = below
        if not isfinite(below) or min(below, above) <= 0:
            return None
        skew = log(min(max(above / below, 1 / MOST_UNEVEN), MOST_UNEVEN)) / z
        return cls(middle, below / -curved(-z, skew), skew)

    @classmethod
    def of_comparison(cls, comparison: Comparison, *, alpha: float = 0.05) -> EffectLikelihood | None:
        """Return what a comparison says: by its interval at level ``alpha``, else by the delta method's error.

        ``None`` over a control that isn't positive: a loss that is halved or doubled has no log lift.
        """
        if comparison.lift is None or (comparison.control is not None and comparison.control <= 0):
            return None
        known = cls.of_interval(comparison.lift, alpha=alpha)
        error, lift = comparison.lift_standard_error, comparison.lift.estimate
        if known is None and error and lift is not None and lift > -1:
            return cls(log1p(lift), error / (1 + lift))
        return known

    def z(self, effects: Floats) -> Floats:
        """Return the normal value of each effect's confidence level: 0 at the estimate, -1.96 at the lower end."""
        t = (effects - self.middle) / self.scale
        if abs(self.skew) < SMALLEST_SKEW:
            return t
        low, high = curved(-KNOWN_Z, self.skew), curved(KNOWN_Z, self.skew)
        inside = np.log1p(self.skew * np.clip(t, low, high)) / self.skew
        return inside + self.outside(t)

    def outside(self, t: Floats) -> Floats:
        """Return how far each z goes on beyond the known part, by the slope that the curve has there."""
        low, high = curved(-KNOWN_Z, self.skew), curved(KNOWN_Z, self.skew)
        beyond = np.maximum(t - high, 0.0) * exp(-self.skew * KNOWN_Z)
        return beyond + np.minimum(t - low, 0.0) * exp(self.skew * KNOWN_Z)

    def effects(self, z: Floats) -> Floats:
        """Return the effects that have these normal values; `z` the other way round."""
        known = np.clip(z, -KNOWN_Z, KNOWN_Z)
        slope = np.exp(self.skew * known)
        t = known
        if abs(self.skew) >= SMALLEST_SKEW:
            t = np.expm1(self.skew * known) / self.skew
        return self.middle + self.scale * (t + (z - known) * slope)

    def log_density(self, effects: Floats) -> Floats:
        """Return the log of the density, up to a constant."""
        z = self.z(effects)
        # The slope of z: the curve's, which stays as it is beyond the known part.
        return -0.5 * z * z - self.skew * np.clip(z, -KNOWN_Z, KNOWN_Z)


def curved(z: float, skew: float) -> float:
    """Return the distance from the estimate, in standard errors, at which the normal value is ``z``."""
    if abs(skew) < SMALLEST_SKEW:
        return z
    return expm1(skew * z) / skew


def log_of(end: float | None, *, otherwise: float) -> float:
    """Return the log of 1 + an end of the lift; ``otherwise`` where it has none."""
    if end is None or end <= -1 or not isfinite(end):
        return otherwise
    return log1p(end)
