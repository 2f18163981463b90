"""An accepted offer in a WooCommerce cart, and the visitor in its session, against the documented Store API."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.adapters.accepting import accepted, press_accept, reasons, ticked
from tests.browser.adapters.woocommerce_shop import (
    BALM,
    BOOTS,
    LARGE,
    Product,
    WooShop,
    error,
    open_cart,
    wait_until_noted,
)
from tests.browser.stub import Edge, Reply, control, decision

pytestmark = pytest.mark.browser

UNCHANGED = "Your order is unchanged"


@pytest.fixture
def woo(edge: Edge) -> Iterator[WooShop]:
    shop = WooShop(edge)
    yield shop
    shop.server.close()


def test_accepted_offer_is_added_with_its_token(page, edge, woo, wait_until):
    accepted(edge, ("23084", str(BALM), 1, 990))
    woo.cart.add(BOOTS, 2)
    open_cart(page, woo)
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()
    assert woo.held() == [(BOOTS, 2), (BALM, 1)]
    [sent] = [body for path, body in woo.calls if path == "cart/add-item"]
    assert sent == {"id": BALM, "quantity": 1, "variation": [], "offerlift_acceptance": "signed"}
    wait_until(lambda: "accept" in edge.event_types())


@pytest.mark.parametrize(("sku", "product", "price"), [("23084", BALM, 990), ("BALM-L", LARGE, 1500)])
def test_product_and_variation_are_found_by_sku(page, edge, woo, sku, product, price):
    accepted(edge, (sku, None, 1, price))
    open_cart(page, woo)
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()
    assert woo.held() == [(product, 1)]


def test_accepted_price_is_the_plugins(page, edge, woo):
    """The offer's price differs from the catalogue's; units of one product at 3.33 and 3.34 become one line."""
    woo.cart.accepted_prices = {"23084": 333.33, "23166": 3000}
    woo.cart.add(BOOTS, 1)
    accepted(edge, ("23084", None, 1, 334), ("23084", None, 2, 333), ("23166", None, 1, 3000))
    open_cart(page, woo)
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()
    assert woo.held() == [(BOOTS, 1), (BALM, 3), (BOOTS, 1)]


def test_decimals_are_the_shops(page, edge, woo):
    """A shop that shows whole euros says 10 euros as "10"."""
    woo.cart.decimals = 0
    woo.cart.products[BALM] = Product("23084", 10)
    accepted(edge, ("23084", None, 1, 1000))
    open_cart(page, woo)
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()


@pytest.mark.parametrize(
    ("products", "reason"),
    [
        ({BALM: Product("23084", 990, stock=0)}, "out_of_stock"),
        ({BALM: Product("23084", 990, stock=2)}, "out_of_stock"),
        ({BALM: Product("23084", 1250)}, "price_changed"),
        ({}, "not_added"),
    ],
    ids=["sold out", "fewer than asked for", "another price", "no such product"],
)
def test_refused_offer_leaves_the_cart_as_it_was(page, edge, woo, wait_until, products, reason):
    """Of two products the second fails, or both have come in at the wrong price; the one held before stays."""
    woo.cart.products = {BOOTS: Product("23166", 3335)} | products
    woo.cart.add(BOOTS, 1)
    if products:
        woo.cart.add(BALM, 1)
    before = woo.held()
    accepted(edge, ("23166", str(BOOTS), 1, 3335), ("23084", str(BALM), 2, 990))
    open_cart(page, woo)
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text(UNCHANGED)
    assert woo.held() == before
    wait_until(lambda: reasons(edge) == [reason])


@pytest.mark.parametrize(
    "failure",
    [None, error(429, "rate_limit_exceeded"), Reply("<h1>Maintenance</h1>", "text/html", 503)],
    ids=["no connection", "too many requests", "down"],
)
def test_failing_cart_is_told_and_a_second_try_works(page, edge, woo, wait_until, failure):
    accepted(edge, ("23084", str(BALM), 1, 990), times=2)
    woo.failures["cart/add-item"] = [failure]
    open_cart(page, woo)
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text(UNCHANGED)
    wait_until(lambda: reasons(edge) == ["not_added"])
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()
    assert woo.held() == [(BALM, 1)]


def test_item_whose_answer_was_lost_is_taken_out_before_the_next_try(page, edge, woo):
    """Neither the answer nor the removal gets through; a second try must not make it two."""
    accepted(edge, ("23084", str(BALM), 1, 990), times=2)
    woo.lost = ["cart/add-item"]
    woo.failures["cart/remove-item"] = [None]
    open_cart(page, woo)
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text(UNCHANGED)
    assert woo.held() == [(BALM, 1)]
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()
    assert woo.held() == [(BALM, 1)]


@pytest.mark.parametrize("held", [1, 3])
def test_upgrade_takes_the_place_of_what_it_replaces(page, edge, woo, held):
    woo.cart.add(BOOTS, held)
    accepted(edge, ("23084", None, 1, 990), quantity=1, replaces={"sku": "23166"})
    open_cart(page, woo)
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()
    assert sorted(woo.held()) == [(BALM, 1), *([(BOOTS, held - 1)] if held > 1 else [])]


def test_upgrade_whose_place_is_gone_is_refused(page, edge, woo, wait_until):
    accepted(edge, ("23084", None, 1, 990), quantity=1, replaces={"sku": "x", "external_id": str(BOOTS)})
    open_cart(page, woo)
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text(UNCHANGED)
    assert woo.held() == []
    wait_until(lambda: reasons(edge) == ["offer_ended"])


def test_upgrade_that_fails_halfway_puts_back_what_it_replaces(page, edge, woo):
    woo.cart.add(BOOTS, 1)
    woo.lost = ["cart/remove-item"]
    accepted(edge, ("23084", None, 1, 990), quantity=1, replaces={"sku": "23166"})
    open_cart(page, woo)
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text(UNCHANGED)
    assert woo.held() == [(BOOTS, 1)]


@pytest.mark.parametrize("code", ["woocommerce_rest_invalid_nonce", "woocommerce_rest_missing_nonce"])
def test_nonce_that_is_refused_is_fetched_anew(page, edge, woo, code):
    """The shopper has logged in meanwhile, say."""
    woo.failures["cart/add-item"] = [error(403, code)]
    accepted(edge, ("23084", str(BALM), 1, 990))
    open_cart(page, woo)
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()
    assert woo.held() == [(BALM, 1)]


def test_shop_that_takes_no_nonce_is_told_so(page, edge, woo, wait_until):
    """A page cache that answers for the API, say."""
    woo.failures["cart/add-item"] = [error(403, "woocommerce_rest_invalid_nonce")] * 2
    accepted(edge, ("23084", str(BALM), 1, 990))
    open_cart(page, woo)
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text(UNCHANGED)
    assert [path for path, _ in woo.calls].count("cart/add-item") == 2


def test_cart_token_of_a_headless_shop_is_used_and_follows_its_rotation(page, edge, woo):
    accepted(edge, ("23084", str(BALM), 1, 990))
    woo.token = "token-0"
    settings = f'data-api="{woo.url}/wp-json/wc/store/v1" data-cart-token="cart_token"'
    page.add_init_script("localStorage.cart_token ||= 'token-0'")
    open_cart(page, woo, settings=settings)
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()
    assert woo.held() == [(BALM, 1)]
    assert page.evaluate("localStorage.cart_token") == woo.token != "token-0"


def test_cart_token_that_has_expired_never_fills_another_cart(page, edge, woo):
    accepted(edge, ("23084", str(BALM), 1, 990))
    woo.token = "token-0"
    page.add_init_script("localStorage.cart_token ||= 'expired'")
    open_cart(page, woo, settings='data-cart-token="cart_token"')
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text(UNCHANGED)
    assert woo.held() == []


@pytest.mark.parametrize("has_plugin", [True, False], ids=["a line of its own", "with the same product"])
def test_unticked_offer_leaves_the_cart_as_it_was_before(page, edge, woo, has_plugin):
    woo.cart.accepted_prices = {"23084": 990} if has_plugin else {}
    woo.cart.add(BALM, 2)
    woo.cart.add(BOOTS, 1)
    accepted(edge, ("23084", str(BALM), 1, 990), quantity=1, replaces={"sku": "23166"})
    box = ticked(edge, page, lambda: open_cart(page, woo))
    assert sorted(woo.held()) == ([(BALM, 1), (BALM, 2)] if has_plugin else [(BALM, 3)])
    box.uncheck()
    expect(page.get_by_role("status")).to_have_text("Removed from your order. Your new total is €53.15.")
    assert sorted(woo.held()) == [(BALM, 2), (BOOTS, 1)]
    assert "signed" not in json.dumps(woo.cart.items)


def test_offer_that_could_not_be_taken_back_stays_in_the_cart_with_its_token(page, edge, woo):
    """The line is out, and what it had replaced doesn't come in: the offer is put back as it was accepted."""
    woo.cart.accepted_prices = {"23084": 990}
    woo.cart.add(BOOTS, 1)
    accepted(edge, ("23084", str(BALM), 1, 990), quantity=1, replaces={"sku": "23166"})
    box = ticked(edge, page, lambda: open_cart(page, woo))
    woo.failures["cart/add-item"] = [error(503, "busy")]
    box.click()
    expect(page.get_by_role("alert").first).to_have_text("That did not work. It is still in your order.")
    expect(box).to_be_checked()
    assert [(item["id"], item["acceptance"]) for item in woo.cart.items.values()] == [(BALM, "signed")]


