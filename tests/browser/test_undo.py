"""An accepted checkbox offer: it stays, says what it is and costs, and can be taken back."""

from collections import Counter

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import layouts
from tests.browser.quiet import let_draw, let_send
from tests.browser.stub import decision

pytestmark = pytest.mark.browser

CART = "{cart: {currency: 'EUR', total_minor: 6670, items: []}}"
HELD = "{cart: {currency: 'EUR', total_minor: 8169, items: [{sku: '2 years of accident cover'}]}}"
ACCEPT = "upsell('accept', async (acceptance) => ({total_text: '€81.69', line: 7}));"
UNDO = """upsell('undo', async (acceptance, decision, added) => {
    window.undone = [acceptance.acceptance_token, decision.moment, decision.exposure_token, added.line]
    return {total_text: '€66.70'}
});"""
OFFER = "Add 2 years of accident cover for €14.99"
BOUGHT = "2 years of accident cover, €14.99"


@pytest.fixture
def open_page(page: Page, edge, shop):
    """Opens a page with an order bump, after these calls; the page's cart may hold it already."""

    def open_page(calls: str = ACCEPT + UNDO, cart: str = CART) -> Page:
        bump = layouts.of("bump", edge.url)
        line = {"sku": "2 years of accident cover", "quantity": 1, "price_minor": 1499}
        bump["items"][0]["sku"] = line["sku"]
        edge.decisions = [decision(content=bump)]
        page.goto(shop.put(call=f"{calls}upsell('page', {cart})"))
        return page

    return open_page


@pytest.fixture(autouse=True)
def lines(edge, monkeypatch):
    """The edge signs what is offered here."""
    usual = edge.usual

    def answer(path, body):
        reply = usual(path, body)
        if path == "/v1/accept":
            reply.body = reply.body.replace("23084", "2 years of accident cover")
        return reply

    monkeypatch.setattr(edge, "usual", answer)


def test_accepted_checkbox_stays_named_with_product_and_price_and_says_the_new_total(page, open_page):
    open_page()
    page.get_by_role("checkbox", name=OFFER).press("Space")
    box = page.get_by_role("checkbox", name=BOUGHT)
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("Added to your order. Your new total is €81.69.")
    expect(page.get_by_role("button", name="No thanks")).to_have_count(0)
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []
    tree = page.locator("[data-upsell-widget]").aria_snapshot()
    assert f'checkbox "{BOUGHT}" [checked]' in tree
    assert "status: ✓ Added to your order. Your new total is €81.69." in tree


def test_unticking_takes_it_back_and_it_can_be_ticked_again(page, edge, open_page, wait_until):
    open_page()
    page.get_by_role("checkbox", name=OFFER).check()
    page.get_by_role("checkbox", name=BOUGHT).press("Space")
    box = page.get_by_role("checkbox", name=OFFER)
    expect(box).not_to_be_checked()
    expect(box).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("Removed from your order. Your new total is €66.70.")
    assert page.evaluate("undone") == ["signed", "cart", None, 7]
    wait_until(lambda: "decline" in edge.event_types())
    assert edge.event_types() == ["exposure", "impression", "click", "accept", "decline"]
    assert edge.events()[-1]["props"] == {"undone": True}
    box.press("Space")
    expect(page.get_by_role("checkbox", name=BOUGHT)).to_be_checked()
    first, second = edge.bodies("/v1/accept")
    assert first["idempotency_key"] != second["idempotency_key"]  # what was taken back is not good any more
    assert edge.bodies("/v1/decide")[0]["history"]["declined_at"] is None


def test_page_that_draws_its_cart_again_keeps_the_checkbox_and_the_focus(page, edge, open_page, wait_until):
    open_page()
    page.get_by_role("checkbox", name=OFFER).press("Space")
    box = page.get_by_role("checkbox", name=BOUGHT)
    expect(box).to_be_checked()
    page.clock.install()
    page.clock.fast_forward(20_000)
    page.evaluate(f"upsell('page', {HELD})")
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    let_draw(page)
    expect(box).to_have_count(1)
    expect(box).to_be_focused()


@pytest.mark.parametrize(("cart", "count"), [(HELD, 1), (CART, 0)], ids=["in the cart", "taken out there"])
def test_later_page_shows_the_checkbox_as_long_as_the_cart_holds_it(page, edge, open_page, wait_until, cart, count):
    open_page()
    page.get_by_role("checkbox", name=OFFER).check()
    expect(page.get_by_role("checkbox", name=BOUGHT)).to_be_checked()
    # On a busy machine, the impression of a second in view comes after the tick, or not before the page is left.
    wait_until(lambda: {"exposure", "click", "accept"} <= set(edge.event_types()))
    open_page(cart=cart)
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    let_send(page)
    expect(page.get_by_role("checkbox")).to_have_count(count)
    if count:
        page.get_by_role("checkbox", name=BOUGHT).uncheck()
        expect(page.get_by_role("checkbox", name=OFFER)).to_be_visible()
    counts = Counter(edge.event_types())
    assert (counts["exposure"], counts["click"], counts["accept"]) == (1, 1, 1)


def test_undo_that_fails_leaves_it_ticked_and_says_so(page, open_page):
    open_page(ACCEPT + "upsell('undo', async () => { throw Error('no') });")
    page.get_by_role("checkbox", name=OFFER).check()
    page.get_by_role("checkbox", name=BOUGHT).click()
    expect(page.get_by_role("alert").first).to_have_text("That did not work. It is still in your order.")
    expect(page.get_by_role("checkbox", name=BOUGHT)).to_be_checked()


def test_page_may_take_over_the_undo(page, open_page):
    listen = (
        "document.addEventListener('upsell:undo', event => { event.preventDefault(); window.told = event.detail });"
    )
    open_page(ACCEPT + UNDO + listen)
    page.get_by_role("checkbox", name=OFFER).check()
    page.get_by_role("checkbox", name=BOUGHT).uncheck()
    expect(page.get_by_role("checkbox", name=OFFER)).to_be_visible()
    assert page.evaluate("[window.undone, told.acceptance.acceptance_token, told.experiment, told.exposure_token]") == [
        None,
        "signed",
        "cart-test",
        None,
    ]


def test_page_that_cannot_take_back_gets_a_confirmation_without_a_checkbox(page, open_page):
    open_page(ACCEPT)
    page.get_by_role("checkbox", name=OFFER).click()
    expect(page.get_by_role("status")).to_have_text("Added to your order. Your new total is €81.69.")
    expect(page.get_by_role("checkbox")).to_have_count(0)
