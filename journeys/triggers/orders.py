"""Orders, payments and parcels begin runs; a product that runs out does it by the days that the journey has for it.

Everything follows from the orders, parcels and contacts as they are now, and the same again begins nothing: so it
doesn't matter what arrives first, late or twice, and whoever stores any of them calls ``begin_runs``.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection

from experiments.accounting.order_followers import StoredOrders
from experiments.batches import batches
from experiments.models import Order
from experiments.sql_files import read_sql
from journeys.models import Journey, JourneyStatus, Trigger
from journeys.planning.waits import step_wait

BEGIN_RUNS = read_sql(__file__, "begin_runs_of_orders").replace(
    "__step_wait__", step_wait(store_id="%(store_id)s", order_id="began.order_id")
)
BY_ORDERS = (Trigger.ORDER_PLACED, Trigger.ORDER_PAID, Trigger.SHIPPED, Trigger.DELIVERED, Trigger.RUNS_OUT)
# What was stored without its follower, by a restored backup or in SQL, is found again for so long.
LOOKED_BACK = timedelta(days=2)
BATCH = 10_000  # orders: what a statement locks and holds in memory


def begin_for_orders(stored: StoredOrders) -> None:
    """Begin the runs of the orders that were just stored, in their transaction."""
    begin_runs(stored.store_id, stored.versions)


def begin_runs(store_id: int, order_ids: Collection[int]) -> int:
    """Begin the runs that these orders give, once each: one statement. Returns how many were begun or moved."""
    if not order_ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(BEGIN_RUNS, {"store_id": store_id, "order_ids": list(order_ids)})
        return int(cursor.rowcount)


def begin_runs_of_contact(store_id: int, customer_key: str) -> int:
    """Begin the runs of a contact who became known after their orders."""
    orders = Order.objects.filter(store=store_id, customer_key=customer_key).exclude(customer_key="")
    return begin_runs(store_id, list(orders.values_list("pk", flat=True)))


def begin_missed(now: datetime) -> int:
    """Begin the runs of lately placed orders that have none, in each store with such a journey."""
    live = Journey.objects.filter(status__in=(JourneyStatus.RUNNING, JourneyStatus.PAUSED))
    begun = 0
    for store_id in live.filter(versions__trigger__in=BY_ORDERS).values_list("store", flat=True).distinct():
        placed = Order.objects.filter(store=store_id, placed_at__gte=now - LOOKED_BACK)
        # Also those that were estimated to have arrived: nobody reports that.
        arrived = Order.objects.filter(store=store_id, shipments__delivered_at__gte=now - LOOKED_BACK)
        recent = placed.values_list("pk", flat=True).union(arrived.values_list("pk", flat=True))
        for batch in batches(sorted(recent), BATCH):
            begun += begin_runs(store_id, batch)
    return begun
