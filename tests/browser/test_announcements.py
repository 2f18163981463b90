"""What changes without a reload, as Chromium's accessibility tree tells a screen reader: once, and not at each key."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from experiments.assignment.targeting import Context
from experiments.decisions import counts, samples
from experiments.decisions.counts import Count, CountKey
from experiments.decisions.samples import Ranked, SampleGroup
from experiments.models import Experiment, Status, Store
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIVE_ROLES = frozenset({"status", "log", "alert"})
KEEP = """() => { window.announced = [];
    const region = document.getElementById('announcer');
    new MutationObserver(() => region.textContent && window.announced.push(region.textContent))
        .observe(region, {childList: true}); }"""
Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def store() -> Store:
    """A shop whose pages asked for offers yesterday, most of them on phones."""
    store = factories.make_store(slug="tea", name="Tea shop", currency="EUR")
    at = timezone.now() - timedelta(days=1)
    asked = [Context(device="phone")] * 30 + [Context(device="desktop")] * 10
    ranked = [Ranked(place / 40, context) for place, context in enumerate(asked)]
    samples.add({SampleGroup(store.pk, "cart", at.date()): ranked})
    before = at - timedelta(days=9)
    for day in (before, at):
        counts.add({CountKey(store.pk, day.date(), "cart", None, "no_experiment"): Count(4_000, day, day)})
    return store


@pytest.fixture
def draft(page: Page, live_server: LiveServer, log_in: Callable[[User], None], store: Store) -> Experiment:
    """A draft whose page is open."""
    draft = factories.make_experiment(store, key="draft", name="A draft", status=Status.DRAFT, started_at=None)
    factories.make_widget(draft.variants.get(key="treatment"))
    log_in(factories.make_user(store, username="ada"))
    page.goto(f"{live_server.url}/tests/tea/draft/launch/")
    page.evaluate(KEEP)
    return draft


def announced(page: Page) -> list[str]:
    """What was said since the page was opened."""
    said: list[str] = page.evaluate("window.announced")
    return said


def has_announced(page: Page, times: int) -> bool:
    return len(announced(page)) == times


def live_regions(page: Page) -> list[tuple[str, str]]:
    """The live regions of the accessibility tree: how politely each speaks, and what it says now."""
    session = page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    by_id = {node["nodeId"]: node for node in nodes}
    found = []
    for node in nodes:
        if node.get("role", {}).get("value") not in LIVE_ROLES:
            continue
        (politeness,) = [one["value"]["value"] for one in node["properties"] if one["name"] == "live"]
        found.append((politeness, "".join(texts_in(node, by_id))))
    return found


def texts_in(node: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> list[str]:
    """What a part of the tree says."""
    if node.get("role", {}).get("value") == "StaticText":
        return [node["name"]["value"]]
    texts = []
    for child in node.get("childIds", []):
        texts.extend(texts_in(by_id[child], by_id))
    return texts


def test_draft_has_one_polite_live_region_which_is_silent_when_the_page_opens(page: Page, draft: Experiment):
    page.wait_for_timeout(1_500)
    assert live_regions(page) == [("polite", "")]
    assert announced(page) == []


def test_reach_is_announced_once_after_targeting_was_typed(page: Page, draft: Experiment, wait_until: Wait):
    page.locator("#audience summary").click()
    share = page.get_by_label("Traffic share (%)")
    share.press("Control+a")
    for key in "50":
        share.press(key)
        page.wait_for_timeout(150)
    share.press("Tab")
    wait_until(lambda: len(announced(page)) > 0)
    page.wait_for_timeout(2_500)
    (said,) = announced(page)
    # half of 4,000 requests a week would be 286 a day; a sample of 40 allows up to 64.8% of them
    assert "Reach: At most 370 visitors a day." in said
    assert "All changes are saved." in said
    assert live_regions(page) == [("polite", said)]


def test_copy_check_is_announced_with_its_field_and_only_once_somebody_stops_typing(
    page: Page, draft: Experiment, wait_until: Wait
):
    headline = page.get_by_role("textbox", name="Headline").first
    headline.fill("")
    headline.press_sequentially("Hurry! Only today")
    assert announced(page) == []
    wait_until(lambda: any("Headline:" in said for said in announced(page)))
    page.wait_for_timeout(2_500)
    assert len(announced(page)) == 1
    advice = page.locator("#id_treatment_headline_notes").inner_text()
    assert advice.split("\n")[0].rstrip(".") in announced(page)[0]


def test_same_state_is_announced_again_after_the_next_change(page: Page, draft: Experiment, wait_until: Wait):
    for number, weeks in enumerate(("4 weeks", "8 weeks"), 1):
        page.get_by_label(weeks).check()
        wait_until(partial(has_announced, page, number))
        expect(page.locator("#announcer")).to_contain_text("All changes are saved.")


def test_search_in_the_catalog_says_how_many_products_it_found(page: Page, draft: Experiment, wait_until: Wait):
    for number in range(3):
        factories.make_product(draft.store, sku=f"POT-{number}", title=f"Teapot {number}", currency="EUR")
    details = page.locator("#new-offer-treatment")
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    page.wait_for_timeout(1_500)
    before = len(announced(page))
    page.get_by_label("Search the catalog").press_sequentially("Teapot")
    wait_until(lambda: len(announced(page)) > before)
    assert announced(page)[-1] == "3 products shown."


def test_filtered_list_says_how_many_are_left(
    page: Page, live_server: LiveServer, log_in: Callable[[User], None], store: Store, wait_until: Wait
):
    for name in ("A mug", "A cup", "A plate"):
        factories.make_experiment(store, key=name[2:], name=name)
    log_in(factories.make_user(store, username="ada"))
    page.goto(f"{live_server.url}/tests/?store=tea")
    page.evaluate(KEEP)
    page.get_by_role("searchbox").press_sequentially("mug")
    wait_until(lambda: len(announced(page)) > 0)
    assert announced(page)[-1].startswith("1 test")


def test_comment_is_confirmed_once_the_page_is_back(
    page: Page, live_server: LiveServer, log_in: Callable[[User], None], store: Store
):
    experiment = factories.make_live_experiment(store, key="running", name="Running")
    log_in(factories.make_user(store, username="ada"))
    page.goto(f"{live_server.url}/tests/tea/{experiment.key}/")
    page.get_by_label("Comment").fill("Looks good.")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator("#announcer")).to_have_text("Comment added.")
    (region,) = live_regions(page)
    assert region[0] == "polite"
