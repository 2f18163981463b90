"""Events of widgets -> events and exposures."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction

from experiments.accounting import identity, outcomes, partitions
from experiments.accounting.outcomes import LockSubject
from experiments.models import EventType

# Events are resent for this long after they happened (the edge refuses older ones), and so may arrive in two months.
MAX_AGE = timedelta(hours=48)
# Clocks of the edge's machines differ by less than this.
MAX_SKEW = timedelta(hours=1)

# An experiment or variant that is gone, or another store's, becomes null: the event is kept, nobody else's is touched.
# Rows come as one JSON text: arrays of PostgreSQL are slow to write in Python.
INSERT_EVENTS = """
INSERT INTO experiments_widgetevent
    (store_id, received_at, month, event_id, type, occurred_at, visitor_id, experiment_id, variant_id, moment, props)
SELECT %s, %s, %s, event.event_id, event.type, event.occurred_at, event.visitor_id, experiment.id, variant.id,
    event.moment, event.props
FROM json_to_recordset(%s::json) AS event (event_id uuid, type text, occurred_at timestamptz, visitor_id text,
    experiment_id bigint, variant_id bigint, moment text, props jsonb)
LEFT JOIN experiments_experiment AS experiment ON experiment.id = event.experiment_id AND experiment.store_id = %s
LEFT JOIN experiments_variant AS variant ON variant.id = event.variant_id AND variant.experiment_id = experiment.id
{is_new}
ORDER BY event.event_id
ON CONFLICT (store_id, event_id, month) DO NOTHING
RETURNING event_id
"""
# Months are written out, so that the planner opens these parts of the table alone.
IS_NEW = """
WHERE NOT EXISTS (
    SELECT FROM experiments_widgetevent AS other
    WHERE other.store_id = %s AND other.event_id = event.event_id AND other.month IN ({months}))
"""

UPSERT_EXPOSURES = """
INSERT INTO experiments_exposure AS stored
    (store_id, experiment_id, visitor_id, variant_id, exposed_at, cart_value_minor, device, country, customer_type,
     is_conflicting, is_automated, trigger_version, segments, orders, revenue_minor, refunded_minor, items,
     upsell_minor, has_converted, has_accepted)
SELECT %s, first.experiment_id, first.visitor_id, first.variant_id, first.occurred_at, first.cart_value_minor,
    first.device, first.country, first.customer_type, (pair ->> 1)::bool, first.is_automated, first.trigger_version,
    '{}', 0, 0, 0, 0, 0, false, false
FROM json_array_elements(%s::json) AS pair
CROSS JOIN LATERAL json_to_record(pair -> 0) AS first (experiment_id bigint, visitor_id text, variant_id bigint,
    occurred_at timestamptz, cart_value_minor bigint, device text, country text, customer_type text, is_automated bool,
    trigger_version smallint)
JOIN experiments_experiment AS experiment
    ON experiment.id = first.experiment_id AND experiment.store_id = %s AND experiment.source <> 'imported'
JOIN experiments_variant AS variant ON variant.id = first.variant_id AND variant.experiment_id = experiment.id
ORDER BY first.experiment_id, first.visitor_id
ON CONFLICT (experiment_id, visitor_id) DO UPDATE SET
    is_conflicting = stored.is_conflicting OR EXCLUDED.is_conflicting OR stored.variant_id <> EXCLUDED.variant_id,
    is_automated = stored.is_automated OR EXCLUDED.is_automated,
    (variant_id, exposed_at, cart_value_minor, device, country, customer_type, trigger_version) = (
        SELECT earlier.variant_id, earlier.exposed_at, earlier.cart_value_minor, earlier.device, earlier.country,
            earlier.customer_type, earlier.trigger_version
        FROM (VALUES
            (EXCLUDED.variant_id, EXCLUDED.exposed_at, EXCLUDED.cart_value_minor, EXCLUDED.device, EXCLUDED.country,
             EXCLUDED.customer_type, EXCLUDED.trigger_version),
            (stored.variant_id, stored.exposed_at, stored.cart_value_minor, stored.device, stored.country,
             stored.customer_type, stored.trigger_version)
        ) AS earlier (variant_id, exposed_at, cart_value_minor, device, country, customer_type, trigger_version)
        ORDER BY earlier.exposed_at, earlier.variant_id LIMIT 1)
WHERE EXCLUDED.is_conflicting OR stored.variant_id <> EXCLUDED.variant_id OR EXCLUDED.exposed_at < stored.exposed_at
    OR (EXCLUDED.is_automated AND NOT stored.is_automated)
RETURNING visitor_id, EXISTS (
    SELECT FROM experiments_order AS orders
    WHERE orders.store_id = stored.store_id AND orders.visitor_id = stored.visitor_id)
OR EXISTS (
    SELECT FROM experiments_order AS orders
    WHERE orders.store_id = stored.store_id AND orders.linked_visitor_id = stored.visitor_id
        AND orders.linked_visitor_id <> '')
"""

COUNT_REJECTIONS = """
INSERT INTO experiments_rejection AS stored (store_id, day, source, code, count, last_at)
SELECT %s, %s, %s, code, count, %s FROM unnest(%s::text[], %s::bigint[]) AS rejected (code, count) ORDER BY code
ON CONFLICT (store_id, day, source, code) DO UPDATE SET
    count = stored.count + EXCLUDED.count, last_at = GREATEST(stored.last_at, EXCLUDED.last_at)
