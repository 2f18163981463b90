"""A first day: from a template to a launch, a harmful test that is paused, a good one that is rolled out."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from checkout_widgets.edge import decision_counter, live_configuration
from demo import scenario
from demo.simulation import SimulatedTraffic, Wanted, simulate
from experiments.models import AuditAction, Experiment, Status, Store
from experiments.running import guardrails
from tests import factories
from tests.browser.conftest import PATIENT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def store(live_server: LiveServer, settings: Any) -> Store:
    """A shop that sells cups, with orders of the last days and an offer that nobody has tested yet."""
    store = scenario.open_store(live_server.url)
    store.preview_url = f"{live_server.url}/demo/cart/"
    store.save()
    picture = f"{live_server.url}/demo/pictures/22423.svg"
    cake = factories.make_product(store, sku="22423", title="Regency Cakestand", price_minor=1275, image_url=picture)
    factories.make_product(store, sku="21238", title="Red Retrospot Cup", price_minor=85, image_url=picture)
    factories.make_offer(
        store, cake, name="Cakestand for less", key="cakestand", price_minor=1095, compare_at_minor=1275
    )
    for number in range(60):
        lines = [{"sku": "21238", "quantity": 1, "price_minor": 2_000 + 37 * number}]
        placed_at = timezone.now() - timedelta(hours=number)
        factories.make_order(store, lines=lines, visitor_id=f"v_past_{number}", placed_at=placed_at, source="api")
    return store


@pytest.fixture
def manager(store: Store, live_server: LiveServer, page: Page) -> Page:
    """The manager's browser, signed in."""
    factories.make_user(store, username="ada", password="correct horse", is_staff=True)
    page.goto(f"{live_server.url}/login/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Log in").click()
    return page


def make_draft(page: Page, url: str, name: str) -> Experiment:
    """Choose the first question of the templates, an offer, and a length; the draft's page saves each by itself."""
    page.goto(f"{url}/tests/")
    page.get_by_role("link", name="New test").first.click()
    page.get_by_role("button", name="Offer or no offer").click()
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_label("Cakestand for less").check()
    page.get_by_label("Other figures").check()
    page.get_by_label("Planned sample size").fill("4000")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.locator("#save-state")).to_have_text("All changes are saved")
    return Experiment.objects.get(name=name)


def visit_cart(page: Page, url: str) -> None:
    """Go shopping: two cups."""
    page.goto(f"{url}/demo/products/21238/")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("heading", name="Your cart")).to_be_visible()


def is_asked_at_cart(store: Store) -> bool:
    """Whether a decision at the cart is counted; the count is written down first."""
    decision_counter.current().flush()
    return store.decision_days.filter(moment="cart").exists()


@pytest.mark.browser(seconds=30)
def test_from_a_template_to_a_winner(
    manager: Page,
    store: Store,
    live_server: LiveServer,
    browser: Browser,
    context: BrowserContext,
    patience_ms: int,
    wait_until: Callable[[Callable[[], bool]], None],
) -> None:
    page, url = manager, live_server.url

    # a draft from a template; the checklist says what is left to do
    harmful = make_draft(page, url, "Cakestand beside the cart")
    better = page.get_by_role("region", name="Recommended")
    expect(better).to_contain_text("The snippet has never been seen at this moment (cart)")
    expect(better).to_contain_text("The variants haven't been previewed")
    launch_url = page.url

    # it is mended: the shop's cart asks for decisions, and the variant is looked at on the store
    visit_cart(page, url)
    wait_until(lambda: is_asked_at_cart(store))
    page.goto(launch_url)
    context.add_init_script(PATIENT % patience_ms)  # for the page that opens, too
    with context.expect_page() as opened:
        page.get_by_role("link", name="Preview", exact=True).click()
        page.get_by_role("link", name="Open in the store").click()
    shown = opened.value
    expect(shown.get_by_text("Preview", exact=False).first).to_be_visible()
    expect(shown.get_by_role("button", name="Add for £10.95")).to_be_visible()
    shown.close()
    page.goto(launch_url)
    expect(page.get_by_role("region", name="Recommended")).to_have_count(0)
    expect(page.get_by_role("region", name="Fix first")).to_have_count(0)

    # launched, it does harm, and is paused by itself
    page.get_by_role("button", name="Launch").click()
    expect(page.get_by_role("status").filter(has_text="is running")).to_be_visible()
    simulate(harmful, SimulatedTraffic(visitors=6_000, days=5, seed=1), Wanted(conversion_lift=-0.6))
    assert guardrails.watch_all(timezone.now()) == 1
    page.reload()
    expect(page.locator("main")).to_contain_text("Paused")
    expect(page.locator("main")).to_contain_text(re.compile(r"the change in conversion is"))

    # a new draft like it, launched with a reason for what the checklist warns of; this one earns more
    page.get_by_role("link", name="Stop").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("It loses orders")
    page.get_by_role("button", name="Stop test").click()
    expect(page.locator("main")).to_contain_text("Stopped")
    page.get_by_role("button", name="Duplicate as a draft").click()
    expect(page.get_by_text("is a new draft")).to_be_visible()
    good = Experiment.objects.get(status=Status.DRAFT)
    page.get_by_label("Reason to launch anyway").fill("Same widget as before")
    page.get_by_role("button", name="Launch").click()
    expect(page.get_by_role("status").filter(has_text="is running")).to_be_visible()
    assert good.audit_entries.get(action=AuditAction.OVERRIDDEN).reason == "Same widget as before"
    simulate(good, SimulatedTraffic(visitors=9_000, days=15, seed=2), Wanted(aov_lift=0.3))
    assert guardrails.watch_all(timezone.now()) == 0

    # concluded with a decision and a learning, its winner is what every shopper sees
    page.reload()
    page.get_by_role("link", name="Conclude").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Decision").select_option(label="Roll out a variant")
    dialog.get_by_label("Variant to roll out").select_option(label="Offer")
    dialog.get_by_label("What you learned").fill("A cakestand sells beside cups")
    dialog.get_by_label("Next step").fill("Try it at the payment")
    dialog.get_by_label("Reason").fill("The season begins")
    dialog.get_by_role("button", name="Conclude").click()
    expect(page.locator("main")).to_contain_text("Concluded")
    good.refresh_from_db()
    assert (good.status, str(good.rolled_out_variant)) == (Status.CONCLUDED, "Offer")
    page.goto(f"{url}/playbook/")
    expect(page.locator("main")).to_contain_text("A cakestand sells beside cups")
    live_configuration.refresh()
    shopper = browser.new_context().new_page()
    shopper.add_init_script(PATIENT % patience_ms)
    visit_cart(shopper, url)
    expect(shopper.get_by_role("button", name="Add for £10.95")).to_be_visible()
    shopper.wait_for_load_state("networkidle")
    shopper.context.close()
