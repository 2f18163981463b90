"""Bodies as shop systems send them: the signed samples, byte for byte, and variations of them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "data" / "payloads"
SECRET = "test-secret-not-real"
HEADERS = json.loads((FOLDER / "headers.json").read_text())

SHOPIFY_ORDER = (FOLDER / "shopify_orders_paid.json").read_bytes()
SHOPIFY_REFUND = (FOLDER / "shopify_refunds_create.json").read_bytes()
WOOCOMMERCE_ORDER = (FOLDER / "woocommerce_order_created.json").read_bytes()


def changed(body: bytes, change: Callable[[dict[str, Any]], object] | None = None, **fields: Any) -> bytes:
    """The body with other fields, and whatever ``change`` does to it."""
    data = json.loads(body) | fields
    if change is not None:
        change(data)
    return json.dumps(data).encode()


def money_set(amount: str, currency: str = "EUR") -> dict[str, dict[str, str]]:
    """An amount as Shopify writes it, a presentment amount that must not count beside it."""
    return {
        "shop_money": {"amount": amount, "currency_code": currency},
        "presentment_money": {"amount": "999.99", "currency_code": "GBP"},
    }


def shopify_line(price: str, quantity: int = 1, *, tax: str = "0.00", discount: str = "0.00", **fields: Any) -> Any:
    """A line of a Shopify order."""
    return {
        "quantity": quantity,
        "sku": "TEA",
        "price_set": money_set(price),
        "tax_lines": [{"price_set": money_set(tax)}],
        "discount_allocations": [{"amount_set": money_set(discount)}],
        "properties": [],
    } | fields


def woocommerce_line(subtotal: str, total: str, quantity: float = 1, *, total_tax: str = "0.00", **fields: Any) -> Any:
    """A line of a WooCommerce order."""
    return {
        "quantity": quantity,
        "sku": "TEA",
        "subtotal": subtotal,
        "total": total,
        "total_tax": total_tax,
        "meta_data": [],
    } | fields
