"""How far a test's plan has come: its looks, what they had to reach, and which treatments have crossed.

Scheduled snapshots are the looks; opening a page is none. When a test is over, what it found is its last look.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, inf, sqrt
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from scipy.special import ndtri

from experiments.analysis.estimates import finite_or_none, range_of, scaled
from experiments.analysis.sample import Sample, tested
from experiments.models import Experiment, Source
from experiments.plan.group_sequential import (
    BUYERS_FOR_A_LOOK,
    ScheduledLook,
    SeenData,
    TreatmentBounds,
    looks_from_rows,
    next_look,
    treatment_bounds,
    z_value,
)
from experiments.report import Boundary, Crossing, Design, Look, Plan, Range
from experiments.statistics import Comparison
from experiments.statistics.sequential.error_spending import nominal_level

# Beyond, an interval would be as wide as the axis.
WIDEST_BOUND = 8.0
# A drawing with more bounds to come can't be read, and each costs an integration.
MOST_LOOKS_AHEAD = 30


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
        return any(look.information_fraction >= 1 for look in self.scheduled)

    def bound(self, variant: str) -> float | None:
        """Return what this look asks of a treatment, or after the plan's end its last look; ``None`` between looks."""
        if variant not in self.treatment_bounds or not (self.is_look or self.has_ended):
            return None
        bounds = self.treatment_bounds[variant].bounds
        if self.is_look and bounds and bounds[-1] < inf:
            return bounds[-1]
        if self.has_ended:
            return last_finite(bounds)
        return None

    def interval(self, variant: str) -> Comparison | None:
        """Compare the treatment's goal with intervals as wide as its bound asks; ``None`` where there is no bound."""
        bound, control = self.bound(variant), self.sample.control
        if bound is None or bound > WIDEST_BOUND or control is None:
            return None
        treatment = self.sample.treatment(variant)
        return tested(self.sample, self.sample.goal, control, treatment, alpha=nominal_level(bound))


def last_finite(bounds: Sequence[float]) -> float | None:
    """Return the bound of the last look that could decide; ``None`` where none could."""
    for bound in reversed(bounds):
        if bound < inf:
            return bound
    return None


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
        treatment_bounds=treatment_bounds(scheduled, sample.treatment_keys),
        is_look=is_counted,
        now=now,
    )


def look_at(
    sample: Sample, goals: Mapping[str, Comparison], earlier: Sequence[ScheduledLook], now: datetime
) -> ScheduledLook:
    """Return the look that is taken ``now``, after the ``earlier`` ones."""
    z = {}
    for treatment in sample.treatments:
        z[treatment.key] = z_of(goals.get(treatment.key))
    seen = SeenData(taken_at=now, visitors=sample.fewest_visitors, buyers=sample.fewest_buyers, z=z)
    return next_look(earlier, seen, planned_sample=sample.experiment.planned_sample or 1, alpha=sample.experiment.alpha)


def plan_of(state: PlanProgress) -> Plan:
    """Return the plan as the report has it."""
    experiment = state.sample.experiment
    planned = experiment.planned_sample
    if design_of(experiment) != "group_sequential" or not planned:
        return Plan(design=design_of(experiment), has_ended=experiment.is_over)
    looks = list(state.past)
    if state.is_look:
        looks += this_look(state)
    boundaries: list[Boundary] = []
    if not state.has_ended:
        boundaries = boundaries_ahead(state, planned)
    return Plan(
        design="group_sequential",
        planned_sample=planned,
        planned_looks=experiment.planned_looks,
        information_fraction=state.sample.fewest_visitors / planned,
        is_look=state.is_look,
        has_ended=state.has_ended,
        looks=looks,
        boundaries=boundaries,
        crossings=crossings_of(state),
    )


def this_look(state: PlanProgress) -> list[Look]:
    """Return the look at hand, one row per treatment."""
    look = state.scheduled[-1]
    rows = []
    for variant, treatment in state.treatment_bounds.items():
        rows.append(look_of(state, look, variant, treatment.bounds[-1]))
    return rows


def look_of(state: PlanProgress, look: ScheduledLook, variant: str, bound: float) -> Look:
    """Return a treatment's row of the look at hand, with its bound on the lift's scale."""
    z, lift = look.z[variant], None
    # A look with an infinite bound decides nothing: an interval by it would have no ends.
    if bound < inf:
        interval = state.interval(variant)
        if interval is not None:
            lift = range_of(interval.lift)
    return Look(
        number=look.number,
        taken_at=look.taken_at,
        variant=variant,
        visitors=look.visitors,
        information=look.information,
        information_fraction=look.information_fraction,
        spent=look.spent,
        z=z,
        bound=finite_or_none(bound),
        has_crossed=z is not None and abs(z) >= bound,
        lift=lift,
        ship_above=distance_to(lift, "low"),
        stop_below=distance_to(lift, "high"),
    )


