"""The looks to come, and what they will ask."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil, inf, sqrt

from scipy.special import ndtri

from experiments.analysis.estimates import range_of, scaled
from experiments.analysis.looks.bounds import bounds_of, look_plan
from experiments.analysis.looks.intervals import distance_to
from experiments.analysis.looks.plan_progress import PlanProgress
from experiments.plan.group_sequential import BUYERS_FOR_A_LOOK, next_look
from experiments.plan.scheduled_looks import ScheduledLook, SeenData
from experiments.report import Boundary

# A drawing with more bounds to come can't be read, and each costs an integration.
MOST_LOOKS_AHEAD = 30


def boundaries_ahead(state: PlanProgress, planned: int) -> list[Boundary]:
    """Return the bounds of the looks to come, one a day at the present pace, else as many as are planned."""
    has_pace = state.sample.fewest_visitors_per_day > 0
    coming = looks_ahead(state, planned)
    all_looks = [*state.scheduled, *coming]
    # Looks come once a day, so that the first one ahead is tomorrow's.
    today = state.sample.experiment.store.day_of(state.now)
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
