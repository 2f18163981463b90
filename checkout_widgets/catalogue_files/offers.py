"""Offers as CSV: one a row, named by its key. ``items`` are ``SKU`` or ``SKU x 2``, separated by semicolons."""

import csv
import re
from collections.abc import Mapping
from typing import IO, Any, BinaryIO
from zoneinfo import ZoneInfo

from django.db import transaction

from checkout_widgets.catalogue_files import cells
from checkout_widgets.catalogue_files.formats import open_catalogue
from checkout_widgets.catalogue_files.result import FileImport, change, wanted_rows
from checkout_widgets.models import Offer, OfferItem, OfferKind, Product
from experiments.models import Store
from experiments.tables import COMMAND, BadRow, Limits, Row
from experiments.tables.cells import fault, text
from experiments.tables.faults import shown

COLUMNS = ("key", "name", "kind", "price", "compare_at", "items", "stock_limit", "starts_at", "ends_at", "is_active")
NEEDED = ("key",)
OF_NEW = {"name": "name", "kind": "kind", "price": "price_minor", "items": "items"}
DATES = ("starts_at", "ends_at")
ITEM = re.compile(r"(.+?)(?:\s+x\s*(\d{1,4}))?")
KEY = re.compile(r"[-a-zA-Z0-9_]+")


def import_offers(
    file: BinaryIO,
    store: Store,
    *,
    is_skipping_bad_rows: bool = False,
    headers: Mapping[str, str] | None = None,
    decimal: str | None = None,
    limits: Limits = COMMAND,
) -> FileImport:
    """Make and change the store's offers with their items; those that the file doesn't name stay as they are.

    A field that the file has no column for stays as it is, too; an empty cell clears it. All or nothing, unless bad
    rows are skipped. Raises ``BadFile``.
    """
    catalogue = open_catalogue(
        file,
        store,
        columns=COLUMNS,
        needed=NEEDED,
        headers=headers,
        decimal=decimal,
        limits=limits,
        is_of_products=False,
    )
    result, products = (
        FileImport(notes=catalogue.notes),
        dict(Product.objects.filter(store=store).values_list("sku", "pk")),
    )
    with transaction.atomic():
        # Locked from the beginning: a row is checked against what the offer is without it.
        known = {offer.key: offer for offer in Offer.objects.select_for_update().filter(store=store)}
        wanted = wanted_rows(
            catalogue.rows,
            lambda row: read(row, store, products, known),
            "key",
            result,
            is_skipping_bad_rows=is_skipping_bad_rows,
        )
        items = items_of({key: offer for key, offer in known.items() if key in wanted})
        for key, fields in wanted.items():
            save(store, known.get(key), fields, items.get(key), result)
    return result


def items_of(known: dict[str, Offer]) -> dict[str, list[tuple[int, int]]]:
    """What is in the offers, by key: products and how many of each, in their order."""
    items: dict[str, list[tuple[int, int]]] = {key: [] for key in known}
    rows = OfferItem.objects.filter(offer__in=known.values()).order_by("position", "pk")
    for key, product_id, quantity in rows.values_list("offer__key", "product_id", "quantity"):
        items[key].append((product_id, quantity))
    return items


def save(
    store: Store, offer: Offer | None, row: dict[str, Any], items: list[tuple[int, int]] | None, result: FileImport
) -> None:
    """Make or change one offer."""
    fields = {name: value for name, value in row.items() if name != "items"}
    has_other_items = "items" in row and items != row["items"]
    if offer is None:
        offer = Offer.objects.create(store=store, currency=store.currency, **fields)
        result.created += 1
    elif change(offer, fields) or has_other_items:
        offer.save()
        result.updated += 1
    else:
        result.unchanged += 1
    if has_other_items:
        offer.items.all().delete()
        OfferItem.objects.bulk_create(
            OfferItem(offer=offer, product_id=product_id, quantity=quantity, position=position)
            for position, (product_id, quantity) in enumerate(row["items"])
        )


