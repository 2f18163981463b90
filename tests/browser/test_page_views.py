"""One page view, however often the page asks again; and what other pages and tabs have done meanwhile."""

import pytest
from playwright.sync_api import expect

from tests.browser.quiet import let_expose, let_send
from tests.browser.stub import control, decision

pytestmark = pytest.mark.browser
CALL = "upsell('accept', async () => { window.added = (window.added || 0) + 1 });upsell('page')"
ARMS = pytest.mark.parametrize("make", [decision, control], ids=["treatment", "control"])
BACK = "window.dispatchEvent(new PageTransitionEvent('{0}', {{persisted: true}}))"


@ARMS
def test_cart_that_redraws_itself_counts_once(page, edge, shop, wait_until, make):
    edge.decisions = [make()]
    page.goto(shop.put(call=CALL))
    wait_until(lambda: "exposure" in edge.event_types())
    for asked in (2, 3):
        page.evaluate("upsell('page')")
        wait_until(lambda asked=asked: len(edge.bodies("/v1/decide")) == asked)
    let_expose(page)
    assert edge.event_types().count("exposure") == 1
    assert edge.event_types().count("impression") == (1 if make is decision else 0)
    assert [body["history"]["shown_session"] for body in edge.bodies("/v1/decide")] == [0, 0, 0]
    assert page.evaluate("sessionStorage.getItem('upsell:pk_test:shown')") == "1"


def test_offer_stands_again_on_a_cart_that_redraws_itself(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    wait_until(lambda: "impression" in edge.event_types())
    page.evaluate("document.querySelector('[data-upsell-slot]').innerHTML = '';upsell('page')")
    page.get_by_role("button", name="Add for").click()
    wait_until(lambda: "accept" in edge.event_types())
    assert edge.event_types() == ["exposure", "impression", "click", "accept"]


def test_next_address_counts_again(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    wait_until(lambda: "exposure" in edge.event_types())
    page.evaluate("history.pushState({}, '', '/cart?step=2');upsell('page')")
    wait_until(lambda: edge.event_types().count("exposure") == 2)
    assert [body["history"]["shown_session"] for body in edge.bodies("/v1/decide")] == [0, 1]


def test_redraw_leaves_no_room_for_a_second_offer(page, edge, shop, wait_until):
    slots = '<div data-upsell-slot="cart"></div><div data-upsell-slot="confirmation"></div>'
    edge.decisions = [decision("cart")]
    page.goto(shop.put(call=CALL, body=slots))
    wait_until(lambda: "impression" in edge.event_types())
    edge.decisions = [decision("confirmation"), decision("cart")]
    page.evaluate("upsell('page')")
    wait_until(lambda: "skipped" in edge.event_types())
    skipped = next(event for event in edge.events() if event["type"] == "skipped")
    assert (skipped["exposure_token"], skipped["props"]) == ("token-confirmation", {"reason": "one_at_a_time"})


def test_offer_declined_elsewhere_does_not_stand_after_going_back(page, context, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    wait_until(lambda: "impression" in edge.event_types())
    page.evaluate(BACK.format("pagehide"))
    other = context.new_page()
    other.goto(shop.url + "/cart")
    other.get_by_role("button", name="No thanks").click()
    wait_until(lambda: "decline" in edge.event_types())
    edge.decisions = []
    page.evaluate(BACK.format("pageshow"))
    expect(page.locator("[data-upsell-widget]")).to_have_count(0)
    asked = edge.bodies("/v1/decide")
    wait_until(lambda: len(asked) == len(edge.bodies("/v1/decide")) == 3 or len(edge.bodies("/v1/decide")) == 3)
    assert edge.bodies("/v1/decide")[-1]["history"]["declined_at"]


def test_going_back_to_a_page_on_which_nothing_changed_leaves_it(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    wait_until(lambda: "impression" in edge.event_types())
    page.evaluate(BACK.format("pagehide") + ";" + BACK.format("pageshow"))
    let_send(page)
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    assert len(edge.bodies("/v1/decide")) == 1


def test_two_tabs_accept_once(page, context, edge, shop, wait_until):
    other = context.new_page()
    address = shop.put(call=CALL)
    for tab in (page, other):
        tab.goto(address)
        expect(tab.get_by_role("button", name="Add for")).to_be_visible()
    for tab in (page, other):
        tab.get_by_role("button", name="Add for").click()
        expect(tab.get_by_role("status")).to_have_text("Added to your order.")
    assert len(edge.bodies("/v1/accept")) == 1
    assert (page.evaluate("window.added"), other.evaluate("window.added")) == (1, None)


def test_script_without_a_key_says_so_once(page, edge, shop):
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    tag = shop.script().replace('data-key="pk_test"', "")
    page.goto(shop.put(head=tag, call=CALL))
    page.evaluate("upsell('page')")
    let_send(page)
    assert [text for text in said if "key" in text] == ["Offerlift: add data-key."]
    assert edge.requests == []


TAG_MANAGER = """
    Object.defineProperty(Document.prototype, 'currentScript', {get: () => null})
    const script = document.createElement('script')
    script.src = '%s/s/upsell.js?key=pk_test'
    document.head.append(script)
"""


def test_tag_managers_script_takes_its_key_from_its_address(page, edge, shop, wait_until):
    stub = "<script>window.upsell=window.upsell||function(){(upsell.q=upsell.q||[]).push(arguments)}</script>"
    page.goto(shop.put(head=stub, call=CALL + ";" + TAG_MANAGER % edge.url))
    wait_until(lambda: edge.event_types() == ["exposure", "impression"])
    assert edge.bodies("/v1/decide")[0]["key"] == "pk_test"


@pytest.mark.parametrize("command", ["replay", "told"])
def test_replayed_events_are_bounded_and_the_latest_stay(page, edge, shop, command):
    page.goto(shop.put(call=CALL))
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    replayed = page.evaluate(
        """(command) => {
            for (let step = 0; step < 1000; step++) upsell('delivery')
            upsell('payment')
            const types = []
            upsell(command, (event) => types.push(event.type))
            return types
        }""",
        command,
    )
    assert len(replayed) == 200
    assert (replayed[0], replayed[-1]) == ("upsell:delivery", "upsell:payment")
