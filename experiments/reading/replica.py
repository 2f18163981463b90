"""Reads that may be late: from a replica where ``REPORTS_DATABASE_URL`` names one, with the primary to fall back on.

What pages, exports and the API show goes through ``read_late``. All other code reads the primary: whatever acts on what
it reads (guardrails, looks, launches, steps of a test's life, sums, erasure) would be misled by figures that are late.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, Error, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.utils import timezone
from psycopg import Copy
from psycopg.errors import QueryCanceled

from config.database_trouble import drivers_error, in_one_line

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

REPLICA = "reports"  # its alias among settings.DATABASES
# Further behind, it is as good as away: pages would contradict what their reader just did, and stored reports.
MOST_BEHIND = timedelta(minutes=15)
# Found away, it isn't asked again for so long: each attempt may wait three seconds for a host that doesn't answer.
AWAY_SECONDS = 30.0

# How far the primary's log is written: a replica that has replayed it has everything that is committed. While somebody
# has made the product run on a replica alone, that is its primary.
WRITTEN = """
SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END
"""
# The replica's log is compared, not its clock alone: while nothing is written its last commit may be hours old, and
# nothing is missing. What isn't in recovery is no replica, and has no log to wait for.
REPLAYED = """
SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= %s::pg_lsn, pg_last_xact_replay_timestamp()
"""

# Up to when the replica has the primary's commits, while something is read from it; None: from the primary.
late_since: ContextVar[datetime | None] = ContextVar("late_since", default=None)


class Outage:
    """When the replica was found away: of this process, since each has connections of its own."""

    def __init__(self) -> None:
        self.ends_at = 0.0

    def begin(self) -> None:
        """Leave the replica alone for a while."""
        self.ends_at = time.monotonic() + AWAY_SECONDS

    def end(self) -> None:
        """Ask the replica again."""
        self.ends_at = 0.0

    @property
    def is_on(self) -> bool:
        """Whether the replica was found away just now."""
        return time.monotonic() < self.ends_at


outage = Outage()


class ReplicaRouter:
    """Sends Django's reads to where ``read_late`` reads at this moment, and every write to the primary."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        """Return the alias of the database that is read."""
        return alias()

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        """Return the primary, for rows that were read from the replica too."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, *rows: Model, **hints: Any) -> bool:
        """Let rows of both databases be used together: they are the same rows."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Migrate the primary alone, which the replica follows."""
        return db == DEFAULT_DB_ALIAS


def alias() -> str:
    """Return the alias of the database that is read at this moment."""
    if late_since.get() is None:
        return DEFAULT_DB_ALIAS
    return REPLICA


def read_connection() -> BaseDatabaseWrapper:
    """Return the connection that is read at this moment, for SQL of our own."""
    return connections[alias()]


@contextmanager
def copy_out(statement: str, parameters: Any) -> Iterator[Copy]:
    """Stream what a ``COPY ... TO STDOUT`` says of the database that is read at this moment.

    The driver's own cursor runs it: Django's, where ``DEBUG`` is on, takes no parameters. Raises ``psycopg.Error``.
    """
    with read_connection().cursor() as cursor, cursor.cursor.copy(statement, parameters) as copy:
        yield copy


def data_as_of() -> datetime:
    """Return up to when what is read at this moment is complete: now, but from a replica that is behind."""
    return late_since.get() or timezone.now()


def read_late(read: Callable[[], Result], *, at_least: datetime | None = None) -> Result:
    """Return what ``read`` reads, from the replica where there is one, else from the primary.

    ``read`` changes nothing, and is called again on the primary where the replica fails it: it went away, it canceled
    the statement because the primary has changed what is being read, or it has no column yet that a migration made.
    ``at_least``: the primary is read unless the replica has everything up to then.
    """
    complete_to = usable_to(at_least)
    if complete_to is None:
        return read()
    reading = late_since.set(complete_to)
    try:
        return read()
    except (Error, psycopg.Error) as error:  # ``copy_out`` raises the driver's own
        # A time limit is no fault of the replica: the primary would take as long, and has checkouts to serve.
        if isinstance(drivers_error(error), QueryCanceled):
            raise
        logger.warning("A report is read from the primary: the replica failed (%s)", in_one_line(error))
        leave_broken_connection(error)
    finally:
        late_since.reset(reading)
    return read()


def usable_to(at_least: datetime | None) -> datetime | None:
    """Return up to when the replica is complete; None where the primary is to be read."""
    # A transaction has to read what it has written itself.
    if not has_replica() or connection.in_atomic_block:
        return None
    complete_to = complete_up_to()
    earliest = timezone.now() - MOST_BEHIND
    if at_least is not None:
        earliest = max(earliest, at_least)
    if complete_to is None or complete_to < earliest:
        return None
    return complete_to


def has_replica() -> bool:
    """Whether the settings name a replica."""
    return REPLICA in connections


def complete_up_to() -> datetime | None:
    """Ask the replica up to when it has all of the primary's commits; None while it is away, or can't say."""
    if outage.is_on:
        return None
    asked_at = timezone.now()
    written = written_by_primary()
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(REPLAYED, [written])
            has_all, replayed_at = cursor.fetchone()
    except Error as error:
        logger.warning("Reports are read from the primary: the replica is away (%s)", in_one_line(error))
        leave_broken_connection(error)
        return None
    if has_all:
        return asked_at
    complete_to: datetime | None = replayed_at
    return complete_to


def written_by_primary() -> str:
    """Read how far the primary's log is written."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(WRITTEN)
        return str(cursor.fetchone()[0])


def leave_broken_connection(error: Error | psycopg.Error) -> None:
    """Close the connection after an error, so that the next read begins with one that works."""
    # A statement that was canceled leaves a replica that answers; anything else operational may take seconds again.
    cause = drivers_error(error)
    is_answering = cause is not None and cause.sqlstate is not None and cause.sqlstate.startswith(("40", "42"))
    if not is_answering and isinstance(error, OperationalError | psycopg.OperationalError):
        outage.begin()
    connections[REPLICA].close()