"""


class EventRecord(msgspec.Struct, frozen=True):
    """A verified event. ``cart_value_minor``, in the store's currency, and what follows it are an exposure's.

    ``holdout_id`` is the store's holdout experiment, where the exposure counts there as well; ``customer_id`` the
    shop's own id of whoever was logged in.
    """

    event_id: UUID
    type: str
    occurred_at: datetime
    visitor_id: str
    experiment_id: int | None = None
    variant_id: int | None = None
    moment: str = ""
    props: dict[str, Any] = {}
    cart_value_minor: int | None = None
    device: str = ""
    country: str = ""
    customer_type: str = ""
    is_automated: bool = False
    trigger_version: int = 1
    holdout_id: int | None = None
    holdout_variant_id: int | None = None
    customer_id: str = ""


def record_events(store_id: int, records: Sequence[EventRecord], *, received_at: datetime) -> set[UUID]:
    """Store the events of one store and return the ids that were new; the others are duplicates.

    The first exposure per experiment and visitor counts; one seen with another variant is conflicting. A customer seen
    with a visitor brings orders along that name only the customer. All in one transaction and a fixed number of
    statements, however many records.
    """
    if not records:
        return set()
    by_id = {record.event_id: record for record in reversed(records)}
    with transaction.atomic():
        new = insert_events(store_id, list(by_id.values()), received_at)
        moved = see_customers(store_id, list(by_id.values()))
        shown = [record for record in by_id.values() if record.type == EventType.EXPOSURE and record.event_id in new]
        exposures = first_exposures([*shown, *map(as_holdout_event, shown)])
        if exposures or moved:
            outcomes.lock(LockSubject.VISITOR, store_id, {exposure.visitor_id for exposure, _ in exposures} | moved)
            outcomes.recompute(store_id, upsert_exposures(store_id, exposures) | moved)
    return new


def as_holdout_event(record: EventRecord) -> EventRecord:
    """What the event is to the store's holdout experiment; of no experiment at all where it is nothing to it."""
    return msgspec.structs.replace(record, experiment_id=record.holdout_id, variant_id=record.holdout_variant_id)


def see_customers(store_id: int, records: Sequence[EventRecord]) -> set[str]:
    """Note which customers were seen, and return the visitors who lost or gained an order by that."""
    sightings = {
        (record.customer_id, record.visitor_id, record.occurred_at) for record in records if record.customer_id
    }
    if not sightings:
        return set()
    customers = {customer_id for customer_id, _, _ in sightings}
    outcomes.lock(LockSubject.CUSTOMER, store_id, customers)
    identity.see_customers(store_id, sorted(sightings))
    return identity.visitors_with_other_orders(identity.link(store_id, [], customers))


def insert_events(store_id: int, records: Sequence[EventRecord], received_at: datetime) -> set[UUID]:
    """Store the events and return the ids that were new, also to the month before or after where they may be there.

    Two copies that arrive at once, at the turn of a month, wait for one another.
    """
    month = partitions.month_of(received_at)
    others = {partitions.month_of(at) for at in (received_at - MAX_AGE - MAX_SKEW, received_at + MAX_SKEW)} - {month}
    if others:
        outcomes.lock(LockSubject.EVENT, store_id, [str(record.event_id) for record in records])
    months = ", ".join(f"'{other.isoformat()}'" for other in sorted(others))
    query = INSERT_EVENTS.format(is_new=IS_NEW.format(months=months) if others else "")
    with connection.cursor() as cursor:
        cursor.execute(query, [store_id, received_at, month, encode(records), *[store_id] * (2 if others else 1)])
        return {event_id for (event_id,) in cursor.fetchall()}


def encode(rows: Sequence[Any]) -> str:
    """Rows as a JSON text."""
    return msgspec.json.encode(rows).decode()


def first_exposures(records: Sequence[EventRecord]) -> list[tuple[EventRecord, bool]]:
    """The earliest of these exposures by experiment and visitor, and whether others were with another variant."""
    earliest: dict[tuple[int, str], EventRecord] = {}
    conflicting = set()
    for record in records:
        if record.experiment_id is None or record.variant_id is None:
            continue
        key = (record.experiment_id, record.visitor_id)
        other = earliest.setdefault(key, record)
        if other.variant_id != record.variant_id:
            conflicting.add(key)
        if (record.occurred_at, record.variant_id) < (other.occurred_at, other.variant_id or 0):
            earliest[key] = record
    return [(record, key in conflicting) for key, record in earliest.items()]


def upsert_exposures(store_id: int, exposures: Sequence[tuple[EventRecord, bool]]) -> set[str]:
    """Store exposures (where one is there already, the earlier of the two wins).

    Returns the visitors whose exposure is new or changed and who have orders already: their outcomes are due.
    """
    if not exposures:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(UPSERT_EXPOSURES, [store_id, encode(exposures), store_id])
        return {visitor_id for visitor_id, has_orders in cursor.fetchall() if has_orders}


def count_rejections(store_id: int, source: str, codes: Sequence[str], at: datetime) -> None:
    """Add to the day's counts of what was refused, by source (such as ``events``) and reason code."""
    if not codes:
        return
    counts = Counter(codes)
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT_REJECTIONS, [store_id, at.date(), source, at, list(counts), [counts[code] for code in counts]]
        )
