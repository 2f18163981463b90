"""The console's pages with texts 40% longer than English, as in other languages: nothing is cut off or sticks out."""

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page

from tests import console_story, pseudo_language
from tests.console_pages import DRAFT, OVER, RUNNING

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = {"phone": 390, "desk": 1280}
PAGES = [
    "/",
    "/tests/",
    "/moments/",
    "/planner/?mean=10&sd=30&visitors=900",
    "/playbook/",
    "/widgets/",
    "/setup/",
    "/account/",
    "/templates/",
    "/templates/price/",
    f"{DRAFT}launch/",
    RUNNING,
    OVER,
    "/admin/",
    "/admin/experiments/experiment/",
    "/admin/checkout_widgets/widget/add/",
]
# What a text has no room in: it is wider than its box, which hides what is too much or lets it run over its neighbor.
# Names that people gave may be cut off with an ellipsis; what scrolls sideways by itself has room for everything.
FIND_OVERFLOW = """() => {
  const found = []
  const describe = (node) =>
    `${node.tagName.toLowerCase()}.${node.className} "${node.textContent.trim().slice(0, 40)}"`
  const scrolls = (node) =>
    node && (/auto|scroll/.test(getComputedStyle(node).overflowX) || scrolls(node.parentElement))
  const hasText = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim())
  const isHidden = (node) =>
    !node.checkVisibility() || node.clientWidth <= 1 || node.closest('.visually-hidden, .sr-only')
  for (const node of document.body.querySelectorAll('*')) {
    if (node.closest('svg, iframe, select, .menu-name') || isHidden(node) || scrolls(node)) continue
    if (node.getBoundingClientRect().right > innerWidth + 1) found.push(`beyond the page: ${describe(node)}`)
    if (hasText(node) && node.scrollWidth > node.clientWidth + 1) found.push(`cut off: ${describe(node)}`)
  }
  return found
}"""


@pytest.fixture
def address(live_server, log_in, settings):
    settings.LANGUAGE_CODE = pseudo_language.CODE
    settings.LANGUAGES = [(pseudo_language.CODE, "Pseudo")]
    pseudo_language.install()
    cache.clear()
    log_in(console_story.tell(timezone.now()).editor)
    yield live_server.url
    cache.clear()


def overflow_of(page: Page, url: str) -> list[str]:
    """What has no room on the page, at any of the widths."""
    found = []
    response = page.goto(url, wait_until="domcontentloaded")
    assert response
    assert response.ok, url
    page.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true })")
    for device, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{url} on a {device}: {problem}" for problem in page.evaluate(FIND_OVERFLOW)]
    return found


@pytest.mark.browser(seconds=20)
def test_longer_texts_have_room(page, address):
    found = []
    for path in PAGES:
        found += overflow_of(page, address + path)
    assert not found, "\n".join(found)


def test_text_without_room_is_found(page):
    """Else the test above would hold whatever the pages look like."""
    page.set_viewport_size({"width": 300, "height": 300})
    page.set_content("<p>Fits</p><p style='width: 40px; overflow: hidden; white-space: nowrap'>Cut off here</p>")
    assert page.evaluate(FIND_OVERFLOW) == ['cut off: p. "Cut off here"']
    page.set_content("<p style='margin-left: 290px; width: 60px'>Beyond</p>")
    assert page.evaluate(FIND_OVERFLOW) == ['beyond the page: p. "Beyond"']
