"""Orders of which nobody can say any more whether their payment was awaited or given up.

They are from before the two were told apart, and nothing is kept that would say it. They count for a while after they
were placed, as bank transfers do, and then no longer.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from experiments.accounting import identity, outcomes
from experiments.accounting.customers import units_of_orders
from experiments.accounting.outcomes import LockSubject
from experiments.batches import batches
from experiments.models import Order, OrderStatus

BATCH = 500  # orders whose locks a transaction holds: new versions of them wait meanwhile


def stop_counting_overdue(now: datetime) -> int:
    """Let those whose time is over count as unpaid, and return how many they were.

    A batch is a transaction of its own. A version that arrives meanwhile says what the order is, and wins.
    """
    stopped = 0
    due = Order.objects.filter(unclear_until__lte=now)
    for store_id in due.order_by("store").values_list("store", flat=True).distinct():
        external_ids = list(due.filter(store=store_id).order_by("pk").values_list("external_id", flat=True))
        for batch in batches(external_ids, BATCH):
            stopped += stop_counting_of(store_id, batch, now)
    return stopped


def stop_counting_of(store_id: int, external_ids: Sequence[str], now: datetime) -> int:
    """Do the same for these orders of a store, with their visitors' outcomes."""
    with transaction.atomic():
        # Against a version that arrives at this instant: it is read as it is now, or comes after.
        outcomes.lock(LockSubject.ORDER, store_id, external_ids)
        due = Order.objects.filter(store=store_id, external_id__in=external_ids, unclear_until__lte=now)
        # The rows as well: relinking an order of the same customer writes them under another order's lock.
        orders = list(due.select_for_update(no_key=True).order_by("pk"))
        visitors = identity.known_only({order.visitor_id or order.linked_visitor_id for order in orders})
        visitors |= units_of_orders(orders)
        due.filter(status=OrderStatus.ON_HOLD).update(status=OrderStatus.PENDING, sent_status=OrderStatus.PENDING)
        due.update(unclear_until=None)
        # Against exposures of these visitors that arrive at this instant: they and the change would miss each other.
        outcomes.lock(LockSubject.VISITOR, store_id, visitors)
        outcomes.recompute(store_id, visitors)
    return len(orders)
