"""The distribution that a skewed, standardised statistic is read from: Pearson's type III.

The first Edgeworth term alone, ``Phi(T) - A/6 (T^2 - 1) phi(T)``, leaves 0..1 in the short tail. The gamma
distribution with the same mean, variance and skewness has the same first term, is a distribution, and keeps both tails
near their level in simulation. Sources: K. Pearson, "Contributions to the mathematical theory of evolution, II: skew
variation in homogeneous material" (1895); P. Hall, "The bootstrap and Edgeworth expansion" (1992), chapter 2.
"""

from __future__ import annotations

from scipy.special import gammainc, gammaincc, ndtr, ndtri

STRAIGHT = 1e-3  # below this skewness the expansion of the gamma's quantiles is exact to 1e-10
STEEPEST = 4.0  # a larger skewness is read as this one
SUPPORT_SHARE = 1.75  # of the 2 / |A| at which a gamma's short tail ends: beyond, the skewness is taken smaller
FARTHEST = 37.0  # standard deviations of the normal that floating point still tells apart


def normal_score(statistic: float, skewness: float) -> float:
    """Return the standard normal value with the same tail probability; it rises with the statistic.

    ``statistic`` has mean 0, variance 1 and ``skewness`` under the hypothesis. On its short side the skewness is taken
    no larger than ``1.75 / |statistic|``, so that no observation is impossible. Between -37 and 37.
    """
    if skewness < 0:
        return -normal_score(-statistic, -skewness)
    if skewness < STRAIGHT:
        square = statistic * statistic
        bent = statistic - skewness / 6 * (square - 1) + skewness * skewness * statistic * (7 * square - 1) / 144
        return max(-FARTHEST, min(FARTHEST, bent))
    skewness = min(skewness, STEEPEST)
    if statistic * skewness < -SUPPORT_SHARE:
        # Beyond the end of the gamma's support an observation would be impossible.
        skewness = -SUPPORT_SHARE / statistic
    shape = 4 / (skewness * skewness)
    point = shape + 2 * statistic / skewness
    return max(-FARTHEST, min(FARTHEST, _score_of_gamma(shape, point)))


def _score_of_gamma(shape: float, point: float) -> float:
    """Return the standard normal value with the tails of a gamma distribution at a point, from the smaller tail."""
    tail = gammaincc(shape, point)
    if tail < 0.5:
        return -float(ndtri(tail))
    return float(ndtri(gammainc(shape, point)))


def two_sided_p(score: float) -> float:
    """Return twice the smaller tail of the standard normal."""
    return 2 * float(ndtr(-abs(score)))
