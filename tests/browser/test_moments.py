"""Several moments on one page: their triggers, and one offer at a time, the same whichever variant it is."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.quiet import let_expose
from tests.browser.stub import Reply, content, control, decision

pytestmark = pytest.mark.browser

DELIVERY = {"trigger": {"kind": "delivery_chosen"}}
PAYMENT = {"trigger": {"kind": "payment_step"}}
PLACED = {"trigger": {"kind": "order_placed"}}
FIELDS = """<div data-upsell-delivery><input type=radio name=d id=express aria-label=Express></div>
    <div data-upsell-payment><select id=method aria-label=Method><option>Card<option>Invoice</select></div>"""
VARIANT = pytest.mark.parametrize("make", [decision, control], ids=["treatment", "control"])


def slot(moment: str, style: str = "min-height:200px") -> str:
    return f'<div data-upsell-slot="{moment}" style="{style}"></div>'


def ask(*moments: str) -> str:
    return f"upsell('accept', async () => {{}});upsell('page', {{moments: {list(moments)}}})"


def other(moment: str, make=decision, **fields):
    """A decision of another moment, told apart by its token and its copy."""
    made = make(moment, **fields)
    return made | {"content": made["content"] and content(headline=f"Offer of {moment}", accept_label=f"Add {moment}")}


@VARIANT
@pytest.mark.parametrize("how", ["field", "command"])
def test_shipping_waits_until_a_delivery_is_chosen(page, edge, shop, wait_until, make, how):
    edge.decisions = [make("shipping", **DELIVERY)]
    page.goto(shop.put(body=FIELDS + slot("shipping"), call=ask("shipping")))
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    let_expose(page)
    assert edge.events() == []
    expect(page.locator(".widget")).to_have_count(0)
    if how == "field":
        page.locator("#express").check()
    else:
        page.evaluate("upsell('delivery')")
    wait_until(lambda: "exposure" in edge.event_types())
    expect(page.locator(".widget")).to_have_count(1 if make is decision else 0)


@VARIANT
def test_shipping_needs_its_slot_in_view_as_well(page, edge, shop, wait_until, make):
    edge.decisions = [make("shipping", **DELIVERY)]
    body = FIELDS + '<div style="height:2000px"></div>' + slot("shipping")
    page.goto(shop.put(body=body, call="upsell('delivery');" + ask("shipping")))
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    let_expose(page)
    assert edge.events() == []
    page.evaluate("window.scrollTo(0, 2000)")
    wait_until(lambda: "exposure" in edge.event_types())


@VARIANT
@pytest.mark.parametrize("how", ["field", "command"])
def test_payment_is_exposed_as_soon_as_a_method_is_chosen(page, edge, shop, wait_until, make, how):
    edge.decisions = [make("payment", **PAYMENT)]
    body = FIELDS + '<div style="height:2000px"></div>' + slot("payment")
    page.goto(shop.put(body=body, call=ask("payment")))
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    let_expose(page)
    assert edge.events() == []
    if how == "field":
        page.locator("#method").select_option("Invoice")
    else:
        page.evaluate("upsell('payment')")
    wait_until(lambda: "exposure" in edge.event_types())


@VARIANT
def test_payment_is_exposed_where_its_slot_is_in_view(page, edge, shop, wait_until, make):
    edge.decisions = [make("payment", **PAYMENT)]
    page.goto(shop.put(body=FIELDS + slot("payment"), call=ask("payment")))
    wait_until(lambda: "exposure" in edge.event_types())


@VARIANT
def test_placed_order_asks_for_the_confirmation_alone(page, edge, shop, wait_until, make):
    edge.decisions = [make("confirmation", **PLACED)]
    page.goto(shop.put(body=slot("confirmation", "display:none"), call=ask("payment")))
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    page.evaluate("document.querySelector('[data-upsell-slot]').style = 'min-height:200px'")
    page.evaluate("upsell('order', {cart: {currency: 'EUR', total_minor: 990, items: []}})")
    wait_until(lambda: "exposure" in edge.event_types())
    asked = edge.bodies("/v1/decide")[1]
    assert asked["moments"] == ["confirmation"]
    assert asked["cart"]["total_minor"] == 990


@VARIANT
@pytest.mark.parametrize("second", [decision, control], ids=["second-treatment", "second-control"])
def test_second_inline_offer_is_skipped_whatever_the_variants(page, edge, shop, wait_until, make, second):
    edge.decisions = [other("cart", make), other("payment", second, **PAYMENT)]
    page.goto(shop.put(body=slot("cart") + slot("payment"), call=ask("cart", "payment")))
    wait_until(lambda: "skipped" in edge.event_types())
    wait_until(lambda: len([kind for kind in edge.event_types() if kind in ("exposure", "skipped")]) == 2)
    happened = {event["type"]: event for event in edge.events() if event["type"] in ("exposure", "skipped")}
    assert happened["exposure"]["exposure_token"] != happened["skipped"]["exposure_token"]
    assert happened["skipped"]["props"] == {"reason": "one_at_a_time"}
    expect(page.locator(".widget")).to_have_count(1 if shown(happened["exposure"], make, second) else 0)


def shown(exposure: dict[str, Any], make, second) -> bool:
    """Whether the variant that took its turn has something to show."""
    return (make if exposure["exposure_token"] == "token-cart" else second) is decision


@VARIANT
def test_exit_offer_takes_the_place_of_an_inline_one(page, edge, shop, wait_until, make, install_clock):
    edge.decisions = [other("cart", make), decision("exit_intent")]
    install_clock()
    page.goto(shop.put(body=slot("cart"), call=ask("cart", "exit_intent")))
    wait_until(lambda: "exposure" in edge.event_types())
    page.clock.fast_forward(5100)
    page.evaluate("document.dispatchEvent(new MouseEvent('mouseout', {clientY: -1}))")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.locator(".widget")).to_have_count(1)


@VARIANT
def test_caps_hold_within_a_page_view(page, edge, shop, wait_until, make, install_clock):
    answer = {"visitor_id": None, "decisions": [other("cart", make), decision("exit_intent")], "offers_left": 1}
    edge.replies["/v1/decide"] = [Reply(json.dumps(answer))]
    install_clock()
    page.goto(shop.put(body=slot("cart"), call=ask("cart", "exit_intent")))
    wait_until(lambda: "exposure" in edge.event_types())
    page.clock.fast_forward(5100)
    page.evaluate("document.dispatchEvent(new MouseEvent('mouseout', {clientY: -1}))")
    page.clock.run_for(1000)
    wait_until(lambda: "skipped" in edge.event_types())
    assert edge.events()[-1]["props"] == {"reason": "capped"}
    expect(page.get_by_role("dialog")).to_have_count(0)


@VARIANT
def test_control_counts_for_the_caps_as_if_it_had_been_shown(page, edge, shop, wait_until, make):
    edge.decisions = [make()]
    page.goto(shop.put(call=ask("cart")))
    wait_until(lambda: "exposure" in edge.event_types())
    page.reload()
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    history = edge.bodies("/v1/decide")[1]["history"]
    assert (history["shown_session"], history["shown_today"]) == (1, 1)


@pytest.mark.parametrize("kind", ["payment_error", "support", "return"])
def test_friction_takes_back_what_is_shown_but_not_touched(page, edge, shop, wait_until, kind):
    edge.decisions = [decision()]
    page.goto(shop.put(call=ask("cart")))
    wait_until(lambda: "impression" in edge.event_types())
    page.evaluate(f"upsell('friction', '{kind}')")
    expect(page.locator(".widget")).to_have_count(0)
    page.evaluate("upsell('page')")
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    assert edge.bodies("/v1/decide")[1]["history"]["friction"] == [kind]


def test_friction_leaves_what_is_being_accepted(page, edge, shop):
    edge.delays["/v1/accept"] = 1
    page.goto(shop.put(call=ask("cart")))
    page.get_by_role("button", name="Add for").click()
    page.evaluate("upsell('friction', 'support')")
    expect(page.get_by_role("status")).to_have_text("Added to your order.")


def test_friction_silences_a_decision_that_is_still_waiting_for_its_slot(page, edge, shop, wait_for_decision):
    page.goto(shop.put(body="", call=ask("cart")))
    wait_for_decision()
    page.evaluate("upsell('friction', 'support')")
    page.evaluate(f"document.querySelector('main').insertAdjacentHTML('beforeend', `{slot('cart')}`)")
    let_expose(page)
    expect(page.locator(".widget")).to_have_count(0)
    assert edge.events() == []
