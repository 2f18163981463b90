"""What a store's past orders were worth, as reports count them."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.db import connection

from experiments.models import Store, UnsignedOrders
from experiments.statistics import cap_values

FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC)
MOST = 10_000  # the newest so many say enough, and are read by index in some tens of milliseconds

# An order's value as `outcomes.py` counts revenue: goods after discounts, with tax or shipping where the store says so.
# What the store says comes as parameters: joined, the planner guesses that few orders match, and reads the whole table.
VALUES = """
SELECT order_value.minor
FROM experiments_order AS orders
CROSS JOIN LATERAL (
    SELECT orders.subtotal_minor - orders.discount_minor
        + CASE WHEN %(is_tax_revenue)s THEN orders.tax_minor ELSE 0 END
        + CASE WHEN %(is_shipping_revenue)s THEN orders.shipping_minor ELSE 0 END AS minor
) AS order_value
WHERE orders.store_id = %(store_id)s AND orders.placed_at >= %(since)s AND orders.placed_at < %(before)s
    AND orders.status IN ('paid', 'on_hold') AND orders.currency = %(currency)s AND order_value.minor <> 0
    AND (orders.repeat_kind = '' OR %(is_repeat_counted)s)
    AND (orders.source <> 'snippet' OR %(is_unsigned_counted)s)
ORDER BY orders.placed_at {direction}, orders.id {direction} LIMIT %(most)s
"""


def values(store: Store, *, before: datetime, since: datetime | None = None, most: int = MOST) -> list[int]:
    """The values of the newest orders that count and were placed before a time, in minor units; none is zero."""
    return read("DESC", store, before=before, since=since, most=most)


def first_values(store: Store, *, before: datetime, most: int) -> list[int]:
    """The values of the store's first orders that count and were placed before a time; none is zero."""
    return read("ASC", store, before=before, since=None, most=most)


def read(direction: str, store: Store, *, before: datetime, since: datetime | None, most: int) -> list[int]:
    """Order values from one end of a store's past."""
    parameters: dict[str, Any] = {
        "store_id": store.pk,
        "currency": store.currency,
        "before": before,
        "since": since or FIRST_DAY,
        "most": most,
        "is_tax_revenue": store.is_tax_revenue,
        "is_shipping_revenue": store.is_shipping_revenue,
        "is_repeat_counted": store.is_repeat_counted,
        "is_unsigned_counted": is_unsigned_counted(store),
    }
    with connection.cursor() as cursor:
        cursor.execute(VALUES.format(direction=direction), parameters)
        return [value for (value,) in cursor.fetchall()]


def is_unsigned_counted(store: Store) -> bool:
    """Whether orders count that only a shopper's browser told of."""
    if store.unsigned_orders == UnsignedOrders.UNTIL_SIGNED:
        return store.first_signed_at is None
    return store.unsigned_orders == UnsignedOrders.ALWAYS


def percentile(values: list[int], share: float) -> int:
    """The value that ``share`` of the orders lie below, interpolated and rounded to a whole minor unit."""
    return round(float(np.quantile(values, share)))


def cap(values: list[int], share: float) -> int | None:
    """The value that ``share`` of the orders lie below (``cap_values``); None where there are no orders."""
    limit = cap_values(values, share)[0]
    return round(limit) if np.isfinite(limit) else None
