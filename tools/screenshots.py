"""Take the pictures of the documentation from a running demo (`make demo`): `make screenshots`."""

import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError, sync_playwright

from tests.browser.chromium import FLAGS, find

PICTURES = Path(__file__).resolve().parent.parent / "docs/pictures"
DESKTOP, PHONE = (1280, 900), (390, 844)
CART, HILLSTROM = "/tests/demo/cart-accessory/", "/tests/hillstrom/hillstrom/"


PATIENCE_MS = 60_000  # on a busy machine
# A report begins with the stored one and asks for news at once (``load``); pictures come when they are looked at.
IS_SETTLED = """() => document.readyState == 'complete'
    && !document.querySelector('.htmx-request, #findings[hx-trigger^="load"]')
    && [...document.querySelectorAll('.plot')].every((plot) => plot.querySelector('.main-svg'))
    && [...document.images].every((image) => image.complete || !image.checkVisibility()
        || image.getBoundingClientRect().top > innerHeight)"""


@dataclass(frozen=True)
class Picture:
    """A page as it is photographed: its ``part`` (a CSS selector) or what the window shows, after ``clicks``."""

    name: str
    path: str
    part: str = ""
    clicks: tuple[str, ...] = ()
    size: tuple[int, int] = DESKTOP
    scheme: str = "light"


PAGES = (
    Picture("report", CART),
    Picture("report-dark", CART, scheme="dark"),
    Picture("report-phone", CART, size=PHONE),
    Picture("report-verdict", CART, part=".verdict"),
    Picture("report-split", CART, part=".pair:has(.waterfall)"),
    Picture("report-metrics", CART, part="section:has(#metrics-title)", clicks=("#more-rpv summary",)),
    Picture("report-days", CART, part=".pair:has(#series)"),
    Picture("report-segments", CART, part=".pair:has(#segments-title)"),
    Picture("report-variants", HILLSTROM, part="section:has(#variants-title)"),
    Picture("report-share", CART, clicks=("text=Share",)),
    Picture("report-conclude", CART, clicks=("text=Conclude…",)),
    Picture("overview", "/"),
    Picture("tests", "/tests/"),
    Picture("moments", "/moments/?store=demo"),
    Picture("planner", "/planner/?store=demo"),
    Picture("playbook", "/playbook/"),
    Picture("setup", "/setup/?store=demo"),
    Picture("templates", "/templates/?store=demo"),
    Picture("checklist", "/tests/demo/free-delivery-progress/launch/"),
    Picture("widgets", "/widgets/?store=demo"),
    Picture("widgets-bundle", "/widgets/?layout=bundle", part="#bundle"),
    Picture("widgets-comparison", "/widgets/?layout=comparison", part="#upgrade"),
)


def signed_in(browser: Browser, url: str, picture: Picture) -> BrowserContext:
    """A browser of the picture's size and scheme in which the demo's user is logged in."""
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if picture.scheme == "dark" else "light"
    )
    page = context.new_page()
    page.goto(f"{url}/login/")
    page.fill("input[name=username]", "demo")
    page.fill("input[name=password]", "demo")
    page.click("button[type=submit]")
    page.close()
    return context


def take(browser: Browser, url: str, picture: Picture) -> None:
    """One picture."""
    context = signed_in(browser, url, picture)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(url + picture.path)
    settle(page, picture)
    for click in picture.clicks:
        page.click(click)
    settle(page, picture)
    save(page, picture)
    context.close()


def settle(page: Page, picture: Picture) -> None:
    """Wait for what the picture shows: news and plots of the page, and widgets in the frames of the gallery."""
    page.wait_for_function(IS_SETTLED)
    shown = page.locator(picture.part or "body").first
    shown.scroll_into_view_if_needed()
    for frame in shown.locator("iframe").all():
        box = frame.bounding_box()
        if box and box["y"] < picture.size[1]:
            frame.content_frame.locator(".widget").first.wait_for()


def save(page: Page, picture: Picture) -> None:
    """Write the file."""
    path = PICTURES / f"{picture.name}.png"
    if picture.part:
        page.locator(picture.part).first.screenshot(path=path)
    else:
        page.screenshot(path=path)
    sys.stdout.write(f"docs/pictures/{path.name}\n")


def take_store(browser: Browser, url: str) -> None:
    """The demo store's cart with an offer; new visitors are made until one is in the treatment."""
    for _ in range(20):
        page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
        page.goto(f"{url}/demo/products/85099B/")
        page.click("button:has-text('Add to cart')")
        try:
            page.get_by_role("button", name="No thanks").wait_for(timeout=3000)
        except TimeoutError:
            page.close()
            continue
        picture = Picture("demo-store", "")
        settle(page, picture)
        save(page, picture)
        break


def main(url: str) -> None:
    """Take them all."""
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        for picture in PAGES:
            take(browser, url, picture)
        take_store(browser, url)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
