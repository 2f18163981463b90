"""Follow a test's z between the bounds of its looks: Brownian motion, as far as no bound has stopped it.

Source: P. Armitage, C. K. McPherson, B. C. Rowe, "Repeated significance tests on accumulating data" (1969).
"""

from __future__ import annotations

from math import ceil, pi, sqrt
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Array: TypeAlias = NDArray[np.float64]
Limits: TypeAlias = tuple[float, float]

# The rule of the integration within a panel: Gauss and Legendre's, exact for polynomials up to degree 31.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
# Standard deviations of the narrower step that a panel may span, so that its points resolve the density.
_PANEL = 4.0
# Standard deviations around the mean that are integrated over: less than 1e-18 of the motion lies beyond.
_REACH = 9.0


class Walk(NamedTuple):
    """Brownian motion at an information fraction, as far as it has not stopped.

    - ``fraction``: the information so far, as a share of the plan's.
    - ``points``: where the motion may be, on the scale of ``z sqrt(fraction)``; ``mass``: how likely it is there, with
      the weights of the integration. Together less than 1 once a bound has stopped some of it.
    """

    fraction: float
    points: Array
    mass: Array

    def above(self, limit: float, fraction: float, drift: float) -> float:
        """Return the chance to be above ``limit`` at a later fraction, moving by ``drift`` per unit of information."""
        deviation = sqrt(fraction - self.fraction)
        ahead = self.points + drift * (fraction - self.fraction) - limit
        return float(self.mass @ ndtr(ahead / deviation))

    def advance(self, limits: Limits, fraction: float, following: float, drift: float) -> Walk:
        """Go on to ``fraction``, keeping what lies between the limits; fine enough for the look at ``following``."""
        elapsed = fraction - self.fraction
        deviation, centre, reach = sqrt(elapsed), drift * fraction, _REACH * sqrt(fraction)
        low, high = max(limits[0], centre - reach), min(limits[1], centre + reach)
        points, widths = _panels(low, max(high, low), min(deviation, sqrt(following - fraction)))
        distance = (points[:, None] - self.points[None, :] - drift * elapsed) / deviation
        density = np.exp(-0.5 * distance * distance) @ self.mass / (deviation * sqrt(2 * pi))
        return Walk(fraction, points, density * widths)


START = Walk(0.0, np.zeros(1), np.ones(1))


def _panels(low: float, high: float, scale: float) -> tuple[Array, Array]:
    """Return the points and weights of an integration from ``low`` to ``high``, panel by panel."""
    count = max(1, ceil((high - low) / (_PANEL * scale)))
    half = 0.5 * (high - low) / count
    middles = low + half * (2 * np.arange(count) + 1)
    return (middles[:, None] + half * _NODES).ravel(), np.tile(half * _WEIGHTS, count)
