"""When a slot keeps the height that the page reserves for an offer, and when it lets go of it."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.quiet import let_draw
from tests.browser.stub import Reply, content, control, decision

pytestmark = pytest.mark.browser
CALL = "upsell('accept', async () => { window.added = true });upsell('page')"
SHIFT = """() => new Promise(done => {
    let sum = 0
    new PerformanceObserver(list => list.getEntries().forEach(entry => sum += entry.value))
      .observe({type: 'layout-shift', buffered: true})
    setTimeout(() => done(sum), 300)
})"""
TALL = '<div style="height:{above}px"></div><div data-upsell-slot="cart" style="{style}"></div><p id=next>Next</p>'
HEIGHT = "document.querySelector('[data-upsell-slot]').offsetHeight"
PAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.parametrize("style", ["min-height:400px", "height:400px"])
def test_control_lets_its_reserved_height_go_below_the_fold(page, edge, shop, wait_until, style):
    edge.decisions = [control()]
    page.goto(shop.put(call=CALL, body=TALL.format(above=1500, style=style) + '<div style="height:2000px"></div>'))
    wait_until(lambda: page.evaluate(HEIGHT) == 0)
    page.evaluate(PAINTED)  # a shopper scrolls after the frame in which the height went, not within it
    page.evaluate("document.querySelector('[data-upsell-slot]').scrollIntoView()")
    wait_until(lambda: "exposure" in edge.event_types())
    assert page.evaluate(SHIFT) == 0


# asking a page counts as the shopper's own use of it
UNUSED = "Object.defineProperty(navigator, 'userActivation', {value: {isActive: false}})"
NOTHING = {"moment": "cart", "experiment": None, "exposure_token": None, "content": None, "reason": "no_experiment"}


@pytest.mark.parametrize("decided", [NOTHING, control()], ids=["no test", "control"])
def test_height_is_let_go_at_once_where_nothing_comes(page, edge, shop, wait_until, decided):
    edge.decisions = [decided]
    page.add_init_script(UNUSED)
    page.goto(shop.put(call=CALL, body=TALL.format(above=10, style="min-height:400px")))
    wait_until(lambda: page.evaluate(HEIGHT) == 0)


@pytest.mark.parametrize("use", ["scrollTo(0, 5)", None], ids=["scrolled", "pressed"])
@pytest.mark.parametrize(("above", "height"), [(1500, 0), (10, 400)], ids=["below the screen", "on the screen"])
def test_height_stays_on_the_screen_of_a_shopper_who_uses_the_page(page, edge, shop, wait_until, above, height, use):
    edge.decisions = [NOTHING]
    body = TALL.format(above=above, style="min-height:400px") + '<div style="height:2000px"></div>'
    page.goto(shop.put(call="", body=body))
    if use:
        page.evaluate(use)
    else:
        page.mouse.click(5, 5)
    page.evaluate(CALL)
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    let_draw(page)
    assert page.evaluate(HEIGHT) == height
    assert page.evaluate(SHIFT) == 0


ANSWERS = {"no test": None, "no answer": Reply('{"error": {"code": "unavailable", "message": ""}}', status=503)}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_slot_that_is_drawn_anew_is_let_go_too(page, edge, shop, wait_until, answer):
    """As WooCommerce's blocks do once their scripts are there."""
    edge.decisions = [NOTHING]
    edge.replies["/v1/decide"] = [answer] if answer else []
    page.add_init_script(UNUSED)
    body = f"<div id=app>{TALL.format(above=10, style='min-height:400px')}</div>"
    page.goto(shop.put(call=CALL, body=body))
    wait_until(lambda: page.evaluate(HEIGHT) == 0)
    page.evaluate("document.querySelector('#app').innerHTML += ''")
    wait_until(lambda: page.evaluate(HEIGHT) == 0)


