"""The console below a prefix (``SCRIPT_NAME``): no link, form, file or redirect leads out of it."""

import os
import re
import subprocess
import sys

import pytest
from django.test import Client
from django.test.utils import override_settings
from django.urls import clear_script_prefix, set_script_prefix

from experiments.models import Role
from tests import factories

PREFIX = "/offers"
ADDRESS = re.compile(r"""(?:href|src|action|hx-get|hx-post|formaction|data-[\w-]*url)="(/[^"]*)\"""")


@pytest.fixture
def below_prefix(settings):
    with override_settings(FORCE_SCRIPT_NAME=PREFIX, STATIC_URL=f"{PREFIX}/static/"):
        set_script_prefix(f"{PREFIX}/")  # as Django's WSGI handler does for each request, and its test client doesn't
        yield
        clear_script_prefix()


@pytest.mark.django_db
@pytest.mark.slow
def test_every_address_of_every_page_begins_with_the_prefix(below_prefix):
    store = factories.make_store(slug="demo", allowed_origins=["http://testserver"])
    experiment = factories.make_live_experiment(store)
    client = Client()
    user = factories.make_user(store, role=Role.ADMIN, is_staff=True, is_superuser=True)
    anonymous = client.get("/tests/")
    assert anonymous["location"] == "/offers/login/?next=/offers/tests/"
    login = client.get("/login/").content.decode()
    client.force_login(user)
    report = f"/tests/{store.slug}/{experiment.key}/"
    paths = [
        *("/", "/tests/", "/moments/", "/playbook/", "/planner/", "/setup/", "/account/", "/templates/", "/widgets/"),
        *(report, f"{report}launch/", "/nothing/", "/account/second-factor/"),
        *("/admin/", "/admin/experiments/experiment/", f"/admin/experiments/store/{store.pk}/change/"),
        *("/admin/checkout_widgets/offer/add/", "/demo/", "/demo/cart/"),
    ]
    found = 0
    for path, page in [("/login/", login), *((path, client.get(path).content.decode()) for path in paths)]:
        addresses = ADDRESS.findall(page)
        outside = [address for address in addresses if not address.startswith(f"{PREFIX}/")]
        assert outside == [], path
        found += len(addresses)
    assert found > 500


@pytest.mark.slow
def test_settings_take_the_prefix_for_links_files_and_cookies():
    code = (
        "from django.conf import settings as s; import django; django.setup();"
        "print(s.FORCE_SCRIPT_NAME, s.STATIC_URL, s.SESSION_COOKIE_PATH, s.CSRF_COOKIE_PATH, s.CONSOLE_URL)"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "SECRET_KEY": "x" * 50,
        "SCRIPT_NAME": "/offers/",
        "CONSOLE_URL": "https://example.com/offers",
    }
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["/offers", "/offers/static/", "/offers/", "/offers/", "https://example.com"]
    environment["SCRIPT_NAME"] = "offers"
    refused = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert "SCRIPT_NAME must begin with a slash" in refused.stderr
