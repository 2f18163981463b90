"""Effects in groups, each with the others taken into account: partial pooling.

Sources: D. B. Rubin, "Estimation in parallel randomized experiments" (1981); A. Gelman, "Prior distributions for
variance parameters in hierarchical models" (2006), for the half-normal prior of the spread.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from experiments.statistics.results import Interval

Floats = npt.NDArray[np.float64]

SPREAD = 0.1  # of log lifts around the mean: the scale of the half-normal prior of their standard deviation
# Of that standard deviation, from none to more than the prior believes in; even steps, as the posterior is smooth.
GRID = np.linspace(0.0, 5 * SPREAD, 101)


def partial_pooling(estimates: Sequence[float], errors: Sequence[float], *, alpha: float = 0.05) -> list[Interval]:
    """Return each group's effect, drawn to the common mean by as much as the groups agree and its own error is large.

    - ``estimates``: log lifts of groups that share no visitor; ``errors``: their standard errors, all above 0.
    - The true effects are normal around a mean of which nothing is known, with a standard deviation whose prior is
      half-normal with scale 0.1; it is integrated over numerically, so that few groups don't look more alike than they
      are known to be. Intervals are normal with the posterior's variance.

    Raises ``ValueError`` below two groups, or for errors that are not above 0.
    """
    if len(estimates) < 2 or len(estimates) != len(errors) or min(errors) <= 0:
        raise ValueError("need at least two effects, each with an error above 0")
    x, variances = np.asarray(estimates, dtype=np.float64), np.asarray(errors, dtype=np.float64) ** 2
    # Rows: values of the spread; columns: groups.
    total = variances + GRID[:, np.newaxis] ** 2
    mean_variance = 1 / (1 / total).sum(axis=1)
    mean = mean_variance * (x / total).sum(axis=1)
    weights = spread_weights(x, total, mean, mean_variance)
    pull = variances / total
    means = (1 - pull) * x + pull * mean[:, np.newaxis]
    spreads = (1 - pull) * variances + pull**2 * mean_variance[:, np.newaxis]
    found = weights @ means
    errors_found = np.sqrt(weights @ (spreads + means**2) - found**2)
    z = -float(ndtri(alpha / 2))
    pooled = []
    for estimate, error in zip(found.tolist(), errors_found.tolist(), strict=True):
        pooled.append(Interval(estimate, estimate - z * error, estimate + z * error))
    return pooled


def spread_weights(x: Floats, total: Floats, mean: Floats, mean_variance: Floats) -> Floats:
    """Return how likely each spread of `GRID` is, given the effects; they add up to one."""
    distance = (x - mean[:, np.newaxis]) ** 2 / total
    log_prior = -0.5 * (GRID / SPREAD) ** 2
    log_weights = log_prior + 0.5 * np.log(mean_variance) - 0.5 * (np.log(total) + distance).sum(axis=1)
    weights = np.exp(log_weights - log_weights.max())
    return np.asarray(weights / weights.sum(), dtype=np.float64)
