"""The store's question on the confirmation page: once an order, skipped as easily as answered, in no test."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.questions import ORDER, SLOT, question
from tests.browser.quiet import let_expose, let_send
from tests.browser.stub import Reply, control, decision

pytestmark = pytest.mark.browser
DARK = "html {background: #12171f; color: #eceff5}"
REFUSED = '{"error": {"code": "unavailable", "message": ""}}'


def confirmation(**fields: Any) -> dict[str, Any]:
    return decision("confirmation", trigger={"kind": "order_placed"}, **fields)


@pytest.fixture
def ask(page: Page, edge, shop):
    """Opens a confirmation page."""

    def ask(*decisions: dict[str, Any], path: str = "/orders/1", call: str = ORDER, **page_fields: Any):
        edge.decisions = [*decisions, question()]
        page.goto(shop.put(path, body=page_fields.pop("body", SLOT), call=call, **page_fields))
        return page.locator("[data-upsell-asked] .widget")

    return ask


def answers(edge: Any) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = edge.bodies("/v1/answers")
    return sent


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("style", ["", DARK], ids=["light", "dark"])
def test_question_is_answered_by_one_tap_and_accessible(page: Page, edge, ask, wait_until, width, style):
    page.set_viewport_size({"width": width, "height": 800})
    frame = ask(style=style)
    expect(frame).to_be_visible()
    assert Axe().run(page).violations_count == 0
    buttons = frame.get_by_role("button").all()
    assert [button.inner_text() for button in buttons] == ["On trails", "On roads", "A gift", "Skip"]
    boxes = [button.bounding_box() for button in buttons]
    assert min(box["height"] for box in boxes) >= 44
    assert min(box["width"] for box in boxes) >= 44
    look = (
        "node => { const s = getComputedStyle(node); return [s.font, s.color, s.backgroundColor, s.borderTop].join() }"
    )
    assert len({button.evaluate(look) for button in buttons}) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.addEventListener('upsell:answered', ({detail}) => { window.said = detail })")
    frame.get_by_role("button", name="On roads").click()
    expect(page.get_by_role("status")).to_have_text("Thank you for your answer.")
    assert answers(edge) == [{"key": "pk_test", "question_token": "asked", "tag": "road"}]
    assert page.evaluate("window.said") == {"tag": "road"}
    assert Axe().run(page).violations_count == 0
    let_send(page)
    assert edge.events() == []


def test_keyboard_reaches_every_answer_and_the_focus_stays_with_the_thanks(page: Page, edge, ask):
    frame = ask()
    expect(frame).to_be_visible()
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()
    assert [body["tag"] for body in answers(edge)] == ["road"]
    focused = "document.activeElement.shadowRoot.activeElement.className"
    assert page.evaluate(focused) == "done"


@pytest.mark.parametrize("name", ["On trails", "Skip"])
def test_order_is_asked_once_and_the_next_one_again(page: Page, edge, ask, wait_until, wait_for_decision, name):
    ask().get_by_role("button", name=name).click()
    wait_until(lambda: page.evaluate("localStorage.getItem('upsell:pk_test:question')") is not None)
    edge.requests.clear()
    page.reload()
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    wait_for_decision()
    let_send(page)
    expect(page.locator("[data-upsell-asked]")).to_have_count(0)
    expect(ask(path="/orders/2")).to_be_visible()


def test_skip_takes_it_away_and_begins_no_silence(page: Page, edge, ask):
    ask().get_by_role("button", name="Skip").click()
    expect(page.locator("[data-upsell-asked]")).to_have_count(0)
    let_send(page)
    assert (answers(edge), edge.events()) == ([], [])
    assert page.evaluate("localStorage.getItem('upsell:pk_test:declined')") is None


def test_answer_that_does_not_arrive_can_be_sent_again(page: Page, edge, ask):
    edge.replies["/v1/answers"] = [Reply(REFUSED, status=503)]
    frame = ask()
    frame.get_by_role("button", name="A gift").click()
    expect(frame.get_by_role("alert")).to_have_text("That did not work. Please try again.")
    frame.get_by_role("button", name="A gift").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert [body["tag"] for body in answers(edge)] == ["gift", "gift"]


@pytest.mark.parametrize("arm", [confirmation(), control("confirmation")], ids=["treatment", "control"])
def test_offers_and_their_exposures_are_as_without_a_question(page: Page, edge, ask, wait_until, arm):
    frame = ask(arm)
    wait_until(lambda: "exposure" in edge.event_types())
    expect(frame).to_be_visible()
    let_expose(page)
    expected = ["exposure"] if arm["content"] is None else ["exposure", "impression"]
    assert edge.event_types() == expected
    assert page.evaluate("JSON.parse(sessionStorage.getItem('upsell:pk_test:shown'))") == 1
    slot = page.locator("[data-upsell-slot]")
    assert slot.evaluate("slot => slot.firstElementChild.hasAttribute('data-upsell-marker')")
    assert slot.evaluate("slot => slot.lastElementChild.hasAttribute('data-upsell-asked')")
    assert slot.evaluate("slot => slot.childElementCount") == 3


def test_declined_offer_leaves_the_question_and_consent_that_is_taken_back_does_not(page: Page, edge, ask, wait_until):
    frame = ask(confirmation())
    expect(frame).to_be_visible()
    page.get_by_role("button", name="No thanks").click()
    wait_until(lambda: "decline" in edge.event_types())
    expect(frame).to_be_visible()
    page.evaluate("upsell('consent', false)")
    expect(page.locator("[data-upsell-asked]")).to_have_count(0)
    assert page.evaluate("localStorage.getItem('upsell:pk_test:question')") is None


def test_trouble_takes_the_question_away(page: Page, ask):
    expect(ask()).to_be_visible()
    page.evaluate("upsell('friction', 'payment_error')")
    expect(page.locator("[data-upsell-asked]")).to_have_count(0)


def test_no_consent_means_no_question(page: Page, edge, shop, ask):
    ask(head=shop.script('data-consent="required"'))
    let_expose(page)
    assert edge.requests == []
    expect(page.locator("[data-upsell-asked]")).to_have_count(0)
    page.evaluate("upsell('consent', true)")
    expect(page.locator("[data-upsell-asked]")).to_have_count(1)


def test_asking_again_leaves_one_question(page: Page, edge, ask, wait_until):
    frame = ask()
    expect(frame).to_be_visible()
    page.evaluate(ORDER)
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    let_send(page)
    expect(page.locator("[data-upsell-asked]")).to_have_count(1)


def test_page_may_name_a_place_of_its_own_that_comes_late(page: Page, ask):
    ask(body="<div id=late></div>")
    let_send(page)
    expect(page.locator("[data-upsell-asked]")).to_have_count(0)
    page.evaluate("document.querySelector('#late').setAttribute('data-upsell-question', '')")
    expect(page.locator("#late [data-upsell-asked]")).to_be_visible()


def test_strict_policy_is_not_violated(page: Page, shop, edge, ask):
    policy = (
        f"default-src 'none'; script-src 'nonce-n'; style-src 'nonce-n'; connect-src {edge.url}; img-src data:; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    body = '<div data-upsell-slot="confirmation"></div>'
    frame = ask(nonce="n", headers={"Content-Security-Policy": policy}, body=body)
    frame.get_by_role("button", name="A gift").click()
    expect(page.get_by_role("status")).to_be_visible()
