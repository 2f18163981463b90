"""A database with every migration applied, once for all runs and workers, which the tests' databases are copies of.

Migrating takes each worker ten times as long as copying. A copy has its template's name as a comment, by which the next
run sees whether it is still right. Both rest on the digest of whatever migrations do: it is by files, without importing
them.
"""

import gc
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.backends.base.creation import TEST_DATABASE_PREFIX

ROOT = Path(__file__).resolve().parents[1]
# What migrations import from outside their own folders, beside models' columns, which are nothing without a migration.
SHARED = (*sorted((ROOT / "experiments/big_tables").glob("*.py")), ROOT / "experiments/sql_columns.py")
LOCK = 7_203_114  # any number that nothing else in the tests' server locks
PREFIX = "migrated_"
KEPT = 3  # for whoever changes between branches; each is about 20 MB


def prepare() -> str:
    """Return the name of the template for the migrations as they are now, which is made where there is none."""
    return prepare_by(PREFIX, digest_of_migrations(), migrate)


def prepare_by(prefix: str, digest: str, fill: Callable[[], object]) -> str:
    """Return the name of a template, of which there is one for each digest: a new database, once it was filled."""
    name = prefix + digest
    with connection._nodb_cursor() as cursor:
        # Against another worker that makes the same one: it is waited for, and then there is nothing left to make.
        cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [LOCK, prefix])
        if not database_exists(cursor, name):
            make(cursor, prefix, name, fill)
            drop_old(cursor, prefix)
        cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [LOCK, prefix])
    return name


def migrate() -> None:
    """Apply every migration."""
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)


def digest_of_migrations() -> str:
    """Return what tells the migrations of all installed applications from those of another day or branch."""
    digest = hashlib.sha256()
    for app in apps.get_app_configs():
        for file in sorted((Path(app.path) / "migrations").glob("*.py")):
            digest.update(f"{app.label}.{file.name}\n".encode())
            digest.update(file.read_bytes())
    for file in SHARED:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def name_of_copy() -> str:
    """Return what the tests' own database is called, as Django names it."""
    name = connection.settings_dict["TEST"]["NAME"]
    if name:
        return str(name)
    return f"{TEST_DATABASE_PREFIX}{connection.settings_dict['NAME']}"


def drop_outdated(database: str, template: str) -> None:
    """Drop a database that a run before kept, unless it is a copy of this template."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [database])
        rows = cursor.fetchall()
        if rows and rows != [(template,)]:
            cursor.execute(f"DROP DATABASE {connection.ops.quote_name(database)} WITH (FORCE)")


def mark_as_copy(database: str, template: str) -> None:
    """Note on a database what it is a copy of."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"COMMENT ON DATABASE {connection.ops.quote_name(database)} IS '{template}'")


def database_exists(cursor: Any, name: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return cursor.fetchone() is not None


def make(cursor: Any, prefix: str, name: str, fill: Callable[[], object]) -> None:
    """Fill a new database, and give it the name only then: a run that is ended meanwhile leaves no half-made one."""
    draft = f"{prefix}draft"
    cursor.execute(f"DROP DATABASE IF EXISTS {draft} WITH (FORCE)")
    cursor.execute(f"CREATE DATABASE {draft}")
    with connected_to(draft):
        fill()
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


def drop_old(cursor: Any, prefix: str) -> None:
    """Drop all templates but the newest."""
    cursor.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC OFFSET %s", [prefix, KEPT]
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")


def main() -> None:
    """Make the template before the tests begin: its migrations keep one core busy, beside what checks the code."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
    django.setup()
    # Each migration makes models anew: looking for garbage as often as usual takes a quarter of the time.
    gc.freeze()
    gc.set_threshold(20_000)
    print(f"The tests' databases will be copies of {prepare()}.")


if __name__ == "__main__":
    main()
