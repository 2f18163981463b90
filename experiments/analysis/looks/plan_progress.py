"""How far a plan has come at an analysis.

Scheduled snapshots are the looks; opening a page is none. When a test is over, what it found is its last look.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

import msgspec

from experiments.analysis.looks.bounds import bounds_of, last_finite
from experiments.analysis.looks.intervals import joined
from experiments.analysis.looks.taken import look_at
from experiments.analysis.sample import Sample, tested
from experiments.models import Experiment, PlanVersion, Source
from experiments.plan.scheduled_looks import ScheduledLook, looks_from_rows
from experiments.plan.shared_bounds import TreatmentBounds
from experiments.report import Design, Look
from experiments.statistics import Comparison
from experiments.statistics.sequential.error_spending import nominal_level

# Beyond, an interval would be as wide as the axis.
WIDEST_BOUND = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProgress:
    """A plan at an analysis: ``past`` looks as they are stored, ``scheduled`` of all, with this one where it is one."""

    sample: Sample
    goals: Mapping[str, Comparison]
    past: Sequence[Look]
    scheduled: Sequence[ScheduledLook]
    treatment_bounds: Mapping[str, TreatmentBounds]
    is_look: bool
    now: datetime

    @property
    def is_planned(self) -> bool:
        """Whether there is a plan of looks at all."""
        return design_of(self.sample.experiment) == "group_sequential"

    @property
    def has_ended(self) -> bool:
        """Whether the planned sample has been reached at a look, or the test is over."""
        if self.sample.experiment.is_over:
            return True
        # Visitors only grow from look to look, but a plan may be enlarged after its end: any look counts, not the last.
        return any(look.is_last for look in self.scheduled)

    @property
    def is_weekly(self) -> bool:
        """Whether a win is read once a week alone, by a bound that isn't the one of a loss."""
        return self.is_planned and self.sample.experiment.plan_version >= PlanVersion.WEEKLY

    def bound(self, variant: str) -> float | None:
        """Return what this look asks of a treatment, or after the plan's end its last look; ``None`` between looks."""
        if variant not in self.treatment_bounds:
            return None
        return self.bound_in_force(self.treatment_bounds[variant].bounds)

    def harm_bound(self, variant: str) -> float | None:
        """Return what it takes to be found worse, where that isn't ``bound``; ``None`` between looks."""
        if variant not in self.treatment_bounds:
            return None
        return self.bound_in_force(self.treatment_bounds[variant].harm_bounds or [])

    def bound_in_force(self, bounds: Sequence[float]) -> float | None:
        """Return the bound of this look, or after the plan's end that of the last look; ``None`` between looks."""
        if self.is_look and bounds and bounds[-1] < inf:
            return bounds[-1]
        if self.has_ended:
            return last_finite(bounds)
        return None

    def interval(self, variant: str) -> Comparison | None:
        """Compare the treatment's goal with intervals as wide as its bound asks; ``None`` where there is no bound.

        By a weekly plan each end has a bound of its own, and only as many looks have an end as may find something
        there.
        """
        bound, harm_bound = self.interval_at(variant, self.bound(variant)), None
        if not self.is_weekly:
            return bound
        harm_bound = self.interval_at(variant, self.harm_bound(variant))
        if self.sample.goal.is_lower_better:
            return joined(harm_bound, bound)
        return joined(bound, harm_bound)

    def interval_at(self, variant: str, bound: float | None) -> Comparison | None:
        """Compare the treatment's goal with intervals as wide as a bound asks; ``None`` without a bound."""
        control = self.sample.control
        if bound is None or bound > WIDEST_BOUND or control is None:
            return None
        treatment = self.sample.treatment(variant)
        return tested(self.sample, self.sample.goal, control, treatment, alpha=nominal_level(bound))


def design_of(experiment: Experiment) -> Design:
    """Return how the test is read: by its plan, at any time, or once because it was run elsewhere."""
    if experiment.source == Source.IMPORTED:
        return "fixed"
    if experiment.planned_sample:
        return "group_sequential"
    return "always_valid"


def past_looks(experiment: Experiment, now: datetime) -> list[Look]:
    """Return the looks before ``now``, oldest first: the newest one's report has them all."""
    # As they were stored: recomputed from today's data, a look that has decided could lose its crossing.
    newest = experiment.snapshots.filter(is_look=True, taken_at__lt=now).order_by("-taken_at")
    stored = newest.values_list("report__plan__looks", flat=True).first()
    return msgspec.convert(stored or [], list[Look])


def plan_progress(sample: Sample, goals: Mapping[str, Comparison], *, is_look: bool, now: datetime) -> PlanProgress:
    """Return how far the plan has come. A test that is over is looked at; one without a planned sample has no looks."""
    experiment = sample.experiment
    is_planned = design_of(experiment) == "group_sequential"
    is_counted = is_planned and (is_look or experiment.is_over)
    past: list[Look] = []
    if is_planned:
        past = past_looks(experiment, now)
    scheduled = looks_from_rows(past)
    if is_counted:
        scheduled.append(look_at(sample, goals, scheduled, now))
    return PlanProgress(
        sample=sample,
        goals=goals,
        past=past,
        scheduled=scheduled,
        treatment_bounds=bounds_of(sample, scheduled),
        is_look=is_counted,
        now=now,
    )
