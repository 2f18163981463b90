"""Each entry point serves its own URLs, whatever started it."""

import os
import subprocess
import sys

import pytest

ASK = """
import sys
from importlib import import_module
application = import_module(sys.argv[1]).application
from wsgiref.util import setup_testing_defaults
for path in ("/login/", "/api/v1/schema/", "/s/upsell.js"):
    environ = {"PATH_INFO": path, "HTTP_HOST": "localhost"}
    setup_testing_defaults(environ)
    answer = application(environ, lambda status, headers: print(path, status.split()[0]))
    b"".join(answer)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("entry", "found"),
    [("config.wsgi", {"/login/", "/api/v1/schema/", "/s/upsell.js"}), ("config.wsgi_edge", {"/s/upsell.js"})],
)
def test_entry_point_serves_its_own_urls_and_no_others(entry, found):
    answers = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK, entry],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "STATIC_FROM_SOURCE": "1",
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    assert {line.split()[0] for line in answers.splitlines() if line.endswith(" 200")} == found
    assert len(answers.splitlines()) == 3


ASK_TIMEOUT = """
import django
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SHOW statement_timeout")
    print(cursor.fetchone()[0])
"""


@pytest.mark.slow
@pytest.mark.parametrize(("settings", "timeout"), [("config.settings", "0"), ("config.settings_edge", "10s")])
def test_edge_alone_gives_up_on_a_database_that_is_stuck(settings, timeout):
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK_TIMEOUT],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": settings},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert answer.stdout.split() == [timeout]
