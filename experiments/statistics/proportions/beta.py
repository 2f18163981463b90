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
from math import exp, expm1, log, log1p, pi, sqrt
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv, digamma, expit, ndtri, zeta

from experiments.statistics.gamma import stirling_error

Array: TypeAlias = NDArray[np.float64]
Distribution: TypeAlias = Callable[[float], tuple[float, float]]
Cumulants: TypeAlias = tuple[float, float, float, float, float, float]

# Tails that are left out: what double precision can't tell from nothing, and where a chance is below _FAR_BELOW what
# doubles just hold.
_TAIL, _FAR_TAIL, _FAR_BELOW = 1e-17, 1e-290, 1e-9
# Points of the integration: their distance in deviations of the sharper factor, and the largest distance in v.
_STEP, _LARGEST_STEP = 0.7, 0.35
# Standard deviations of N within which the points resolve F_W: for quantiles, for chances and for tiny chances.
_NEAR, _FAR, _FARTHEST = 5.0, 20.0, 200.0
# Of the derivatives of the digamma function that give the second to the sixth cumulant.
_ORDERS = np.arange(2.0, 7.0)
# A quantile is found where its normal score is this close, as Newton's next step squares the error; bisection alone
# needs fewer steps than _MOST_STEPS. Distribution functions within _CLIP of 0 or 1 have no score to go by.
_CLOSE, _MOST_STEPS, _CLIP = 3e-5, 100, 1e-12
# Deviations by which the expansion may be wrong to be taken as it is.
_DOUBT = 5e-8


@dataclass(frozen=True)
class Beta:
    """What to believe about a rate: the distribution Beta(a, b).

    - ``a``, ``b``: successes and failures, each with the prior's added.
    """

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
    def cumulants(self) -> Cumulants:
        """The first six cumulants of x, from its central moments by Pearson's recurrence (1895)."""
        n, slope, base = self.a + self.b, (self.b - self.a) / (self.a + self.b), self.mean * self.b / (self.a + self.b)
        moments = [1.0, 0.0]
        for k in range(1, 6):
            moments.append(k / (n + k) * (slope * moments[k] + base * moments[k - 1]))
        _, _, m2, m3, m4, m5, m6 = moments
        return (
            self.mean,
            m2,
            m3,
            m4 - 3 * m2 * m2,
            m5 - 10 * m3 * m2,
            m6 - 15 * m4 * m2 - 10 * m3 * m3 + 30 * m2 * m2 * m2,
        )

    @cached_property
    def log_cumulants(self) -> Cumulants:
        """The first six cumulants of log x: differences of polygamma functions."""
        n = self.a + self.b
        second, third, fourth, fifth, sixth = (zeta(_ORDERS, self.a) - zeta(_ORDERS, n)).tolist()
        first = float(digamma(self.a) - digamma(n))
        return first, second, -2 * third, 6 * fourth, -24 * fifth, 120 * sixth

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
        below, above = float(betaincinv(self.a, self.b, tail)), float(betaincinv(self.b, self.a, tail))
        # Above 0, as the logarithms of both are taken.
        return max(below, 1e-300), max(above, 1e-300)


class _Stretch(NamedTuple):
    """A stretch of the unit interval: where it begins, its width, and what is left above it."""

    low: float
    width: float
    left: float


_WHOLE = _Stretch(0.0, 1.0, 0.0)


def upset(low: Beta, high: Beta) -> tuple[float, float]:
    """Return ``P(L > H)`` and ``E[(L - H)+]`` for L with the lower mean and H with the higher one.

    The small one of the two directions is what is integrated, so that it keeps its digits far in the tail. With W wider
    and N narrower, ``E[(N - W)+] = E[(N - m) F_W(N) + N (1 - N) f_W(N) / (a + b)]``.
    """
    narrow, wide = low, high
    if low.cumulants[1] > high.cumulants[1]:
        narrow, wide = high.reflected, low.reflected
    chance, excess = _upset(narrow, wide, _TAIL, _FAR)
    if chance > _FAR_BELOW:
        return chance, excess
    # So rare that it happens where the usual stretch has ended: again, with far more points.
    return _upset(narrow, wide, _FAR_TAIL, _FARTHEST)


