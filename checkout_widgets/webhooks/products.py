"""What products cost in a shop, and how many there are -> the store's catalog."""

from collections.abc import Sequence

from django.db import transaction

from checkout_widgets.models import Product
from checkout_widgets.shop_products import ShopProducts
from checkout_widgets.webhooks.shop_systems import payloads
from checkout_widgets.webhooks.shop_systems.payloads import BadPayload
from checkout_widgets.webhooks.shop_systems.shop_system import ProductNews
from experiments.models import Store

FIELDS = ["price_minor", "stock"]


@transaction.atomic
def store_products(store: Store, products: Sequence[ProductNews]) -> int:
    """Set the catalog's prices, in major units of the store's currency, and stock; return how many of them it has.

    Raises ``BadPayload`` for a price that can't be one.
    """
    by_sku = named_products(store, products)
    # Locked, so that a feed at the same time doesn't write back the price before.
    found = list(Product.objects.select_for_update().filter(store=store, sku__in=by_sku))
    changed = []
    for row in found:
        before = (row.price_minor, row.stock)
        apply(row, by_sku[row.sku], store.currency)
        if (row.price_minor, row.stock) != before:
            changed.append(row)
    Product.objects.bulk_update(changed, FIELDS)
    return len(found)


def named_products(store: Store, products: Sequence[ProductNews]) -> dict[str, ProductNews]:
    """Return what is told by the catalog's SKU; of an id alone, only what the catalog knows by that id."""
    skus, external_ids = set(), set()
    for product in products:
        skus.add(product.sku)
        external_ids.add(product.external_id)
    known = ShopProducts.of(store.pk, skus, external_ids)
    by_sku = {}
    for product in products:
        if product.is_id_alone:
            by_sku[known.by_external_id.get(product.external_id, "")] = product
        else:
            by_sku[known.sku_of(product.sku, [product.external_id])] = product
    return by_sku


def apply(row: Product, product: ProductNews, currency: str) -> None:
    """Write down what is told of the product. Raises ``BadPayload``."""
    if product.price is not None and product.currency in ("", currency):
        row.price_minor = payloads.minor(product.price, currency)
        if row.price_minor < 0:
            raise BadPayload(f"A price of {product.price} is not possible.")
    if product.is_sold is None:
        return
    if not product.is_sold:
        row.stock = 0
    elif product.stock is not None:
        row.stock = product.stock
    elif row.stock == 0:
        # The shop doesn't count it, and has it again. What somebody else counts stays.
        row.stock = None
