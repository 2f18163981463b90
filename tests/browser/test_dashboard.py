"""The dashboard in Chromium: its menus, its lists, and its guide."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import expect

from experiments.models import Snapshot, Status
from experiments.snapshots import analyse
from tests import factories
from tests.browser.console import problems_found_by_axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def member() -> User:
    """A member of a store where a little of everything has happened."""
    store = factories.make_store(name="Tea", allowed_origins=["https://tea.example"])
    experiment = factories.make_live_experiment(store, name="A mug with the tea", started_at=timezone.now())
    over = factories.make_experiment(store, status=Status.CONCLUDED, learning="Mugs sell.", ended_at=timezone.now())
    factories.make_widget(over.variants.get(key="treatment"))
    Snapshot.objects.create(experiment=over, taken_at=timezone.now(), report=analyse(over).as_json())
    factories.make_exposure(experiment.variants.get(key="control"), exposed_at=timezone.now())
    factories.make_order(store, placed_at=timezone.now())
    factories.make_delivery(store, received_at=timezone.now())
    return factories.make_user(store, is_staff=True)


def test_menus_open_by_keyboard_and_close_by_escape(live_server, page, log_in, member):
    log_in(member)
    page.goto(f"{live_server.url}/tests/")
    account = page.locator("summary", has_text="Your account")
    account.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Account")).to_be_visible()
    assert problems_found_by_axe(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Account")).to_be_hidden()
    expect(account).to_be_focused()


def test_list_follows_the_search_and_the_history(live_server, page, log_in, member):
    log_in(member)
    page.goto(f"{live_server.url}/tests/")
    page.get_by_label("Search").press_sequentially("mug")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page).to_have_url(f"{live_server.url}/tests/?q=mug")
    expect(page.get_by_label("Search")).to_be_focused()
    page.get_by_label("Status").select_option("concluded")
    expect(page.get_by_role("heading", name="No tests found")).to_be_visible()
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_label("Search")).to_have_value("mug")
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(2)


def test_setup_sees_an_order_arrive_without_a_reload(live_server, page, log_in):
    store = factories.make_store()
    log_in(factories.make_user(store))
    page.goto(f"{live_server.url}/setup/")
    orders = page.get_by_role("listitem").filter(has_text="Orders arrive")
    expect(orders).to_contain_text("Missing")
    page.evaluate("window.stays = true")
    factories.make_order(store, visitor_id="v_1", placed_at=timezone.now())
    expect(orders).to_contain_text("Works")
    assert page.evaluate("window.stays")
