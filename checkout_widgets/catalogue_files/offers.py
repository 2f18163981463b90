"""Offers as CSV: one a row, named by its key. ``items`` are ``SKU`` or ``SKU x 2``, separated by semicolons."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from checkout_widgets.catalogue_files import cells
from checkout_widgets.catalogue_files.formats import open_catalogue
from checkout_widgets.catalogue_files.options import DEFAULT, FileOptions
from checkout_widgets.catalogue_files.result import FileImport, change, wanted_rows
from checkout_widgets.models import Offer, OfferItem, OfferKind, OfferPairing, PairSource, Product
from experiments.models import Store
from experiments.tables import BadRow, Row
from experiments.tables.cells import fault, text
from experiments.tables.faults import shown

COLUMNS = (
    *("key", "name", "kind", "price", "compare_at", "items", "stock_limit", "starts_at", "ends_at", "is_active"),
    *("terms", "pairing", "pair_source", "pair_discount"),
)
NEEDED = ("key",)
OF_NEW = {"name": "name", "kind": "kind", "price": "price_minor", "items": "items"}
OF_NEW_PAIRS = {"name": "name"}  # what it costs, and what it sells, follows from the cart
MOST_DISCOUNT = 90
DATES = ("starts_at", "ends_at")
BETWEEN_ITEMS = ";"
ITEM = re.compile(r"(.+?)(?:\s+x\s*(\d{1,4}))?")
KEY = re.compile(r"[-a-zA-Z0-9_]+")

Items = list[tuple[int, int]]  # the product's primary key, and how many of it


def import_offers(file: BinaryIO, store: Store, options: FileOptions = DEFAULT) -> FileImport:
    """Create and change the store's offers with their items; those that the file doesn't name stay as they are.

    A field that the file has no column for stays as it is, too; an empty cell clears it. All or nothing, unless bad
    rows are skipped. Raises ``BadFile``.
    """
    catalogue = open_catalogue(file, store, options, columns=COLUMNS, needed=NEEDED, is_of_products=False)
    result = FileImport(notes=catalogue.notes)
    with transaction.atomic():
        # Locked from the beginning: a row is checked against what the offer is without it.
        known = {offer.key: offer for offer in Offer.objects.select_for_update().filter(store=store)}
        reader = OfferReader(store, dict(Product.objects.filter(store=store).values_list("sku", "pk")), known)
        wanted = wanted_rows(
            catalogue.rows, reader.read, "key", result, is_skipping_bad_rows=options.is_skipping_bad_rows
        )
        items = items_of(store, wanted)
        for key, fields in wanted.items():
            save(store, known.get(key), fields, items=items.get(key, []), result=result)
    return result


def items_of(store: Store, keys: Mapping[str, object]) -> dict[str, Items]:
    """Return what is in the stored offers with these keys, in their order."""
    items: dict[str, Items] = {}
    stored = OfferItem.objects.filter(offer__store=store, offer__key__in=keys).order_by("position", "pk")
    for key, product_id, quantity in stored.values_list("offer__key", "product_id", "quantity"):
        items.setdefault(key, []).append((product_id, quantity))
    return items


def save(store: Store, offer: Offer | None, row: dict[str, Any], *, items: Items, result: FileImport) -> None:
    """Create or change one offer; ``items`` are those that it has."""
    fields = dict(row)
    wanted_items = fields.pop("items", items)
    if offer is None:
        offer = Offer.objects.create(store=store, currency=store.currency, **fields)
        result.created += 1
    elif change(offer, fields) or wanted_items != items:
        # Saved also where only the items differ, so that its time says when what is sold last changed.
        offer.save()
        result.updated += 1
    else:
        result.unchanged += 1
    if wanted_items != items:
        replace_items(offer, wanted_items)


def replace_items(offer: Offer, items: Items) -> None:
    """Make the offer sell these products, in this order."""
    rows = []
    for position, (product_id, quantity) in enumerate(items):
        rows.append(OfferItem(offer=offer, product_id=product_id, quantity=quantity, position=position))
    # Replaced, not changed one by one: an offer may not have one product twice, not even while rows are reordered.
    offer.items.all().delete()
    OfferItem.objects.bulk_create(rows)


@dataclass(frozen=True, slots=True)
class OfferReader:
    """Reads rows for a store: ``products`` are the primary keys of its products by SKU, ``known`` its offers by key."""

    store: Store
    products: Mapping[str, int]
    known: Mapping[str, Offer]

    def read(self, row: Row) -> dict[str, Any]:
        """Return what a row says of an offer's fields. Raises ``BadRow``."""
        fields: dict[str, Any] = {"key": key_of(row)}
        offer = self.known.get(fields["key"])
        pairing = read_pairing(row, offer)
        if pairing:
            return fields | self.read_of_pairs(row, pairing, offer)
        refuse_cells(row, ("pair_source", "pair_discount"), _("is for an offer of pairs alone: leave it empty"))
        if row.has("name"):
            fields["name"] = cells.words(row, "name", 200)
        if row.has("kind"):
            fields["kind"] = kind_of(row)
        if row.has("price"):
            fields["price_minor"] = cells.amount(row, "price", self.store.currency)
        if row.has("compare_at"):
            fields["compare_at_minor"] = cells.optional_amount(row, "compare_at", self.store.currency)
        if row.has("terms"):
            fields["terms"] = cells.optional_words(row, "terms", 300)
        if row.has("items"):
            fields["items"] = self.read_items(row)
        fields |= self.read_availability(row)
        if offer is None:
            check_new(fields, OF_NEW)
        check_dates(fields, offer)
        return fields

    def read_of_pairs(self, row: Row, pairing: str, offer: Offer | None) -> dict[str, Any]:
        """Return what a row says of an offer of pairs, but for its key. Raises ``BadRow``."""
        refuse_cells(row, ("price", "items", "compare_at"), _("is not for an offer of pairs: leave it empty"))
        fields: dict[str, Any] = {"pairing": pairing}
        if row.has("name"):
            fields["name"] = cells.words(row, "name", 200)
        if row.has("terms"):
            fields["terms"] = cells.optional_words(row, "terms", 300)
        if row.has("pair_source"):
            fields["pair_source"] = source_of(row)
        if row.has("pair_discount"):
            fields["pair_discount"] = discount_of(row)
        fields |= self.read_availability(row)
        if offer is None:
            check_new(fields | {"key": row["key"]}, OF_NEW_PAIRS)
            fields["price_minor"] = 0
        check_dates(fields, offer)
        return fields

    def read_availability(self, row: Row) -> dict[str, Any]:
        """Return what a row says of when, and how often, the offer can be had. Raises ``BadRow``."""
        fields: dict[str, Any] = {}
        if row.has("stock_limit"):
            fields["stock_limit"] = cells.optional_count(row, "stock_limit")
        for column in DATES:
            if row.has(column):
                fields[column] = cells.optional_time(row, column, self.store.zone)
        if row["is_active"]:  # nothing is switched on or off by an empty cell
            fields["is_active"] = cells.flag(row, "is_active")
        return fields

    def read_items(self, row: Row) -> Items:
        """Return the offer's products and how many of each. Raises ``BadRow`` for one that the store doesn't have."""
        items: Items = []
        seen: set[int] = set()
        for part in cells.words(row, "items", 2_000).split(BETWEEN_ITEMS):
            product_id, quantity = self.read_item(part.strip())
            if product_id in seen:
                raise BadRow(_("items: a product is listed twice: list it once, as SKU x 2"))
            seen.add(product_id)
            items.append((product_id, quantity))
        return items

    def read_item(self, part: str) -> tuple[int, int]:
        """Return the product and how many of it. Raises ``BadRow``."""
        match = ITEM.fullmatch(part)
        if match is not None:
            product_id, quantity = self.products.get(match[1]), int(match[2] or 1)
            if product_id is not None and quantity >= 1:
                return product_id, quantity
        raise BadRow(_("items: the store has no product {item}: import it first").format(item=shown(part)))


