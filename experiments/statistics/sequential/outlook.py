"""What the rest of a plan may still bring: the chance of a win by its end, and the effect that is found by now.

Sources: D. J. Spiegelhalter, L. S. Freedman, P. R. Blackburn, "Monitoring clinical trials: conditional or predictive
power?" (1986); K. K. G. Lan, R. Simon, M. Halperin, "Stochastically curtailed tests in long-term clinical trials"
(1982).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from experiments.statistics.sequential.error_spending import fixed_drift
from experiments.statistics.sequential.walk import START

# The rule of Gauss and Hermite for a mean over a normal distribution: exact to a thousandth of a chance.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


# Standard deviations of the drift to both sides that are averaged over, and at how many points power is worked out.
REACH, GRID_POINTS = 5.0, 61
# A drift that is so many standard errors away from 0 by the plan's end is found, or is lost, for sure.
FARTHEST = 12.0


class PriorPart(NamedTuple):
    """A normal part of a prior of the drift, about 0: its ``weight``, and its standard deviation ``spread``."""

    weight: float
    spread: float


FLAT = (PriorPart(1.0, inf),)


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


def predictive_power(
    z: float, information: float, ahead: Sequence[LookAhead], *, prior: Sequence[PriorPart] = FLAT
) -> float:
    """Return the chance of a win by the plan's end, averaged over what the true effect may be after what was seen.

    - ``prior``: of the drift beforehand, a mixture of normal distributions about 0. After z at information t, a part
      with spread s is normal with precision ``t + 1 / s^2`` and mean ``z sqrt(t)`` over that; its weight grows with the
      density ``N(z; 0, 1 + t s^2)``.
    - Conditional power at the effect as seen would take an early accident for the truth (Spiegelhalter et al. 1986).

    0 without looks to come.
    """
    if not ahead:
        return 0.0
    parts = [drift_after(z, information, part) for part in prior]
    # Power is worked out on a grid of drifts and interpolated between: each point is an integration of its own.
    drifts = drifts_to_average(parts, farthest=FARTHEST / sqrt(ahead[-1].information))
    powers = [conditional_power(z, information, ahead, drift=drift) for drift in drifts.tolist()]
    chance = total = 0.0
    for part in parts:
        powers_at_nodes = np.interp(part.mean + part.sd * _NODES, drifts, powers)
        chance += part.weight * float(_WEIGHTS @ powers_at_nodes)
        total += part.weight
    return min(chance / total, 1.0)


class DriftPart(NamedTuple):
    """A normal part of what the drift may be after the data, with its ``weight`` beside the others'."""

    weight: float
    mean: float
    sd: float


def drifts_to_average(parts: Sequence[DriftPart], *, farthest: float) -> NDArray[np.float64]:
    """Return a grid of drifts over where the parts have their mass; power is 0 or 1 beyond ``farthest`` from 0."""
    low, high = inf, -inf
    for part in parts:
        low = min(low, part.mean - REACH * part.sd)
        high = max(high, part.mean + REACH * part.sd)
    return np.linspace(max(low, -farthest), min(high, farthest), GRID_POINTS)


def drift_after(z: float, information: float, part: PriorPart) -> DriftPart:
    """Return what a part of the prior becomes after z at this information."""
    precision = information + 1 / part.spread**2
    weight = part.weight
    # A flat prior stands alone, and has nothing to be weighed against.
    if part.spread < inf:
        variance = 1 + information * part.spread**2
        weight *= exp(-0.5 * z * z / variance) / sqrt(variance)
    return DriftPart(weight, z * sqrt(information) / precision, 1 / sqrt(precision))


def power_at_planned_effect(z: float, information: float, ahead: Sequence[LookAhead], *, alpha: float) -> float:
    """Return the chance of a win by the plan's end, were the effect the one that the plan finds with a power of 80%."""
    drift = fixed_drift(alpha, 0.8) / sqrt(ahead[-1].information)
    return conditional_power(z, information, ahead, drift=drift)


def found_with_power(standard_error: float, bound: float, *, power: float = 0.8) -> float:
    """Return the true effect that z passes the bound for with ``power``: ``(bound + z_power) standard_error``."""
    return standard_error * (bound + float(ndtri(power)))
