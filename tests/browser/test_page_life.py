"""Pages that live long, come back, lose the network or carry a lot: nothing breaks, nothing counts twice."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import chromium
from tests.browser.calls import assert_untouched
from tests.browser.kept_chromium import KEPT
from tests.browser.quiet import let_draw, let_expose, let_send
from tests.browser.stored_events import STORED, UNAVAILABLE, fill, stored_event
from tests.browser.strict_pages import CALL, STRICT
from tests.browser.stub import Reply, control, decision

pytestmark = pytest.mark.browser

ROUTER = """
function visit(path, slot) {
  history.pushState({}, '', path)
  const place = `<div data-upsell-slot="${slot}" style="min-height:200px"></div>`
  document.querySelector('#view').innerHTML = slot ? place : ''
  upsell('page', {path, cart: {currency: 'EUR', total_minor: 6670, items: []}})
}
"""
SLOT = '<div data-upsell-slot="cart"></div>'
SINGLE_PAGE = '<div id=view><div data-upsell-slot="cart" style="min-height:200px"></div></div>'


@pytest.fixture
def browser() -> Browser:
    """Playwright switches the back-forward cache off; here it is on, as for shoppers. A headless shell has none."""
    return KEPT.browser(chromium.find(), "--disable-back-forward-cache")


def counted(edge: Any) -> list[tuple[str, str]]:
    """Type and token of each event, once however often it was sent."""
    return sorted({event["id"]: (event["type"], event["exposure_token"]) for event in edge.events()}.values())


def test_single_page_shop_is_followed_from_view_to_view(page, edge, shop, wait_until):
    edge.decisions = [decision(), control("shipping"), decision("payment")]
    page.goto(shop.put("/cart", body=SINGLE_PAGE, call=ROUTER + "upsell('page', {path: '/cart'})"))
    wait_until(lambda: len(edge.events()) == 2)
    page.evaluate("visit('/shipping', 'shipping')")
    expect(page.locator("[data-upsell-widget]")).to_have_count(0)
    wait_until(lambda: len(edge.events()) == 3)
    page.evaluate("visit('/payment', 'payment')")
    wait_until(lambda: len(edge.events()) == 5)
    asked = [(body["page"]["path"], body["moments"]) for body in edge.bodies("/v1/decide")]
    assert asked == [("/cart", ["cart"]), ("/shipping", ["shipping"]), ("/payment", ["payment"])]
    exposed = [token for kind, token in counted(edge) if kind == "exposure"]
    assert exposed == ["token-cart", "token-payment", "token-shipping"]
    assert [body["history"]["shown_session"] for body in edge.bodies("/v1/decide")][:2] == [0, 1]


def test_view_that_is_left_at_once_is_not_exposed(page, edge, shop, wait_until):
    edge.decisions = [decision(), decision("shipping")]
    edge.delays["/v1/decide"] = 0.4
    page.goto(shop.put("/cart", body=SINGLE_PAGE, call=ROUTER + "upsell('page')"))
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    page.evaluate("for (const slot of ['cart', 'cart', 'shipping']) visit('/' + slot, slot)")
    wait_until(lambda: len(edge.events()) == 2)
    let_expose(page)
    assert counted(edge) == [("exposure", "token-shipping"), ("impression", "token-shipping")]
    expect(page.locator("[data-upsell-widget]")).to_have_count(1)


def test_view_without_a_slot_asks_for_nothing(page, edge, shop, wait_until):
    page.goto(shop.put("/cart", body=SINGLE_PAGE, call=ROUTER + "upsell('page')"))
    wait_until(lambda: len(edge.events()) == 2)
    page.evaluate("visit('/about', '')")
    let_send(page)
    assert len(edge.bodies("/v1/decide")) == 1
    expect(page.locator("[data-upsell-widget]")).to_have_count(0)


def test_slot_that_the_page_throws_away_takes_no_error_along(page, edge, shop, wait_until):
    page.goto(shop.put("/cart", body=SINGLE_PAGE, call=CALL))
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    page.evaluate("document.querySelector('#view').remove()")
    let_expose(page)
    assert edge.events() == []
    assert_untouched(page)


def test_page_from_the_back_forward_cache_goes_on_where_it_was(page, edge, shop, wait_until):
    note = "addEventListener('pageshow', event => window.isRestored = event.persisted);"
    next_page = shop.put("/next", head="", body="", call="")
    page.goto(shop.put(call=note + CALL))
    wait_until(lambda: len(edge.events()) == 2)
    page.goto(next_page)
    page.go_back(wait_until="commit")
    page.wait_for_function("window.isRestored === true")
    let_expose(page)
    assert [kind for kind, _ in counted(edge)] == ["exposure", "impression"]
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("status")).to_be_visible()
    wait_until(lambda: "accept" in edge.event_types())
    assert len(edge.bodies("/v1/decide")) == 1


def test_page_opened_without_the_network_works_once_it_is_back(page, context, edge, shop, wait_until):
    page.goto(shop.put("/cart", body=SINGLE_PAGE, call=ROUTER))
    page.wait_for_function("window.upsell.isLoaded")
    context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.evaluate("visit('/cart', 'cart')")
    let_draw(page)
    assert_untouched(page)
    context.set_offline(False)
    page.evaluate("visit('/cart', 'cart')")
    wait_until(lambda: edge.event_types() == ["exposure", "impression"])


def test_accept_without_the_network_leaves_the_order_unchanged_and_is_told_later(page, context, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    wait_until(lambda: len(edge.events()) == 2)
    context.set_offline(True)
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("alert")).to_contain_text("Your order is unchanged")
    assert page.evaluate("window.added") is None
    context.set_offline(False)
    wait_until(lambda: "accept_failed" in edge.event_types())
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("status")).to_be_visible()
    wait_until(lambda: edge.event_types()[-3:] == ["accept_failed", "click", "accept"])


def test_503_over_three_pages_costs_no_event(page, edge, shop, wait_until):
    """The edge takes no event until the third page; then it has every one, and once."""
    edge.replies["/v1/events"] = [UNAVAILABLE] * 1000
    for moment in ("cart", "shipping"):
        edge.decisions = [decision(moment)]
        body = f'<div data-upsell-slot="{moment}" style="min-height:200px"></div>'
        page.goto(shop.put("/" + moment, body=body, call=CALL))
        page.get_by_role("button", name="No thanks" if moment == "cart" else "Add for").click()
    expect(page.get_by_role("status")).to_be_visible()
    wait_until(lambda: page.evaluate(STORED) >= 7)  # and times in view
    edge.requests.clear()
    edge.replies["/v1/events"] = []
    page.goto(shop.put("/thanks", body="", call=""))
    wait_until(lambda: page.evaluate(STORED) == 0)
    assert counted(edge) == sorted(
        [(kind, "token-cart") for kind in ("exposure", "impression", "decline")]
        + [(kind, "token-shipping") for kind in ("exposure", "impression", "click", "accept")]
    )


def test_events_with_40_kilobytes_of_props_all_arrive(page, edge, shop, wait_until):
    """Browsers take 64 kB of requests that outlive their page; what doesn't fit is sent by the next page."""
    fill(page, shop, [stored_event(number, padding=20_000) for number in range(4)])
    next_page = shop.put("/next", body="", call="")
    edge.delays["/v1/events"] = 0.3
    page.goto(shop.put(call=""))
    wait_until(lambda: len(edge.bodies("/v1/events")) == 1)
    page.goto(next_page)
    wait_until(lambda: page.evaluate(STORED) == 0)
    assert {event["id"] for event in edge.events()} == {f"id-{number:04}" for number in range(4)}
    assert max(len(json.dumps(body, ensure_ascii=False).encode()) for body in edge.bodies("/v1/events")) <= 60_000


