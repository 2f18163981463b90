"""Time for what must not happen: as long as the snippet would need for it, with some to spare on a busy machine.

What should happen is waited for by a condition instead.
"""

from playwright.sync_api import Page

DRAW_MS = 300  # an answer is drawn, or a failure noted, within a few frames
SEND_MS = 600  # events are sent together, 250 ms after the first of them; requests for offers leave at once
EXPOSE_MS = 1_500  # a slot counts after a second in view, and the exposure is sent 250 ms later
RETRY_MS = 1_500  # what failed once is sent again after 0.5 to 1 s


def let_draw(page: Page) -> None:
    """Give the page the time in which it would draw an answer that has arrived."""
    page.wait_for_timeout(DRAW_MS)


def let_send(page: Page) -> None:
    """Give the page the time in which it would send an event or a request."""
    page.wait_for_timeout(SEND_MS)


def let_expose(page: Page) -> None:
    """Give the page the time in which it would count an exposure and send it."""
    page.wait_for_timeout(EXPOSE_MS)


def let_retry(page: Page) -> None:
    """Give the page the time in which it would send once more what was refused."""
    page.wait_for_timeout(RETRY_MS)
