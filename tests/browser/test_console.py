"""The console in Chromium: plots drawn, nothing forbidden asked for, readable by everybody, alive while a test runs."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from experiments.models import Experiment, Exposure, Status
from tests import factories
from tests.dashboard.report.test_views import finished_test, url_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PLOTS = ("#split-0", "#lifts", "#belief")


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
@pytest.mark.parametrize("width", [390, 1360])
def test_report_plots_are_drawn_and_pages_are_accessible(live_server, page, log_in, scheme, width):
    experiment = finished_test()
    log_in(factories.make_user(experiment.store, is_staff=True))
    errors = collect_errors(page)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(live_server.url + url_of(experiment))
    for plot in PLOTS:
        expect(page.locator(f"{plot} .main-svg").first).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == scheme
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert problems_found_by_axe(page) == []
    page.goto(f"{live_server.url}/tests/")
    assert problems_found_by_axe(page) == []
    assert errors == []


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


def test_theme_chosen_is_remembered_and_the_plots_follow(live_server, page, log_in):
    experiment = finished_test()
    log_in(factories.make_user(experiment.store))
    page.emulate_media(color_scheme="light")
    page.goto(live_server.url + url_of(experiment))
    label = page.locator("#lifts .ytick text").first
    light = label.evaluate("element => getComputedStyle(element).fill")
    page.locator("summary", has_text="Your account").click()
    page.get_by_text("Dark", exact=True).click()
    expect(label).not_to_have_css("fill", light)
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_report_follows_a_running_test_without_a_jump(live_server, page, log_in):
    experiment = finished_test()
    log_in(factories.make_user(experiment.store))
    page.goto(live_server.url + url_of(experiment))
    expect(page.locator("#lifts .main-svg").first).to_be_visible()
    page.evaluate("window.plot = document.querySelector('#lifts .main-svg'); window.scrollTo(0, 700)")
    Exposure.objects.filter(visitor_id="v_treatment_199").update(orders=1, has_converted=True, revenue_minor=900)
    refresh(page)
    expect(page.get_by_text("71 / 200").first).to_be_visible()
    assert page.evaluate("document.querySelector('#lifts .main-svg') === window.plot")
    assert page.evaluate("window.scrollY") == 700
    Experiment.objects.update(status=Status.STOPPED)
    refresh(page)
    expect(page.get_by_text("Stopped")).to_be_visible()
    expect(page.locator("[hx-get]")).to_have_count(0)


def refresh(page: Page) -> None:
    """Ask for news now instead of in ten seconds."""
    page.evaluate(
        """() => {
            const findings = document.getElementById("findings");
            return htmx.ajax("GET", findings.getAttribute("hx-get"), { target: findings, swap: "outerHTML" });
        }"""
    )


def test_report_without_javascript_has_every_number(live_server, browser, log_in, context):
    experiment = finished_test()
    log_in(factories.make_user(experiment.store))
    plain = browser.new_context(java_script_enabled=False, storage_state=context.storage_state())
    page = plain.new_page()
    page.goto(live_server.url + url_of(experiment))
    expect(page.get_by_text("€3,500 / 200").first).to_be_visible()
    expect(page.locator("#lifts")).to_be_hidden()
    plain.close()


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
