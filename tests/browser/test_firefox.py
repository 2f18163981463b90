"""The same snippet in Firefox: what matters most, once more. Skipped where no Firefox is installed."""

from collections.abc import Iterator

import pytest

from tests.browser import firefox
from tests.browser.adapters.accepting import accepted
from tests.browser.adapters.shopify_shop import BALM, ShopifyShop
from tests.browser.conftest import PATIENT
from tests.browser.firefox import Firefox
from tests.browser.strict_pages import CALL, STRICT
from tests.browser.stub import Edge, Reply, Shop, control, decision

FOUND = firefox.find()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(FOUND is None, reason="no Firefox is installed (apt-get install firefox-esr, or set FIREFOX)"),
]

HEAD = f"<script nonce=abc>{PATIENT % 15_000}</script>"
WIDGET = "document.querySelector('[data-upsell-widget]')?.shadowRoot"
ESCAPE = "\ue00c"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox.running(FOUND or "", tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def open_page(browser: Firefox, shop: Shop, call: str = CALL, **fields: object) -> None:
    """A page with the snippet, whose patience the machine's load can't wear out."""
    browser.goto(shop.put(head=HEAD + shop.script(nonce="abc"), call=call, **fields))  # type: ignore[arg-type]


def find(selector: str) -> str:
    """The expression for an element of the widget."""
    return f"{WIDGET}?.querySelector('{selector}')"


def wait_for(browser: Firefox, selector: str) -> None:
    browser.wait_until(lambda: browser.evaluate(f"!!{find(selector)}?.getClientRects().length"))


def test_offer_is_shown_exposed_and_accepted(browser: Firefox, edge: Edge, shop: Shop) -> None:
    open_page(browser, shop)
    browser.wait_until(lambda: edge.event_types() == ["exposure", "impression"])
    browser.click(find(".accept"))
    wait_for(browser, "[role=status]")
    assert browser.evaluate("window.added") is True
    browser.wait_until(lambda: edge.event_types() == ["exposure", "impression", "click", "accept"])


def test_control_is_exposed_and_sees_nothing(browser: Firefox, edge: Edge, shop: Shop) -> None:
    edge.decisions = [control()]
    open_page(browser, shop)
    browser.wait_until(lambda: edge.event_types() == ["exposure"])
    assert browser.evaluate(WIDGET) is None


def test_reserved_slot_moves_nothing(browser: Firefox, edge: Edge, shop: Shop) -> None:
    """Firefox has no layout-shift entries: what stands below the slot stays where it was."""
    open_page(browser, shop, style="[data-upsell-slot]{min-height:260px!important}")
    place = "document.querySelector('#after').getBoundingClientRect().top"
    before = browser.evaluate(place)
    wait_for(browser, ".accept")
    assert browser.evaluate(place) == before


def test_exit_dialog_is_declined_with_escape(browser: Firefox, edge: Edge, shop: Shop) -> None:
    edge.decisions = [decision("exit_intent")]
    open_page(browser, shop, "upsell('page', {moments: ['exit_intent']})")
    leave = "document.dispatchEvent(new MouseEvent('mouseout', {clientY: -1}))"
    browser.wait_until(lambda: browser.evaluate(leave) and browser.evaluate(f"!!{find('dialog[open]')}"))
    browser.press(ESCAPE)
    browser.wait_until(lambda: "decline" in edge.event_types())
    assert browser.evaluate(WIDGET) is None


def test_strict_policy_with_trusted_types_is_not_violated(browser: Firefox, edge: Edge, shop: Shop) -> None:
    listen = (
        "window.violated = []; addEventListener('securitypolicyviolation', event => violated.push(event.blockedURI));"
    )
    policy = {"Content-Security-Policy": STRICT.format(edge=edge.url)}
    open_page(browser, shop, listen + CALL, nonce="abc", headers=policy, body='<div data-upsell-slot="cart"></div>')
    wait_for(browser, ".accept")
    assert browser.evaluate(f"{find('.accept')}.getBoundingClientRect().height") >= 44
    browser.click(find(".accept"))
    wait_for(browser, "[role=status]")
    assert browser.evaluate("violated") == []


def test_events_wait_out_a_503(browser: Firefox, edge: Edge, shop: Shop) -> None:
    edge.replies["/v1/events"] = [Reply('{"error": {"code": "unavailable"}}', status=503)] * 2
    open_page(browser, shop)
    browser.wait_until(lambda: len(edge.bodies("/v1/events")) == 3)
    batches = [[event["id"] for event in body["events"]] for body in edge.bodies("/v1/events")]
    assert batches[0] == batches[1] == batches[2]


def test_events_of_a_page_that_is_left_arrive(browser: Firefox, edge: Edge, shop: Shop) -> None:
    next_page = shop.put("/next", head="", body="", call="")
    open_page(browser, shop)
    browser.wait_until(lambda: "impression" in edge.event_types())
    browser.evaluate(f"({find('.decline')}.click(), location.href = '{next_page}')")
    browser.wait_until(lambda: "decline" in edge.event_types())


def test_page_restored_from_the_back_forward_cache_works(browser: Firefox, edge: Edge, shop: Shop) -> None:
    open_page(browser, shop)
    wait_for(browser, ".decline")
    browser.goto(shop.put("/next", head="", body="", call=""))
    browser.call("WebDriver:Back")
    wait_for(browser, ".decline")
    browser.click(find(".decline"))
    browser.wait_until(lambda: "decline" in edge.event_types())


def test_shopify_cart_is_filled(browser: Firefox, edge: Edge) -> None:
    shop = ShopifyShop(edge)
    try:
        accepted(edge, ("23084", str(BALM), 1, 990))
        adapter = f'<script async src="{edge.url}/s/shopify.js"></script>'
        browser.goto(shop.put("/cart", head=HEAD + shop.script() + adapter, call="upsell('page')"))
        wait_for(browser, ".accept")
        browser.click(find(".accept"))
        wait_for(browser, "[role=status]")
        assert shop.held() == [(BALM, 1)]
    finally:
        shop.server.close()


def test_nothing_but_upsell_is_added_to_the_page(browser: Firefox, edge: Edge, shop: Shop) -> None:
    names = "Object.keys(window).sort()"
    browser.goto(shop.put("/plain", head="", call=""))
    before = set(browser.evaluate(names))
    open_page(browser, shop, "upsell('page')")
    wait_for(browser, ".accept")
    assert set(browser.evaluate(names)) - before == {"upsell"}
