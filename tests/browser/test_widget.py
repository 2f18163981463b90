"""A widget in its slot: shown, declined, themed, and what it tells the page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.calls import CALL
from tests.browser.quiet import let_expose
from tests.browser.stub import content, decision, euros

pytestmark = pytest.mark.browser


def test_widget_shows_in_its_slot_and_is_exposed_after_a_second(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    expect(page.get_by_text("Keeps the boots in your cart waterproof")).to_be_visible()
    expect(page.get_by_role("button", name="Add for €9.90")).to_be_visible()
    assert edge.events() == []
    wait_until(lambda: len(edge.events()) == 2)
    assert edge.event_types() == ["exposure", "impression"]
    assert {event["exposure_token"] for event in edge.events()} == {"token-cart"}


def test_decide_is_asked_in_the_words_of_the_contract(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    body = edge.bodies("/v1/decide")[0]
    assert re.fullmatch(r"v_[0-9a-f]{32}", body.pop("visitor_id"))
    assert body == {
        "key": "pk_test",
        "moments": ["cart"],
        "page": {"path": "/cart", "query": ""},
        "locale": "en",
        "device": "desktop",
        "cart": {"currency": "EUR", "total_minor": 6670, "items": []},
        "visitor": {"orders": 2},
        "history": {"shown_session": 0, "shown_today": 0, "declined_at": None, "friction": []},
        "consent": {"measurement": True},
        "automation": True,
        "visit": {"snippet": 3},
    }


def test_requests_need_no_preflight_and_carry_no_credentials(page, context, edge, shop, wait_until):
    context.add_cookies([{"name": "secret", "value": "1", "url": edge.url}])
    sent = []
    page.on("request", lambda request: sent.append(request) if "/v1/" in request.url else None)
    page.goto(shop.put(call=CALL))
    page.get_by_role("button", name="Add for").click()
    wait_until(lambda: "accept" in edge.event_types())
    assert {request.method for request in sent} == {"POST"}
    assert {request.all_headers()["content-type"] for request in sent} == {"text/plain;charset=UTF-8"}
    assert not any("cookie" in request.all_headers() for request in sent)
    assert {method for method, *_ in edge.requests} == {"POST"}


def test_decline_takes_the_widget_away_and_is_remembered(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    wait_until(lambda: "impression" in edge.event_types())
    page.get_by_role("button", name="No thanks").click()
    expect(page.get_by_role("button", name="No thanks")).to_have_count(0)
    wait_until(lambda: edge.event_types() == ["exposure", "impression", "decline"])
    page.reload()
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    history = edge.bodies("/v1/decide")[1]["history"]
    assert (history["shown_session"], history["shown_today"]) == (1, 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", history["declined_at"])


def test_decline_with_the_keyboard_goes_on_from_the_same_place(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    page.get_by_role("button", name="No thanks").press("Enter")
    expect(page.get_by_role("button", name="No thanks")).to_have_count(0)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "buy"


def test_events_are_mirrored_to_the_page(page, edge, shop, wait_until):
    listen = """window.seen = [];
        for (const type of ['exposure', 'impression', 'click', 'accept', 'decline', 'error'])
          document.addEventListener('upsell:' + type, event =>
            seen.push([type, event.detail.moment, event.detail.experiment, event.detail.variant]));"""
    page.goto(shop.put(call=listen + CALL))
    wait_until(lambda: "impression" in edge.event_types())
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("status")).to_be_visible()
    about = ["cart", "cart-test", "treatment"]
    assert page.evaluate("seen") == [[kind, *about] for kind in ("exposure", "impression", "click", "accept")]


def test_friction_silences_what_has_not_been_seen(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    page.evaluate("upsell('friction', 'payment_error')")
    expect(page.get_by_role("button", name="Add for")).to_have_count(0)
    let_expose(page)
    assert edge.events() == []
    page.evaluate("upsell('page')")
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    assert edge.bodies("/v1/decide")[1]["history"]["friction"] == ["payment_error"]


def test_slot_that_comes_late_is_used(page, edge, shop, wait_until):
    late = """setTimeout(() => { const slot = document.createElement('div');
        slot.setAttribute('data-upsell-slot', 'cart'); document.querySelector('main').append(slot) }, 900);"""
    page.goto(shop.put(body="", call=late + "upsell('page', {moments: ['cart']})"))
    expect(page.get_by_role("button", name="Add for")).to_be_visible()


def test_page_called_again_shows_the_new_decision_alone(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    expect(page.get_by_text("Leather care balm")).to_be_visible()
    edge.decisions = [decision(content=content(headline="Socks", accept_label="Add socks"))]
    page.evaluate("upsell('page')")
    expect(page.get_by_text("Socks", exact=True)).to_be_visible()
    expect(page.get_by_text("Leather care balm, 75 ml").first).to_be_visible()  # the item that is sold
    expect(page.locator("[data-upsell-widget]")).to_have_count(1)


def test_text_is_text_and_addresses_are_http(page, edge, shop):
    evil = "<img src=x onerror=window.hacked=1>"
    items = [{"sku": "1", "title": evil, "quantity": 2, "image_url": "javascript:window.hacked=1", "price": euros(1)}]
    edge.decisions = [decision(content=content(headline=evil, items=items, terms_url="javascript:window.hacked=1"))]
    page.goto(shop.put(call=CALL))
    expect(page.get_by_text(evil, exact=True)).to_be_visible()
    expect(page.get_by_text(f"2 \N{MULTIPLICATION SIGN} {evil}")).to_be_visible()
    assert page.locator("[data-upsell-widget] >> css=img, a").count() == 0
    assert page.evaluate("window.hacked") is None


def test_picture_that_does_not_load_leaves_no_hole(page, edge, shop):
    items = [{"sku": "1", "title": "Balm", "quantity": 1, "image_url": edge.url + "/missing.png"}]
    edge.decisions = [decision(content=content(items=items))]
    page.goto(shop.put(call=CALL))
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    expect(page.locator("[data-upsell-widget] >> css=img")).to_have_count(0)


def test_visitor_id_is_told_to_the_page_and_kept(page, edge, shop, wait_until):
    page.goto(shop.put(call="upsell('visitor', id => window.visitor = id);" + CALL))
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    visitor = edge.bodies("/v1/decide")[0]["visitor_id"]
    assert page.evaluate("window.visitor") == visitor
    page.context.clear_cookies()  # storage remembers
    page.reload()
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    page.evaluate("localStorage.clear()")  # the cookie remembers
    page.reload()
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 3)
    assert {body["visitor_id"] for body in edge.bodies("/v1/decide")} == {visitor}


def test_own_visitor_id_of_the_page_goes_first_and_is_not_stored(page, context, edge, shop, wait_until):
    page.goto(shop.put(head=shop.script('data-visitor-id="customer-7"'), call=CALL))
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    assert edge.bodies("/v1/decide")[0]["visitor_id"] == "customer-7"
    assert context.cookies() == []


def test_theme_sets_colours_font_and_scheme(page, edge, shop):
    theme = {"accent": "rgb(180, 20, 60)", "scheme": "dark", "font": "inherit", "radius": "2px"}
    edge.decisions = [decision(content=content(theme=theme))]
    page.goto(shop.put(call=CALL, style="main{font-family:Georgia,serif}"))
    accept = page.get_by_role("button", name="Add for")
    assert accept.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(180, 20, 60)"
    frame = page.locator("section.widget")
    style = frame.evaluate("node => { const s = getComputedStyle(node); return [s.fontFamily, s.backgroundColor] }")
    assert style == ["Georgia, serif", "rgb(27, 34, 48)"]


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("#222", "rgb(255, 255, 255)"),
        ("#eee", "rgb(27, 34, 48)"),
        ("oklch(0.3 0.03 260)", "rgb(255, 255, 255)"),
        ("oklch(0.95 0.01 260)", "rgb(27, 34, 48)"),
        ("lab(20 1 1)", "rgb(255, 255, 255)"),
        ("lab(90 1 1)", "rgb(27, 34, 48)"),
        ("color-mix(in srgb, black 80%, white)", "rgb(255, 255, 255)"),
        ("color-mix(in srgb, white 80%, black)", "rgb(27, 34, 48)"),
    ],
)
def test_widget_is_dark_where_the_text_of_the_page_is_light(page, edge, shop, text, surface):
    page.goto(shop.put(call=CALL, style=f"body {{color: {text}}}"))
    frame = page.locator("section.widget")
    assert frame.evaluate("node => getComputedStyle(node).backgroundColor") == surface


def test_events_are_replayed_to_a_script_that_comes_late(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    wait_until(lambda: "impression" in edge.event_types())
    page.evaluate("window.heard = []; upsell('replay', event => heard.push([event.type, event.detail.experiment]))")
    assert page.evaluate("heard") == [["upsell:exposure", "cart-test"], ["upsell:impression", "cart-test"]]
