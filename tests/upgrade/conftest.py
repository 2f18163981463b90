"""The database of the release before, brought up to date by today's migrations."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.upgrade.answers import ASKED_AT
from tests.upgrade.clock import Clock
from tests.upgrade.make_dump import FOLDER, SECRET_KEY


@pytest.fixture(scope="session")
def before() -> Any:
    """What the code of the release before said of its database, and what its users still hold."""
    return json.loads(gzip.decompress((FOLDER / "before.json.gz").read_bytes()))


@pytest.fixture(scope="module")
def upgraded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Everything asks a database of its own: the dump, migrated; its clock stands at ``ASKED_AT``."""
    settings = connection.settings_dict
    tests_own, ours = settings["NAME"], f"{settings['NAME']}_upgrade"
    with django_db_blocker.unblock():
        run(f'DROP DATABASE IF EXISTS "{ours}"', f'CREATE DATABASE "{ours}"')
        settings["NAME"] = ours
        try:
            run(gzip.decompress((FOLDER / "before.sql.gz").read_bytes()).decode())
            run((FOLDER / "second_factor_before.sql").read_text())
            call_command("migrate", verbosity=0)
            with override_settings(SECRET_KEY=SECRET_KEY), Clock(ASKED_AT).kept():
                yield
        finally:
            connection.close()
            settings["NAME"] = tests_own
            run(f'DROP DATABASE IF EXISTS "{ours}"')


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
