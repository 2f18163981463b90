"""Nothing here may break the page that embeds the snippet. The ``page`` fixture asserts that no error reached the page
and that its Content-Security-Policy was not violated."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stub import Reply, control, decision

pytestmark = pytest.mark.browser

CALL = "upsell('accept', async () => { window.added = true });upsell('page')"
SHIFT = """() => new Promise(done => {
    let sum = 0
    new PerformanceObserver(list => list.getEntries().forEach(entry => sum += entry.value))
      .observe({type: 'layout-shift', buffered: true})
    setTimeout(() => done(sum), 300)
})"""
UNTOUCHED = "[document.querySelector('#after').innerText, document.querySelectorAll('[data-upsell-widget]').length]"


def assert_untouched(page: Page) -> None:
    """The page is as the store made it, and still works."""
    assert page.evaluate(UNTOUCHED) == ["Checkout", 0]
    page.evaluate("document.querySelector('#buy').onclick = () => window.bought = true")
    page.locator("#buy").click()
    assert page.evaluate("window.bought") is True


ANSWERS = {
    "html": Reply("<!doctype html><title>Gateway</title>", "text/html"),
    "empty": Reply(""),
    "error": Reply('{"error": {"code": "unavailable", "message": ""}}', status=503),
    "unknown key": Reply('{"error": {"code": "unknown_key", "message": ""}}', status=401),
    "list": Reply("[1, 2]"),
    "number": Reply("7"),
    "no decisions": Reply('{"visitor_id": "v_1"}'),
    "wrong decisions": Reply('{"decisions": [null, 7, "x", {}, {"moment": "cart"}]}'),
    "twenty thousand brackets": Reply("[" * 20_000),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_strange_answers_leave_the_page_alone(page, edge, shop, wait_until, answer):
    edge.replies["/v1/decide"] = [answer]
    page.goto(shop.put(call=CALL))
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    page.wait_for_timeout(300)
    assert_untouched(page)


def test_one_wrong_decision_does_not_cost_the_others(page, edge, shop):
    broken = decision("exit_intent", content={"layout": "card"}, exposure_token="token-broken")
    edge.decisions = [broken, decision()]
    page.goto(shop.put(call=CALL.replace("'page'", "'page', {moments: ['exit_intent', 'cart']}")))
    expect(page.get_by_role("button", name="Add for")).to_be_visible()


def test_widget_that_cannot_be_built_is_exposed_all_the_same(page, edge, shop, wait_until):
    """Whatever happens to the content, treatment and control are counted alike."""
    edge.decisions = [decision(content={"layout": "card"})]
    page.goto(shop.put(call=CALL))
    wait_until(lambda: {"error", "exposure"} == set(edge.event_types()))


def test_server_that_is_down_leaves_the_page_alone(page, edge, shop):
    page.goto(shop.put(head=shop.script('data-api="http://127.0.0.1:9"'), call=CALL))
    page.wait_for_timeout(600)
    assert_untouched(page)


def test_script_that_does_not_load_leaves_the_page_alone(page, edge, shop):
    head = shop.script().replace("/s/upsell.js", "/s/removed-by-an-ad-blocker.js")
    page.goto(shop.put(head=head, call=CALL))
    page.wait_for_timeout(300)
    page.evaluate("upsell('page')")
    assert_untouched(page)


@pytest.mark.parametrize("patience_ms", [800])
def test_slow_server_is_waited_for_no_longer_than_800_ms(page, edge, shop, wait_until):
    edge.delays["/v1/decide"] = 2
    page.goto(shop.put(call=CALL))
    page.wait_for_timeout(2600)
    assert len(edge.bodies("/v1/decide")) == 1  # no second try
    assert_untouched(page)


def test_edge_is_left_alone_for_a_minute_after_three_failures(page, edge, shop, wait_until, install_clock):
    install_clock()
    edge.replies["/v1/decide"] = [ANSWERS["error"]] * 3
    page.goto(shop.put(call=CALL))
    for count in range(1, 4):
        wait_until(lambda count=count: len(edge.bodies("/v1/decide")) == count)
        page.wait_for_timeout(200)
        page.evaluate("upsell('page')")
    page.wait_for_timeout(500)
    page.clock.fast_forward(55_000)
    page.evaluate("upsell('page')")
    page.wait_for_timeout(500)
    assert len(edge.bodies("/v1/decide")) == 3
    page.clock.fast_forward(6_000)
    page.evaluate("upsell('page')")
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 4)
    expect(page.get_by_role("button", name="Add for")).to_be_visible()


def test_switched_off_edge_is_not_asked_again_until_its_ttl(page, edge, shop, wait_until):
    off = {"visitor_id": "v_1", "ttl_s": 300, "enabled": False, "decisions": [decision()]}
    edge.replies["/v1/decide"] = [Reply(json.dumps(off))]
    page.goto(shop.put(call=CALL))
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    page.wait_for_timeout(300)
    page.evaluate("upsell('page')")
    page.wait_for_timeout(500)
    assert len(edge.bodies("/v1/decide")) == 1
    assert_untouched(page)


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
    assert abs(measured[0] - plain[0]) <= 1
    assert frame.evaluate("node => getComputedStyle(node).opacity") == "1"


@pytest.mark.parametrize("given", [decision(), control()], ids=["treatment", "control"])
def test_page_that_hides_everything_exposes_nobody(page, edge, shop, wait_until, given):
    edge.decisions = [given]
    page.goto(shop.put(call=CALL, style="* {display: none !important}"))
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    page.wait_for_timeout(1500)
    assert edge.events() == []


STRICT = (
    "default-src 'none'; script-src 'nonce-abc'; style-src 'nonce-abc'; connect-src {edge}; img-src {edge} data:;"
    " base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


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
    page.wait_for_timeout(1300)
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
        page.wait_for_timeout(1500)
        assert page.locator("#after").inner_text() == "Checkout"
        return
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("status")).to_be_visible()
    wait_until(lambda: "accept" in edge.event_types())
    assert edge.bodies("/v1/decide")[0]["moments"] == ["cart"]


def test_fetch_that_throws_is_survived(page, edge, shop):
    throws = "<script>window.fetch = () => { throw new Error('redefined') }</script>"
    page.goto(shop.put(head=throws + shop.script(), call=CALL))
    page.wait_for_timeout(600)
    assert_untouched(page)


def test_listeners_and_callbacks_that_throw_are_the_pages_own(page, edge, shop, problems):
    call = """document.addEventListener('upsell:exposure', () => { throw new Error('of the page') });
        upsell('visitor', () => { throw new Error('swallowed') });upsell('page')"""
    page.goto(shop.put(call=call))
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    page.wait_for_function("document.querySelector('[data-upsell-widget]')")
    page.wait_for_timeout(1500)
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
    page.wait_for_timeout(500)
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


@pytest.mark.parametrize("given", [decision(), control()], ids=["treatment", "control"])
def test_reserved_slot_moves_nothing(page, edge, shop, wait_until, given):
    edge.decisions = [given]
    page.goto(shop.put(call=CALL))
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
