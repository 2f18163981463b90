"""How far a test's plan has come: its looks, what they had to reach, and which treatments have crossed.

Scheduled snapshots are the looks; opening a page is none. When a test is over, what it found is its last look.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import ceil, inf, sqrt
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from scipy.special import ndtri

from experiments.analysis.estimates import finite_or_none, range_of, scaled
from experiments.analysis.sample import Sample, tested
from experiments.models import Experiment, PlanVersion, Source
from experiments.plan.group_sequential import (
    BUYERS_FOR_A_LOOK,
    LookPlan,
    ScheduledLook,
    SeenData,
    TreatmentBounds,
    bounds_by_side,
    looks_from_rows,
    next_look,
    treatment_bounds,
    z_value,
)
from experiments.report import Boundary, Crossing, Design, Look, Plan, Range
from experiments.statistics import Comparison, Interval
from experiments.statistics.sequential.error_spending import nominal_level

# Refunds that are still to come are waited for where they add so much to the noise: a fifth of its standard deviation
# makes intervals 2% wider. They may come to what lies within 95% of their distribution.
NOISE_WORTH_WAITING, REFUND_ENDS = 0.2, 1.96
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
        return any(look.is_last for look in self.scheduled)

    @property
    def is_weekly(self) -> bool:
        """Whether a win is read once a week alone, by a bound that isn't the one of a loss."""
        return self.is_planned and self.sample.experiment.plan_version == PlanVersion.WEEKLY

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


def joined(lower: Comparison | None, upper: Comparison | None) -> Comparison | None:
    """Return a comparison whose intervals begin where those of the one begin and end where those of the other end.

    Without the one or the other the intervals have no end there; ``None`` without both.
    """
    known = lower or upper
    if known is None:
        return None
    return replace(
        known, difference=joined_interval(lower, upper, "difference"), lift=joined_interval(lower, upper, "lift")
    )


def joined_interval(
    lower: Comparison | None, upper: Comparison | None, part: Literal["difference", "lift"]
) -> Interval | None:
    """Return one of the intervals of `joined`; ``None`` where it isn't available."""
    below: Interval | None = getattr(lower, part, None)
    above: Interval | None = getattr(upper, part, None)
    known = below or above
    if known is None:
        return None
    low = -inf
    if below is not None and below.low is not None:
        low = below.low
    high = inf
    if above is not None and above.high is not None:
        high = above.high
    return Interval(known.estimate, low, high)


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
        treatment_bounds=bounds_of(sample, scheduled),
        is_look=is_counted,
        now=now,
    )


def bounds_of(sample: Sample, looks: Sequence[ScheduledLook]) -> dict[str, TreatmentBounds]:
    """Return every treatment's bounds at these looks, by the rules of the test's plan."""
    if sample.experiment.plan_version != PlanVersion.WEEKLY:
        return treatment_bounds(looks, sample.treatment_keys)
    return bounds_by_side(looks, sample.treatment_keys, better=better_sign(sample))


def look_plan(experiment: Experiment) -> LookPlan:
    """Return what the test's looks go by."""
    return LookPlan(
        planned_sample=experiment.planned_sample or 1, alpha=experiment.alpha, version=experiment.plan_version
    )


def look_at(
    sample: Sample, goals: Mapping[str, Comparison], earlier: Sequence[ScheduledLook], now: datetime
) -> ScheduledLook:
    """Return the look that is taken ``now``, after the ``earlier`` ones."""
    z = {}
    for treatment in sample.treatments:
        z[treatment.key] = z_of(goals.get(treatment.key))
    seen = SeenData(
        taken_at=now,
        visitors=sample.fewest_visitors,
        buyers=sample.fewest_buyers,
        z=z,
        days=sample.days,
        is_over=sample.experiment.is_over,
    )
    plan = look_plan(sample.experiment)
    look = next_look(earlier, seen, plan=plan)
    if look.is_last and not seen.is_over and is_turned_by_refunds(sample, goals, [*earlier, look]):
        return next_look(earlier, replace(seen, is_waiting=True), plan=plan)
    return look


def is_turned_by_refunds(sample: Sample, goals: Mapping[str, Comparison], looks: Sequence[ScheduledLook]) -> bool:
    """Whether what the last of these looks says of a treatment would change with the refunds that are still to come.

    Asked where these make up a good part of what isn't known. Of a store with few refunds no test waits: what is open
    is in the intervals, and a result near its bound is as likely to stay as to go.
    """
    better = better_sign(sample)
    for variant, treatment in bounds_of(sample, looks).items():
        goal, z = goals.get(variant), looks[-1].z.get(variant)
        if goal is None or z is None or goal.outer_noise < NOISE_WORTH_WAITING:
            continue
        # As it would be were refunds known, at both ends of what they may come to.
        known, room = z * sqrt(1 + goal.outer_noise**2), REFUND_ENDS * goal.outer_noise
        least, most = outcome_at(treatment, known - room, better), outcome_at(treatment, known + room, better)
        if least != most:
            return True
    return False


