"""``upsell('convert', ...)``: the order is told to the edge, once it can be, and until it has it."""

import pytest

from tests.browser.quiet import let_retry, let_send
from tests.browser.stub import Reply

pytestmark = pytest.mark.browser

ORDER = {
    "id": "5501",
    "currency": "EUR",
    "total_minor": 8150,
    "lines": [{"sku": "23166", "quantity": 2, "price_minor": 3335}],
    "acceptance_tokens": ["signed"],
}
CALL = f"upsell('convert', {ORDER})"
DONE = Reply('{"order": "5501"}')


def test_order_is_linked_to_the_visitor(page, edge, shop, wait_until):
    edge.replies["/v1/convert"] = [DONE]
    page.goto(shop.put(call="upsell('visitor', id => window.visitor = id);" + CALL))
    wait_until(lambda: len(edge.bodies("/v1/convert")) == 1)
    [body] = edge.bodies("/v1/convert")
    assert body.pop("sent_at").endswith("Z")
    assert body == {"key": "pk_test", "visitor_id": page.evaluate("visitor"), "order": ORDER}


def test_order_survives_a_503_and_is_told_once_more(page, edge, shop, wait_until):
    edge.replies["/v1/convert"] = [Reply('{"error": {"code": "unavailable"}}', status=503), DONE]
    page.goto(shop.put(call=CALL))
    wait_until(lambda: len(edge.bodies("/v1/convert")) == 2)
    let_retry(page)
    assert [body["order"] for body in edge.bodies("/v1/convert")] == [ORDER, ORDER]
    assert page.evaluate("Object.keys(localStorage).filter(name => name.includes(':event:'))") == []


def test_order_of_an_earlier_page_is_told_by_the_next(page, edge, shop, wait_until):
    edge.replies["/v1/convert"] = [Reply('{"error": {"code": "unavailable"}}', status=503), DONE]
    page.goto(shop.put(call=CALL))
    wait_until(lambda: len(edge.bodies("/v1/convert")) == 1)
    page.goto(shop.put("/next", call="upsell('page')"))
    wait_until(lambda: len(edge.bodies("/v1/convert")) >= 2)
    assert edge.bodies("/v1/convert")[1]["order"] == ORDER


def test_order_and_events_go_by_themselves(page, edge, shop, wait_until):
    edge.replies["/v1/convert"] = [DONE]
    page.goto(shop.put(call="upsell('page')"))
    wait_until(lambda: "impression" in edge.event_types())
    page.evaluate(CALL + "; document.querySelector('.nothing')")
    wait_until(lambda: len(edge.bodies("/v1/convert")) == 1)
    assert "events" not in edge.bodies("/v1/convert")[0]
    assert edge.event_types() == ["exposure", "impression"]


def test_order_waits_for_consent(page, edge, shop, wait_until):
    edge.replies["/v1/convert"] = [DONE]
    page.goto(shop.put(head=shop.script('data-consent="required"'), call=CALL))
    let_send(page)
    assert edge.requests == []
    page.evaluate("upsell('consent', true)")
    wait_until(lambda: len(edge.bodies("/v1/convert")) == 1)
