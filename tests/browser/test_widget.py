"""A widget in its slot: shown, exposed, accepted, declined."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.stub import control, decision

pytestmark = pytest.mark.browser

DWELL_S = 1.0
ON_ACCEPT = "upsell('accept', async (acceptance) => { window.added = acceptance });"
CALL = ON_ACCEPT + "upsell('page', {cart: {currency: 'EUR', total_minor: 6670, items: []}, visitor: {orders: 2}})"


def test_widget_shows_in_its_slot_and_is_exposed_after_a_second(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    expect(page.get_by_text("Keeps the boots in your cart waterproof")).to_be_visible()
    expect(page.get_by_role("button", name="Add for €9.90")).to_be_visible()
    assert edge.events() == []
    wait_until(lambda: len(edge.events()) == 2)
    assert edge.event_types() == ["exposure", "impression"]
    assert {event["exposure_token"] for event in edge.events()} == {"token-cart"}


def test_decide_is_asked_in_the_words_of_the_contract(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    body = edge.bodies("/v1/decide")[0]
    visitor = body.pop("visitor_id")
    assert re.fullmatch(r"v_[0-9a-f]{16}", visitor)
    assert body == {
        "key": "pk_test",
        "moments": ["cart"],
        "page": {"path": "/cart"},
        "locale": "en",
        "device": "desktop",
        "cart": {"currency": "EUR", "total_minor": 6670, "items": []},
        "visitor": {"orders": 2},
        "history": {"shown_session": 0, "shown_today": 0, "declined_at": None, "friction": []},
        "consent": {"measurement": True},
    }
    assert [method for method, *_ in edge.requests] == ["POST"] * len(edge.requests)  # no preflight


@pytest.mark.parametrize("given", [decision(), control()], ids=["treatment", "control"])
@pytest.mark.parametrize("reserved", ["200px", "0"])
def test_exposure_comes_at_the_same_instant_in_every_variant(page, edge, shop, wait_until, given, reserved):
    edge.decisions = [given]
    mark = "document.addEventListener('upsell:exposure', () => window.exposedAt = performance.now());"
    arm = "new MutationObserver(() => 0);window.loadedAt = performance.now();"
    page.goto(
        shop.put(body=f'<div data-upsell-slot="cart" style="min-height:{reserved}"></div>', call=mark + arm + CALL)
    )
    wait_until(lambda: len(edge.events()) >= 1)
    waited = page.evaluate("window.exposedAt - window.loadedAt")
    assert 1000 <= waited < 1700  # a second of sight, after decide was answered


def test_control_is_exposed_without_content(page, edge, shop, wait_until):
    edge.decisions = [control()]
    page.goto(shop.put(call=CALL))
    wait_until(lambda: edge.event_types() == ["exposure"])
    page.wait_for_timeout(400)
    assert edge.event_types() == ["exposure"]
    assert page.locator("[data-upsell-slot]").evaluate("slot => slot.childNodes.length") == 0
