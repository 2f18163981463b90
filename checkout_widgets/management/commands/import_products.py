"""``import_products``: the catalogue, offers, or a feed of prices and stock, from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from checkout_widgets.catalogue_files import import_offers, import_products, read_feed
from experiments.imports.csv_rows import BadFile
from experiments.models import Store

KINDS = {"products": import_products, "offers": import_offers, "feed": read_feed}


class Command(BaseCommand):
    help = "Read a CSV of products or offers, or a feed (CSV or JSON: sku, price, stock), into a store."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--store", required=True, metavar="SLUG")
        parser.add_argument("--kind", choices=KINDS, default="products")
        parser.add_argument("--skip-bad-rows", action="store_true", help="import the good rows and report the others")

    def handle(self, *args: Any, **options: Any) -> None:
        store = Store.objects.filter(slug=options["store"]).first()
        if store is None:
            raise CommandError(f"There is no store {options['store']!r}.")
        try:
            with options["file"].open("rb") as file:
                result = KINDS[options["kind"]](file, store, is_skipping_bad_rows=options["skip_bad_rows"])
        except BadFile as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Cannot read {options['file']}: {error.strerror}.") from error
        self.stdout.write("\n".join(filter(None, (result.text(), result.error_text()))))
