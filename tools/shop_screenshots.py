"""Take the pictures of the WooCommerce plugin from a real shop (`RIG`) and a running console: `make screenshots`.

The rig's shop is up, with the plugin and without its keys (see CONTRIBUTING.md); console, edge, and worker are those of
`make serve`. A store is made, connected by the plugin's own button, and shown as an editor sees it.
"""

import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Playwright runs an event loop in this thread; nothing here asks the database from within it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
django.setup()

from playwright.sync_api import Page, sync_playwright  # noqa: E402 -- Django has to be set up

from experiments.models import Store  # noqa: E402
from tests.browser.chromium import FLAGS, find  # noqa: E402
from tests.shop_rig import first_order, setup_page  # noqa: E402
from tests.shop_rig.shop import Shop  # noqa: E402
from tools.screenshots import DESKTOP, PATIENCE_MS, Picture, save, settle  # noqa: E402

SETTINGS = Picture("woocommerce-settings", "", part="#wpbody-content")
SETUP = Picture("woocommerce-setup", "")


def take_settings(page: Page, shop: Shop, edge: str, slug: str) -> None:
    """The plugin's settings page, once everything is checked."""
    first_order.log_in(page, shop)
    store = first_order.make_store(slug, shop)
    store.name = "Tea"
    store.save()
    first_order.connect(page, shop, edge, store)
    save(page, SETTINGS)


def take_setup(page: Page, console: str, slug: str) -> None:
    """The setup page of the store that is connected by then."""
    setup_page.log_in(page, console, Store.objects.get(slug=slug))
    page.goto(f"{console}/setup/?store={slug}&system=woocommerce")
    settle(page, SETUP)
    save(page, SETUP)


def main(console: str, edge: str) -> None:
    """Take both."""
    shop, slug = Shop(), f"tea-{int(time.time())}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
        page.set_default_timeout(PATIENCE_MS)
        take_settings(page, shop, edge, slug)
        take_setup(page, console, slug)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
