"""New events -> how far each visitor of a test got, and with that the sums by day: the funnel, without reading events.

Triggers note what each batch of events adds (``FunnelChange``), in the transaction that stores it. Whatever is added to
``FunnelVisitor`` here, further triggers carry on to ``FunnelDay``. A report never waits for it: it reads the days, and
what is noted but not added up yet.
"""

from django.db import connection, transaction

from experiments.models import FUNNEL_TYPES, EventType
from experiments.reading.events import PLAN_AS_BEFORE, USE_BLOOM_FILTERS
from experiments.reading.funnel import are_events_uncounted
from experiments.sql_files import read_sql

# Held by whoever writes FunnelVisitor. Without it an erased visitor could be written again from changes that were taken
# a moment before, and two that write one visitor could each miss what the other adds.
LOCK = 0x0FF7
# Changes in a transaction: few enough that an erasure, which waits for it, waits for less than a second.
BATCH = 5_000

UNDONE = """type = 'decline' AND props @> '{"undone": true}'"""
# An acceptance that was taken back is a decline with "undone": it takes one of its visitor's accepts away, and isn't
# counted as a decline. All others are counted by their type.
COUNTED_BY_TYPE = {
    EventType.ACCEPT: f"count(*) FILTER (WHERE type = 'accept') - count(*) FILTER (WHERE {UNDONE})",
    EventType.DECLINE: f"count(*) FILTER (WHERE type = 'decline' AND NOT ({UNDONE}))",
}


def counts_of_events() -> str:
    """Write the counts of events by type, each named as its column of ``EventCounts``."""
    counts = []
    for kind in FUNNEL_TYPES:
        counted = COUNTED_BY_TYPE.get(kind, f"count(*) FILTER (WHERE type = '{kind.value}')")
        counts.append(f"{counted} AS {kind.value}")
    return ", ".join(counts)


def each_type(expression: str) -> str:
    """Write an expression for each type of event, whose name stands where it says ``NAME``."""
    return ", ".join(expression.replace("NAME", kind) for kind in FUNNEL_TYPES)


def write_statement() -> str:
    """Write the statement that adds the part ``fresh`` of a longer one to the visitors."""
    return read_sql(__file__, "write_visitors").format(
        columns=each_type("NAME"),
        columns_of_fresh=each_type("fresh.NAME"),
        columns_of_excluded=each_type("EXCLUDED.NAME"),
        added=each_type("NAME = stored.NAME + EXCLUDED.NAME"),
        nothing=each_type("0"),
    )


WRITE_VISITORS = write_statement()
ADD_UP = read_sql(__file__, "add_up_changes").format(
    columns=each_type("NAME"),
    nothing=each_type("0"),
    totals=each_type("sum(NAME) AS NAME"),
    write=WRITE_VISITORS,
)
FORGET = read_sql(__file__, "forget_funnel_visitor").format(columns=each_type("NAME"), counts=counts_of_events())


def add_up_changes() -> int:
    """Add up all that was noted, batch by batch, and return how many changes there were.

    Nothing while events from before are still being counted: some of what is noted is about those.
    """
    added = 0
    taken = BATCH
    while taken == BATCH:
        taken = add_up_batch(BATCH)
        added += taken
    return added


def add_up_batch(limit: int) -> int:
    """Add up the oldest changes, at most ``limit``, and return how many there were."""
    with transaction.atomic():
        lock()
        if are_events_uncounted():
            return 0
        with connection.cursor() as cursor:
            cursor.execute(ADD_UP, {"limit": limit})
            (taken,) = cursor.fetchone()
    return int(taken)


def lock() -> None:
    """Let one transaction at a time write ``FunnelVisitor``; released at its end. Ingestion never asks for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def forget_visitor(store_id: int, visitor_id: str) -> int:
    """Take the visitor out of all funnels of the store, and return from how many variants of tests.

    Within a transaction that has the lock since before it deleted the visitor's events: else events that are counted
    meanwhile from before would stay counted.
    """
    with connection.cursor() as cursor:
        cursor.execute(USE_BLOOM_FILTERS)
        cursor.execute(FORGET, {"store_id": store_id, "visitor_id": visitor_id})
        forgotten = int(cursor.rowcount)
        cursor.execute(PLAN_AS_BEFORE)
    return forgotten
