"""Nothing here may break the page that embeds the snippet. The ``page`` fixture asserts that no error reached the page
and that its Content-Security-Policy was not violated."""

import pytest
from playwright.sync_api import expect

from tests.browser.calls import assert_untouched
from tests.browser.quiet import let_expose, let_send
from tests.browser.strict_pages import CALL, STRICT
from tests.browser.stub import Reply, control, decision

pytestmark = pytest.mark.browser
SHIFT = """() => new Promise(done => {
    let sum = 0
    new PerformanceObserver(list => list.getEntries().forEach(entry => sum += entry.value))
      .observe({type: 'layout-shift', buffered: true})
    setTimeout(() => done(sum), 300)
})"""


BLOCKED = {
    "throwing": """for (const area of ['localStorage', 'sessionStorage'])
        Object.defineProperty(window, area, {get() { throw new DOMException('denied', 'SecurityError') }})
        Object.defineProperty(Document.prototype, 'cookie', {get() { throw new DOMException('denied') },
        set() { throw new DOMException('denied') }})""",
    "null": """for (const area of ['localStorage', 'sessionStorage'])
        Object.defineProperty(window, area, {value: null})""",
    "full": "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }",
}


@pytest.mark.parametrize("block", BLOCKED.values(), ids=BLOCKED.keys())
def test_blocked_storage_costs_no_event(page, edge, shop, wait_until, block):
    page.add_init_script(block)
    edge.replies["/v1/events"] = [Reply("", status=503)]
    page.goto(shop.put(call=CALL))
    wait_until(lambda: len(edge.bodies("/v1/events")) == 2)
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("status")).to_be_visible()
    wait_until(lambda: "accept" in edge.event_types())
    assert {event["type"] for event in edge.events()} == {"exposure", "impression", "click", "accept"}


def test_sandboxed_frame_is_survived(page, edge, shop, wait_until):
    """An origin of its own, no storage, no cookies."""
    shop.put("/framed", call=CALL)
    page.goto(
        shop.put(body='<iframe sandbox="allow-scripts" src="/framed" width=800 height=500></iframe>', head="", call="")
    )
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("button", name="Add for")).to_be_visible()


HOSTILE = {
    "everything": "main *, main *::before, main *::after {color: red !important; font: 40px fantasy !important;"
    " letter-spacing: 1em !important; text-transform: uppercase !important; line-height: 5 !important;"
    " visibility: visible !important; pointer-events: none} [data-upsell-slot] * {opacity: 0.01 !important;"
    " float: right !important; margin: 50px !important; width: 10px !important}",
    "hidden divs": "[data-upsell-slot] div {display: none !important; position: absolute !important;"
    " visibility: hidden !important; opacity: 0 !important; transform: scale(0) !important}",
    "generated": "div::before, div::after {content: 'AD' !important; display: block !important; height: 99px}",
    "buttons": "button, p, section, strong {display: none !important} body {direction: rtl}",
    "flex slot": "[data-upsell-slot] {display: flex; align-items: center; gap: 50px}",
}


