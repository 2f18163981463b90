"""The look that is taken now: what it sees, and whether it waits for refunds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import sqrt

from experiments.analysis.looks.bounds import better_sign, bounds_of, look_plan, outcome_at
from experiments.analysis.sample import Sample
from experiments.plan.group_sequential import next_look, z_value
from experiments.plan.scheduled_looks import ScheduledLook, SeenData
from experiments.statistics import Comparison

# Refunds that are still to come are waited for where they add so much to the noise: a fifth of its standard deviation
# makes intervals 2% wider. They may come to what lies within 95% of their distribution.
NOISE_WORTH_WAITING, REFUND_ENDS = 0.2, 1.96


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


def z_of(goal: Comparison | None) -> float | None:
    """Return the goal's z; ``None`` where it can't be compared or tested."""
    if goal is None:
        return None
    return z_value(goal)


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
