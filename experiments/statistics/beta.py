"""Two independent beta distributions: how their difference and their ratio are distributed, by quadrature.

Everything comes down to ``E[F_W(scale * N + shift)]``, where N is the narrower beta and F_W the distribution function
of the wider one. The integral runs in ``v = log((n - low) / (high - n))`` over the stretch of n on which F_W moves:
there the integrand is analytic and dies off at both ends however thin the data are, so the trapezoidal rule converges
geometrically (Trefethen and Weideman 2014) and a few dozen points give ten digits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import log, log1p, pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv, digamma, expit, ndtri, zeta

from experiments.statistics.gamma import stirling_error

Array = NDArray[np.float64]

_TAIL, _FAR_TAIL, _FAR_BELOW = 1e-17, 1e-290, 1e-9
_STEP, _LARGEST_STEP = 0.7, 0.35
_SUBTRACT = np.array([-1.0, 1.0, -1.0, 1.0])
_ACCURACY, _MOST_STEPS, _CLIP, _LARGE = 1e-10, 100, 1e-12, 1e6


@dataclass(frozen=True)
class Beta:
    """Beta(a, b): what to believe about a rate after ``a - a0`` successes and ``b - b0`` failures."""

    a: float
    b: float

    @property
    def reflected(self) -> Beta:
        """The distribution of ``1 - x``."""
        return Beta(self.b, self.a)

    @cached_property
    def mean(self) -> float:
        """``a / (a + b)``."""
        return self.a / (self.a + self.b)

    @cached_property
    def precision(self) -> float:
        """About the inverse variance of ``log(x / (1 - x))``."""
        return self.a * self.b / (self.a + self.b)

    @cached_property
    def cumulants(self) -> Array:
        """The first four cumulants of x (Johnson, Kotz, Balakrishnan 1995, chapter 25)."""
        a, b, n = self.a, self.b, self.a + self.b
        variance = self.mean * (b / n) / (n + 1)
        skew = 2 * (b - a) / n / (n + 2)
        excess = 6 * ((a - b) ** 2 * (n + 1) - a * b * (n + 2)) / (n * n * (n + 1) * (n + 2) * (n + 3))
        return np.array([self.mean, variance, variance * skew, variance * excess])

    @cached_property
    def log_cumulants(self) -> Array:
        """The first four cumulants of log x: differences of polygamma functions."""
        orders = np.array([2.0, 3.0, 4.0])
        higher = np.array([1.0, -2.0, 6.0]) * (zeta(orders, self.a) - zeta(orders, self.a + self.b))
        return np.concatenate([[digamma(self.a) - digamma(self.a + self.b)], higher])

    @cached_property
    def log_scale(self) -> float:
        """Log of ``mean^a (1 - mean)^b / B(a, b)``, without cancellation."""
        a, b = self.a, self.b
        errors = stirling_error(a + b) - stirling_error(a) - stirling_error(b)
        return 0.5 * log(self.precision / (2 * pi)) + errors

    def kernel(self, x: Array, rest: Array) -> Array:
        """Return ``x (1 - x)`` times the density at x, where ``rest`` is ``1 - x``."""
        share = self.b / (self.a + self.b)
        return np.exp(self.a * np.log(x / self.mean) + self.b * np.log(rest / share) + self.log_scale)

    @cached_property
    def bulk(self) -> tuple[float, float]:
        """`reach` of a tail that double precision can't tell from nothing."""
        return self.reach(_TAIL)

    def reach(self, tail: float) -> tuple[float, float]:
        """Return x below which lies ``tail``, and ``1 - x`` for the x above which lies ``tail``."""
        return max(float(betaincinv(self.a, self.b, tail)), 1e-300), max(
            float(betaincinv(self.b, self.a, tail)), 1e-300
        )


class _Stretch(NamedTuple):
    """A stretch of the unit interval: where it begins, its width, and what is left above it."""

    low: Array | float
    width: Array | float
    left: Array | float

    def at(self, v: Array) -> tuple[Array, Array]:
        """Return x and ``1 - x`` at the coordinate ``v``, each without cancellation."""
        return self.low + self.width * expit(v), self.left + self.width * expit(-v)


_WHOLE = _Stretch(0.0, 1.0, 0.0)


