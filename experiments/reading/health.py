"""What is read for the checks of a test's data, beside its sums."""

from datetime import datetime

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from experiments.models import COUNTED_STATUSES, Order, Store
from experiments.report import OrderDay


def orders_by_day(store: Store, first: datetime, last: datetime) -> list[OrderDay]:
    """Count the store's standing orders placed from ``first`` to ``last``, by the store's day, and how many of them are
    nobody's: they name no visitor and are linked to none."""
    placed = Order.objects.filter(store=store, placed_at__range=(first, last), status__in=COUNTED_STATUSES)
    days = (
        placed.values(day=TruncDate("placed_at", tzinfo=store.zone))
        .annotate(orders=Count("pk"), unmatched=Count("pk", filter=Q(visitor_id="", linked_visitor_id="")))
        .order_by("day")
    )
    return [OrderDay(**day) for day in days]
