"""From an empty WooCommerce to the first counted exposure and order, as a merchant and a shopper do it in a browser.

    RIG=... RIG_VAR=... python -m tests.shop_rig.first_order http://127.0.0.1:8101 --pictures FOLDER

The rig's shop is up, ``make woocommerce-plugin`` has built the zip, and this checkout's console, edge and worker run
(``make serve``). The plugin is taken out of the shop first, with all that it saved. Prints how long each step took, and
ends with 1 where the exposure or the order isn't counted. No file is edited.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Playwright runs an event loop in this thread; nothing here asks the database from within it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
django.setup()

from django.utils import timezone  # noqa: E402 -- Django has to be set up
from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402

from experiments.models import Exposure, Order, Store  # noqa: E402
from tests import factories  # noqa: E402
from tests.browser import chromium  # noqa: E402
from tests.shop_rig.browsing import PATIENT  # noqa: E402
from tests.shop_rig.shop import Shop  # noqa: E402
from tests.shop_rig.visitors import address  # noqa: E402

ZIP = Path(__file__).resolve().parents[2] / "var" / "offerlift.zip"
WAIT_MS = 60_000
BAR_S = 300
FORGET = (
    "deactivate_plugins(get_option('rig_plugin')); global $wpdb;"
    ' $wpdb->query("DELETE FROM {$wpdb->prefix}wc_webhooks");'
    " $wpdb->query(\"DELETE FROM {$wpdb->options} WHERE option_name LIKE '%offerlift%'\"); wp_cache_flush(); return 1;"
)


def make_store(name: str, shop: Shop) -> Store:
    """The store with its catalog and a running test in the cart: what somebody has in Offerlift before the plugin."""
    keys = {"site_key": f"pk_{name}_{os.urandom(4).hex()}", "secret_key": f"sk_{os.urandom(20).hex()}"}
    store = factories.make_store(slug=name, name=name.title(), currency="EUR", allowed_origins=[shop.url], **keys)
    factories.make_product(store, sku="BOOTS", title="Boots", price_minor=3335)
    mug = factories.make_product(store, sku="MUG", title="Mug", price_minor=990)
    for sku, price in (("TEA", 400), ("SHIRT-S", 1999)):
        factories.make_product(store, sku=sku, title=sku, price_minor=price)
    offer = factories.make_offer(store, mug, key="mug", name="Mug", price_minor=790)
    test = factories.make_experiment(store, key="cart-mug", name="Mug in cart", started_at=timezone.now())
    test.variants.filter(key="control").update(weight=1)
    test.variants.filter(key="treatment").update(weight=9999)
    factories.make_widget(test.variants.get(key="treatment"), offer, headline="Goes well with your boots")
    return store


class Steps:
    """How long each step took, and pictures of what it led to."""

    def __init__(self, pictures: Path | None) -> None:
        self.pictures = pictures
        self.begun = time.monotonic()

    @contextmanager
    def step(self, name: str, page: Page) -> Iterator[None]:
        """Do something; say how long it took and take a picture."""
        begun = time.monotonic()
        yield
        print(f"{time.monotonic() - begun:6.1f} s  {name}", flush=True)
        if self.pictures:
            page.screenshot(path=self.pictures / f"{name.replace(' ', '-')}.png", full_page=True)

    @property
    def total_s(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.begun


def log_in(page: Page, shop: Shop) -> None:
    """Become the shop's administrator."""
    page.goto(f"{shop.url}/wp-login.php")
    page.get_by_label("Username").fill("admin")
    page.locator("#user_pass").fill("admin")
    page.get_by_role("button", name="Log In").click()
    page.wait_for_url("**/wp-admin/**")


def install(page: Page, shop: Shop) -> None:
    """Upload the zip and activate it."""
    page.goto(f"{shop.url}/wp-admin/plugin-install.php?tab=upload")
    page.locator("input[type=file]").set_input_files(ZIP)
    page.locator("#install-plugin-submit").click()
    page.get_by_role("link", name="Activate Plugin").click()
    page.wait_for_url("**/plugins.php**")


def connect(page: Page, shop: Shop, edge: str, store: Store) -> None:
    """Enter address and keys, and have everything checked."""
    page.goto(f"{shop.url}/wp-admin/admin.php?page=offerlift")
    page.get_by_label("Address", exact=True).fill(edge)
    page.get_by_label("Site key").fill(store.site_key)
    page.get_by_label("Secret key").fill(store.secret_key)
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_text("Connected to the store", exact=False)).to_be_visible(timeout=WAIT_MS)
    expect(page.locator(".dashicons-yes")).to_have_count(8)


