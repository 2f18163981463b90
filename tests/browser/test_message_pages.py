"""Pages that messages lead to, by axe and by their width."""

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.console import problems_found_by_axe
from tests.journeys.pages.every_link import make_links

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PATIENCE_MS = 60_000  # for the first page of a busy machine
LIGHT_AND_DARK = pytest.mark.parametrize("scheme", ["light", "dark"])


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
