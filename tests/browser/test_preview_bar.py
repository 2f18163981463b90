"""The bar below a preview: something is always shown, and it says why shoppers may see nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.stub import Reply, content, decision, reference

pytestmark = pytest.mark.browser

BAR = "[data-upsell-preview]"
NO_SLOT = "This page has no visible place for the moment."
BACK_SOON_MS = 4000  # the snippet asks by itself after three seconds


def bar(moment: str = "cart", **fields: Any) -> dict[str, Any]:
    choices = [
        {"label": "Control", "token": "of-control", "is_chosen": False},
        {"label": "With socks", "token": "signed", "is_chosen": True},
    ]
    defaults = {
        "language": "en",
        "parts": [reference("preview")],
        "moment": moment,
        "title": "Preview of “Socks”",
        "note": "Nothing is recorded.",
        "groups": [{"label": "Variant", "choices": choices}],
        "findings_label": "What shoppers get here",
        "findings": ["The test is a draft."],
        "page_findings": {
            "no_slot": NO_SLOT,
            "exit_intent": "Shoppers see this when they leave.",
            "no_call": "The page hasn't called upsell('page').",
            "no_consent": "Consent hasn't been given.",
        },
        "leave_label": "Leave the preview",
        "leave_token": "off",
    }
    return defaults | fields


@pytest.fixture
def previewed(edge) -> Callable[..., None]:
    """The edge answers with this moment's preview, as often as it is asked."""

    def answer_with(moment: str = "cart", **fields: Any) -> None:
        layout = "dialog" if moment == "exit_intent" else "card"
        shown = decision(moment, content=content(layout=layout), exposure_token=None)
        answer = {"visitor_id": None, "enabled": True, "preview": True, "decisions": [shown], "bar": bar(moment)}
        edge.replies["/v1/decide"] = [Reply(json.dumps(answer | fields)) for _ in range(5)]

    return answer_with


def test_bar_names_the_preview_and_links_to_its_variants(page, shop, previewed):
    previewed()
    page.goto(shop.put() + "?offerlift_preview=signed")
    shown = page.locator(BAR)
    expect(shown.get_by_text("Preview of “Socks”")).to_be_visible()
    expect(shown.get_by_role("link", name="With socks")).to_have_attribute("aria-current", "true")
    expect(shown.get_by_text("The test is a draft.")).to_be_visible()
    assert shown.locator("[data-upsell-slot]").count() == 0
    shown.get_by_role("link", name="Control").click()
    page.wait_for_url("**offerlift_preview=of-control")


def test_bar_makes_a_place_where_the_page_has_none_for_the_moment(page, edge, shop, previewed):
    previewed()
    page.goto(shop.put(body="") + "?offerlift_preview=signed")
    shown = page.locator(BAR)
    expect(shown.get_by_text(NO_SLOT)).to_be_visible()
    expect(shown.get_by_role("button", name="Add for")).to_be_visible()
    assert edge.bodies("/v1/decide")[0]["moments"] == ["cart"]


def test_place_in_the_bar_is_left_for_one_in_the_page_that_comes_later(page, shop, previewed):
    previewed("payment")
    page.goto(shop.put(body="<div id=late></div>") + "?offerlift_preview=signed")
    expect(page.locator(BAR).get_by_role("button", name="Add for")).to_be_visible()
    page.evaluate("late.dataset.upsellSlot = 'payment'")
    expect(page.locator("#late").get_by_role("button", name="Add for")).to_be_visible()
    expect(page.get_by_text(NO_SLOT)).to_have_count(0)


def test_exit_offer_opens_without_leaving(page, shop, previewed):
    previewed("exit_intent")
    page.goto(shop.put() + "?offerlift_preview=signed")
    expect(page.get_by_role("dialog").get_by_role("button", name="Add for")).to_be_visible()


def test_page_that_forgets_to_ask_shows_the_preview_and_says_so(page, shop, previewed):
    previewed()
    page.goto(shop.put(call="") + "?offerlift_preview=signed")
    expect(page.get_by_text("The page hasn't called upsell('page').")).to_be_visible(timeout=2 * BACK_SOON_MS)
    expect(page.get_by_role("button", name="Add for")).to_be_visible()


def test_preview_without_consent_says_so_and_sends_no_id(page, edge, shop, previewed):
    previewed()
    page.goto(shop.put(head=shop.script('data-consent="required"')) + "?offerlift_preview=signed")
    expect(page.get_by_text("Consent hasn't been given.")).to_be_visible()
    assert "visitor_id" not in edge.bodies("/v1/decide")[0]
    assert page.context.cookies() == []


def test_leaving_ends_the_preview_for_the_tab(page, edge, shop, previewed, wait_until):
    previewed()
    address = shop.put()
    page.goto(address + "?offerlift_preview=signed")
    page.get_by_role("link", name="Leave the preview").click()
    page.wait_for_url("**offerlift_preview=off")
    page.goto(address)
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 3)
    assert ["preview" in body for body in edge.bodies("/v1/decide")] == [True, False, False]


def test_bar_keeps_to_a_strict_policy_and_a_narrow_screen(page, shop, previewed):
    previewed()
    page.set_viewport_size({"width": 360, "height": 640})
    edge = shop.edge.url
    policy = f"default-src 'none'; img-src data:; script-src 'nonce-n' {edge}; connect-src {edge}; style-src 'nonce-n'"
    slot = '<div data-upsell-slot="cart"></div>'
    address = shop.put(body=slot, nonce="n", headers={"Content-Security-Policy": policy})
    page.goto(address + "?offerlift_preview=signed")
    summary = page.locator(BAR).get_by_text("Preview of “Socks”")
    expect(summary).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator(BAR).bounding_box()["height"] < 120
    summary.click()
    expect(page.get_by_role("link", name="With socks")).to_be_visible()
