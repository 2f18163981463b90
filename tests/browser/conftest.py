"""One Chromium for tests that follow each other; each gets a page of its own, which must stay free of errors."""

import os
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser import chromium
from tests.browser.kept_chromium import KEPT
from tests.browser.stub import Edge, Shop, running

# Playwright's synchronous interface runs an event loop in this thread, and so Django would refuse its database here.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

WAIT_S = 20.0
expect.set_options(timeout=WAIT_S * 1000)
# A busy machine must not look like a slow edge: the 800 ms of the snippet are longer, but for the tests of just that.
NOTE_PARTS = """for (const type of ['load', 'error'])
    document.addEventListener(type, ({target}) => { target.isSettled = true }, true)"""
ARE_PARTS_HERE = "() => [...document.querySelectorAll('link[rel=modulepreload]')].every(link => link.isSettled)"
PATIENT = """(() => { const set = window.setTimeout
    window.setTimeout = (callback, ms, ...rest) => set(callback, ms === 800 ? %d : ms, ...rest) })()"""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, None, None]:
    """End Chromium after the last of the browser tests that follow each other."""
    try:
        yield
    finally:
        if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
            KEPT.end()


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Chromium, from which whatever the test has opened is gone afterwards."""
    running = KEPT.browser(chromium.find_quickest())
    yield running
    for context in running.contexts:
        context.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1000, "height": 700})
    context.set_default_timeout(WAIT_S * 1000)
    yield context
    context.close()


@pytest.fixture
def problems() -> list[str]:
    """Errors that reached the page, and violations of its Content-Security-Policy."""
    return []


@pytest.fixture
def patience_ms() -> int:
    """How long the snippet waits for a decision."""
    return 15_000


@pytest.fixture
def page(context: BrowserContext, problems: list[str], patience_ms: int) -> Iterator[Page]:
    def on_console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Trusted" in message.text:
            problems.append(message.text)

    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", on_console)
    page.add_init_script(PATIENT % patience_ms)
    page.add_init_script(NOTE_PARTS)
    yield page
    assert problems == []


@pytest.fixture
def servers() -> Iterator[tuple[Edge, Shop]]:
    with running() as both:
        yield both


@pytest.fixture
def edge(servers: tuple[Edge, Shop]) -> Edge:
    return servers[0]


@pytest.fixture
def shop(servers: tuple[Edge, Shop]) -> Shop:
    return servers[1]


@pytest.fixture
def wait_until(page: Page) -> Callable[[Callable[[], bool]], None]:
    """Wait, while the page goes on, until the condition holds."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WAIT_S
        while not condition():
            assert time.monotonic() < deadline, "it did not happen in time"
            page.wait_for_timeout(20)

    return wait


@pytest.fixture
def wait_for_decision(page: Page, wait_until: Callable[[Callable[[], bool]], None]) -> Callable[[], None]:
    """Wait until the snippet has acted on the edge's answer, of which it keeps a note, and has run the parts."""

    def wait() -> None:
        wait_until(lambda: page.evaluate("sessionStorage.getItem('upsell:pk_test:breaker')") is not None)
        wait_until(lambda: page.evaluate(ARE_PARTS_HERE))
        page.wait_for_timeout(100)  # what an answer draws or watches is there a few frames later

    return wait


@pytest.fixture
def install_clock(page: Page, patience_ms: int) -> Callable[[], None]:
    """Let the test turn the page's clock; it runs by itself otherwise."""

    def install() -> None:
        page.clock.install()
        page.add_init_script(PATIENT % patience_ms)  # on top of the clock's own timers

    return install


@pytest.fixture
def log_in(live_server: LiveServer, context: BrowserContext) -> Callable[[User], None]:
    """Make the browser a user's."""

    def log_in(user: User) -> None:
        client = Client()
        client.force_login(user)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])

    return log_in
