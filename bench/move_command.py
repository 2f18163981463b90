"""``manage.py move_events`` with millions of events, killed again and again: ``python -m bench.move_command``.

A month of events is filled by one statement, moved to two ClickHouse servers by the command, and brought back by it.
The command is killed with SIGKILL after random times, in both directions, and started again. Count and checksum of all
events are compared at the beginning, on ClickHouse, and at the end. The last line is one JSON object; it ends with 1
where they differ.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.moved_events import servers_in, set_up

# Into the month's part itself: the trigger that counts new events would take most of the time.
FILL = """
INSERT INTO {part} (store_id, event_id, month, type, occurred_at, received_at, visitor_id, experiment_id, variant_id,
    moment, props)
SELECT %(store)s, gen_random_uuid(), %(month)s, (ARRAY['exposure', 'impression', 'click', 'decline'])[1 + number %% 4],
    at, at, 'v_' || lpad(to_hex(number / 4), 22, '0'), %(experiment)s, %(variant)s, 'cart',
    '{{"target": "accept", "offerlift": {{"about": {{"device": "phone", "country": "DE"}}}}}}'
FROM generate_series(0, %(count)s - 1) AS number
CROSS JOIN LATERAL (
    SELECT %(month)s::date::timestamptz + number * (interval '27 days' / %(count)s)
) AS received (at)
"""


def last_month_but_one() -> datetime:
    """Return the first instant of a month in which nothing is received or counted again any more."""
    now = datetime.now(UTC)
    return (now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) - timedelta(days=40)).replace(day=1)


def fill(store: Any, variant: Any, count: int) -> None:
    """Store so many events of one month."""
    from django.db import connection

    from experiments.accounting import partitions

    month = partitions.month_of(last_month_but_one())
    if month not in partitions.months():
        partitions.make(month)
    with connection.cursor() as cursor:
        cursor.execute(
            FILL.format(part=partitions.part_of(month)),
            {
                "store": store.pk,
                "experiment": variant.experiment_id,
                "variant": variant.pk,
                "month": month,
                "count": count,
            },
        )
        cursor.execute("ANALYZE experiments_widgetevent")


def run_killed(to: str, kills: int, longest_s: float) -> float:
    """Run the command in one direction, killed so many times before it may end; return how long it ran in all."""
    command = [sys.executable, "manage.py", "move_events", "--to", to]
    start = time.perf_counter()
    for _ in range(kills):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            process.wait(timeout=random.uniform(2, longest_s))  # noqa: S311
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        else:
            raise RuntimeError("The command ended before it could be killed: take more events or a shorter time.")
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def sums_of_postgres() -> tuple[int, int]:
    """Return the count and checksum of all events that PostgreSQL has."""
    from experiments.event_store.moving import sums_in_postgres

    sums = sums_in_postgres("experiments_widgetevent")
    return sums.rows, sums.checksum


def sums_of_clickhouse() -> tuple[int, int]:
    """Return those of all events that ClickHouse alone has."""
    from experiments.event_store.moving import sums_in_clickhouse
    from experiments.models import EventBatch

    rows = checksum = 0
    for batch in EventBatch.objects.filter(state=EventBatch.BatchState.MOVED):
        sums = sums_in_clickhouse(batch)
        rows, checksum = rows + sums.rows, checksum + sums.checksum
    return rows, checksum


def run(options: Any) -> dict[str, Any]:
    """Fill, move, bring back, and compare."""
    from django.core.management import call_command

    from checkout_widgets.offer_days import refresh
    from tests import factories

    call_command("migrate", verbosity=0)
    store = factories.make_store(retention_days=700)
    variant = factories.make_experiment(store).variants.get(key="treatment")
    fill(store, variant, options.events)
    refresh.refresh_all(datetime.now(UTC))  # nothing goes that offers' counts don't have
    before = sums_of_postgres()
    moved_s = run_killed("clickhouse", options.kills, options.longest_s)
    left, moved = sums_of_postgres(), sums_of_clickhouse()
    back_s = run_killed("postgres", options.kills, options.longest_s)
    after = sums_of_postgres()
    return {
        "benchmark": "move_command",
        "events": before[0],
        "left_behind": left[0],
        "is_equal_on_clickhouse": moved == before,
        "is_equal_at_the_end": after == before,
        "kills": 2 * options.kills,
        "moved_s": round(moved_s),
        "brought_back_s": round(back_s),
        "load_average": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    """Print what was found."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--kills", type=int, default=5, help="in each direction")
    parser.add_argument("--longest-s", type=float, default=40, help="that the command runs before it is killed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        set_up(folder)
        with servers_in(folder):
            result = run(options)
    print(json.dumps(result))
    is_met = result["is_equal_on_clickhouse"] and result["is_equal_at_the_end"] and not result["left_behind"]
    if not is_met:
        sys.exit(1)


if __name__ == "__main__":
    main()
