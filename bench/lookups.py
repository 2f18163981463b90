"""How fast a visitor's events are found, and what a store has shown lately: ``python -m bench.lookups``.

Events of a hundred stores within one month, ten for each visit, a fifth of the visitors twice. The floor reads the
table whole for the events of a visitor.
"""

import json
import random
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import md5
from typing import TYPE_CHECKING, Any

from bench.database import scratch
from bench.figures import medians

if TYPE_CHECKING:
    from experiments.models import Experiment

STORES = 100
SPAN = timedelta(days=27)  # of a month, which is one part of the table
AT_ONCE = 1_000_000
# Thirty million rows are sorted into each index at once, which takes a tenth of the time of adding them one by one.
MAKE_PART = """
DROP TABLE IF EXISTS {part};
CREATE TABLE {part} (LIKE experiments_widgetevent INCLUDING DEFAULTS INCLUDING CONSTRAINTS) WITH ({options});
ALTER TABLE {part} ADD CONSTRAINT of_month CHECK (month = '{month}');
"""
ATTACH_PART = """
SET maintenance_work_mem = '512MB';
ALTER TABLE experiments_widgetevent ATTACH PARTITION {part} FOR VALUES IN ('{month}');
ALTER TABLE {part} DROP CONSTRAINT of_month;
RESET maintenance_work_mem;
"""
FILL = """
INSERT INTO {part}
    (store_id, event_id, month, type, occurred_at, received_at, visitor_id, experiment_id, variant_id, moment, props)
SELECT (%(stores)s::bigint[])[place],
    (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(number %% 4096), 3, '0')
        || 'a' || substr(md5(number::text), 1, 15))::uuid,
    date_trunc('month', at AT TIME ZONE 'UTC'),
    (ARRAY['exposure', 'impression', 'click', 'decline', 'impression'])[1 + number / 100 %% 5], at, at,
    'v_' || substr(md5((visit %% %(visitors)s)::text), 1, 16), (%(experiments)s::bigint[])[place],
    (%(variants)s::bigint[])[place], 'cart', '{{"target": "accept"}}'
FROM generate_series(%(first)s::bigint, %(first)s::bigint + %(size)s - 1) AS number
-- A hundred visits at a time, each in another store.
CROSS JOIN LATERAL (
    SELECT number / 1000 * 100 + number %% 100 AS visit, 1 + number %% 100 AS place,
        %(begins)s::timestamptz + number * %(pause)s::interval AS at
) AS made
"""
READ_WHOLE = "SELECT count(*) FROM experiments_widgetevent WHERE visitor_id || '' = %s"


def execute(query: str, parameters: object = None) -> None:
    """Run it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, parameters)  # type: ignore[arg-type]


def milliseconds(action: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - start)


class Queries:
    """How many queries there were, and how long the database took for them, in milliseconds."""

    def __init__(self) -> None:
        self.number = 0
        self.milliseconds = 0.0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        """Run one, as a wrapper of Django's."""
        start = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.number += 1
            self.milliseconds += 1000 * (time.perf_counter() - start)


def visitor_of(number: int) -> str:
    """The id of a visitor as ``FILL`` makes it."""
    return f"v_{md5(str(number).encode(), usedforsecurity=False).hexdigest()[:16]}"


def fill(events: int, begins: datetime) -> "list[Experiment]":
    """Make a test in each store, and their events: where no trigger notes them, without indexes at first."""
    from experiments.accounting import partitions
    from tests import factories

    experiments: list[Experiment] = []
    stores, keys, variants = [], [], []
    for _ in range(STORES):
        experiment = factories.make_experiment()
        experiments.append(experiment)
        stores.append(experiment.store_id)
        keys.append(experiment.pk)
        variants.append(experiment.variants.get(key="treatment").pk)
    month = partitions.month_of(begins)
    names = {"part": partitions.part_of(month), "month": month.isoformat(), "options": partitions.VACUUM_OFTEN}
    execute(MAKE_PART.format(**names))
    shared: dict[str, Any] = {
        "stores": stores,
        "experiments": keys,
        "variants": variants,
        "begins": begins,
        "pause": SPAN / events,
        "visitors": visitors_in(events),
    }
    for first in range(0, events, AT_ONCE):
        size = min(AT_ONCE, events - first)
        execute(FILL.format(**names), shared | {"first": first, "size": size})
    execute(ATTACH_PART.format(**names))
    execute("VACUUM (ANALYZE) experiments_widgetevent")
    return experiments


def visitors_in(events: int) -> int:
    """How many visitors there are: a fifth of the visits are second ones."""
    return max(1, events // 10 * 4 // 5)


def measure(experiments: "list[Experiment]", events: int, now: datetime, rounds: int) -> dict[str, float]:
    """Medians in milliseconds, in turns, each time of another visitor and store."""
    from django.db import connection

    from experiments.reading.arrivals import arrivals_of
    from experiments.reading.events import are_of_visitors

    taken: dict[str, list[float]] = {"floor": [], "visitor": [], "arrivals": [], "queries": [], "django": []}
    for _ in range(rounds):
        # Visits go round the stores: the first visit of this number is in the store of its place.
        number = random.randrange(visitors_in(events))  # noqa: S311 -- a sample
        store, visitor_id = experiments[number % STORES].store, visitor_of(number)
        taken["floor"].append(milliseconds(lambda: execute(READ_WHOLE, [visitor_id])))  # noqa: B023 -- called at once
        taken["visitor"].append(milliseconds(lambda: are_of_visitors(store, [visitor_id])))  # noqa: B023
        queries, computed_before = Queries(), time.thread_time()
        with connection.execute_wrapper(queries):
            taken["arrivals"].append(milliseconds(lambda: arrivals_of(store, now)))  # noqa: B023
        taken["queries"].append(queries.milliseconds)
        taken["django"].append(1000 * (time.thread_time() - computed_before))
    return medians(taken)


def main() -> None:
    """Fill, look up, print; the last line is JSON."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=3_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    begins = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with scratch("config.settings"):
        experiments = fill(options.events, begins)
        taken = measure(experiments, options.events, begins + SPAN, options.rounds)
    names = {
        "floor": "the table is read whole",
        "visitor": "a visitor's events are found",
        "arrivals": "arrivals of a store, the setup page",
        "queries": "of that, waiting for its queries",
        "django": "of that, processor time of Django",
    }
    print(f"{options.events:,} events of {STORES} stores")
    for name, text in names.items():
        print(f"{taken[name]:>10,.1f} ms  {taken[name] / taken['floor']:>8.4f} of the floor  {text}")
    print(json.dumps({"benchmark": "lookups", "events": options.events, **taken}))


if __name__ == "__main__":
    main()
