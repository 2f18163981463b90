"""Give a test up early for lack of effect: bounds below which going on is hardly worth it.

Source: S. Pampallona, A. A. Tsiatis, K. Kim, "Interim monitoring of group sequential trials using spending functions
for the type I and type II error probabilities" (2001).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from math import inf, sqrt

from scipy.optimize import brentq

from experiments.statistics.sequential.error_spending import (
    HIGHEST_Z,
    crossing,
    efficacy_bounds,
    fixed_drift,
    following_fractions,
    spending_looks,
    spent_by,
    validated_fractions,
    validated_rate,
)
from experiments.statistics.sequential.walk import START


def futility_bounds(
    information_fractions: Iterable[float], *, alpha: float = 0.05, power: float = 0.8, rho: float = 3.0
) -> list[float]:
    """Return the one-sided z bound of each look below which the test may be given up for lack of effect.

    No report reads them yet. Non-binding: the bounds of `error_spending_bounds` don't count on it, so going on below it
    costs no error. The chance of giving up an effect for which the plan has ``power`` is ``(1 - power) t^rho``; at the
    last look, which must be the whole sample (fraction 1), the bound meets the efficacy bound (Pampallona, Tsiatis, Kim
    2001).

    Raises ``ValueError`` for fractions that don't ascend from above 0 to 1, or rates outside 0 to 1. Cached.
    """
    fractions = validated_fractions(information_fractions)
    if fractions[-1] != 1.0:
        raise ValueError("a plan with futility bounds ends at fraction 1")
    return list(_futility_bounds(fractions, validated_rate(alpha), validated_rate(1.0 - power), rho))


@lru_cache(maxsize=256)
def _futility_bounds(fractions: tuple[float, ...], alpha: float, beta: float, rho: float) -> tuple[float, ...]:
    efficacy = efficacy_bounds(fractions, spent_by(fractions, alpha, rho))
    spent = spent_by(fractions, beta, rho)

    def gap_at_the_end(drift: float) -> float:
        return _lower_bounds(fractions, efficacy, spent, drift)[-1] - efficacy[-1]

    fixed = fixed_drift(alpha, 1 - beta)
    drift = brentq(gap_at_the_end, 0.5 * fixed, 3 * fixed, xtol=1e-10)
    return (*_lower_bounds(fractions, efficacy, spent, drift)[:-1], efficacy[-1])


def _lower_bounds(
    fractions: Sequence[float], efficacy: Sequence[float], spent: Sequence[float], drift: float
) -> tuple[float, ...]:
    """Return the z bounds below which a share ``spent`` of the tests with this drift has been given up."""
    looks = spending_looks(fractions, spent)
    following = following_fractions([look.fraction for look in looks])
    bounds, walk = [-inf] * len(fractions), START
    for look, next_fraction in zip(looks, following, strict=True):
        chance = partial(walk.mirrored().above, fraction=look.fraction, drift=-drift)
        limit = -crossing(chance, look.spend, -HIGHEST_Z, HIGHEST_Z)
        upper = efficacy[look.position] * sqrt(look.fraction)
        walk = walk.advance((limit, upper), look.fraction, next_fraction, drift)
        bounds[look.position] = limit / sqrt(look.fraction)
    return tuple(bounds)
