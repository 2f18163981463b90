"""Planned looks: each spends a part of the error rate, and its bound is what z must reach there.

Sources: K. K. G. Lan, D. L. DeMets, "Discrete sequential boundaries for clinical trials" (1983); K. Kim, D. L. DeMets,
"Design and analysis of group sequential tests based on the type I error spending rate function" (1987).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from math import inf, isfinite, sqrt
from typing import NamedTuple

from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from experiments.statistics.sequential.walk import START, Walk

# A look that adds less than this share of its information can't be told from the one before: the step of the
# integration between the two would be too small for doubles.
SMALLEST_STEP = 2e-4
# The largest z that doubles can tell from infinity: its tail is 1e-316.
HIGHEST_Z = 38.0


def error_spending_bounds(
    information_fractions: Iterable[float], *, alpha: float = 0.05, rho: float = 3.0
) -> list[float]:
    """Return the two-sided z bound of each look: a look at which ``|z|`` reaches it may stop the test.

    - ``information_fractions``: ascending shares of the planned sample, one per look taken so far (and planned).
      A bound depends on its own and earlier fractions only, so that looks may come when they come.
    - The chance of ever crossing up to fraction t is ``alpha min(t, 1)^rho`` (Lan and DeMets 1983; the power family of
      Kim and DeMets 1987), bounds by recursive numerical integration (Armitage, McPherson, Rowe 1969), symmetric.
    - A look that adds less than 0.02% of information, or comes after the whole sample, spends nothing: its bound is
      infinite. At a look, compare the p-value with `nominal_level` of the bound, or ask for intervals at that alpha.

    Raises ``ValueError`` for fractions that don't ascend from above 0, or an alpha outside 0 to 1. Cached.
    """
    fractions = validated_fractions(information_fractions)
    return list(efficacy_bounds(fractions, spent_by(fractions, validated_rate(alpha), rho)))


def spending_bounds(information: Sequence[float], spent: Sequence[float]) -> list[float]:
    """Return the two-sided z bound of each look of a plan that was changed on the way, or met with what plans don't.

    - ``information``: of each look, on any scale (visitors); ``spent``: the error that may have been spent up to and
      including it. `error_spending_bounds` is the case of fractions, and of ``alpha t^rho``.
    - A bound depends on its own and earlier looks only. So what was spent stays spent where the planned sample or alpha
      change between two looks: go on from the larger of what was and what is to be spent (Lan and DeMets 1983 need
      spending to ascend, and nothing else).
    - A look that has no more information than an earlier one, or nothing left to spend, has an infinite bound.

    Raises ``ValueError`` for negative or infinite information, or an error that falls or leaves 0 to 1. Cached.
    """
    _check_spending(information, spent)
    # On the scale of the first look, which stays as looks are added, so that what was integrated can be taken again.
    # Without any information there is nothing to scale by, and no look counts.
    scale = next((amount for amount in information if amount > 0), 1.0)
    fractions = tuple(amount / scale for amount in information)
    return list(efficacy_bounds(fractions, tuple(spent)))


def _check_spending(information: Sequence[float], spent: Sequence[float]) -> None:
    """Raise ``ValueError`` where information isn't finite, or the error spent falls or leaves 0 to 1."""
    before = 0.0
    for now in spent:
        # written so that nan, which is neither more nor less, is refused
        if not before <= now < 1:
            raise ValueError("information is finite and the error spent never falls")
        before = now
    for amount in information:
        if not 0 <= amount < inf:
            raise ValueError("information is finite and the error spent never falls")


def nominal_level(bound: float) -> float:
    """Return the two-sided p-value that a z bound stands for, ``2 Phi(-bound)``."""
    return float(2.0 * ndtr(-bound))


def sequential_inflation(
    information_fractions: Iterable[float], *, alpha: float = 0.05, power: float = 0.8, rho: float = 3.0
) -> float:
    """Return how many times the fixed sample the plan needs as its maximum to keep ``power``.

    The last fraction should be 1. Source: C. Jennison, B. W. Turnbull, "Group Sequential Methods with Applications to
    Clinical Trials" (2000). Raises ``ValueError`` as `error_spending_bounds` does. Cached.
    """
    return _inflation(validated_fractions(information_fractions), validated_rate(alpha), power, rho)


def chance_to_cross(information_fractions: Sequence[float], bounds: Sequence[float], drift: float) -> float:
    """Return the chance that z ever reaches the upper bound, z at fraction t having mean ``drift sqrt(t)``.

    The test also ends, without counting, where z reaches minus the bound. Looks with an infinite bound are left out.
    """
    fractions, limits = [], []
    for fraction, bound in zip(information_fractions, bounds, strict=True):
        if isfinite(bound):
            fractions.append(fraction)
            limits.append(bound * sqrt(fraction))
    total, walk = 0.0, START
    for fraction, limit, following in zip(fractions, limits, following_fractions(fractions), strict=True):
        total += walk.above(limit, fraction, drift)
        walk = walk.advance((-limit, limit), fraction, following, drift)
    return total


