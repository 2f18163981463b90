"""Take the pictures of the documentation from a running demo (`make demo`): `make screenshots`."""

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright

from tests.browser.chromium import FLAGS, find

IMAGES = Path(__file__).resolve().parent.parent / "docs/images"
DESKTOP = {"width": 1360, "height": 900}
PHONE = {"width": 390, "height": 844}


def sign_in(page: Page, url: str) -> None:
    """Sign in as the demo's user."""
    page.goto(f"{url}/login/")
    page.fill("input[name=username]", "demo")
    page.fill("input[name=password]", "demo")
    page.click("button[type=submit]")


def picture(page: Page, name: str) -> None:
    """Save what the page shows."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")
    sys.stdout.write(f"docs/images/{name}.png\n")


def dashboard(browser: Browser, url: str) -> None:
    """The report on a desk, in light and dark, and on a phone."""
    for scheme, size, name in (
        ("light", DESKTOP, "report"),
        ("dark", DESKTOP, "report-dark"),
        ("light", PHONE, "report-phone"),
    ):
        page = browser.new_page(viewport=size, color_scheme=scheme)
        sign_in(page, url)
        page.goto(f"{url}/tests/demo/cart-accessory/")
        page.wait_for_selector(".js-plotly-plot .main-svg")
        picture(page, name)
        page.close()


def store(browser: Browser, url: str) -> None:
    """The cart with an offer; new visitors are made until one is in the treatment."""
    page = browser.new_page(viewport=DESKTOP)
    for _ in range(20):
        page.goto(f"{url}/demo/products/85099B/")
        page.click("button:has-text('Add to cart')")
        try:
            page.get_by_role("button", name="No thanks").wait_for(timeout=3000)
        except TimeoutError:
            page.context.clear_cookies()
            page.evaluate("localStorage.clear(); sessionStorage.clear()")
            continue
        picture(page, "demo-store")
        break
    page.close()


def main(url: str) -> None:
    """Take them all."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        dashboard(browser, url)
        store(browser, url)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
