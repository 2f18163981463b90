"""The catalogue as a table: one product a row, named by its SKU. Prices are in major units of the store's currency."""

import csv
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from checkout_widgets.catalogue_files import cells
from checkout_widgets.catalogue_files.formats import open_catalogue
from checkout_widgets.catalogue_files.result import BATCH, FileImport, change, wanted_rows
from checkout_widgets.models import Product
from experiments.models import Store
from experiments.tables import COMMAND, BadRow, Limits, Row
from experiments.tables.cells import fault
from experiments.tables.faults import shown

COLUMNS = ("sku", "title", "price", "cost", "stock", "category", "description", "image_url", "external_id", "is_active")
NEEDED = ("sku",)
OF_NEW = {"title": "title", "price": "price_minor"}
LENGTHS = {"category": 64, "description": 10_000, "external_id": 64}
is_address = URLValidator(schemes=["http", "https"])


def import_products(
    file: BinaryIO,
    store: Store,
    *,
    is_skipping_bad_rows: bool = False,
    headers: Mapping[str, str] | None = None,
    decimal: str | None = None,
    limits: Limits = COMMAND,
) -> FileImport:
    """Make and change the store's products; those that the file doesn't name stay as they are.

    A field that the file has no column for stays as it is, too; an empty cell clears it. All or nothing, unless bad
    rows are skipped. Raises ``BadFile``.
    """
    catalogue = open_catalogue(
        file, store, columns=COLUMNS, needed=NEEDED, headers=headers, decimal=decimal, limits=limits
    )
    result = FileImport(notes=catalogue.notes)
    skus = set(Product.objects.filter(store=store).values_list("sku", flat=True))
    wanted = wanted_rows(
        catalogue.rows,
        lambda row: read(row, store.currency, skus),
        "sku",
        result,
        is_skipping_bad_rows=is_skipping_bad_rows,
    )
    save(store, wanted, result)
    return result


def save(store: Store, wanted: Mapping[str, Mapping[str, Any]], result: FileImport) -> None:
    """Make and change the products, locked meanwhile against whoever edits them."""
    with transaction.atomic():
        known = {product.sku: product for product in Product.objects.select_for_update().filter(store=store)}
        new, changed = [], []
        for sku, fields in wanted.items():
            product = known.get(sku)
            if product is None:
                new.append(Product(store=store, currency=store.currency))
                change(new[-1], fields)
            elif change(product, fields):
                changed.append(product)
        Product.objects.bulk_create(new, batch_size=BATCH)
        names = sorted({name for fields in wanted.values() for name in fields} - {"sku"})
        if changed:
            Product.objects.bulk_update(changed, names, batch_size=BATCH)
    result.created, result.updated = len(new), len(changed)
    result.unchanged = len(wanted) - len(new) - len(changed)


def read(row: Row, currency: str, skus: Collection[str]) -> dict[str, Any]:
    """What a row says of a product's fields. Raises ``BadRow``."""
    fields: dict[str, Any] = {"sku": cells.name(row, "sku")}
    if row.has("title"):
        fields["title"] = cells.words(row, "title", 200)
    if row.has("price"):
        fields["price_minor"] = cells.amount(row, "price", currency)
    if row.has("cost"):
        fields["cost_minor"] = cells.optional_amount(row, "cost", currency)
    if row.has("stock"):
        fields["stock"] = cells.stock(row, "stock")
    for column, length in LENGTHS.items():
        if row.has(column):
            fields[column] = cells.optional_words(row, column, length)
    if row.has("image_url"):
        fields["image_url"] = address(row, "image_url")
    if row["is_active"]:  # nothing is switched on or off by an empty cell
        fields["is_active"] = cells.flag(row, "is_active")
    missing = [column for column, field in OF_NEW.items() if field not in fields]
    if missing and fields["sku"] not in skus:
        raise BadRow(f"sku {shown(fields['sku'])} is new, and a new product needs a {missing[0]}: add that column")
    return fields


def address(row: Row, column: str) -> str:
    """A web address, or nothing."""
    value = cells.optional_words(row, column, 500)
    try:
        if value:
            is_address(value)
    except ValidationError:
        raise fault(row, column, "is not a web address: write it with https://") from None
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
            cells.guarded(product.sku),
            cells.guarded(product.title),
            cells.written(product.price_minor, product.currency),
            cells.written(product.cost_minor, product.currency),
            "" if product.stock is None else str(product.stock),
            cells.guarded(product.category),
            cells.guarded(product.description),
            cells.guarded(product.image_url),
            cells.guarded(product.external_id),
            "yes" if product.is_active else "no",
        ]
