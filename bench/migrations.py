"""What each migration since the release before takes on big tables, and how long it holds up a writer.

``python -m bench.migrations --exposures 1000000``: the database that the release before made (``tests/upgrade``), with
so many exposures, three times as many events, and a tenth as many orders with two lines each. While the migrations run,
another process goes on inserting an exposure, an event, and an order, one after the other. The floor is the longest
time that such an insert takes while no migration runs.
"""

import gzip
import json
import multiprocessing
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from rich.console import Console
from rich.table import Table

from bench.database import scratch

DUMP = Path(__file__).parent.parent / "tests/upgrade/before.sql.gz"
QUIET_S = 10.0  # the second half of it is the floor: the writer has begun by then

# What is different in each copy of a table's first row; ``n`` counts the copies.
EXPOSURES = {"visitor_id": "'bench-' || n", "exposed_at": "exposed_at + n * interval '1 second'"}
EVENTS = {
    "event_id": "gen_random_uuid()",
    "visitor_id": "'bench-' || n / 3",
    "received_at": "received_at + (n %% 1000) * interval '1 second'",
}
ORDERS = {"id": "1000000000 + n", "external_id": "'bench-' || n", "visitor_id": "'bench-' || n * 10"}
LINES = {"id": "1000000000 + n", "order_id": "1000000000 + (n + 1) / 2", "position": "100 + n %% 2"}
COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
# The strongest lock that the migration holds on each table, of those that someone who writes would notice.
LOCKS = """
SELECT DISTINCT relation::regclass::text, mode FROM pg_locks
WHERE pid = %s AND granted AND locktype = 'relation' AND mode IN ('ShareLock', 'ShareRowExclusiveLock',
    'ExclusiveLock', 'AccessExclusiveLock') AND relation::regclass::text ~ '^(experiments|checkout_widgets)_'
"""


@dataclass
class Step:
    """A migration: its seconds, the longest that an insert took meanwhile, and the locks that were seen."""

    name: str
    begun: float = 0.0
    seconds: float = 0.0
    longest_ms: float = 0.0
    locks: set[str] = field(default_factory=set)


Insert = tuple[float, float]  # when it began and ended, by a clock that all processes share


def write(statements: list[str], parameters: dict[str, Any], is_over: Any, inserts: Any) -> None:
    """Insert rows one after the other until it is over, and say when each began and ended, and which failed."""
    number = 0
    done, failed = [], []
    with psycopg.connect(**parameters, autocommit=True) as session:
        while not is_over.wait(0.005):
            for statement in statements:
                number += 1
                begun = time.perf_counter()
                try:
                    session.execute(statement, {"first": 2_000_000_000 + number, "last": 2_000_000_000 + number})
                except psycopg.OperationalError as error:
                    failed.append(str(error))
                done.append((begun, time.perf_counter()))
    inserts.put((done, failed))


def longest_ms(inserts: list[Insert], begun: float, ended: float) -> float:
    """How long the slowest insert took that was under way in this time."""
    longest = 0.0
    for before, after in inserts:
        if before < ended and after > begun:
            longest = max(longest, after - before)
    return longest * 1000


def copies(cursor: Any, table: str, changes: dict[str, str]) -> str:
    """Write SQL that inserts copies ``first`` to ``last`` of the table's first row."""
    cursor.execute(COLUMNS, [table])
    values = []
    names = []
    for (name,) in cursor.fetchall():
        names.append(f'"{name}"')
        values.append(changes.get(name, f'"{name}"'))
    return (
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM (SELECT * FROM {table} LIMIT 1) AS "  # noqa: S608
        "template, generate_series(%(first)s::bigint, %(last)s::bigint) AS n"
    )


