"""WooCommerce's products -> what they cost, and how many there are.

Bodies are those of the REST API. Our plugin sends only what is read here, and adds what WooCommerce doesn't say: the
price as the cart shows it (``offerlift_price``), whether the product and its parent are sold (``offerlift_sold``), in
which currency (``offerlift_base_currency``), and the variations of a product that is sold in those.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.json import Decoder

from checkout_widgets.webhooks.shop_systems import payloads
from checkout_widgets.webhooks.shop_systems.payloads import Id, ListOf, listed
from checkout_widgets.webhooks.shop_systems.shop_system import ProductNews

MOST_UNITS = 2**31 - 1  # what the catalog can hold
BACKORDERS = {"yes", "notify"}


class WooCommerceItem(Struct):
    """What can be put into a cart; ``price`` is what it costs now, empty where it has no price.

    ``manage_stock`` is true, false, or "parent" of a variation that its product counts.
    """

    id: Id
    sku: str | None = None
    price: str | None = None
    status: str | None = None
    manage_stock: Any = None
    stock_quantity: float | None = None
    stock_status: str | None = None
    backorders: str | None = None
    offerlift_price: str | None = None
    offerlift_sold: bool | None = None


class WooCommerceProduct(WooCommerceItem):
    """A product or a variation."""

    type: str = ""
    offerlift_base_currency: str | None = None
    offerlift_variations: ListOf[WooCommerceItem] = None


_products = Decoder(WooCommerceProduct)


def read_products(body: bytes) -> list[ProductNews]:
    """Return what the body says of the product, or of its variations. Raises ``BadPayload``."""
    return list(product_news(payloads.decode(_products, body)))


def product_news(product: WooCommerceProduct) -> Iterator[ProductNews]:
    """Yield what can be sold of a product.

    One that is sold in variations has the lowest of their prices, and can't be put into a cart itself. Without our
    plugin each variation is delivered alone.
    """
    currency = product.offerlift_base_currency or ""
    if product.type != "variable":
        yield news_of_item(product, currency)
        return
    for variation in listed(product.offerlift_variations):
        yield news_of_item(variation, currency)


def news_of_item(item: WooCommerceItem, currency: str) -> ProductNews:
    """Return what is said of something that can be put into a cart."""
    price: Decimal | None = None
    text = item.offerlift_price or item.price
    if text:
        price = payloads.decimal(text)
    return ProductNews(
        external_id=str(item.id),
        sku=item.sku or "",
        price=price,
        currency=currency,
        is_sold=sold_state(item),
        stock=stock(item),
    )


def sold_state(item: WooCommerceItem) -> bool | None:
    """Return whether there is any to be had; None where the body doesn't say it."""
    if item.offerlift_sold is False or item.status not in (None, "publish"):
        return False
    if item.stock_status == "outofstock":
        return False
    if item.stock_status is None and item.offerlift_sold is None:
        return None
    return True


def stock(item: WooCommerceItem) -> int | None:
    """Return how many there are; None where the shop doesn't count them, or sells more than there are."""
    if not item.manage_stock or item.stock_quantity is None or item.backorders in BACKORDERS:
        return None
    return min(MOST_UNITS, max(0, int(item.stock_quantity)))
