"""How large effects usually are, as a store's own past tests say.

Sources: J. J. Deely, D. V. Lindley, "Bayes empirical Bayes" (1981): what isn't known of the prior is integrated over;
E. M. Azevedo, A. Deng, J. L. Montiel Olea, J. Rao, E. G. Weyl, "A/B testing with fat tails" (2020); H. Schmidli et al.,
"Robust meta-analytic-predictive priors in clinical trials with historical control information" (2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from experiments.statistics.priors.likelihood import EffectLikelihood, Floats
from experiments.statistics.priors.posterior import points_of
from experiments.statistics.priors.scale_mixture import SCALES, EffectPrior, mixed, scale_densities

# A store's prior is one scale, or two: most tests with small effects, and one of these shares with much larger ones.
# Two scales that lie closer together are hardly other than one between them.
LARGE_SHARES = (0.05, 0.1, 0.2, 0.3)
LEAST_RATIO = 7.0
# What is known before a store has past tests. Small effects are more common (W. Browne, M. Swarbrick Jones, "What
# works in e-commerce: a meta-analysis of 6700 online experiments", 2017; Azevedo et al. 2020), but a shop that tests
# bold offers must be believed, too: so scales are nearly even, one ten times as large being half as common.
# docs/statistics.md has the simulations by which these numbers were chosen.
CHANCE_OF_ONE_SCALE = 0.75
FALLING = 0.25
# However many tests say that effects are small, so much is left to the unheard of, lest a clear result be called luck:
# a robust prior (Schmidli et al. 2014).
ROBUST_SHARE = 0.02


def learn_prior(effects: Sequence[EffectLikelihood]) -> EffectPrior:
    """Return the prior that past tests' effects lead to, one of each test; `default_prior` without any.

    - Every shape of the prior (`shapes`) is weighed by how well it foretells the effects that were measured, and the
      prior is the mean of all shapes by these weights.
    - Tests that were ended early because they looked good need no correction: a likelihood doesn't depend on the rule
      that ended the test. But all tests belong in, winners or not.
    """
    total = np.zeros(len(shapes().log_chances))
    for effect in effects:
        total += support(effect)
    return prior_from(total, past_tests=len(effects))


def prior_from(total: Floats, *, past_tests: int) -> EffectPrior:
    """Return the prior from the effects' `support`, added up; ``past_tests``: of how many tests the effects are."""
    known = shapes()
    logs = known.log_chances + total
    learned = np.exp(logs - logsumexp(logs)) @ known.weights
    usual = np.exp(known.log_chances) @ known.weights
    return mixed((1 - ROBUST_SHARE) * learned + ROBUST_SHARE * usual, past_tests=past_tests)


def support(effect: EffectLikelihood) -> Floats:
    """Return the log of how well each shape foretells an effect, up to a constant: it adds up over effects."""
    return np.asarray(np.log(shapes().weights @ fits(effect)))


@cache
def default_prior() -> EffectPrior:
    """Return the prior of a store without past tests."""
    return learn_prior([])


class Shapes(NamedTuple):
    """The shapes that a prior can have: a row of ``weights`` each, and the logs of their chances beforehand."""

    weights: Floats
    log_chances: Floats


@cache
def shapes() -> Shapes:
    """Return all shapes: one scale, or two."""
    rows, chances = [], []
    alike = scale_chances()
    for scale in range(len(SCALES)):
        rows.append(shape({scale: 1.0}))
        chances.append(CHANCE_OF_ONE_SCALE * alike[scale] / alike.sum())
    pairs = distant_pairs()
    total = sum(alike[narrow] * alike[wide] for narrow, wide in pairs)
    for narrow, wide in pairs:
        chance = (1 - CHANCE_OF_ONE_SCALE) * alike[narrow] * alike[wide] / total
        for share in LARGE_SHARES:
            rows.append(shape({narrow: 1 - share, wide: share}))
            chances.append(chance / len(LARGE_SHARES))
    return Shapes(np.array(rows), np.log(np.array(chances)))


def scale_chances() -> Floats:
    """Return how common each scale is, over the others."""
    return np.asarray(np.array(SCALES) ** -FALLING)


def distant_pairs() -> list[tuple[int, int]]:
    """Return the pairs of scales, narrow and wide, by their places, that lie far enough apart."""
    pairs = []
    for narrow, wide in combinations(range(len(SCALES)), 2):
        if SCALES[wide] / SCALES[narrow] >= LEAST_RATIO:
            pairs.append((narrow, wide))
    return pairs


def shape(parts: dict[int, float]) -> Floats:
    """Return a row of weights with these parts, the rest 0."""
    row = np.zeros(len(SCALES))
    for scale, weight in parts.items():
        row[scale] = weight
    return row


def fits(effect: EffectLikelihood) -> Floats:
    """Return how well each scale foretells an effect, over what the best one does; at least the smallest number."""
    points = points_of(effect)
    heights = np.exp(effect.log_density(points))
    chances = np.trapezoid(scale_densities(points, SCALES) * heights, points, axis=1)
    smallest = np.finfo(np.float64).tiny
    return np.asarray(np.maximum(chances, smallest) / max(chances.max(), smallest))
