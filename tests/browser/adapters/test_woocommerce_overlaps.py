"""An accepted offer in a WooCommerce cart beside calls of the page: the call that ends last undoes the other."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.adapters.accepting import accepted, press_accept, reasons, ticked
from tests.browser.adapters.woocommerce_shop import BALM, BOOTS, Product, WooShop, open_cart, wait_until_noted
from tests.browser.stub import Edge

pytestmark = pytest.mark.browser

UNCHANGED = "Your order is unchanged"


@pytest.fixture
def woo(edge: Edge) -> Iterator[WooShop]:
    shop = WooShop(edge)
    yield shop
    shop.server.close()


# The blocks say whether they are sending what was typed: as often as the list has answers, then no more.
TYPING = """window.typing = [%s];
    const cart = {getCartMeta: () => ({updatingCustomerData: window.typing.shift(), applyingCoupon: ''})};
    window.wp = {data: {select: name => name == 'wc/store/cart' ? cart : undefined, dispatch: () => undefined}}"""
STARTS_MEANWHILE = "typing = [false, true, true]"
"""A call that starts while the offer is added, and ends later."""
DRAWN = ";document.body.addEventListener('wc-blocks_added_to_cart', () => { window.isDrawn = true })"


def additions(shop: WooShop) -> int:
    return [path for path, _ in shop.calls].count("cart/add-item")


def accept_beside_a_call(page: Page, woo: WooShop, script: str = "") -> None:
    """Accept while a call of the page starts; the visitor's note is out of the way by then."""
    open_cart(page, woo, TYPING % "" + script)
    page.wait_for_function("window.typing")
    until = 100
    while not woo.session.get("data", {}).get("assignments") and until:
        page.wait_for_timeout(100)
        until -= 1
    page.wait_for_timeout(300)
    page.evaluate(STARTS_MEANWHILE)
    press_accept(page)


def nothing() -> None:
    """What an overlapping call changes itself."""


def test_offer_that_an_overlapping_call_has_taken_out_is_put_in_again_with_its_token(page, edge, woo):
    woo.cart.accepted_prices = {"23084": 900}
    woo.cart.add(BOOTS, 1)
    woo.overlaps = [nothing]
    accepted(edge, ("23084", str(BALM), 1, 900))
    accept_beside_a_call(page, woo)
    expect(page.get_by_role("status")).to_contain_text("€42.35")
    assert [(item["id"], item["quantity"], item["acceptance"]) for item in woo.cart.items.values()] == [
        (BOOTS, 1, ""),
        (BALM, 1, "signed"),
    ]


def test_offer_that_has_stayed_is_not_put_in_again(page, edge, woo):
    accepted(edge, ("23084", str(BALM), 1, 990))
    accept_beside_a_call(page, woo)
    expect(page.get_by_role("status")).to_be_visible()
    assert woo.held() == [(BALM, 1)]
    assert additions(woo) == 1


def test_offer_that_sells_out_meanwhile_is_refused_after_one_more_try(page, edge, woo, wait_until):
    woo.cart.add(BOOTS, 1)
    woo.overlaps = [lambda: woo.cart.products.update({BALM: Product("23084", 990, stock=0)})]
    accepted(edge, ("23084", str(BALM), 1, 990))
    accept_beside_a_call(page, woo)
    expect(page.get_by_role("alert")).to_contain_text(UNCHANGED)
    assert woo.held() == [(BOOTS, 1)]
    assert additions(woo) == 2
    wait_until(lambda: reasons(edge) == ["out_of_stock"])


def test_upgrade_that_is_taken_out_between_its_steps_is_refused_and_leaves_the_cart_as_it_was(page, edge, woo):
    """The call ends after the offer was added, and before what it replaces is taken out."""
    woo.cart.add(BOOTS, 1)
    woo.overlaps = [nothing]
    accepted(edge, ("23084", None, 1, 990), quantity=1, replaces={"sku": "23166"})
    open_cart(page, woo)
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text(UNCHANGED)
    assert woo.held() == [(BOOTS, 1)]


def test_offer_that_the_shopper_takes_out_in_the_cart_stays_out(page, edge, woo):
    accepted(edge, ("23084", str(BALM), 1, 990))
    accept_beside_a_call(page, woo, DRAWN)
    expect(page.get_by_role("status")).to_be_visible()
    woo.cart.items.clear()
    page.evaluate("typing = [true, true]")
    page.wait_for_function("window.isDrawn")
    assert woo.held() == []
    assert additions(woo) == 1


def test_offer_waits_until_the_page_has_sent_what_was_typed(page, edge, woo, wait_until):
    accepted(edge, ("23084", str(BALM), 1, 990))
    open_cart(page, woo, TYPING % "" + ";window.typing.shift = () => window.isTyping; window.isTyping = true")
    press_accept(page)
    wait_until(lambda: bool(edge.bodies("/v1/accept")))
    page.wait_for_timeout(300)
    assert additions(woo) == 0
    page.evaluate("isTyping = false")
    expect(page.get_by_role("status")).to_be_visible()
    assert woo.held() == [(BALM, 1)]


