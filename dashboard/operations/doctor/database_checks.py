"""Whether the database is complete, quick to reach, and has room."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from dashboard.operations.doctor.diagnosis import Diagnosis, ok, problem, warning
from experiments.reading import replica

OLDEST_POSTGRESQL = 15
CLOCK_TOLERANCE_S = 2  # more, and exposures lie after the orders that they led to
LONGEST_TRANSACTION = timedelta(minutes=10)  # a longer one keeps vacuum from the tables that change most
FULLEST_CONNECTIONS = 0.8  # a restart has the old processes' connections beside the new ones' for a moment
LEAST_FREE_BYTES = 2 * 1024**3  # room for an index to be built again, and to notice before writes fail
LARGEST_LAG = timedelta(minutes=15)  # beyond, reports don't use the replica


def check_database() -> Iterator[Diagnosis]:
    """Look at the database. Raises ``django.db.Error`` where it doesn't answer."""
    yield from about_version()
    yield from about_migrations()
    yield from about_clock()
    yield from about_indexes()
    yield from about_connections()
    yield from about_transactions()
    yield from about_replica()
    yield from about_disk()


def value_of(query: str) -> float:
    """Return the number that a query gives."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        (value,) = cursor.fetchone()
    return float(value)


def about_version() -> Iterator[Diagnosis]:
    """Say whether the server is new enough."""
    major = connection.cursor().connection.info.server_version // 10_000
    if major < OLDEST_POSTGRESQL:
        fix = f"Upgrade to PostgreSQL {OLDEST_POSTGRESQL} or newer."
        yield problem("PostgreSQL", f"Its version is {major}.", fix)
    else:
        yield ok("PostgreSQL", f"Version {major} answers.")


def about_migrations() -> Iterator[Diagnosis]:
    """Say whether the schema is that of this release."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        text = f"{len(missing)} of this release are missing."
        yield problem("Migrations", text, "Run: manage.py migrate")
    else:
        yield ok("Migrations", "All are applied.")


def about_clock() -> Iterator[Diagnosis]:
    """Say how far the clocks of this machine and of the database are apart."""
    apart = abs(timezone.now().timestamp() - value_of("SELECT extract(epoch FROM clock_timestamp())"))
    if apart > CLOCK_TOLERANCE_S:
        text = f"This machine and the database are {apart:.0f} s apart."
        yield problem("Clocks", text, "Run a time service (chrony, systemd-timesyncd) on both.")
    else:
        yield ok("Clocks", "This machine and the database agree.")


def about_indexes() -> Iterator[Diagnosis]:
    """Name the indexes that an interrupted upgrade has left unusable."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1")
        names = [name for (name,) in cursor.fetchall()]
    if names:
        text = f"{', '.join(names)} can't be used: building it was interrupted."
        yield problem("Indexes", text, f"Run for each: REINDEX INDEX CONCURRENTLY {names[0]}")


def about_connections() -> Iterator[Diagnosis]:
    """Say whether new processes may soon get no connection."""
    used = value_of("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
    limit = value_of("SELECT current_setting('max_connections')")
    if used > FULLEST_CONNECTIONS * limit:
        text = f"{used:.0f} of {limit:.0f} are in use."
        yield warning("Connections", text, "Raise max_connections, or run fewer processes.")


def about_transactions() -> Iterator[Diagnosis]:
    """Say whether somebody keeps a transaction open."""
    oldest_s = value_of(
        "SELECT coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)), 0) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    if oldest_s > LONGEST_TRANSACTION.total_seconds():
        text = f"One has been open for {oldest_s / 60:.0f} minutes: deleted rows keep their room until it ends."
        yield warning("Transactions", text, "Find it in pg_stat_activity (xact_start), and end its program.")


def about_replica() -> Iterator[Diagnosis]:
    """Say whether reports can be read from the replica, where there is one."""
    if not replica.has_replica():
        return
    complete_to = replica.complete_up_to()
    fix = "Look at its log; until then the database itself computes the reports."
    if complete_to is None:
        yield warning("Replica", "It doesn't answer.", fix)
    elif timezone.now() - complete_to > LARGEST_LAG:
        yield warning("Replica", f"It ends at {complete_to:%Y-%m-%d %H:%M} UTC.", fix)
    else:
        yield ok("Replica", "It answers and is up to date.")


def about_disk() -> Iterator[Diagnosis]:
    """Say how much room the data folder has: that of the embedded database, if it is used."""
    folder: Path = settings.DATA_DIR
    # Before the first start the folder isn't there: the disk is that of the nearest one above.
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    text = f"{free / 1024**3:.1f} GB are free in {settings.DATA_DIR}."
    if free < LEAST_FREE_BYTES:
        yield problem("Disk", text, "Free some space: without it the database stops storing orders.")
    else:
        yield ok("Disk", text)
