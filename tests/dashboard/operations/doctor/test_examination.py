"""All checks together, and the command that prints them."""

import json
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError

from dashboard.operations.doctor import examination
from dashboard.operations.doctor.diagnosis import Diagnosis, ok, problem
from dashboard.operations.doctor.examination import examine


def away() -> list[Diagnosis]:
    raise OperationalError("connection refused")


def test_database_that_is_away_is_said_once_and_stops_no_other_check():
    checks = {
        "Settings": lambda: [ok("Settings", "Fine.")],
        "Database": away,
        "Worker": away,
        "Addresses": lambda: [ok("Console", "Answers.")],
        "Stores": away,
    }
    with patch.object(examination, "CHECKS", checks):
        found = list(examine())
    assert [(one.subject, one.severity) for one in found] == [
        ("Settings", "ok"),
        ("Database", "problem"),
        ("Console", "ok"),
    ]
    assert "connection refused" in found[1].text


def test_checks_that_need_tables_wait_for_the_migrations():
    def without_tables() -> list[Diagnosis]:
        raise ProgrammingError("relation does not exist")

    missing = problem("Migrations", "3 of this release are missing.", "Run: manage.py migrate")
    with patch.object(examination, "CHECKS", {"Database": lambda: [missing], "Worker": without_tables}):
        assert list(examine()) == [missing]


def run(found: list[Diagnosis], *options: str) -> tuple[str, int]:
    written = StringIO()
    status = 0
    with patch("dashboard.management.commands.doctor.examine", return_value=iter(found)):
        try:
            call_command("doctor", *options, stdout=written)
        except SystemExit as end:
            status = int(end.code or 0)
    return written.getvalue(), status


def test_doctor_prints_what_to_do_and_fails_where_there_is_a_problem():
    text, status = run([problem("Disk", "0.1 GB [sic] are free.", "Free some space.")])
    assert status == 1
    for words in ("problem", "0.1 GB [sic] are free.", "Free some space."):
        assert words in text
    assert run([ok("Disk", "Fine.")])[1] == 0


@pytest.mark.slow
def test_doctor_writes_json_for_programs():
    text, status = run([ok("Disk", "Fine.")], "--json")
    assert json.loads(text) == [{"subject": "Disk", "severity": "ok", "text": "Fine.", "fix": ""}]
    assert status == 0


@pytest.mark.slow
@pytest.mark.django_db
def test_examination_of_this_installation_ends_without_an_error():
    assert {one.subject for one in examine()} >= {"PostgreSQL", "Worker", "Console", "Edge"}
