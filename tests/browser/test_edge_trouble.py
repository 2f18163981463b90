"""Whatever the edge answers, or doesn't, the page that embeds the snippet stays as it was."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.calls import assert_untouched
from tests.browser.quiet import let_draw, let_send
from tests.browser.stub import Reply, decision

pytestmark = pytest.mark.browser
CALL = "upsell('accept', async () => { window.added = true });upsell('page')"


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
    let_draw(page)
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
    with page.expect_event("requestfailed"):
        page.goto(shop.put(head=shop.script('data-api="http://127.0.0.1:9"'), call=CALL))
    let_draw(page)
    assert_untouched(page)


def test_script_that_does_not_load_leaves_the_page_alone(page, edge, shop):
    head = shop.script().replace("/s/upsell.js", "/s/removed-by-an-ad-blocker.js")
    page.goto(shop.put(head=head, call=CALL))
    page.evaluate("upsell('page')")
    assert_untouched(page)


@pytest.mark.parametrize("patience_ms", [800])
def test_slow_server_is_waited_for_no_longer_than_800_ms(page, edge, shop, wait_until):
    edge.delays["/v1/decide"] = 2
    page.goto(shop.put(call=CALL))
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 1)
    let_draw(page)
    assert len(edge.bodies("/v1/decide")) == 1  # no second try
    assert_untouched(page)


def test_edge_is_left_alone_for_a_minute_after_three_failures(page, edge, shop, wait_until, install_clock):
    install_clock()
    edge.replies["/v1/decide"] = [ANSWERS["error"]] * 3
    page.goto(shop.put(call=CALL))
    for count in range(1, 4):
        wait_until(lambda count=count: len(edge.bodies("/v1/decide")) == count)
        let_draw(page)
        page.evaluate("upsell('page')")
    let_send(page)
    page.clock.fast_forward(55_000)
    page.evaluate("upsell('page')")
    let_send(page)
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
    let_draw(page)
    page.evaluate("upsell('page')")
    let_send(page)
    assert len(edge.bodies("/v1/decide")) == 1
    assert_untouched(page)
