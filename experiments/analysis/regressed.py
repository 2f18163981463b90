"""Adjusts a metric by the covariates that were chosen for a test, where more than the cart's value was.

Both arms are then compared as average visitors would make them, by the metric's own test (``statistics.regression``).
"""

from typing import TYPE_CHECKING, NamedTuple

from experiments.reading.aggregation import Aggregate
from experiments.statistics import Method, Proportion, Summary
from experiments.statistics.money.arms import linear_comoment
from experiments.statistics.money.comparison import FEWEST_FOR_SCORE
from experiments.statistics.proportions.comparison import proportion_method
from experiments.statistics.regression import ArmOutcome, Regression, adjust, of_average_visitors

if TYPE_CHECKING:
    from experiments.analysis.metrics import Definition


class RegressedArms(NamedTuple):
    """Both arms of average visitors, and the share of the variance that is left."""

    control: Summary
    treatment: Summary
    kept: float


class RegressedShares(NamedTuple):
    """The same of a metric that is a share; counts are no whole numbers."""

    control: Proportion
    treatment: Proportion
    kept: float


def regression_of(definition: "Definition", control: Aggregate, treatment: Aggregate) -> Regression | None:
    """Regress a metric on the covariates; ``None`` where they aren't known, or there is too little to regress.

    With few buyers an exact test decides, which knows no covariates.
    """
    arms = []
    for aggregate in (control, treatment):
        if aggregate.covariates is None or not definition.columns.is_defined(aggregate.summary):
            return None
        if aggregate.sums["converted"] < FEWEST_FOR_SCORE:
            return None
        arms.append(outcome_of(definition, aggregate))
    return adjust(*arms)


def outcome_of(definition: "Definition", aggregate: Aggregate) -> ArmOutcome:
    """Return an arm's outcome as the regression reads it."""
    summary = aggregate.summary
    weights = definition.columns.weights(summary)
    if definition.is_proportion:
        # The square of one and none is the same, and so isn't kept.
        comoment = summary.n * summary.means[definition.numerator] * (1 - summary.means[definition.numerator])
    else:
        comoment = linear_comoment(summary, weights, weights)
    assert aggregate.covariates is not None
    return ArmOutcome(aggregate.covariates, summary.means, weights, comoment)


def regressed_arms(definition: "Definition", control: Aggregate, treatment: Aggregate) -> RegressedArms | None:
    """Return both arms adjusted; ``None`` where the metric isn't, or a value is 0 and can't be moved."""
    regression = regression_of(definition, control, treatment)
    if regression is None:
        return None
    moved = []
    for aggregate, shift in zip((control, treatment), regression.shifts, strict=True):
        value = definition.columns.value(aggregate.summary)
        if not value:
            return None
        factor = (value - shift) / value
        moved.append(of_average_visitors(aggregate.summary, definition.numerator, factor, regression.kept))
    return RegressedArms(moved[0], moved[1], regression.kept)


def regressed_shares(definition: "Definition", control: Aggregate, treatment: Aggregate) -> RegressedShares | None:
    """Return both arms' shares adjusted; ``None`` where the metric isn't, or an exact test is due."""
    raw = definition.proportion(control), definition.proportion(treatment)
    regression = regression_of(definition, control, treatment)
    if regression is None or proportion_method(*raw) != Method.SCORE_Z:
        return None
    shares = []
    for (count, n), shift in zip(((one.successes, one.n) for one in raw), regression.shifts, strict=True):
        # Nobody can have the metric in an arm that sees no offer: there is nothing to adjust, and no noise.
        if not count:
            shares.append(Proportion(0, n))
            continue
        rate = count / n - shift
        if not 0 < rate < 1:
            return None
        shares.append(Proportion(rate * n / regression.kept, n / regression.kept))  # type: ignore[arg-type]
    return RegressedShares(shares[0], shares[1], regression.kept)
