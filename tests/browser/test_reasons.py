"""Why an offer was declined: one tap in its place, which may be left out, and never a second question."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.questions import ORDER, SLOT, question
from tests.browser.quiet import let_send
from tests.browser.stub import content, decision, reference

pytestmark = pytest.mark.browser
DARK = "html {background: #12171f; color: #eceff5}"
REASONS = {
    "headline": "Why not?",
    "choices": {
        "not_interested": "Not interested",
        "too_expensive": "Too expensive",
        "have_it": "I have it already",
        "not_now": "Not now",
    },
    "skip": "Skip",
    "thanks": "Thank you.",
}


def asking(moment: str = "cart", **fields: Any) -> dict[str, Any]:
    parts = {"card", "reasons", *fields.pop("parts", ())}
    shown = content(reasons=REASONS, **fields)
    return decision(moment, content=shown, parts=[reference(name) for name in sorted(parts)])


def reasons_in(edge: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(event["exposure_token"], event["props"]) for event in edge.events() if event["type"] == "reason"]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("style", ["", DARK], ids=["light", "dark"])
def test_one_tap_says_why(page: Page, edge, shop, wait_until, width, style):
    page.set_viewport_size({"width": width, "height": 800})
    edge.decisions = [asking()]
    page.goto(shop.put(style=style))
    page.get_by_role("button", name="No thanks").click()
    frame = page.get_by_role("region", name="Why not?")
    expect(frame).to_be_visible()
    expect(page.get_by_text("Leather care balm")).to_have_count(0)
    assert Axe().run(page).violations_count == 0
    boxes = [button.bounding_box() for button in frame.get_by_role("button").all()]
    assert len(boxes) == 5
    assert min(box["height"] for box in boxes if box) >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Too expensive").click()
    expect(page.get_by_role("status")).to_have_text("Thank you.")
    wait_until(lambda: reasons_in(edge) == [("token-cart", {"reason": "too_expensive"})])
    assert edge.event_types() == ["exposure", "impression", "decline", "reason"]
    assert Axe().run(page).violations_count == 0


@pytest.mark.parametrize("leave", ["Skip", "Escape"])
def test_nobody_has_to_say_why(page: Page, edge, shop, wait_until, leave):
    edge.decisions = [asking()]
    page.goto(shop.put())
    page.get_by_role("button", name="No thanks").press("Enter")
    expect(page.get_by_role("region", name="Why not?")).to_be_focused()
    if leave == "Skip":
        page.get_by_role("button", name="Skip").click()
    else:
        page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Why not?")).to_have_count(0)
    wait_until(lambda: "decline" in edge.event_types())
    let_send(page)
    assert reasons_in(edge) == []
    assert page.evaluate("localStorage.getItem('upsell:pk_test:declined')") is not None


def test_store_that_does_not_ask_closes_the_card_as_always(page: Page, edge, shop, wait_until):
    page.goto(shop.put())
    page.get_by_role("button", name="No thanks").click()
    wait_until(lambda: "decline" in edge.event_types())
    expect(page.locator("[data-upsell-widget]").get_by_role("button")).to_have_count(0)


def test_second_offer_comes_before_the_reason_and_is_asked_about_alone(page: Page, edge, shop, wait_until):
    second = content(headline="A sample of it", accept_label="Add for €2.00", reasons=REASONS)
    edge.decisions = [asking("confirmation", next={"declined": second}, parts=["sequence"])]
    page.goto(shop.put(body=SLOT, call="upsell('page', {moments: ['confirmation']})"))
    page.get_by_role("button", name="No thanks").click()
    expect(page.get_by_text("A sample of it")).to_be_visible()
    expect(page.get_by_role("region", name="Why not?")).to_have_count(0)
    page.get_by_role("button", name="No thanks").click()
    page.get_by_role("button", name="Not now").click()
    wait_until(lambda: reasons_in(edge) == [("token-confirmation", {"reason": "not_now", "step": "declined"})])


def test_reason_is_not_asked_beside_the_stores_question(page: Page, edge, shop, wait_until):
    edge.decisions = [asking("confirmation"), question()]
    page.goto(shop.put(body=SLOT, call=ORDER))
    expect(page.locator("[data-upsell-asked]")).to_be_visible()
    page.get_by_role("button", name="No thanks").click()
    wait_until(lambda: "decline" in edge.event_types())
    expect(page.locator("[data-upsell-asked]")).to_be_visible()
    expect(page.get_by_role("region", name="Why not?")).to_have_count(0)
