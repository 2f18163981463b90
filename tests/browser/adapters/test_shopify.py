"""An accepted offer in a Shopify cart, and the visitor in its attributes, against the documented Cart API."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from checkout_widgets.webhooks.shop_systems import payloads
from tests.browser.adapters.accepting import accepted, press_accept, reasons, ticked
from tests.browser.adapters.shopify_shop import BALM, BOOTS, ShopifyShop, Variant, error
from tests.browser.quiet import let_expose, let_send
from tests.browser.stub import Edge, Reply, control, decision

pytestmark = pytest.mark.browser

UNCHANGED = "Your order is unchanged"
Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def shopify(edge: Edge) -> Iterator[ShopifyShop]:
    shop = ShopifyShop(edge)
    yield shop
    shop.server.close()


def open_cart(page: Page, shop: ShopifyShop, script: str = "") -> None:
    """The theme's cart page, with both scripts and whatever else the theme does."""
    adapter = f'<script async src="{shop.edge.url}/s/shopify.js"></script>'
    page.goto(shop.put("/cart", head=shop.script() + adapter, call=script + ";upsell('page')"))


def test_accepted_offer_is_added_with_its_token(page, edge, shopify, wait_until):
    accepted(edge, ("23084", str(BALM), 1, 990))
    shopify.cart.add_one(BOOTS, 2, {})
    open_cart(page, shopify)
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()
    assert shopify.held() == [(BOOTS, 2), (BALM, 1)]
    [name] = shopify.cart.items[1]["properties"]
    assert name in payloads.ACCEPTANCE_NAMES
    assert shopify.cart.items[1]["properties"][name] == "signed"
    wait_until(lambda: "accept" in edge.event_types())


@pytest.mark.parametrize("external_id", [f"gid://shopify/ProductVariant/{BALM}", None], ids=["gid", "sku"])
def test_variant_is_found_by_its_global_id_and_by_a_sku_that_is_one(page, edge, shopify, external_id):
    accepted(edge, ("23084" if external_id else str(BALM), external_id, 1, 990))
    open_cart(page, shopify)
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()
    assert shopify.held() == [(BALM, 1)]


def test_page_is_loaded_again_so_that_its_cart_is_right(page, edge, shopify, wait_until):
    accepted(edge, ("23084", str(BALM), 1, 990))
    open_cart(page, shopify)
    page.evaluate("window.isOld = true")
    press_accept(page)
    page.wait_for_function("!window.isOld")
    wait_until(lambda: "accept" in edge.event_types())
    expect(page.locator("[data-upsell-widget]")).to_have_count(0)


def test_page_that_draws_its_cart_itself_is_left_alone(page, edge, shopify, wait_until):
    accepted(edge, ("23084", str(BALM), 1, 990))
    listen = """document.addEventListener('upsell:added', event => {
        event.preventDefault(); window.drawn = event.detail.cart.items.length })"""
    open_cart(page, shopify, listen)
    press_accept(page)
    page.wait_for_function("window.drawn === 1")
    let_expose(page)
    assert page.evaluate("window.drawn") == 1


def test_bundle_goes_in_whole_with_units_that_cost_a_cent_more(page, edge, shopify):
    """Three units for 10.00: the acceptance has them at 3.33, 3.33 and 3.34, the shop's discount makes it 3.3333."""
    shopify.cart.variants[BALM] = Variant(400)
    shopify.cart.variants[BOOTS] = Variant(3000)
    shopify.cart.discounts = {BALM: 67}
    accepted(edge, ("balm", str(BALM), 1, 334), ("balm", str(BALM), 2, 333), ("boots", str(BOOTS), 1, 3000))
    open_cart(page, shopify)
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()
    assert shopify.held() == [(BALM, 3), (BOOTS, 1)]


@pytest.mark.parametrize(
    ("currency", "hundredths", "price_minor"),
    [
        ("JPY", 120_000, 1200),
        ("HUF", 499_000, 499_000),
        ("IDR", 9_900_000, 9_900_000),
        ("IQD", 50_000, 500_000),
        ("KWD", 124, 1235),
    ],
)
def test_amounts_are_hundredths_whatever_the_currency(page, edge, shopify, currency, hundredths, price_minor):
    """Shopify says 1,200 yen as 120000; ISO 4217 gives forint and rupiah two decimals, dinars three."""
    shopify.cart.currency = currency
    shopify.cart.variants[BALM] = Variant(hundredths)
    accepted(edge, ("23084", str(BALM), 1, price_minor), currency=currency)
    open_cart(page, shopify)
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()


