"""The marker that every arm's exposure is taken from, and slots as real pages have them."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.quiet import let_expose
from tests.browser.stub import content, control, decision

pytestmark = pytest.mark.browser
CALL = "upsell('accept', async () => { window.added = true });upsell('page')"
ARMS = pytest.mark.parametrize("make", [decision, control], ids=["treatment", "control"])
SLOT = '<div class="box"><div data-upsell-slot="cart" class="slot"></div></div>'
MARKER = "[data-upsell-slot] > :first-child"
BOX = """node => { const {width, height} = node.getBoundingClientRect()
    return [getComputedStyle(node).display, width, height] }"""
# Rules as themes have them, which hide what is empty, alone or without children, or lay out what is in the slot.
HOSTILE = {
    "empty divs": "div:empty{display:none}",
    "empty divs, important": "div:empty{display:none!important}",
    "empty descendants": ".box *:empty:not(img){display:none!important;margin:0}",
    "a slot without children": ".slot:not(:has(*)){display:none}",
    "a box without a full slot": ".box:not(:has(.slot > :not(:empty))){margin:0}",
    "an only child": ".slot > :only-child{display:none!important}",
    "a slot with an only child": ".slot:has(> :only-child){display:none!important}",
    "a slot with one element": ".slot:has(> :first-child:last-child){visibility:hidden;position:fixed;top:-999px}",
    "a slot without a third": ".slot:not(:has(> :nth-child(2))){display:none}",
    "small things": ".slot > div{display:inline;width:0!important;height:0!important;overflow:hidden}",
    "first children": ".slot > :first-child{display:none!important;opacity:0;margin:40px!important;float:right}",
    "absolute children": ".slot > *{position:absolute!important;left:-9999px!important}",
    "a row": ".slot{display:flex;gap:40px;flex-wrap:nowrap}",
    "a wrapped row": ".slot{display:flex;gap:40px;flex-wrap:wrap;align-items:center;justify-content:center}",
    "a column": ".slot{display:flex;flex-direction:column;gap:60px;align-items:flex-start}",
    "a grid": ".slot{display:grid;grid-template-columns:1fr 1fr;gap:30px}",
    "a grid of cards": ".slot{display:grid;grid-template-columns:repeat(auto-fill,minmax(120px,1fr));gap:9px}",
    "containment": ".slot{contain:layout paint style}",
    "content visibility": ".slot{content-visibility:auto;contain-intrinsic-size:auto 300px}",
    "columns": ".slot{columns:2}",
    "cut off": ".box{overflow:hidden}.slot{overflow:clip}",
    "owl": ".slot > * + *{margin-top:4rem!important}",
    "right to left": ".slot{direction:rtl;display:flex}",
    "contents": ".slot{display:contents}",
}
# These leave nothing of a slot to be seen, in whichever arm.
HIDDEN = {
    "display": ".slot{display:none}",
    "content visibility": ".slot{content-visibility:hidden}",
    "no width": ".box{display:flex}.slot{width:0}",
    "no height": ".slot{height:0!important;min-height:0!important;overflow:hidden}",
}


@pytest.fixture
def log_of(page, edge, shop, wait_until):
    """What an arm logs on a page with these rules, where something is logged at all."""

    def log_of(make, style: str, *, is_exposed: bool = True) -> list[tuple[str, dict[str, Any]]]:
        edge.decisions = [make()]
        edge.requests.clear()
        page.goto(shop.put(call=CALL, body=SLOT, style=style))
        wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
        if is_exposed:
            wait_until(lambda: "exposure" in edge.event_types())
        else:
            page.wait_for_timeout(1900)  # the snippet looks twice a second, and counts after one, and sends after 0.25
        return [(event["type"], event["props"]) for event in edge.events() if event["type"] in ("exposure", "skipped")]

    return log_of


@pytest.mark.parametrize("rules", HOSTILE.values(), ids=HOSTILE.keys())
def test_rules_of_themes_keep_no_arm_from_its_exposure(page, log_of, rules):
    treatment = log_of(decision, rules)
    expect(page.get_by_role("button", name="Add for")).to_have_count(1)
    assert treatment == log_of(control, rules) == [("exposure", {"trigger": 2})]


@pytest.mark.parametrize("rules", HIDDEN.values(), ids=HIDDEN.keys())
def test_slot_that_nobody_can_see_exposes_no_arm(log_of, rules):
    assert log_of(decision, rules, is_exposed=False) == log_of(control, rules, is_exposed=False) == []


@ARMS
@pytest.mark.parametrize("rules", ["", HOSTILE["first children"], HOSTILE["a grid"]])
def test_first_thing_in_the_slot_is_the_same_marker_in_every_arm(page, edge, shop, wait_until, make, rules):
    edge.decisions = [make()]
    page.goto(shop.put(call=CALL, body=SLOT, style=rules + ".slot{width:480px}"))
    wait_until(lambda: "exposure" in edge.event_types())
    display, width, height = page.locator(MARKER).evaluate(BOX)
    assert (display, height) == ("block", 1)
    assert width == 480


@ARMS
def test_page_finds_as_many_elements_in_the_slot_of_every_arm(page, edge, shop, wait_until, make):
    edge.decisions = [make()]
    page.goto(shop.put(call=CALL))
    page.wait_for_selector(MARKER, state="attached")
    assert page.evaluate("document.querySelectorAll('[data-upsell-slot] *').length") == 2


@ARMS
@pytest.mark.parametrize("layout", ["display:block", "display:flex", "display:grid"])
def test_marker_moves_nothing(page, edge, shop, wait_until, make, layout):
    """What the page itself has in the slot stays where it was, but for a pixel."""
    edge.decisions = [make()]
    body = f'<div data-upsell-slot="cart" style="{layout}"><p id=own>Free returns</p></div>'
    page.goto(shop.put(call="", body=body))
    place = "[document.querySelector('#own').offsetLeft, document.querySelector('#own').offsetTop]"
    left, top = page.evaluate(place)
    page.evaluate(CALL)
    page.wait_for_selector(MARKER, state="attached")
    assert page.evaluate(place) in ([left, top], [left, top + 1])


PAIR = """<div class="desk"><div data-upsell-slot="cart" id="desk"></div></div>
    <div class="hand"><div data-upsell-slot="cart" id="hand"></div></div>"""
SWAP = ".desk{display:none}@media(min-width:800px){.desk{display:block}.hand{display:none}}"


def holder(page: Page) -> str:
    return str(page.evaluate("document.querySelector('[data-upsell-widget]')?.parentNode.id || ''"))


@ARMS
@pytest.mark.parametrize(("width", "slot"), [(1000, "desk"), (390, "hand")])
def test_of_two_slots_the_one_with_a_box_is_used(page, edge, shop, wait_until, make, width, slot):
    edge.decisions = [make()]
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(shop.put(call=CALL, body=PAIR, style=SWAP))
    wait_until(lambda: "exposure" in edge.event_types())
    assert edge.event_types().count("exposure") == 1
    assert holder(page) == ("" if make is control else slot)


def test_offer_follows_to_the_slot_that_takes_over(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL, body=PAIR, style=SWAP))
    wait_until(lambda: "exposure" in edge.event_types())
    page.set_viewport_size({"width": 390, "height": 700})
    wait_until(lambda: holder(page) == "hand")
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert edge.event_types().count("exposure") == 1


@ARMS
def test_slot_that_appears_is_exposed_then(page, edge, shop, wait_until, make):
    edge.decisions = [make()]
    page.goto(shop.put(call=CALL, body=f'<div id=tab style="display:none">{SLOT}</div>'))
    let_expose(page)
    assert edge.events() == []
    page.evaluate("document.querySelector('#tab').style.display = 'block'")
    wait_until(lambda: "exposure" in edge.event_types())


@ARMS
def test_slot_that_comes_late_is_armed(page, edge, shop, wait_until, make):
    edge.decisions = [make()]
    page.goto(shop.put(body="<div id=app></div>", call="upsell('page', {moments: ['cart']})"))
    wait_until(lambda: edge.event_types() == ["skipped"])
    page.evaluate("document.querySelector('#app').innerHTML = '<div data-upsell-slot=cart></div>'")
    wait_until(lambda: "exposure" in edge.event_types())


def test_slot_that_is_drawn_anew_has_its_offer_again(page, edge, shop, wait_until):
    page.goto(shop.put(body=f"<div id=app>{SLOT}</div>", call=CALL))
    wait_until(lambda: "impression" in edge.event_types())
    page.evaluate("document.querySelector('#app').innerHTML += ''")
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    assert edge.event_types() == ["exposure", "impression"]


def test_dead_widgets_of_a_cached_copy_of_the_page_are_removed(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    wait_until(lambda: "impression" in edge.event_types())
    page.evaluate("document.body.replaceWith(document.body.cloneNode(true))")
    assert page.locator("[data-upsell-widget]").first.evaluate("host => host.shadowRoot") is None
    page.evaluate("upsell('page')")
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    expect(page.locator("[data-upsell-widget]")).to_have_count(1)
    expect(page.locator("[data-upsell-marker]")).to_have_count(1)


def test_dialog_layout_leaves_the_slot_as_in_control(page, edge, shop, wait_until):
    edge.decisions = [decision(content=content(layout="dialog"))]
    page.goto(shop.put(call=CALL))
    wait_until(lambda: "exposure" in edge.event_types())
    expect(page.get_by_role("dialog")).to_be_visible()
