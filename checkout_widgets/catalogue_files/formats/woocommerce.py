"""WooCommerce's export of products. Variable products are sold as their variations, so only these become rows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from checkout_widgets.catalogue_files.formats.words import IN_STOCK, OUT_OF_STOCK, fitting, plain
from experiments.models import Store
from experiments.tables import BadRow, Row, Table, cells

SOURCES = {
    "external_id": "id",
    "type": "type",
    "sku": "sku",
    "title": "name",
    "published": "published",
    "short": "short_description",
    "long": "description",
    "sale_starts": "date_sale_price_starts",
    "sale_ends": "date_sale_price_ends",
    "is_in_stock": "in_stock?",
    "stock": "stock",
    "backorders": "backorders_allowed?",
    "sale_price": "sale_price",
    "price": "regular_price",
    "cost": "cost_of_goods",
    "category": "categories",
    "images": "images",
    "parent": "parent",
}
COLUMNS = frozenset(SOURCES.values())
NOT_SOLD_THEMSELVES = frozenset({"variable", "grouped", "external", "variable-subscription"})
OF_PARENT = "parent"  # the stock of a variation that its product counts; often it is empty instead
UNPUBLISHED = frozenset({"0", "-1"})  # a private product, a draft
DATE_LENGTH = len("2026-11-02")
SHORT_HOUR = re.compile(r" (?=\d:)")  # WooCommerce writes midnight as 0:00:00


def note() -> str:
    """Return what to tell whoever imports such a file."""
    return _("The file was read as WooCommerce's export of products.")


def is_export(table: Table) -> bool:
    """Whether the header is WooCommerce's, in English."""
    return table.has("type", "sku", "name", "regular_price")


@dataclass(slots=True)
class Parents:
    """The variable products so far, by what variations call them: ``id:44`` or their SKU."""

    by_name: dict[str, Row] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Remember a product."""
        self.by_name[f"id:{row['external_id']}"] = row
        if row["sku"]:
            self.by_name[row["sku"]] = row

    def of(self, row: Row) -> Row:
        """Return the row's product; an empty row where it has none."""
        return self.by_name.get(row["parent"], Row(row.number))


def read(rows: Iterator[Row], store: Store) -> Iterator[Row]:
    """Yield a row for each product and variation that can be bought, with our columns."""
    parents, zone = Parents(), store.zone
    for row in rows:
        if row.fault is not None:
            yield row
            continue
        product = row.mapped(SOURCES)
        # An export lists a product before its variations, which leave out what they share with it.
        if is_sold_itself(product):
            yield our_row(product, parents.of(product), zone)
        else:
            parents.add(product)


def is_sold_itself(product: Row) -> bool:
    """Whether the product can be put into a cart: not one that only holds others together."""
    kinds = {kind.strip().lower() for kind in product["type"].split(",")}
    return not kinds & NOT_SOLD_THEMSELVES


def our_row(row: Row, parent: Row, zone: ZoneInfo) -> Row:
    """Return a product under our columns; bad where its sale can't be dated."""
    try:
        is_on_sale = bool(row["sale_price"]) and is_sale_now(row, zone)
    except BadRow as error:
        return replace(row, fault=error)
    labels = dict(row.labels)
    if is_on_sale:
        labels["price"] = row.label("sale_price")
    return replace(row, values=our_values(row, parent, is_on_sale=is_on_sale), labels=labels)


def our_values(row: Row, parent: Row, *, is_on_sale: bool) -> dict[str, str]:
    """Return a product under our columns. What the export has no column for isn't there."""
    categories = row["category"] or parent["category"]
    images = row["images"] or parent["images"]
    price = row["price"]
    if is_on_sale:
        price = row["sale_price"]
    values = {
        "sku": row["sku"],
        "title": fitting("title", plain(row["title"])),
        "price": price,
        "category": fitting("category", plain(categories.split(",")[0])),
        "description": fitting("description", description(row, parent)),
        "image_url": images.split(", ")[0].strip(),
        **stock_values(row, parent),
    }
    for column in ("external_id", "cost"):
        if row.has(column):
            values[column] = row[column]
    if row["published"] in UNPUBLISHED:
        values["is_active"] = "no"
    return values


def description(row: Row, parent: Row) -> str:
    """Return the first text that describes the product, the most fitting first: the variation's own, the short one."""
    for markup in (row["short"], row["long"], parent["short"], parent["long"]):
        text = plain(markup)
        if text:
            return text
    return ""


def stock_values(row: Row, parent: Row) -> Mapping[str, str]:
    """Return the stock: a number, that nobody counts it, or nothing where the export leaves it out."""
    counted = row["stock"]
    if counted in {"", OF_PARENT}:
        counted = parent["stock"]
    can_be_ordered = row["backorders"].lower() in {"1", "notify"}
    if counted and can_be_ordered:
        return {"stock": ""}
    if counted:
        return {"stock": counted}
    if not row.has("is_in_stock"):
        return {}
    if row["is_in_stock"] == "0" and not can_be_ordered:
        return {"stock": OUT_OF_STOCK}
    return {"stock": IN_STOCK}


def is_sale_now(row: Row, zone: ZoneInfo) -> bool:
    """Whether the sale price holds now. Raises ``BadRow``."""
    now = timezone.now()
    starts, ends = sale_time(row, "sale_starts", zone), sale_time(row, "sale_ends", zone)
    if ends and len(row["sale_ends"]) == DATE_LENGTH:
        ends += timedelta(days=1)  # the last day, all of it
    has_started = starts is None or starts <= now
    return has_started and (ends is None or now <= ends)


def sale_time(row: Row, column: str, zone: ZoneInfo) -> datetime | None:
    """Return when a sale starts or ends; None where it doesn't say. Raises ``BadRow``."""
    if not row[column]:
        return None
    text = SHORT_HOUR.sub(" 0", row[column])
    return cells.time(replace(row, values={**row.values, column: text}), column, zone)
