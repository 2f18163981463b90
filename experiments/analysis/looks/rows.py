"""The plan as the report has it: a row for each look and treatment, and the treatments that have crossed."""

from math import inf

from experiments.analysis.estimates import finite_or_none, range_of
from experiments.analysis.looks.bounds import better_sign, bound_facing
from experiments.analysis.looks.coming import boundaries_ahead
from experiments.analysis.looks.intervals import distance_to
from experiments.analysis.looks.plan_progress import PlanProgress, design_of
from experiments.analysis.looks.taken import z_of
from experiments.plan.scheduled_looks import ScheduledLook
from experiments.plan.shared_bounds import TreatmentBounds
from experiments.report import Boundary, Crossing, Look, Plan


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
