"""How large true effects are before a test: better and worse alike, most of them small, a few large.

Sources: E. M. Azevedo, A. Deng, J. L. Montiel Olea, J. Rao, E. G. Weyl, "A/B testing with fat tails" (2020); M.
Stephens, "False discovery rates: a new deal" (2017), for mixtures of normals over a grid of scales.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from experiments.statistics.priors.likelihood import EffectLikelihood, Floats

# Standard deviations of log(1 + lift), half as large again each: any spread between two lies near one of them. Tests
# can hardly tell smaller ones from the smallest, and of a larger one than the largest nobody has heard.
SCALES = (0.02, 0.03, 0.045, 0.07, 0.10, 0.15, 0.22, 0.33, 0.50, 0.75, 1.10)


@dataclass(frozen=True, slots=True)
class EffectPrior:
    """A mixture of normal distributions around no effect, on the scale of log(1 + lift).

    On that scale it says the same of a treatment against control as of control against the treatment.

    - ``weights``: of each of the ``scales``, which are standard deviations; they add up to 1. ``past_tests``: those of
      the store that it was learnt from.
    """

    weights: tuple[float, ...]
    scales: tuple[float, ...] = SCALES
    past_tests: int = 0

    def log_density(self, effects: Floats) -> Floats:
        """Return the log of the density at some effects, up to a constant."""
        heights = np.array(self.weights) @ scale_densities(effects, self.scales)
        # Far out every height is 0, of which there is no log.
        return np.asarray(np.log(heights + np.finfo(np.float64).tiny))

    def chance_of_more(self, likelihood: EffectLikelihood, points: Floats) -> float:
        """Return how often a test with this error would measure an effect at least this far from none.

        The prior predictive check of Box (1980), by integration over the ``points``: where it is small, prior and data
        contradict each other.
        """
        density = np.exp(self.log_density(points))
        far = abs(likelihood.middle)
        farther = ndtr((points - far) / likelihood.scale) + ndtr((-far - points) / likelihood.scale)
        return float(np.trapezoid(density * farther, points) / np.trapezoid(density, points))


def scale_densities(effects: Floats, scales: Sequence[float]) -> Floats:
    """Return the density of each scale's normal distribution, one row each, up to a constant that all share."""
    deviations = np.array(scales)[:, None]
    return np.asarray(np.exp(-0.5 * (effects / deviations) ** 2) / deviations)


def mixed(weights: Sequence[float] | Floats, *, past_tests: int) -> EffectPrior:
    """Return a prior over `SCALES` with these weights, which needn't add up to 1."""
    total = float(sum(weights))
    return EffectPrior(tuple(float(weight) / total for weight in weights), past_tests=past_tests)


def normal_prior(standard_deviation: float) -> EffectPrior:
    """Return the prior of somebody who knows: one normal distribution."""
    return EffectPrior((1.0,), (standard_deviation,))
