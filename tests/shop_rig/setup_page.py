"""The setup page beside a real WooCommerce shop, as an editor reads it in a browser: test orders, and a day's orders.

    RIG=... RIG_VAR=... OFFERLIFT_DIR=... python -m tests.shop_rig.setup_page \\
        http://127.0.0.1:8100 http://127.0.0.1:8101 --name setup --pictures FOLDER

The shop is up, and this checkout's console (the first address), edge (the second) and worker run (``make serve``). A
store of the name is made and connected. Test orders are sent with the page's buttons. Then every kind of order, refund
and change is placed in the shop, and the page's day is compared with what the shop itself knows: how many orders, each
reason, and the sums to the cent. Prints what differs, and ends with 1 where anything does.
"""

import argparse
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Playwright runs an event loop in this thread; nothing here asks the database from within it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
django.setup()

from django.utils import timezone  # noqa: E402 -- Django has to be set up
from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402

from experiments.models import Order, Store  # noqa: E402
from tests import factories  # noqa: E402
from tests.browser import chromium  # noqa: E402
from tests.shop_rig import placing  # noqa: E402
from tests.shop_rig.compare import FIGURES, connect, wait_for_deliveries  # noqa: E402
from tests.shop_rig.figures import Figures, expected, minor  # noqa: E402
from tests.shop_rig.shop import Shop  # noqa: E402

WAIT_MS = 60_000
PASSWORD = "correct horse"
# What the page calls each reason; the others don't happen in these orders.
COUNTED, UNPAID, DELETED, CANCELED = "Counted", "Not paid yet", "Deleted in the shop", "Canceled"
NO_VISITOR, NOT_IN_A_TEST = "No known visitor", "Visitor wasn't in a test before the order"
ALL = "All orders"


@dataclass
class Sums:
    """Orders, and what they come to in minor units: net goods after discounts, tax, shipping, and the shop's total."""

    orders: int = 0
    goods: int = 0
    tax: int = 0
    shipping: int = 0
    total: int = 0

    def add(self, figures: Figures) -> None:
        """Add an order."""
        self.orders += 1
        self.goods += figures.goods
        self.tax += figures.tax
        self.shipping += figures.shipping
        self.total += figures.total


def reason_of(order: Mapping[str, Any], exposed: set[str]) -> str:
    """What the page should say of an order that the shop still has, by docs/orders.md."""
    if order["status"] == "pending":
        return UNPAID
    if order["status"] == "trash":
        return DELETED
    if order["status"] in ("cancelled", "failed"):
        return CANCELED
    if not order["visitor"]:
        return NO_VISITOR
    return COUNTED if order["visitor"] in exposed else NOT_IN_A_TEST


def expected_rows(orders: Mapping[str, Any], kinds: Mapping[str, str], exposed: set[str]) -> dict[str, Sums]:
    """What the page should show, by reason. Orders that the shop has no more were all alike: boots and the offer."""
    figures = expected(orders)
    alike = next(figures[id] for id, kind in kinds.items() if kind == "accepted-offer")
    assert alike
    rows: dict[str, Sums] = defaultdict(Sums)
    for id, known in figures.items():
        rows[reason_of(orders[id], exposed) if known else DELETED].add(known or alike)
    rows[ALL] = Sums(*(sum(column) for column in zip(*map(astuple, rows.values()), strict=True)))
    return dict(rows)


def amount(text: str) -> int:
    """An amount of the page in minor units: it writes ``€1,234.56``."""
    return minor(re.sub(r"[^\d.\-]", "", text.replace("\N{MINUS SIGN}", "-")), "EUR")


def shown_rows(page: Page) -> dict[str, Sums]:
    """What the page shows of the day, by reason."""
    table = page.locator("#day table").first
    rows = {}
    for row in table.locator("tbody tr, tfoot tr").all():
        head = row.locator("th")
        link = head.locator("a")
        name = (link if link.count() else head).first.inner_text().strip()
        orders, goods, tax, shipping, _, total = (cell.inner_text() for cell in row.locator("td").all())
        rows[name] = Sums(int(orders.replace(",", "")), *map(amount, (goods, tax, shipping, total)))
    return rows


