"""Parts of the snippet: fetched where a decision names them, checked, and missing for every variant or for none."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser import layouts
from tests.browser.quiet import let_draw, let_expose, let_send
from tests.browser.stub import control, decision, parts_of

pytestmark = pytest.mark.browser
CALL = "upsell('accept', async () => { window.added = true });upsell('page')"
EXIT = "upsell('page', {moments: ['exit_intent']})"
LEAVE = "document.dispatchEvent(new MouseEvent('mouseout', {clientY: -1}))"
SLOT = '<div data-upsell-slot="cart" style="min-height:700px"></div>'
POLICIES = {
    "nonce": "script-src 'nonce-abc'",
    "strict-dynamic": "script-src 'nonce-abc' 'strict-dynamic'",
    "host": "script-src {edge}/s/ 'nonce-abc'",
}
ARMS = ["treatment", "control"]


@pytest.fixture
def patience_ms() -> int:
    """Longer than a busy machine needs for what does arrive."""
    return 3_000


@pytest.fixture
def arms(edge):
    """A test of the comparison layout, by variant: each arm names the same parts."""
    shown = layouts.of("comparison", edge.url)
    named = parts_of("cart", shown)
    return {"treatment": decision(content=shown, parts=named), "control": control(parts=named)}


@pytest.fixture
def fetched(page):
    """The names of the parts that the page has asked for."""
    names: list[str] = []

    def note(request) -> None:
        file = request.url.rpartition("/")[2]
        if file.startswith("upsell_"):
            names.append(file.removeprefix("upsell_").partition("-")[0])

    page.on("request", note)
    return names


@pytest.mark.parametrize("arm", ARMS)
def test_each_arm_fetches_the_same_parts_once(page, edge, shop, wait_until, fetched, arms, arm):
    edge.decisions = [arms[arm]]
    page.goto(shop.put(call=CALL, body=SLOT))
    wait_until(lambda: "exposure" in edge.event_types())
    page.evaluate("upsell('page')")
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    let_draw(page)
    assert sorted(fetched) == ["card", "comparison"]


@pytest.mark.parametrize("arm", ARMS)
def test_part_that_does_not_arrive_is_skipped_in_every_arm(page, edge, shop, wait_until, arms, arm):
    page.route("**/upsell_comparison-*.js", lambda route: route.abort())
    edge.decisions = [arms[arm]]
    page.goto(shop.put(call=CALL, body=SLOT))
    wait_until(lambda: edge.event_types() == ["skipped"])
    assert edge.events()[0]["props"] == {"reason": "no_part"}
    let_expose(page)
    assert edge.event_types() == ["skipped"]
    expect(page.locator("[data-upsell-widget]")).to_have_count(0)


@pytest.mark.parametrize("arm", ARMS)
def test_part_with_other_bytes_is_not_run_and_skipped_in_every_arm(page, edge, shop, wait_until, arms, arm):
    def alter(route: Route) -> None:
        headers = {"Content-Type": "text/javascript", "Access-Control-Allow-Origin": "*"}
        route.fulfill(body="window.isAltered = true; export const css = ''", headers=headers)

    page.route("**/upsell_comparison-*.js", alter)
    edge.decisions = [arms[arm]]
    page.goto(shop.put(call=CALL, body=SLOT))
    wait_until(lambda: edge.event_types() == ["skipped"])
    assert page.evaluate("window.isAltered") is None


def test_part_that_came_too_late_is_there_for_the_next_page_view(page, edge, shop, wait_until, arms):
    held: list[Route] = []
    page.route("**/upsell_comparison-*.js", lambda route: held.append(route))
    edge.decisions = [arms["treatment"]]
    page.goto(shop.put(call=CALL, body=SLOT))
    wait_until(lambda: edge.event_types() == ["skipped"])
    with page.expect_response("**/upsell_comparison-*.js"):
        held[0].continue_()
    let_draw(page)
    page.evaluate("upsell('page')")
    expect(page.get_by_role("table")).to_be_visible()


@pytest.mark.parametrize("layout", layouts.NAMES)
def test_edge_that_names_no_parts_still_gets_an_offer_that_can_be_accepted(page, edge, shop, layout):
    """One of an earlier release, while a new core is cached: what needs a part is shown as a card."""
    edge.decisions = [decision(content=layouts.of(layout, edge.url), parts=None)]
    page.goto(shop.put(call=CALL, body=SLOT))
    page.locator("button.accept").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert page.evaluate("window.added") is True


@pytest.mark.parametrize("make", [decision, control])
def test_exit_offer_without_its_part_is_skipped_in_every_arm(page, edge, shop, wait_until, make):
    edge.decisions = [make("exit_intent", parts=None)]
    page.goto(shop.put(call=EXIT))
    wait_until(lambda: edge.event_types() == ["skipped"])
    assert edge.events()[0]["props"] == {"reason": "no_part"}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES.keys())
@pytest.mark.parametrize("layout", ["bump", "bundle", "comparison", "quantity_break", "free_shipping", "dialog"])
def test_parts_run_under_a_strict_policy_without_a_violation(page, edge, shop, layout, policy):
    csp = (
        "default-src 'none'; connect-src {edge}; img-src {edge} data:; style-src 'nonce-abc'; "
        "require-trusted-types-for 'script'; trusted-types 'none'; "
    )
    headers = {"Content-Security-Policy": (csp + policy).format(edge=edge.url)}
    edge.decisions = [decision(content=layouts.of(layout, edge.url))]
    page.goto(shop.put(call=CALL, nonce="abc", headers=headers, body='<div data-upsell-slot="cart"></div>'))
    expect(page.locator(".widget button").first).to_be_visible()


def test_exit_part_runs_under_a_strict_policy_without_a_violation(page, edge, shop, install_clock, wait_for_decision):
    csp = f"default-src 'none'; script-src 'nonce-abc'; style-src 'nonce-abc'; connect-src {edge.url}; "
    csp += "img-src data:; require-trusted-types-for 'script'; trusted-types 'none'"
    edge.decisions = [decision("exit_intent")]
    install_clock()
    page.goto(shop.put(call=EXIT, nonce="abc", body="", headers={"Content-Security-Policy": csp}))
    wait_for_decision()
    let_send(page)
    page.clock.fast_forward(5100)
    page.evaluate(LEAVE)
    expect(page.get_by_role("dialog")).to_be_visible()
