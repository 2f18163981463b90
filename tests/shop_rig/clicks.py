"""Press the accept button in a real shop's checkout again and again: blocks and shortcodes, one after the other.

    RIG=... RIG_VAR=... python -m tests.shop_rig.clicks --runs 25

The rig's shop is up, with the plugin. Each run is a new shopper who reads that the offer is added, and whose cart the
shop is asked for. Prints each run, and ends with 1 where one failed.
"""

import argparse
import sys
import time
from contextlib import nullcontext

from playwright.sync_api import Browser, sync_playwright

from tests.browser import chromium
from tests.shop_rig.browsing import PATIENT, WAIT_MS, WITH_MUG, Edge, accept_at, cart_of
from tests.shop_rig.edge import SECRET
from tests.shop_rig.shop import Shop, shortcode_pages

CHECKOUTS = {"block": "/checkout/", "classic": "/classic-checkout/"}
SIZES = [(1280, 900), (390, 800)]


def press(browser: Browser, shop: Shop, boots: int, path: str, size: tuple[int, int]) -> str:
    """Accept the offer as a new shopper; what went wrong, empty where nothing did."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.add_init_script(PATIENT)
    try:
        page.goto(f"{shop.url}/?add-to-cart={boots}")
        page.goto(shop.url + path)
        accept_at(page, "payment")
        cart = cart_of(page)
        return "" if cart == WITH_MUG else f"the cart is {cart}"
    except Exception as error:
        return str(error).splitlines()[0]
    finally:
        context.close()


def main() -> int:
    """Press as often as asked in each checkout."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=25, help="in each checkout")
    arguments = parser.parse_args()
    if not Shop.is_there():
        parser.error("RIG and RIG_VAR name no shop that was made.")
    shop, edge, failed = Shop(), Edge(), 0
    boots = shop.php("get_option('rig_products')")["BOOTS"]
    keys = {"edge": edge.url, "key": "pk_rig", "secret": SECRET}
    with shop.constants(keys), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        for name, path in CHECKOUTS.items():
            with shortcode_pages(shop) if name == "classic" else nullcontext():
                for run in range(arguments.runs):
                    began = time.monotonic()
                    wrong = press(browser, shop, boots, path, SIZES[run % 2])
                    failed += bool(wrong)
                    print(f"{name} {run + 1}: {wrong or 'added'} ({time.monotonic() - began:.1f} s)", flush=True)
        browser.close()
    edge.server.close()
    print(f"{failed} of {2 * arguments.runs} failed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
