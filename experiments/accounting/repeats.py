"""Renewals and copies -> the order that they were made from.

Where the source doesn't say it, it is the earliest order, placed by a shopper, with the same acceptance; else the
customer's earliest with one of the same products.
"""

from collections.abc import Collection

from django.db import connection

from experiments.batches import batches
from experiments.models import Order, Store
from experiments.sql_files import read_sql

FIND_FIRST = read_sql(__file__, "find_first_orders")
# How many a statement writes: their rows are locked until it ends, and a new version of one of these orders waits.
BATCH = 1_000


def find_first(store_id: int, external_ids: Collection[str]) -> int:
    """Link these renewals and copies to their first orders, and return how many were.

    A first order that is still to come is found by ``find_missing``.
    """
    if not external_ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(FIND_FIRST, {"store_id": store_id, "external_ids": list(external_ids)})
        linked: int = cursor.rowcount
        return linked


def find_missing() -> int:
    """Link what came before its first order, in every store, and return how many were linked."""
    linked = 0
    for store_id in Store.objects.order_by("pk").values_list("pk", flat=True):
        linked += find_missing_of(store_id)
    return linked


def find_missing_of(store_id: int) -> int:
    """Do the same for one store, batch by batch."""
    unknown = Order.objects.filter(store=store_id, first_external_id="").exclude(repeat_kind="")
    external_ids = list(unknown.order_by("pk").values_list("external_id", flat=True))
    linked = 0
    for batch in batches(external_ids, BATCH):
        linked += find_first(store_id, batch)
    return linked
