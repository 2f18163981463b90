"""How much write-ahead log an event and an outcome cost just after a checkpoint: ``python -m bench.wal``.

PostgreSQL writes each page whole that is changed for the first time after a checkpoint, so that rows cost little where
they share pages, and up to 8 kB where each has one of its own. Batches of 20 events are stored as the edge stores them,
into a table that holds millions; outcomes are computed for one order after the other, of visitors exposed in the last
day. The floors write the same rows into copies of the tables that have no index, in as many transactions.
"""

import json
import secrets
import statistics
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from bench.database import scratch
from experiments.time_ordered_ids import new_uuid, new_visitor_id

if TYPE_CHECKING:
    from experiments.accounting.ingestion import EventRecord
    from experiments.models import Experiment, Store

BATCH = 20
KINDS = ("impression", "click", "decline", "accept_failed")
# One month, as events are in parts by month; the rest of it is left for what is measured.
SPAN = timedelta(days=27)
AT_ONCE = 200_000  # one statement of all would be one transaction of an hour, without a sign of life
# Ten events of each visitor, who is exposed in every test. Every other visitor's ids are random, and those of their
# events: else new random ids would all come to a part of the indexes that has few pages yet.
FILL = """
WITH made AS MATERIALIZED (
    SELECT number, at, lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') AS ms,
        'v_' || CASE number / 10 %% 2 WHEN 0 THEN substr(md5((number / 10)::text), 1, 16)
            ELSE lpad(to_hex((extract(epoch FROM came_at) * 1000)::bigint), 12, '0') || '7'
                || substr(md5((number / 10)::text), 1, 19) END AS visitor_id
    FROM generate_series(%(first)s::bigint, %(first)s::bigint + %(size)s - 1) AS number
    CROSS JOIN LATERAL (
        SELECT %(begins)s::timestamptz + number * %(pause)s::interval AS at,
            %(begins)s::timestamptz + number / 10 * 10 * %(pause)s::interval AS came_at
    ) AS moment
),
exposed AS (
    INSERT INTO experiments_exposure (experiment_id, visitor_id, store_id, variant_id, exposed_at, cart_value_minor,
        device, country, customer_type, segments, is_conflicting, orders, revenue_minor, refunded_minor, items,
        upsell_minor, has_converted, has_accepted)
    SELECT experiment_id, visitor_id, %(store_id)s, variant_id, at, 5000, 'phone', 'DE', 'new', '{}', false, 0, 0, 0, 0,
        0, false, false
    FROM made CROSS JOIN unnest(%(experiments)s::bigint[], %(variants)s::bigint[]) AS test (experiment_id, variant_id)
    WHERE number %% 10 = 0
)
INSERT INTO experiments_widgetevent
    (store_id, event_id, month, type, occurred_at, received_at, visitor_id, experiment_id, variant_id, moment, props)
SELECT %(store_id)s,
    (CASE number / 10 %% 2 WHEN 0 THEN md5(number::text)
        ELSE ms || '7' || lpad(to_hex(number %% 4096), 3, '0') || 'a' || substr(md5(number::text), 1, 15) END)::uuid,
    date_trunc('month', at AT TIME ZONE 'UTC'),
    (ARRAY['exposure', 'impression', 'click', 'decline', 'impression'])[1 + number %% 5], at, at, visitor_id,
    (%(experiments)s::bigint[])[1 + number %% 2], (%(variants)s::bigint[])[1 + number %% 2], 'cart',
    '{"target": "accept"}'
FROM made
"""
# An order of each of some visitors who were exposed lately, ten minutes later.
BUY = """
WITH placed AS (
    INSERT INTO experiments_order (store_id, external_id, source, visitor_id, customer_id, status, placed_at,
        updated_at, received_at, currency, subtotal_minor, discount_minor, tax_minor, shipping_minor, total_minor)
    SELECT store_id, visitor_id, 'api', visitor_id, '', 'paid', at, at, at, 'EUR', 4900, 0, 0, 0, 4900
    FROM (
        SELECT store_id, visitor_id, exposed_at + interval '10 minutes' AS at FROM experiments_exposure
        WHERE experiment_id = %(experiment_id)s AND exposed_at >= %(since)s AND orders = 0
        ORDER BY hashtext(visitor_id) LIMIT %(number)s
    ) AS buyer
    RETURNING id, visitor_id, placed_at
),
lines AS (
    INSERT INTO experiments_orderline
        (order_id, position, sku, quantity, price_minor, discount_minor, cost_minor, is_upsell, experiment_key)
    SELECT id, 0, 'tea', 1, 4900, 0, 2000, false, '' FROM placed
)
SELECT visitor_id FROM placed ORDER BY placed_at
"""
FLOORS = """
CREATE TABLE floor_event (LIKE experiments_widgetevent INCLUDING DEFAULTS);
CREATE TABLE floor_exposure (LIKE experiments_exposure INCLUDING DEFAULTS) WITH (fillfactor = 90);
INSERT INTO floor_exposure SELECT * FROM experiments_exposure ORDER BY exposed_at;
"""
FLOOR_EVENTS = (
    "INSERT INTO floor_event SELECT * FROM experiments_widgetevent WHERE store_id = %s AND event_id = ANY(%s)"
)
FLOOR_PLACES = "SELECT ctid::text FROM floor_exposure WHERE visitor_id = ANY(%s) ORDER BY exposed_at"
FLOOR_OUTCOME = """
UPDATE floor_exposure SET orders = 1, revenue_minor = 4900, items = 1, margin_minor = 2900, has_converted = true
WHERE ctid = %s::tid
"""
# What autovacuum writes would be counted with what is measured.
WITHOUT_AUTOVACUUM = """
SELECT format('ALTER TABLE %I SET (autovacuum_enabled = off)', relname) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
FORWARD_STATISTICS = "SELECT pg_stat_force_next_flush()"
UPDATES = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'experiments_exposure'"


def random_uuid(ms: int) -> UUID:
    """Make an event's id as senders do who know nothing of time order."""
    return uuid4()


