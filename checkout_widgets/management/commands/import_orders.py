"""``import_orders``: past orders, and those that a gap swallowed, from a CSV."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from checkout_widgets import costs
from experiments.imports.command_options import add_column, add_decimal, decimal_of, headers_of
from experiments.imports.order_rows import COLUMNS
from experiments.imports.orders import BATCH, OrderImport, import_orders, reader_for
from experiments.management.lookup import find_store
from experiments.models import Store
from experiments.tables import BadFile


class Command(BaseCommand):
    help = (
        "Read a CSV (plain or .gz) with one row per order line, or Shopify's export of orders, into a store's orders. "
        f"Columns: {', '.join(COLUMNS)}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--store", required=True, metavar="SLUG")
        add_column(parser, "order_id=Id")
        add_decimal(parser)
        parser.add_argument("--skip-bad-rows", action="store_true", help="import the good orders and report the others")

    def handle(self, *args: Any, **options: Any) -> None:
        store = find_store(options["store"])
        try:
            result = self.read(store, options)
        except BadFile as error:
            raise CommandError(error.for_command()) from error
        except OSError as error:
            raise CommandError(f"Can't read {options['file']}: {error.strerror}.") from error
        self.say(result)

    def read(self, store: Store, options: dict[str, Any]) -> OrderImport:
        """Import the file behind a progress bar. Raises ``BadFile`` and ``OSError``."""
        progress = Progress(
            *(TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TextColumn(f"batches of {BATCH} orders")),
            TimeRemainingColumn(),
            console=Console(stderr=True),  # so that what came of it can be piped elsewhere
        )
        reader = reader_for(store, headers_of(options["column"]), decimal_of(options["decimal"]))
        with options["file"].open("rb") as file, progress:
            return import_orders(
                file,
                store,
                reader,
                is_skipping_bad_rows=options["skip_bad_rows"],
                complete=costs.fill_missing_costs,
                track=progress.track,
            )

    def say(self, result: OrderImport) -> None:
        """Write what came of it."""
        known = result.orders - result.added
        self.stdout.write(f"{result.orders:,} orders: {result.added:,} new, {known:,} already stored.")
        if result.stale:
            self.stdout.write(f"Ignored, because a newer version is stored: {result.stale:,}")
        for note in result.notes:
            self.stdout.write(note)
        if result.bad_rows:
            self.stdout.write(f"Bad rows, whose orders were not imported: {result.bad_rows:,}\n{result.error_text()}")