def fill(exposures: int) -> list[str]:
    """Make the rows, and return what inserts one more of each."""
    from django.db import connection

    tables = [
        ("experiments_exposure", EXPOSURES, exposures),
        ("experiments_widgetevent", EVENTS, 3 * exposures),
        ("experiments_order", ORDERS, exposures // 10),
        ("experiments_orderline", LINES, exposures // 5),
    ]
    statements = []
    with connection.cursor() as cursor:
        for table, changes, number in tables:
            statements.append(copies(cursor, table, changes))
            cursor.execute(statements[-1], {"first": 1, "last": number})
            cursor.execute(f"VACUUM ANALYZE {table}")
    return statements[:3]


@contextmanager
def old_database() -> Iterator[None]:
    """Put the database of the release before into the scratch database."""
    from django.db import connection

    with scratch(settings="config.settings"):
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            cursor.execute(gzip.decompress(DUMP.read_bytes()).decode())
        connection.close()  # a dump leaves it without a search path
        yield


def migrate(parameters: dict[str, Any]) -> list[Step]:
    """Apply all migrations, and return what each took."""
    from django.db import connection

    from experiments.management.commands.migrate import Command

    steps: list[Step] = []
    is_over = threading.Event()

    class Timed(Command):
        def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
            super().migration_progress_callback(action, migration, fake)
            if action == "apply_start":
                steps.append(Step(str(migration), begun=time.perf_counter()))
            if action == "apply_success":
                steps[-1].seconds = time.perf_counter() - steps[-1].begun

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    watcher = threading.Thread(target=watch_locks, args=(pid, steps, parameters, is_over))
    watcher.start()
    Timed(stdout=StringIO()).run_from_argv(["manage.py", "migrate", "--verbosity", "1"])
    is_over.set()
    watcher.join()
    return steps


def watch_locks(pid: int, steps: list[Step], parameters: dict[str, Any], is_over: threading.Event) -> None:
    """Look 200 times a second which locks the migration holds."""
    with psycopg.connect(**parameters, autocommit=True) as session:
        while not is_over.wait(0.005):
            for table, mode in session.execute(LOCKS, [pid]).fetchall():
                if steps:
                    steps[-1].locks.add(f"{table} {mode.removesuffix('Lock')}")


def main() -> None:
    """Make the tables, migrate, and print what it took."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--exposures", type=int, default=1_000_000)
    exposures = parser.parse_args().exposures
    console = Console()
    with old_database():
        from django.db import connection

        begun = time.perf_counter()
        statements = fill(exposures)
        console.print(f"{exposures:,} exposures and the rest made in {time.perf_counter() - begun:.0f} s")
        run = migrate_beside_a_writer(statements, sessions_like(connection.get_connection_params()))
    show(console, run.steps, run.floor_ms)
    console.print(f"{len(run.failed)} of {run.inserts} inserts failed: {set(run.failed)}")
    result = {"exposures": exposures, "floor_ms": run.floor_ms, "inserts": run.inserts, "failed": len(run.failed)}
    print(json.dumps(result | {"steps": list(map(as_json, run.steps))}))


def sessions_like(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what another process needs to connect to the same database."""
    return {name: given[name] for name in ("host", "user", "password", "dbname") if name in given}


class MigrationRun(NamedTuple):
    """Migrations beside a writer: its number of ``inserts``, the errors of those that ``failed``, and the slowest one
    while nothing was migrated."""

    steps: list[Step]
    inserts: int
    failed: list[str]
    floor_ms: float


def migrate_beside_a_writer(statements: list[str], parameters: dict[str, Any]) -> MigrationRun:
    """Migrate while another process inserts rows; each step has its slowest insert then."""
    # A process of its own: a thread would also wait for Python, which migrations keep busy.
    processes = multiprocessing.get_context("spawn")
    is_over, results = processes.Event(), processes.Queue()
    writer = processes.Process(target=write, args=(statements, parameters, is_over, results))
    writer.start()
    time.sleep(QUIET_S)
    quiet_from, quiet_to = time.perf_counter() - QUIET_S / 2, time.perf_counter()
    steps = migrate(parameters)
    is_over.set()
    inserts, failed = results.get()
    writer.join()
    for step in steps:
        step.longest_ms = longest_ms(inserts, step.begun, step.begun + step.seconds)
    return MigrationRun(steps, len(inserts), failed, longest_ms(inserts, quiet_from, quiet_to))


def show(console: Console, steps: list[Step], floor_ms: float) -> None:
    """Print a row for each migration."""
    table = Table("migration", "seconds", "longest insert, ms", "locks seen")
    table.add_row("none: the floor", "", f"{floor_ms:.0f}", "")
    for step in steps:
        table.add_row(step.name, f"{step.seconds:.2f}", f"{step.longest_ms:.0f}", ", ".join(sorted(step.locks)))
    console.print(table)


def as_json(step: Step) -> dict[str, Any]:
    return {"name": step.name, "seconds": step.seconds, "longest_ms": step.longest_ms, "locks": sorted(step.locks)}


if __name__ == "__main__":
    main()
