"""The database of the release before, brought up to date by today's migrations."""

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests import template_database
from tests.upgrade.answers import ASKED_AT
from tests.upgrade.clock import Clock
from tests.upgrade.make_dump import FOLDER, SECRET_KEY

DUMPED = ("before.sql.gz", "second_factor_before.sql")


@pytest.fixture(scope="session")
def before() -> Any:
    """What the code of the release before said of its database, and what its users still hold."""
    return json.loads(gzip.decompress((FOLDER / "before.json.gz").read_bytes()))


@pytest.fixture(scope="module")
def upgraded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Everything asks a database of its own: the dump, migrated; its clock stands at ``ASKED_AT``."""
    # The worker's own: where nothing else of a run asks the tests' database, all workers have one name for it.
    ours = f"{connection.settings_dict['NAME']}_upgrade_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    with django_db_blocker.unblock():
        template = template_database.prepare_by("upgraded_", digest_of_upgrade(), upgrade)
        # Read before the clock is set: a migration that is read later has the clock's "now" for a default.
        MigrationLoader(None)
        run(f'DROP DATABASE IF EXISTS "{ours}"', f'CREATE DATABASE "{ours}" TEMPLATE "{template}"')
        try:
            with (
                template_database.connected_to(ours),
                override_settings(SECRET_KEY=SECRET_KEY),
                Clock(ASKED_AT).kept(),
            ):
                yield
        finally:
            run(f'DROP DATABASE IF EXISTS "{ours}"')


def digest_of_upgrade() -> str:
    """Return what tells the dump and today's migrations from those of another day or branch."""
    digest = hashlib.sha256(template_database.digest_of_migrations().encode())
    for name in DUMPED:
        digest.update((FOLDER / name).read_bytes())
    return digest.hexdigest()[:16]


def upgrade() -> None:
    """Load the dump into a new database, and migrate it."""
    run(gzip.decompress((FOLDER / "before.sql.gz").read_bytes()).decode())
    run((FOLDER / "second_factor_before.sql").read_text())
    call_command("migrate", verbosity=0)


def run(*statements: str) -> None:
    """Run SQL on a connection of its own: a dump leaves it without a search path."""
    connection.close()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


@pytest.fixture
def undone(upgraded: None) -> Iterator[None]:
    """What the test changes is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
