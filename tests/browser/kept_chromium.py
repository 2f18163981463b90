"""The Chromium of a worker: browser tests that follow each other share it, as each start takes seconds.

It ends before any other test: while Playwright runs, nothing else in its thread can run an event loop.
"""

from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser import chromium


class KeptChromium:
    """Playwright and what it has started: one browser for each program and set of Playwright's switches left out."""

    def __init__(self) -> None:
        self.playwright: Playwright | None = None
        self.browsers: dict[tuple[str, ...], Browser] = {}

    def browser(self, path: str, *left_out: str) -> Browser:
        """Return the running browser, which is started where there is none, or where it has crashed."""
        running = self.browsers.get((path, *left_out))
        if running is not None and running.is_connected():
            return running
        if self.playwright is None:
            chromium.find()  # where none is installed it asks a Playwright, which can't run beside this one
            self.playwright = sync_playwright().start()
        started = self.playwright.chromium.launch(
            executable_path=path, args=list(chromium.FLAGS), ignore_default_args=list(left_out)
        )
        self.browsers[(path, *left_out)] = started
        return started

    def end(self) -> None:
        """End whatever runs."""
        for browser in self.browsers.values():
            browser.close()
        self.browsers.clear()
        if self.playwright is not None:
            self.playwright.stop()
            self.playwright = None


KEPT = KeptChromium()
