"""``migrate``: Django's, which waits for no lock for long, and goes on where it was interrupted."""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation
from psycopg.errors import DeadlockDetected, LockNotAvailable

from config.database_trouble import drivers_error
from experiments.big_tables.indexes import AddIndexToPartitions
from experiments.big_tables.locks import LOCK_TIMEOUT
from experiments.big_tables.progress import listened_to_by

ATTEMPTS = 360  # with the pauses half an hour: as long as an export or a backup of a large store may take
PAUSE_S = 5.0


class Command(migrate.Command):
    """A migration that finds a table locked is soon rolled back, and tried again: writers wait no longer."""

    database = ""

    def handle(self, *args: Any, **options: Any) -> None:
        self.database = options["database"]
        try:
            with listened_to_by(self.tell):
                self.migrate_patiently(*args, **options)
        finally:
            self.wait_for_locks("0")

    def migrate_patiently(self, *args: Any, **options: Any) -> None:
        """Apply the migrations, and again those that couldn't get their locks."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                super().handle(*args, **options)
            except OperationalError as error:
                if not isinstance(drivers_error(error), LockNotAvailable | DeadlockDetected) or attempt == ATTEMPTS:
                    raise
                self.tell(
                    f"another transaction has locked the table for more than {LOCK_TIMEOUT}; "
                    f"trying again in {PAUSE_S:.0f} s ({attempt} of {ATTEMPTS})"
                )
                time.sleep(PAUSE_S)
            else:
                return

    def tell(self, text: str) -> None:
        """Say how far a migration is, below its name."""
        if self.verbosity >= 1:
            self.stdout.write(f"\n    {text}", ending="")
            self.stdout.flush()

    def migration_progress_callback(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:
        """Say what is applied, and prepare the session for it."""
        super().migration_progress_callback(action, migration, fake)
        if action == "apply_start" and migration is not None and not fake:
            self.prepare(migration)

    def prepare(self, migration: Migration) -> None:
        """Bound how long its locks are waited for, and remove what an interrupted run of it left."""
        if migration.atomic:
            self.wait_for_locks(LOCK_TIMEOUT)
            return
        # An index that is made concurrently waits for all older transactions, and holds up nobody meanwhile.
        self.wait_for_locks("0")
        connection = connections[self.database]
        with connection.cursor() as cursor:
            for name in made_concurrently(migration.operations):
                # A finished one as well: Django would say that it is there already.
                cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {connection.ops.quote_name(name)}")

    def wait_for_locks(self, timeout: str) -> None:
        """Set how long this session waits for a lock; ``0`` is for ever."""
        connection = connections[self.database]
        if connection.connection is None and timeout == "0":
            return
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{timeout}'")


def made_concurrently(operations: Iterable[Operation]) -> Iterator[str]:
    """Yield the names of the indexes that the operations make concurrently, but those that can go on by themselves."""
    for operation in operations:
        if isinstance(operation, AddIndexConcurrently) and not isinstance(operation, AddIndexToPartitions):
            yield operation.index.name
        yield from made_concurrently(getattr(operation, "database_operations", ()))