def outcome_at(treatment: TreatmentBounds, z: float, better: float) -> int:
    """Return what a z would say at the last of the treatment's looks: 1 and -1 beyond a bound, 0 between them."""
    if abs(z) < bound_facing(treatment, -1, z, better=better):
        return 0
    if z > 0:
        return 1
    return -1


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
        version=experiment.plan_version,
    )


def this_look(state: PlanProgress) -> list[Look]:
    """Return the look at hand, one row per treatment."""
    look = state.scheduled[-1]
    rows = []
    for variant, treatment in state.treatment_bounds.items():
        rows.append(look_of(state, look, variant, treatment))
    return rows


def look_of(state: PlanProgress, look: ScheduledLook, variant: str, treatment: TreatmentBounds) -> Look:
    """Return a treatment's row of the look at hand, with its bound on the lift's scale."""
    bound, harm_bound = treatment.bounds[-1], None
    if treatment.harm_bounds:
        harm_bound = treatment.harm_bounds[-1]
    z, lift = look.z[variant], None
    # A look with an infinite bound decides nothing: an interval by it would have no ends.
    if min(bound, harm_bound or inf) < inf:
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
        has_crossed=z is not None and abs(z) >= bound_facing(treatment, -1, z, better=better_sign(state.sample)),
        harm_bound=finite_or_none(harm_bound),
        harm_spent=look.harm_spent,
        weeks=look.weeks,
        is_weekly=look.is_weekly,
        is_waiting=look.is_waiting,
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
            bound=bound_facing(
                treatment, treatment.crossed_at, look.z[variant] or 0.0, better=better_sign(state.sample)
            ),
            z_now=z_of(state.goals.get(variant)),
        )
        crossings.append(crossing)
    return crossings


def better_sign(sample: Sample) -> float:
    """Return 1 where a high z is good, -1 where it is bad."""
    if sample.goal.is_lower_better:
        return -1.0
    return 1.0


def bound_facing(treatment: TreatmentBounds, index: int, z: float, *, better: float) -> float:
    """Return the bound of a look on the side on which z lies: for the worse by a weekly plan, that of harm."""
    if treatment.harm_bounds and z * better < 0:
        return treatment.harm_bounds[index]
    return treatment.bounds[index]


def boundaries_ahead(state: PlanProgress, planned: int) -> list[Boundary]:
    """Return the bounds of the looks to come, one a day at the present pace, else as many as are planned."""
    has_pace = state.sample.fewest_visitors_per_day > 0
    coming = looks_ahead(state, planned)
    all_looks = [*state.scheduled, *coming]
    # Looks come once a day, so that the first one ahead is tomorrow's.
    today = state.now.astimezone(ZoneInfo(state.sample.experiment.store.timezone)).date()
    boundaries = []
    for variant, treatment in bounds_of(state.sample, all_looks).items():
        bounds = treatment.bounds[len(state.scheduled) :]
        # by a daily plan the same
        harm_bounds = (treatment.harm_bounds or treatment.bounds)[len(state.scheduled) :]
        for step, (look, bound, harm_bound) in enumerate(zip(coming, bounds, harm_bounds, strict=True), start=1):
            day = None
            if has_pace:
                day = today + timedelta(days=step)
            if bound < inf:
                boundaries.append(boundary(state, variant, look, bound=bound, harm_bound=harm_bound, day=day))
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
        looks.append(expected_look(state, looks, visitors, days=state.sample.days + step))
    return looks[len(state.scheduled) :]


def expected_look(state: PlanProgress, earlier: Sequence[ScheduledLook], visitors: int, *, days: int) -> ScheduledLook:
    """Return a look to come, whatever it will see; buyers grow with visitors, and a day with each look."""
    sample = state.sample
    buyers = ceil(sample.fewest_buyers * visitors / max(sample.fewest_visitors, 1))
    seen = SeenData(
        taken_at=state.now,
        visitors=visitors,
        buyers=max(BUYERS_FOR_A_LOOK, buyers),  # with fewer, the look would have no bound to draw
        z=dict.fromkeys(sample.treatment_keys, 0.0),  # its bound doesn't depend on what it sees
        days=days,
    )
    return next_look(earlier, seen, plan=look_plan(sample.experiment))


def boundary(
    state: PlanProgress, variant: str, look: ScheduledLook, *, bound: float, harm_bound: float, day: date | None
) -> Boundary:
    """Return a bound to come, on the lift's scale by today's interval, which shrinks with the root of visitors."""
    lift = None
    if variant in state.goals:
        lift = range_of(state.goals[variant].lift)
    widest = -float(ndtri(state.sample.experiment.alpha / 2))
    shrinking = sqrt(state.sample.fewest_visitors / look.visitors) / widest
    return Boundary(
        day=day,
        information_fraction=look.information_fraction,
        bound=bound,
        variant=variant,
        ship_above=scaled(distance_to(lift, "low"), shrinking * bound),
        stop_below=scaled(distance_to(lift, "high"), shrinking * harm_bound),
    )