def _upset(narrow: Beta, wide: Beta, tail: float, deviations: float) -> tuple[float, float]:
    below, above = narrow.bulk[0], narrow.reach(tail)[1]
    first, last = log(below) - log1p(-below), log1p(-above) - log(above)
    points = _points(narrow, wide, length=last - first, domain=_WHOLE, scale=1.0, deviations=deviations)
    step = (last - first) / (points - 1)
    v = first + step * np.arange(points)
    x, rest = expit(v), expit(-v)
    weight, cdf = narrow.kernel(x, rest) * step, betainc(wide.a, wide.b, x)
    excess = (x - wide.mean) * cdf + wide.kernel(x, rest) / (wide.a + wide.b)
    return float(weight @ cdf), float(weight @ excess)


def _points(narrow: Beta, wide: Beta, *, length: float, domain: _Stretch, scale: float, deviations: float) -> int:
    """Return how many points resolve both the density of N and F_W, within so many deviations of N's mean.

    ``speed`` is the largest dn/dv there, against which the deviations of N and W are held.
    """
    swing = deviations * sqrt(narrow.cumulants[1])
    right = min(max(narrow.mean + swing - domain.low, 1e-300), domain.width)
    left = min(max(1.0 - narrow.mean + swing - domain.left, 1e-300), domain.width)
    speed = right * left / domain.width
    sharpness = min(narrow.precision, speed * speed / narrow.cumulants[1])
    sharpness += min(wide.precision, (scale * speed) ** 2 / wide.cumulants[1])
    return int(length * max(sqrt(sharpness) / _STEP, 1 / _LARGEST_STEP)) + 2


def difference_quantiles(control: Beta, treatment: Beta, tail: float) -> tuple[float, float]:
    """Return the equal-tailed interval of treatment - control that leaves ``tail`` on each side."""
    narrow, wide = control, treatment
    if control.cumulants[1] > treatment.cumulants[1]:
        narrow, wide = treatment.reflected, control.reflected

    def distribution(shift: float) -> tuple[float, float]:
        down, up = max(-shift, 0.0), max(shift, 0.0)
        width = 1.0 - down - up
        cdf, x, rest, weight = _expect(narrow, wide, _Stretch(down, width, up), _Stretch(up, width, down))
        return cdf, float((weight / (x * rest)).sum())

    return _quantiles(distribution, _subtract(wide.cumulants, narrow.cumulants), tail, 1.0)


def log_ratio_quantiles(control: Beta, treatment: Beta, tail: float) -> tuple[float, float]:
    """Return the equal-tailed interval of ``log(treatment / control)`` that leaves ``tail`` on each side."""
    is_control_narrow = control.log_cumulants[1] <= treatment.log_cumulants[1]
    narrow, wide = control, treatment
    if not is_control_narrow:
        narrow, wide = treatment, control

    def distribution(log_ratio: float) -> tuple[float, float]:
        down, up = min(log_ratio, 0.0), min(-log_ratio, 0.0)
        domain, image = _Stretch(0.0, exp(up), -expm1(up)), _Stretch(0.0, exp(down), -expm1(down))
        cdf, _, rest, weight = _expect(narrow, wide, domain, image)
        return cdf, float((weight / rest).sum())

    low, high = _quantiles(distribution, _subtract(wide.log_cumulants, narrow.log_cumulants), tail, 700.0)
    if is_control_narrow:
        return low, high
    return -high, -low


def _expect(narrow: Beta, wide: Beta, domain: _Stretch, image: _Stretch) -> tuple[float, Array, Array, Array]:
    """Return ``E[F_W]`` and, at the points in W, x, ``1 - x`` and the weight times ``x (1 - x) f_W(x)``.

    N runs through ``domain`` while W runs through ``image``; above it F_W is 1.
    """
    (below, above), scale = narrow.bulk, image.width / domain.width
    bottom = max(below - domain.low, (wide.bulk[0] - image.low) / scale, 1e-16 * domain.low, 1e-300)
    first = _coordinate(bottom, domain.width)
    last = max(-_coordinate(max(above - domain.left, 1e-16 * domain.left, 1e-300), domain.width), first + 1.0)
    points = _points(narrow, wide, length=last - first, domain=domain, scale=scale, deviations=_NEAR)
    step = (last - first) / (points - 1)
    v = first + step * np.arange(points)
    rise, fall = expit(v), expit(-v)
    n, n_rest = domain.low + domain.width * rise, domain.left + domain.width * fall
    x, rest = image.low + image.width * rise, image.left + image.width * fall
    density = narrow.kernel(n, n_rest) * (rise * fall * (step * domain.width) / (n * n_rest))
    cdf = float(density @ betainc(wide.a, wide.b, x)) + float(betainc(narrow.b, narrow.a, domain.left))
    return cdf, x, rest, density * wide.kernel(x, rest)


