"""Orders of which nobody can say any more whether their payment was awaited or given up.

They are from before the two were told apart, and nothing is kept that would say it. They count for a while after they
were placed, as bank transfers do, and then no longer.
"""

from datetime import datetime

from django.db import transaction

from experiments.accounting import outcomes
from experiments.accounting.outcomes import LockSubject
from experiments.models import Order, OrderStatus

BATCH = 500


def stop_counting_overdue(now: datetime) -> int:
    """Let those whose time is over count as unpaid, and return how many they were.

    A batch is a transaction of its own. A version that arrives meanwhile says what the order is, and wins.
    """
    stopped = 0
    due = Order.objects.filter(unclear_until__lte=now).order_by("store", "pk")
    while batch := list(due.values_list("pk", "store", "external_id")[:BATCH]):
        store_id = batch[0][1]
        stopped += stop_counting_of(
            store_id, [external_id for _, store, external_id in batch if store == store_id], now
        )
    return stopped


def stop_counting_of(store_id: int, external_ids: list[str], now: datetime) -> int:
    """The same for these orders of a store, with their visitors' outcomes."""
    with transaction.atomic():
        outcomes.lock(LockSubject.ORDER, store_id, external_ids)
        due = Order.objects.filter(store=store_id, external_id__in=external_ids, unclear_until__lte=now)
        orders = list(due.select_for_update(no_key=True).order_by("pk"))
        visitors = {order.visitor_id or order.linked_visitor_id for order in orders} - {""}
        Order.objects.filter(pk__in=[order.pk for order in orders], status=OrderStatus.ON_HOLD).update(
            status=OrderStatus.PENDING, sent_status=OrderStatus.PENDING
        )
        Order.objects.filter(pk__in=[order.pk for order in orders]).update(unclear_until=None)
        outcomes.lock(LockSubject.VISITOR, store_id, visitors)
        outcomes.recompute(store_id, visitors)
    return len(orders)
