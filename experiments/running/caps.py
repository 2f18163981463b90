"""The cap on order values, so that one huge order can't decide a test.

A launch fixes it at a percentile of the store's past orders. Where there are too few, the test begins without one and
gets it from the store's first orders: until then its report shows no results, so that nobody can choose by them. From
then on it stays.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from experiments import audit, formatting
from experiments.models import AuditAction, Experiment, Store
from experiments.plan.thresholds import CAP_SHARE, ORDERS_FOR_A_CAP
from experiments.reading import past_orders
from experiments.written_words import in_each_language

ACTOR = "schedule"


@dataclass(frozen=True, slots=True)
class PlannedCap:
    """What a launch now would fix: ``cap_minor`` from the newest ``orders``, None where these are too few."""

    cap_minor: int | None
    orders: int

    @property
    def is_awaited(self) -> bool:
        """Whether it takes more orders."""
        return self.orders < ORDERS_FOR_A_CAP


def planned_cap(store: Store, now: datetime) -> PlannedCap:
    """Return the cap that the store's past orders give."""
    values = past_orders.values(store, before=now)
    if len(values) < ORDERS_FOR_A_CAP:
        return PlannedCap(None, len(values))
    return PlannedCap(past_orders.cap(values, CAP_SHARE), len(values))


def fields_at_launch(experiment: Experiment, now: datetime) -> dict[str, Any]:
    """Return the fields that a launch sets; none where somebody has set the cap by hand."""
    if experiment.cap_minor is not None:
        return {}
    cap = planned_cap(experiment.store, now)
    return {"cap_minor": cap.cap_minor, "is_cap_awaited": cap.is_awaited}


def fix_due_caps(now: datetime) -> int:
    """Fix the caps whose orders have come in, and return how many."""
    fixed = 0
    for experiment in Experiment.with_holdouts.filter(is_cap_awaited=True).order_by("pk"):
        if fix_cap(experiment, now):
            fixed += 1
    return fixed


def fix_cap(experiment: Experiment, now: datetime) -> bool:
    """Fix the test's cap where the store's first orders are there, or the test is over and no more will count.

    Returns whether it was fixed now: the row is locked, so that of two who try one does, and what is fixed stays.
    """
    with transaction.atomic():
        locked = Experiment.with_holdouts.select_for_update(of=("self",)).select_related("store").get(pk=experiment.pk)
        if not locked.is_cap_awaited:
            return False
        values = past_orders.first_values(locked.store, before=now, most=ORDERS_FOR_A_CAP)
        if len(values) < ORDERS_FOR_A_CAP and not locked.is_over:
            return False
        locked.cap_minor = past_orders.cap(values, CAP_SHARE)
        locked.is_cap_awaited = False
        locked.save(update_fields=["cap_minor", "is_cap_awaited", "updated_at"])
        note_cap(locked, len(values), now)
    return True


def note_cap(experiment: Experiment, orders: int, now: datetime) -> None:
    """Write down what the cap is, and from how many orders."""
    audit.record(
        store=experiment.store,
        experiment=experiment,
        action=AuditAction.CAPPED,
        actor=ACTOR,
        reason=in_each_language(partial(cap_in_words, experiment, orders)),
        detail={"cap_minor": [None, experiment.cap_minor], "orders": orders},
        at=now,
    )


def cap_in_words(experiment: Experiment, orders: int) -> str:
    """Say what the cap is, and from how many orders."""
    if experiment.cap_minor is None:
        return _("No cap: the store had no orders to compute it from.")
    sentence = _("%(amount)s: 99%% of the store's first %(count)s orders were worth less.")
    amount = formatting.exact_money(experiment.cap_minor, experiment.store.currency)
    return sentence % {"amount": amount, "count": formatting.count(orders)}