def upset(low: Beta, high: Beta) -> tuple[float, float]:
    """Return ``P(L > H)`` and ``E[(L - H)+]`` for L with the lower mean and H with the higher one.

    The small one of the two directions is what is integrated, so that it keeps its digits far in the tail. With W wider
    and N narrower, ``E[(N - W)+] = E[(N - m) F_W(N) + N (1 - N) f_W(N) / (a + b)]``.
    """
    is_low_narrow = low.cumulants[1] <= high.cumulants[1]
    narrow, wide = (low, high) if is_low_narrow else (high.reflected, low.reflected)
    result = _upset(narrow, wide, _TAIL, 20.0)
    return result if result[0] > _FAR_BELOW else _upset(narrow, wide, _FAR_TAIL, 200.0)


def _upset(narrow: Beta, wide: Beta, tail: float, deviations: float) -> tuple[float, float]:
    below, above = narrow.bulk[0], narrow.reach(tail)[1]
    first, last = log(below) - log1p(-below), log1p(-above) - log(above)
    points = _points(narrow, wide, last - first, _WHOLE, 1.0, deviations)
    step = (last - first) / (points - 1)
    v = first + step * np.arange(points)
    x, rest = expit(v), expit(-v)
    weight, cdf = narrow.kernel(x, rest) * step, betainc(wide.a, wide.b, x)
    excess = (x - wide.mean) * cdf + wide.kernel(x, rest) / (wide.a + wide.b)
    return float(weight @ cdf), float(weight @ excess)


def _points(
    narrow: Beta, wide: Beta, lengths: Array | float, domain: _Stretch, scale: Array | float, deviations: float
) -> int:
    """Return how many points resolve both the density of N and F_W, within so many deviations of N's mean.

    ``speed`` is the largest dn/dv there, against which the deviations of N and W are held.
    """
    swing = deviations * sqrt(narrow.cumulants[1])
    right = np.clip(narrow.mean + swing - domain.low, 1e-300, domain.width)
    left = np.clip(1.0 - narrow.mean + swing - domain.left, 1e-300, domain.width)
    speed = right * left / domain.width
    sharpness = np.minimum(narrow.precision, speed**2 / narrow.cumulants[1])
    sharpness = sharpness + np.minimum(wide.precision, (scale * speed) ** 2 / wide.cumulants[1])
    return int(np.max(lengths * np.maximum(np.sqrt(sharpness) / _STEP, 1 / _LARGEST_STEP))) + 2


def difference_quantiles(control: Beta, treatment: Beta, tail: float) -> tuple[float, float]:
    """Return the equal-tailed interval of treatment - control that leaves ``tail`` on each side."""
    is_control_narrow = control.cumulants[1] <= treatment.cumulants[1]
    narrow, wide = (control, treatment) if is_control_narrow else (treatment.reflected, control.reflected)

    def distribution(shift: Array) -> tuple[Array, Array]:
        down, up = np.maximum(-shift, 0.0), np.maximum(shift, 0.0)
        width = 1.0 - down - up
        cdf, x, rest, weight = _expect(narrow, wide, _Stretch(down, width, up), _Stretch(up, width, down))
        return cdf, (weight / (x * rest)).sum(axis=0)

    cumulants = wide.cumulants + narrow.cumulants * _SUBTRACT
    return _solve(distribution, cumulants, tail, 1.0, _steps(control, treatment))


def log_ratio_quantiles(control: Beta, treatment: Beta, tail: float) -> tuple[float, float]:
    """Return the equal-tailed interval of ``log(treatment / control)`` that leaves ``tail`` on each side."""
    is_control_narrow = control.log_cumulants[1] <= treatment.log_cumulants[1]
    narrow, wide = (control, treatment) if is_control_narrow else (treatment, control)

    def distribution(log_ratio: Array) -> tuple[Array, Array]:
        down, up = np.minimum(log_ratio, 0.0), np.minimum(-log_ratio, 0.0)
        cdf, _, rest, weight = _expect(
            narrow, wide, _Stretch(0.0, np.exp(up), -np.expm1(up)), _Stretch(0.0, np.exp(down), -np.expm1(down))
        )
        return cdf, (weight / rest).sum(axis=0)

    cumulants = wide.log_cumulants + narrow.log_cumulants * _SUBTRACT
    low, high = _solve(distribution, cumulants, tail, 700.0, _steps(control, treatment))
    return (low, high) if is_control_narrow else (-high, -low)


