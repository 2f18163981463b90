"""The demo is there where the setting ``DEMO`` says so, and nowhere else."""

import os
import subprocess
import sys

import pytest

ASK = """
from wsgiref.util import setup_testing_defaults
from config.wsgi import application
from django.contrib.staticfiles import finders
from django.core.management import get_commands
for path in ("/login/", "/demo/", "/demo/cart/", "/demo/products/22423/", "/demo/pictures/22423.svg", "/demo/mailbox/"):
    environ = {"PATH_INFO": path, "HTTP_HOST": "localhost"}
    setup_testing_defaults(environ)
    b"".join(application(environ, lambda status, headers: print(path, status.split()[0])))
print("commands", sorted({"demo", "load_demo", "import_online_retail", "simulate", "serve"} & set(get_commands())))
print("style", bool(finders.find("demo_store/shop.css")), bool(finders.find("dashboard/shell.css")))
"""


def environment(**settings: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "DEMO"}
    return inherited | {"DJANGO_SETTINGS_MODULE": "config.settings", "STATIC_FROM_SOURCE": "1"} | settings


@pytest.mark.slow
def test_demo_under_the_settings_of_serve_is_not_found():
    answers = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.splitlines()
    assert answers == [
        "/login/ 200",
        "/demo/ 404",
        "/demo/cart/ 404",
        "/demo/products/22423/ 404",
        "/demo/pictures/22423.svg 404",
        "/demo/mailbox/ 404",
        "commands ['serve']",
        "style False True",
    ]


@pytest.mark.slow
def test_serve_with_the_demo_switched_on_refuses():
    served = subprocess.run(
        [sys.executable, "manage.py", "serve", "--port", "1", "--edge-port", "2"],
        env=environment(DEMO="1"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert served.returncode == 1
    assert "Unset DEMO, or run: make demo" in served.stderr
