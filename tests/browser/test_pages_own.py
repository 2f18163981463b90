"""What a page shows itself: a banner, or another app's widget, tested like an offer of ours."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.calls import CALL
from tests.browser.stub import Reply, decision

pytestmark = pytest.mark.browser
# What another app brings: its own script draws it into its own element, whenever that script is ready.
OTHER_APP = "<script>setTimeout(() => {document.querySelector('#app').innerHTML = '<b>Add socks</b>'}, 50)</script>"
BODY = f"""
<div data-upsell-slot="cart">
  <div hidden data-upsell-show="banner else"><div id="app"></div></div>
</div>
<p data-upsell-show="control">Plain</p>
<p data-upsell-show="other:banner">Of another test</p>
{OTHER_APP}
"""
NOTE_VARIANTS = "window.told = []; document.addEventListener('upsell:variant', e => told.push(e.detail));"
DOCUMENTED = (Path(__file__).resolve().parents[2] / "docs" / "snippet.md").read_text()


def examples(section: str) -> list[str]:
    """The blocks of HTML in a section of the documentation."""
    text = DOCUMENTED.partition(f"\n### {section}\n")[2].partition("\n#")[0]
    return re.findall(r"^```html\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def own(arm: str, treatment: str = "banner", **fields: Any) -> dict[str, Any]:
    page = {"test": "socks", "arm": arm, "arms": ["control", treatment]}
    return decision(experiment="socks", variant=arm, content=None, page=page, **fields)


@pytest.mark.parametrize("arm", ["control", "banner"])
def test_page_hears_its_arm_and_every_arm_is_exposed_by_the_same_marker(page: Page, edge, shop, wait_until, arm):
    edge.decisions = [own(arm)]
    page.goto(shop.put(body=BODY, call=NOTE_VARIANTS + CALL))
    wait_until(lambda: "exposure" in edge.event_types())
    expect(page.get_by_text("Add socks")).to_be_visible(visible=arm == "banner")
    expect(page.get_by_text("Plain")).to_be_visible(visible=arm == "control")
    expect(page.get_by_text("Of another test")).to_be_visible()
    assert page.evaluate("told") == [{"moment": "cart", "experiment": "socks", "variant": arm}]
    assert page.evaluate("document.querySelector('[data-upsell-slot]').firstElementChild.dataset") == {
        "upsellMarker": ""
    }
    assert page.locator("[data-upsell-widget]").count() == 0
    assert set(edge.event_types()) == {"exposure"}


def test_page_says_what_was_taken_of_its_own(page: Page, edge, shop, wait_until):
    edge.decisions = [own("banner")]
    page.goto(shop.put(body=BODY, call=CALL))
    expect(page.get_by_text("Add socks")).to_be_visible()
    page.evaluate("upsell('taken', 'payment'); upsell('taken', 'cart')")
    wait_until(lambda: "accept" in edge.event_types())
    # quicker than the marker's second: the exposure comes first, and once
    assert edge.event_types() == ["exposure", "accept"]


def test_page_keeps_what_it_has_where_nothing_is_decided(page: Page, edge, shop):
    edge.decisions = [decision(experiment=None, variant=None, content=None)]
    page.goto(shop.put(body=BODY, call=NOTE_VARIANTS + CALL))
    expect(page.get_by_text("Add socks")).to_be_visible()
    expect(page.get_by_text("Plain")).to_be_visible()
    assert page.evaluate("told") == []


def test_page_keeps_what_it_has_where_the_edge_does_not_answer(page: Page, edge, shop):
    edge.replies["/v1/decide"] = [Reply("", status=500)]
    page.goto(shop.put(body=BODY, call=CALL))
    expect(page.get_by_text("Add socks")).to_be_visible()
    expect(page.get_by_text("Plain")).to_be_visible()


def test_page_that_is_answered_before_all_of_it_is_there_is_marked_then(page: Page, edge, shop, wait_until):
    edge.decisions = [own("control")]
    answered: list[bool] = []

    def answer_late(route: Route) -> None:
        wait_until(lambda: bool(edge.bodies("/v1/decide")))
        answered.append(page.locator("#app").count() == 0)
        route.fulfill(body="", content_type="text/javascript")

    page.route("**/late.js", answer_late)
    early = f"{shop.script()}<script>upsell('page', {{moments: ['cart']}})</script>"
    body = f'<script src="/late.js"></script>{BODY.replace("hidden ", "")}'
    page.goto(shop.put(head=early, body=body, call=""))
    expect(page.locator("#app")).to_be_hidden()
    assert answered == [True]


@pytest.mark.parametrize("arm", ["control", "banner"])
def test_documented_banner_is_shown_in_its_arm_alone(page: Page, edge, shop, wait_until, arm):
    edge.decisions = [own(arm)]
    page.goto(shop.put(body=examples("A banner")[0], call=CALL))
    wait_until(lambda: "exposure" in edge.event_types())
    expect(page.get_by_text("Free shipping from")).to_be_visible(visible=arm == "banner")


@pytest.mark.parametrize("arm", ["control", "page"])
@pytest.mark.parametrize("number", [0, 1])
def test_documented_widget_of_another_app_is_shown_in_its_arm_alone(page: Page, edge, shop, wait_until, arm, number):
    drawn = "document.querySelector('#also-bought').textContent = 'Also bought: socks'"
    shop.pages["/also-bought.js"] = Reply(drawn, "text/javascript")
    edge.decisions = [own(arm, "page")]
    page.goto(shop.put(body=examples("Another app's widget")[number], call=CALL))
    wait_until(lambda: "exposure" in edge.event_types())
    expect(page.get_by_text("Also bought: socks")).to_be_visible(visible=arm == "page")
