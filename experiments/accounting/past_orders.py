"""What a store's past orders were worth, as reports count them."""

from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection

from experiments.models import Store
from experiments.statistics import cap_values

MOST = 10_000  # the newest so many say enough, and are read by index in some tens of milliseconds

# An order's value as `outcomes.py` counts revenue: goods after discounts, with tax or shipping where the store says so.
VALUES = """
SELECT order_value.minor
FROM experiments_order AS orders
JOIN experiments_store AS store ON store.id = orders.store_id
CROSS JOIN LATERAL (
    SELECT orders.subtotal_minor - orders.discount_minor
        + CASE WHEN store.is_tax_revenue THEN orders.tax_minor ELSE 0 END
        + CASE WHEN store.is_shipping_revenue THEN orders.shipping_minor ELSE 0 END AS minor
) AS order_value
WHERE orders.store_id = %(store_id)s AND orders.placed_at < %(before)s
    AND (%(since)s::timestamptz IS NULL OR orders.placed_at >= %(since)s)
    AND orders.status IN ('paid', 'on_hold') AND orders.currency = store.currency AND order_value.minor <> 0
    AND (orders.repeat_kind = '' OR store.is_repeat_counted)
    AND (orders.source <> 'snippet' OR store.unsigned_orders = 'always'
        OR (store.unsigned_orders = 'until_signed' AND store.first_signed_at IS NULL))
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
    parameters: dict[str, Any] = {"store_id": store.pk, "before": before, "since": since, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(VALUES.format(direction=direction), parameters)
        return [value for (value,) in cursor.fetchall()]


def percentile(values: list[int], share: float) -> int:
    """The value that ``share`` of the orders lie below, interpolated and rounded to a whole minor unit."""
    return round(float(np.quantile(values, share)))


def cap(values: list[int], share: float) -> int | None:
    """The value that ``share`` of the orders lie below (``cap_values``); None where there are no orders."""
    limit = cap_values(values, share)[0]
    return round(limit) if np.isfinite(limit) else None
