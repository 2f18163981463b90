"""Product feeds for Google Merchant Center: separated by tabs, or XML. https://support.google.com/merchants/answer/7052112"""

import re
from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.utils import timezone

from checkout_widgets.catalogue_files.formats.words import IN_STOCK, OUT_OF_STOCK, fitting, plain
from experiments.models import Store
from experiments.tables import BadFile, BadRow, Row, Table, cells

NOTE = "The file was read as a feed for Google Merchant Center."
COLUMNS = frozenset(
    {
        *("id", "title", "description", "link", "image_link", "availability", "price", "sale_price", "gtin", "mpn"),
        *("sale_price_effective_date", "google_product_category", "product_type", "cost_of_goods_sold", "condition"),
    }
)
PRICES = {"price": "price", "sale_price": "sale_price", "cost": "cost_of_goods_sold"}
AMOUNT = re.compile(r"(?:([A-Z]{3})\s*)?([\d.,]+)\s*([A-Z]{3})?")
STOCK = {
    "in_stock": IN_STOCK,
    "out_of_stock": OUT_OF_STOCK,
    "backorder": IN_STOCK,
    "preorder": OUT_OF_STOCK,
}


def is_feed(table: Table) -> bool:
    """Whether the header is a feed's."""
    return table.has("id", "title", "price", "availability")


def only_feed(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows of an XML file. Raises ``BadFile`` where none of them is a product of a feed."""
    is_known = False
    for row in rows:
        is_known = is_known or row.fault is not None or (row.has("id") and row.has("price"))
        if not is_known:
            break
        yield row
    if not is_known:
        raise BadFile(
            "The XML is no product feed as Google Merchant Center takes it: it has no item with an id and a price."
        )


def read(rows: Iterator[Row], store: Store) -> Iterator[Row]:
    """The products under our columns; the feed's id is our SKU."""
    zone = ZoneInfo(store.timezone)
    for row in rows:
        if row.fault is not None:
            yield row
            continue
        try:
            yield our_row(row, store.currency, zone)
        except BadRow as error:
            yield replace(row, fault=error)


def our_row(row: Row, currency: str, zone: ZoneInfo) -> Row:
    """A product. Raises ``BadRow``."""
    amounts = {name: amount(row, source, currency) for name, source in PRICES.items()}
    is_on_sale = bool(amounts["sale_price"]) and is_sale_now(row, zone)
    categories = (row["product_type"] or row["google_product_category"]).split(">")
    values = {"sku": row["id"], "price": amounts["sale_price"] if is_on_sale else amounts["price"]}
    if row.has("title"):
        values["title"] = fitting("title", plain(row["title"]))
    if row.has("description"):
        values["description"] = fitting("description", plain(row["description"]))
    if row.has("product_type") or row.has("google_product_category"):
        values["category"] = fitting("category", categories[-1].strip())
    if row.has("image_link"):
        values["image_url"] = row["image_link"]
    if row.has("cost_of_goods_sold"):
        values["cost"] = amounts["cost"]
    if row["availability"]:
        values["stock"] = stock(row)
    labels = {"sku": row.label("id"), "price": row.label("sale_price" if is_on_sale else "price")}
    return replace(row, values=values, labels=labels, nested={})


def amount(row: Row, column: str, currency: str) -> str:
    """The number in an amount such as ``15.00 EUR``. Raises ``BadRow`` for another currency than the store's."""
    if not row[column]:
        return ""
    found = AMOUNT.fullmatch(row[column])
    if not found:
        raise cells.fault(row, column, f"is not an amount: write it like 15.00 {currency}")
    code = found[1] or found[3] or currency
    if code != currency:
        raise cells.fault(
            row, column, f"is in {code}, and the store sells in {currency}: export the feed in {currency}"
        )
    return found[2]


def stock(row: Row) -> str:
    """The availability as our stock. Raises ``BadRow``."""
    availability = row["availability"].lower().replace(" ", "_")
    if availability not in STOCK:
        raise cells.fault(row, "availability", f"is not one of {', '.join(STOCK)}")
    return STOCK[availability]


def is_sale_now(row: Row, zone: ZoneInfo) -> bool:
    """Whether the sale price holds now; its dates are two times with a slash between. Raises ``BadRow``."""
    if not row["sale_price_effective_date"]:
        return True
    times = row["sale_price_effective_date"].split("/")
    if len(times) != 2:
        raise cells.fault(row, "sale_price_effective_date", "is not two times with a slash between them")
    starts, ends = (
        cells.time(Row(row.number, values={"time": at}, labels={"time": "sale_price_effective_date"}), "time", zone)
        for at in times
    )
    return starts <= timezone.now() <= ends