def z_of(goal: Comparison | None) -> float | None:
    """Return the goal's z; ``None`` where it can't be compared or tested."""
    if goal is None:
        return None
    return z_value(goal)


def distance_to(lift: Range | None, end: Literal["low", "high"]) -> float | None:
    """Return how far the estimate is from an end of its interval: a lift as large as that just reaches the bound."""
    if lift is None:
        return None
    value = getattr(lift, end)
    if value is None:
        return None
    return float(lift.estimate - value)


def crossings_of(state: PlanProgress) -> list[Crossing]:
    """Return the treatments that have crossed, with what the same test says now."""
    crossings = []
    for variant, treatment in state.treatment_bounds.items():
        if treatment.crossed_at is None:
            continue
        look = state.scheduled[treatment.crossed_at]
        crossing = Crossing(
            variant=variant,
            number=look.number,
            taken_at=look.taken_at,
            z=look.z[variant] or 0.0,
            bound=treatment.bounds[treatment.crossed_at],
            z_now=z_of(state.goals.get(variant)),
        )
        crossings.append(crossing)
    return crossings


def boundaries_ahead(state: PlanProgress, planned: int) -> list[Boundary]:
    """Return the bounds of the looks to come, one a day at the present pace, else as many as are planned."""
    has_pace = state.sample.fewest_visitors_per_day > 0
    coming = looks_ahead(state, planned)
    all_looks = [*state.scheduled, *coming]
    # Looks come once a day, so that the first one ahead is tomorrow's.
    today = state.now.astimezone(ZoneInfo(state.sample.experiment.store.timezone)).date()
    boundaries = []
    for variant, treatment in treatment_bounds(all_looks, state.sample.treatment_keys).items():
        bounds = treatment.bounds[len(state.scheduled) :]
        for step, (look, bound) in enumerate(zip(coming, bounds, strict=True), start=1):
            day = None
            if has_pace:
                day = today + timedelta(days=step)
            if bound < inf:
                boundaries.append(boundary(state, variant, look, bound=bound, day=day))
    return boundaries


def looks_ahead(state: PlanProgress, planned: int) -> list[ScheduledLook]:
    """Return the looks to come, at even distances up to the planned sample."""
    fraction = state.sample.fewest_visitors / planned
    pace = state.sample.fewest_visitors_per_day / planned
    steps = state.sample.experiment.planned_looks
    if pace > 0:
        steps = ceil((1 - fraction) / pace)
    steps = max(1, min(steps, MOST_LOOKS_AHEAD))
    looks = list(state.scheduled)
    for step in range(1, steps + 1):
        visitors = ceil(planned * (fraction + (1 - fraction) * step / steps))
        looks.append(expected_look(state, looks, visitors, planned))
    return looks[len(state.scheduled) :]


def expected_look(state: PlanProgress, earlier: Sequence[ScheduledLook], visitors: int, planned: int) -> ScheduledLook:
    """Return a look to come, whatever it will see; buyers grow with visitors."""
    sample = state.sample
    buyers = ceil(sample.fewest_buyers * visitors / max(sample.fewest_visitors, 1))
    seen = SeenData(
        taken_at=state.now,
        visitors=visitors,
        buyers=max(BUYERS_FOR_A_LOOK, buyers),  # with fewer, the look would have no bound to draw
        z=dict.fromkeys(sample.treatment_keys, 0.0),  # its bound doesn't depend on what it sees
    )
    return next_look(earlier, seen, planned_sample=planned, alpha=sample.experiment.alpha)


def boundary(state: PlanProgress, variant: str, look: ScheduledLook, *, bound: float, day: date | None) -> Boundary:
    """Return a bound to come, on the lift's scale by today's interval, which shrinks with the root of visitors."""
    lift = None
    if variant in state.goals:
        lift = range_of(state.goals[variant].lift)
    widest = -float(ndtri(state.sample.experiment.alpha / 2))
    shrinking = sqrt(state.sample.fewest_visitors / look.visitors) * bound / widest
    return Boundary(
        day=day,
        information_fraction=look.information_fraction,
        bound=bound,
        variant=variant,
        ship_above=scaled(distance_to(lift, "low"), shrinking),
        stop_below=scaled(distance_to(lift, "high"), shrinking),
    )
