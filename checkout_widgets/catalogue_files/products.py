"""The catalogue as a table: one product a row, named by its SKU. Prices are in major units of the store's currency."""

import csv
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from checkout_widgets.catalogue_files import cells
from checkout_widgets.catalogue_files.formats import open_catalogue
from checkout_widgets.catalogue_files.options import DEFAULT, FileOptions
from checkout_widgets.catalogue_files.result import BATCH, FileImport, change, wanted_rows
from checkout_widgets.models import Product, ProductKind
from experiments.models import Store
from experiments.tables import BadRow, Row
from experiments.tables.cells import fault
from experiments.tables.faults import shown

COLUMNS = (
    "sku",
    "title",
    "price",
    "cost",
    "stock",
    "category",
    "description",
    "image_url",
    "external_id",
    "is_active",
    "kind",
)
NEEDED = ("sku",)
OF_NEW = {"title": "title", "price": "price_minor"}
LENGTHS = {"category": 64, "description": 10_000, "external_id": 64}
check_address = URLValidator(schemes=["http", "https"])


def import_products(file: BinaryIO, store: Store, options: FileOptions = DEFAULT) -> FileImport:
    """Create and change the store's products; those that the file doesn't name stay as they are.

    A field that the file has no column for stays as it is, too; an empty cell clears it. All or nothing, unless bad
    rows are skipped. Raises ``BadFile``.
    """
    catalogue = open_catalogue(file, store, options, columns=COLUMNS, needed=NEEDED)
    result = FileImport(notes=catalogue.notes)
    skus = set(Product.objects.filter(store=store).values_list("sku", flat=True))

    def read_row(row: Row) -> dict[str, Any]:
        return read(row, store.currency, skus)

    wanted = wanted_rows(catalogue.rows, read_row, "sku", result, is_skipping_bad_rows=options.is_skipping_bad_rows)
    save(store, wanted, result)
    return result


def save(store: Store, wanted: Mapping[str, Mapping[str, Any]], result: FileImport) -> None:
    """Create and change the products."""
    new, changed = [], []
    columns: set[str] = set()
    with transaction.atomic():
        # Locked against whoever edits a product meanwhile: what the file doesn't say is written back as it was read.
        known = {product.sku: product for product in Product.objects.select_for_update().filter(store=store)}
        for sku, fields in wanted.items():
            columns.update(fields)
            product = known.get(sku)
            if product is None:
                product = Product(store=store, currency=store.currency)
                change(product, fields)
                new.append(product)
            elif change(product, fields):
                changed.append(product)
        # A SKU that somebody adds meanwhile makes the whole file fail, and nothing of it is stored.
        Product.objects.bulk_create(new, batch_size=BATCH)
        if changed:
            Product.objects.bulk_update(changed, sorted(columns - {"sku"}), batch_size=BATCH)
    result.created, result.updated = len(new), len(changed)
    result.unchanged = len(wanted) - len(new) - len(changed)


def read(row: Row, currency: str, skus: Collection[str]) -> dict[str, Any]:
    """Return what a row says of a product's fields. Raises ``BadRow``."""
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
    fields |= read_choices(row)
    if fields["sku"] not in skus:
        check_new(fields)
    return fields


def check_new(fields: Mapping[str, Any]) -> None:
    """Raise ``BadRow`` where the fields of a product that the store doesn't have yet are too few."""
    for column, field in OF_NEW.items():
        if field not in fields:
            raise BadRow(
                _("sku {sku} is new, and a new product needs a {column}: add that column").format(
                    sku=shown(fields["sku"]), column=column
                )
            )


def read_choices(row: Row) -> dict[str, Any]:
    """Return what a row says of fields that an empty cell leaves as they are. Raises ``BadRow``."""
    fields: dict[str, Any] = {}
    if row["is_active"]:
        fields["is_active"] = cells.flag(row, "is_active")
    if row["kind"]:
        fields["kind"] = kind(row)
    return fields


def kind(row: Row) -> str:
    """Return what a product is to recommendations. Raises ``BadRow``."""
    value = row["kind"].lower().replace(" ", "_")
    if value not in ProductKind.values:
        raise fault(row, "kind", _("is not a kind: write goods, service, or gift_card"))
    return value


def address(row: Row, column: str) -> str:
    """Return a web address, or nothing. Raises ``BadRow``."""
    value = cells.optional_words(row, column, 500)
    if not value:
        return ""
    try:
        check_address(value)
    except ValidationError:
        raise fault(row, column, _("is not a web address: write it with https://")) from None
    return value


def export_products(file: IO[str], store: Store) -> int:
    """Write the store's products as CSV, and return how many; ``import_products`` reads what it writes."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    rows = list(written_rows(store))
    writer.writerows(rows)
    return len(rows)


def written_rows(store: Store) -> Iterator[list[str]]:
    """Yield each product as a row of ``COLUMNS``."""
    for product in Product.objects.filter(store=store).order_by("sku").iterator(BATCH):
        yield [
            cells.guarded(product.sku),
            cells.guarded(product.title),
            cells.written_amount(product.price_minor, product.currency),
            cells.written_amount(product.cost_minor, product.currency),
            cells.written_count(product.stock),
            cells.guarded(product.category),
            cells.guarded(product.description),
            cells.guarded(product.image_url),
            cells.guarded(product.external_id),
            cells.written_flag(product.is_active),
            product.kind,
        ]