def differences(shown: Mapping[str, Sums], right: Mapping[str, Sums]) -> Iterator[str]:
    """What the page shows differently from the shop."""
    for name in sorted({*shown, *right}):
        if shown.get(name) != right.get(name):
            yield f"{name}: the page shows {shown.get(name)}, the shop has {right.get(name)}"


def log_in(page: Page, console: str, store: Store) -> None:
    """Become an editor of the store."""
    factories.make_user(store, username=f"editor-{store.slug}", password=PASSWORD)
    page.goto(f"{console}/login/")
    page.get_by_label("Username").fill(f"editor-{store.slug}")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/login" not in url)


def send_test_order(page: Page, button: str, visitor_id: str, verdict: str) -> None:
    """Press a button of the section, and read what was understood."""
    rows = page.locator("#trial-rows article")
    before = rows.count()
    page.get_by_label("Visitor ID (optional)").fill(visitor_id)
    page.get_by_role("button", name=button).click()
    expect(rows).to_have_count(before + 1, timeout=WAIT_MS)
    expect(rows.first.get_by_text("Understood")).to_be_visible(timeout=WAIT_MS)
    expect(rows.first).to_contain_text(verdict)
    print(f"{button}: {' '.join(rows.first.inner_text().split())[:300]}", flush=True)


def send_test_orders(page: Page, console: str, store: Store, visitor_id: str) -> None:
    """Send them with each button, as nobody and as a visitor who has seen the test; none is stored as an order."""
    before = Order.objects.filter(store=store).count()
    page.goto(f"{console}/setup/?store={store.slug}")
    for button in ("Send a test order as WooCommerce", "Send a test order by the API"):
        send_test_order(page, button, "", "wouldn't count")
        send_test_order(page, button, visitor_id, "A real order like this one would count for a test.")
    assert Order.objects.filter(store=store).count() == before


def place_all(shop: Shop) -> Iterator[dict[str, Any]]:
    """Every kind of order, refund and change."""
    country = placing.apply(shop, "entered and shown with tax")
    for order in chain(placing.amounts(shop, country), placing.changes(shop, country)):
        print(f"placed: {order['kind']}", flush=True)
        yield order


def compare_day(page: Page, console: str, shop: Shop, store: Store, placed: list[dict[str, Any]]) -> list[str]:
    """Read the page's day, and say what the shop knows otherwise."""
    kinds = {str(order["order"]): order["kind"] for order in placed}
    orders = shop.php(f"$ids = [{', '.join(kinds)}]; {FIGURES}")
    exposed = {order["visitor"] for order in placed if "cart_asks" in order}
    right = expected_rows(orders, kinds, exposed)
    page.goto(f"{console}/setup/?store={store.slug}&day={store.day_of(timezone.now()).isoformat()}")
    shown = shown_rows(page)
    for name, sums in shown.items():
        print(f"{name}: {sums}", flush=True)
    return list(differences(shown, right))


def play(page: Page, shop: Shop, arguments: argparse.Namespace) -> list[str]:
    """Everything, once; what differs."""
    connect(shop, arguments.edge, arguments.name)
    store = Store.objects.get(slug=arguments.name)
    first = placing.place(shop, "accepted-offer")
    wait_for_deliveries(arguments.name)
    log_in(page, arguments.console, store)
    send_test_orders(page, arguments.console, store, first["visitor"])
    take_picture(page, arguments.pictures, "test-orders")
    placed = [first, *place_all(shop)]
    wait_for_deliveries(arguments.name)
    different = compare_day(page, arguments.console, shop, store, placed)
    take_picture(page, arguments.pictures, "day")
    return different


def take_picture(page: Page, folder: Path | None, name: str) -> None:
    """Keep the page as it is now, where somebody wants that."""
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)


def main() -> int:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("console", help="the console's address")
    parser.add_argument("edge", help="the edge's address")
    parser.add_argument("--name", required=True, help="of the store that is made; not used before")
    parser.add_argument("--pictures", type=Path, help="a folder for pictures of the page")
    arguments = parser.parse_args()
    if not Shop.is_there():
        parser.error("RIG and RIG_VAR name no shop that was made.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(WAIT_MS)
        different = play(page, Shop(), arguments)
        browser.close()
    print("\n".join(different) or "Nothing differs.")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
