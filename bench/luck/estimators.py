"""What is said of a winner: as it was measured, by two corrections for the looks alone, and by the learnt prior.

All return lifts. Tests are winners, one row each.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from scipy.special import log_ndtr, ndtr

from bench.luck.programmes import DAYS, ERROR, FinishedTests, Floats, plan_bounds
from experiments.plan.weekly_looks import WEEK

# Drifts (the true effect over its error at the planned sample) among which the corrections look: far beyond any test.
DRIFTS = np.linspace(-12.0, 25.0, 1_481)
COARSE = np.linspace(-4.0, 12.0, 161)  # where a smooth curve is read by interpolation
FIRST = WEEK / DAYS  # the fraction of the first look that may win
NODES, WEIGHTS = np.polynomial.legendre.leggauss(80)
SMALLEST = 1e-290  # of a chance, below which its log can't be trusted
REACH = 9.0  # standard errors beyond which nothing happens


def measured(tests: FinishedTests) -> Floats:
    """Return the lifts as they were measured."""
    return np.asarray(np.expm1(tests.measured))


def conditional(tests: FinishedTests) -> Floats:
    """Return the most likely effect given that the test was won at this look (Fan, DeMets, Lan 2004).

    The looks for harm are left out: a test that wins has hardly been near them.
    """
    win = plan_bounds().win
    early = log_ndtr(DRIFTS * sqrt(FIRST) - win[WEEK - 1])
    late = log_of(chance_of_late_win(win[DAYS - 1], DRIFTS))
    z = tests.measured / tests.error
    found = np.empty(len(z))
    for row, (value, fraction) in enumerate(zip(z, tests.fraction, strict=True)):
        chance = late
        if fraction < 1:
            chance = early
        likelihood = value * sqrt(fraction) * DRIFTS - 0.5 * DRIFTS**2 * fraction - chance
        found[row] = DRIFTS[likelihood.argmax()]
    return np.asarray(np.expm1(found * ERROR))


def log_of(chances: Floats) -> Floats:
    """Return the logs of chances; infinite where one is so small that doubles don't hold it, lest it win."""
    is_known = chances > SMALLEST
    return np.asarray(np.where(is_known, np.log(np.where(is_known, chances, 1.0)), np.inf))


def median_unbiased(tests: FinishedTests) -> Floats:
    """Return the effect that would have as good a result half of the time, by stage-wise order (Emerson, Fleming 1990).

    Better is: an earlier win, and at one look a larger z. At the first look it is what was measured.
    """
    win = plan_bounds().win
    early = ndtr(COARSE * sqrt(FIRST) - win[WEEK - 1])
    found = np.asarray(np.expm1(tests.measured)).copy()
    for row in np.flatnonzero(tests.fraction == 1):
        better = early + chance_of_late_win(tests.measured[row] / tests.error[row], COARSE)
        found[row] = np.expm1(np.interp(0.5, better, COARSE) * ERROR)
    return found


def chance_of_late_win(z: float, drifts: Floats) -> Floats:
    """Return the chance not to win at the first look, and to have at least this z at the last, by drift.

    By Gauss and Legendre's rule over the first look's z.
    """
    bound = plan_bounds().win[WEEK - 1]
    centre = drifts * sqrt(FIRST)
    low = np.minimum(centre - REACH, bound)
    half = (bound - low) / 2
    first = low + half * (1 + NODES[:, None])
    density = np.exp(-0.5 * (first - centre) ** 2) / sqrt(2 * np.pi)
    rest = (first * sqrt(FIRST) + drifts * (1 - FIRST) - z) / sqrt(1 - FIRST)
    chance = half * (WEIGHTS[:, None] * density * ndtr(rest)).sum(axis=0)
    return np.asarray(chance)
