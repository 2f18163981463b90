"""Orders -> what came of customers within 90, 180 and 365 days: ``LongOutcome``.

Of tests whose unit is the customer, and of stores' holdouts. An order counts as ``outcomes`` says, but for two things:
the horizon stands in the place of the attribution window, and renewals count, as they are what a long time brings.
"""

from collections.abc import Collection
from typing import Any

from django.db import connection

from experiments.accounting.order_parts import PARTS
from experiments.models.long_outcome import HORIZON_DAYS
from experiments.sql_files import read_sql

RECOMPUTE = read_sql(__file__, "recompute_long_outcomes").format(**PARTS)


def recompute(store_id: int, visitor_ids: Collection[str]) -> int:
    """Fill the long-term outcomes of these visitors and customers: one statement, however many. Returns how many
    changed.

    The caller holds their locks in the same transaction.
    """
    parameters: dict[str, Any] = {
        "store_id": store_id,
        "visitor_ids": sorted(set(visitor_ids)),
        "horizons": list(HORIZON_DAYS),
        "longest": max(HORIZON_DAYS),
    }
    with connection.cursor() as cursor:
        cursor.execute(RECOMPUTE, parameters)
        changed: int = cursor.fetchone()[0]
        return changed
