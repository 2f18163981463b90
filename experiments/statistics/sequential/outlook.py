"""What the rest of a plan may still bring: the chance of a win by its end, and the effect that is found by now.

Sources: D. J. Spiegelhalter, L. S. Freedman, P. R. Blackburn, "Monitoring clinical trials: conditional or predictive
power?" (1986); K. K. G. Lan, R. Simon, M. Halperin, "Stochastically curtailed tests in long-term clinical trials"
(1982).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from experiments.statistics.sequential.walk import START

# The rule of Gauss and Hermite for a mean over a normal distribution: exact to a thousandth of a chance.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


class LookAhead(NamedTuple):
    """A look still to come: its ``information``, and the ``bound`` that z has to reach there for a win."""

    information: float
    bound: float


def conditional_power(z: float, information: float, ahead: Sequence[LookAhead], *, drift: float) -> float:
    """Return the chance that z reaches a bound at a look to come, where the true effect is known.

    - ``z``, ``information``: as of now, the latter on any scale above 0; ``ahead``: ascending in information.
    - ``drift``: what z is expected to gain per root of information, ``E z = drift sqrt(information)``.

    Losses stop nothing: with harm bounds the chance is smaller by less than the error that they spend.
    """
    at = z * sqrt(information)
    chance, walk = 0.0, START
    steps = [look.information - information for look in ahead]
    for look, step, following in zip(ahead, steps, [*steps[1:], inf], strict=True):
        # The motion from now on; the bound is as far away as what is there already doesn't make up for.
        limit = look.bound * sqrt(look.information) - at
        chance += walk.above(limit, step, drift)
        walk = walk.advance((-inf, limit), step, following, drift)
    return min(chance, 1.0)


def predictive_power(z: float, information: float, ahead: Sequence[LookAhead], *, spread: float = inf) -> float:
    """Return the chance of a win by the plan's end, averaged over what the true effect may be after what was seen.

    - ``spread``: the standard deviation of the drift beforehand, about 0; infinite where nothing was known. After z at
      information t the drift is normal with precision ``t + 1 / spread^2`` and mean ``z sqrt(t)`` over that.
    - Conditional power at the effect as seen would take an early accident for the truth (Spiegelhalter et al. 1986).

    0 without looks to come.
    """
    if not ahead:
        return 0.0
    precision = information + 1 / spread**2
    mean, sd = z * sqrt(information) / precision, 1 / sqrt(precision)
    chance = 0.0
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        chance += weight * conditional_power(z, information, ahead, drift=mean + sd * node)
    return float(min(chance, 1.0))


def found_with_power(standard_error: float, bound: float, *, power: float = 0.8) -> float:
    """Return the true effect that z passes the bound for with ``power``: ``(bound + z_power) standard_error``."""
    return standard_error * (bound + float(ndtri(power)))
