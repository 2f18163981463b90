"""Two offers in a row at the confirmation: the second after a yes, or, smaller, after a no."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.quiet import let_expose
from tests.browser.stub import DIST, Reply, content, decision, euros, reference

pytestmark = pytest.mark.browser
BODY = '<div data-upsell-slot="confirmation" style="min-height:200px"></div>'
ACCEPT = "upsell('accept', async (acceptance, decision) => { (window.added ??= []).push(decision.step ?? 'first') });"
ASK = "upsell('page', {moments: ['confirmation'], cart: {currency: 'EUR', total_minor: 6670, items: []}});"
SECOND = content(headline="A brush for it", accept_label="Add for €4.00", price=euros(400), compare_at=None)
SMALLER = content(headline="A sample of it", accept_label="Add for €2.00", price=euros(200), compare_at=None)
LONG_AGO = """() => {
    const name = Object.keys(sessionStorage).find(name => name.includes(':accepted'))
    const kept = JSON.parse(sessionStorage.getItem(name))
    kept.accepted.at -= 60000
    sessionStorage.setItem(name, JSON.stringify(kept))
}"""
# What makes a button weigh more than another, beyond its words.
WEIGHT = """button => {
    const style = getComputedStyle(button)
    const names = ['color', 'backgroundColor', 'borderTopColor', 'borderTopWidth', 'borderRadius', 'fontSize',
        'fontWeight', 'textDecorationLine', 'opacity', 'paddingTop', 'minHeight']
    return { height: button.offsetHeight, ...Object.fromEntries(names.map(name => [name, style[name]])) }
}"""
# Both buttons alike: what accepts may have the store's color, and nothing else.
OF_COLOR = {"color", "backgroundColor", "borderTopColor"}
COUNTED = """() => [JSON.parse(sessionStorage.getItem('upsell:pk_test:shown')),
    JSON.parse(localStorage.getItem('upsell:pk_test:shown')).count]"""
# What a page cached for long still runs: an edge of this release answers a snippet that knows of no second offer.
WITHOUT_NEXT = re.compile(r"\bnext\?\.\[")


def sequence(**second: dict[str, Any]) -> dict[str, Any]:
    return decision("confirmation", trigger={"kind": "order_placed"}, content=content(next=second))


def steps(edge: Any) -> list[tuple[str, str]]:
    """What was logged, in order, each with the step that it belongs to."""
    logged = sorted(edge.events(), key=lambda event: event["id"])
    return [(event["type"], event["props"].get("step", "")) for event in logged]


def test_after_a_yes_one_more_is_shown_and_accepted_as_its_own(page: Page, edge, shop, wait_until):
    edge.decisions = [sequence(accepted=SECOND)]
    page.goto(shop.put(body=BODY, call=ACCEPT + ASK))
    page.get_by_role("button", name="Add for €9.90").click()
    expect(page.get_by_text("Added to your order.")).to_be_visible()
    expect(page.get_by_text("A brush for it")).to_be_visible()
    # a cart that is drawn anew asks again: what is on its way to an answer stays
    page.evaluate(ASK)
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    page.get_by_role("button", name="Add for €4.00").click()
    expect(page.get_by_text("Added to your order.")).to_have_count(2)
    wait_until(lambda: ("accept", "accepted") in steps(edge))
    assert steps(edge) == [
        ("exposure", ""), ("impression", ""), ("click", ""), ("accept", ""),
        ("impression", "accepted"), ("click", "accepted"), ("accept", "accepted"),
    ]  # fmt: skip
    assert [body.get("step") for body in edge.bodies("/v1/accept")] == [None, "accepted"]
    assert len({body["idempotency_key"] for body in edge.bodies("/v1/accept")}) == 2
    assert page.evaluate("added") == ["first", "accepted"]
    assert page.evaluate("localStorage.getItem('upsell:pk_test:declined')") is None


@pytest.mark.parametrize("is_soon", [True, False])
def test_reload_after_a_yes_asks_nothing_again_and_is_one_exposure(page: Page, edge, shop, wait_until, is_soon):
    """The order is placed, so the page's cart doesn't say that the product is in it."""
    edge.decisions = [sequence(accepted=SECOND)]
    page.goto(shop.put(body=BODY, call=ACCEPT + ASK))
    page.get_by_role("button", name="Add for €9.90").click()
    expect(page.get_by_text("A brush for it")).to_be_visible()
    wait_until(lambda: ("impression", "accepted") in steps(edge))
    if not is_soon:
        page.evaluate(LONG_AGO)
    page.reload()
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    expect(page.get_by_text("Added to your order.")).to_have_count(1 if is_soon else 0)
    let_expose(page)
    expect(page.get_by_role("button", name="Add for")).to_have_count(0)
    assert steps(edge) == [
        ("exposure", ""), ("impression", ""), ("click", ""), ("accept", ""), ("impression", "accepted"),
    ]  # fmt: skip


def test_after_a_no_one_smaller_is_shown_once_and_silence_begins_at_the_end(page: Page, edge, shop, wait_until):
    edge.decisions = [sequence(declined=SMALLER)]
    page.goto(shop.put(body=BODY, call=ACCEPT + ASK))
    first_decline = page.get_by_role("button", name="No thanks")
    first_weight = first_decline.evaluate(WEIGHT)
    first_decline.press("Enter")
    expect(page.get_by_text("A sample of it")).to_be_visible()
    focused = "document.activeElement.shadowRoot?.activeElement?.getAttribute('aria-label')"
    wait_until(lambda: page.evaluate(focused) == "A sample of it")
    decline, accept = page.get_by_role("button", name="No thanks"), page.get_by_role("button", name="Add for €2.00")
    decline_weight, accept_weight = decline.evaluate(WEIGHT), accept.evaluate(WEIGHT)
    assert decline_weight == first_weight
    unlike = {name for name in decline_weight if decline_weight[name] != accept_weight[name]}
    assert unlike <= OF_COLOR
    first_no = page.evaluate("localStorage.getItem('upsell:pk_test:declined')")
    decline.click()
    expect(page.get_by_role("button", name="No thanks")).to_have_count(0)
    wait_until(lambda: ("decline", "declined") in steps(edge))
    assert steps(edge) == [
        ("exposure", ""), ("impression", ""), ("decline", ""), ("impression", "declined"), ("decline", "declined"),
    ]  # fmt: skip
    assert page.evaluate("localStorage.getItem('upsell:pk_test:declined')") > first_no
    assert page.evaluate(COUNTED) == [1, 1]
    # shown once: the same visit's next order ends with the first no
    page.evaluate("localStorage.removeItem('upsell:pk_test:declined')")
    page.reload()
    page.get_by_role("button", name="No thanks").click()
    wait_until(lambda: [kind for kind, _ in steps(edge)].count("decline") == 3)
    assert steps(edge).count(("impression", "declined")) == 1


@pytest.mark.parametrize(("answer", "button"), [("accepted", "Add for €9.90"), ("declined", "No thanks")])
def test_both_offers_are_one_for_the_caps(page: Page, edge, shop, wait_until, answer, button):
    """The last that the caps leave may be a sequence: both steps are shown, and the next decision hears of one."""
    chosen = sequence(accepted=SECOND, declined=SMALLER)
    last = {"visitor_id": None, "ttl_s": 300, "enabled": True, "decisions": [chosen], "offers_left": 1}
    edge.replies["/v1/decide"] = [Reply(json.dumps(last))]
    page.goto(shop.put(body=BODY, call=ACCEPT + ASK))
    page.get_by_role("button", name=button).click()
    wait_until(lambda: ("impression", answer) in steps(edge))
    assert page.evaluate(COUNTED) == [1, 1]
    page.reload()
    wait_until(lambda: len(edge.bodies("/v1/decide")) == 2)
    history = edge.bodies("/v1/decide")[1]["history"]
    assert (history["shown_session"], history["shown_today"]) == (1, 1)


def test_a_no_and_then_a_yes_begins_no_silence(page: Page, edge, shop, wait_until):
    edge.decisions = [sequence(declined=SMALLER)]
    page.goto(shop.put(body=BODY, call=ACCEPT + ASK))
    page.get_by_role("button", name="No thanks").click()
    page.get_by_role("button", name="Add for €2.00").click()
    wait_until(lambda: ("accept", "declined") in steps(edge))
    assert edge.bodies("/v1/accept")[0]["step"] == "declined"
    assert page.evaluate("localStorage.getItem('upsell:pk_test:declined')") is None


def test_trouble_takes_a_second_offer_back(page: Page, edge, shop):
    edge.decisions = [sequence(declined=SMALLER)]
    page.goto(shop.put(body=BODY, call=ACCEPT + ASK))
    page.get_by_role("button", name="No thanks").click()
    expect(page.get_by_text("A sample of it")).to_be_visible()
    page.evaluate("upsell('friction', 'support')")
    expect(page.get_by_role("button", name="No thanks")).to_have_count(0)


def test_snippet_of_before_shows_the_first_step_alone(page: Page, edge, shop, wait_until):
    code = (DIST / "upsell.js").read_text()
    assert WITHOUT_NEXT.search(code), "the test no longer takes the second offer out"
    old = WITHOUT_NEXT.sub("none?.[", code)
    page.route("**/s/upsell.js", lambda route: old_script(route, old))
    edge.decisions = [sequence(accepted=SECOND, declined=SMALLER)]
    assert reference("sequence") in edge.decisions[0]["parts"]
    page.goto(shop.put(body=BODY, call=ACCEPT + ASK))
    page.get_by_role("button", name="No thanks").click()
    wait_until(lambda: ("decline", "") in steps(edge))
    page.wait_for_timeout(800)  # longer than a second offer waits
    expect(page.get_by_role("button", name="No thanks")).to_have_count(0)
    assert steps(edge) == [("exposure", ""), ("impression", ""), ("decline", "")]


def old_script(route: Route, code: str) -> None:
    """Serve a snippet as it was before there were sequences."""
    route.fulfill(body=code, content_type="text/javascript")
