"""Order lines -> what came of each exposure by the custom metrics of its test: ``CustomOutcome``.

An order counts as ``outcomes`` says. Of its goods' net price the metric has its own products' part: each line's price
less its discount, and less its part of a discount that the order doesn't allot to its lines. Tax comes on top in
proportion where the store counts it; shipping is of no product. A refund takes off what it names, and where it names
nothing, the metric's part of all goods. So a metric of all products has what revenue has, but for shipping.
"""

from collections.abc import Collection

from django.db import connection

from experiments.accounting.order_parts import PARTS
from experiments.sql_files import read_sql

SOLD = read_sql(__file__, "custom_sold").format(**PARTS)
RECOMPUTE = read_sql(__file__, "recompute_custom_outcomes").format(**PARTS, sold=SOLD)


def recompute(store_id: int, visitor_ids: Collection[str]) -> int:
    """Fill these visitors' outcomes by custom metrics: one statement, however many. Returns how many changed.

    The caller holds the visitors' locks in the same transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(RECOMPUTE, {"store_id": store_id, "visitor_ids": sorted(set(visitor_ids))})
        changed: int = cursor.fetchone()[0]
        return changed