def test_height_is_let_go_on_a_page_that_a_click_led_to(page, edge, shop):
    """The page says itself what it finds: asking it would count as the shopper's own use of it."""
    edge.decisions = [NOTHING]
    look = f"setInterval(() => {HEIGHT} || console.log('let go'), 100)"
    shop.put(call=f"{CALL};{look}", body=TALL.format(above=10, style="min-height:400px"))
    page.goto(shop.put("/before", body='<a href="/cart">Cart</a>', call=""))
    with page.expect_console_message(lambda message: message.text == "let go"):
        page.get_by_role("link", name="Cart").click()


def test_height_stays_where_an_offer_comes(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL, body=TALL.format(above=10, style="min-height:400px")))
    wait_until(lambda: "exposure" in edge.event_types())
    assert page.evaluate(HEIGHT) == 400
    assert page.evaluate(SHIFT) == 0


def test_height_that_was_let_go_is_back_for_an_offer(page, edge, shop, wait_until):
    edge.decisions = [control()]
    page.goto(shop.put(call=CALL, body=TALL.format(above=1500, style="min-height:400px")))
    wait_until(lambda: page.evaluate(HEIGHT) == 0)
    edge.decisions = [decision()]
    page.evaluate("history.pushState({}, '', '/next');upsell('page')")
    wait_until(lambda: page.evaluate(HEIGHT) == 400)


def test_height_is_let_go_where_the_edge_fails(page, edge, shop, wait_until):
    edge.replies["/v1/decide"] = [Reply('{"error": {"code": "unavailable", "message": ""}}', status=503)]
    page.add_init_script(UNUSED)
    page.goto(shop.put(call=CALL, body=TALL.format(above=10, style="min-height:400px")))
    wait_until(lambda: page.evaluate(HEIGHT) == 0)


@pytest.mark.parametrize("patience_ms", [800])
def test_late_answer_finds_the_height_gone_and_brings_nothing_back(page, edge, shop, wait_until):
    edge.delays["/v1/decide"] = 2
    page.add_init_script(UNUSED)
    page.goto(shop.put(call=CALL, body=TALL.format(above=10, style="min-height:400px")))
    wait_until(lambda: page.evaluate(HEIGHT) == 0)
    wait_until(lambda: "skipped" in edge.event_types())
    assert edge.events()[0]["props"] == {"reason": "timeout"}
    assert page.evaluate(HEIGHT) == 0


def test_height_is_let_go_while_the_edge_is_not_asked(page, edge, shop, wait_until):
    off = {"visitor_id": "v_1", "ttl_s": 300, "enabled": False, "decisions": []}
    edge.replies["/v1/decide"] = [Reply(json.dumps(off))]
    page.add_init_script(UNUSED)
    for _ in range(2):
        page.goto(shop.put(call=CALL, body=TALL.format(above=10, style="min-height:400px")))
        wait_until(lambda: page.evaluate(HEIGHT) == 0)
    assert len(edge.bodies("/v1/decide")) == 1


@pytest.mark.parametrize("make", [decision, control], ids=["treatment", "control"])
def test_height_is_let_go_where_a_part_does_not_come(page, edge, shop, wait_until, make):
    missing = {"name": "upsell_card", "digest": "0" * 16, "integrity": "sha384-none"}
    edge.decisions = [make(parts=[missing])]
    page.add_init_script(UNUSED)
    page.goto(shop.put(call=CALL, body=TALL.format(above=10, style="min-height:400px")))
    wait_until(lambda: page.evaluate(HEIGHT) == 0)


def test_dialog_leaves_the_slot_without_height_as_control_does(page, edge, shop, wait_until):
    edge.decisions = [decision(content=content(layout="dialog"))]
    page.add_init_script(UNUSED)
    page.goto(shop.put(call=CALL, body=TALL.format(above=10, style="min-height:400px")))
    wait_until(lambda: page.evaluate(HEIGHT) == 0)
    expect(page.get_by_role("dialog")).to_be_visible()


def test_accepted_offer_leaves_no_height_on_the_next_page(page, edge, shop, wait_until):
    page.add_init_script(UNUSED)
    address = shop.put(call=CALL, body=TALL.format(above=10, style="min-height:400px"))
    page.goto(address)
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.goto(address)
    wait_until(lambda: page.evaluate(HEIGHT) == 0)


