"""Reads what a store's customers bought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from checkout_widgets.recommending.purchases import Purchases
from experiments.models import Store
from experiments.reading.number_rows import read_numbers
from experiments.reading.replica import copy_out
from experiments.sql_files import read_sql

if TYPE_CHECKING:
    from checkout_widgets.recommending.purchases import Numbers

PURCHASES = read_sql(__file__, "purchases")
COLUMNS = 4  # customer, order, product, minute


def read_purchases(store: Store, products: Sequence[int], *, since: datetime, until: datetime) -> Purchases:
    """Return the purchases of the store's orders in a span of time.

    ``products``: the ids that are counted, rising; a product's place among them is its number in the result.
    """
    parameters = {"store_id": store.pk, "since": since, "until": until}
    with copy_out(f"COPY ({PURCHASES}) TO STDOUT", parameters) as rows:
        entries = listed_entries(rows, products)
    return Purchases.sort(**entries, size=len(products))


def listed_entries(rows: Iterable[bytes | bytearray | memoryview], products: Sequence[int]) -> dict[str, Numbers]:
    """Return the entries of the products as `Purchases.sort` takes them, each product by its place.

    A function of its own: what was read is let go before it is sorted, which takes as much again.
    """
    customers, orders, ids, minutes = read_numbers(rows, COLUMNS)
    known = np.asarray(products, dtype=np.int64)
    places = np.searchsorted(known, ids)
    # A product that came after the list was made is in no pair until the next count.
    is_listed = places < len(known)
    is_listed[is_listed] = known[places[is_listed]] == ids[is_listed]
    return {
        "customers": customers[is_listed],
        "orders": orders[is_listed],
        "products": places[is_listed],
        "minutes": minutes[is_listed],
    }
