"""An offer that is accepted: sent once, handed to the page, or said to have changed nothing."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.calls import CALL, CART
from tests.browser.quiet import let_draw
from tests.browser.stub import MESSAGES, Reply, content, decision

pytestmark = pytest.mark.browser


def test_accept_hands_the_signed_offer_to_the_page_and_confirms(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    wait_until(lambda: "impression" in edge.event_types())
    page.get_by_role("button", name="Add for €9.90").click()
    expect(page.get_by_role("status")).to_have_text("Added to your order.")
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.textContent") == "Added to your order."
    assert page.evaluate("added.acceptance_token") == "signed"
    wait_until(lambda: "accept" in edge.event_types())
    assert edge.event_types() == ["exposure", "impression", "click", "accept"]
    [asked] = edge.bodies("/v1/accept")
    assert asked["exposure_token"] == "token-cart"
    assert asked["visitor_id"] == edge.bodies("/v1/decide")[0]["visitor_id"]


# a field that shows its error above the offer once it is left, as checkouts do
FIELD = """<input id=name aria-label="Name" onblur="document.getElementById('error').style.height = '120px'">
    <div id=error></div><div data-upsell-slot="cart" style="min-height:200px"></div>"""


def test_press_is_not_lost_where_leaving_a_field_would_move_the_button(page, edge, shop):
    page.goto(shop.put(call=CALL, body=FIELD))
    button = page.get_by_role("button", name="Add for")
    expect(button).to_be_visible()
    page.get_by_label("Name").focus()
    button.click(delay=200)
    expect(page.get_by_role("status")).to_have_text("Added to your order.")
    assert page.evaluate("document.activeElement.id") == "name"


def test_press_beside_the_widget_moves_the_focus_as_ever(page, edge, shop):
    page.goto(shop.put(call=CALL, body=FIELD))
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    page.get_by_label("Name").focus()
    page.get_by_role("heading", name="Your cart").click()
    assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_accept_pressed_twice_is_sent_once(page, edge, shop, wait_until):
    edge.delays["/v1/accept"] = 0.5
    page.goto(shop.put(call=CALL))
    page.get_by_role("button", name="Add for").dblclick()
    expect(page.get_by_role("status")).to_be_visible()
    assert len(edge.bodies("/v1/accept")) == 1


def test_accepted_offer_is_not_made_again_in_the_session(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.evaluate("upsell('page')")  # the page refreshes its cart: the confirmation stays for a moment
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    let_draw(page)
    expect(page.get_by_role("status")).to_be_visible()
    page.reload()
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 3)
    let_draw(page)
    expect(page.get_by_role("button", name="Add for")).to_have_count(0)


@pytest.mark.parametrize(
    ("code", "messages", "said"),
    [
        ("offer_ended", {}, "That did not work. Your order is unchanged."),
        (
            "out_of_stock",
            {"out_of_stock": "Leider ausverkauft. Deine Bestellung ist unverändert."},
            "Leider ausverkauft",
        ),
    ],
)
def test_refused_accept_says_that_the_order_is_unchanged(page, edge, shop, wait_until, code, messages, said):
    edge.decisions = [decision(content=content(messages=MESSAGES | messages))]
    edge.replies["/v1/accept"] = [Reply(json.dumps({"error": {"code": code, "message": ""}}), status=409)]
    page.goto(shop.put(call=CALL))
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("alert")).to_contain_text(said)
    wait_until(lambda: "accept_failed" in edge.event_types())
    assert edge.events()[-1]["props"] == {"reason": code}
    assert page.evaluate("window.added") is None


def test_accept_tried_again_after_a_failure_keeps_its_idempotency_key(page, edge, shop, wait_until):
    edge.replies["/v1/accept"] = [Reply("<html>gateway</html>", "text/html", 502)]
    page.goto(shop.put(call=CALL))
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("alert")).to_contain_text("Your order is unchanged")
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("status")).to_be_visible()
    first, second = edge.bodies("/v1/accept")
    assert first["idempotency_key"] == second["idempotency_key"]


def test_accept_waits_four_seconds_at_most(page, edge, shop, wait_until):
    edge.delays["/v1/accept"] = 6
    times = "window.at = {}; for (const type of ['click', 'accept_failed']) "
    times += "document.addEventListener('upsell:' + type, () => at[type] = performance.now());"
    page.goto(shop.put(call=times + CALL))
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("alert")).to_contain_text("Your order is unchanged", timeout=6000)
    assert 3990 <= page.evaluate("at.accept_failed - at.click") < 4500


@pytest.mark.parametrize(
    "adapter", ["", "upsell('accept', async () => { throw new Error('sold out') });"], ids=["none", "failing"]
)
def test_accept_that_the_page_cannot_carry_out_says_so(page, edge, shop, wait_until, adapter):
    page.goto(shop.put(call=adapter + f"upsell('page', {CART})"))
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("alert")).to_contain_text("Your order is unchanged")
    wait_until(lambda: "accept_failed" in edge.event_types())
    assert edge.events()[-1]["props"] == {"reason": "not_added"}


def test_accept_event_that_the_page_cancels_replaces_the_callback(page, edge, shop, wait_until):
    listen = """document.addEventListener('upsell:accept', event => {
        event.preventDefault(); window.taken = event.detail.acceptance.acceptance_token });"""
    page.goto(shop.put(call=listen + CALL))
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert page.evaluate("[window.taken, window.added]") == ["signed", None]


def test_accept_button_names_the_price_even_where_its_label_does_not(page, edge, shop):
    edge.decisions = [decision(content=content(accept_label="Add it"))]
    page.goto(shop.put(call=CALL))
    expect(page.get_by_role("button", name="Add it (€9.90)")).to_be_visible()
