"""Score tests of money metrics: revenue per order, and revenue per visitor as share of buyers times their revenue.

Order values are skewed, few visitors buy, and arms can be unequal: a small arm's own variance and skewness are mostly
noise. So both moments are taken from both arms together under the hypothesis tested, "lift = d", with the nuisance
parameters at their best values under it (C. R. Rao, "Large sample tests of statistical hypotheses concerning several
parameters", 1948), and the statistic's skewness is accounted for (`skew`).

The formulas take floats or equally shaped numpy arrays: one comparison, or a simulation of many at once.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from experiments.statistics.money.skew import normal_score

ROUNDING = 1e-12  # a variance below this share of the square of the mean is what floating point left of zero


class ArmSums(NamedTuple):
    """Raw sums over one arm's visitors of a value y and a count d: orders, or 1 for a buyer.

    ``n`` visitors; ``y`` is the sum of the values, ``yyd`` the sum of y * y * d, and so on.
    """

    n: float
    y: float
    d: float
    yy: float
    yd: float
    dd: float
    yyy: float
    yyd: float
    ydd: float
    ddd: float


class PooledResiduals(NamedTuple):
    """What both arms say together about value per count under "treatment's is ``scale`` times control's".

    ``centre``: control's value per count; ``variance`` and ``third``: the moments of the residuals ``y - centre * d``,
    per count, in control's scale; treatment's residuals are ``spread`` times as wide.
    """

    centre: float
    spread: float
    variance: float
    third: float


class BuyerShares(NamedTuple):
    """Both arms' shares of buyers under a hypothesis, and the factor ``scale`` between their values per buyer."""

    control: float
    treatment: float
    scale: float


class Noise(NamedTuple):
    """Squared standard error and third cumulant of each arm's value under a hypothesis, and control's value there."""

    control: float
    error_c: float
    third_c: float
    error_t: float
    third_t: float


class ScoreStatistic(NamedTuple):
    """The standardised score of a hypothesis, its skewness, and the noise that it was standardised by."""

    score: float
    skewness: float
    noise: Noise

    @property
    def normal(self) -> float:
        """The standard normal value with the same tails: see `skew.normal_score`."""
        return normal_score(self.score, self.skewness)


def spread_of(factor: float, control: ArmSums, treatment: ArmSums) -> float:
    """How much wider treatment's values spread where they are ``factor`` times control's: ``factor ** w``.

    A changed mean can come with a changed spread (every value grows) or without (a flat amount is added). w is the
    share of counts in the arm with the smaller values: between the two, and on the side that does not understate the
    noise of the smaller arm.
    """
    steepness = (factor + 1 / factor + abs(factor - 1 / factor)) / 2
    spread: float = factor**0.5 * steepness ** ((control.d - treatment.d) / (control.d + treatment.d) / 2)
    return spread


def pooled_shape(scale: float, spread: float, control: ArmSums, treatment: ArmSums) -> PooledResiduals:
    """Pool the residuals of both arms, treatment's brought to control's mean by ``scale`` and width by ``spread``."""
    counts = control.d + treatment.d
    centre = (control.y + treatment.y / scale) / counts
    square_c, cube_c = _residual_sums(control, centre)
    square_t, cube_t = _residual_sums(treatment, centre * scale)
    variance = (square_c + square_t / spread**2) / counts
    third = (cube_c + cube_t / spread**3) / counts
    return PooledResiduals(centre, spread, variance, third)


def _residual_sums(arm: ArmSums, centre: float) -> tuple[float, float]:
    """Sums of the squares and cubes of ``y - centre * d`` over the visitors."""
    square = arm.yy - centre * (2 * arm.yd - centre * arm.dd)
    cube = arm.yyy - centre * (3 * arm.yyd - centre * (3 * arm.ydd - centre * arm.ddd))
    return square, cube


def varies(control: ArmSums, treatment: ArmSums) -> bool:
    """Whether the value per count differs between visitors by more than rounding, in either arm."""
    scale = (treatment.y / treatment.d) / (control.y / control.d)
    shape = pooled_shape(scale, scale, control, treatment)
    return shape.variance > ROUNDING * shape.centre**2


def ratio_statistic(log_lift: float, control: ArmSums, treatment: ArmSums) -> ScoreStatistic:
    """Score of "treatment's y / d is ``exp(log_lift)`` times control's", d the orders; see `ratio_noise`."""
    factor = math.e**log_lift
    shape = pooled_shape(factor, spread_of(factor, control, treatment), control, treatment)
    noise = ratio_noise(shape, control, treatment)
    return standardise(factor, control.y / control.d, treatment.y / treatment.d, noise)