def key_of(row: Row) -> str:
    """Return what names the offer. Raises ``BadRow``."""
    key = cells.name(row, "key")
    if not KEY.fullmatch(key):
        raise fault(row, "key", _("has characters other than letters, digits, - and _: rename it"))
    return key


def read_pairing(row: Row, offer: Offer | None) -> str:
    """Return which pairs the row's offer sells; empty of fixed products. Raises ``BadRow`` where that would change."""
    known = ""
    if offer is not None:
        known = offer.pairing
    if not row.has("pairing"):
        return known
    pairing = row["pairing"].strip()
    if pairing not in OfferPairing.values:
        raise fault(row, "pairing", _("is not one of {values}").format(values=", ".join(filter(None, OfferPairing))))
    if offer is not None and pairing != known:
        raise fault(row, "pairing", _("differs from the offer's, which can't change: make a new offer"))
    return pairing


def refuse_cells(row: Row, columns: Iterable[str], why: str) -> None:
    """Raise ``BadRow`` where the row says something that its offer can't have."""
    for column in columns:
        if row[column]:
            raise fault(row, column, why)


def source_of(row: Row) -> str:
    """Return from where pairs are taken. Raises ``BadRow``."""
    source = row["pair_source"].strip()
    if source not in PairSource.values:
        raise fault(row, "pair_source", _("is not one of {values}").format(values=", ".join(filter(None, PairSource))))
    return source


