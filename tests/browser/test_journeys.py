"""A journey's page saves what is typed by itself, and shows the fields of the chosen trigger alone."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from journeys.life.drafts import create_journey
from journeys.life.templates import journey_templates
from journeys.models import JourneyStep, JourneyVersion
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft_page(page: Page, live_server: LiveServer, log_in: Callable[[User], None]) -> Page:
    """The page of a draft with one step."""
    store = factories.make_store(slug="tea", name="Tea shop", currency="EUR")
    create_journey(journey_templates()["works-better-with"], store, key="after", name="After", actor="ada")
    log_in(factories.make_user(store, username="ada"))
    page.goto(f"{live_server.url}/journeys/tea/after/")
    return page


def test_step_is_saved_while_it_is_typed_and_a_block_is_added(draft_page: Page) -> None:
    draft_page.get_by_label("Subject").fill("A lid for your pot")
    expect(draft_page.locator("#state-accessory")).to_have_text("All changes are saved.")
    assert JourneyStep.objects.get().document["subject"] == "A lid for your pot"
    expect(draft_page.locator("#problem-accessory-")).to_have_text("Choose an offer: a block shows one.")
    draft_page.get_by_label("What to add").select_option("quote")
    draft_page.get_by_role("button", name="Add to the message").click()
    # what was chosen beside the button isn't a change of the draft: nothing asks whether to leave
    expect(draft_page.get_by_role("group", name="Quote")).to_be_visible()
    expect(draft_page.get_by_label("Subject")).to_have_value("A lid for your pot")


def test_trigger_shows_what_it_needs_and_saves_once_it_has_it(draft_page: Page) -> None:
    expect(draft_page.get_by_label("Day of the campaign")).to_be_hidden()
    draft_page.get_by_label("Starts when").select_option("on_a_day")
    expect(draft_page.locator("#state-trigger")).to_contain_text("Enter “Day of the campaign”.")
    draft_page.get_by_label("Day of the campaign").fill("2030-07-01T09:00")
    expect(draft_page.locator("#state-trigger")).to_have_text("All changes are saved.")
    assert JourneyVersion.objects.get().trigger == "on_a_day"
    draft_page.get_by_label("Starts when").select_option("reached")
    expect(draft_page.get_by_label("Days (optional)", exact=True)).to_be_visible()
    draft_page.get_by_label("Milestone").select_option("tier")
    expect(draft_page.get_by_label("Tier (EUR) (optional)", exact=True)).to_be_visible()
    expect(draft_page.get_by_label("Days (optional)", exact=True)).to_be_hidden()