def test_cart_in_another_currency_is_not_touched(page, edge, woo):
    woo.cart.currency = "USD"
    accepted(edge, ("23084", str(BALM), 1, 990))
    open_cart(page, woo)
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text(UNCHANGED)
    assert woo.held() == []


def test_blocks_and_classic_pages_draw_their_cart_again(page, edge, woo):
    listen = """window.heard = [];
        document.body.addEventListener('wc-blocks_added_to_cart', () => heard.push('blocks'));
        window.jQuery = node => ({trigger: name => heard.push(node == document.body && name)})"""
    accepted(edge, ("23084", str(BALM), 1, 990))
    open_cart(page, woo, listen)
    press_accept(page)
    page.wait_for_function("heard.length == 4")
    assert page.evaluate("heard") == ["blocks", "wc_update_cart", "wc_fragment_refresh", "update_checkout"]


@pytest.mark.parametrize("is_answered", [True, False])
def test_blocks_get_the_cart_without_fetching_what_is_being_typed(page, edge, woo, is_answered):
    """Whatever comes with a fetched cart, the addresses too, takes the place of what the shopper is typing."""
    listen = """window.heard = [];
        const actions = {receiveCartContents: cart => heard.push(cart.items.map(item => item.quantity))};
        window.wp = {data: {dispatch: name => name == 'wc/store/cart' && actions}};
        document.body.addEventListener('wc-blocks_added_to_cart', event => heard.push(event.detail.preserveCartData))"""
    accepted(edge, ("23084", str(BALM), 1, 990))
    open_cart(page, woo, listen)
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()
    if not is_answered:
        woo.failures["cart"] = [error(503, "busy")]
    page.wait_for_function("typeof heard.at(-1) == 'boolean'")
    assert page.evaluate("heard") == ([[1], True] if is_answered else [False])


