"""When a visitor counts as exposed, in treatment and control alike."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.calls import CALL, CART
from tests.browser.quiet import let_expose, let_send
from tests.browser.stub import content, control, decision

pytestmark = pytest.mark.browser
VARIANTS = pytest.mark.parametrize("given", [decision(), control()], ids=["treatment", "control"])
TIME_EXPOSURE = "document.addEventListener('upsell:exposure', () => window.exposedAt = performance.now());"


def slot(height: int, above: int = 0) -> str:
    """A slot that reserves this height, so far down that it begins ``above`` pixels below the fold of 700."""
    space = f'<div style="height:{above + 700}px"></div>' if above else ""
    below = '<div style="height:2000px"></div>' if above else ""
    return f'{space}<div data-upsell-slot="cart" style="min-height:{height}px"></div>{below}'


def reveal(page: Page, pixels: int) -> None:
    """Scroll until so many pixels of the slot are in view, and note the time."""
    page.evaluate(
        """pixels => {
            const top = document.querySelector('[data-upsell-slot]').getBoundingClientRect().top
            window.scrollBy(0, top - window.innerHeight + pixels)
            window.revealedAt = performance.now()
        }""",
        pixels,
    )


@VARIANTS
@pytest.mark.parametrize(("reserved", "shown"), [(200, 2), (100, 60), (0, 2)])
def test_exposure_comes_a_second_after_the_top_of_the_slot_is_in_view(
    page, edge, shop, wait_until, wait_for_decision, given, reserved, shown
):
    """At the same instant in every variant, even where the content is higher than the slot that was reserved."""
    edge.decisions = [given]
    page.goto(shop.put(body=slot(reserved, above=300), call=TIME_EXPOSURE + CALL))
    wait_for_decision()
    let_expose(page)
    assert edge.events() == []
    reveal(page, shown)
    wait_until(lambda: "exposure" in edge.event_types())
    waited = page.evaluate("exposedAt - revealedAt")
    assert 990 <= waited < 1900


@VARIANTS
def test_exposure_does_not_come_where_the_top_of_the_slot_was_jumped_over(page, edge, shop, wait_for_decision, given):
    edge.decisions = [given]
    page.goto(shop.put(body=slot(900, above=300), call=CALL))
    reveal(page, 750)
    wait_for_decision()
    let_expose(page)
    assert edge.events() == []


@VARIANTS
def test_exposure_does_not_come_where_the_slot_leaves_within_the_second(page, edge, shop, wait_for_decision, given):
    edge.decisions = [given]
    page.goto(shop.put(body=slot(100, above=300), call=CALL))
    wait_for_decision()
    reveal(page, 100)
    page.wait_for_timeout(500)  # half of the second that counts
    reveal(page, -50)
    let_expose(page)
    assert edge.events() == []


@VARIANTS
def test_exposure_waits_while_the_tab_is_hidden(page, edge, shop, wait_until, wait_for_decision, given):
    edge.decisions = [given]
    hide = """value => { Object.defineProperty(document, 'hidden', {value, configurable: true})
        document.dispatchEvent(new Event('visibilitychange')) }"""
    page.goto(shop.put(call=CALL))
    wait_for_decision()
    page.evaluate(hide, True)
    let_expose(page)
    assert edge.events() == []
    page.evaluate(hide, False)
    wait_until(lambda: "exposure" in edge.event_types())


def test_control_is_exposed_without_content(page, edge, shop, wait_until):
    edge.decisions = [control()]
    page.goto(shop.put(call=CALL))
    wait_until(lambda: edge.event_types() == ["exposure"])
    let_send(page)
    assert edge.event_types() == ["exposure"]
    assert page.locator("[data-upsell-slot]").evaluate("slot => slot.innerText") == ""
    assert edge.events()[0]["props"] == {"trigger": 2}


QUICK = "document.addEventListener('upsell:exposure', () => window.exposed = (window.exposed || 0) + 1);"


def test_decline_within_the_first_second_is_exposed_first_and_once(page, edge, shop, wait_until):
    """A shopper in control would be exposed a second later: who declines at once must not be missing beside them."""
    page.goto(shop.put(call=QUICK + CALL))
    page.get_by_role("button", name="No thanks").click(no_wait_after=True)
    wait_until(lambda: edge.event_types() == ["exposure", "impression", "decline"])
    let_expose(page)
    assert edge.event_types() == ["exposure", "impression", "decline"]
    assert page.evaluate("window.exposed") == 1


def test_accept_within_the_first_second_is_exposed_though_the_page_reloads(page, edge, shop, wait_until):
    reload = f"upsell('accept', async () => {{ location.reload() }});upsell('page', {CART})"
    page.goto(shop.put(call=reload))
    page.get_by_role("button", name="Add for €9.90").click()
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    wait_until(lambda: "accept" in edge.event_types())
    let_expose(page)
    kinds = {event["id"]: event["type"] for event in edge.events()}  # a page that leaves may send one twice
    assert [kinds[name] for name in sorted(kinds)] == ["exposure", "impression", "click", "accept"]


def test_terms_opened_within_the_first_second_are_an_exposure(page, edge, shop, wait_until):
    edge.decisions = [decision(content=content(terms_url=shop.put("/terms", body="", call="")))]
    page.goto(shop.put(call=CALL))
    page.get_by_role("link").first.click()
    # a page that leaves may send one twice
    wait_until(lambda: kinds_once(edge) == ["exposure", "impression", "click"])


def test_missing_slot_is_counted_as_skipped(page, edge, shop, wait_until):
    page.goto(shop.put(body="", call="upsell('page', {moments: ['cart']})"))
    wait_until(lambda: edge.event_types() == ["skipped"])
    assert edge.events()[0]["props"] == {"reason": "no_slot"}


def kinds_once(edge: Any) -> list[str]:
    """The types of the events that came, each event once."""
    return list({event["id"]: event["type"] for event in edge.events()}.values())
