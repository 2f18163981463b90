"""Pages of what comes after the order: the console's, and those that messages lead to, by axe and by their width."""

import itertools
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import console_story, factories
from tests.browser.console import collect_errors, problems_found_by_axe
from tests.browser.screens import SCREENS
from tests.console_pages import PAGES
from tests.journeys.pages.every_link import make_links

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOMS = (
    *("journeys", "contacts", "contact_files", "sender", "deliverability", "message_preview", "offers", "pairs"),
    "question",
)
PATIENCE_MS = 60_000  # for the first page of a busy machine
# What a page fetches into itself.
FRAGMENTS = ("/reach/", "/products/")
LIGHT_AND_DARK = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture
def console(live_server: LiveServer, log_in: Callable[[User], None]) -> Iterator[str]:
    """The console's address, with everything that the pages can show."""
    cache.clear()
    log_in(console_story.tell(timezone.now()).owner)
    yield live_server.url
    cache.clear()


def problems_of(page: Page, url: str, width: int) -> list[str]:
    """What axe finds, and whether it is wider than the screen; with everything that can be folded open, too."""
    response = page.goto(url, timeout=PATIENCE_MS)
    assert response is not None
    assert response.ok, url
    page.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true })")
    found = problems_found_by_axe(page)
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append("wider than the screen")
    return [f"{url}: {problem}" for problem in found]


@SCREENS
@pytest.mark.browser(seconds=40)
def test_pages_of_the_console_are_accessible_and_fit(page, console, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    errors, found = collect_errors(page), []
    for path in itertools.chain.from_iterable(PAGES[room] for room in ROOMS):
        if not path.partition("?")[0].endswith(FRAGMENTS):
            found += problems_of(page, console + path, width)
    assert found == []
    # A message is shown in a frame without scripts, and axe would run there.
    assert [error for error in errors if "sandboxed" not in error] == []


@LIGHT_AND_DARK
def test_pages_that_messages_lead_to_are_accessible_before_and_after(page, live_server, scheme):
    store = factories.make_store(name="Tea shop", currency="EUR")
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    for prefix, token in make_links(store).items():
        url = f"{live_server.url}{prefix}{token}"
        assert problems_of(page, url, 390) == []
        if prefix != "/m/":  # whose button leads to the store's own cart
            page.locator("main form button, form button").first.click()
            page.wait_for_load_state()
            found = [f"{url} after its button: {problem}" for problem in problems_found_by_axe(page)]
            assert found == []
        expect(page.get_by_role("heading", level=1)).to_be_visible()
