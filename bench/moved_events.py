"""Events on ClickHouse under kills: none is lost and none is there twice, whatever ends a move half way.

Events of some days are recorded, a tenth of them twice, then moved to two servers while these, workers and PostgreSQL
are killed in turn. Afterwards the same blocks are moved without kills, and inserted without the rest of the work: how
much of the time is the insert's own. ``python -m bench.moved_events``; its options make it shorter.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from operator import attrgetter
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import django

from bench.sending import database_keeper

DAYS = 5
BATCH = 50
SMALL_BLOCK_PAGES = 30  # so that there are many blocks to be killed in
DAY = timedelta(days=1)
PATIENCE_S = 900


def set_up(folder: Path) -> None:
    """Point this process, and those that it starts, at a database and at servers in the folder."""
    from tests.clickhouse_servers import free_port

    hosts = f"127.0.0.1:{free_port()},127.0.0.1:{free_port()}"
    os.environ |= {
        "OFFERLIFT_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ANALYTICS_URL": f"clickhouse://{hosts}/offerlift",
    }
    os.environ.pop("DATABASE_URL", None)
    django.setup()


def servers_in(folder: Path) -> AbstractContextManager[list[Any]]:
    """Start the servers that the settings name, and end them."""
    from django.conf import settings

    from tests.clickhouse_servers import clickhouse_servers

    return clickhouse_servers(folder, [address["port"] for address in settings.ANALYTICS_SHARDS])


def patiently(step: Callable[[], Any]) -> Any:
    """Do a step again until the database takes it, as senders do that are answered 503."""
    from django.db import Error, connection

    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return step()
        except Error:
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def kill_postgres(folder: Path) -> None:
    """SIGKILL the server of the folder."""
    os.kill(int((folder / "postgres" / "postmaster.pid").read_text().split("\n")[0]), 9)


def record(store_id: int, variant: Any, count: int, *, kill: Callable[[], None]) -> set[UUID]:
    """Record events of days before now, a tenth of them twice, and return the ids that were acknowledged."""
    from experiments.accounting.ingestion import EventRecord, record_events

    acknowledged: set[UUID] = set()
    begin = datetime.now(UTC) - (DAYS + 6) * DAY
    for number in range(0, count, BATCH):
        if number == count // 2 // BATCH * BATCH:
            kill()
        at = begin + DAYS * DAY * (number / count)
        records = []
        for offset in range(BATCH):
            visitor = f"v_{(number + offset) // 4:022x}"
            props = {"target": "accept", "offerlift": {"about": {"device": "phone", "country": "DE"}}}
            kind = ("exposure", "impression", "click", "decline")[offset % 4]
            records.append(
                EventRecord(uuid4(), kind, at, visitor, variant.experiment_id, variant.pk, moment="cart", props=props)
            )
        patiently(lambda: record_events(store_id, records, received_at=at))  # noqa: B023
        acknowledged.update(map(attrgetter("event_id"), records))
        again = random.sample(records, BATCH // 10)
        new = patiently(lambda: record_events(store_id, again, received_at=at + timedelta(hours=20)))  # noqa: B023
        if new:
            raise RuntimeError("A replay was taken for new.")
    return acknowledged


def work() -> None:
    """Count and move events as the worker does, until killed: nothing goes that offers' counts don't have."""
    from checkout_widgets import moving_events
    from checkout_widgets.offer_days import refresh
    from experiments.event_store import moving

    moving.BLOCK_PAGES = SMALL_BLOCK_PAGES
    while True:
        patiently(lambda: refresh.refresh_all(datetime.now(UTC)))
        patiently(lambda: moving_events.move_for_a_while(datetime.now(UTC)))
        time.sleep(0.2)


def start_worker() -> "subprocess.Popen[bytes]":
    """Start a worker of its own."""
    return subprocess.Popen([sys.executable, "-m", "bench.moved_events", "--work"])


def move_under_kills(folder: Path, servers: list[Any], kills: int, database_kills: int) -> dict[str, int]:
    """Kill in turn while a worker moves events, then let it end; return how often each was killed."""
    planned = list(islice(cycle(["shard", "worker"]), 2 * kills)) + ["PostgreSQL"] * database_kills
    random.shuffle(planned)
    worker = start_worker()
    try:
        for kind in planned:
            time.sleep(random.uniform(0.1, 1.5))  # noqa: S311
            if kind == "shard":
                server = random.choice(servers)  # noqa: S311
                server.kill()
                server.start()
            elif kind == "PostgreSQL":
                kill_postgres(folder)
            else:
                time.sleep(random.uniform(2, 4))  # noqa: S311 -- until it has begun
                worker.kill()
                worker.wait()
                worker = start_worker()
        wait_until_moved()
    finally:
        worker.kill()
        worker.wait()
    return {"shard": kills, "worker": kills, "PostgreSQL": database_kills}


def wait_until_moved() -> None:
    """Return when PostgreSQL has no event any more."""
    from experiments.models import WidgetEvent

    deadline = time.monotonic() + PATIENCE_S
    while patiently(WidgetEvent.objects.exists):
        if time.monotonic() > deadline:
            raise RuntimeError("The events aren't moved.")
        time.sleep(0.5)


def compare_with_bare_insert() -> dict[str, float]:
    """Bring the events back, move them again without kills, and insert the same blocks once more and nothing else."""
    from experiments.event_store import moving

    for _ in moving.bring_back():
        pass
    blocks: list[list[tuple[Any, ...]]] = []
    insert = moving.insert

    def keep_and_insert(rows: list[tuple[Any, ...]]) -> None:
        blocks.append(rows)
        insert(rows)

    moving.insert = keep_and_insert
    now = datetime.now(UTC)
    start = time.perf_counter()
    for _ in moving.move(now, counted_until=now - 20 * DAY, are_months_moved=True):
        pass
    moved_s = time.perf_counter() - start
    start = time.perf_counter()
    for rows in blocks:
        insert(rows)
    bare_s = time.perf_counter() - start
    count = sum(map(len, blocks))
    return {"events_per_second": round(count / moved_s), "of_bare_insert": round(bare_s / moved_s, 3)}


def bytes_an_event(servers: list[Any]) -> float:
    """What an event takes on the servers' disks once parts are merged."""
    size = rows = 0
    for server in servers:
        server.execute("OPTIMIZE TABLE offerlift.events FINAL")
        ((found, number),) = server.execute(
            "SELECT sum(bytes_on_disk), sum(rows) FROM system.parts WHERE database = 'offerlift' AND active"
        )
        size, rows = size + found, rows + number
    return round(size / rows, 1)