def random_visitor_id(ms: int) -> str:
    """Make a visitor's id as it was before ids were in time order."""
    return f"v_{secrets.token_hex(8)}"


@dataclass
class EventSender:
    """Makes batches of events, each of a visitor who comes for the first time, a moment after the batch before."""

    experiments: Sequence["Experiment"]
    now: datetime
    new_event_id: Callable[[int], UUID] = new_uuid
    new_visitor_id: Callable[[int], str] = new_visitor_id
    exposures: int = 2
    variants: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for experiment in self.experiments:
            self.variants[experiment.pk] = experiment.variants.first().pk  # type: ignore[union-attr]

    def batch(self) -> "list[EventRecord]":
        """Twenty events of three seconds: an exposure to each test first, where there are exposures."""
        self.now += timedelta(milliseconds=80)
        began = self.now - timedelta(seconds=3)
        visitor_id = self.new_visitor_id(milliseconds(began))
        return [self.event(visitor_id, number, began) for number in range(BATCH)]

    def event(self, visitor_id: str, number: int, began: datetime) -> "EventRecord":
        """One of them."""
        from experiments.accounting.ingestion import EventRecord

        at = began + timedelta(milliseconds=150 * number)
        experiment_id = self.experiments[number % len(self.experiments)].pk
        kind = KINDS[number % len(KINDS)]
        if number < self.exposures:
            kind = "exposure"
        return EventRecord(
            event_id=self.new_event_id(milliseconds(at)),
            type=kind,
            occurred_at=at,
            visitor_id=visitor_id,
            experiment_id=experiment_id,
            variant_id=self.variants[experiment_id],
            moment="cart",
            props={"target": "accept"},
            cart_value_minor=5000,
            device="phone",
            country="DE",
            customer_type="new",
        )


def milliseconds(at: datetime) -> int:
    """Since 1970."""
    return round(at.timestamp() * 1000)


@dataclass
class World:
    """A store with two tests, and how far its time has come."""

    store: "Store"
    experiments: "list[Experiment]"
    now: datetime

    def send(self, batches: int, **options: Any) -> tuple[float, float]:
        """Store batches of events, then copy the same rows bare; return the bytes an event of both."""
        from experiments.accounting.ingestion import record_events

        sender = EventSender(self.experiments, self.now, **options)
        sent = []
        for _ in range(batches):
            sent.append(sender.batch())
        self.now = sender.now

        def record() -> None:
            for records in sent:
                record_events(self.store.pk, records, received_at=records[-1].occurred_at)

        def copy() -> None:
            for records in sent:
                execute(FLOOR_EVENTS, [self.store.pk, list(map(attrgetter("event_id"), records))])

        return written_by(record) / batches / BATCH, written_by(copy) / batches / BATCH

    def buy(self, number: int) -> tuple[float, float]:
        """Compute the outcomes of visitors who bought; return the bytes of log an exposure that changed, of both."""
        from django.db import transaction

        from experiments.accounting import outcomes
        from experiments.accounting.outcomes import LockSubject

        asked = {"experiment_id": self.experiments[0].pk, "since": self.now - timedelta(days=1), "number": number}
        visitors = first_column(execute(BUY, asked))
        # Rows that are read for the first time are marked as committed, and orders are so by who stored them.
        execute("VACUUM experiments_order, experiments_orderline")
        places = first_column(execute(FLOOR_PLACES, [visitors]))
        changed = 0

        def recompute() -> None:
            nonlocal changed
            for visitor_id in visitors:
                with transaction.atomic():
                    outcomes.lock(LockSubject.VISITOR, self.store.pk, [visitor_id])
                    changed += outcomes.recompute(self.store.pk, [visitor_id])

        def copy() -> None:
            for place in places:
                execute(FLOOR_OUTCOME, [place])

        written = written_by(recompute)
        return written / changed, written_by(copy) / len(places)


