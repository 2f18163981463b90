"""WooCommerce's export of products. Variable products are sold as their variations, so only these become rows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from checkout_widgets.catalogue_files.formats.words import IN_STOCK, OUT_OF_STOCK, fitting, plain
from experiments.models import Store
from experiments.tables import BadRow, Row, Table, cells

NOTE = "The file was read as WooCommerce's export of products."
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
UNPUBLISHED = frozenset({"0", "-1"})
DATE_LENGTH = len("2026-11-02")
SALE_DATES = ("sale_starts", "sale_ends")
SHORT_HOUR = re.compile(r" (?=\d:)")  # WooCommerce writes midnight as 0:00:00


def is_export(table: Table) -> bool:
    """Whether the header is WooCommerce's, in English."""
    return table.has("type", "sku", "name", "regular_price")


@dataclass(slots=True)
class Parents:
    """The variable products so far, by what variations call them: ``id:44`` or their SKU."""

    by_name: dict[str, Row] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Remember a product."""
        for name in filter(None, (f"id:{row['external_id']}", row["sku"])):
            self.by_name[name] = row

    def of(self, row: Row) -> Row:
        """The row's product; an empty row where it has none."""
        return self.by_name.get(row["parent"], Row(row.number))


def read(rows: Iterator[Row], store: Store) -> Iterator[Row]:
    """A row for each product and variation that can be bought, with our columns."""
    parents, zone = Parents(), ZoneInfo(store.timezone)
    for row in rows:
        if row.fault is not None:
            yield row
            continue
        found = row.mapped(SOURCES)
        kinds = {kind.strip().lower() for kind in found["type"].split(",")}
        if kinds & NOT_SOLD_THEMSELVES:
            parents.add(found)
        else:
            yield our_row(found, parents.of(found), zone)


def our_row(row: Row, parent: Row, zone: ZoneInfo) -> Row:
    """A product under our columns; bad where its sale can't be dated."""
    try:
        is_on_sale = bool(row["sale_price"]) and is_sale_now(row, zone)
    except BadRow as error:
        return replace(row, fault=error)
    labels = dict(row.labels)
    if is_on_sale:
        labels["price"] = row.label("sale_price")
    return replace(row, values=our_values(row, parent, is_on_sale=is_on_sale), labels=labels)


def our_values(row: Row, parent: Row, *, is_on_sale: bool) -> dict[str, str]:
    """A product under our columns. What the export has no column for isn't there."""
    categories = (row["category"] or parent["category"]).split(",")
    described = next(filter(None, (plain(each) for each in descriptions(row, parent))), "")
    values = {
        "sku": row["sku"],
        "title": fitting("title", plain(row["title"])),
        "price": row["sale_price"] if is_on_sale else row["price"],
        "category": fitting("category", plain(categories[0])),
        "description": fitting("description", described),
        "image_url": (row["images"] or parent["images"]).split(", ")[0].strip(),
        **stock_values(row, parent),
    }
    for column in ("external_id", "cost"):
        if row.has(column):
            values[column] = row[column]
    if row["published"] in UNPUBLISHED:
        values["is_active"] = "no"
    return values


def descriptions(row: Row, parent: Row) -> tuple[str, ...]:
    """What describes a product, the most fitting first."""
    return row["short"], row["long"], parent["short"], parent["long"]


def stock_values(row: Row, parent: Row) -> Mapping[str, str]:
    """The stock: a number, that nobody counts it, or nothing where the export leaves it out."""
    is_of_parent = row["stock"] in {"", OF_PARENT}
    counted = parent["stock"] if is_of_parent else row["stock"]
    can_be_ordered = row["backorders"].lower() in {"1", "notify"}
    if counted:
        return {"stock": "" if can_be_ordered else counted}
    if not row.has("is_in_stock"):
        return {}
    is_out = row["is_in_stock"] == "0" and not can_be_ordered
    return {"stock": OUT_OF_STOCK if is_out else IN_STOCK}


def is_sale_now(row: Row, zone: ZoneInfo) -> bool:
    """Whether the sale price holds now. Raises ``BadRow``."""
    now = timezone.now()
    row = replace(row, values={**row.values, **{name: SHORT_HOUR.sub(" 0", row[name]) for name in SALE_DATES}})
    starts, ends = (cells.time(row, name, zone) if row[name] else None for name in SALE_DATES)
    if ends and len(row["sale_ends"]) == DATE_LENGTH:  # the last day, all of it
        ends += timedelta(days=1)
    return (starts is None or starts <= now) and (ends is None or now <= ends)
