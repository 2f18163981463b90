"""Nothing is stored or sent without consent, and a withdrawal erases."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.quiet import let_expose, let_send
from tests.browser.stub import Shop

pytestmark = pytest.mark.browser

PAGE = "upsell('visitor', id => window.visitor = id);upsell('page')"
STORAGE = "Object.keys(localStorage).length + Object.keys(sessionStorage).length"


def stored(page) -> tuple[int, list[str]]:
    """How many names are stored, and the cookies."""
    return page.evaluate(STORAGE), [cookie["name"] for cookie in page.context.cookies()]


def required(shop: Shop) -> str:
    return shop.put(head=shop.script('data-consent="required"'), call=PAGE)


def test_required_consent_is_waited_for(page, edge, shop):
    page.goto(required(shop))
    let_expose(page)
    assert edge.requests == []
    assert stored(page) == (0, [])
    assert page.evaluate("window.visitor") is None


def test_consent_given_later_starts_the_page(page, edge, shop, wait_until):
    page.goto(required(shop))
    page.wait_for_function("window.upsell.isLoaded")
    page.evaluate("upsell('consent', true)")
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    wait_until(lambda: edge.event_types() == ["exposure", "impression"])
    assert edge.bodies("/v1/decide")[0]["consent"] == {"measurement": True}
    assert page.evaluate("window.visitor") == edge.bodies("/v1/decide")[0]["visitor_id"]


def test_consent_withdrawn_erases_everything_and_ends(page, edge, shop, wait_until):
    page.goto(required(shop))
    page.evaluate("localStorage.setItem('cart', 'mine')")
    page.evaluate("upsell('consent', true)")
    wait_until(lambda: "impression" in edge.event_types())
    count, cookies = stored(page)
    assert count > 2
    assert cookies == ["upsell_visitor"]
    page.evaluate("upsell('consent', false)")
    expect(page.locator("[data-upsell-widget]")).to_have_count(0)
    asked = len(edge.requests)
    page.evaluate("upsell('page')")
    let_send(page)
    assert len(edge.requests) == asked
    assert stored(page) == (1, [])
    assert page.evaluate("localStorage.getItem('cart')") == "mine"


def test_consent_withdrawn_while_deciding_stores_nothing_afterwards(page, edge, shop, wait_until):
    edge.delays["/v1/decide"] = 0.5
    page.goto(required(shop))
    with page.expect_request("**/v1/decide"):
        page.evaluate("upsell('consent', true)")
    page.evaluate("upsell('consent', false)")
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    let_send(page)
    assert stored(page) == (0, [])
    assert edge.events() == []


def test_refusal_queued_before_the_snippet_came_is_heard_first(page, edge, shop):
    """Where consent is not required: a refusal on the same page, and its memory on the next."""
    page.goto(shop.put(call=PAGE + ";upsell('consent', false)"))
    let_send(page)
    page.goto(shop.put(call=PAGE))
    let_send(page)
    assert edge.requests == []
    assert page.context.cookies() == []
    page.evaluate("upsell('consent', true)")
    expect(page.get_by_role("button", name="Add for")).to_be_visible()


def test_global_privacy_control_makes_consent_required(page, edge, shop):
    page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    page.goto(shop.put(call=PAGE))
    let_send(page)
    assert edge.requests == []
    page.evaluate("upsell('consent', true)")
    expect(page.get_by_role("button", name="Add for")).to_be_visible()


def test_cookie_that_the_shops_server_has_set_stays_as_it_is(page, edge, shop):
    """Safari lets it live for longer than one that a script writes."""
    expires = round(time.time()) + 200 * 86400
    cookie = {"name": "upsell_visitor", "value": "v_server", "url": shop.url, "expires": expires}
    page.context.add_cookies([cookie])
    page.goto(shop.put(call=PAGE))
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    assert edge.bodies("/v1/decide")[0]["visitor_id"] == "v_server"
    [kept] = page.context.cookies()
    assert (kept["value"], round(kept["expires"])) == ("v_server", expires)
    page.reload()
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    assert [round(cookie["expires"]) for cookie in page.context.cookies()] == [expires]
