"""What a store's past orders were worth, as reports count them."""

from datetime import UTC, datetime
from typing import Any

import numpy as np

from experiments.models import Store, UnsignedOrders
from experiments.reading.replica import read_connection
from experiments.sql_columns import only_column
from experiments.sql_files import read_sql
from experiments.statistics import cap_values

FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC)
MOST = 10_000  # the newest so many say enough, and are read by index in some tens of milliseconds

VALUES = read_sql(__file__, "order_values")


def values(store: Store, *, before: datetime, since: datetime | None = None, most: int = MOST) -> list[int]:
    """Read the values of the newest orders that count and were placed before a time, in minor units; none is zero."""
    return read("DESC", store, before=before, since=since, most=most)


def first_values(store: Store, *, before: datetime, most: int) -> list[int]:
    """Read the values of the store's first orders that count and were placed before a time; none is zero."""
    return read("ASC", store, before=before, since=None, most=most)


def read(direction: str, store: Store, *, before: datetime, since: datetime | None, most: int) -> list[int]:
    """Read order values from one end of a store's past, oldest first for ``ASC``, newest first for ``DESC``."""
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
    with read_connection().cursor() as cursor:
        cursor.execute(VALUES.format(direction=direction), parameters)
        return only_column(cursor)


def is_unsigned_counted(store: Store) -> bool:
    """Whether orders count that only a shopper's browser told of."""
    if store.unsigned_orders == UnsignedOrders.UNTIL_SIGNED:
        return store.first_signed_at is None
    return store.unsigned_orders == UnsignedOrders.ALWAYS


def percentile(values: list[int], share: float) -> int:
    """Compute the value that ``share`` of the orders lie below, interpolated and rounded to a whole minor unit."""
    return round(float(np.quantile(values, share)))


def cap(values: list[int], share: float) -> int | None:
    """Compute the value that ``share`` of the orders lie below (``cap_values``); None where there are no orders."""
    limit = cap_values(values, share)[0]
    if not np.isfinite(limit):
        return None
    return round(limit)
