"""A database with every migration applied, once for all runs and workers, which the tests' databases are copies of.

Migrating takes each worker ten times as long as copying. Django still runs ``migrate`` on the copy, which finds nothing
to do, so that an outdated template costs time and no correctness.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

LOCK = 7_203_114  # any number that nothing else in the tests' server locks
PREFIX = "migrated_"
KEPT = 3  # for whoever changes between branches; each is about 20 MB


def prepare() -> str:
    """Return the name of the template for the migrations as they are now, which is made where there is none."""
    name = PREFIX + digest_of_migrations()
    with connection._nodb_cursor() as cursor:
        # Against another worker that makes the same one: it is waited for, and then there is nothing left to make.
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        if not database_exists(cursor, name):
            make(cursor, name)
            drop_old(cursor)
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    return name


def digest_of_migrations() -> str:
    """Return what tells the migrations of all installed applications from those of another day or branch."""
    digest = hashlib.sha256()
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        digest.update(f"{app}.{name}\n".encode())
        digest.update(Path(str(import_module(migration.__module__).__file__)).read_bytes())
    return digest.hexdigest()[:16]


def database_exists(cursor: Any, name: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return cursor.fetchone() is not None


def make(cursor: Any, name: str) -> None:
    """Migrate a new database, and give it the name only then: a run that is ended meanwhile leaves no half-made one."""
    draft = f"{PREFIX}draft"
    cursor.execute(f"DROP DATABASE IF EXISTS {draft} WITH (FORCE)")
    cursor.execute(f"CREATE DATABASE {draft}")
    with connected_to(draft):
        call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    cursor.execute(f"ALTER DATABASE {draft} RENAME TO {name}")
    # A database that somebody is connected to can't be copied.
    cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")


@contextmanager
def connected_to(database: str) -> Iterator[None]:
    """Let the default connection lead to another database for a while."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def drop_old(cursor: Any) -> None:
    """Drop all templates but the newest."""
    cursor.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC OFFSET %s", [PREFIX, KEPT]
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