def run(folder: Path, servers: list[Any], options: Any) -> dict[str, Any]:
    """Record, move under kills, and compare what is there with what was acknowledged."""
    from django.core.management import call_command

    from experiments.accounting import partitions
    from experiments.event_store.store import event_store
    from tests import factories

    call_command("migrate", verbosity=0)
    store = factories.make_store(retention_days=700)
    variant = factories.make_experiment(store).variants.get(key="treatment")
    for number in range(DAYS + 1):
        partitions.make_ahead(datetime.now(UTC) - (DAYS + 6 - number) * DAY)
    kill_first = (lambda: kill_postgres(folder)) if options.database_kills else (lambda: None)
    acknowledged = record(store.pk, variant, options.events, kill=kill_first)
    killed = move_under_kills(folder, servers, options.kills, max(0, options.database_kills - 1))
    # Patiently: PostgreSQL may still start again after the last kill.
    stored = patiently(lambda: list(map(attrgetter("event_id"), event_store().rows(store))))
    return {
        "benchmark": "moved_events",
        "acknowledged": len(acknowledged),
        "lost": len(acknowledged.difference(stored)),
        "doubled": len(stored) - len(set(stored)),
        "unknown": len(set(stored).difference(acknowledged)),
        "killed": killed,
        "bytes_an_event": bytes_an_event(servers),
        **compare_with_bare_insert(),
    }


def main() -> None:
    """Print what was found, as JSON; end with 1 where anything is lost or doubled."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=500_000)
    parser.add_argument("--kills", type=int, default=20, help="of servers, and as many of workers")
    parser.add_argument("--database-kills", type=int, default=2)
    parser.add_argument("--work", action="store_true", help="be a worker")
    options = parser.parse_args()
    if options.work:
        django.setup()
        work()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        set_up(folder)
        with servers_in(folder) as servers, database_keeper():
            result = run(folder, servers, options)
        print(json.dumps(result))
        if result["lost"] or result["doubled"] or result["unknown"]:
            sys.exit(1)


if __name__ == "__main__":
    main()
