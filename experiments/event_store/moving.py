"""Moves parts of the table of events to ClickHouse, block by block, and brings them back.

A part is copied once nothing is received in it any more, and dropped once nothing counts its events again, when both
databases say the same of them. Until then it answers itself, so that whatever ends a copy half way (a kill, an outage)
costs the space of the rows on disk only. A block is some pages of the part, which never change: it is sent again as it
was.
"""

from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.utils import OperationalError

from experiments.accounting import funnel_existing, partitions
from experiments.event_store.clickhouse import (
    SELECT_EVENTS,
    Condition,
    as_row,
    day_of,
    microseconds,
    of_erasure,
)
from experiments.event_store.shards import shard_number, shards
from experiments.models import EventBatch, EventErasure, ForgottenEvents, MovedDecline
from experiments.reading.declines import DECLINES
from experiments.sql_files import read_sql

LOCK = 0x0FF9  # held while events are moved: by one process at a time
BLOCK_PAGES = 1_500  # about 50,000 events
SETTLED = timedelta(hours=2)  # after the end of a day: clocks of machines differ by less than an hour
# What is received now may have happened 49 hours ago, on a day that is counted again while anything of it comes: see
# ``checkout_widgets.offer_days``.
COUNTED_AGAIN = timedelta(hours=76)
KEEP = timedelta(days=4)
# Longer than a no keeps messages from somebody, and than workers stand still.
DECLINES_STAY = timedelta(days=60)

KEEP_DECLINES = read_sql(__file__, "keep_declines").replace("{declines}", DECLINES)
COLUMNS = (
    *("batch", "day", "store_id", "event_id", "type", "occurred_at", "received_at", "visitor_id", "experiment_id"),
    *("variant_id", "moment", "props"),
)
VISITOR = COLUMNS.index("visitor_id")
OCCURRED_AT = "(extract(epoch FROM occurred_at) * 1000000)::bigint"
RECEIVED_AT = "(extract(epoch FROM received_at) * 1000000)::bigint"
BLOCK = f"""
SELECT %(batch)s, (received_at AT TIME ZONE 'UTC')::date, store_id, event_id, type,
    {OCCURRED_AT}, {RECEIVED_AT}, visitor_id, COALESCE(experiment_id, 0), COALESCE(variant_id, 0), moment, props::text
FROM {{part}} WHERE ctid >= %(first)s::tid AND ctid < %(end)s::tid ORDER BY ctid
"""  # noqa: S608 -- names of ours
# The last receipts of each store, by the index on them.
SPAN = """
SELECT min(first_at), max(last_at) FROM experiments_store AS store CROSS JOIN LATERAL (
    SELECT min(received_at) AS first_at, max(received_at) AS last_at FROM {part} WHERE store_id = store.id
) AS span
"""
# What a row is, as both databases write it; the first four bytes of its MD5 as a number. Fewer than 2^31 of them add up
# to less than 2^63.
POSTGRES_SUMS = f"""
SELECT count(*), COALESCE(sum(('x' || substr(md5(concat_ws('|', store_id, event_id, type, {OCCURRED_AT}, {RECEIVED_AT},
    visitor_id, COALESCE(experiment_id, 0), COALESCE(variant_id, 0), moment, props::text)), 1, 8))::bit(32)::bigint), 0)
FROM {{part}} AS event
WHERE NOT EXISTS (SELECT FROM experiments_forgottenevents AS forgotten
    WHERE forgotten.store_id = event.store_id AND event.received_at < forgotten.before)
"""  # noqa: S608 -- names of ours
CLICKHOUSE_SUMS = """
SELECT count(), sum(reinterpretAsUInt32(reverse(substring(MD5(concat(toString(store_id), '|', toString(event_id), '|',
    type, '|', toString(occurred_at), '|', toString(received_at), '|', visitor_id, '|', toString(experiment_id), '|',
    toString(variant_id), '|', moment, '|', props)), 1, 4))))
FROM events FINAL WHERE """
MOST_ROWS = 2**31
RETURNED = """
CREATE TEMPORARY TABLE returned (LIKE experiments_widgetevent INCLUDING DEFAULTS)
"""
COPY_BACK = """
COPY returned (store_id, event_id, month, type, occurred_at, received_at, visitor_id, experiment_id, variant_id, moment,
    props) FROM STDIN
"""
STORE_RETURNED = read_sql(__file__, "store_returned")


@dataclass(frozen=True, slots=True)
class BatchSums:
    """How many events there are of a batch, and a checksum of all that they say."""

    rows: int
    checksum: int