def accept(page: Page, shop: Shop, product: int) -> None:
    """See the offer in the cart and accept it."""
    page.goto(f"{shop.url}/?add-to-cart={product}")
    page.goto(f"{shop.url}/cart/")
    slot = page.locator('[data-upsell-slot="cart"]')
    button = slot.get_by_role("button", name="7.90")
    expect(button).to_be_visible(timeout=WAIT_MS)
    time.sleep(2)  # the exposure counts after a second in view
    button.click()
    expect(page.locator(".wc-block-cart-items").get_by_role("link", name="Mug")).to_be_visible(timeout=WAIT_MS)


def order(page: Page, shop: Shop) -> str:
    """Order in the block checkout; the order's number."""
    page.goto(f"{shop.url}/checkout/")
    person = address("DE")
    page.get_by_label("Email address").fill("shopper@shop.example")
    page.get_by_label("First name").first.fill(person["first_name"])
    page.get_by_label("Last name").first.fill(person["last_name"])
    page.get_by_label("Address", exact=True).first.fill(person["address_1"])
    page.get_by_label("City").first.fill(person["city"])
    page.get_by_label("Postal code").first.fill(person["postcode"])
    # as a person does, who leaves the last field before the button: blocks take a new address to the server, and move
    page.get_by_label("Postal code").first.blur()
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Place Order").click()
    page.wait_for_url("**/order-received/**", timeout=WAIT_MS)
    return page.url.partition("/order-received/")[2].partition("/")[0]


def is_counted(store: Store, order_id: str) -> bool:
    """Whether the order has arrived and counts for the visitor's exposure."""
    arrived = Order.objects.filter(store=store, external_id=order_id).first()
    if arrived is None:
        return False
    exposure = Exposure.objects.filter(store=store, visitor_id=arrived.visitor_id).first()
    return exposure is not None and exposure.orders == 1 and exposure.upsell_minor > 0


def wait_for_count(store: Store, order_id: str) -> bool:
    """Wait a minute for the worker."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if is_counted(store, order_id):
            return True
        time.sleep(0.5)
    return False


def play(shop: Shop, edge: str, name: str, pictures: Path | None) -> tuple[bool, float]:
    """Everything, once; whether it is counted, and how many seconds it took."""
    store = make_store(name, shop)
    product = shop.php("get_option('rig_products')")["BOOTS"]
    shop.php(FORGET)
    shutil.rmtree(shop.var / "shop" / "wp-content" / "plugins" / "offerlift", ignore_errors=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(WAIT_MS)
        log_in(page, shop)
        steps = Steps(pictures)
        with steps.step("install the zip", page):
            install(page, shop)
        with steps.step("connect", page):
            connect(page, shop, edge, store)
        shopper = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        shopper.set_default_timeout(WAIT_MS)
        shopper.add_init_script(PATIENT)
        with steps.step("see and accept the offer", shopper):
            accept(shopper, shop, product)
        with steps.step("order", shopper):
            order_id = order(shopper, shop)
        with steps.step("count", shopper):
            subprocess.run([shop.script, "send"], check=True, capture_output=True, timeout=300)  # as WordPress' cron
            counted = wait_for_count(store, order_id)
        browser.close()
    return counted, steps.total_s


def main() -> int:
    """Play it, and hold it to the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("edge", help="the edge's address")
    parser.add_argument("--name", default=f"first{os.getpid()}", help="of the store that is made; not used before")
    parser.add_argument("--pictures", type=Path, help="a folder for a picture of each step")
    arguments = parser.parse_args()
    if not Shop.is_there() or not ZIP.is_file():
        parser.error("RIG and RIG_VAR name no shop that was made, or there is no zip: make woocommerce-plugin.")
    if arguments.pictures:
        arguments.pictures.mkdir(parents=True, exist_ok=True)
    counted, seconds = play(Shop(), arguments.edge, arguments.name, arguments.pictures)
    print(f"{seconds:6.1f} s  in all, of {BAR_S}; {'counted' if counted else 'NOT counted'}")
    return 0 if counted and seconds <= BAR_S else 1


if __name__ == "__main__":
    sys.exit(main())
