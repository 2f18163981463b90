"""Every layout: says what the server wrote, accepts and declines by mouse and keyboard, and moves nothing."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import layouts
from tests.browser.stub import Reply, decision

pytestmark = pytest.mark.browser

LAYOUTS = pytest.mark.parametrize("layout", layouts.NAMES)
HOW = pytest.mark.parametrize("how", ["mouse", "keyboard"])
MOMENT = "{moments: ['cart'], cart: {currency: 'EUR', total_minor: 6670, items: []}}"
CALL = f"upsell('accept', async (acceptance) => {{ window.added = acceptance }});upsell('page', {MOMENT})"
COLOURS = """async ([picture, share]) => {
    const image = new Image()
    image.src = 'data:image/png;base64,' + picture
    await image.decode()
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d')
    canvas.drawImage(image, 0, 0)
    return [...canvas.getImageData(image.width * share, image.height / 2, 1, 1).data].slice(0, 3)
}"""
SLOT = '<div data-upsell-slot="cart" style="min-height:700px"></div>'


@pytest.fixture
def show(page, edge, shop):
    """Opens a page with a widget of this layout in the cart's slot and returns its frame."""

    def show(layout: str, **fields):
        edge.decisions = [decision(content=layouts.of(layout, edge.url, **fields))]
        page.goto(shop.put(call=CALL, body=SLOT))
        frame = page.locator(".widget")
        expect(frame).to_be_visible()
        return frame

    return show


def said(content: dict[str, Any]) -> list[str]:
    """Every text that the server wrote, wherever it is in the content; of tiers, instead of the single price."""
    names = ("headline", "reason", "body", "proof", "stock_text", "deadline_text", "terms_label", "decline_label")
    texts = [content[name] for name in names]
    for tier in content.get("tiers", []):
        texts += [tier["accept_label"], tier["unit_price_text"], tier["saving_text"]]
    if "tiers" not in content:
        texts += [content["accept_label"], content["price"]["text"], content["saving_text"]]
        texts += [content["compare_at"]["text"]] if content["compare_at"] else []
    comparison = content.get("comparison", {"columns": [], "rows": []})
    texts += comparison["columns"] + [text for row in comparison["rows"] for text in (row["label"], *row["values"])]
    return [text for text in [*texts, content.get("progress", {}).get("text")] if text]


def test_bundle_lists_each_item_with_its_price(show):
    rows = show("bundle").locator("li").all_inner_texts()
    assert [row.split() for row in rows] == [
        ["Teapot", "€30.00", "€35.00"],
        ["2", "\N{MULTIPLICATION SIGN}", "Tea", "cup", "€18.00", "€24.00"],
    ]


def test_comparison_is_a_table_with_headers(show):
    table = show("comparison").get_by_role("table")
    assert table.get_by_role("columnheader").all_inner_texts() == ["Standard, in cart", "Pro"]
    assert table.get_by_role("rowheader").all_inner_texts() == ["Battery", "Noise cancelling", "Price"]
    assert table.get_by_role("row").nth(1).get_by_role("cell").all_inner_texts() == ["20 h", "38 h"]


@pytest.mark.parametrize(("width", "prices"), [(320, ["€79.00", "€109.00"]), (390, ["€179.00", "€209.00"])])
def test_comparison_on_a_phone_breaks_no_amount_and_stays_within_the_page(page, show, width, prices):
    page.set_viewport_size({"width": width, "height": 700})
    words = "Noise cancelling with transparency and conversation detection, adaptive"
    rows = [{"label": words, "values": [words, words]}, {"label": "Price today", "values": prices}]
    columns = ["The Standard edition, in your cart", "The Professional edition"]
    frame = show("comparison", comparison={"columns": columns, "rows": rows})
    lines = """cell => {
        const text = document.createRange()
        text.selectNodeContents(cell)
        return text.getClientRects().length
    }"""
    assert [cell.evaluate(lines) for cell in frame.get_by_role("row").last.get_by_role("cell").all()] == [1, 1]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_progress_has_a_role_a_value_and_a_name(show):
    bar = show("free_shipping").get_by_role("progressbar", name="€11.00 to free shipping")
    expect(bar).to_be_visible()
    assert bar.evaluate("node => [node.value, node.max]") == [0.78, 1]


def test_progress_has_the_colour_of_the_theme(page, show):
    """A tenth from the left it is filled, a tenth from the right (of 78 hundredths) it isn't."""
    bar = show("free_shipping", theme={"accent": "#7a1f3d"}).get_by_role("progressbar")
    picture = b64encode(bar.screenshot()).decode()
    assert page.evaluate(COLOURS, [picture, 0.1]) == [0x7A, 0x1F, 0x3D]
    assert page.evaluate(COLOURS, [picture, 0.9]) != [0x7A, 0x1F, 0x3D]


