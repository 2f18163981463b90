"""A term's meaning shows by pointer, keyboard and touch, stays within the page, and goes away again."""

import pytest
from playwright.sync_api import Page, expect

from experiments.models import Status
from tests import factories
from tests.browser.console import problems_found_by_axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def planner(live_server, page: Page, log_in) -> Page:
    store = factories.make_store()
    factories.make_experiment(store, status=Status.DRAFT)
    log_in(factories.make_user(store))
    page.goto(f"{live_server.url}/planner/?mean=10&sd=30&visitors=900")
    return page


def test_meaning_shows_under_the_pointer_and_can_be_pointed_at(planner):
    term, meaning = planner.locator(".term").first, planner.locator(".term-meaning").first
    expect(meaning).to_be_hidden()
    term.hover()
    expect(meaning).to_be_visible()
    meaning.hover()
    planner.wait_for_timeout(400)  # longer than a meaning stays when the pointer has left both
    expect(meaning).to_be_visible()
    planner.mouse.move(1, 1)
    expect(meaning).to_be_hidden()


def test_meaning_shows_on_focus_and_closes_by_escape(planner):
    term, meaning = planner.locator(".term").first, planner.locator(".term-meaning").first
    term.focus()
    planner.keyboard.press("Shift+Tab")
    planner.keyboard.press("Tab")
    expect(term).to_be_focused()
    expect(meaning).to_be_visible()
    expect(term).to_have_accessible_description(meaning.inner_text())
    assert problems_found_by_axe(planner) == []
    planner.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    planner.keyboard.press("Enter")
    expect(meaning).to_be_visible()
    planner.keyboard.press("Tab")
    expect(meaning).to_be_hidden()


def test_meaning_fits_a_phone_and_opens_by_a_tap(planner):
    planner.set_viewport_size({"width": 360, "height": 640})
    for number in range(planner.locator(".term").count()):
        planner.keyboard.press("Escape")  # what is open could lie over the next one
        planner.locator(".term").nth(number).scroll_into_view_if_needed()
        # scrolling closes what is open, when the page is drawn next
        planner.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        planner.locator(".term").nth(number).click()
        expect(planner.locator(".term-meaning").nth(number)).to_be_visible()
        box = planner.locator(".term-meaning").nth(number).bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 640
