"""``import_orders``: past orders, and those that a gap swallowed, from a CSV."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from checkout_widgets import costs
from experiments.imports.csv_orders import COLUMNS
from experiments.imports.csv_rows import BadFile
from experiments.imports.orders import BATCH, OrderImport, import_orders
from experiments.models import Store


class Command(BaseCommand):
    help = (
        f"Read a CSV (plain or .gz) with one row per order line into a store's orders. Columns: {', '.join(COLUMNS)}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--store", required=True, metavar="SLUG")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="NAME=HEADER",
            help="what the file calls a column, such as order_id=Id; may be given repeatedly",
        )
        parser.add_argument("--skip-bad-rows", action="store_true", help="import the good orders and report the others")

    def handle(self, *args: Any, **options: Any) -> None:
        store = Store.objects.filter(slug=options["store"]).first()
        if store is None:
            raise CommandError(f"There is no store {options['store']!r}.")
        try:
            result = self.read(store, options)
        except BadFile as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Cannot read {options['file']}: {error.strerror}.") from error
        self.say(result)

    def read(self, store: Store, options: dict[str, Any]) -> OrderImport:
        """Import the file behind a progress bar. Raises ``BadFile`` and ``OSError``."""
        progress = Progress(
            *(TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TextColumn(f"batches of {BATCH} orders")),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        with options["file"].open("rb") as file, progress:
            return import_orders(
                file,
                store,
                headers=headers(options["column"]),
                is_skipping_bad_rows=options["skip_bad_rows"],
                complete=costs.fill,
                track=progress.track,
            )

    def say(self, result: OrderImport) -> None:
        """Write what came of it."""
        known = result.orders - result.added
        self.stdout.write(
            f"{result.orders:,} orders: {result.added:,} new, {known:,} known already, "
            f"{result.stale:,} of them in a newer version, which stays."
        )
        if result.bad_rows:
            self.stdout.write(f"Bad rows, whose orders were left out: {result.bad_rows:,}\n{result.error_text()}")


def headers(pairs: list[str]) -> dict[str, str]:
    """``["order_id=Id"]`` -> ``{"order_id": "Id"}``. Raises ``BadFile``."""
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise BadFile(f"--column {wrong[0]} must be NAME=HEADER, such as order_id=Id.")
    return dict(pair.split("=", 1) for pair in pairs)
