"""Analytics tools hear of offers under their own names, once, and of products only when the cart has them."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.adapters.accepting import accepted, press_accept
from tests.browser.adapters.shopify_shop import BALM, ShopifyShop, Variant
from tests.browser.stub import Edge, Reply, content, control, decision, euros

pytestmark = pytest.mark.browser

SEGMENT = "window.tracked = []; window.analytics = {track: (...event) => tracked.push(event)};"
PROMOTION = {
    "promotion_id": "cart-test",
    "promotion_name": "Leather care balm, 75 ml",
    "creative_name": "treatment",
    "creative_slot": "cart",
}
SEGMENT_PROMOTION = {
    "promotion_id": "cart-test",
    "name": "Leather care balm, 75 ml",
    "creative": "treatment",
    "position": "cart",
}


def open_cart(page: Page, shop: Any, mirror: str, call: str = "") -> None:
    tags = "".join(f'<script async src="{shop.edge.url}/s/{name}.js"></script>' for name in ("shopify", mirror))
    page.goto(
        shop.put("/cart", head=f"<script>{SEGMENT}</script>" + shop.script() + tags, call=f"{call};upsell('page')")
    )


def pushed(page: Page) -> Any:
    """The events in ``dataLayer``."""
    return page.evaluate("(window.dataLayer || []).filter(entry => entry.event)")


@pytest.fixture
def shopify(edge: Edge) -> Any:
    shop = ShopifyShop(edge)
    yield shop
    shop.server.close()


def test_ga4_hears_of_a_view_a_click_and_products_in_the_cart(page, edge, shopify):
    """Two units for 19.80: an item's price is that of one."""
    item = {"sku": "23084", "title": "Leather care balm, 75 ml", "quantity": 2, "price": euros(1980)}
    edge.decisions = [decision(content=content(items=[item], price=euros(1980), accept_label="Add for €19.80"))]
    accepted(edge, ("23084", str(BALM), 2, 990))
    open_cart(page, shopify, "ga4", "addEventListener('upsell:added', event => event.preventDefault(), true)")
    page.wait_for_function("window.dataLayer?.some(entry => entry.event == 'view_promotion')")
    press_accept(page)
    page.wait_for_function("dataLayer.some(entry => entry.event == 'add_to_cart')")
    told = {"item_id": "23084", "item_name": "Leather care balm, 75 ml", "price": 9.9, "quantity": 2} | PROMOTION
    about = PROMOTION | {"currency": "EUR", "items": [told]}
    assert pushed(page) == [
        {"event": "view_promotion", "ecommerce": about},
        {"event": "select_promotion", "ecommerce": about},
        {"event": "add_to_cart", "ecommerce": about | {"value": 19.8}},
    ]
    assert page.evaluate("dataLayer.filter(entry => entry.ecommerce === null).length") == 3


def test_segment_hears_of_a_view_a_click_and_each_product_in_the_cart(page, edge, shopify):
    shopify.cart.variants[41000000000002] = Variant(3000)
    accepted(edge, ("23084", str(BALM), 1, 990), ("boots", "41000000000002", 1, 3000))
    open_cart(page, shopify, "segment", "addEventListener('upsell:added', event => event.preventDefault(), true)")
    page.wait_for_function("tracked.length == 1")
    press_accept(page)
    page.wait_for_function("tracked.length == 4")
    added = {"currency": "EUR", "quantity": 1, "promotion_id": "cart-test"}
    balm = {"product_id": "23084", "sku": "23084", "name": "Leather care balm, 75 ml", "price": 9.9}
    boots = {"product_id": "boots", "sku": "boots", "name": "boots", "price": 30}
    assert page.evaluate("tracked") == [
        ["Promotion Viewed", SEGMENT_PROMOTION],
        ["Promotion Clicked", SEGMENT_PROMOTION],
        ["Product Added", balm | added],
        ["Product Added", boots | added],
    ]


@pytest.mark.parametrize("mirror", ["ga4", "segment"])
def test_products_that_did_not_get_into_the_cart_are_not_mirrored(page, edge, shopify, mirror):
    shopify.cart.variants[BALM] = Variant(990, stock=0)
    accepted(edge, ("23084", str(BALM), 1, 990))
    open_cart(page, shopify, mirror)
    press_accept(page)
    expect(page.get_by_role("alert")).to_be_visible()
    page.evaluate("document.dispatchEvent(new CustomEvent('upsell:added', {detail: {cart: {}}}))")  # somebody else's
    names = [entry["event"] for entry in pushed(page)] or [event[0] for event in page.evaluate("tracked")]
    assert len(names) == 2


