"""Events reach the edge whatever happens in between, and none twice as two."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.quiet import let_retry, let_send
from tests.browser.stored_events import STORED, UNAVAILABLE, fill, stored_event
from tests.browser.stub import Reply, decision

pytestmark = pytest.mark.browser


def test_events_wait_out_a_503_and_are_sent_once_more(page, edge, shop, wait_until):
    edge.replies["/v1/events"] = [UNAVAILABLE, UNAVAILABLE]
    page.goto(shop.put())
    wait_until(lambda: len(edge.bodies("/v1/events")) == 2)
    assert page.evaluate(STORED) == 2
    wait_until(lambda: len(edge.bodies("/v1/events")) == 3)
    wait_until(lambda: page.evaluate(STORED) == 0)
    batches = [[event["id"] for event in body["events"]] for body in edge.bodies("/v1/events")]
    assert batches[0] == batches[1] == batches[2]
    assert len(batches[0]) == 2


@pytest.mark.parametrize("answer", [Reply("<h1>Welcome to the Wi-Fi</h1>", "text/html"), Reply("[]")])
def test_events_are_kept_where_the_answer_is_not_the_edges(page, edge, shop, wait_until, answer):
    edge.replies["/v1/events"] = [answer]
    page.goto(shop.put())
    wait_until(lambda: len(edge.bodies("/v1/events")) == 2)
    first, second = edge.bodies("/v1/events")
    assert first["events"] == second["events"]


def test_events_rejected_by_the_edge_are_not_sent_again(page, edge, shop, wait_until):
    rejected = {"accepted": 1, "duplicates": 0, "rejected": [{"index": 1, "code": "bad_token"}]}
    edge.replies["/v1/events"] = [Reply(json.dumps(rejected))]
    page.goto(shop.put())
    wait_until(lambda: len(edge.bodies("/v1/events")) == 1)
    let_retry(page)
    assert len(edge.bodies("/v1/events")) == 1
    assert page.evaluate(STORED) == 0


def test_events_of_a_page_that_is_left_arrive(page, edge, shop, wait_until):
    """Declined and gone in the same breath: the browser sends on, or the next page does."""
    shop.put("/next", body="", call="")
    edge.delays["/v1/events"] = 0.2
    page.goto(shop.put())
    wait_until(lambda: "impression" in edge.event_types())
    page.evaluate("""() => {
        document.querySelector('[data-upsell-widget]').shadowRoot.querySelector('.decline').click()
        location.href = '/next'
    }""")
    wait_until(lambda: "decline" in edge.event_types())
    assert sorted(set(edge.event_types())) == ["decline", "exposure", "impression"]


def test_events_of_an_earlier_page_are_sent_by_the_next(page, edge, shop, wait_until):
    shop.put("/next", body="", call="")
    edge.replies["/v1/events"] = [UNAVAILABLE] * 3
    page.goto(shop.put())
    wait_until(lambda: len(edge.bodies("/v1/events")) == 1)
    edge.replies["/v1/events"] = []
    page.goto(shop.url + "/next")
    wait_until(lambda: page.evaluate(STORED) == 0)
    assert set(edge.event_types()) == {"exposure", "impression"}


def test_events_made_offline_are_sent_when_the_network_is_back(page, context, edge, shop, wait_until):
    page.goto(shop.put())
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    context.set_offline(True)
    page.get_by_role("button", name="No thanks").click()
    let_send(page)
    assert edge.events() == []
    context.set_offline(False)
    wait_until(lambda: "decline" in edge.event_types())


def test_batches_hold_fifty_events_at_most(page, edge, shop, wait_until):
    fill(page, shop, [stored_event(number) for number in range(120)])
    page.goto(shop.put(call=""))
    wait_until(lambda: len(edge.events()) == 120)
    assert [len(body["events"]) for body in edge.bodies("/v1/events")] == [50, 50, 20]
    assert len({event["id"] for event in edge.events()}) == 120


def test_batches_hold_60000_bytes_at_most(page, edge, shop, wait_until):
    """Twenty events of a little over 10,000 bytes each, and one that is too large for any batch."""
    events = [stored_event(number, padding=5000) for number in range(20)]
    fill(page, shop, [*events, stored_event(20, padding=40000)])
    page.goto(shop.put(call=""))
    wait_until(lambda: len(edge.events()) == 20)
    sizes = [len(json.dumps(body, ensure_ascii=False).encode()) for body in edge.bodies("/v1/events")]
    assert max(sizes) <= 60000
    assert [len(body["events"]) for body in edge.bodies("/v1/events")] == [5, 5, 5, 5]
    wait_until(lambda: page.evaluate(STORED) == 0)


def test_batches_are_of_one_visitor(page, edge, shop, wait_until):
    fill(page, shop, [stored_event(1), stored_event(2, visitor="v_2"), stored_event(3, visitor="v_2")])
    page.goto(shop.put(call=""))
    wait_until(lambda: len(edge.events()) == 3)
    assert [(body["visitor_id"], len(body["events"])) for body in edge.bodies("/v1/events")] == [("v_1", 1), ("v_2", 2)]


def test_batch_that_is_refused_as_too_large_is_halved(page, edge, shop, wait_until):
    fill(page, shop, [stored_event(number) for number in range(4)])
    edge.replies["/v1/events"] = [Reply('{"error": {"code": "too_large", "message": ""}}', status=413)]
    page.goto(shop.put(call=""))
    wait_until(lambda: len(edge.bodies("/v1/events")) >= 3)
    assert [len(body["events"]) for body in edge.bodies("/v1/events")][:2] == [4, 2]


def test_waiting_events_never_crowd_out_the_page(page, edge, shop, wait_until):
    fill(page, shop, [stored_event(number) for number in range(500)])
    edge.replies["/v1/events"] = [UNAVAILABLE] * 100
    page.goto(shop.put())
    made = "Object.keys(localStorage).filter(name => name.length > 40).length"
    wait_until(lambda: page.evaluate(made) == 2)
    assert page.evaluate(STORED) == 500  # the oldest made room


@pytest.mark.parametrize("patience_ms", [800])
def test_late_decision_shows_nothing_and_is_counted_as_skipped(page, edge, shop, wait_until):
    edge.delays["/v1/decide"] = 1.5
    edge.decisions = [decision(), decision("shipping", experiment=None, content=None)]
    page.goto(shop.put())
    wait_until(lambda: edge.event_types() == ["skipped"])
    assert edge.events()[0]["props"] == {"reason": "timeout"}
    expect(page.locator("[data-upsell-widget]")).to_have_count(0)