@pytest.mark.parametrize(
    "endless",
    [
        "window.typing.shift = () => true",
        "window.jQuery = () => undefined; window.jQuery.active = 1",
    ],
    ids=["blocks", "classic"],
)
def test_page_that_never_stops_sending_is_not_waited_for_longer(page, edge, woo, endless):
    page.add_init_script(
        "const set = setTimeout; window.setTimeout = (callback, ms) => set(callback, ms == 100 ? 1 : ms)"
    )
    accepted(edge, ("23084", str(BALM), 1, 990))
    open_cart(page, woo, TYPING % "" + ";" + endless)
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible()
    assert woo.held() == [(BALM, 1)]
    assert additions(woo) == 1


def test_unticked_offer_that_an_overlapping_call_has_put_back_is_taken_out_again(page, edge, woo):
    woo.cart.add(BALM, 2)
    accepted(edge, ("23084", str(BALM), 1, 990))
    box = ticked(edge, page, lambda: open_cart(page, woo, TYPING % "" + DRAWN))
    page.wait_for_function("window.isDrawn")
    page.evaluate("typing = [false, true, true]")
    woo.overlaps = [nothing]
    box.uncheck()
    expect(page.get_by_role("status")).to_have_text("Removed from your order. Your new total is €19.80.")
    assert woo.held() == [(BALM, 2)]


# Waiting for a call that stays open takes no time, at first; then as long as it does.
QUICK_AT_FIRST = """const set = setTimeout; let waits = 0;
    window.setTimeout = (callback, ms, ...rest) => set(callback, ms == 100 && waits++ < 100 ? 1 : ms, ...rest)"""
OPEN_ENDED = TYPING % "" + ";window.typing.shift = () => window.isTyping; window.isTyping = true"
NOTICES = ";document.body.insertAdjacentHTML('afterbegin', '<div class=woocommerce-notices-wrapper></div>')"
BLOCK_NOTICES = """;document.body.insertAdjacentHTML('afterbegin', '<div class=wp-block-woocommerce-checkout></div>');
    window.notices = [];
    const more = {createNotice: (kind, text, options) => notices.push([kind, text, options.context])};
    wp.data.dispatch = name => name == 'core/notices' ? more : undefined"""


def accept_beside_an_open_call(page: Page, edge: Edge, woo: WooShop, script: str = NOTICES) -> None:
    """Boots in the cart, and a call of the page that is open until ``isTyping`` ends, and undoes the offer then."""
    woo.cart.accepted_prices = {"23084": 900}
    woo.cart.add(BOOTS, 1)
    earlier = dict(woo.cart.items)
    accepted(edge, ("23084", str(BALM), 1, 900))
    page.add_init_script(QUICK_AT_FIRST)
    open_cart(page, woo, OPEN_ENDED + script)
    press_accept(page)
    expect(page.get_by_text("Added to your order.")).to_be_visible()
    assert additions(woo) == 1
    woo.cart.items = earlier


def test_offer_that_a_long_call_undoes_is_put_back_once_and_said_so(page, edge, woo, wait_until):
    accept_beside_an_open_call(page, edge, woo)
    page.evaluate("isTyping = false")
    notice = page.locator(".woocommerce-notices-wrapper").get_by_role("status")
    expect(notice).to_have_text("Added to your order. Your new total is €42.35.")
    assert [(item["id"], item["acceptance"]) for item in woo.cart.items.values()] == [(BOOTS, ""), (BALM, "signed")]
    woo.cart.items.popitem()
    page.wait_for_timeout(1000)
    assert additions(woo) == 2


def test_offer_that_a_long_call_undoes_is_said_to_be_back_among_the_blocks_notices(page, edge, woo):
    accept_beside_an_open_call(page, edge, woo, BLOCK_NOTICES)
    page.evaluate("isTyping = false")
    page.wait_for_function("notices.length")
    assert page.evaluate("notices") == [["info", "Added to your order. Your new total is €42.35.", "wc/cart"]]


def test_offer_that_a_long_call_undoes_and_that_sells_out_is_said_to_be_gone(page, edge, woo, problems):
    accept_beside_an_open_call(page, edge, woo)
    woo.cart.products[BALM] = Product("23084", 990, stock=0)
    page.evaluate("isTyping = false")
    notice = page.locator(".woocommerce-notices-wrapper").get_by_role("alert")
    expect(notice).to_have_text("Leather care balm, 75 ml: That did not work. Your order is unchanged.")
    assert woo.held() == [(BOOTS, 1)]


def test_offer_that_a_long_call_leaves_in_is_not_said_again(page, edge, woo):
    accept_beside_an_open_call(page, edge, woo)
    woo.cart.add(BALM, 1, "signed")
    page.evaluate("isTyping = false")
    page.wait_for_timeout(1000)
    assert additions(woo) == 1
    assert page.locator(".woocommerce-notices-wrapper").inner_text() == ""


