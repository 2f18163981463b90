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

from collections.abc import Sequence
from dataclasses import replace

from scipy.special import ndtri

from experiments.models import PlanVersion
from experiments.plan.scheduled_looks import BETWEEN_LOOKS, LookPlan, ScheduledLook, SeenData
from experiments.plan.weekly_looks import spend_by_side
from experiments.statistics import Comparison

# In the smallest variant. Early bounds lie far out, where the tests' tails can't be trusted with fewer buyers; the last
# one is near 2, and lies where they can.
BUYERS_FOR_A_LOOK, BUYERS_AT_THE_END = 100, 10
HIGHEST_Z = 38.0  # where doubles lose the tail


def next_look(earlier: Sequence[ScheduledLook], seen: SeenData, *, plan: LookPlan) -> ScheduledLook:
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
    if plan.version >= PlanVersion.WEEKLY:
        return spend_by_side(replace(look, z=dict(seen.z)), earlier, seen, plan=plan)
    spent = plan.allowed(look.information_fraction, 1 - BETWEEN_LOOKS)
    return replace(look, z=dict(seen.z), spent=max(look.spent, spent))


def z_value(comparison: Comparison) -> float | None:
    """Return the normal value of a test's one-sided p, positive where treatment leads; ``None`` without a test."""
    difference = comparison.estimated_difference
    if comparison.p_value is None or difference is None:
        return None
    size = min(-float(ndtri(comparison.p_value / 2)), HIGHEST_Z)
    if difference > 0:
        return size
    return -size