@contextmanager
def alone() -> Iterator[bool]:
    """Tell whether nobody else moves events; hold them off until the end. A process that dies lets go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (is_alone,) = cursor.fetchone()
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def move(
    now: datetime, *, counted_until: datetime, are_months_moved: bool = False
) -> Generator[EventBatch, None, None]:
    """Copy and drop what is due; yield a batch each time that it has come further. The caller is ``alone``.

    ``counted_until``: up to which receipt the counts of offers have the events. ``are_months_moved``: also parts from
    before, of a month; else those of one day. Raises ``NotAvailable``.
    """
    funnel_existing.count_existing()
    # Before any server is asked: how long what waits has waited is known while all are down.
    begin_batches(now, are_months_moved=are_months_moved)
    for shard in shards():
        shard.prepare()
    for batch in EventBatch.objects.filter(state=EventBatch.BatchState.COPYING).order_by("part"):
        while copy_block(batch):
            yield batch
    dropped_before = min(now - KEEP, counted_until - COUNTED_AGAIN)
    copied = EventBatch.objects.filter(state=EventBatch.BatchState.COPIED, last_received_at__lt=dropped_before)
    for batch in copied.order_by("part"):
        finish(batch)
        yield batch


def begin_batches(now: datetime, *, are_months_moved: bool) -> None:
    """Begin a batch for each part in which nothing is received any more, and which has none on its way."""
    on_their_way = set(
        EventBatch.objects.filter(state__in=(EventBatch.BatchState.COPYING, EventBatch.BatchState.COPIED)).values_list(
            "part", flat=True
        )
    )
    for part in waiting_parts(now):
        span = span_of(part)
        if part in on_their_way or span is None or span[1] > now - SETTLED:
            continue
        if are_months_moved or day_of(span[0]) == day_of(span[1]) == part:
            EventBatch.objects.create(part=part, first_received_at=span[0], last_received_at=span[1])


def waiting_parts(now: datetime) -> list[date]:
    """List the parts whose first day is over, the oldest first."""
    today = day_of(now - SETTLED)
    return list(filter(today.__gt__, partitions.months()))


def span_of(part: date) -> tuple[datetime, datetime] | None:
    """Return when the first and the last event of a part were received; None where it is empty."""
    with connection.cursor() as cursor:
        cursor.execute(SPAN.format(part=partitions.part_of(part)))
        first, last = cursor.fetchone()
    if first is None:
        return None
    return first, last


def copy_block(batch: EventBatch) -> bool:
    """Copy the next pages of the batch's part; return whether there were any, and mark the batch as copied else."""
    name = partitions.part_of(batch.part)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(to_regclass(%s)) / current_setting('block_size')::bigint", [name])
        (pages,) = cursor.fetchone()
        if pages is None:  # dropped by retention
            leave(batch)
            return False
        if batch.copied_pages >= pages:
            advance(batch, state=EventBatch.BatchState.COPIED)
            return False
        end = batch.copied_pages + BLOCK_PAGES
        first = f"({batch.copied_pages},0)"
        cursor.execute(BLOCK.format(part=name), {"batch": batch.pk, "first": first, "end": f"({end},0)"})
        rows = cursor.fetchall()
    insert(rows)
    advance(batch, copied_pages=end, rows=batch.rows + len(rows))
    return True


def insert(rows: list[tuple[Any, ...]]) -> None:
    """Send each shard the rows of its visitors."""
    by_shard: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        by_shard[shard_number(row[VISITOR])].append(row)
    for number, shard in enumerate(shards()):
        if by_shard[number]:
            shard.insert(list(zip(*by_shard[number], strict=True)), COLUMNS)


def advance(batch: EventBatch, **values: Any) -> None:
    """Store how far a batch has come."""
    for name, value in values.items():
        setattr(batch, name, value)
    batch.save(update_fields=list(values))


def leave(batch: EventBatch) -> None:
    """Give up the batch: what ClickHouse has of it is never read, and is deleted there."""
    MovedDecline.objects.filter(batch=batch).delete()
    advance(batch, state=EventBatch.BatchState.LEFT)


def finish(batch: EventBatch) -> None:
    """Drop the batch's part where ClickHouse has all of it, so that ClickHouse answers from then on; else give it up.

    Where somebody reads the table for longer than writers may be kept waiting, it stays for the next time.
    """
    name = partitions.part_of(batch.part)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(partitions.SHORT_LOCK)
            # Against an erasure, retention, and an edge that still runs with the settings of before.
            cursor.execute(f"LOCK TABLE {name} IN SHARE MODE")
            if sums_in_postgres(name) != sums_in_clickhouse(batch):
                leave(batch)
                return
            since = batch.last_received_at - DECLINES_STAY
            cursor.execute(KEEP_DECLINES, {"batch": batch.pk, "part": batch.part, "since": since})
            cursor.execute(f"DROP TABLE {name}")
            advance(batch, state=EventBatch.BatchState.MOVED)
    except OperationalError:
        batch.refresh_from_db()


