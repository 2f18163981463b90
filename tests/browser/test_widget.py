"""A widget in its slot: shown, exposed, accepted, declined."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stub import MESSAGES, Reply, content, control, decision, euros

pytestmark = pytest.mark.browser

CART = "{cart: {currency: 'EUR', total_minor: 6670, items: []}, visitor: {orders: 2}}"
CALL = f"upsell('accept', async (acceptance) => {{ window.added = acceptance }});upsell('page', {CART})"
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
    assert re.fullmatch(r"v_[0-9a-f]{16}", body.pop("visitor_id"))
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
        "preview": None,
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


@VARIANTS
@pytest.mark.parametrize(("reserved", "shown"), [(200, 120), (100, 60), (0, 1)])
def test_exposure_comes_a_second_after_half_the_slot_is_in_view(
    page, edge, shop, wait_until, wait_for_decision, given, reserved, shown
):
    """At the same instant in every variant, even where the content is higher than the slot that was reserved."""
    edge.decisions = [given]
    page.goto(shop.put(body=slot(reserved, above=300), call=TIME_EXPOSURE + CALL))
    wait_for_decision()
    page.wait_for_timeout(1300)
    assert edge.events() == []
    reveal(page, shown)
    wait_until(lambda: "exposure" in edge.event_types())
    waited = page.evaluate("exposedAt - revealedAt")
    assert 990 <= waited < 1900


@VARIANTS
def test_exposure_does_not_come_where_less_than_half_is_in_view(page, edge, shop, wait_for_decision, given):
    edge.decisions = [given]
    page.goto(shop.put(body=slot(100, above=300), call=CALL))
    wait_for_decision()
    reveal(page, 40)
    page.wait_for_timeout(1600)
    assert edge.events() == []


@VARIANTS
def test_exposure_does_not_come_where_the_slot_leaves_within_the_second(page, edge, shop, wait_for_decision, given):
    edge.decisions = [given]
    page.goto(shop.put(body=slot(100, above=300), call=CALL))
    wait_for_decision()
    reveal(page, 100)
    page.wait_for_timeout(500)
    reveal(page, -50)
    page.wait_for_timeout(1300)
    assert edge.events() == []


@VARIANTS
def test_exposure_waits_while_the_tab_is_hidden(page, edge, shop, wait_until, wait_for_decision, given):
    edge.decisions = [given]
    hide = """value => { Object.defineProperty(document, 'hidden', {value, configurable: true})
        document.dispatchEvent(new Event('visibilitychange')) }"""
    page.goto(shop.put(call=CALL))
    wait_for_decision()
    page.evaluate(hide, True)
    page.wait_for_timeout(1400)
    assert edge.events() == []
    page.evaluate(hide, False)
    wait_until(lambda: "exposure" in edge.event_types())


def test_control_is_exposed_without_content(page, edge, shop, wait_until):
    edge.decisions = [control()]
    page.goto(shop.put(call=CALL))
    wait_until(lambda: edge.event_types() == ["exposure"])
    page.wait_for_timeout(400)
    assert edge.event_types() == ["exposure"]
    assert page.locator("[data-upsell-slot]").evaluate("slot => slot.childNodes.length") == 0


def test_accept_hands_the_signed_offer_to_the_page_and_confirms(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    wait_until(lambda: "impression" in edge.event_types())
    page.get_by_role("button", name="Add for €9.90").click()
    expect(page.get_by_role("status")).to_have_text("Added to your order.")
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.textContent") == "Added to your order."
    assert page.evaluate("added.acceptance_token") == "signed"
    wait_until(lambda: "accept" in edge.event_types())
    assert edge.event_types() == ["exposure", "impression", "click", "accept"]
    [asked] = edge.bodies("/v1/accept")
    assert asked["exposure_token"] == "token-cart"
    assert asked["visitor_id"] == edge.bodies("/v1/decide")[0]["visitor_id"]


def test_accept_pressed_twice_is_sent_once(page, edge, shop, wait_until):
    edge.delays["/v1/accept"] = 0.5
    page.goto(shop.put(call=CALL))
    page.get_by_role("button", name="Add for").dblclick()
    expect(page.get_by_role("status")).to_be_visible()
    assert len(edge.bodies("/v1/accept")) == 1


def test_accepted_offer_is_not_made_again_in_the_session(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.evaluate("upsell('page')")  # the page refreshes its cart: the confirmation stays for a moment
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    page.wait_for_timeout(300)
    expect(page.get_by_role("status")).to_be_visible()
    page.reload()
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 3)
    page.wait_for_timeout(300)
    expect(page.get_by_role("button", name="Add for")).to_have_count(0)


@pytest.mark.parametrize(
    ("code", "messages", "said"),
    [
        ("offer_ended", {}, "That did not work. Your order is unchanged."),
        (
            "out_of_stock",
            {"out_of_stock": "Leider ausverkauft. Deine Bestellung ist unverändert."},
            "Leider ausverkauft",
        ),
    ],
)
def test_refused_accept_says_that_the_order_is_unchanged(page, edge, shop, wait_until, code, messages, said):
    edge.decisions = [decision(content=content(messages=MESSAGES | messages))]
    edge.replies["/v1/accept"] = [Reply(json.dumps({"error": {"code": code, "message": ""}}), status=409)]
    page.goto(shop.put(call=CALL))
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("alert")).to_contain_text(said)
    wait_until(lambda: "accept_failed" in edge.event_types())
    assert edge.events()[-1]["props"] == {"reason": code}
    assert page.evaluate("window.added") is None


def test_accept_tried_again_after_a_failure_keeps_its_idempotency_key(page, edge, shop, wait_until):
    edge.replies["/v1/accept"] = [Reply("<html>gateway</html>", "text/html", 502)]
    page.goto(shop.put(call=CALL))
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("alert")).to_contain_text("Your order is unchanged")
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("status")).to_be_visible()
    first, second = edge.bodies("/v1/accept")
    assert first["idempotency_key"] == second["idempotency_key"]


def test_accept_waits_four_seconds_at_most(page, edge, shop, wait_until):
    edge.delays["/v1/accept"] = 6
    times = "window.at = {}; for (const type of ['click', 'accept_failed']) "
    times += "document.addEventListener('upsell:' + type, () => at[type] = performance.now());"
    page.goto(shop.put(call=times + CALL))
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("alert")).to_contain_text("Your order is unchanged", timeout=6000)
    assert 3990 <= page.evaluate("at.accept_failed - at.click") < 4500


@pytest.mark.parametrize(
    "adapter", ["", "upsell('accept', async () => { throw new Error('sold out') });"], ids=["none", "failing"]
)
def test_accept_that_the_page_cannot_carry_out_says_so(page, edge, shop, wait_until, adapter):
    page.goto(shop.put(call=adapter + f"upsell('page', {CART})"))
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("alert")).to_contain_text("Your order is unchanged")
    wait_until(lambda: "accept_failed" in edge.event_types())
    assert edge.events()[-1]["props"] == {"reason": "not_added"}


def test_accept_event_that_the_page_cancels_replaces_the_callback(page, edge, shop, wait_until):
    listen = """document.addEventListener('upsell:accept', event => {
        event.preventDefault(); window.taken = event.detail.acceptance.acceptance_token });"""
    page.goto(shop.put(call=listen + CALL))
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert page.evaluate("[window.taken, window.added]") == ["signed", None]


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


QUICK = "document.addEventListener('upsell:exposure', () => window.exposed = (window.exposed || 0) + 1);"


def test_decline_within_the_first_second_is_exposed_first_and_once(page, edge, shop, wait_until):
    """A shopper in control would be exposed a second later: who declines at once must not be missing beside them."""
    page.goto(shop.put(call=QUICK + CALL))
    page.get_by_role("button", name="No thanks").click(no_wait_after=True)
    wait_until(lambda: edge.event_types() == ["exposure", "impression", "decline"])
    page.wait_for_timeout(1300)
    assert edge.event_types() == ["exposure", "impression", "decline"]
    assert page.evaluate("window.exposed") == 1


def test_accept_within_the_first_second_is_exposed_though_the_page_reloads(page, edge, shop, wait_until):
    reload = f"upsell('accept', async () => {{ location.reload() }});upsell('page', {CART})"
    page.goto(shop.put(call=reload))
    page.get_by_role("button", name="Add for €9.90").click()
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    wait_until(lambda: "accept" in edge.event_types())
    page.wait_for_timeout(1300)
    kinds = {event["id"]: event["type"] for event in edge.events()}  # a page that leaves may send one twice
    assert [kinds[name] for name in sorted(kinds)] == ["exposure", "impression", "click", "accept"]


def test_terms_opened_within_the_first_second_are_an_exposure(page, edge, shop, wait_until):
    edge.decisions = [decision(content=content(terms_url=shop.put("/terms", body="", call="")))]
    page.goto(shop.put(call=CALL))
    page.get_by_role("link").first.click()
    wait_until(lambda: edge.event_types() == ["exposure", "impression", "click"])


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
    page.wait_for_timeout(1300)
    assert edge.events() == []
    page.evaluate("upsell('page')")
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    assert edge.bodies("/v1/decide")[1]["history"]["friction"] == ["payment_error"]


def test_missing_slot_is_counted_as_skipped(page, edge, shop, wait_until):
    page.goto(shop.put(body="", call="upsell('page', {moments: ['cart']})"))
    wait_until(lambda: edge.event_types() == ["skipped"])
    assert edge.events()[0]["props"] == {"reason": "no_slot"}


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


def test_accept_button_names_the_price_even_where_its_label_does_not(page, edge, shop):
    edge.decisions = [decision(content=content(accept_label="Add it"))]
    page.goto(shop.put(call=CALL))
    expect(page.get_by_role("button", name="Add it (€9.90)")).to_be_visible()


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


def test_events_told_before_are_told_again_to_a_script_that_comes_late(page, edge, shop, wait_until):
    page.goto(shop.put(call=CALL))
    wait_until(lambda: "impression" in edge.event_types())
    page.evaluate("window.heard = []; upsell('told', event => heard.push([event.type, event.detail.experiment]))")
    assert page.evaluate("heard") == [["upsell:exposure", "cart-test"], ["upsell:impression", "cart-test"]]
