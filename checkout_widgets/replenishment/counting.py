"""Counts after how many days customers buy the same again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from django.db import connection, transaction

from checkout_widgets.models import Product, ReplenishmentTime
from experiments.models import Store
from experiments.reading.replica import read_connection, read_late
from experiments.sql_files import read_sql
from experiments.statistics.survival import SurvivalCurve, survival_curve

WAITS = read_sql(__file__, "waits")
# Two years: whoever hasn't bought something again until then hardly ever will.
COUNTED = timedelta(days=730)
# Customers who bought it again: below, the interval of the median is wider than the median.
LEAST = 20
LOCK = 0x0FFA  # with the store's id: two counts of a store at once would each delete the other's rows


class Waits(NamedTuple):
    """A row of ``waits.sql``: how long customers waited, those of equal waits together.

    ``product_id`` is None in the row of a category. ``is_again``: whether they bought it again after ``days``, or
    hadn't for so long.
    """

    product_id: int | None
    category: str
    quantity: int
    days: list[int]
    is_again: list[bool]
    customers: list[int]

    def curve(self) -> SurvivalCurve:
        """Return the share of customers who haven't bought it again, by day."""
        return survival_curve(
            np.array(self.days, dtype=np.float64),
            np.array(self.is_again, dtype=np.bool_),
            np.array(self.customers, dtype=np.float64),
        )


def count_replenishment(store: Store, now: datetime) -> int:
    """Count a store's replenishment times in place of those of before; return how many there are."""
    found = read_late(lambda: [as_time(store, waits) for waits in read_waits(store, now)])
    with transaction.atomic():
        # One at a time: of the nightly count and one on demand, neither would delete what the other writes.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, store.pk])
        ReplenishmentTime.objects.filter(store=store).delete()
        # A product that was deleted since they were read.
        left = set(Product.objects.filter(store=store).select_for_update(no_key=True).values_list("pk", flat=True))
        kept = [time for time in found if time.product_id is None or time.product_id in left]
        ReplenishmentTime.objects.bulk_create(kept, batch_size=1_000)
    return len(kept)


def read_waits(store: Store, now: datetime) -> Iterator[Waits]:
    """Yield how long the store's customers waited, up to its last whole day."""
    last_day = store.day_of(now) - timedelta(days=1)
    until = store.begin_of(last_day + timedelta(days=1))
    parameters: dict[str, Any] = {
        "store_id": store.pk,
        "zone": store.zone.key,
        "since": until - COUNTED,
        "until": until,
        "last_day": last_day,
        "least": LEAST,
    }
    with read_connection().cursor() as cursor:
        cursor.execute(WAITS, parameters)
        for row in cursor:
            yield Waits(*row)


def as_time(store: Store, waits: Waits) -> ReplenishmentTime:
    """Return what is stored of the waits."""
    curve = waits.curve()
    low, high = curve.quantile_interval(0.5)
    return ReplenishmentTime(
        store=store,
        product_id=waits.product_id,
        category=waits.category,
        quantity=waits.quantity,
        customers=sum(waits.customers),
        again=int(curve.events.sum()),
        quarter_days=whole(curve.quantile(0.25)),
        median_days=whole(curve.quantile(0.5)),
        low_days=whole(low),
        high_days=whole(high),
    )


def whole(days: float | None) -> int | None:
    """Return whole days."""
    if days is None:
        return None
    return int(days)
