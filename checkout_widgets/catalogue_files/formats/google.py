"""Product feeds for Google Merchant Center: separated by tabs, or XML. https://support.google.com/merchants/answer/7052112"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from checkout_widgets.catalogue_files.formats.words import IN_STOCK, OUT_OF_STOCK, fitting, plain
from experiments.models import Store
from experiments.tables import BadFile, BadRow, Row, Table, cells

COLUMNS = frozenset(
    {
        *("id", "title", "description", "link", "image_link", "availability", "price", "sale_price", "gtin", "mpn"),
        *("sale_price_effective_date", "google_product_category", "product_type", "cost_of_goods_sold", "condition"),
    }
)
SALE_DATES = "sale_price_effective_date"
AMOUNT = re.compile(r"(?:([A-Z]{3})\s*)?([\d.,]+)\s*([A-Z]{3})?")
STOCK = {
    "in_stock": IN_STOCK,
    "out_of_stock": OUT_OF_STOCK,
    "backorder": IN_STOCK,
    "preorder": OUT_OF_STOCK,  # it can't be delivered with the order yet
}


def note() -> str:
    """Return what to tell whoever imports such a file."""
    return _("The file was read as a feed for Google Merchant Center.")


def is_feed(table: Table) -> bool:
    """Whether the header is a feed's."""
    return table.has("id", "title", "price", "availability")


def only_feed(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield the rows of an XML file. Raises ``BadFile`` where the first isn't a product of a feed."""
    is_known = False
    for row in rows:
        is_known = is_known or row.fault is not None or (row.has("id") and row.has("price"))
        if not is_known:
            break
        yield row
    # Without this, any XML file would be a long list of bad rows.
    if not is_known:
        raise BadFile(_("The XML file isn't a Google Merchant Center feed: it has no item with an id and a price."))


def read(rows: Iterator[Row], store: Store) -> Iterator[Row]:
    """Yield the products under our columns; the feed's id is our SKU."""
    zone = store.zone
    for row in rows:
        if row.fault is not None:
            yield row
            continue
        try:
            yield our_row(row, store.currency, zone)
        except BadRow as error:
            yield replace(row, fault=error)


def our_row(row: Row, currency: str, zone: ZoneInfo) -> Row:
    """Return a product. Raises ``BadRow``."""
    price, sale_price = amount(row, "price", currency), amount(row, "sale_price", currency)
    cost = amount(row, "cost_of_goods_sold", currency)
    labels = {"sku": row.label("id"), "price": row.label("price")}
    if sale_price and is_sale_now(row, zone):
        price, labels["price"] = sale_price, row.label("sale_price")
    values = {"sku": row["id"], "price": price, **described(row)}
    if row.has("cost_of_goods_sold"):
        values["cost"] = cost
    if row["availability"]:
        values["stock"] = stock(row)
    return replace(row, values=values, labels=labels, nested={})


def described(row: Row) -> dict[str, str]:
    """Return what says in words and pictures what the product is, as far as the feed has columns for it."""
    values = {}
    if row.has("title"):
        values["title"] = fitting("title", plain(row["title"]))
    if row.has("description"):
        values["description"] = fitting("description", plain(row["description"]))
    if row.has("product_type") or row.has("google_product_category"):
        path = row["product_type"] or row["google_product_category"]
        values["category"] = fitting("category", path.split(">")[-1].strip())
    if row.has("image_link"):
        values["image_url"] = row["image_link"]
    return values


def amount(row: Row, column: str, currency: str) -> str:
    """Return the number in an amount such as ``15.00 EUR``; empty where there is none.

    Raises ``BadRow`` for another currency than the store's.
    """
    if not row[column]:
        return ""
    match = AMOUNT.fullmatch(row[column])
    if not match:
        raise cells.fault(row, column, _("is not an amount: write it like 15.00 {currency}").format(currency=currency))
    code = match[1] or match[3] or currency
    # Amounts are stored in the store's currency: a number of another one would be a wrong price.
    if code != currency:
        raise cells.fault(
            row,
            column,
            _("is in {other}, and the store sells in {currency}: export the feed in {currency}").format(
                other=code, currency=currency
            ),
        )
    return match[2]


def stock(row: Row) -> str:
    """Return the availability as our stock. Raises ``BadRow``."""
    availability = row["availability"].lower().replace(" ", "_")
    if availability not in STOCK:
        raise cells.fault(row, "availability", _("is not one of {known}").format(known=", ".join(STOCK)))
    return STOCK[availability]


def is_sale_now(row: Row, zone: ZoneInfo) -> bool:
    """Whether the sale price holds now; its dates are two times with a slash between. Raises ``BadRow``."""
    if not row[SALE_DATES]:
        return True
    starts, slash, ends = row[SALE_DATES].partition("/")
    if not slash or "/" in ends:
        raise cells.fault(row, SALE_DATES, _("is not a start and an end time with a slash between them"))
    # Both are read before they are compared, so that a bad end is found while the sale is still to come.
    starts_at, ends_at = time(row, starts, zone), time(row, ends, zone)
    return starts_at <= timezone.now() <= ends_at


def time(row: Row, text: str, zone: ZoneInfo) -> datetime:
    """Return one of the two times of a sale. Raises ``BadRow``."""
    return cells.time(Row(row.number, values={"time": text}, labels={"time": SALE_DATES}), "time", zone)