def test_offer_that_stays_in_a_cart_of_which_the_page_draws_an_older_one_is_drawn_again(page, edge, woo):
    """WooCommerce 10 keeps the line, answers the long call with the cart of before, and says that it was removed."""
    drawn = """;window.older = {items: []}; window.given = [];
        const select = wp.data.select;
        wp.data.select = name => ({...select(name), getCartData: () => older});
        wp.data.dispatch = name => name == 'wc/store/cart'
            ? {receiveCartContents: cart => given.push(cart.items.length)} : more"""
    accept_beside_an_open_call(page, edge, woo, BLOCK_NOTICES + drawn)
    woo.cart.add(BALM, 1, "signed")
    page.wait_for_function("given.length == 1")  # as after any offer
    page.evaluate(f"older.items = [{{key: '1', id: {BOOTS}, quantity: 1}}]; isTyping = false")
    page.wait_for_function("given.length == 2 && notices.length")
    assert page.evaluate("[given, notices[0][1]]") == [[2, 2], "Added to your order. Your new total is €42.35."]
    assert additions(woo) == 1


def test_cart_that_is_ordered_during_a_long_call_stays_empty(page, edge, woo):
    accept_beside_an_open_call(page, edge, woo)
    woo.cart.items = {}
    page.evaluate("isTyping = false")
    page.wait_for_timeout(1000)
    assert woo.held() == []


# As WordPress's package calls: each middleware gets the call and the next one; the call is open until `endCall()`.
API_FETCH = """window.middlewares = [];
    window.wp = {...window.wp, apiFetch: {use: (middleware) => middlewares.unshift(middleware)}};
    window.call = (method, path, data) => {
        const fetch = () => new Promise((done) => { window.endCall = done });
        const run = middlewares.reduceRight((next, each) => (options) => each(options, next), fetch);
        run({method, path, data});
    };"""


def call(page: Page, *words: Any) -> None:
    """Let the page make a call that stays open."""
    page.wait_for_function("middlewares.length")
    page.evaluate("words => call(...words)", list(words))


BY_SHOPPER = [
    ("POST", "/wc/store/v1/cart/remove-item", {"key": "1"}),
    ("POST", "/wc/store/v1/batch", {"requests": [{"path": "/wc/store/v1/cart/update-item"}]}),
]


@pytest.mark.parametrize("made", BY_SHOPPER, ids=["alone", "in a batch"])
def test_offer_that_the_shopper_takes_out_during_a_long_call_stays_out(page, edge, woo, made):
    accept_beside_an_open_call(page, edge, woo, NOTICES + ";" + API_FETCH)
    call(page, *made)
    page.evaluate("endCall(); isTyping = false")
    page.wait_for_timeout(1000)
    assert woo.held() == [(BOOTS, 1)]


def test_offer_waits_for_another_plugins_call(page, edge, woo, wait_until):
    """`cart/extensions`, by which plugins change the cart, isn't in the meta data of the blocks' cart."""
    accepted(edge, ("23084", str(BALM), 1, 990))
    open_cart(page, woo, API_FETCH)
    wait_until_noted(woo, wait_until)
    call(page, "POST", "/wc/store/v1/cart/extensions", {"namespace": "gift-wrap"})
    press_accept(page)
    wait_until(lambda: bool(edge.bodies("/v1/accept")))
    page.wait_for_timeout(300)
    assert additions(woo) == 0
    page.evaluate("endCall()")
    expect(page.get_by_role("status")).to_be_visible()
    assert woo.held() == [(BALM, 1)]


def test_offer_does_not_wait_for_what_only_reads(page, edge, woo, wait_until):
    accepted(edge, ("23084", str(BALM), 1, 990))
    open_cart(page, woo, API_FETCH)
    wait_until_noted(woo, wait_until)
    for method in ("GET", None):
        call(page, method, "/wc/store/v1/cart")
    press_accept(page)
    expect(page.get_by_role("status")).to_be_visible(timeout=2500)


def notes(shop: WooShop) -> list[Any]:
    return [body["data"]["assignments"] for path, body in shop.calls if path == "cart/extensions"]


def test_visitor_is_noted_once_the_page_has_sent_its_changes(page, edge, woo, wait_until):
    open_cart(page, woo, OPEN_ENDED)
    page.get_by_role("button", name="Add for").wait_for()
    page.wait_for_timeout(1500)
    assert notes(woo) == []
    page.evaluate("isTyping = false")
    wait_until_noted(woo, wait_until)


def test_visitor_is_noted_again_once_a_long_call_has_ended(page, edge, woo, wait_until):
    page.add_init_script(QUICK_AT_FIRST)
    open_cart(page, woo, OPEN_ENDED)
    wait_until_noted(woo, wait_until)
    written = len(notes(woo))
    page.evaluate("isTyping = false")
    wait_until(lambda: len(notes(woo)) == written + 1)
    page.wait_for_timeout(500)
    assert len(notes(woo)) == written + 1
