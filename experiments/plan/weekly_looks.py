"""Looks of plans since version 2: a test may be won once a week alone, and be lost on any day."""

from collections.abc import Sequence
from dataclasses import replace

from experiments.plan.harm_error import share_of_looks
from experiments.plan.scheduled_looks import LookPlan, ScheduledLook, SeenData
from experiments.plan.shared_bounds import TreatmentBounds, treatment_bounds

WEEK = 7  # days


def spend_by_side(
    look: ScheduledLook, earlier: Sequence[ScheduledLook], seen: SeenData, *, plan: LookPlan
) -> ScheduledLook:
    """Let a look of a weekly plan spend: on harm at once, on a win where a week is full or the planned sample is there.

    Each side's error is written as if both ways counted: its own is half of it. Guardrails, and between looks the
    always-valid interval, may find harm alone, so that wins have all of their half.
    """
    weeks = seen.days // WEEK
    is_weekly = weeks > max((one.weeks for one in earlier), default=0)
    # The end waits for no weekday: a day more would be no other answer.
    is_weekly = is_weekly or look.information_fraction >= 1 or seen.is_over
    harm_spent = max(look.harm_spent, plan.allowed(look.information_fraction, share_of_looks(plan.version)))
    look = replace(look, weeks=weeks, is_weekly=is_weekly, harm_spent=harm_spent)
    if not is_weekly:
        return look
    return replace(look, spent=max(look.spent, plan.allowed(look.information_fraction, 1.0)))


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
