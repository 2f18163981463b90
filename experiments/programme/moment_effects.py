"""What past tests at a moment have found, beside what the playbook expects there: the figures of a forest plot."""

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.analysis.estimates import lift_of
from experiments.models import Experiment, Metric, Moment
from experiments.programme.moments import expected_lift
from experiments.programme.overview import RUNNING, KnownTest, Z
from experiments.report import Effect, Range
from experiments.statistics import Interval
from experiments.statistics.meta_analysis import random_effects


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEffect:
    """A past test's lift of RPV, as measured and drawn to the mean of its kind."""

    experiment: Experiment
    measured: Range | None
    shrunk: Range | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentEffects:
    """What past tests at a moment have found, and what the playbook expects there.

    ``mean`` is that of the tests' effects (random effects), None below three tests.
    """

    moment: Moment
    rows: Sequence[PastEffect]
    mean: Range | None
    expected_low: float
    expected_high: float


def moment_effects(tests: Sequence[KnownTest], moment: Moment) -> MomentEffects:
    """The past tests at a moment as a forest plot shows them; those still running are left out."""
    found = [
        (one.experiment, effect)
        for one in tests
        if one.experiment.moment == moment
        and one.experiment.status not in RUNNING
        and (effect := one.effect(Metric.RPV)) is not None
    ]
    low, high = expected_lift(moment)
    if not found:
        return MomentEffects(moment=moment, rows=[], mean=None, expected_low=low, expected_high=high)
    pooled = random_effects(
        [effect.log_lift or 0.0 for _, effect in found], [effect.log_lift_error or 0.0 for _, effect in found]
    )
    return MomentEffects(
        moment=moment,
        rows=[
            forest_row(experiment, effect, shrunk)
            for (experiment, effect), shrunk in zip(found, pooled.shrunk, strict=True)
        ],
        mean=lift_of(pooled.mean) if pooled.q is not None else None,
        expected_low=low,
        expected_high=high,
    )


def forest_row(experiment: Experiment, effect: Effect, shrunk: Interval) -> PastEffect:
    """One test's row."""
    log_lift, half = effect.log_lift or 0.0, Z * (effect.log_lift_error or 0.0)
    measured = Interval(log_lift, log_lift - half, log_lift + half)
    return PastEffect(experiment=experiment, measured=lift_of(measured), shrunk=lift_of(shrunk))
