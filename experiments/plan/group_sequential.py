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
- *Two sides*: by plans since version 2 a test may be won once a week alone, and be lost on any day. Each side has
  half of alpha, spends it over its own looks, and has bounds of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from math import inf

from scipy.special import ndtri

from experiments.models import PlanVersion
from experiments.report import Look
from experiments.statistics import Comparison
from experiments.statistics.sequential.error_spending import spending_bounds

RHO = 3.0  # the error spent by information fraction t is alpha t^rho: very little early, so that the end costs little
BETWEEN_LOOKS = 0.05  # the share of alpha left to the always-valid interval, which may decide between looks
# In the smallest variant. Early bounds lie far out, where the tests' tails can't be trusted with fewer buyers; the last
# one is near 2, and lies where they can.
BUYERS_FOR_A_LOOK, BUYERS_AT_THE_END = 100, 10
HIGHEST_Z = 38.0  # where doubles lose the tail
WEEK = 7  # days


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledLook:
    """One look at all treatments.

    - ``number``: from 1; ``visitors``, ``information``: the smallest variant's visitors and buyers.
    - ``information_fraction``: visitors over the planned ones; may pass 1.
    - ``spent``: of alpha, by all treatments together, up to and including this look.
    - ``z``: by variant, ``None`` where the look can't count.
    - ``weeks``: whole weeks of mature visitors, and ``is_weekly``: whether a win may be read at the look; both of
      weekly plans alone, whose ``spent`` is that of wins and whose ``harm_spent`` that of losses, as if both ways
      counted. ``is_waiting``: it would have been the last, and waits for refunds.
    """

    number: int
    taken_at: datetime
    visitors: int
    information: int
    information_fraction: float
    spent: float
    z: Mapping[str, float | None]
    harm_spent: float = 0.0
    weeks: int = 0
    is_weekly: bool = False
    is_waiting: bool = False

    @property
    def is_last(self) -> bool:
        """Whether the planned sample was there, and nothing else was waited for."""
        return self.information_fraction >= 1 and not self.is_waiting

    @property
    def has_z(self) -> bool:
        """Whether anything was tested; a look without a test has no bound."""
        return any(value is not None for value in self.z.values())


def looks_from_rows(rows: Iterable[Look]) -> list[ScheduledLook]:
    """Return stored looks, which have one row per treatment, as one look each."""
    looks = []
    for _, group in groupby(rows, key=lambda row: row.number):
        looks.append(look_from_rows(list(group)))
    return looks


