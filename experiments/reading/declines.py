"""What visitors declined lately: found by an index that has declines alone (``event_declined``)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from experiments.reading.offer_views import ARRIVAL, months_between
from experiments.reading.replica import read_connection
from experiments.sql_files import read_sql

DECLINES = read_sql(__file__, "declines")
DECLINES_OF_VISITORS = read_sql(__file__, "declines_of_visitors").replace("{declines}", DECLINES)


class Decline(NamedTuple):
    """A visitor said no to what a variant shows. ``step`` is the answer after which a second offer came; empty of first
    offers. ``variant_id`` is None where nobody can say which it was."""

    visitor_id: str
    variant_id: int | None
    step: str
    at: datetime


def declines_of(store_id: int, visitor_ids: Collection[str], *, since: datetime, until: datetime) -> list[Decline]:
    """List what these visitors of a store declined after ``since`` and until then."""
    if not visitor_ids:
        return []
    parameters: dict[str, Any] = {
        "store_id": store_id,
        "visitor_ids": list(visitor_ids),
        "since": since,
        "until": until,
        # Events are stored by the month of their arrival.
        **months_between(since, until + ARRIVAL),
    }
    with read_connection().cursor() as cursor:
        cursor.execute(DECLINES_OF_VISITORS, parameters)
        return list(map(Decline._make, cursor.fetchall()))
