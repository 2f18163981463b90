"""An effect after its test: what the test says by itself, weighed by how large effects usually are.

Source: A. Gelman et al., "Bayesian Data Analysis", third edition (2013), section 10.1, for integration over a grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import sqrt

import numpy as np

from experiments.statistics.bayesian import unavailable_posterior
from experiments.statistics.priors.likelihood import EffectLikelihood, Floats
from experiments.statistics.priors.scale_mixture import EffectPrior
from experiments.statistics.results import Comparison, Interval, Posterior, Reason

# The grid around no effect, where narrow priors put everything: from a thirtieth of the narrowest scale outward, each
# step 8% farther, to four times the widest one.
NEAREST, STEP, FARTHEST = 1e-4, 1.08, 4.0
# The grid around the estimate, where a test that knows much puts everything: normal values, and how many.
REACH, POINTS_AROUND = 8.5, 221
# Nothing is believed of effects farther off on the log scale, whatever the test says; lifts of e^710 are no numbers.
FARTHEST_BELIEVED = 100.0
TAIL = 0.025  # on each side: all intervals hold 95%


@dataclass(frozen=True, slots=True)
class EffectPosterior:
    """An effect's distribution: its ``density`` at ``points``, ascending values of log(1 + lift) with 0 among them."""

    points: Floats
    density: Floats

    @property
    def lifts(self) -> Floats:
        """The points as lifts."""
        return np.asarray(np.expm1(self.points))

    def masses(self) -> Floats:
        """Return the probability of each cell between two points, by the trapezoid rule."""
        return 0.5 * (self.density[1:] + self.density[:-1]) * np.diff(self.points)

    def summary(self) -> Posterior:
        """Return the figures on the lift's scale; expected losses are shares of control's value."""
        masses, lifts = self.masses(), self.lifts
        middles = 0.5 * (lifts[1:] + lifts[:-1])
        # No cell lies on both sides, since 0 is a point.
        is_gain = self.points[1:] > 0
        gain = float(masses[is_gain] @ middles[is_gain])
        loss = -float(masses[~is_gain] @ middles[~is_gain])
        mean = gain - loss
        low, high = self.quantiles((TAIL, 1 - TAIL))
        return Posterior(
            chance_to_win=float(masses[is_gain].sum()),
            expected_loss_ship=loss,
            expected_loss_keep=gain,
            low=low,
            high=high,
            mean=mean,
            sd=sqrt(float(masses @ (middles - mean) ** 2)),
            lift=Interval(mean, low, high),
        )

    def quantiles(self, levels: tuple[float, ...]) -> list[float]:
        """Return the lifts below which these shares lie."""
        reached = np.concatenate([[0.0], np.cumsum(self.masses())])
        return [float(np.expm1(np.interp(level, reached, self.points))) for level in levels]

    def height(self, effects: Floats) -> Floats:
        """Return the density over log(1 + lift) at other points."""
        return np.asarray(np.interp(effects, self.points, self.density))


def effect_posterior(likelihood: EffectLikelihood, prior: EffectPrior) -> EffectPosterior:
    """Return what to believe of an effect after its test.

    Nothing is added for looks at which the test could have ended: what the data say of an effect doesn't depend on when
    somebody would have stopped (the likelihood principle), and the prior says how lucky a winner usually was.
    """
    points = points_of(likelihood)
    logs = likelihood.log_density(points) + prior.log_density(points)
    density = np.exp(logs - logs.max())
    return EffectPosterior(points, density / np.trapezoid(density, points))


def comparison_posterior(comparison: Comparison, prior: EffectPrior, *, alpha: float = 0.05) -> EffectPosterior | None:
    """Return what to believe after a comparison whose intervals have level ``alpha``; ``None`` without a lift."""
    likelihood = EffectLikelihood.of_comparison(comparison, alpha=alpha)
    if likelihood is None:
        return None
    return effect_posterior(likelihood, prior)


def posterior_figures(comparison: Comparison, prior: EffectPrior, *, alpha: float = 0.05) -> Posterior:
    """Return the figures of `comparison_posterior`; without them the comparison's own reason."""
    posterior = comparison_posterior(comparison, prior, alpha=alpha)
    if posterior is not None:
        return posterior.summary()
    lift = comparison.estimated_lift
    if comparison.control is None or lift is None:
        return unavailable_posterior(comparison.unavailable or Reason.CONTROL_IS_ZERO)
    if lift <= -1 or comparison.control <= 0:
        return unavailable_posterior(Reason.NOT_POSITIVE)
    return unavailable_posterior(comparison.unavailable or Reason.ZERO_VARIANCE)


def points_of(likelihood: EffectLikelihood) -> Floats:
    """Return the points to integrate over: close together where a prior or the test may have its bulk."""
    around = likelihood.effects(np.linspace(-REACH, REACH, POINTS_AROUND))
    around = around[np.abs(around) <= FARTHEST_BELIEVED]
    return np.asarray(np.union1d(points_around_none(), around))


@cache
def points_around_none() -> Floats:
    """Return the grid around no effect, ascending, with 0 in its middle."""
    steps = int(np.log(FARTHEST / NEAREST) / np.log(STEP)) + 1
    above = NEAREST * STEP ** np.arange(steps + 1)
    return np.concatenate([-above[::-1], [0.0], above])
