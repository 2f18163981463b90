"""What connections to the embedded server ask of it."""

import pytest
from django.conf import settings
from django.db import connection


def setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        ((value,),) = cursor.fetchall()
    return str(value)


@pytest.mark.django_db
@pytest.mark.skipif(not settings.HAS_EMBEDDED_POSTGRES, reason="another server's owner says what it writes")
def test_connection_compresses_pages_in_the_log_and_keeps_the_options_of_the_settings():
    assert setting("wal_compression") == "pglz"
    assert setting("synchronous_commit") == "off"  # of config/settings_test.py
