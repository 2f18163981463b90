"""Looking early without fooling oneself: planned looks by error spending, unplanned ones by a confidence sequence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from math import ceil, exp, inf, isfinite, log, log1p, pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import lambertw, ndtr, ndtri

from experiments.statistics.results import Comparison, Reason, Sequential

Array = NDArray[np.float64]
Limits = tuple[float, float]

BUYERS_FROM = 100
_SMALLEST_STEP = 2e-4
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_PANEL, _REACH, _HIGHEST = 4.0, 9.0, 38.0


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
    fractions = _validated(information_fractions)
    return list(_efficacy(fractions, _spent(fractions, _level(alpha), rho)))


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
    ascends = all(0 <= before <= now < 1 for before, now in zip((0.0, *spent), spent, strict=False))
    if not ascends or not all(0 <= amount < inf for amount in information):
        raise ValueError("information is finite and the error spent never falls")
    largest = max(information, default=0.0) or 1.0
    return list(_efficacy(tuple(amount / largest for amount in information), tuple(spent)))


def futility_bounds(
    information_fractions: Iterable[float], *, alpha: float = 0.05, power: float = 0.8, rho: float = 3.0
) -> list[float]:
    """Return the one-sided z bound of each look below which the test may be given up for lack of effect.

    Non-binding: the bounds of `error_spending_bounds` don't count on it, so going on below it costs no error. The
    chance of giving up an effect for which the plan has ``power`` is ``(1 - power) t^rho``; at the last look, which
    must be the whole sample (fraction 1), the bound meets the efficacy bound (Pampallona, Tsiatis, Kim 2001). Cached.
    """
    fractions = _validated(information_fractions)
    if fractions[-1] != 1.0:
        raise ValueError("a plan with futility bounds ends at fraction 1")
    return list(_futility(fractions, _level(alpha), _level(1.0 - power), rho))


def nominal_level(bound: float) -> float:
    """Return the two-sided p-value that a z bound stands for, ``2 Phi(-bound)``."""
    return float(2.0 * ndtr(-bound))


def sequential_inflation(
    information_fractions: Iterable[float], *, alpha: float = 0.05, power: float = 0.8, rho: float = 3.0
) -> float:
    """Return how many times the fixed sample the plan needs as its maximum to keep ``power`` (Jennison, Turnbull 2000).

    The last fraction should be 1. Cached.
    """
    return _inflation(_validated(information_fractions), _level(alpha), power, rho)


def _validated(information_fractions: Iterable[float]) -> tuple[float, ...]:
    fractions = tuple(float(fraction) for fraction in information_fractions)
    ascends = all(later > earlier for earlier, later in zip((0.0, *fractions), fractions, strict=False))
    if not fractions or not ascends or not isfinite(fractions[-1]):
        raise ValueError("information fractions ascend from above 0")
    return fractions


def _level(alpha: float) -> float:
    if not 0 < alpha < 1:
        raise ValueError("an error rate lies between 0 and 1")
    return alpha


class _Walk(NamedTuple):
    """Brownian motion at an information fraction, as far as it has not stopped: points and their probabilities."""

    fraction: float
    points: Array
    mass: Array

    def above(self, limit: float, fraction: float, drift: float) -> float:
        """The chance to be above ``limit`` at a later fraction."""
        deviation = sqrt(fraction - self.fraction)
        ahead = self.points + drift * (fraction - self.fraction) - limit
        return float(self.mass @ ndtr(ahead / deviation))

    def mirrored(self) -> _Walk:
        """The same motion upside down."""
        return _Walk(self.fraction, -self.points, self.mass)

    def advance(self, limits: Limits, fraction: float, following: float, drift: float) -> _Walk:
        """Go on to ``fraction``, keeping what lies between the limits; fine enough for the look at ``following``."""
        elapsed = fraction - self.fraction
        deviation, centre, reach = sqrt(elapsed), drift * fraction, _REACH * sqrt(fraction)
        low, high = max(limits[0], centre - reach), min(limits[1], centre + reach)
        points, widths = _panels(low, max(high, low), min(deviation, sqrt(following - fraction)))
        distance = (points[:, None] - self.points[None, :] - drift * elapsed) / deviation
        density = np.exp(-0.5 * distance * distance) @ self.mass / (deviation * sqrt(2 * pi))
        return _Walk(fraction, points, density * widths)


_START = _Walk(0.0, np.zeros(1), np.ones(1))


def _panels(low: float, high: float, scale: float) -> tuple[Array, Array]:
    count = max(1, ceil((high - low) / (_PANEL * scale)))
    half = 0.5 * (high - low) / count
    middles = low + half * (2 * np.arange(count) + 1)
    return (middles[:, None] + half * _NODES).ravel(), np.tile(half * _WEIGHTS, count)


def _usable(fractions: Sequence[float], spent: Sequence[float]) -> list[int]:
    """The looks that add enough information to be told apart and spend something; those after the plan's end don't."""
    usable: list[int] = []
    reached = before = 0.0
    for index, (fraction, total) in enumerate(zip(fractions, spent, strict=True)):
        if fraction - reached > _SMALLEST_STEP * fraction and total > before:
            usable.append(index)
            reached, before = fraction, total
    return usable


def _spent(fractions: Sequence[float], level: float, rho: float) -> tuple[float, ...]:
    return tuple(level * min(fraction, 1.0) ** rho for fraction in fractions)


def _steps(totals: Sequence[float]) -> list[float]:
    return [now - before for now, before in zip(totals, [0.0, *totals], strict=False)]


def _following(fractions: Sequence[float]) -> list[float]:
    return [*fractions[1:], inf]


@lru_cache(maxsize=1024)
def _efficacy(fractions: tuple[float, ...], spent: tuple[float, ...]) -> tuple[float, ...]:
    usable, bounds, walk = _usable(fractions, spent), [inf] * len(fractions), _START
    looks = [fractions[index] for index in usable]
    for index, fraction, following, spend in zip(
        usable, looks, _following(looks), _steps([spent[index] for index in usable]), strict=True
    ):
        chance = partial(walk.above, fraction=fraction, drift=0.0)
        limit = _crossing(chance, spend / 2, 0.0, _HIGHEST * sqrt(fraction))
        walk = walk.advance((-limit, limit), fraction, following, 0.0)
        bounds[index] = limit / sqrt(fraction)
    return tuple(bounds)


def _crossing(chance: Callable[[float], float], wanted: float, low: float, high: float) -> float:
    """Return where the falling ``chance`` is ``wanted``, or the end of the range nearest to it."""
    if chance(low) <= wanted:
        return low
    if chance(high) >= wanted:
        return high
    return float(brentq(lambda limit: chance(limit) - wanted, low, high, xtol=1e-13))


def chance_to_cross(information_fractions: Sequence[float], bounds: Sequence[float], drift: float) -> float:
    """Return the chance that z ever reaches the upper bound, z at fraction t having mean ``drift sqrt(t)``.

    The test also ends, without counting, where z reaches minus the bound.
    """
    looks = [(t, bound * sqrt(t)) for t, bound in zip(information_fractions, bounds, strict=True) if isfinite(bound)]
    total, walk = 0.0, _START
    for (fraction, limit), following in zip(looks, _following([t for t, _ in looks]), strict=True):
        total += walk.above(limit, fraction, drift)
        walk = walk.advance((-limit, limit), fraction, following, drift)
    return total


@lru_cache(maxsize=256)
def _inflation(fractions: tuple[float, ...], alpha: float, power: float, rho: float) -> float:
    bounds = _efficacy(fractions, _spent(fractions, alpha, rho))
    fixed = float(ndtri(1 - alpha / 2) + ndtri(power))
    drift = brentq(lambda d: chance_to_cross(fractions, bounds, d) - power, 0.5 * fixed, 3 * fixed, xtol=1e-10)
    return float(drift / fixed) ** 2


@lru_cache(maxsize=256)
def _futility(fractions: tuple[float, ...], alpha: float, beta: float, rho: float) -> tuple[float, ...]:
    efficacy = _efficacy(fractions, _spent(fractions, alpha, rho))
    fixed = float(ndtri(1 - alpha / 2) + ndtri(1 - beta))

    def excess(drift: float) -> float:
        return _giving_up(fractions, efficacy, beta, rho, drift)[-1] - efficacy[-1]

    drift = brentq(excess, 0.5 * fixed, 3 * fixed, xtol=1e-10)
    return (*_giving_up(fractions, efficacy, beta, rho, drift)[:-1], efficacy[-1])


def _giving_up(
    fractions: Sequence[float], efficacy: Sequence[float], beta: float, rho: float, drift: float
) -> tuple[float, ...]:
    """Return the z bounds below which a share ``beta t^rho`` of the tests with this drift has been given up."""
    spent = _spent(fractions, beta, rho)
    usable, bounds, walk = _usable(fractions, spent), [-inf] * len(fractions), _START
    looks = [fractions[index] for index in usable]
    for index, fraction, following, spend in zip(
        usable, looks, _following(looks), _steps([spent[index] for index in usable]), strict=True
    ):
        chance = partial(walk.mirrored().above, fraction=fraction, drift=-drift)
        limit = -_crossing(chance, spend, -_HIGHEST, _HIGHEST)
        walk = walk.advance((limit, efficacy[index] * sqrt(fraction)), fraction, following, drift)
        bounds[index] = limit / sqrt(fraction)
    return tuple(bounds)


def confidence_sequence(
    comparison: Comparison,
    *,
    n: int,
    n_star: float,
    alpha: float = 0.05,
    tau: float | None = None,
    is_exact: bool = False,
    fewest_buyers: int | None = None,
) -> Sequential:
    """Return the always-valid interval and p-value of the *absolute difference*: they hold at every look at once.

    - ``n``: visitors of both arms so far; ``n_star``: the size at which the interval is to be narrowest, for which half
      the planned sample is a good choice. ``tau`` instead fixes the mixture's standard deviation in the metric's unit
      (the mixture sequential probability ratio test of Johari et al. 2022).
    - Normal-mixture boundary (Robbins 1970; Howard et al. 2021) in its asymptotic form (Waudby-Smith et al. 2024): with
      standard error s and ``m = n rho^2 = tau^2 / s^2``, half the width is
      ``s sqrt((1 + m)/m (log(1 + m) - 2 log alpha))``. ``rho`` is Waudby-Smith's closed form, or with ``is_exact``
      Howard's optimum by Lambert's W, which differs by less than 0.01% in width at ``n_star``.
    - ``fewest_buyers``: buyers in the smaller arm, where known. Below 100 the statement is ``too_early``: it is
      asymptotic, and skewed order values need that many.

    Unavailable with the comparison's reason where it has no standard error.
    """
    estimate = comparison.difference.estimate if comparison.difference else None
    error = comparison.standard_error
    if estimate is None or error is None or n <= 0:
        return _unavailable(comparison.unavailable or Reason.NO_UNITS)
    if error <= 0:
        return _unavailable(Reason.ZERO_VARIANCE)
    if fewest_buyers is not None and fewest_buyers < BUYERS_FROM:
        return _unavailable(Reason.TOO_EARLY)
    rho = mixture_rho(n_star, alpha, is_exact=is_exact) if tau is None else tau / error / sqrt(n)
    spread = n * rho * rho
    half = error * sqrt((1 + spread) / spread * (log1p(spread) - 2 * log(alpha)))
    p_value = exp(min(0.0, -log_mixture_ratio(estimate / error, spread)))
    return Sequential(low=estimate - half, high=estimate + half, p_value=p_value, rho=rho)


def mixture_rho(n_star: float, alpha: float, *, is_exact: bool = False) -> float:
    """Return the tuning constant that makes the confidence sequence narrowest at ``n_star`` visitors."""
    logs = -2.0 * log(alpha)
    if is_exact:
        branch = float(lambertw(-alpha * alpha * exp(-1.0), k=-1).real)
        return sqrt((-branch - 1.0) / n_star)
    return sqrt((logs + log1p(logs)) / n_star)


def log_mixture_ratio(z: float, spread: float) -> float:
    """Return the log likelihood ratio of the mixture N(0, ``spread``) of means of z against mean 0."""
    return 0.5 * (z * z * spread / (1 + spread) - log1p(spread))


def _unavailable(reason: str) -> Sequential:
    return Sequential(low=None, high=None, p_value=None, unavailable=reason)