TWO = TALL.format(above=10, style="min-height:400px") + '<div style="height:{between}px"></div>{payment}'
HEIGHTS = "[...document.querySelectorAll('[data-upsell-slot]')].map((slot) => slot.offsetHeight)"
PAYMENT_SLOT = '<div data-upsell-slot="payment" style="min-height:400px"></div>'


def two_slots(between: int) -> str:
    """A slot at the top of the page, and another so many pixels below it."""
    return TWO.format(between=between, payment=PAYMENT_SLOT)


def test_declined_offer_takes_its_height_away_with_it(page, edge, shop, wait_until):
    edge.decisions = [decision(), decision("payment")]
    page.goto(shop.put(call=CALL, body=two_slots(2000)))
    wait_until(lambda: "exposure" in edge.event_types())  # a second, in which a shopper reads what is offered
    page.get_by_role("button", name="No thanks").click()
    wait_until(lambda: page.evaluate(HEIGHTS) == [0, 0])


def test_offer_that_is_declined_before_its_exposure_takes_its_height_away_too(
    page: Page, edge, shop, wait_until, wait_for_decision
):
    page.goto(shop.put(call=CALL, body=TALL.format(above=10, style="min-height:400px")))
    wait_for_decision()
    page.get_by_role("button", name="No thanks").click()
    wait_until(lambda: page.evaluate(HEIGHT) == 0)
    wait_until(lambda: "exposure" in edge.event_types())


@pytest.mark.parametrize("first", [decision, control], ids=["treatment", "control"])
def test_second_moments_slot_waits_with_its_height_until_the_first_offer_has_had_its_turn(
    page: Page, edge, shop, wait_until, wait_for_decision, first
):
    edge.decisions = [first(), decision("payment")]
    body = '<div style="height:1500px"></div>' + two_slots(2000)
    page.goto(shop.put(call=CALL, body=body))
    wait_for_decision()
    assert page.evaluate(HEIGHTS)[1] == 400
    page.evaluate("document.querySelector('[data-upsell-slot]').scrollIntoView()")
    wait_until(lambda: "exposure" in edge.event_types())
    wait_until(lambda: page.evaluate(HEIGHTS)[1] == 0)
    assert page.evaluate(SHIFT) == 0


def test_second_moments_slot_on_the_screen_stays_under_a_shoppers_hands(page, edge, shop, wait_until):
    edge.decisions = [decision(), decision("payment")]
    page.goto(shop.put(call="", body=two_slots(10) + '<div style="height:2000px"></div>'))
    page.mouse.click(5, 5)
    page.evaluate(CALL)
    wait_until(lambda: "exposure" in edge.event_types())
    let_draw(page)
    assert page.evaluate(HEIGHTS) == [400, 400]
    assert page.evaluate(SHIFT) == 0


def test_second_moments_offer_that_comes_first_finds_its_height(page, edge, shop, wait_until):
    edge.decisions = [decision(), decision("payment", trigger={"kind": "payment_step"})]
    body = '<div style="height:2000px"></div>' + two_slots(10)
    page.goto(shop.put(call=CALL, body=body))
    wait_until(lambda: page.locator(".widget").count() == 1)
    page.evaluate("upsell('payment')")
    wait_until(lambda: "exposure" in edge.event_types())
    assert edge.events()[0]["exposure_token"] == "token-payment"
    wait_until(lambda: page.evaluate(HEIGHTS) == [0, 400])


def test_offer_beyond_the_caps_leaves_no_height(page, edge, shop, wait_until):
    answer = {"visitor_id": None, "decisions": [decision()], "offers_left": 0}
    edge.replies["/v1/decide"] = [Reply(json.dumps(answer))]
    page.add_init_script(UNUSED)
    page.goto(shop.put(call=CALL, body=TALL.format(above=10, style="min-height:400px")))
    wait_until(lambda: "skipped" in edge.event_types())
    assert page.evaluate(HEIGHT) == 0
