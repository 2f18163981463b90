"""Renewals and copies -> the order that they were made from.

Where the source doesn't say it, it is the earliest order, placed by a shopper, with the same acceptance; else the
customer's earliest with one of the same products.
"""

from collections.abc import Collection

from django.db import connection

from experiments.models import Order, Store

FIND_FIRST = """
WITH repeated AS MATERIALIZED (
    SELECT id, customer_id, placed_at FROM experiments_order
    WHERE store_id = %(store_id)s AND external_id = ANY(%(external_ids)s::text[])
        AND repeat_kind <> '' AND first_external_id = ''
),
found AS (
    SELECT repeated.id, COALESCE(accepted.external_id, bought.external_id) AS external_id
    FROM repeated
    LEFT JOIN LATERAL (
        SELECT orders.external_id FROM experiments_orderline AS own
        JOIN experiments_orderline AS line ON line.acceptance_id = own.acceptance_id
        JOIN experiments_order AS orders ON orders.id = line.order_id
        WHERE own.order_id = repeated.id AND own.acceptance_id IS NOT NULL
            AND orders.store_id = %(store_id)s AND orders.repeat_kind = '' AND orders.placed_at <= repeated.placed_at
        ORDER BY orders.placed_at, orders.external_id LIMIT 1
    ) AS accepted ON true
    LEFT JOIN LATERAL (
        SELECT orders.external_id FROM experiments_order AS orders
        WHERE orders.store_id = %(store_id)s AND orders.customer_id = repeated.customer_id
            AND orders.customer_id <> '' AND orders.repeat_kind = '' AND orders.placed_at <= repeated.placed_at
            AND EXISTS (
                SELECT FROM experiments_orderline AS line JOIN experiments_orderline AS own USING (sku)
                WHERE line.order_id = orders.id AND own.order_id = repeated.id AND line.sku <> '')
        ORDER BY orders.placed_at, orders.external_id LIMIT 1
    ) AS bought ON true
)
UPDATE experiments_order AS orders SET first_external_id = found.external_id
FROM found WHERE orders.id = found.id AND found.external_id IS NOT NULL
"""
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
    return sum(find_missing_of(store_id) for store_id in Store.objects.order_by("pk").values_list("pk", flat=True))


def find_missing_of(store_id: int) -> int:
    """The same of one store, batch by batch."""
    unknown = Order.objects.filter(store=store_id, first_external_id="").exclude(repeat_kind="")
    external_ids = list(unknown.order_by("pk").values_list("external_id", flat=True))
    batches = [external_ids[start : start + BATCH] for start in range(0, len(external_ids), BATCH)]
    return sum(find_first(store_id, batch) for batch in batches)
