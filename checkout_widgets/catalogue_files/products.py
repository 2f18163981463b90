"""The catalogue as CSV: one product a row, named by its SKU. Prices are in major units of the store's currency."""

import csv
from collections.abc import Iterator, Mapping
from typing import IO, Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from checkout_widgets.catalogue_files import cells
from checkout_widgets.catalogue_files.result import BATCH, FileImport, change, wanted_rows
from checkout_widgets.models import Product
from experiments.imports.csv_rows import BadRow, read_rows, text
from experiments.models import Store

COLUMNS = ("sku", "title", "price", "cost", "stock", "category", "description", "image_url", "external_id", "is_active")
NEEDED = ("sku", "title", "price")
is_address = URLValidator(schemes=["http", "https"])


def import_products(file: BinaryIO, store: Store, *, is_skipping_bad_rows: bool = False) -> FileImport:
    """Make and change the store's products; those that the file doesn't name stay as they are.

    All or nothing, unless bad rows are skipped. Raises ``csv_rows.BadFile``.
    """
    result = FileImport()
    wanted = wanted_rows(
        read_rows(file, NEEDED),
        lambda row: read(row, store.currency),
        "sku",
        result,
        is_skipping_bad_rows=is_skipping_bad_rows,
    )
    with transaction.atomic():
        known = {product.sku: product for product in Product.objects.select_for_update().filter(store=store)}
        new = [Product(store=store, currency=store.currency, **row) for sku, row in wanted.items() if sku not in known]
        changed = [known[sku] for sku, row in wanted.items() if sku in known and change(known[sku], row)]
        Product.objects.bulk_create(new, batch_size=BATCH)
        fields = [name for name in next(iter(wanted.values()), {}) if name != "sku"]
        if changed:
            Product.objects.bulk_update(changed, fields, batch_size=BATCH)
    result.created, result.updated = len(new), len(changed)
    result.unchanged = len(wanted) - len(new) - len(changed)
    return result


def read(row: Mapping[str, str], currency: str) -> dict[str, Any]:
    """A row as a product's fields. Raises ``BadRow``."""
    return {
        "sku": text(row, "sku", 64),
        "title": cells.unguarded(text(row, "title", 200)),
        "price_minor": cells.amount(row, "price", currency),
        "cost_minor": cells.optional_amount(row, "cost", currency),
        "stock": cells.optional_count(row, "stock"),
        "category": cells.unguarded(cells.optional_text(row, "category", 64)),
        "description": cells.unguarded(cells.optional_text(row, "description", 10_000)),
        "image_url": address(row, "image_url"),
        "external_id": cells.optional_text(row, "external_id", 64),
        "is_active": cells.flag(row, "is_active"),
    }


def address(row: Mapping[str, str], column: str) -> str:
    """A web address, or nothing."""
    value = cells.optional_text(row, column, 500)
    try:
        if value:
            is_address(value)
    except ValidationError:
        raise BadRow(f"{column} {value[:40]!r} is not a web address") from None
    return value


def export_products(file: IO[str], store: Store) -> int:
    """Write the store's products, and return how many; ``import_products`` reads what it writes."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    rows = list(rows_of(store))
    writer.writerows(rows)
    return len(rows)


def rows_of(store: Store) -> Iterator[list[str]]:
    """The products as rows."""
    for product in Product.objects.filter(store=store).order_by("sku").iterator(BATCH):
        yield [
            product.sku,
            cells.guarded(product.title),
            cells.written(product.price_minor, product.currency),
            cells.written(product.cost_minor, product.currency),
            "" if product.stock is None else str(product.stock),
            cells.guarded(product.category),
            cells.guarded(product.description),
            product.image_url,
            product.external_id,
            "yes" if product.is_active else "no",
        ]