@pytest.mark.parametrize(
    ("variants", "reason", "message"),
    [
        ({BOOTS: Variant(3335)}, "not_added", "That did not work. " + UNCHANGED),
        ({BALM: Variant(990, stock=0)}, "out_of_stock", UNCHANGED),
        ({BALM: Variant(990, stock=1)}, "out_of_stock", UNCHANGED),
        ({BALM: Variant(1250)}, "price_changed", UNCHANGED),
    ],
    ids=["no such variant", "sold out", "fewer than asked for", "another price"],
)
def test_refused_offer_leaves_the_cart_as_it_was(page, edge, shopify, wait_until, variants, reason, message):
    shopify.cart.variants = {BOOTS: Variant(3335)} | variants
    shopify.cart.add_one(BOOTS, 1, {})
    accepted(edge, ("23084", str(BALM), 2, 990))
    open_cart(page, shopify)
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text(message)
    assert shopify.held() == [(BOOTS, 1)]
    wait_until(lambda: reasons(edge) == [reason])


@pytest.mark.parametrize("replaces", [{"sku": f"SKU-{BOOTS}"}, {"sku": "x", "external_id": str(BOOTS)}])
@pytest.mark.parametrize("held", [1, 3])
def test_upgrade_takes_the_place_of_what_it_replaces(page, edge, shopify, replaces, held):
    shopify.cart.add_one(BOOTS, held, {"engraving": "A"})
    accepted(edge, ("23084", str(BALM), 1, 990), quantity=1, replaces=replaces)
    open_cart(page, shopify)
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()
    assert sorted(shopify.held()) == sorted([(BALM, 1), *([(BOOTS, held - 1)] if held > 1 else [])])


def test_upgrade_whose_place_is_gone_is_refused(page, edge, shopify, wait_until):
    accepted(edge, ("23084", str(BALM), 1, 990), quantity=1, replaces={"sku": f"SKU-{BOOTS}"})
    open_cart(page, shopify)
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text(UNCHANGED)
    assert shopify.held() == []
    wait_until(lambda: reasons(edge) == ["offer_ended"])


def test_upgrade_that_fails_halfway_puts_back_what_it_replaces(page, edge, shopify):
    """The answer to the last step is lost: the old product is out, and comes in again as it was."""
    shopify.cart.add_one(BOOTS, 1, {"engraving": "A"})
    accepted(edge, ("23084", str(BALM), 1, 990), quantity=1, replaces={"sku": f"SKU-{BOOTS}"})
    shopify.lost = ["/cart/change.js"]
    open_cart(page, shopify)
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text(UNCHANGED)
    assert shopify.held() == [(BOOTS, 1)]
    assert shopify.cart.items[0]["properties"] == {"engraving": "A"}


FAILURES = {
    "no connection": [None],
    "busy": [Reply("Too many requests", "text/plain", 429)],
    "down": [Reply("<h1>Maintenance</h1>", "text/html", 503)],
    "live wording of a missing variant": [error(422, "Cannot find variant")],
}


@pytest.mark.parametrize("failures", FAILURES.values(), ids=FAILURES.keys())
def test_failing_cart_is_told_and_a_second_try_works(page, edge, shopify, wait_until, failures):
    accepted(edge, ("23084", str(BALM), 1, 990), times=2)
    shopify.failures["/cart/add.js"] = list(failures)
    open_cart(page, shopify)
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text(UNCHANGED)
    assert shopify.held() == []
    wait_until(lambda: reasons(edge) == ["not_added"])
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()
    assert shopify.held() == [(BALM, 1)]


DRAWN = "document.addEventListener('upsell:added', event => event.preventDefault())"


@pytest.mark.parametrize(
    "upgrade", [{}, {"quantity": 1, "replaces": {"sku": f"SKU-{BOOTS}"}}], ids=["added", "upgrade"]
)
def test_unticked_offer_leaves_the_cart_as_it_was_before(page, edge, shopify, upgrade, wait_until):
    shopify.cart.add_one(BOOTS, 2, {"engraving": "A"})
    accepted(edge, ("23084", str(BALM), 1, 990), **upgrade)
    box = ticked(edge, page, lambda: open_cart(page, shopify, DRAWN))
    total = "€43.25" if upgrade else "€76.60"
    expect(page.get_by_role("status")).to_have_text(f"Added to your order. Your new total is {total}.")
    box.uncheck()
    expect(page.get_by_role("status")).to_have_text("Removed from your order. Your new total is €66.70.")
    assert shopify.held() == [(BOOTS, 2)]
    assert shopify.cart.items[0]["properties"] == {"engraving": "A"}
    assert "signed" not in json.dumps(shopify.cart.as_json())
    wait_until(lambda: edge.event_types()[-1:] == ["decline"])
    assert [event["props"] for event in edge.events() if event["type"] == "decline"] == [{"undone": True}]


def test_offer_that_could_not_be_taken_back_stays_ticked_and_in_the_cart(page, edge, shopify):
    accepted(edge, ("23084", str(BALM), 1, 990))
    box = ticked(edge, page, lambda: open_cart(page, shopify, DRAWN))
    shopify.failures["/cart/change.js"] = [None]
    box.click()
    expect(page.get_by_role("alert").first).to_have_text("That did not work. It is still in your order.")
    expect(box).to_be_checked()
    assert shopify.held() == [(BALM, 1)]
    assert shopify.cart.items[0]["properties"] == {"_offerlift_acceptance": "signed"}