def read(row: Row, store: Store, products: Mapping[str, int], known: Mapping[str, Offer]) -> dict[str, Any]:
    """What a row says of an offer's fields. Raises ``BadRow``."""
    fields: dict[str, Any] = {"key": key_of(row)}
    if row.has("name"):
        fields["name"] = cells.words(row, "name", 200)
    if row.has("kind"):
        fields["kind"] = kind_of(row)
    if row.has("price"):
        fields["price_minor"] = cells.amount(row, "price", store.currency)
    if row.has("compare_at"):
        fields["compare_at_minor"] = cells.optional_amount(row, "compare_at", store.currency)
    if row.has("stock_limit"):
        fields["stock_limit"] = cells.optional_count(row, "stock_limit")
    for column in DATES:
        if row.has(column):
            fields[column] = cells.optional_time(row, column, ZoneInfo(store.timezone))
    if row["is_active"]:  # nothing is switched on or off by an empty cell
        fields["is_active"] = cells.flag(row, "is_active")
    if row.has("items"):
        fields["items"] = read_items(row, products)
    check(fields, known.get(fields["key"]))
    return fields


def key_of(row: Row) -> str:
    """What names the offer. Raises ``BadRow``."""
    key = cells.name(row, "key")
    if not KEY.fullmatch(key):
        raise fault(row, "key", "has other characters than letters, digits, - and _: rename it")
    return key


def kind_of(row: Row) -> str:
    """What sort of offer it is. Raises ``BadRow``."""
    kind = text(row, "kind", 32)
    if kind not in OfferKind.values:
        raise fault(row, "kind", f"is not one of {', '.join(OfferKind.values)}")
    return kind


def check(fields: Mapping[str, Any], offer: Offer | None) -> None:
    """Raise ``BadRow`` where the fields, with those that the offer has already, can't be an offer."""
    missing = [column for column, field in OF_NEW.items() if field not in fields]
    if offer is None and missing:
        raise BadRow(f"key {fields['key']!r} is new, and a new offer needs a column {missing[0]}: add it")
    starts_at, ends_at = (fields.get(name, getattr(offer, name, None)) for name in DATES)
    if starts_at and ends_at and ends_at <= starts_at:
        raise BadRow(f"ends_at {ends_at:%Y-%m-%d %H:%M} has to come after starts_at {starts_at:%Y-%m-%d %H:%M} (UTC)")


def read_items(row: Row, products: Mapping[str, int]) -> list[tuple[int, int]]:
    """The offer's products and how many of each. Raises ``BadRow`` for one that the store doesn't have."""
    items = []
    for part in cells.words(row, "items", 2_000).split(";"):
        found = ITEM.fullmatch(part.strip())
        sku, quantity = (found[1], int(found[2] or 1)) if found else ("", 1)
        product_id = products.get(sku)
        if product_id is None or quantity < 1:
            raise BadRow(f"items: the store has no product {shown(part.strip())}: import it first")
        items.append((product_id, quantity))
    if len({product_id for product_id, _ in items}) < len(items):
        raise BadRow("items: a product is listed twice: list it once, as SKU x 2")
    return items


def export_offers(file: IO[str], store: Store) -> int:
    """Write the store's offers, and return how many; ``import_offers`` reads what it writes."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    offers = Offer.objects.filter(store=store).order_by("key").prefetch_related("items__product")
    for offer in offers:
        items = ((item.product.sku, item.quantity) for item in offer.items.all())
        writer.writerow(
            [
                cells.guarded(offer.key),
                cells.guarded(offer.name),
                offer.kind,
                cells.written(offer.price_minor, offer.currency),
                cells.written(offer.compare_at_minor, offer.currency),
                cells.guarded("; ".join(sku if quantity == 1 else f"{sku} x {quantity}" for sku, quantity in items)),
                "" if offer.stock_limit is None else offer.stock_limit,
                offer.starts_at.isoformat() if offer.starts_at else "",
                offer.ends_at.isoformat() if offer.ends_at else "",
                "yes" if offer.is_active else "no",
            ]
        )
    return len(offers)