def validated_fractions(information_fractions: Iterable[float]) -> tuple[float, ...]:
    """Return the fractions as floats. Raises ``ValueError`` where they don't ascend from above 0 or aren't finite."""
    fractions = tuple(float(fraction) for fraction in information_fractions)
    ascends = all(later > earlier for earlier, later in zip((0.0, *fractions), fractions, strict=False))
    if not fractions or not ascends or not isfinite(fractions[-1]):
        raise ValueError("information fractions ascend from above 0")
    return fractions


def validated_rate(rate: float) -> float:
    """Return an error rate. Raises ``ValueError`` outside 0 to 1."""
    if not 0 < rate < 1:
        raise ValueError("an error rate lies between 0 and 1")
    return rate


def spent_by(fractions: Sequence[float], rate: float, rho: float) -> tuple[float, ...]:
    """Return the error spent up to and including each look, ``rate min(t, 1)^rho``."""
    return tuple(rate * min(fraction, 1.0) ** rho for fraction in fractions)


class SpendingLook(NamedTuple):
    """A look that adds information and spends error.

    - ``position``: its place among all looks; ``fraction``: its information; ``spend``: the error for this look alone.
    """

    position: int
    fraction: float
    spend: float


def spending_looks(fractions: Sequence[float], spent: Sequence[float]) -> list[SpendingLook]:
    """Return the looks that add enough information to be told apart and spend something.

    Those after the plan's end don't. What a look left out would have spent goes to the next one.
    """
    looks = []
    reached = spent_before = 0.0
    for position, (fraction, total) in enumerate(zip(fractions, spent, strict=True)):
        if fraction - reached > SMALLEST_STEP * fraction and total > spent_before:
            looks.append(SpendingLook(position, fraction, total - spent_before))
            reached, spent_before = fraction, total
    return looks


def following_fractions(fractions: Sequence[float]) -> list[float]:
    """Return the fraction of the look after each; infinite after the last."""
    if not fractions:
        return []
    return [*fractions[1:], inf]


@lru_cache(maxsize=1024)
def efficacy_bounds(fractions: tuple[float, ...], spent: tuple[float, ...]) -> tuple[float, ...]:
    """Return the two-sided bounds that spend so much; infinite where a look spends nothing.

    Cached: every metric of a report asks for the bounds of the same looks.
    """
    looks = spending_looks(fractions, spent)
    steps = tuple((look.fraction, look.spend) for look in looks)
    bounds = [inf] * len(fractions)
    for number, look in enumerate(looks, start=1):
        bounds[look.position] = limit_at(steps[:number]) / sqrt(look.fraction)
    return tuple(bounds)


@lru_cache(maxsize=4096)
def limit_at(steps: tuple[tuple[float, float], ...]) -> float:
    """Return the bound of the last of these looks, of a fraction and an error to spend each, on the scale of the walk.

    Cached look by look: a test asks for the same looks again with one more each day.
    """
    fraction, spend = steps[-1]
    walk = walk_past(steps[:-1], fraction)
    chance = partial(walk.above, fraction=fraction, drift=0.0)
    return crossing(chance, spend / 2, 0.0, HIGHEST_Z * sqrt(fraction))


@lru_cache(maxsize=1024)
def walk_past(steps: tuple[tuple[float, float], ...], following: float) -> Walk:
    """Return the motion that no look has stopped, fine enough for the look at ``following``.

    Needs no deep recursion, since looks are asked for from the first one on.
    """
    if not steps:
        return START
    fraction, _ = steps[-1]
    limit = limit_at(steps)
    return walk_past(steps[:-1], fraction).advance((-limit, limit), fraction, following, 0.0)


def crossing(chance: Callable[[float], float], wanted: float, low: float, high: float) -> float:
    """Return where the falling ``chance`` is ``wanted``, or the end of the range nearest to it."""
    if chance(low) <= wanted:
        return low
    if chance(high) >= wanted:
        return high
    return float(brentq(lambda limit: chance(limit) - wanted, low, high, xtol=1e-13))


def fixed_drift(alpha: float, power: float) -> float:
    """Return the drift that a single look at the whole sample finds with ``power``: ``z_(1 - alpha/2) + z_power``."""
    return float(ndtri(1 - alpha / 2) + ndtri(power))


@lru_cache(maxsize=256)
def _inflation(fractions: tuple[float, ...], alpha: float, power: float, rho: float) -> float:
    bounds = efficacy_bounds(fractions, spent_by(fractions, alpha, rho))
    fixed = fixed_drift(alpha, power)

    def surplus(drift: float) -> float:
        return chance_to_cross(fractions, bounds, drift) - power

    # Looks never need less than the fixed sample, nor nine times as much: the root lies well within.
    drift = brentq(surplus, 0.5 * fixed, 3 * fixed, xtol=1e-10)
    return float(drift / fixed) ** 2