def test_quantities_are_accepted_one_by_one(page, edge, show):
    frame = show("quantity_break")
    assert frame.get_by_role("button").all_inner_texts() == ["Add 2 for €22.00", "Add 3 for €30.00", "No thanks"]
    edge.replies["/v1/accept"] = [Reply("{}", status=503)]
    frame.get_by_role("button", name="Add 2").click()
    expect(page.get_by_role("alert")).to_contain_text("unchanged")
    frame.get_by_role("button", name="Add 3").click()
    expect(page.get_by_role("status")).to_be_visible()
    first, second = edge.bodies("/v1/accept")
    assert [first["quantity"], second["quantity"]] == [2, 3]
    assert first["idempotency_key"] != second["idempotency_key"]


@LAYOUTS
@HOW
def test_layout_accepts(page, show, wait_until, edge, layout, how):
    accept = show(layout).locator(".accept, input").first
    if how == "mouse":
        accept.click()
    else:
        accept.press("Space")
    expect(page.get_by_role("status")).to_have_text("Added to your order.")
    assert page.evaluate("added.acceptance_token") == "signed"
    wait_until(lambda: "accept" in edge.event_types())


@LAYOUTS
@HOW
def test_layout_says_what_the_server_wrote_and_declines(page, show, wait_until, edge, layout, how):
    frame = show(layout)
    shown = frame.inner_text()
    assert [text for text in said(layouts.of(layout, edge.url)) if text not in shown] == []
    decline = frame.locator(".decline")
    if how == "mouse":
        decline.click()
    else:
        decline.press("Enter")
    expect(page.locator(".widget")).to_have_count(0)
    wait_until(lambda: "decline" in edge.event_types())
    assert edge.bodies("/v1/accept") == []


def test_bump_is_never_ticked_by_itself_and_unticked_where_it_failed(page, edge, show):
    box = show("bump").get_by_role("checkbox", name="Add 2 years of accident cover for €14.99")
    expect(box).not_to_be_checked()
    edge.replies["/v1/accept"] = [Reply(json.dumps({"error": {"code": "out_of_stock"}}), status=409)]
    box.click()
    expect(page.get_by_role("alert")).to_contain_text("Your order is unchanged")
    expect(box).not_to_be_checked()


def test_terms_open_beside_the_page_in_a_dialog_too(page, show, context):
    link = show("dialog").get_by_role("link", name="Terms of the offer")
    assert link.evaluate("node => [node.href, node.target, node.rel]") == [
        "https://shop.example/terms",
        "_blank",
        "noopener",
    ]
    assert link.evaluate("""node => new Promise(resolve => { node.getRootNode().host.ownerDocument.defaultView
        .addEventListener('click', event => { resolve(!event.defaultPrevented); event.preventDefault() }, {once: true})
        node.click() })""")


def soon(seconds: float) -> dict[str, str]:
    return {"deadline_at": (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(), "deadline_text": "Until soon"}


def test_deadline_is_no_longer_said_once_it_has_passed(page, show, wait_until, edge):
    frame = show("card", **soon(6))
    wait_until(lambda: "impression" in edge.event_types())
    expect(frame.get_by_text("Until soon")).to_have_count(0)
    expect(frame.get_by_role("button", name="Add for")).to_be_visible()


def test_offer_whose_deadline_passed_unseen_is_taken_back_and_counted_like_control(page, edge, shop, wait_until):
    edge.decisions = [decision(content=layouts.of("card", edge.url, **soon(-1)))]
    page.goto(shop.put(call=CALL, body=SLOT))
    wait_until(lambda: edge.event_types() == ["exposure"])
    expect(page.locator(".widget")).to_have_count(0)


@pytest.mark.parametrize("layout", layouts.NAMES[:-1])
def test_reserved_slot_moves_nothing(page, show, layout, wait_until, edge):
    page.add_init_script("""window.shift = 0
        new PerformanceObserver(list => { for (const entry of list.getEntries()) shift += entry.value })
            .observe({type: 'layout-shift', buffered: true})""")
    show(layout)
    wait_until(lambda: "impression" in edge.event_types())
    assert page.evaluate("shift") == 0


def test_page_that_turns_dark_by_the_shoppers_preference_gets_a_dark_widget(page, edge, shop):
    page.emulate_media(color_scheme="dark")
    edge.decisions = [decision(content=layouts.of("card", edge.url))]
    style = "@media (prefers-color-scheme: dark) { html { background: #111; color: #eee } }"
    page.goto(shop.put(call=CALL, body=SLOT, style=style))
    assert page.locator(".widget").evaluate("n => getComputedStyle(n).backgroundColor") == "rgb(27, 34, 48)"
