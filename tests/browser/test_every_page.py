"""Every page of the console on a desk and a phone, in light and dark: by axe, its width, and the keyboard."""

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
ROUNDS = 2  # of the keyboard: a part of a control, such as a date, is a stop too
# What a page fetches into itself.
FRAGMENTS = ("/reach/", "/products/", "/findings/", "/arrivals/", "/test-orders/")
VIEWS = [("light", 1280), ("dark", 390), ("light", 390), ("dark", 1280)]
VIEW = pytest.mark.parametrize("view", range(len(VIEWS)), ids=[f"{scheme}-{width}" for scheme, width in VIEWS])
# Each run looks at every page in one view, and ``make check-long`` in the other three.
TURN = pytest.mark.parametrize("turn", [0, *(pytest.param(turn, marks=pytest.mark.long) for turn in (1, 2, 3))])
UNFOLD = "document.querySelectorAll('main details').forEach((details) => { details.open = true })"

# Notes what the keyboard reaches, and what of that doesn't show it.
WATCH_FOCUS = """() => {
    const CONTROLS = 'a[href], button, input, select, textarea, summary, iframe, [tabindex]'
    const isSeen = (node) => node.checkVisibility({ visibilityProperty: true }) && node.getClientRects().length > 0
    // the arrow keys choose within a group
    const stop = (node) => node.type === 'radio' && node.name ? `radio ${node.form?.action} ${node.name}` : node
    const describe = (node) => node.outerHTML.slice(0, 160)
    const reached = new Set(), unmarked = new Set()
    const isMarked = (node) => {
        const style = getComputedStyle(node)
        return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'
    }
    document.addEventListener('focusin', ({ target }) => {
        reached.add(stop(target))
        // a hidden choice is marked on its label or its frame
        const around = [target, target.nextElementSibling, target.parentElement, target.closest('label')]
        const isVisible = around.some((node) => node && node.getBoundingClientRect().width > 1 && isMarked(node))
        if (!isVisible && target.tagName !== 'IFRAME') unmarked.add(describe(target))
    })
    window.keyboard = () => {
        const controls = [...document.querySelectorAll(CONTROLS)].filter((node) =>
            node.tabIndex >= 0 && !node.disabled && node.type !== 'hidden' && isSeen(node))
        const missed = controls.filter((node) => !reached.has(stop(node)))
        return { missed: missed.map(describe), unmarked: [...unmarked], count: controls.length }
    }
}"""


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


def walk_by_keyboard(page: Page) -> list[str]:
    """Press Tab until every control was reached, or as often as all of them and their parts can need."""
    page.evaluate(WATCH_FOCUS)
    state: dict[str, Any] = page.evaluate("keyboard()")
    for _round in range(ROUNDS):
        for _press in range(state["count"] + 5):
            page.keyboard.press("Tab")
        state = page.evaluate("keyboard()")
        if not state["missed"]:
            break
    unreached = [f"can't be reached: {control}" for control in state["missed"]]
    return unreached + [f"doesn't show the focus: {control}" for control in state["unmarked"]]


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


@pytest.mark.long
@pytest.mark.parametrize("turn", range(len(VIEWS)))
@VIEW
def test_keyboard_reaches_every_control_and_shows_where_it_is(page, console, view, turn):
    scheme, width = VIEWS[view]
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    found = []
    for path in pages_of(view, turn):
        open_unfolded(page, console(path))
        found += [f"{path}: {fault}" for fault in walk_by_keyboard(page)]
    assert found == []
