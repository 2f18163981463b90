"""Events of widgets as they came in."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from experiments.models import Store, WidgetEvent
from experiments.reading.replica import alias, read_connection
from experiments.sql_files import read_sql

EVENTS_OF_VISITORS = read_sql(__file__, "events_of_visitors")
# The planner takes Bloom filters for as slow as reading everything, because it expects the visitors of a page by the
# order of their ids.
USE_BLOOM_FILTERS = "SET LOCAL enable_seqscan = off"
PLAN_AS_BEFORE = "SET LOCAL enable_seqscan TO DEFAULT"
KEEP_PARTS = "LOCK TABLE experiments_widgetevent IN ACCESS SHARE MODE"
NONE = Q(month__isnull=True)  # an empty list would be no statement at all, and so no file of an export


def events_received(store: Store, *, since: datetime, until: datetime) -> QuerySet[WidgetEvent]:
    """Query the store's events received from ``since`` on and before ``until``, with their tests and variants.

    Both bounds are needed: the table is in parts by month, and only the parts between them are read.
    """
    received = WidgetEvent.objects.filter(store=store, received_at__gte=since, received_at__lt=until)
    return received.select_related("experiment", "variant")


def are_of_visitors(store: Store, visitor_ids: Collection[str]) -> Q:
    """Find the events of these visitors, in all months, and return the condition that they meet.

    The condition names them by their primary key, so that whatever is done with them reads nothing else.
    """
    if not visitor_ids:
        return NONE
    event_ids: set[UUID] = set()
    months: set[date] = set()
    parameters: dict[str, Any] = {"store_id": store.pk, "visitor_ids": list(visitor_ids)}
    with transaction.atomic(using=alias()), read_connection().cursor() as cursor:
        cursor.execute(USE_BLOOM_FILTERS)
        cursor.execute(EVENTS_OF_VISITORS, parameters)
        for event_id, month in cursor.fetchall():
            event_ids.add(event_id)
            months.add(month)
        cursor.execute(PLAN_AS_BEFORE)
    if not event_ids:
        return NONE
    return Q(visitor_id__in=visitor_ids, event_id__in=event_ids, month__in=months)


def keep_parts() -> None:
    """See that no part of the table is dropped until the transaction ends: what goes on to ClickHouse meanwhile would
    be read twice, or not at all."""
    with read_connection().cursor() as cursor:
        cursor.execute(KEEP_PARTS)
