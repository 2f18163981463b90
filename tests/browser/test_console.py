"""The console in Chromium: its login, and the admin within its policy."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import factories
from tests.dashboard.report.test_views import finished_test, url_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def log_in(live_server: LiveServer, context: BrowserContext) -> Callable[[User], None]:
    def log_in(user: User) -> None:
        client = Client()
        client.force_login(user)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])

    return log_in


def problems_found_by_axe(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


def collect_errors(page: Page) -> list[str]:
    """Everything that the browser complains about on the console."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    return errors


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_login_page_is_accessible(live_server, page, scheme):
    errors = collect_errors(page)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/login/")
    assert problems_found_by_axe(page) == []
    assert errors == []


def test_login_leads_to_the_page_asked_for(live_server, page):
    experiment = finished_test()
    factories.make_user(experiment.store, username="ada", password="right")
    page.goto(live_server.url + url_of(experiment))
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password").fill("right")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name=experiment.name)).to_be_visible()


@pytest.mark.parametrize("page_name", ["add", "change", "changelist"])
@pytest.mark.parametrize("noun", ["experiments_experiment", "checkout_widgets_offer", "experiments_store"])
def test_admin_works_within_its_policy(live_server, page, log_in, noun, page_name):
    experiment = factories.make_live_experiment()
    widget = experiment.variants.get(key="treatment").widget
    rows: dict[str, Any] = {
        "experiments_experiment": experiment,
        "checkout_widgets_offer": widget.offer,
        "experiments_store": experiment.store,
    }
    log_in(factories.make_user(is_staff=True, is_superuser=True))
    errors = collect_errors(page)
    page.goto(
        live_server.url + reverse(f"admin:{noun}_{page_name}", args=[rows[noun].pk] if page_name == "change" else [])
    )
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert errors == []


@pytest.mark.parametrize(("path", "is_relaxed"), [("/login/", False), ("/admin/login/", True)])
def test_policy_is_relaxed_in_the_admin_alone(client, path, is_relaxed):
    policy = client.get(path)["Content-Security-Policy"]
    assert ("unsafe" in policy) is is_relaxed
    assert "script-src 'self' 'unsafe-inline'" not in policy
    assert "default-src 'self'" in policy
