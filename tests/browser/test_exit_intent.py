"""The exit offer: when it may come, how it goes, and that control sees the same trigger."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.quiet import let_send
from tests.browser.stub import control, decision

pytestmark = pytest.mark.browser

CALL = "upsell('accept', async () => {});upsell('page', {moments: ['exit_intent']})"
BODY = '<input id="coupon" aria-label="Coupon"><button id="pay">Pay</button><div style="height:4000px"></div>'
EXIT = decision("exit_intent")
DRAWER = "position:fixed;inset:0 auto 0 0;width:400px"


def leave(page: Page) -> None:
    """The pointer leaves the window through the top."""
    page.evaluate("document.dispatchEvent(new MouseEvent('mouseout', {clientY: -1, relatedTarget: null}))")


@pytest.fixture
def open_page(page, shop, install_clock, wait_for_decision):
    """Opens the shop's page, waits for the decision, and lets some time pass."""

    def open_page(*, calm_ms: int = 5100, call: str = CALL, body: str = BODY) -> None:
        install_clock()
        page.goto(shop.put(body=body, call=call))
        wait_for_decision()
        page.clock.fast_forward(calm_ms)

    return open_page


@pytest.fixture
def context(request, browser):
    """A phone for the tests whose name speaks of touch, else a desktop."""
    is_touch = "touch" in request.node.name
    context = browser.new_context(
        viewport={"width": 390 if is_touch else 1000, "height": 700}, has_touch=is_touch, is_mobile=is_touch
    )
    yield context
    context.close()


def test_dialog_opens_when_the_pointer_leaves_through_the_top(page, edge, open_page, wait_until):
    edge.decisions = [EXIT]
    open_page()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.mouse.move(300, 300)
    page.mouse.move(300, 0)
    leave(page)
    dialog = page.get_by_role("dialog", name="Leather care balm, 75 ml")
    expect(dialog).to_be_visible()
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.tagName") == "H2"
    wait_until(lambda: edge.event_types() == ["exposure", "impression"])


def test_control_is_exposed_by_the_same_trigger_without_a_dialog(page, edge, open_page, wait_until):
    edge.decisions = [control("exit_intent")]
    open_page()
    leave(page)
    wait_until(lambda: edge.event_types() == ["exposure"])
    expect(page.locator("[data-upsell-widget]")).to_have_count(0)


@pytest.mark.parametrize("given", [EXIT, control("exit_intent")], ids=["treatment", "control"])
def test_exit_within_five_seconds_is_let_go(page, edge, open_page, given):
    edge.decisions = [given]
    open_page(calm_ms=3000)
    leave(page)
    let_send(page)
    assert edge.events() == []


@pytest.mark.parametrize("side", ["{clientY: 300}", "{clientY: -1, relatedTarget: document.body}"])
def test_exit_through_another_side_is_let_go(page, edge, open_page, side):
    edge.decisions = [EXIT]
    open_page()
    page.evaluate(f"document.dispatchEvent(new MouseEvent('mouseout', {side}))")
    let_send(page)
    assert edge.events() == []


@pytest.mark.parametrize("given", [EXIT, control("exit_intent")], ids=["treatment", "control"])
def test_exit_comes_once_a_session(page, edge, open_page, wait_until, given):
    edge.decisions = [given]
    open_page()
    leave(page)
    wait_until(lambda: "exposure" in edge.event_types())
    page.reload()
    let_send(page)
    assert len(edge.bodies("/v1/decide")) == 1  # it is not even asked for again


def test_exit_never_comes_over_a_focused_field(page, edge, open_page, wait_until):
    edge.decisions = [EXIT]
    open_page()
    page.locator("#coupon").focus()
    leave(page)
    let_send(page)
    assert edge.events() == []
    page.locator("#coupon").blur()
    leave(page)
    wait_until(lambda: "exposure" in edge.event_types())


@pytest.mark.parametrize(
    ("other", "comes"),
    [
        ("<div role=dialog style='position:fixed;inset:auto 0 0;height:120px'>Cookies</div>", False),
        ("<div role=dialog style='position:fixed;top:99px;width:380px;height:240px'>Sign in</div>", False),
        ("<div role=dialog style='position:fixed;bottom:9px;right:9px;width:80px;height:80px'>Chat</div>", True),
        ("<div role=dialog hidden>Cookies</div>", True),
        (f"<div role=dialog style='{DRAWER};visibility:hidden'>Drawer</div>", True),
        (f"<div role=dialog style='{DRAWER};opacity:0;pointer-events:none'>Drawer</div>", True),
        (f"<div style='opacity:0'><div aria-modal=true style='{DRAWER}'>Drawer</div></div>", True),
        (f"<div role=dialog style='{DRAWER};transform:translateX(-100%)'>Drawer</div>", True),
        (f"<div role=dialog aria-hidden=true style='{DRAWER};z-index:-1'>Drawer</div>", True),
        (f"<div inert><div role=dialog style='{DRAWER};z-index:-1'>Drawer</div></div>", True),
        (f"<div role=alertdialog style='{DRAWER}'>Drawer</div>", False),
    ],
)
def test_exit_never_comes_over_another_dialog(page, edge, open_page, wait_until, other, comes):
    edge.decisions = [EXIT]
    open_page(body=BODY + other)
    leave(page)
    if comes:
        wait_until(lambda: "exposure" in edge.event_types())
    else:
        let_send(page)
        assert edge.events() == []


