"""What the doctor says of the database."""

from collections import namedtuple
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone

from dashboard.operations.doctor.database_checks import check_database

pytestmark = pytest.mark.django_db
Usage = namedtuple("Usage", "total used free")


def found() -> dict[str, str]:
    return {one.subject: one.severity for one in check_database()}


def test_sound_database_is_said_to_be():
    assert found() == {"PostgreSQL": "ok", "Migrations": "ok", "Clocks": "ok", "Disk": "ok"}


def test_index_whose_building_was_interrupted_is_named():
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX half_built ON experiments_store (name)")
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'half_built'::regclass")
    (index,) = [one for one in check_database() if one.subject == "Indexes"]
    assert index.fix == "Run for each: REINDEX INDEX CONCURRENTLY half_built"


def test_clock_that_is_wrong_is_said():
    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(seconds=90)):
        (clock,) = [one for one in check_database() if one.subject == "Clocks"]
    assert clock.severity == "problem"
    assert "90 s apart" in clock.text


def test_full_disk_is_a_problem():
    with patch("shutil.disk_usage", return_value=Usage(10**12, 10**12, 10**8)):
        assert found()["Disk"] == "problem"


def test_missing_migration_is_a_problem():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'dashboard'")
    assert found()["Migrations"] == "problem"