@pytest.mark.parametrize("mirror", ["ga4", "segment"])
def test_control_is_not_mirrored(page, edge, shopify, wait_until, mirror):
    edge.decisions = [control()]
    open_cart(page, shopify, mirror)
    wait_until(lambda: edge.event_types() == ["exposure"])
    assert (pushed(page), page.evaluate("tracked")) == ([], [])


def test_mirror_that_comes_late_hears_what_was_told_before(page, edge, shop, wait_until):
    page.goto(shop.put(call="upsell('page')"))
    wait_until(lambda: "impression" in edge.event_types())
    page.add_script_tag(url=f"{edge.url}/s/ga4.js")
    page.wait_for_function("window.dataLayer?.length == 2")
    assert pushed(page)[0]["event"] == "view_promotion"


@pytest.mark.parametrize("own", ["", "document.dispatchEvent(new CustomEvent('upsell:added', {detail: {}}))"])
def test_own_add_to_order_is_mirrored_once_it_has_added_whether_it_says_so_or_not(page, edge, shop, own):
    """The acceptance is of one unit for 9.90."""
    call = f"upsell('accept', () => new Promise(done => {{ window.finish = () => {{ {own}; done() }} }}))"
    head = shop.script() + f'<script async src="{edge.url}/s/ga4.js"></script>'
    page.goto(shop.put(head=head, call=call + ";upsell('page')"))
    press_accept(page)
    page.wait_for_function("!!window.finish")
    assert [entry["event"] for entry in pushed(page)] == ["view_promotion", "select_promotion"]
    page.evaluate("finish()")
    expect(page.get_by_role("status")).to_be_visible()
    names = [entry["event"] for entry in pushed(page)]
    assert names == ["view_promotion", "select_promotion", "add_to_cart"]
    assert pushed(page)[2]["ecommerce"]["value"] == 9.9


def test_own_add_to_order_that_fails_is_not_mirrored(page, edge, shop):
    head = shop.script() + f'<script async src="{edge.url}/s/ga4.js"></script>'
    page.goto(shop.put(head=head, call="upsell('accept', async () => { throw Error('no') });upsell('page')"))
    press_accept(page)
    expect(page.get_by_role("alert")).to_be_visible()
    assert [entry["event"] for entry in pushed(page)] == ["view_promotion", "select_promotion"]


@pytest.mark.parametrize(
    ("currency", "minor", "major"), [("JPY", 1200, 1200), ("HUF", 499_000, 4990), ("KWD", 1234, 1.234)]
)
def test_amounts_follow_the_decimals_of_the_currency(page, edge, shopify, currency, minor, major):
    price = {"minor": minor, "currency": currency, "text": f"{currency} {major}"}
    item = {"sku": "23084", "title": "Balm", "quantity": 1, "price": price}
    edge.decisions = [decision(content=content(items=[item], price=price))]
    edge.replies["/v1/accept"] = [Reply(json.dumps({}))]
    open_cart(page, shopify, "ga4")
    page.wait_for_function("window.dataLayer?.length == 2")
    assert pushed(page)[0]["ecommerce"]["items"][0]["price"] == major
    assert pushed(page)[0]["ecommerce"]["currency"] == currency


def test_page_without_segment_is_not_broken(page, edge, shop, problems):
    head = shop.script() + f'<script async src="{edge.url}/s/segment.js"></script>'
    page.goto(shop.put(head=head, call="upsell('accept', async () => {});upsell('page')"))
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()


def test_offer_that_is_taken_back_is_mirrored_as_removed(page, edge, shop):
    edge.decisions = [decision(content=content(layout="bump"))]
    calls = "upsell('accept', async () => {});upsell('undo', async () => {});upsell('page')"
    segment = "window.analytics = {track: (name) => (window.tracked ||= []).push(name)};"
    mirrors = "".join(f'<script async src="{edge.url}/s/{name}.js"></script>' for name in ("ga4", "segment"))
    page.goto(shop.put(head=shop.script() + mirrors, call=segment + calls))
    page.get_by_role("checkbox").check()
    page.get_by_role("checkbox", name="Leather care balm, 75 ml, €9.90").uncheck()
    page.wait_for_function("window.tracked?.includes('Product Removed')")
    names = ["view_promotion", "select_promotion", "add_to_cart", "remove_from_cart"]
    assert [entry["event"] for entry in pushed(page)] == names
    assert pushed(page)[-1]["ecommerce"]["value"] == 9.9
    assert page.evaluate("tracked") == ["Promotion Viewed", "Promotion Clicked", "Product Added", "Product Removed"]
