"""Reads what products cost from the lines of orders, in the order in which these were stored."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from checkout_widgets.models import PriceChange, PriceSource, PricesRead
from experiments.models import Order
from experiments.sql_files import read_sql

KEPT = timedelta(days=400)  # a test that ran for most of a year is compared with the 90 days before it
BATCH = 20_000  # orders a transaction reads: about a second's work
# The orders of before the release are read over several runs, so that other jobs needn't wait for all of them.
MOST_BATCHES = 25
# How far back each run reads again: an order with a lower id may be committed later than one with a higher.
OVERLAP = 1_000
FROM_ORDERS = read_sql(__file__, "from_orders")


def read_new_orders(now: datetime) -> int:
    """Note the prices of orders that have come since the last time, the oldest first; return how many were new."""
    noted = 0
    newest = Order.objects.aggregate(Max("pk"))["pk__max"] or 0
    for _ in range(MOST_BATCHES):
        with transaction.atomic():
            PricesRead.objects.get_or_create(pk=1)
            # Locked against a second worker, which would only read the same orders once more.
            read = PricesRead.objects.select_for_update().get(pk=1)
            if read.last_order_id >= newest:
                return noted
            until = min(read.last_order_id + BATCH, newest)
            noted += note_prices(read.last_order_id - OVERLAP, until, now)
            read.last_order_id = until
            read.save()
    return noted


def note_prices(after: int, until: int, now: datetime) -> int:
    """Note the prices of the orders with ids above ``after`` up to ``until``."""
    with connection.cursor() as cursor:
        cursor.execute(FROM_ORDERS, {"after": after, "until": until, "since": now - KEPT, "now": now})
        return int(cursor.rowcount)


def forget_old_prices(now: datetime) -> None:
    """Delete what orders said longer ago than anything is compared with."""
    PriceChange.objects.filter(source=PriceSource.ORDER, at__lt=now - KEPT).delete()
