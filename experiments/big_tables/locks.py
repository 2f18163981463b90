"""Locks that a change of a big table waits for only briefly.

Whoever waits for a lock on a table has everybody behind it who comes later, readers too: a change that waited for a
long export would hold up every checkout. It gives up instead, and is tried again.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import NotSupportedError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# Below the second after which PostgreSQL looks for deadlocks (``deadlock_timeout``): of a migration and a checkout that
# wait for each other, the migration gives up, and not the one that looks first.
LOCK_TIMEOUT = "500ms"


@contextmanager
def short_wait(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Begin a transaction that waits no longer than ``LOCK_TIMEOUT`` for each lock."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        yield


def require_no_transaction(connection: BaseDatabaseWrapper) -> None:
    """Raise ``NotSupportedError`` within a transaction, which would keep every lock until all of it is done."""
    if connection.in_atomic_block:
        raise NotSupportedError("Write `atomic = False` into the migration: its steps are transactions of their own.")
