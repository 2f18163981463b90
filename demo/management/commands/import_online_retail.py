"""A store's catalog and past orders from the Online Retail file."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from rich.console import Console
from rich.progress import track
from rich.table import Table

from demo.retail_data.catalogue import build_catalogue, save_catalogue
from demo.retail_data.households import household_orders
from demo.retail_data.online_retail import ADJUSTMENT, FREE, UNREADABLE, NotOnlineRetail, read
from demo.retail_data.past_orders import UNMATCHED, build_past_orders
from experiments.accounting.order_data import OrderData
from experiments.accounting.orders import record_orders
from experiments.management.lookup import find_store
from experiments.models import Store

SAMPLE = settings.BASE_DIR / "demo/data" / "online_retail_sample.csv.gz"
# What the table lists as dropped; every other reason moved the rows to another place.
DROPPED = {ADJUSTMENT, FREE, UNREADABLE, UNMATCHED}
BATCH = 200


class Command(BaseCommand):
    help = "Fill a store's catalog and past orders from the UCI Online Retail file; running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SAMPLE, help=".csv or .csv.gz (default: the sample)")
        parser.add_argument("--store", default="demo", help="slug of the store (default: demo)")
        parser.add_argument("--base-url", default="http://127.0.0.1:8000", help="where the demo store is served")
        parser.add_argument(
            "--households", action="store_true", help="make orders of households of the invoices, which are of shops"
        )
        parser.add_argument("--quiet", action="store_true", help="print nothing")

    def handle(
        self, *args: Any, file: Path, store: str, base_url: str, households: bool, quiet: bool, **options: Any
    ) -> None:
        console = Console(quiet=quiet)
        shop = find_store(store)
        try:
            retail = read(file)
        except NotOnlineRetail as error:
            raise CommandError(str(error)) from error
        invoices, tally = build_past_orders(retail)
        orders = [invoice.as_data(shop.currency) for invoice in invoices]
        if households:
            orders = list(household_orders(invoices, shop.currency))
        # all or nothing: load_demo takes a store with products for one that is loaded
        with transaction.atomic():
            products = save_catalogue(shop, build_catalogue(retail.lines), address=base_url)
            save_orders(shop, orders, console)
        console.print(table(retail.tally + tally))
        console.print(f"{products:,} products and {len(orders):,} past orders in {shop.name}.")


def save_orders(store: Store, orders: list[OrderData], console: Console) -> None:
    """Record the orders in batches, with a progress bar."""
    for start in track(range(0, len(orders), BATCH), "Past orders", console=console, disable=console.quiet):
        record_orders(store, orders[start : start + BATCH], source="history")


def table(tally: Counter[str]) -> Table:
    """What became of the file's rows: kept first, the largest counts on top."""
    result = Table("Rows", "Kept", "Dropped", title="Online Retail", show_footer=True)
    kept, dropped = 0, 0
    for name, count in sorted(tally.items(), key=lambda item: (item[0] in DROPPED, -item[1])):
        if name in DROPPED:
            dropped += count
            result.add_row(name, "", f"{count:,}")
        else:
            kept += count
            result.add_row(name, f"{count:,}", "")
    for column, total in zip(result.columns, ("All", f"{kept:,}", f"{dropped:,}"), strict=True):
        column.footer = total
    for column in result.columns[1:]:
        column.justify = "right"
    return result
