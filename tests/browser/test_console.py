"""The console in Chromium: its login, and the admin within its policy."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import factories
from tests.browser.console import collect_errors, problems_found_by_axe
from tests.dashboard.report.finished import finished_test, url_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("right")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name=experiment.name)).to_be_visible()


def test_admin_works_within_its_policy(live_server, page, log_in):
    experiment = factories.make_live_experiment()
    widget = experiment.variants.get(key="treatment").widget
    log_in(factories.make_user(is_staff=True, is_superuser=True))
    errors = collect_errors(page)
    for row in (experiment, widget.offer, experiment.store):
        noun = row._meta.label_lower.replace(".", "_")
        changed = reverse(f"admin:{noun}_change", args=[row.pk])
        for path in (reverse(f"admin:{noun}_add"), changed, reverse(f"admin:{noun}_changelist")):
            page.goto(live_server.url + path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert errors == [], path


@pytest.mark.parametrize(("path", "is_relaxed"), [("/login/", False), ("/admin/login/", True)])
def test_policy_is_relaxed_in_the_admin_alone(client, path, is_relaxed):
    policy = client.get(path)["Content-Security-Policy"]
    assert ("unsafe" in policy) is is_relaxed
    assert "script-src 'self' 'unsafe-inline'" not in policy
    assert "default-src 'self'" in policy