@pytest.mark.parametrize("style", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_styles_do_not_reach_the_widget(page, edge, shop, wait_until, style):
    page.goto(shop.put(call=CALL, style=style))
    box = """node => { const box = node.getBoundingClientRect(), s = getComputedStyle(node)
        return [Math.round(box.width), Math.round(box.height), s.fontSize, s.letterSpacing, s.textTransform] }"""
    frame = page.locator("section.widget")
    frame.wait_for()
    measured = frame.evaluate(box)
    page.goto(shop.put("/plain", call=CALL))
    frame.wait_for()
    plain = frame.evaluate(box)
    assert measured[1:] == plain[1:]
    gap = 50 if "gap: 50px" in style else 0  # the page's own, between the marker and the widget
    assert abs(measured[0] - plain[0] + gap) <= 1
    assert frame.evaluate("node => getComputedStyle(node).opacity") == "1"


@pytest.mark.parametrize("given", [decision(), control()], ids=["treatment", "control"])
def test_page_that_hides_everything_exposes_nobody(page, edge, shop, wait_until, given):
    edge.decisions = [given]
    page.goto(shop.put(call=CALL, style="* {display: none !important}"))
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    let_expose(page)
    assert edge.events() == []


@pytest.mark.parametrize("moment", ["cart", "exit_intent"])
def test_strict_policy_with_trusted_types_is_not_violated(page, edge, shop, install_clock, wait_for_decision, moment):
    content = decision(moment)["content"]
    content["items"][0]["image_url"] = edge.url + "/images/balm.svg"
    edge.decisions = [decision(moment, content=content | {"theme": {"accent": "#123456"}})]
    install_clock()
    page.goto(
        shop.put(
            call=f"upsell('accept', async () => {{}});upsell('page', {{moments: ['{moment}']}})",
            nonce="abc",
            body='<div data-upsell-slot="cart"></div>',
            headers={"Content-Security-Policy": STRICT.format(edge=edge.url)},
        )
    )
    wait_for_decision()
    page.clock.fast_forward(5100)
    page.evaluate("document.dispatchEvent(new MouseEvent('mouseout', {clientY: -1}))")
    accept = page.get_by_role("button", name="Add for")
    expect(accept).to_be_visible()
    assert accept.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(18, 52, 86)"
    expect(page.locator("[data-upsell-widget] >> css=img")).to_have_js_property("complete", True)
    accept.click()
    expect(page.get_by_role("status")).to_be_visible()


def test_browser_without_constructed_style_sheets_uses_the_nonce(page, edge, shop):
    page.add_init_script("delete window.CSSStyleSheet")
    policy = STRICT.format(edge=edge.url)
    page.goto(
        shop.put(
            call=CALL,
            nonce="abc",
            headers={"Content-Security-Policy": policy},
            body='<div data-upsell-slot="cart"></div>',
        )
    )
    accept = page.get_by_role("button", name="Add for")
    expect(accept).to_be_visible()
    assert accept.evaluate("node => node.getBoundingClientRect().height") >= 44


def test_two_snippets_work_as_one(page, edge, shop, wait_until):
    page.goto(shop.put(head=shop.script() + shop.script(), call=CALL))
    wait_until(lambda: len(edge.events()) == 2)
    let_expose(page)
    assert len(edge.bodies("/v1/decide")) == 1
    assert edge.event_types() == ["exposure", "impression"]
    expect(page.locator("[data-upsell-widget]")).to_have_count(1)


REDEFINED = {
    "arrays": """for (const name of ['push', 'map', 'filter', 'forEach', 'indexOf', 'some', 'find', 'reduce', 'slice',
        'concat', 'join', 'splice', 'shift', 'unshift']) Array.prototype[name] = () => { throw new Error('redefined') }
        Array.prototype.last = function () { return this[this.length - 1] }; Array.from = () => [];""",
    "json": """Array.prototype.toJSON = function () { return 'distorted' }
        String.prototype.toJSON = () => 'distorted'; Object.prototype.toJSON = () => 'distorted';""",
    "objects": "Object.prototype.extra = 'extra'; Function.prototype.bind = () => { throw new Error('redefined') };",
    "promise": "window.Promise = class Mine { static resolve() { throw new Error('redefined') } };",
    "fetch later": "addEventListener('load', () => { window.fetch = () => { throw new Error('redefined') } });",
    "upsell": "window.upsell = {q: null};",
    "frozen": "Object.freeze(window.upsell);Object.freeze(Object.prototype);",
}


@pytest.mark.parametrize("redefine", REDEFINED.values(), ids=REDEFINED.keys())
def test_page_that_redefines_things_is_not_broken(page, edge, shop, wait_until, redefine):
    """Where fetch and Promise still do what they should, the widget works as well."""
    call = "window.addEventListener('load', () => { if (typeof upsell == 'function') { " + CALL + "}})"
    page.goto(shop.put(head=f"<script>{redefine}</script>" + shop.script(), call=call))
    if "window.Promise" in redefine or "window.upsell =" in redefine:
        let_expose(page)
        assert page.locator("#after").inner_text() == "Checkout"
        return
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("status")).to_be_visible()
    wait_until(lambda: "accept" in edge.event_types())
    assert edge.bodies("/v1/decide")[0]["moments"] == ["cart"]


