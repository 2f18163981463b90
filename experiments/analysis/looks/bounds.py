"""The bounds of a test's looks, by the version of its plan, and on which side of them a result lies."""

from collections.abc import Sequence
from math import inf

from experiments.analysis.sample import Sample
from experiments.models import Experiment, PlanVersion
from experiments.plan.scheduled_looks import LookPlan, ScheduledLook
from experiments.plan.shared_bounds import TreatmentBounds, treatment_bounds
from experiments.plan.weekly_looks import bounds_by_side


def look_plan(experiment: Experiment) -> LookPlan:
    """Return what the test's looks go by."""
    return LookPlan(
        planned_sample=experiment.planned_sample or 1, alpha=experiment.alpha, version=experiment.plan_version
    )


def bounds_of(sample: Sample, looks: Sequence[ScheduledLook]) -> dict[str, TreatmentBounds]:
    """Return every treatment's bounds at these looks, by the rules of the test's plan."""
    if sample.experiment.plan_version < PlanVersion.WEEKLY:
        return treatment_bounds(looks, sample.treatment_keys)
    return bounds_by_side(looks, sample.treatment_keys, better=better_sign(sample))


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


def outcome_at(treatment: TreatmentBounds, z: float, better: float) -> int:
    """Return what a z would say at the last of the treatment's looks: 1 and -1 beyond a bound, 0 between them."""
    if abs(z) < bound_facing(treatment, -1, z, better=better):
        return 0
    if z > 0:
        return 1
    return -1


def last_finite(bounds: Sequence[float]) -> float | None:
    """Return the bound of the last look that could decide; ``None`` where none could."""
    for bound in reversed(bounds):
        if bound < inf:
            return bound
    return None
