"""Offers as CSV: one a row, named by its key. ``items`` are ``SKU`` or ``SKU x 2``, separated by semicolons."""

import csv
import re
from collections.abc import Mapping
from typing import IO, Any, BinaryIO
from zoneinfo import ZoneInfo

from django.db import transaction

from checkout_widgets.catalogue_files import cells
from checkout_widgets.catalogue_files.result import FileImport, change, wanted_rows
from checkout_widgets.models import Offer, OfferItem, OfferKind, Product
from experiments.imports.csv_rows import BadRow, read_rows, text
from experiments.models import Store

COLUMNS = ("key", "name", "kind", "price", "compare_at", "items", "stock_limit", "starts_at", "ends_at", "is_active")
NEEDED = ("key", "name", "kind", "price", "items")
ITEM = re.compile(r"(.+?)(?:\s+x\s*(\d{1,4}))?")
KEY = re.compile(r"[-a-zA-Z0-9_]+")


def import_offers(file: BinaryIO, store: Store, *, is_skipping_bad_rows: bool = False) -> FileImport:
    """Make and change the store's offers with their items; those that the file doesn't name stay as they are.

    All or nothing, unless bad rows are skipped. Raises ``csv_rows.BadFile``.
    """
    result, products = FileImport(), {product.sku: product for product in Product.objects.filter(store=store)}
    wanted = wanted_rows(
        read_rows(file, NEEDED),
        lambda row: read(row, store, products),
        "key",
        result,
        is_skipping_bad_rows=is_skipping_bad_rows,
    )
    with transaction.atomic():
        known = {offer.key: offer for offer in Offer.objects.select_for_update().filter(store=store, key__in=wanted)}
        items = items_of(known)
        for key, row in wanted.items():
            save(store, known.get(key), row, items.get(key), result)
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
    if offer is None:
        offer = Offer.objects.create(store=store, currency=store.currency, **fields)
        result.created += 1
    elif change(offer, fields) or items != row["items"]:
        offer.save()
        result.updated += 1
    else:
        result.unchanged += 1
    if items != row["items"]:
        offer.items.all().delete()
        OfferItem.objects.bulk_create(
            OfferItem(offer=offer, product_id=product_id, quantity=quantity, position=position)
            for position, (product_id, quantity) in enumerate(row["items"])
        )


def read(row: Mapping[str, str], store: Store, products: Mapping[str, Product]) -> dict[str, Any]:
    """A row as an offer's fields. Raises ``BadRow``."""
    key, kind = text(row, "key", 64), text(row, "kind", 32)
    if not KEY.fullmatch(key):
        raise BadRow(f"key {key!r} has other characters than letters, digits, - and _")
    if kind not in OfferKind.values:
        raise BadRow(f"kind {kind!r} is none of {', '.join(OfferKind.values)}")
    zone = ZoneInfo(store.timezone)
    starts_at, ends_at = cells.optional_time(row, "starts_at", zone), cells.optional_time(row, "ends_at", zone)
    if starts_at and ends_at and ends_at <= starts_at:
        raise BadRow("ends_at has to come after starts_at")
    return {
        "key": key,
        "name": cells.unguarded(text(row, "name", 200)),
        "kind": kind,
        "price_minor": cells.amount(row, "price", store.currency),
        "compare_at_minor": cells.optional_amount(row, "compare_at", store.currency),
        "stock_limit": cells.optional_count(row, "stock_limit"),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "is_active": cells.flag(row, "is_active"),
        "items": read_items(row, products),
    }


def read_items(row: Mapping[str, str], products: Mapping[str, Product]) -> list[tuple[int, int]]:
    """The offer's products and how many of each. Raises ``BadRow`` for one that the store doesn't have."""
    items = []
    for part in text(row, "items", 2_000).split(";"):
        found = ITEM.fullmatch(part.strip())
        sku, quantity = (found[1], int(found[2] or 1)) if found else ("", 1)
        if sku not in products or quantity < 1:
            raise BadRow(f"items: the store has no product {part.strip()[:40]!r}")
        items.append((products[sku].pk, quantity))
    if len({product_id for product_id, _ in items}) < len(items):
        raise BadRow("items: a product stands there twice")
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
                offer.key,
                cells.guarded(offer.name),
                offer.kind,
                cells.written(offer.price_minor, offer.currency),
                cells.written(offer.compare_at_minor, offer.currency),
                "; ".join(sku if quantity == 1 else f"{sku} x {quantity}" for sku, quantity in items),
                "" if offer.stock_limit is None else offer.stock_limit,
                offer.starts_at.isoformat() if offer.starts_at else "",
                offer.ends_at.isoformat() if offer.ends_at else "",
                "yes" if offer.is_active else "no",
            ]
        )
    return len(offers)
