"""How long a widget is in view: told by the page in pieces, whenever it is hidden, and at the end."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.calls import CALL
from tests.browser.quiet import let_send
from tests.browser.stub import DIST, content, control, decision

pytestmark = pytest.mark.browser
HIDE = """value => { Object.defineProperty(document, 'hidden', {value, configurable: true})
    document.dispatchEvent(new Event('visibilitychange')); return performance.now() }"""
NOTE = "document.addEventListener('upsell:impression', () => window.shownAt = performance.now());"
AROUND_MS = 200  # a busy machine draws its frames late: what is told may be less, but hardly more
LOG = re.compile(r"\blog:[\w$]+,(?=nonce:)")


def show(page: Page, shop, wait_until, **fields: str) -> float:
    """Open a page with the widget, and give the time of its impression."""
    page.goto(shop.put(call=NOTE + CALL, **fields))
    wait_until(lambda: page.evaluate("window.shownAt > 0"))
    return float(page.evaluate("shownAt"))


def test_time_in_view_is_told_whenever_the_page_is_hidden(page, edge, shop, wait_until):
    shown_at = show(page, shop, wait_until)
    page.wait_for_timeout(600)
    hidden_at = page.evaluate(HIDE, True)
    wait_until(lambda: len(edge.views()) == 1)
    page.wait_for_timeout(500)
    back_at = page.evaluate(HIDE, False)
    page.wait_for_timeout(300)
    gone_at = page.evaluate(HIDE, True)
    wait_until(lambda: len(edge.views()) == 2)
    first, second = edge.views()
    assert 0 < first["props"]["ms"] < hidden_at - shown_at + AROUND_MS
    assert 0 < second["props"]["ms"] < gone_at - back_at + AROUND_MS
    assert first["exposure_token"] == edge.decisions[0]["exposure_token"]


def test_time_out_of_view_is_not_counted(page, edge, shop, wait_until):
    """Scrolled so that less than half of it is left, and back."""
    body = '<div data-upsell-slot="cart" style="min-height:200px"></div><div style="height:2000px"></div>'
    shown_at = show(page, shop, wait_until, body=body)
    page.wait_for_timeout(400)
    middle = "host => { const {top, height} = host.getBoundingClientRect(); scrollBy(0, top + height * 0.7) }"
    page.locator("[data-upsell-widget]").evaluate(middle)
    away_at = page.evaluate("performance.now()")
    page.wait_for_timeout(900)
    hidden_at = page.evaluate(HIDE, True)
    wait_until(lambda: len(edge.views()) == 1)
    assert 0 < edge.views()[0]["props"]["ms"] < away_at - shown_at + AROUND_MS < hidden_at - shown_at


@pytest.mark.parametrize("answer", ["No thanks", "Add for €9.90"])
def test_time_in_view_ends_with_the_answer(page, edge, shop, wait_until, answer):
    shown_at = show(page, shop, wait_until)
    page.wait_for_timeout(300)
    page.get_by_role("button", name=answer).click()
    wait_until(lambda: len(edge.views()) == 1)
    assert edge.views()[0]["props"]["ms"] < page.evaluate("performance.now()") - shown_at
    page.wait_for_timeout(300)
    page.evaluate(HIDE, True)
    let_send(page)
    assert len(edge.views()) == 1


def test_time_in_view_of_a_page_that_is_left_arrives(page, edge, shop, wait_until):
    shop.put("/next", body="", call="", head="")  # without the snippet: nothing sends what is left over
    show(page, shop, wait_until)
    page.wait_for_timeout(300)
    page.goto(shop.url + "/next")
    wait_until(lambda: len(edge.views()) == 1)
    assert edge.views()[0]["props"]["ms"] > 250


def test_time_in_view_of_a_dialog_ends_when_it_is_closed(page, edge, shop, wait_until):
    edge.decisions = [decision(content=content(layout="dialog"))]
    page.goto(shop.put(call=NOTE + CALL))
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(300)
    page.keyboard.press("Escape")
    wait_until(lambda: len(edge.views()) == 1)
    assert 200 < edge.views()[0]["props"]["ms"] < page.evaluate("performance.now() - shownAt") + AROUND_MS


def test_control_has_no_time_in_view(page, edge, shop, wait_until):
    edge.decisions = [control()]
    page.goto(shop.put(call=CALL))
    wait_until(lambda: edge.event_types() == ["exposure"])
    page.evaluate(HIDE, True)
    let_send(page)
    assert edge.views() == []


def test_core_of_before_shows_the_widget_and_tells_no_time(page, edge, shop, wait_until):
    """A browser has the core of the last release in its cache, and an edge of this one names its card."""
    code = (DIST / "upsell.js").read_text()
    assert LOG.search(code), "the test no longer takes it out"
    old = LOG.sub("", code)
    page.route("**/s/upsell.js", lambda route: route.fulfill(body=old, content_type="text/javascript"))
    show(page, shop, wait_until)
    page.evaluate(HIDE, True)
    page.evaluate(HIDE, False)
    page.get_by_role("button", name="Add for €9.90").click()
    wait_until(lambda: "accept" in edge.event_types())
    assert edge.views() == []
