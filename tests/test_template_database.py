"""The database that the tests' own are copies of."""

import os

import pytest
from django.db import connection

from tests import template_database

pytestmark = pytest.mark.django_db


def test_template_is_made_once_for_the_same_migrations(monkeypatch):
    made = []
    monkeypatch.setattr(template_database, "make", lambda cursor, prefix, name, fill: made.append(name))
    monkeypatch.setattr(template_database, "drop_old", lambda cursor, prefix: None)
    usual = template_database.prepare()
    assert made == []
    monkeypatch.setattr(template_database, "digest_of_migrations", lambda: "others")
    assert template_database.prepare() == "migrated_others" != usual
    assert made == ["migrated_others"]


@pytest.mark.parametrize(("template", "is_kept"), [("migrated_abc", True), ("migrated_others", False)])
def test_kept_database_is_dropped_unless_it_is_a_copy_of_the_template(template, is_kept):
    name = f"kept_{os.getpid()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            template_database.mark_as_copy(name, template)
            template_database.drop_outdated(name, "migrated_abc")
            assert template_database.database_exists(cursor, name) is is_kept
        finally:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")


def test_database_of_unknown_origin_is_dropped_and_one_that_is_missing_is_no_error():
    name = f"kept_{os.getpid()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        template_database.drop_outdated(name, "migrated_abc")
        assert template_database.database_exists(cursor, name) is False
    template_database.drop_outdated(name, "migrated_abc")


def test_nobody_can_connect_to_the_template():
    with connection.cursor() as cursor:
        cursor.execute("SELECT datallowconn FROM pg_database WHERE datname = %s", [template_database.prepare()])
        assert cursor.fetchone() == (False,)
