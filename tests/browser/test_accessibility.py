"""Every layout, for everyone: axe, keyboard, targets, motion, forced colours, right to left."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.stub import content, decision, euros

pytestmark = pytest.mark.browser

DARK = "html {background: #12171f; color: #eceff5}"
LAYOUTS = pytest.mark.parametrize("layout", ["card", "line", "dialog"])
ARABIC = {
    "headline": "بلسم العناية بالجلد",
    "reason": "يحافظ على الحذاء",
    "direction": "rtl",
    "accept_label": "أضف 9.90",
}


@pytest.fixture
def show(page, edge, shop, install_clock, wait_for_decision):
    """Opens a page with a widget of this layout and returns its frame."""

    def show(layout: str, *, style: str = "", **fields):
        moment = "exit_intent" if layout == "dialog" else "cart"
        items = [
            {
                "sku": "1",
                "title": "Teapot",
                "quantity": 1,
                "image_url": edge.url + "/images/1.svg",
                "price": euros(900),
            },
            {
                "sku": "2",
                "title": "Tea cup",
                "quantity": 2,
                "image_url": edge.url + "/images/2.svg",
                "price": euros(90),
            },
        ]
        given = {"items": items, "proof": "Bought together 214 times.", "terms_url": "https://shop.example/terms"}
        edge.decisions = [decision(moment, content=content(layout=layout, **given | fields))]
        install_clock()
        page.goto(
            shop.put(call=f"upsell('accept', async () => {{}});upsell('page', {{moments: ['{moment}']}})", style=style)
        )
        wait_for_decision()
        page.clock.fast_forward(5100)
        if layout == "dialog":
            page.evaluate("document.dispatchEvent(new MouseEvent('mouseout', {clientY: -1}))")
        expect(page.get_by_role("button", name="9.90")).to_be_visible()
        page.wait_for_timeout(300)  # the dialog has risen
        return page.locator(".widget")

    return show


def assert_axe_finds_nothing(page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@LAYOUTS
@pytest.mark.parametrize("style", ["", DARK], ids=["light", "dark"])
def test_axe_finds_nothing_before_and_after(page, show, layout, style):
    show(layout, style=style)
    assert_axe_finds_nothing(page)
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert_axe_finds_nothing(page)


@LAYOUTS
def test_axe_finds_nothing_where_accepting_failed(page, edge, show, layout):
    show(layout)
    page.evaluate("upsell('accept', () => { throw new Error() })")
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("alert")).to_contain_text("unchanged")
    assert_axe_finds_nothing(page)


@LAYOUTS
def test_axe_finds_nothing_with_forced_colours(page, show, layout):
    page.emulate_media(forced_colors="active")
    show(layout)
    assert_axe_finds_nothing(page)


@LAYOUTS
@pytest.mark.parametrize("width", [1000, 320])
def test_buttons_are_large_enough_and_alike(page, show, layout, width):
    page.set_viewport_size({"width": width, "height": 700})
    frame = show(layout)
    boxes = [button.bounding_box() for button in frame.get_by_role("button").all()]
    assert min(min(box["width"], box["height"]) for box in boxes) >= 44
    assert boxes[0]["height"] == boxes[1]["height"]
    assert max(box["x"] + box["width"] for box in boxes) <= width
    styles = "node => { const s = getComputedStyle(node); return [s.fontSize, s.fontWeight, s.borderTopWidth] }"
    accept, decline = (frame.get_by_role("button", name=name).evaluate(styles) for name in ("Add for", "No thanks"))
    assert accept == decline
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@LAYOUTS
def test_text_at_double_size_fits_a_phone(page, show, layout):
    """WCAG 1.4.4 and 1.4.10: a shopper's large text neither overlaps nor scrolls sideways."""
    page.set_viewport_size({"width": 320, "height": 700})
    frame = show(layout)
    frame.evaluate("node => node.style.fontSize = '30px'")
    assert frame.evaluate("node => node.scrollWidth <= node.clientWidth")


@LAYOUTS
def test_right_to_left_copy_is_laid_out_from_the_right(page, show, layout):
    frame = show(layout, items=[], **ARABIC)
    accept = frame.get_by_role("button", name=ARABIC["accept_label"]).bounding_box()
    decline = frame.get_by_role("button", name="No thanks").bounding_box()
    assert accept["x"] > decline["x"]
    assert frame.evaluate("node => getComputedStyle(node).direction") == "rtl"


@LAYOUTS
def test_widget_has_a_name(page, show, layout):
    show(layout)
    role = "dialog" if layout == "dialog" else "region"
    expect(page.get_by_role(role, name="Leather care balm, 75 ml")).to_be_visible()


@pytest.mark.parametrize(("motion", "animation"), [("reduce", "none"), ("no-preference", "rise")])
def test_dialog_rises_only_for_those_who_like_motion(page, show, motion, animation):
    page.emulate_media(reduced_motion=motion)
    frame = show("dialog")
    assert frame.evaluate("node => getComputedStyle(node).animationName") == animation


def test_focus_is_visible(page, show):
    frame = show("card")
    page.keyboard.press("Tab")
    focused = "node => { const s = getComputedStyle(node.getRootNode().activeElement); return s.outlineStyle }"
    assert frame.evaluate(focused) == "solid"


def test_inline_widget_takes_no_focus_by_itself(page, show):
    show("card")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
