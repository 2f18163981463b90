"""Score tests of money adjusted by a covariate: the cart's value when the visitor was exposed.

The adjusted value is ``value - theta (x_arm - x_both)`` with means x of the covariate. Its noise has three parts: the
value's own (`score`), twice its covariance with x, and that of x. What involves orders is pooled per order and keeps
each arm's own orders per visitor, so that a difference in conversion does not distort it; x is pooled per visitor.
Source of the adjustment: A. Deng, Y. Xu, R. Kohavi, T. Walker, "Improving the sensitivity of online controlled
experiments by utilizing pre-experiment data" (2013).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from experiments.statistics.money.score import (
    ArmSums,
    BuyerShares,
    Noise,
    PooledResiduals,
    ScoreStatistic,
    mean_noise,
    pooled_shape,
    ratio_noise,
    restricted_shares,
    shape_of_buyers,
    spread_of,
    standardise,
)

# Share of the squared error that a covariate always leaves: see `_adjust`.
LEAST = 1e-6


class CovariateSums(NamedTuple):
    """Raw sums over one arm's visitors with the covariate x, measured from both arms' mean; y and d as in `ArmSums`."""

    x: float
    xx: float
    xxx: float
    yx: float
    yxx: float
    yyx: float
    dx: float = 0.0
    dxx: float = 0.0
    ydx: float = 0.0
    ddx: float = 0.0


class ArmWithCovariate(NamedTuple):
    """An arm's sums of the value and the count (``arm``), and those with the covariate (``covariate``)."""

    arm: ArmSums
    covariate: CovariateSums

    def ratio(self, theta: float) -> float:
        """Return the value per count, adjusted."""
        return self.arm.y / self.arm.d - theta * self.covariate.x / self.arm.n

    def mean(self, theta: float) -> float:
        """Return the value per visitor, adjusted."""
        return (self.arm.y - theta * self.covariate.x) / self.arm.n


class JointCumulants(NamedTuple):
    """Third-order cumulants of an arm's value and its mean of x: (value, x), (value, value, x), (value, x, x)."""

    cross: float
    value_value_x: float
    value_x_x: float


def adjusted_ratio_statistic(
    log_lift: float, control: ArmWithCovariate, treatment: ArmWithCovariate, theta: float
) -> ScoreStatistic:
    """`score.ratio_statistic` of the adjusted ratios."""
    factor = math.e**log_lift
    shape = pooled_shape(factor, spread_of(factor, control.arm, treatment.arm), control.arm, treatment.arm)
    noise = ratio_noise(shape, control.arm, treatment.arm)
    joints = _ratio_joints(factor, shape, control, treatment)
    adjusted = _adjust(noise, joints, control, treatment, theta=theta)
    return standardise(factor, control.ratio(theta), treatment.ratio(theta), adjusted)


def adjusted_mean_statistic(
    log_lift: float, control: ArmWithCovariate, treatment: ArmWithCovariate, theta: float
) -> ScoreStatistic:
    """`score.mean_statistic` of the adjusted means."""
    factor = math.e**log_lift
    shares = restricted_shares(factor, control.arm, treatment.arm)
    shape = shape_of_buyers(factor, shares, control.arm, treatment.arm)
    noise = mean_noise(shares, shape, control.arm, treatment.arm)
    joints = _mean_joints(shares, shape.centre, control, treatment)
    adjusted = _adjust(noise, joints, control, treatment, theta=theta)
    return standardise(factor, control.mean(theta), treatment.mean(theta), adjusted)


def _adjust(
    noise: Noise,
    joints: tuple[JointCumulants, JointCumulants],
    control: ArmWithCovariate,
    treatment: ArmWithCovariate,
    *,
    theta: float,
) -> Noise:
    """Return the second and third cumulants of ``value - theta x`` from those of the value, of x and the joint ones.

    Pooled differently, the parts can leave next to nothing, or less, where x says all: a millionth of the value's own
    squared error is kept.
    """
    n = control.arm.n + treatment.arm.n
    square = (control.covariate.xx + treatment.covariate.xx) / n
    cube = (control.covariate.xxx + treatment.covariate.xxx) / n

    def error(own: float, joint: JointCumulants, size: float) -> float:
        left = own - 2 * theta * joint.cross + theta**2 * square / size
        return (left + LEAST * own + abs(left - LEAST * own)) / 2

    def third(own: float, joint: JointCumulants, size: float) -> float:
        return own - 3 * theta * joint.value_value_x + 3 * theta**2 * joint.value_x_x - theta**3 * cube / size**2

    return Noise(
        noise.control,
        error(noise.error_c, joints[0], control.arm.n),
        third(noise.third_c, joints[0], control.arm.n),
        error(noise.error_t, joints[1], treatment.arm.n),
        third(noise.third_t, joints[1], treatment.arm.n),
    )


def _ratio_joints(
    factor: float, shape: PooledResiduals, control: ArmWithCovariate, treatment: ArmWithCovariate
) -> tuple[JointCumulants, JointCumulants]:
    """With residuals ``z = y - R d`` pooled per order in control's scale: z x / n, z^2 x / (d n), z x^2 / n^2."""
    centre, spread = shape.centre, shape.spread
    counts = control.arm.d + treatment.arm.d
    of_c, of_t = _residual_products(control.covariate, centre), _residual_products(treatment.covariate, centre * factor)
    zx = (of_c[0] + of_t[0] / spread) / counts
    zzx = (of_c[1] + of_t[1] / spread**2) / counts
    zxx = (of_c[2] + of_t[2] / spread) / counts
    n_c, n_t = control.arm.n, treatment.arm.n
    return (
        JointCumulants(zx / n_c, zzx / (control.arm.d * n_c), zxx / n_c**2),
        JointCumulants(zx * spread / n_t, zzx * spread**2 / (treatment.arm.d * n_t), zxx * spread / n_t**2),
    )


def _residual_products(sums: CovariateSums, centre: float) -> tuple[float, float, float]:
    """Return the sums of z x, z^2 x and z x^2 with ``z = y - centre d``."""
    zzx = sums.yyx - centre * (2 * sums.ydx - centre * sums.ddx)
    return sums.yx - centre * sums.dx, zzx, sums.yxx - centre * sums.dxx


def _mean_joints(
    shares: BuyerShares, centre: float, control: ArmWithCovariate, treatment: ArmWithCovariate
) -> tuple[JointCumulants, JointCumulants]:
    """From the products y x, y^2 x and y x^2 pooled per buyer in control's scale, at each arm's share of buyers."""
    scale = shares.scale
    counts, n = control.arm.d + treatment.arm.d, control.arm.n + treatment.arm.n
    square = (control.covariate.xx + treatment.covariate.xx) / n
    yx = (control.covariate.yx + treatment.covariate.yx / scale) / counts
    yyx = (control.covariate.yyx + treatment.covariate.yyx / scale**2) / counts
    yxx = (control.covariate.yxx + treatment.covariate.yxx / scale) / counts

    def joint(share: float, stretch: float, size: float) -> JointCumulants:
        mean, cross = share * stretch * centre, share * stretch * yx
        value_value_x = share * stretch**2 * yyx - 2 * mean * cross
        return JointCumulants(cross / size, value_value_x / size**2, (share * stretch * yxx - mean * square) / size**2)

    return joint(shares.control, 1.0, control.arm.n), joint(shares.treatment, scale, treatment.arm.n)