def discount_of(row: Row) -> int:
    """Return the discount in percent. Raises ``BadRow``."""
    discount = cells.optional_count(row, "pair_discount") or 0
    if discount > MOST_DISCOUNT:
        raise fault(row, "pair_discount", _("is more than {most}").format(most=MOST_DISCOUNT))
    return discount


def kind_of(row: Row) -> str:
    """Return what sort of offer it is. Raises ``BadRow``."""
    kind = text(row, "kind", 32)
    if kind not in OfferKind.values:
        raise fault(row, "kind", _("is not one of {kinds}").format(kinds=", ".join(OfferKind.values)))
    return kind


def check_new(fields: Mapping[str, Any], needed: Mapping[str, str]) -> None:
    """Raise ``BadRow`` where the fields of an offer that the store doesn't have yet are too few."""
    for column, field in needed.items():
        if field not in fields:
            raise BadRow(
                _("key {key} is new, and a new offer needs a column {column}: add it").format(
                    key=shown(fields["key"]), column=column
                )
            )


def check_dates(fields: Mapping[str, Any], offer: Offer | None) -> None:
    """Raise ``BadRow`` where the offer, with what the row changes, would end before it starts."""
    starts_at = fields.get("starts_at", getattr(offer, "starts_at", None))
    ends_at = fields.get("ends_at", getattr(offer, "ends_at", None))
    if starts_at and ends_at and ends_at <= starts_at:
        raise BadRow(
            _("ends_at {end} has to come after starts_at {start} (UTC)").format(
                end=f"{ends_at:%Y-%m-%d %H:%M}", start=f"{starts_at:%Y-%m-%d %H:%M}"
            )
        )


def export_offers(file: IO[str], store: Store) -> int:
    """Write the store's offers as CSV, and return how many; ``import_offers`` reads what it writes."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    offers = Offer.objects.filter(store=store).order_by("key").prefetch_related("items__product")
    for offer in offers:
        writer.writerow(written_row(offer))
    return len(offers)


def written_row(offer: Offer) -> list[str]:
    """Return the offer as a row of ``COLUMNS``."""
    price, discount = cells.written_amount(offer.price_minor, offer.currency), ""
    if offer.pairing:
        price, discount = "", str(offer.pair_discount)
    return [
        cells.guarded(offer.key),
        cells.guarded(offer.name),
        offer.kind,
        price,
        cells.written_amount(offer.compare_at_minor, offer.currency),
        cells.guarded(written_items(offer)),
        cells.written_count(offer.stock_limit),
        cells.written_time(offer.starts_at),
        cells.written_time(offer.ends_at),
        cells.written_flag(offer.is_active),
        cells.guarded(offer.terms),
        offer.pairing,
        offer.pair_source,
        discount,
    ]


def written_items(offer: Offer) -> str:
    """Return the offer's products as ``read_items`` reads them, such as ``TEA; CUP x 2``."""
    parts = []
    for item in offer.items.all():
        part = item.product.sku
        if item.quantity > 1:
            part = f"{part} x {item.quantity}"
        parts.append(part)
    return f"{BETWEEN_ITEMS} ".join(parts)