def test_checkbox_stays_over_the_reload_with_the_focus_and_can_be_unticked_then(page, edge, shopify):
    accepted(edge, ("23084", str(BALM), 1, 990))
    held = f"upsell('page', {{cart: {{currency: 'EUR', total_minor: 990, items: [{{sku: '{BALM}'}}]}}}})"
    box = ticked(edge, page, lambda: open_cart(page, shopify))
    edge.decisions = []  # what is in the cart is offered no more
    shopify.put("/cart", head=shopify.pages["/cart"].body.partition("</style>")[2].partition("</head>")[0], call=held)
    page.evaluate("window.isOld = true")
    page.wait_for_function("!window.isOld")
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("Your new total is €9.90.")
    box.uncheck()
    expect(page.get_by_role("status")).to_contain_text("Removed from your order.")
    assert shopify.held() == []


def test_line_whose_answer_was_lost_is_taken_out_again(page, edge, shopify):
    accepted(edge, ("23084", str(BALM), 1, 990))
    shopify.lost = ["/cart/add.js"]
    open_cart(page, shopify)
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text(UNCHANGED)
    assert shopify.held() == []


def test_line_that_could_not_be_taken_out_is_once_the_network_is_back(page, edge, shopify, wait_until):
    accepted(edge, ("23084", str(BALM), 1, 990))
    shopify.lost = ["/cart/add.js"]
    shopify.failures["/cart/change.js"] = [None]
    open_cart(page, shopify)
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text(UNCHANGED)
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_until(lambda: shopify.held() == [])


def test_cart_in_another_currency_is_not_touched(page, edge, shopify):
    shopify.cart.currency = "USD"
    accepted(edge, ("23084", str(BALM), 1, 990))
    open_cart(page, shopify)
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text(UNCHANGED)
    assert "/cart/add.js" not in [path for path, _ in shopify.calls]


def test_product_without_a_variant_id_is_named_to_the_developer(page, edge, shopify):
    accepted(edge, ("BALM-75", None, 1, 990))
    open_cart(page, shopify, "document.addEventListener('upsell:error', event => window.why = event.detail.message)")
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text(UNCHANGED)
    assert page.evaluate("why") == "Product BALM-75 has no Shopify variant id."


def test_addresses_follow_the_shoppers_language(page, edge, shopify):
    accepted(edge, ("23084", str(BALM), 1, 990))
    open_cart(page, shopify, "window.Shopify = {routes: {root: '/de/'}}")
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()
    assert {path.partition("/cart")[0] for path, _ in shopify.calls[-3:]} == {"/de"}


@pytest.mark.parametrize("given", [decision(), control()], ids=["treatment", "control"])
def test_visitor_and_variant_are_left_with_the_cart(page, edge, shopify, wait_until, given):
    edge.decisions = [given]
    shopify.cart.attributes = {"Gift wrap": "Yes", "offerlift_assignments": "exit-test=control"}
    open_cart(page, shopify)
    told = f"exit-test=control, cart-test={given['variant']}"
    wait_until(lambda: shopify.cart.attributes.get("offerlift_assignments") == told)
    assert payloads.visitor_of(shopify.cart.attributes.items()) == edge.bodies("/v1/decide")[0]["visitor_id"]
    assert shopify.cart.attributes["Gift wrap"] == "Yes"


def test_cart_that_has_the_visitor_already_is_not_written_again(page, edge, shopify, wait_until):
    edge.decisions = []
    open_cart(page, shopify)
    wait_until(lambda: "offerlift_visitor" in shopify.cart.attributes)
    calls = len(shopify.calls)
    open_cart(page, shopify)
    wait_until(lambda: len(shopify.calls) > calls)
    let_send(page)
    assert [path for path, _ in shopify.calls[calls:]] == ["/cart.js"]


def test_withdrawn_consent_is_taken_out_of_the_cart(page, edge, shopify, wait_until):
    open_cart(page, shopify)
    wait_until(lambda: bool(shopify.cart.attributes.get("offerlift_assignments")))
    page.evaluate("upsell('consent', false)")
    wait_until(lambda: shopify.cart.attributes == {"offerlift_visitor": "", "offerlift_assignments": ""})
    page.evaluate("upsell('consent', true)")
    wait_until(lambda: bool(shopify.cart.attributes["offerlift_visitor"]))


def test_nothing_is_asked_of_the_shop_without_consent(page, edge, shopify):
    adapter = f'<script async src="{edge.url}/s/shopify.js"></script>'
    head = shopify.script('data-consent="required"') + adapter
    page.goto(shopify.put("/cart", head=head, call="upsell('page')"))
    page.wait_for_function("window.upsell.isLoaded")
    let_send(page)
    assert shopify.calls == []


def test_adapter_alone_does_no_harm(page, edge, shopify):
    """An ad blocker has removed the snippet, and the page's stub with it."""
    page.goto(shopify.put("/cart", head=f'<script async src="{edge.url}/s/shopify.js"></script>', call=""))
    page.wait_for_function("window.upsell?.q?.length >= 3")
    assert shopify.calls == []
