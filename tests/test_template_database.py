"""The database that the tests' own are copies of."""

import pytest
from django.db import connection

from tests import template_database

pytestmark = pytest.mark.django_db


def test_template_is_made_once_for_the_same_migrations(monkeypatch):
    made = []
    monkeypatch.setattr(template_database, "make", lambda cursor, name: made.append(name))
    monkeypatch.setattr(template_database, "drop_old", lambda cursor: None)
    usual = template_database.prepare()
    assert made == []
    monkeypatch.setattr(template_database, "digest_of_migrations", lambda: "others")
    assert template_database.prepare() == "migrated_others" != usual
    assert made == ["migrated_others"]


def test_nobody_can_connect_to_the_template():
    with connection.cursor() as cursor:
        cursor.execute("SELECT datallowconn FROM pg_database WHERE datname = %s", [template_database.prepare()])
        assert cursor.fetchone() == (False,)