def look_from_rows(rows: Sequence[Look]) -> ScheduledLook:
    """Return one look, from its row for each treatment."""
    # What isn't the treatment's own is the same in every row.
    first = rows[0]
    z = {}
    for row in rows:
        z[row.variant] = row.z
    return ScheduledLook(
        number=first.number,
        taken_at=first.taken_at,
        visitors=first.visitors,
        information=first.information,
        information_fraction=first.information_fraction,
        spent=first.spent,
        z=z,
        harm_spent=first.harm_spent,
        weeks=first.weeks,
        is_weekly=first.is_weekly,
        is_waiting=first.is_waiting,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenData:
    """What a look sees.

    - ``visitors``, ``buyers``: the smallest variant's; ``z``: by variant, ``None`` where a treatment has no test.
    - ``days``: that the visitors were exposed on; ``is_over``: the test is, so that no look comes after this one;
      ``is_waiting``: refunds could still turn what it says, so that it tests and spends nothing. Weekly plans alone ask
      for them.
    """

    taken_at: datetime
    visitors: int
    buyers: int
    z: Mapping[str, float | None]
    days: int = 0
    is_over: bool = False
    is_waiting: bool = False


def next_look(earlier: Sequence[ScheduledLook], seen: SeenData, *, plan: "LookPlan") -> ScheduledLook:
    """Return the next look.

    Below 100 buyers (10 once the planned sample is reached) the tests' tails can't be trusted: the look tests nothing
    and spends nothing.
    """
    look = ScheduledLook(
        number=1,
        taken_at=seen.taken_at,
        visitors=seen.visitors,
        information=seen.buyers,
        information_fraction=seen.visitors / plan.planned_sample,
        spent=0.0,
        z=dict.fromkeys(seen.z),
    )
    if earlier:
        # What was spent stays spent, even where a larger plan or a smaller alpha would have spent less by now.
        newest = earlier[-1]
        look = replace(look, number=newest.number + 1, spent=newest.spent, harm_spent=newest.harm_spent)
    buyers_needed = BUYERS_FOR_A_LOOK
    if look.information_fraction >= 1:
        buyers_needed = BUYERS_AT_THE_END
    if seen.buyers < buyers_needed:
        return look
    if seen.is_waiting:
        return replace(look, is_waiting=True)
    if plan.version == PlanVersion.WEEKLY:
        return spend_by_side(replace(look, z=dict(seen.z)), earlier, seen, plan=plan)
    spent = plan.allowed(look.information_fraction, 1 - BETWEEN_LOOKS)
    return replace(look, z=dict(seen.z), spent=max(look.spent, spent))


@dataclass(frozen=True, slots=True, kw_only=True)
class LookPlan:
    """What looks go by: visitors per variant, the whole test's alpha, and the version of the plan's rules."""

    planned_sample: int
    alpha: float
    version: int = PlanVersion.DAILY

    def allowed(self, fraction: float, share: float) -> float:
        """Return what may be spent up to a fraction of the planned sample, of a share of alpha."""
        return float(self.alpha * share * min(fraction, 1.0) ** RHO)


def spend_by_side(
    look: ScheduledLook, earlier: Sequence[ScheduledLook], seen: SeenData, *, plan: LookPlan
) -> ScheduledLook:
    """Let a look of a weekly plan spend: on harm at once, on a win where a week is full or the planned sample is there.

    Each side's error is written as if both ways counted: its own is half of it. Between looks the always-valid interval
    may find harm alone, so that wins have all of their half.
    """
    weeks = seen.days // WEEK
    is_weekly = weeks > max((one.weeks for one in earlier), default=0)
    # The end waits for no weekday: a day more would be no other answer.
    is_weekly = is_weekly or look.information_fraction >= 1 or seen.is_over
    harm_spent = max(look.harm_spent, plan.allowed(look.information_fraction, 1 - BETWEEN_LOOKS))
    look = replace(look, weeks=weeks, is_weekly=is_weekly, harm_spent=harm_spent)
    if not is_weekly:
        return look
    return replace(look, spent=max(look.spent, plan.allowed(look.information_fraction, 1.0)))


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


@dataclass(frozen=True, slots=True)
class TreatmentBounds:
    """A treatment's ``bounds``, one per look, and the index of the look at which it first crossed, if it did.

    ``harm_bounds``: for the worse, where they aren't the same.
    """

    bounds: Sequence[float]
    crossed_at: int | None
    harm_bounds: Sequence[float] | None = None


def bounds_by_side(
    looks: Sequence[ScheduledLook], variants: Sequence[str], *, better: float
) -> dict[str, TreatmentBounds]:
    """Return every treatment's bounds by a weekly plan, and the crossing that came first.

    ``better``: 1 where a high z is good, -1 where it is bad. Both sides share their error out among treatments by
    themselves, so that a loser leaves nothing to a winner.
    """
    for_wins, for_harm = [], []
    for look in looks:
        for_wins.append(replace(look, z=on_side(look, better, is_counted=look.is_weekly)))
        for_harm.append(replace(look, z=on_side(look, -better, is_counted=True), spent=look.harm_spent))
    wins, harms = treatment_bounds(for_wins, variants), treatment_bounds(for_harm, variants)
    found = {}
    for variant in variants:
        crossings = [side.crossed_at for side in (wins[variant], harms[variant]) if side.crossed_at is not None]
        found[variant] = TreatmentBounds(
            wins[variant].bounds, min(crossings, default=None), harm_bounds=harms[variant].bounds
        )
    return found


def on_side(look: ScheduledLook, direction: float, *, is_counted: bool) -> dict[str, float | None]:
    """Return a look's z, 0 where it lies on the other side, which then can't cross; ``None`` where nothing counts."""
    found: dict[str, float | None] = {}
    for variant, z in look.z.items():
        found[variant] = None
        if is_counted and z is not None:
            found[variant] = direction * max(direction * z, 0.0)
    return found


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


def z_value(comparison: Comparison) -> float | None:
    """Return the normal value of a test's one-sided p, positive where treatment leads; ``None`` without a test."""
    difference = comparison.estimated_difference
    if comparison.p_value is None or difference is None:
        return None
    size = min(-float(ndtri(comparison.p_value / 2)), HIGHEST_Z)
    if difference > 0:
        return size
    return -size
