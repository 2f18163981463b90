"""Adjust a metric by several covariates: each arm's own regression, from sums over its visitors.

Source: W. Lin, "Agnostic notes on regression adjustments to experimental data" (2013): least squares with an intercept
and slopes for each arm, covariates about their mean in both. Where covariates are indicators of groups, that is
post-stratification. A ratio is regressed as its linearisation (A. Deng, U. Knoblich, J. Lu, 2018).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from experiments.statistics.summary import Summary

Array: TypeAlias = NDArray[np.float64]
Key = TypeVar("Key")

# So many visitors an arm for each covariate: what a slope costs, one visitor, is then below 1% for all of them.
VISITORS_PER_COVARIATE = 100
# A covariate of which less than this share varies apart from the others adds nothing but rounding.
DEPENDENT = 1e-8
# However much is explained, so much of the variance is left: beyond, rounding would decide.
LEAST_KEPT = 1e-6


@dataclass(frozen=True, slots=True)
class CovariateMoments:
    """What covariates add up to over one arm's ``n`` visitors, k covariates in a fixed order.

    - ``sums``: of each, shape (k,); ``squares``: of the products of each two, shape (k, k); ``products``: by outcome
      column, of its products with each, shape (k,).
    """

    n: int
    sums: Array
    squares: Array
    products: Mapping[str, Array]

    def __add__(self, other: CovariateMoments) -> CovariateMoments:
        """Merge with another group of visitors."""
        return self._combined(other, 1)

    def __sub__(self, other: CovariateMoments) -> CovariateMoments:
        """Return those who aren't in ``other``, who are a part of these."""
        return self._combined(other, -1)

    def _combined(self, other: CovariateMoments, sign: int) -> CovariateMoments:
        products = {}
        for name, values in self.products.items():
            products[name] = values + sign * other.products[name]
        return CovariateMoments(
            self.n + sign * other.n, self.sums + sign * other.sums, self.squares + sign * other.squares, products
        )

    def scaled(self, columns: Mapping[str, float]) -> CovariateMoments:
        """Return the same visitors with some outcome columns times a factor each."""
        products = {}
        for name, values in self.products.items():
            products[name] = values * columns.get(name, 1.0)
        return CovariateMoments(self.n, self.sums, self.squares, products)

    @property
    def means(self) -> Array:
        """The covariates' means."""
        return self.sums / self.n

    @property
    def comoments(self) -> Array:
        """The sums of products of the covariates' deviations from their means."""
        return self.squares - np.outer(self.sums, self.sums) / self.n

    def comoments_with(self, weights: Mapping[str, float], means: Mapping[str, float]) -> Array:
        """Return the covariates' sums of products of deviations with a combination of outcome columns."""
        total = np.zeros_like(self.sums)
        for name, weight in weights.items():
            total += weight * (self.products[name] - self.sums * means[name])
        return total


@dataclass(frozen=True, slots=True)
class ArmOutcome:
    """One arm as `adjust` reads it.

    - ``covariates``: of its visitors; ``means``: of its outcome columns.
    - ``weights``: the combination of columns that varies as the metric's value does (delta method); ``comoment``: the
      sum of that combination's squared deviations.
    """

    covariates: CovariateMoments
    means: Mapping[str, float]
    weights: Mapping[str, float]
    comoment: float


@dataclass(frozen=True, slots=True)
class Regression:
    """What the covariates make of a metric.

    - ``shifts``: what is taken off the value of control and of treatment, which then are those of average visitors.
    - ``kept``: the share of the variance that is left; a little above 1 where nothing is explained, by what the slopes
      cost.
    - ``covariates``: how many were used; some may be constant, or say what others say.
    """

    shifts: tuple[float, float]
    kept: float
    covariates: int


def adjust(control: ArmOutcome, treatment: ArmOutcome) -> Regression | None:
    """Regress a metric on the covariates, arm by arm; ``None`` where no covariate varies, or arms are too small.

    An arm's value moves by its own slopes times its covariates' distance from the mean of both arms. Residual
    variances have ``n - k - 1`` degrees of freedom, and are pooled over the arms like the tests' own: a small arm's
    would be mostly noise.
    """
    arms = control, treatment
    both = control.covariates + treatment.covariates
    used = independent(both.comoments)
    k = len(used)
    if not k or min(arm.covariates.n for arm in arms) < VISITORS_PER_COVARIATE * k:
        return None
    left = total = 0.0
    shifts = []
    for arm in arms:
        of_metric = arm.covariates.comoments_with(arm.weights, arm.means)[used]
        slopes = np.linalg.lstsq(arm.covariates.comoments[np.ix_(used, used)], of_metric, rcond=DEPENDENT)[0]
        shifts.append(float(slopes @ (arm.covariates.means - both.means)[used]))
        n = arm.covariates.n
        total += arm.comoment
        left += max(arm.comoment - float(slopes @ of_metric), 0.0) * (n - 1) / (n - k - 1)
    if total <= 0:
        return None
    return Regression((shifts[0], shifts[1]), max(left / total, LEAST_KEPT), k)


def independent(comoments: Array) -> list[int]:
    """Return the covariates that vary, apart from those before them: a Cholesky decomposition, step by step."""
    left = comoments.copy()
    found = []
    for position in range(len(left)):
        variance = left[position, position]
        if variance <= DEPENDENT * comoments[position, position] or variance <= 0:
            continue
        found.append(position)
        left = left - np.outer(left[:, position], left[position]) / variance
    return found


def of_average_visitors(summary: Summary, column: str, factor: float, kept: float) -> Summary:
    """Return an arm as it would look with average visitors, seen as often as its noise is smaller.

    The column is multiplied by ``factor``, which makes its metric the adjusted one, and there are ``n / kept``
    visitors: every test of sums then has the adjusted value with the adjusted error.
    """
    moved = summary.scaled({column: factor})
    third_comoments, buyers = None, None
    if moved.third_comoments is not None:
        third_comoments = times(moved.third_comoments, 1 / kept)
    if summary.buyers is not None:
        buyers = summary.buyers / kept
    # Visitors and buyers are no whole numbers now, which no test by sums needs.
    return Summary(
        n=summary.n / kept,  # type: ignore[arg-type]
        columns=moved.columns,
        means=moved.means,
        comoments=times(moved.comoments, 1 / kept),
        third_comoments=third_comoments,
        buyers=buyers,  # type: ignore[arg-type]
    )


def times(values: Mapping[Key, float], factor: float) -> dict[Key, float]:
    """Return all values times a factor."""
    multiplied = {}
    for key, value in values.items():
        multiplied[key] = value * factor
    return multiplied
