"""The looks of a plan: what each saw, what it had to reach, which treatments have crossed.

Error spending (Lan and DeMets 1983) over the looks that were really taken: `spending_bounds`. A
bound depends on its own and earlier looks alone, so that looks may be missed, or be more than planned.

- *Information* is the buyers of the smallest variant: outcomes come later than visitors, and it is outcomes that a test
  knows. A look that has no more of them than an earlier one (visitors were erased, orders cancelled, traffic stopped)
  spends nothing and decides nothing.
- *Spending* goes by visitors, the planned sample and the alpha in force at the look, and never falls: what was spent
  stays spent where either is changed later. The look that reaches the planned sample is the last; what comes later
  decides nothing.
- *Several treatments* share alpha by Holm's procedure over looks (Ye, Li, Liu, Yao 2013; Maurer, Bretz 2013): each is
  tested at its share, and once one has crossed, the others at theirs of what is left, at all looks so far.
- *Crossing binds*: a treatment that has crossed at a look stays crossed, whatever later data say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import inf

from scipy.special import ndtri

from experiments.report import Look
from experiments.statistics import Comparison
from experiments.statistics.sequential.error_spending import spending_bounds

RHO = 3.0  # the error spent by information fraction t is alpha t^rho
BETWEEN_LOOKS = 0.05  # the share of alpha left to the always-valid interval, which may decide between looks
BUYERS_FOR_A_LOOK, BUYERS_AT_THE_END = 100, 10  # in the smallest variant
HIGHEST_Z = 38.0  # where doubles lose the tail


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledLook:
    """One look at all treatments. ``spent``: of alpha, up to and including it; ``z``: by variant, None where the look
    can't count."""

    number: int
    taken_at: datetime
    visitors: int
    information: int
    information_fraction: float
    spent: float
    z: Mapping[str, float | None]

    @property
    def has_z(self) -> bool:
        """Whether anything was tested."""
        return any(value is not None for value in self.z.values())


def looks_from_rows(rows: Iterable[Look]) -> list[ScheduledLook]:
    """The looks as they are stored, one row per treatment, as one look each."""
    return [look_from_rows(list(group)) for _, group in groupby(rows, key=lambda look: look.number)]


def look_from_rows(rows: Sequence[Look]) -> ScheduledLook:
    """One look, from its row for each treatment."""
    first = rows[0]
    return ScheduledLook(
        number=first.number,
        taken_at=first.taken_at,
        visitors=first.visitors,
        information=first.information,
        information_fraction=first.information_fraction,
        spent=first.spent,
        z={row.variant: row.z for row in rows},
    )


def next_look(
    earlier: Sequence[ScheduledLook],
    *,
    taken_at: datetime,
    visitors: int,
    buyers: int,
    planned_sample: int,
    alpha: float,
    z: Mapping[str, float | None],
) -> ScheduledLook:
    """Read the next look. ``visitors`` and ``buyers`` are the smallest variant's, ``alpha`` the whole test's.

    Below 100 buyers (10 once the planned sample is reached) the tests' tails can't be trusted and nothing is read.
    """
    fraction = visitors / planned_sample
    number, spent = 1, 0.0
    if earlier:
        number, spent = earlier[-1].number + 1, earlier[-1].spent
    buyers_needed = BUYERS_FOR_A_LOOK
    if fraction >= 1:
        buyers_needed = BUYERS_AT_THE_END
    read_z: Mapping[str, float | None] = dict.fromkeys(z)
    if buyers >= buyers_needed:
        due = alpha * (1 - BETWEEN_LOOKS) * min(fraction, 1.0) ** RHO
        spent, read_z = max(spent, due), dict(z)
    return ScheduledLook(
        number=number,
        taken_at=taken_at,
        visitors=visitors,
        information=buyers,
        information_fraction=fraction,
        spent=spent,
        z=read_z,
    )


def look_bounds(looks: Sequence[ScheduledLook], sharing: int) -> list[float]:
    """The bound of each look where ``sharing`` treatments share alpha; infinite where a look decides nothing."""
    counting = [look for look in looks if look.has_z]
    if not counting:
        return [inf] * len(looks)
    information = [look.information for look in counting]
    spent = [look.spent / sharing for look in counting]
    bounds = iter(spending_bounds(information, spent))
    return [next(bounds) if look.has_z else inf for look in looks]


@dataclass(frozen=True, slots=True)
class TreatmentBounds:
    """A treatment's bounds, one per look, and the look (its index) at which it first crossed, if it did."""

    bounds: Sequence[float]
    crossed_at: int | None


def treatment_bounds(looks: Sequence[ScheduledLook], variants: Sequence[str]) -> dict[str, TreatmentBounds]:
    """Every treatment's bounds and crossing, alpha shared by Holm's procedure."""
    found: dict[str, TreatmentBounds] = {}
    while left := [variant for variant in variants if variant not in found]:
        bounds = look_bounds(looks, len(left))
        standing = {variant: TreatmentBounds(bounds, first_crossing(looks, variant, bounds)) for variant in left}
        crossed = {variant: one for variant, one in standing.items() if one.crossed_at is not None}
        found |= crossed or standing
    return {variant: found[variant] for variant in variants}


def first_crossing(looks: Sequence[ScheduledLook], variant: str, bounds: Sequence[float]) -> int | None:
    """The index of the first look at which a treatment's z reached the bound."""
    for index, (look, bound) in enumerate(zip(looks, bounds, strict=True)):
        z = look.z.get(variant)
        if z is not None and abs(z) >= bound:
            return index
    return None


def z_value(comparison: Comparison) -> float | None:
    """The normal value of a test's one-sided p, positive where treatment leads; None without a test."""
    if comparison.p_value is None or comparison.difference is None or comparison.difference.estimate is None:
        return None
    size = min(-float(ndtri(comparison.p_value / 2)), HIGHEST_Z)
    if comparison.difference.estimate > 0:
        return size
    return -size