def execute(query: str, parameters: object = None) -> list[tuple[Any, ...]]:
    """Run it and return its rows, if it has any."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, parameters)  # type: ignore[arg-type]
        rows: list[tuple[Any, ...]] = []
        if cursor.description is not None:
            rows = cursor.fetchall()
        return rows


def first_column(rows: list[tuple[Any, ...]]) -> list[Any]:
    """Return what is first in each row."""
    return list(map(itemgetter(0), rows))


def written_by(work: Callable[[], None]) -> int:
    """Run it just after a checkpoint, and return how many bytes of log it wrote."""
    execute("CHECKPOINT")
    ((before,),) = execute("SELECT pg_current_wal_insert_lsn()")
    work()
    ((written,),) = execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), %s)", [before])
    return int(written)


def updates() -> tuple[int, int]:
    """Exposures updated so far, and how many of these on their page without a change to an index."""
    execute(FORWARD_STATISTICS)
    ((updated, hot),) = execute(UPDATES)
    return updated, hot


def fill(events: int) -> World:
    """Make a store and its month of events."""
    from tests import factories

    store = factories.make_store()
    experiments = [factories.make_experiment(store), factories.make_experiment(store, moment="exit_intent")]
    begins = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    asked = {
        "store_id": store.pk,
        "experiments": [experiment.pk for experiment in experiments],
        "variants": [experiment.variants.first().pk for experiment in experiments],  # type: ignore[union-attr]
        "begins": begins,
        "pause": SPAN / events,
    }
    for first in range(0, events, AT_ONCE):
        execute(FILL, asked | {"first": first, "size": min(AT_ONCE, events - first)})
    return World(store, experiments, begins + SPAN)


def main() -> None:
    """Fill, write after checkpoints, and print the medians."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--batches", type=int, default=250, help="per round")
    parser.add_argument("--orders", type=int, default=500, help="per round")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with scratch("config.settings"):
        world = fill(options.events)
        execute(FLOORS)
        for (statement,) in execute(WITHOUT_AUTOVACUUM):
            execute(statement)
        execute("VACUUM (ANALYZE)")
        before = updates()
        measured = measure_all(world, rounds=options.rounds, batches=options.batches, orders=options.orders)
        after = updates()
        ((compression,),) = execute("SHOW wal_compression")
    report(options.events, measured, (after[1] - before[1]) / (after[0] - before[0]), compression)


def measure_all(world: World, *, rounds: int, batches: int, orders: int) -> dict[str, list[tuple[float, float]]]:
    """Write each kind of thing in turns; return the bytes of each round and of its floor, by kind."""
    kinds: dict[str, Callable[[], tuple[float, float]]] = {
        "an event": lambda: world.send(batches, exposures=0),
        "an event, two exposures in a batch": lambda: world.send(batches),
        "the same, visitors with random ids": lambda: world.send(batches, new_visitor_id=random_visitor_id),
        "an event with a random id": lambda: world.send(batches, exposures=0, new_event_id=random_uuid),
        "a changed outcome": lambda: world.buy(orders),
    }
    measured: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for _ in range(rounds):
        for name, measure in kinds.items():
            measured[name].append(measure())
    return measured


def report(events: int, measured: dict[str, list[tuple[float, float]]], hot: float, compression: str) -> None:
    """Print the medians and their ratios to the floors: for people, then as JSON.

    ``compression`` is of whole pages in the log; floors are written with it as well.
    """
    print(f"Bytes of write-ahead log just after a checkpoint, {events:,} events stored, compression: {compression}")
    result: dict[str, object] = {
        "benchmark": "wal",
        "events": events,
        "hot": round(hot, 3),
        "compression": compression,
    }
    for name, pairs in measured.items():
        written, floor = map(statistics.median, zip(*pairs, strict=True))
        print(f"{written:>8,.0f}  {written / floor:>6.2f} of the floor ({floor:,.0f})  {name}")
        result[name] = {"bytes": round(written), "floor": round(floor), "ratio": round(written / floor, 2)}
    print(f"{hot:.0%} of the updates of exposures stayed on their page (HOT)")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
