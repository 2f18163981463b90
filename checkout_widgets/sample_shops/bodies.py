"""Test orders as each shop system renders them: recorded deliveries with the store's currency, products and visitor.

Amounts are those of the recorded order: what it is worth is of no interest, and its sums add up.
"""

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from re import fullmatch
from typing import Any, cast
from zoneinfo import ZoneInfo

from checkout_widgets.models import Product
from checkout_widgets.sample_shops.sample_order import SampleOrder
from experiments import money

AMOUNT = r"-?\d+\.\d\d"  # as the recorded orders have them, in euros
VISITOR_NAME = "offerlift_visitor"
MARK_NAME = "_offerlift_test_order"
LONGEST_NUMBER = 18  # digits that fit 64 bits
PRICE_MINOR = 5_000  # of a store without products


@cache
def recorded(name: str) -> str:
    """Read the recorded order of a shop system."""
    return Path(__file__).with_name(f"{name}.json").read_text()


def woocommerce_order(sample: SampleOrder) -> bytes:
    """Return the order as WooCommerce's webhook ``order.created`` has it, without tax in the amounts of lines."""
    order = in_currency(json.loads(recorded("woocommerce")), sample.store.currency)
    utc = sample.placed_at.isoformat().removesuffix("+00:00")
    local = sample.placed_at.astimezone(ZoneInfo(sample.store.timezone)).replace(tzinfo=None).isoformat()
    order |= {
        "id": sample.number,
        "number": str(sample.number),
        "date_created": local,
        "date_modified": local,
        "date_created_gmt": utc,
        "date_modified_gmt": utc,
        "meta_data": [
            {"id": 1, "key": VISITOR_NAME, "value": sample.visitor_id},
            {"id": 2, "key": MARK_NAME, "value": sample.mark},
        ],
    }
    for line, product in zip(order["line_items"], sample.products, strict=False):
        line |= {"sku": product.sku, "name": product.title, "product_id": number_of(product)}
    return json.dumps(order).encode()


def shopify_order(sample: SampleOrder) -> bytes:
    """Return the order as Shopify's webhook ``orders/create`` has it, with tax in its prices."""
    order = in_currency(json.loads(recorded("shopify")), sample.store.currency)
    at = sample.placed_at.isoformat()
    order |= {
        "id": sample.number,
        "admin_graphql_api_id": f"gid://shopify/Order/{sample.number}",
        "created_at": at,
        "processed_at": at,
        "updated_at": at,
        "note_attributes": [
            {"name": VISITOR_NAME, "value": sample.visitor_id},
            {"name": MARK_NAME, "value": sample.mark},
        ],
    }
    for line, product in zip(order["line_items"], sample.products, strict=False):
        line |= {"sku": product.sku, "title": product.title, "name": product.title}
        line["variant_id"] = number_of(product) or None
    return json.dumps(order).encode()


def api_id(sample: SampleOrder) -> str:
    """Return the id that the store's server would give the order."""
    return str(sample.number)


def api_order(sample: SampleOrder) -> bytes:
    """Return the order as a store's own server sends it."""
    sku, price_minor = "sample", PRICE_MINOR
    for product in sample.products[:1]:
        sku, price_minor = product.sku, product.price_minor
    at = sample.placed_at.isoformat()
    order = {
        "external_id": api_id(sample),
        "visitor_id": sample.visitor_id,
        "placed_at": at,
        "updated_at": at,
        "currency": sample.store.currency,
        "status": "paid",
        "subtotal_minor": price_minor,
        "total_minor": price_minor,
        "lines": [{"sku": sku, "quantity": 1, "price_minor": price_minor}],
        "test": True,
    }
    return json.dumps(order).encode()


def number_of(product: Product) -> int:
    """Return the product's id in the shop system, where that is a number as shop systems have; else 0."""
    if not product.external_id.isdecimal() or len(product.external_id) > LONGEST_NUMBER:
        return 0
    return int(product.external_id)


def in_currency(order: Any, currency: str) -> dict[str, Any]:
    """Return a recorded order in another currency, its amounts with as many decimals as that has."""
    return cast("dict[str, Any]", converted(order, currency, money.decimals(currency)))


def converted(value: Any, currency: str, decimals: int) -> Any:
    """Return a part of a recorded order in another currency."""
    if isinstance(value, list):
        return [converted(member, currency, decimals) for member in value]
    if isinstance(value, dict):
        if "presentment_money" in value:  # the shopper paid in the shop's own currency
            value = value | {"presentment_money": value["shop_money"]}
        return {name: converted_field(name, member, currency, decimals) for name, member in value.items()}
    if isinstance(value, str) and fullmatch(AMOUNT, value):
        return f"{Decimal(value):.{decimals}f}"
    return value


def converted_field(name: str, value: Any, currency: str, decimals: int) -> Any:
    """Return a field of a recorded order in another currency."""
    if name in ("currency", "currency_code", "presentment_currency"):
        return currency
    return converted(value, currency, decimals)
