"""What each look asks of a treatment, and which treatments have crossed, where several share alpha."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from experiments.plan.scheduled_looks import ScheduledLook
from experiments.statistics.sequential.error_spending import spending_bounds


@dataclass(frozen=True, slots=True)
class TreatmentBounds:
    """A treatment's ``bounds``, one per look, and the index of the look at which it first crossed, if it did.

    ``harm_bounds``: for the worse, where they aren't the same.
    """

    bounds: Sequence[float]
    crossed_at: int | None
    harm_bounds: Sequence[float] | None = None


def look_bounds(looks: Sequence[ScheduledLook], sharing: int) -> list[float]:
    """Return the bound of each look where ``sharing`` treatments share alpha; infinite where a look decides nothing."""
    counting, information, spent = [], [], []
    for position, look in enumerate(looks):
        if look.has_z:
            counting.append(position)
            information.append(look.information)
            spent.append(look.spent / sharing)
    bounds = [inf] * len(looks)
    for position, bound in zip(counting, spending_bounds(information, spent), strict=True):
        bounds[position] = bound
    return bounds


def treatment_bounds(looks: Sequence[ScheduledLook], variants: Sequence[str]) -> dict[str, TreatmentBounds]:
    """Return every treatment's bounds and crossing, alpha shared by Holm's procedure.

    All are tested at their shares first. Those that cross keep that share's bounds; what is left of alpha goes to the
    others, at all looks so far, until no more cross.
    """
    found: dict[str, TreatmentBounds] = {}
    left = list(variants)
    while left:
        tested = tested_at_shares(looks, left)
        # Those that stay in are tested again at a larger share, and replaced; those that crossed keep this share's.
        found |= tested
        still_left = []
        for variant, treatment in tested.items():
            if treatment.crossed_at is None:
                still_left.append(variant)
        # Nobody crosses: there is no more to share out.
        if len(still_left) == len(left):
            break
        left = still_left
    # In the order that was asked for, not in that of crossing: rows of looks must not change places from day to day.
    ordered = {}
    for variant in variants:
        ordered[variant] = found[variant]
    return ordered


def tested_at_shares(looks: Sequence[ScheduledLook], variants: Sequence[str]) -> dict[str, TreatmentBounds]:
    """Return the bounds and crossings of treatments that share alpha evenly."""
    bounds = look_bounds(looks, len(variants))
    tested = {}
    for variant in variants:
        tested[variant] = TreatmentBounds(bounds, first_crossing(looks, variant, bounds))
    return tested


def first_crossing(looks: Sequence[ScheduledLook], variant: str, bounds: Sequence[float]) -> int | None:
    """Return the index of the first look at which a treatment's z reached the bound; ``None`` where none did."""
    for index, (look, bound) in enumerate(zip(looks, bounds, strict=True)):
        z = look.z.get(variant)
        if z is not None and abs(z) >= bound:
            return index
    return None
