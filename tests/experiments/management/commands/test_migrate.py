"""Django's ``migrate`` with a short wait for locks, tried again, and what an interrupted migration left."""

from io import StringIO
from typing import Any

import psycopg
import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.core.management import call_command
from django.core.management.commands import migrate as of_django
from django.db import OperationalError, connection, models, transaction
from django.db.migrations import Migration

from experiments.management.commands import migrate

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def ask(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


@pytest.fixture
def reader():
    """Somebody in the middle of a long read of stores."""
    parameters = connection.get_connection_params()
    with psycopg.connect(**{name: parameters[name] for name in ("host", "user", "dbname")}) as session:
        session.execute("SELECT count(*) FROM experiments_store")
        yield session


@pytest.fixture
def locks_stores(monkeypatch):
    """A migration that needs the table of stores to itself, and what it found each time."""
    attempts = []

    def handle(self: Any, *args: Any, **options: Any) -> None:
        self.verbosity = 1
        self.prepare(Migration("locks_stores", "experiments"))
        attempts.append(ask("SHOW lock_timeout")[0])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE experiments_store IN ACCESS EXCLUSIVE MODE")

    monkeypatch.setattr(of_django.Command, "handle", handle)
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT", "100ms")
    return attempts


def test_migration_that_finds_a_table_locked_lets_others_pass_and_tries_again(reader, locks_stores, monkeypatch):
    pauses = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            reader.rollback()

    monkeypatch.setattr("time.sleep", sleep)
    said = StringIO()
    call_command("migrate", stdout=said)
    assert locks_stores == ["100ms"] * 3
    assert pauses == [5.0, 5.0]
    assert (
        "another transaction has locked the table for more than 100ms; trying again in 5 s (2 of 360)"
        in said.getvalue()
    )
    assert ask("SHOW lock_timeout") == ("0",)


def test_migration_whose_table_stays_locked_fails(reader, locks_stores, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr(migrate, "ATTEMPTS", 2)
    with pytest.raises(OperationalError, match="lock timeout"):
        call_command("migrate", stdout=StringIO())
    assert len(locks_stores) == 2


def test_index_left_by_an_interrupted_migration_is_removed_before_it_is_made_again():
    class Probe(Migration):
        atomic = False
        operations = [AddIndexConcurrently("store", models.Index(fields=["name"], name="store_probe"))]

    ask_nothing("CREATE INDEX store_probe ON experiments_store (name)")
    command = migrate.Command(stdout=StringIO())
    command.database = "default"
    command.prepare(Probe("probe", "experiments"))
    assert ask("SELECT to_regclass('store_probe')") == (None,)
    assert ask("SHOW lock_timeout") == ("0",)


def ask_nothing(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_progress_of_a_migration_is_said_below_its_name():
    said = StringIO()
    command = migrate.Command(stdout=said)
    command.verbosity = 1
    command.tell("20,000 rows")
    command.verbosity = 0
    command.tell("40,000 rows")
    assert said.getvalue() == "\n    20,000 rows"
