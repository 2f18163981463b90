"""The snippet and the WooCommerce adapter on the pages of a real shop: blocks and classic, on a desk and on a phone."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import chromium
from tests.shop_rig.browsing import PATIENT, WAIT_MS, WITH_MUG, Edge, accept_at, cart_of
from tests.shop_rig.edge import SECRET
from tests.shop_rig.shop import Shop

SIZES = {"desk": (1280, 900), "phone": (390, 800)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def edge(shop: Shop) -> Iterator[Edge]:
    edge = Edge()
    with shop.constants({"edge": edge.url, "key": "pk_rig", "secret": SECRET}):
        yield edge
    edge.server.close()


@pytest.fixture(params=list(SIZES.values()), ids=list(SIZES))
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page that must stay free of errors."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(PATIENT)
    yield page
    assert errors == []
    context.close()


def test_block_cart_takes_the_offer_and_draws_itself_again(shop, edge, products, page):
    page.goto(f"{shop.url}/?add-to-cart={products['BOOTS']}")
    page.goto(f"{shop.url}/cart/")
    accept_at(page, "cart")
    expect(page.locator(".wc-block-cart-items").get_by_role("link", name="Mug")).to_be_visible(timeout=WAIT_MS)
    expect(page.locator(".wc-block-components-totals-footer-item")).to_contain_text("47.08", timeout=WAIT_MS)
    assert cart_of(page) == WITH_MUG
    assert edge.decided()[0]["cart"]["total_minor"] == 3335


def test_block_checkout_takes_the_offer_and_keeps_what_was_typed(shop, edge, products, page):
    page.goto(f"{shop.url}/?add-to-cart={products['BOOTS']}")
    page.goto(f"{shop.url}/checkout/")
    page.get_by_label("Email address").fill("sam@shop.example")
    page.get_by_label("First name").fill("Sam")
    accept_at(page, "payment")
    expect(page.locator(".wc-block-components-totals-footer-item").first).to_contain_text("47.08", timeout=WAIT_MS)
    assert page.get_by_label("Email address").input_value() == "sam@shop.example"
    assert page.get_by_label("First name").input_value() == "Sam"
    assert cart_of(page) == WITH_MUG


# another plugin's call, which writes the session as it was half a minute earlier
SLOW = """add_action('woocommerce_blocks_loaded', function () {
    $callback = function () { sleep(30); };
    woocommerce_store_api_register_update_callback(['namespace' => 'slow', 'callback' => $callback]);
});"""
CALL_SLOWLY = "void wp.data.dispatch('wc/store/cart').applyExtensionCartUpdate({namespace: 'slow', data: {}})"


@pytest.mark.parametrize("page", [SIZES["desk"]], ids=["desk"], indirect=True)
def test_offer_that_a_slow_call_of_the_block_checkout_undoes_is_put_back_and_said_so(shop, edge, products, page):
    with shop.mu_plugin("slow", SLOW):
        page.goto(f"{shop.url}/?add-to-cart={products['BOOTS']}")
        page.goto(f"{shop.url}/checkout/")
        button = page.locator('[data-upsell-slot="payment"]').get_by_role("button", name="Add for")
        expect(button).to_be_visible(timeout=WAIT_MS)
        with page.expect_response(lambda answer: '"slow"' in (answer.request.post_data or "")):
            page.evaluate(CALL_SLOWLY)
            accept_at(page, "payment")
        notices = page.locator(".wc-block-components-notice-banner")
        expect(notices.filter(has_text="Your new total is €47.08.").first).to_be_visible(timeout=WAIT_MS)
    assert cart_of(page) == WITH_MUG


@pytest.mark.parametrize("page", [SIZES["desk"]], ids=["desk"], indirect=True)
def test_button_is_pressed_although_leaving_a_field_moves_the_page(shop, edge, products, page):
    """A shopper presses for a fifth of a second; the field that is left by that shows its error above the button."""
    page.goto(f"{shop.url}/?add-to-cart={products['BOOTS']}")
    page.goto(f"{shop.url}/checkout/")
    slot = page.locator('[data-upsell-slot="payment"]')
    button = slot.get_by_role("button", name="Add for €7.90")
    expect(button).to_be_visible(timeout=WAIT_MS)
    page.get_by_label("Last name").fill("")
    button.click(delay=400)
    expect(slot.get_by_text("Added to your order.")).to_be_visible(timeout=WAIT_MS)


def test_classic_cart_takes_the_offer_and_keeps_its_slot_when_it_is_drawn_again(
    shop, edge, products, classic_pages, page
):
    page.goto(f"{shop.url}/?add-to-cart={products['BOOTS']}")
    page.goto(f"{shop.url}/classic-cart/")
    accept_at(page, "cart")
    expect(page.locator(".woocommerce-cart-form").get_by_role("link", name="Mug").first).to_be_visible(timeout=WAIT_MS)
    assert cart_of(page) == WITH_MUG
    assert page.locator('[data-upsell-slot="cart"]').count() == 1


def test_classic_checkout_takes_the_offer_below_the_delivery_options(shop, edge, products, classic_pages, page):
    edge.moments = ["shipping"]
    page.goto(f"{shop.url}/?add-to-cart={products['BOOTS']}")
    page.goto(f"{shop.url}/classic-checkout/")
    page.locator("#billing_first_name").fill("Sam")
    accept_at(page, "shipping")  # the only delivery there is counts as chosen
    slot = page.locator('[data-upsell-slot="shipping"]')
    review = page.locator(".woocommerce-checkout-review-order-table")
    expect(review).to_contain_text("Mug", timeout=WAIT_MS)
    expect(review.locator(".order-total")).to_contain_text("47.08")
    assert slot.count() == 1  # the table is drawn again, the slot below it is not
    assert slot.bounding_box()["y"] > review.bounding_box()["y"]
    assert page.locator("#billing_first_name").input_value() == "Sam"
    assert cart_of(page) == WITH_MUG


LEAVE = "document.dispatchEvent(new MouseEvent('mouseout', {clientY: -1, relatedTarget: null}))"


def take_exit_offer(page: Page, edge: Edge, address: str) -> None:
    """Look at a page until the exit offer may come, leave it, and accept the offer."""
    edge.moments = ["exit_intent"]
    with page.expect_response(lambda answer: answer.url.endswith("/v1/decide"), timeout=WAIT_MS):
        page.goto(address)
    time.sleep(6)  # it comes after five seconds at the earliest
    page.evaluate("document.activeElement.blur()")
    page.evaluate(LEAVE)
    dialog = page.get_by_role("dialog", name="Mug")
    expect(dialog).to_be_visible(timeout=WAIT_MS)
    dialog.get_by_role("button", name="Add for €7.90").click()
    expect(page.get_by_text("Added to your order.").first).to_be_visible(timeout=WAIT_MS)
    assert cart_of(page) == WITH_MUG
    assert page.locator("[data-upsell-slot]").count() == 0


@pytest.mark.parametrize("page", [SIZES["desk"]], ids=["desk"], indirect=True)
@pytest.mark.parametrize("path", ["/cart/", "/checkout/"])
def test_exit_offer_opens_over_blocks_and_is_taken(shop, edge, products, page, path):
    page.goto(f"{shop.url}/?add-to-cart={products['BOOTS']}")
    take_exit_offer(page, edge, shop.url + path)


@pytest.mark.parametrize("page", [SIZES["desk"]], ids=["desk"], indirect=True)
@pytest.mark.parametrize("path", ["/classic-cart/", "/classic-checkout/"])
def test_exit_offer_opens_over_classic_pages_and_is_taken(shop, edge, products, classic_pages, page, path):
    page.goto(f"{shop.url}/?add-to-cart={products['BOOTS']}")
    take_exit_offer(page, edge, shop.url + path)


def test_empty_cart_has_no_slot_and_asks_nothing(shop, edge, page):
    page.goto(f"{shop.url}/cart/")
    expect(page.get_by_text("Your cart is currently empty").first).to_be_visible(timeout=WAIT_MS)
    assert page.locator("[data-upsell-slot]").count() == 0
    assert edge.decided() == []