def mean_statistic(log_lift: float, control: ArmSums, treatment: ArmSums) -> ScoreStatistic:
    """Score of "treatment's mean per visitor is ``exp(log_lift)`` times control's", d 1 for a buyer; `mean_noise`."""
    factor = math.e**log_lift
    shares = restricted_shares(factor, control, treatment)
    noise = mean_noise(shares, shape_of_buyers(factor, shares, control, treatment), control, treatment)
    return standardise(factor, control.y / control.n, treatment.y / treatment.n, noise)


def standardise(factor: float, control: float, treatment: float, noise: Noise) -> ScoreStatistic:
    """``T = (treatment - factor control) / se``, ``se^2 = e_t + factor^2 e_c``, ``A = (k_t - factor^3 k_c) / se^3``."""
    se = (noise.error_t + factor * factor * noise.error_c) ** 0.5
    third = noise.third_t - factor * factor * factor * noise.third_c
    return ScoreStatistic((treatment - factor * control) / se, third / (se * se * se), noise)


def ratio_noise(shape: PooledResiduals, control: ArmSums, treatment: ArmSums) -> Noise:
    """Noise of both ratios: v / d and k / d^2 with the pooled moments of the residuals per order.

    Only orders are counted, which makes it robust to a difference in conversion.
    """
    centre, spread, variance, third = shape
    return Noise(
        centre,
        variance / control.d,
        third / control.d**2,
        variance * spread**2 / treatment.d,
        third * spread**3 / treatment.d**2,
    )


def shape_of_buyers(factor: float, shares: BuyerShares, control: ArmSums, treatment: ArmSums) -> PooledResiduals:
    """Values per buyer; what makes up for a difference in the shares of buyers changes every value."""
    widening = shares.scale / factor * spread_of(factor, control, treatment)
    return pooled_shape(shares.scale, widening, control, treatment)


def mean_noise(shares: BuyerShares, shape: PooledResiduals, control: ArmSums, treatment: ArmSums) -> Noise:
    """Noise of both means, each the product p M of the share of buyers and their mean value: v / n and k / n^2.

    A visitor's moments v and k follow from the arm's own share of buyers and the pooled moments of a buyer.
    """
    centre, spread, variance, third = shape
    v_c, k_c = _visitor_moments(shares.control, centre, variance, third)
    v_t, k_t = _visitor_moments(shares.treatment, centre * shares.scale, variance * spread**2, third * spread**3)
    n_c, n_t = control.n, treatment.n
    return Noise(shares.control * centre, v_c / n_c, k_c / n_c**2, v_t / n_t, k_t / n_t**2)


def restricted_shares(factor: float, control: ArmSums, treatment: ArmSums) -> BuyerShares:
    """The shares of buyers where treatment's mean per visitor is ``factor`` times control's.

    The hypothesis fixes the ratio of the products p M. What the data disagree with it by is shared out between the
    four parameters in proportion to the variances of their logarithms: one step to the restricted maximum of the
    likelihood.
    """
    share_c, share_t = control.d / control.n, treatment.d / treatment.n
    mean_c, mean_t = control.y / control.d, treatment.y / treatment.d
    counts = control.d + treatment.d
    relative_variance = (control.yy / mean_c**2 + treatment.yy / mean_t**2) / counts - 1
    total = (1 - share_c + relative_variance) / control.d + (1 - share_t + relative_variance) / treatment.d
    surplus = share_t * mean_t / (share_c * mean_c * factor)
    share_c = _at_most_one(share_c * surplus ** ((1 - share_c) / (control.d * total)))
    share_t = _at_most_one(share_t * surplus ** ((share_t - 1) / (treatment.d * total)))
    return BuyerShares(share_c, share_t, factor * share_c / share_t)


def _at_most_one(share: float) -> float:
    return (share + 1 - abs(share - 1)) / 2


def _visitor_moments(share: float, mean: float, variance: float, third: float) -> tuple[float, float]:
    """Variance and third central moment of a value that is 0 but for a share of buyers with the given moments."""
    rest = 1 - share
    spread = share * (variance + rest * mean**2)
    return spread, share * (third + rest * mean * (3 * variance + (1 - 2 * share) * mean**2))