def sums_in_postgres(table: str) -> BatchSums:
    """Add up a part."""
    with connection.cursor() as cursor:
        cursor.execute(POSTGRES_SUMS.format(part=table))
        return BatchSums(*map(int, cursor.fetchone()))


def sums_in_clickhouse(batch: EventBatch) -> BatchSums:
    """Add up a batch, shard by shard, without what is being erased or is too old."""
    condition = in_batch(batch)
    rows = checksum = 0
    for shard in shards():
        ((found, total),) = shard.rows(CLICKHOUSE_SUMS + condition.text, condition.parameters)
        if found >= MOST_ROWS:
            raise OverflowError(f"Batch {batch.pk} has too many rows on {shard.name} to add up.")
        rows, checksum = rows + found, checksum + total
    return BatchSums(rows, checksum)


def in_batch(batch: EventBatch) -> Condition:
    """Return the condition of a batch's events, but of those that are being erased or are too old; it opens the batch's
    days alone."""
    condition = Condition(
        "batch = %(batch)s AND day >= %(first)s AND day <= %(last)s",
        {"batch": batch.pk, "first": day_of(batch.first_received_at), "last": day_of(batch.last_received_at)},
    )
    for erasure in EventErasure.objects.all():
        text, parameters = of_erasure(erasure)
        condition = condition.and_(f"NOT ({text})", **parameters)
    for forgotten in ForgottenEvents.objects.filter(before__gt=batch.first_received_at):
        text, parameters = of_forgotten(forgotten)
        condition = condition.and_(f"NOT ({text})", **parameters)
    return condition


def of_forgotten(forgotten: ForgottenEvents) -> tuple[str, dict[str, Any]]:
    """Write the condition of a store's events that are too old, with its parameters."""
    number = forgotten.store_id
    text = f"store_id = %(old_store_{number})s AND received_at < %(before_{number})s"
    return text, {f"old_store_{number}": number, f"before_{number}": microseconds(forgotten.before)}


def bring_back() -> Iterator[EventBatch]:
    """Store what ClickHouse has in PostgreSQL again, a batch at a time, the newest first; yield each. The caller is
    ``alone``.

    Nothing else changes: events that come go on to ClickHouse as long as the setting is there.
    """
    for batch in EventBatch.objects.filter(state=EventBatch.BatchState.MOVED).order_by("-part", "-pk"):
        for month in months_of(batch):
            if month not in partitions.months():
                partitions.make(month)
        with transaction.atomic():
            bring_back_batch(batch)
        yield batch


def months_of(batch: EventBatch) -> list[date]:
    """List the months in which a batch's events were received."""
    month, months = partitions.month_of(batch.first_received_at), []
    while month <= partitions.month_of(batch.last_received_at):
        months.append(month)
        month = partitions.following(month)
    return months


def bring_back_batch(batch: EventBatch) -> None:
    """Store a batch's events in their months. Raises ``RuntimeError`` where they aren't what ClickHouse says."""
    condition = in_batch(batch)  # before the copy, during which the connection can't be asked anything
    with connection.cursor() as cursor:
        cursor.execute(RETURNED)
        with cursor.copy(COPY_BACK) as copy:
            for row in rows_to_copy(condition):
                copy.write_row(row)
        if sums_in_postgres("returned") != sums_in_clickhouse(batch):
            raise RuntimeError(f"What came back of {batch.part} isn't what ClickHouse has.")
        for month in months_of(batch):
            cursor.execute(STORE_RETURNED.format(part=partitions.part_of(month)), [month])
        cursor.execute("DROP TABLE returned")
    leave(batch)


def rows_to_copy(condition: Condition) -> Iterator[tuple[Any, ...]]:
    """Yield events as ``COPY_BACK`` takes them, properties as the text that they are."""
    for shard in shards():
        for values in shard.stream(SELECT_EVENTS + condition.text, condition.parameters):
            row = as_row(values)
            props = values[-1]
            yield (
                *(row.store_id, row.event_id, partitions.month_of(row.received_at), row.type, row.occurred_at),
                *(row.received_at, row.visitor_id, row.experiment_id, row.variant_id, row.moment, props),
            )
