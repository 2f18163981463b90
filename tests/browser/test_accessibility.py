"""Every layout, for everyone: axe, keyboard, targets, motion, forced colours, right to left."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser import layouts
from tests.browser.stub import decision

pytestmark = pytest.mark.browser

DARK = "html {background: #12171f; color: #eceff5}"
LAYOUTS = pytest.mark.parametrize("layout", layouts.NAMES)
ARABIC = {
    "headline": "بلسم العناية بالجلد",
    "reason": "يحافظ على الحذاء",
    "direction": "rtl",
}


@pytest.fixture
def show(page, edge, shop, install_clock, wait_for_decision):
    """Opens a page with a widget of this layout and returns its frame."""

    def show(layout: str, *, style: str = "", **fields):
        moment = "exit_intent" if layout == "dialog" else "cart"
        edge.decisions = [decision(moment, content=layouts.of(layout, edge.url, **fields))]
        install_clock()
        page.goto(
            shop.put(call=f"upsell('accept', async () => {{}});upsell('page', {{moments: ['{moment}']}})", style=style)
        )
        wait_for_decision()
        page.clock.fast_forward(5100)
        if layout == "dialog":
            page.evaluate("document.dispatchEvent(new MouseEvent('mouseout', {clientY: -1}))")
        frame = page.locator(".widget")
        expect(frame).to_be_visible()
        return frame

    return show


def accept(frame: Locator) -> Locator:
    """What accepts: a button (the first, where each quantity has one), or the checkbox of an order bump."""
    return frame.locator(".accept, input").first


def assert_axe_finds_nothing(page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@LAYOUTS
@pytest.mark.parametrize("style", ["", DARK], ids=["light", "dark"])
def test_axe_finds_nothing_before_and_after(page, show, layout, style):
    frame = show(layout, style=style)
    assert_axe_finds_nothing(page)
    accept(frame).click()
    expect(page.get_by_role("status")).to_be_visible()
    assert_axe_finds_nothing(page)


@LAYOUTS
def test_axe_finds_nothing_with_forced_colours_and_where_accepting_failed(page, show, layout):
    page.emulate_media(forced_colors="active")
    frame = show(layout)
    assert_axe_finds_nothing(page)
    page.emulate_media(forced_colors="none")
    page.evaluate("upsell('accept', () => { throw new Error() })")
    accept(frame).click()
    expect(page.get_by_role("alert")).to_contain_text("unchanged")
    assert_axe_finds_nothing(page)


def assert_targets_are_large_enough_and_buttons_alike(page: Page, frame: Locator, width: int) -> None:
    targets = frame.locator("button, .tick, a").all()
    boxes = [box for target in targets if (box := target.bounding_box())]
    assert len(boxes) == len(targets)
    assert min(box["height"] for box in boxes) >= 44
    assert min(box["width"] for box in boxes) >= 44
    assert max(box["x"] + box["width"] for box in boxes) <= width
    styles = "node => { const s = getComputedStyle(node); return [s.fontSize, s.fontWeight, s.borderTopWidth] }"
    buttons = frame.locator(".choice button, .accept").all()
    assert len({tuple(button.evaluate(styles)) for button in buttons}) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@LAYOUTS
def test_widget_has_a_name_large_targets_and_room_for_large_text(page, edge, show, layout):
    frame = show(layout)
    role = "dialog" if layout == "dialog" else "region"
    expect(page.get_by_role(role, name=layouts.of(layout, edge.url)["headline"])).to_be_visible()
    for width in (1000, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert_targets_are_large_enough_and_buttons_alike(page, frame, width)
    # WCAG 1.4.4 and 1.4.10: a shopper's large text neither overlaps nor scrolls sideways.
    page.set_viewport_size({"width": 320, "height": 700})
    frame.evaluate("node => node.style.fontSize = '30px'")
    assert frame.evaluate("node => node.scrollWidth <= node.clientWidth")


@LAYOUTS
def test_right_to_left_copy_is_laid_out_from_the_right(page, show, layout):
    frame = show(layout, **ARABIC)
    assert frame.evaluate("node => getComputedStyle(node).direction") == "rtl"
    sides = [button.bounding_box()["x"] for button in frame.locator(".choice button").all()]
    assert sides == sorted(sides, reverse=True)


def test_nothing_moves_by_itself(page, show):
    """Nor for those who like motion: a dialog is there at once."""
    frame = show("dialog")
    style = frame.evaluate("node => [getComputedStyle(node).animationName, getComputedStyle(node).transitionDuration]")
    assert style == ["none", "0s"]


def test_focus_is_visible(page, show):
    frame = show("card")
    page.keyboard.press("Tab")
    focused = "node => { const s = getComputedStyle(node.getRootNode().activeElement); return s.outlineStyle }"
    assert frame.evaluate(focused) == "solid"


def test_inline_widget_takes_no_focus_by_itself(page, show):
    show("card")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
