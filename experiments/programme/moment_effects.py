"""What past tests at a moment have found, beside what the playbook expects there: the figures of a forest plot."""

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.analysis.estimates import lift_of
from experiments.models import Experiment, Metric, Moment
from experiments.programme.known_tests import KnownTest
from experiments.programme.moments import expected_lift
from experiments.programme.monthly_money import LogLift, Z, corrected_lift, pooled
from experiments.report import Range
from experiments.report.selection import first_lift
from experiments.statistics import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEffect:
    """A past test's lift of RPV: as it was measured, and corrected for luck (``shrunk``).

    ``first_reported``: as an older report of it said, ``None`` without one.
    """

    experiment: Experiment
    measured: Range | None
    shrunk: Range | None
    first_reported: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentEffects:
    """What past tests at a moment have found, and what the playbook expects there.

    - ``rows``: one per test; ``mean``: that of the tests' effects (random effects), ``None`` below three tests.
    - ``expected_low``, ``expected_high``: the playbook's lifts, as fractions.
    """

    moment: Moment
    rows: Sequence[PastEffect]
    mean: Range | None
    expected_low: float
    expected_high: float


def moment_effects(tests: Sequence[KnownTest], moment: Moment) -> MomentEffects:
    """Return the past tests at a moment as a forest plot shows them; those still running are left out."""
    rows: list[PastEffect] = []
    lifts: list[LogLift] = []
    for test in tests:
        effect = test.effect(Metric.RPV)
        if test.experiment.moment == moment and not test.is_running and effect is not None:
            lift, shrunk = LogLift.of(effect), corrected_lift(test.experiment, effect)
            first = first_lift(test.first_reported, Metric.RPV, effect.variant)
            rows.append(
                PastEffect(
                    experiment=test.experiment, measured=measured_lift(lift), shrunk=shrunk, first_reported=first
                )
            )
            lifts.append(lift)
    low, high = expected_lift(moment)
    if not lifts:
        return MomentEffects(moment=moment, rows=[], mean=None, expected_low=low, expected_high=high)
    together = pooled(lifts)
    mean = None
    # Below three tests the mean is the prior's, which says nothing of this store.
    if together.q is not None:
        mean = lift_of(together.mean)
    return MomentEffects(moment=moment, rows=rows, mean=mean, expected_low=low, expected_high=high)


def measured_lift(lift: LogLift) -> Range | None:
    """Return a test's own estimate with its 95% interval, as a lift."""
    half = Z * lift.error
    return lift_of(Interval(lift.estimate, lift.estimate - half, lift.estimate + half))