def _coordinate(part: float, whole: float) -> float:
    inside = min(part, whole * (1 - 1e-15))
    return log(inside / (whole - inside))


def _subtract(left: Cumulants, right: Cumulants) -> Cumulants:
    """The cumulants of a difference of independent variables."""
    a, b = left, right
    return a[0] - b[0], a[1] + b[1], a[2] - b[2], a[3] + b[3], a[4] - b[4], a[5] + b[5]


def _quantiles(distribution: Distribution, cumulants: Cumulants, tail: float, bound: float) -> tuple[float, float]:
    z = float(ndtri(tail))
    return _quantile(distribution, cumulants, z, bound), _quantile(distribution, cumulants, -z, bound)


def _quantile(distribution: Distribution, cumulants: Cumulants, z: float, bound: float) -> float:
    """Return the x between -bound and bound at which the distribution function has the normal score z.

    With some hundred successes in each arm the Cornish-Fisher expansion has all the digits. With fewer, Newton starts
    from it, on the normal scores of the distribution function, which are nearly linear in x; where a step would leave
    the bracket it bisects.
    """
    floor, ceiling = -bound, bound
    x, doubt = cornish_fisher(cumulants, z)
    if doubt < _DOUBT:
        return x
    x = min(max(x, 0.999 * floor), 0.999 * ceiling)
    for _ in range(_MOST_STEPS):
        cdf, slope = distribution(x)
        score = float(ndtri(min(max(cdf, _CLIP), 1 - _CLIP)))
        if score < z:
            floor = x
        else:
            ceiling = x
        newton = x + (z - score) * exp(-0.5 * score * score) / sqrt(2 * pi) / max(slope, 1e-300)
        is_safe = abs(cdf - 0.5) < 0.5 - _CLIP and floor <= newton <= ceiling
        if is_safe and abs(z - score) < _CLOSE:
            return newton
        x = newton
        if not is_safe:
            x = 0.5 * (floor + ceiling)
    return x


def cornish_fisher(cumulants: Cumulants, z: float) -> tuple[float, float]:
    """Return the quantile at a normal score z in the tails, and how many deviations its error is at most about.

    The expansion of Fisher and Cornish (1960) to sixth cumulants (Abramowitz and Stegun 1964, 26.2.49). The error is
    about the size of the last terms, each taken positive, times another power of the skewness.
    """
    mean, variance, third, fourth, fifth, sixth = cumulants
    sd = sqrt(variance)
    g1, g2, g3, g4 = third / sd**3, fourth / sd**4, fifth / sd**5, sixth / sd**6
    h2, h3 = z * z - 1, z * (z * z - 3)
    h4, h5 = z * h3 - 3 * h2, z * (z * h3 - 3 * h2) - 4 * h3
    first = g1 * h2 / 6
    second = g2 * h3 / 24 - g1 * g1 * (2 * h3 + z) / 36
    third_order = g3 * h4 / 120 - g1 * g2 * (h4 + h2) / 24 + g1**3 * (12 * h4 + 19 * h2) / 324
    last = (
        g4 * h5 / 720,
        -g2 * g2 * (3 * h5 + 6 * h3 + 2 * z) / 384,
        -g1 * g3 * (2 * h5 + 3 * h3) / 180,
        g1 * g1 * g2 * (14 * h5 + 37 * h3 + 8 * z) / 288,
        -(g1**4) * (252 * h5 + 832 * h3 + 227 * z) / 7776,
    )
    doubt = sum(map(abs, last)) * max(abs(g1), sqrt(abs(g2)))
    return mean + sd * (z + first + second + third_order + sum(last)), doubt
