"""Every page of the console on a desk and a phone, in light and dark: by axe and by its width."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from config.single_sign_on import SingleSignOn
from tests import console_story
from tests.browser.console import collect_errors, problems_found_by_axe
from tests.console_pages import PAGES, SHARED

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PATIENCE_MS = 60_000  # for the first page of a busy machine
WIDEST = 1920
# What a page fetches into itself.
FRAGMENTS = ("/reach/", "/products/", "/findings/", "/arrivals/", "/test-orders/")
VIEWS = [("light", 1280), ("dark", 390), ("light", 390), ("dark", 1280)]
VIEW = pytest.mark.parametrize("view", range(len(VIEWS)), ids=[f"{scheme}-{width}" for scheme, width in VIEWS])
# Each run looks at every page in one view, and ``make check-long`` in the other three.
TURN = pytest.mark.parametrize("turn", [0, *(pytest.param(turn, marks=pytest.mark.long) for turn in (1, 2, 3))])
UNFOLD = "document.querySelectorAll('main details').forEach((details) => { details.open = true })"


@pytest.fixture
def console(live_server: LiveServer, log_in: Callable[[User], None], settings: Any) -> Iterator[Callable[[str], str]]:
    """The address of each page in a console with everything that pages can show."""
    settings.SINGLE_SIGN_ON = SingleSignOn("https://zz.example", "zz", "zz", "zz-provider", "openid", "groups", {})
    cache.clear()
    story = console_story.tell(timezone.now())
    log_in(story.owner)
    yield lambda path: live_server.url + path.replace(SHARED, f"/shared/{story.share.token}/")
    cache.clear()


def whole_pages() -> list[str]:
    """The addresses of all pages, without what they fetch into themselves."""
    paths = dict.fromkeys(itertools.chain.from_iterable(PAGES.values()))
    return [path for path in paths if not path.partition("?")[0].endswith(FRAGMENTS)]


def open_unfolded(page: Page, url: str) -> bool:
    """Open a page, with everything that can be folded open; whether there is such a page."""
    response = page.goto(url, timeout=PATIENCE_MS)
    assert response is not None
    assert response.status < 500, url
    page.evaluate(UNFOLD)
    return response.ok


def is_too_wide(page: Page, width: int) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth") > width)


def pages_of(view: int, turn: int) -> list[str]:
    """The pages whose turn it is in a view."""
    pages = whole_pages()[(view + turn) % len(VIEWS) :: len(VIEWS)]
    assert len(pages) > 20
    return pages


def faults_of(page: Page, width: int) -> list[str]:
    """What is wrong with the page on a screen of this width, and on the widest."""
    found = problems_found_by_axe(page)
    if is_too_wide(page, width):
        found.append("wider than the screen")
    page.set_viewport_size({"width": WIDEST, "height": 900})
    if is_too_wide(page, WIDEST):
        found.append("wider than the widest screen")
    return found


@TURN
@VIEW
@pytest.mark.browser(seconds=25)
def test_pages_are_accessible_and_fit(page, console, view, turn):
    scheme, width = VIEWS[view]
    page.emulate_media(color_scheme=scheme)
    errors, found = collect_errors(page), []
    for path in pages_of(view, turn):
        page.set_viewport_size({"width": width, "height": 900})
        if not open_unfolded(page, console(path)):
            errors.clear()  # a page that says that there is nothing, which the browser complains about too
        found += [f"{path}: {fault}" for fault in faults_of(page, width)]
    assert found == []
    # A message is shown in a frame without scripts, and axe would run there.
    assert [error for error in errors if "sandboxed" not in error] == []