def test_page_that_says_40_kilobytes_of_itself_is_heard(page, edge, shop, wait_until):
    item = "{sku: 'SKU-' + i, quantity: 1, price_minor: 100, category: 'é'.repeat(20)}"
    cart = f"{{currency: 'EUR', total_minor: 1, items: Array.from({{length: 400}}, (_, i) => ({item}))}}"
    page.goto(shop.put(call=f"upsell('page', {{cart: {cart}}})"))
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    [body] = edge.bodies("/v1/decide")
    assert len(body["cart"]["items"]) == 400
    assert len(json.dumps(body, ensure_ascii=False).encode()) > 40_000


def test_script_that_an_ad_blocker_takes_out_leaves_a_harmless_queue(page, edge, shop):
    """The request is blocked, the tags are removed, and the page goes on calling."""
    page.route("**/s/upsell.js", lambda route: route.abort("blockedbyclient"))
    remove = "document.querySelectorAll('script[data-key]').forEach(script => script.remove());"
    page.goto(shop.put(call=remove + CALL))
    page.evaluate("for (let count = 0; count < 1000; count++) upsell('page', {cart: {}})")
    page.evaluate("upsell('consent', true); upsell('visitor', id => window.visitor = id)")
    let_draw(page)
    assert page.evaluate("[upsell.q.length, window.visitor ?? null]") == [1004, None]
    assert edge.requests == []
    assert_untouched(page)


@pytest.mark.parametrize(
    "adapter", ["shopify", "woocommerce", "consent_google", "consent_shopify", "consent_tcf", "consent_wordpress"]
)
def test_strict_policy_is_not_violated_by_an_adapter(page, edge, shop, adapter):
    policy = STRICT.format(edge=edge.url).replace("connect-src", "connect-src 'self'")
    shop.pages["/cart.js"] = Reply('{"items": [], "attributes": {}, "currency": "EUR"}')
    shop.pages["/cart/update.js"] = Reply("{}")
    head = shop.script(nonce="abc") + f'<script nonce="abc" async src="{edge.url}/s/{adapter}.js"></script>'
    headers = {"Content-Security-Policy": policy}
    state = "window.google_tag_data = {ics: {entries: {analytics_storage: {update: true}}}};"
    page.goto(shop.put("/cart", head=head, body=SLOT, call=state + "upsell('page')", nonce="abc", headers=headers))
    page.get_by_role("button", name="Add for").click()
    let_send(page)