@pytest.mark.parametrize(
    "link", ["/wp-json/", "{shop}/wp-json/", "{shop}/index.php?rest_route=/"], ids=["path", "address", "plain"]
)
def test_api_is_where_wordpress_says(page, edge, woo, wait_until, link):
    woo.pages["/index.php"] = Reply(json.dumps(woo.cart.as_json()), headers={"Nonce": "1"})
    head = f'<link rel="https://api.w.org/" href="{link.format(shop=woo.url)}">'
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    open_cart(page, woo, head=head)
    wanted = link.format(shop=woo.url).removeprefix(woo.url) + "wc/store/v1/cart/extensions"
    wait_until(lambda: woo.url + wanted in asked)


@pytest.mark.parametrize("given", [decision(), control()], ids=["treatment", "control"])
def test_visitor_and_variant_are_left_with_the_session(page, edge, woo, wait_until, given):
    edge.decisions = [given]
    open_cart(page, woo)
    wait_until_noted(woo, wait_until)
    visitor = edge.bodies("/v1/decide")[0]["visitor_id"]
    data = {"visitor": visitor, "assignments": {"cart-test": given["variant"]}}
    assert woo.session == {"namespace": "offerlift", "data": data}


def test_withdrawn_consent_is_taken_out_of_the_session(page, edge, woo, wait_until):
    open_cart(page, woo)
    wait_until_noted(woo, wait_until)
    page.evaluate("upsell('consent', false)")
    wait_until(lambda: woo.session["data"] == {"visitor": "", "assignments": {}})


def test_shop_without_the_plugin_still_takes_offers_at_its_own_price(page, edge, woo, problems):
    woo.has_plugin = False
    accepted(edge, ("23084", str(BALM), 1, 990))
    open_cart(page, woo)
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()