def test_fetch_that_throws_is_survived(page, edge, shop):
    throws = "<script>window.fetch = () => { throw new Error('redefined') }</script>"
    page.goto(shop.put(head=throws + shop.script(), call=CALL))
    let_send(page)
    assert_untouched(page)


def test_listeners_and_callbacks_that_throw_are_the_pages_own(page, edge, shop, problems):
    call = """document.addEventListener('upsell:exposure', () => { throw new Error('of the page') });
        upsell('visitor', () => { throw new Error('swallowed') });upsell('page')"""
    page.goto(shop.put(call=call))
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    page.wait_for_function("document.querySelector('[data-upsell-widget]')")
    let_expose(page)
    assert problems == ["of the page"]
    problems.clear()


@pytest.mark.parametrize(
    "call",
    [
        "upsell()",
        "upsell('nothing')",
        "upsell('constructor', 1)",
        "upsell('page', null)",
        "upsell('page', 7)",
        "upsell('page', {moments: 7})",
        "const loop = {}; loop.loop = loop; upsell('page', {cart: loop})",
        "upsell('page', {cart: {big: 10n}})",
        "upsell('accept')",
        "upsell('visitor', 'x')",
        "upsell('friction')",
        "upsell('consent', 'yes')",
    ],
)
def test_wrong_commands_are_survived_and_reported(page, edge, shop, call):
    listen = "window.errors = 0; document.addEventListener('upsell:error', () => errors++);"
    page.goto(shop.put(call=listen + call))
    let_send(page)
    page.evaluate(call)
    page.evaluate("upsell('page')")
    expect(page.get_by_role("button", name="Add for")).to_be_visible()


def test_only_global_is_upsell(page, edge, shop):
    names = "Object.keys(window).sort().join()"
    page.goto(shop.put("/plain", head="", call=""))
    before = page.evaluate(names)
    page.goto(shop.put(call=CALL))
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    after = page.evaluate(names)
    assert set(after.split(",")) - set(before.split(",")) == {"upsell"}


# In control the slot lets go of its height at once, unless the page says that it is to stay.
@pytest.mark.parametrize(
    ("given", "height"), [(decision(), "200px"), (control(), "200px!important")], ids=["treatment", "control"]
)
def test_reserved_slot_moves_nothing(page, edge, shop, wait_until, given, height):
    edge.decisions = [given]
    page.goto(shop.put(call=CALL, body=f'<div data-upsell-slot="cart" style="min-height:{height}"></div>'))
    wait_until(lambda: "exposure" in edge.event_types())
    assert page.evaluate(SHIFT) == 0


def test_dialog_moves_nothing(page, edge, shop, install_clock, wait_for_decision):
    edge.decisions = [decision("exit_intent")]
    install_clock()
    page.goto(shop.put(call="upsell('page', {moments: ['exit_intent']})", style="body{display:flex;gap:90px}"))
    wait_for_decision()
    place = "JSON.stringify(document.querySelector('main').getBoundingClientRect())"
    before = page.evaluate(place)
    page.clock.fast_forward(5100)
    page.evaluate("document.dispatchEvent(new MouseEvent('mouseout', {clientY: -1}))")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.evaluate(place) == before


def test_content_of_the_slot_stays(page, edge, shop):
    page.goto(shop.put(body='<div data-upsell-slot="cart"><p>Free returns</p></div>', call=CALL))
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    expect(page.get_by_text("Free returns")).to_be_visible()
