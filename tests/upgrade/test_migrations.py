"""Today's migrations leave nothing to do."""

import pytest
from django.core.management import call_command

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("undone")]


def test_migrations_leave_nothing_to_do():
    call_command("migrate", check_unapplied=True, verbosity=0)
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)