def _expect(narrow: Beta, wide: Beta, domain: _Stretch, image: _Stretch) -> tuple[Array, Array, Array, Array]:
    """Return ``E[F_W]`` and, at the points in W, x, ``1 - x`` and the weight times ``x (1 - x) f_W(x)``.

    Shapes: (rows,) and (points, rows); N runs through ``domain`` while W runs through ``image``; above it F_W is 1.
    """
    (below, above), scale = narrow.bulk, domain.width / image.width
    bottom = np.maximum(below - domain.low, (wide.bulk[0] - image.low) * scale)
    bottom = np.maximum(bottom, np.maximum(1e-16 * domain.low, 1e-300))
    top = np.maximum(above - domain.left, np.maximum(1e-16 * domain.left, 1e-300))
    first = _coordinate(bottom, domain.width)
    last = np.maximum(-_coordinate(top, domain.width), first + 1.0)
    points = _points(narrow, wide, last - first, domain, 1 / scale, 5.0)
    step = (last - first) / (points - 1)
    v = first + step * np.arange(points)[:, None]
    n, n_rest = domain.at(v)
    x, rest = image.at(v)
    jump = expit(v) * expit(-v) * domain.width / (n * n_rest)
    density = narrow.kernel(n, n_rest) * jump * step
    cdf = (density * betainc(wide.a, wide.b, x)).sum(axis=0) + betainc(narrow.b, narrow.a, domain.left)
    return cdf, x, rest, density * wide.kernel(x, rest)


def _coordinate(part: Array, whole: Array | float) -> Array:
    inside = np.minimum(part, whole * (1 - 1e-15))
    return np.log(inside / (whole - inside))


def _solve(
    distribution: Callable[[Array], tuple[Array, Array]], cumulants: Array, tail: float, bound: float, steps: int
) -> tuple[float, float]:
    """Solve ``distribution(x) = tail`` and ``= 1 - tail`` for x between -bound and bound.

    Newton on the normal scores of the distribution function, which are nearly linear in x, from a Cornish-Fisher start
    (Cornish and Fisher 1938), bisecting where a step would leave the bracket.
    """
    target = np.array([ndtri(tail), -ndtri(tail)])
    floor, ceiling = np.full(2, -bound), np.full(2, bound)
    curvature = abs(cumulants[2]) / cumulants[1] ** 1.5 + abs(cumulants[3]) / cumulants[1] ** 2
    x = _inside(_cornish_fisher(cumulants, target), floor, ceiling)
    for _ in range(steps):
        cdf, slope = distribution(x)
        score = ndtri(np.clip(cdf, _CLIP, 1 - _CLIP))
        gap = target - score
        floor, ceiling = np.where(gap > 0, x, floor), np.where(gap > 0, ceiling, x)
        density = np.exp(-0.5 * score * score) / sqrt(2 * pi)
        step = np.where(np.abs(cdf - 0.5) < 0.5 - _CLIP, gap * density / np.maximum(slope, 1e-300), np.inf)
        x = _inside(x + step, floor, ceiling)
        if np.max(gap * gap) * curvature < _ACCURACY:
            break
    return float(x[0]), float(x[1])


def _steps(control: Beta, treatment: Beta) -> int:
    """Beyond a million successes and failures in each arm the start is exact to nine digits."""
    return 0 if min(control.precision, treatment.precision) > _LARGE else _MOST_STEPS


def _inside(x: Array, floor: Array, ceiling: Array) -> Array:
    return np.where((x >= floor) & (x <= ceiling), x, 0.5 * (floor + ceiling))


def _cornish_fisher(cumulants: Array, z: Array) -> Array:
    mean, variance, third, fourth = cumulants.tolist()
    skew, excess = third / variance**1.5, fourth / variance**2
    bend = skew * (z * z - 1) / 6 + excess * (z**3 - 3 * z) / 24 - skew * skew * (2 * z**3 - 5 * z) / 36
    quantiles: Array = mean + sqrt(variance) * (z + bend)
    return quantiles
