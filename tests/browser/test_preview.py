"""A preview link: the variant is forced by the edge, and nothing is logged, remembered or ordered."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.quiet import let_expose
from tests.browser.stub import Reply, content, decision

pytestmark = pytest.mark.browser

MARK = "Preview: nothing is recorded"
CALL = "upsell('accept', async () => { window.added = true });upsell('page')"


@pytest.fixture(autouse=True)
def previewed(edge):
    """The edge answers as it does to a valid token, as often as it is asked."""
    shown = decision(content=content(preview_text=MARK), exposure_token=None)
    answer = {"visitor_id": "v_1", "ttl_s": 300, "enabled": True, "preview": True, "decisions": [shown]}
    edge.replies["/v1/decide"] = [Reply(json.dumps(answer)) for _ in range(3)]


def test_token_of_the_address_is_sent_and_kept_for_the_tab(page, edge, shop, wait_until):
    address = shop.put(call=CALL)
    page.goto(address + "?offerlift_preview=signed")
    expect(page.get_by_text(MARK)).to_be_visible()
    page.goto(address)
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    assert [body["preview"] for body in edge.bodies("/v1/decide")] == ["signed", "signed"]


def test_token_is_kept_from_a_page_that_asks_for_nothing(page, edge, shop, wait_until):
    page.goto(shop.put(call="") + "?offerlift_preview=signed")
    page.wait_for_function("window.upsell.isLoaded")
    page.goto(shop.put(call=CALL))
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    assert edge.bodies("/v1/decide")[0]["preview"] == "signed"


def test_accepting_shows_what_comes_then_and_changes_nothing(page, edge, shop):
    page.goto(shop.put(call=CALL) + "?offerlift_preview=signed")
    page.get_by_role("button", name="Add for").click()
    expect(page.get_by_role("status")).to_have_text("Added to your order.")
    assert page.evaluate("window.added") is None
    assert edge.bodies("/v1/accept") == []


def test_nothing_is_logged_and_no_history_written(page, edge, shop, wait_until):
    listen = "window.told = 0; for (const type of ['exposure', 'impression', 'decline']) "
    listen += "document.addEventListener('upsell:' + type, () => told++);"
    address = shop.put(call=listen + CALL) + "?offerlift_preview=signed"
    page.goto(address)
    page.get_by_role("button", name="No thanks").click()
    page.goto(address)
    let_expose(page)
    page.evaluate("upsell('page')")
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 3)
    assert edge.bodies("/v1/decide")[2]["history"] == edge.bodies("/v1/decide")[0]["history"]
    assert page.evaluate("told") == 0
    assert edge.events() == []
