"""``import_products``: the catalogue, offers, pinned pairs, or a feed of prices and stock, from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from checkout_widgets.catalogue_files import (
    FileImport,
    FileOptions,
    import_offers,
    import_pairs,
    import_products,
    read_feed,
)
from experiments.imports.command_options import add_column, add_decimal, decimal_of, headers_of
from experiments.management.lookup import find_store
from experiments.tables import BadFile

KINDS = {"products": import_products, "offers": import_offers, "pairs": import_pairs, "feed": read_feed}


class Command(BaseCommand):
    help = (
        "Read products, offers, pinned and banned pairs, or a feed of prices and stock into a store: CSV, JSON or JSON "
        "Lines, the exports of Shopify and WooCommerce, and feeds for Google Merchant Center (tabs or XML)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--store", required=True, metavar="SLUG")
        parser.add_argument("--kind", choices=KINDS, default="products")
        add_column(parser, "sku=Article")
        add_decimal(parser)
        parser.add_argument(
            "--skip-bad-rows",
            action="store_true",
            help="import the good rows and report the others; a feed always does",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        store = find_store(options["store"])
        try:
            with options["file"].open("rb") as file:
                result = KINDS[options["kind"]](file, store, file_options(options))
        except BadFile as error:
            raise CommandError(error.for_command()) from error
        except OSError as error:
            raise CommandError(f"Can't read {options['file']}: {error.strerror}.") from error
        self.say(result)

    def say(self, result: FileImport) -> None:
        """Write what came of it; a scheduler notices where not one row was good."""
        lines = [result.text()]
        if result.bad_rows:
            lines.append(result.error_text())
        summary = "\n".join(lines)
        if result.bad_rows and not result.good_rows:
            raise CommandError(f"Nothing was imported: every row has an error.\n{summary}")
        self.stdout.write(summary)


def file_options(options: dict[str, Any]) -> FileOptions:
    """Return the command's options as importers take them. Raises ``BadFile`` for a column that can't be."""
    return FileOptions(
        is_skipping_bad_rows=options["skip_bad_rows"],
        headers=headers_of(options["column"]),
        decimal=decimal_of(options["decimal"]),
        actor="import_products",
    )