@pytest.mark.parametrize("how", ["Escape", "cross", "beside", "No thanks"])
def test_dialog_is_declined_in_every_usual_way_and_gives_the_focus_back(page, edge, open_page, wait_until, how):
    edge.decisions = [EXIT]
    open_page()
    page.locator("#pay").focus()
    leave(page)
    expect(page.get_by_role("dialog")).to_be_visible()
    if how == "Escape":
        page.keyboard.press("Escape")
    elif how == "beside":
        page.mouse.click(10, 10)
    else:
        page.get_by_role("button", name="Close" if how == "cross" else how).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "pay"
    page.clock.run_for(1000)
    wait_until(lambda: edge.event_types() == ["exposure", "impression", "decline"])
    expect(page.locator("[data-upsell-widget]")).to_have_count(0)


def test_dialog_keeps_the_focus_inside_and_accepts(page, edge, open_page, wait_until):
    edge.decisions = [EXIT]
    open_page()
    page.locator("#pay").focus()
    leave(page)
    expect(page.get_by_role("dialog")).to_be_visible()
    names = []
    for _ in range(3):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate(
                "document.activeElement.shadowRoot?.activeElement.ariaLabel "
                "?? document.activeElement.shadowRoot?.activeElement.textContent"
            )
        )
    assert names == ["Add for €9.90", "No thanks", "Close"]
    page.get_by_role("button", name="Add for").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Added to your order.")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "pay"
    page.clock.run_for(1000)
    wait_until(lambda: edge.event_types() == ["exposure", "impression", "click", "accept"])


def test_declined_inline_offer_silences_the_exit(page, edge, open_page):
    edge.decisions = [decision(), EXIT]
    call = "upsell('page', {moments: ['cart', 'exit_intent']})"
    open_page(call=call, body='<div data-upsell-slot="cart"></div>' + BODY)
    page.get_by_role("button", name="No thanks").click()
    leave(page)
    page.clock.run_for(1000)
    let_send(page)
    assert "token-exit_intent" not in {event["exposure_token"] for event in edge.events()}


@pytest.mark.parametrize("given", [EXIT, control("exit_intent")], ids=["treatment", "control"])
def test_touch_exit_comes_on_a_fast_flick_up(page, edge, open_page, wait_until, given):
    edge.decisions = [given]
    open_page()
    page.evaluate("window.scrollTo(0, 1500)")
    page.wait_for_timeout(400)  # a flick is measured from where the page stood still
    page.evaluate("""() => { for (const y of [1380, 1260, 1140, 1020]) {
        window.scrollTo(0, y); window.dispatchEvent(new Event('scroll')) } }""")
    wait_until(lambda: "exposure" in edge.event_types())
    assert edge.bodies("/v1/decide")[0]["device"] == "phone"


def test_touch_exit_does_not_come_on_a_slow_scroll(page, edge, open_page):
    edge.decisions = [EXIT]
    open_page()
    page.evaluate("window.scrollTo(0, 1500)")
    for y in range(1450, 950, -50):
        page.evaluate("y => window.scrollTo(0, y)", y)
        page.wait_for_timeout(120)  # 50 pixels in that time are slow
    leave(page)  # and a pointer means nothing on touch
    let_send(page)
    assert edge.events() == []


HIDE = """hidden => { Object.defineProperty(document, 'hidden', {value: hidden,
    configurable: true}); document.dispatchEvent(new Event('visibilitychange')) }"""


@pytest.mark.parametrize(("away_ms", "comes"), [(3200, True), (1000, False)])
def test_touch_exit_comes_on_a_return_after_three_seconds(page, edge, open_page, wait_until, away_ms, comes):
    edge.decisions = [EXIT]
    open_page()
    page.evaluate(HIDE, True)
    page.clock.fast_forward(away_ms)
    page.evaluate(HIDE, False)
    if comes:
        wait_until(lambda: "exposure" in edge.event_types())
    else:
        let_send(page)
        assert edge.events() == []


@pytest.mark.parametrize("given", [EXIT, control("exit_intent")], ids=["treatment", "control"])
def test_five_seconds_count_only_while_the_page_is_looked_at(page, edge, open_page, wait_until, given):
    edge.decisions = [given]
    open_page(calm_ms=3000)
    page.evaluate(HIDE, True)
    page.clock.fast_forward(60_000)
    page.evaluate(HIDE, False)
    leave(page)
    let_send(page)
    assert edge.events() == []
    page.clock.fast_forward(2_100)
    leave(page)
    wait_until(lambda: "exposure" in edge.event_types())
