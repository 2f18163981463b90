"""What products cost in a shop -> the store's catalog."""

from collections.abc import Sequence

from django.db import transaction

from checkout_widgets.models import Product
from checkout_widgets.shop_products import ShopProducts
from checkout_widgets.webhooks.shop_systems import payloads
from checkout_widgets.webhooks.shop_systems.payloads import BadPayload
from checkout_widgets.webhooks.shop_systems.shop_system import PricedProduct
from experiments.models import Store


@transaction.atomic
def store_prices(store: Store, priced: Sequence[PricedProduct]) -> int:
    """Set the catalog's prices, in major units of the store's currency; return how many of them it has.

    Raises ``BadPayload`` for a price that can't be one.
    """
    skus, external_ids = set(), set()
    for product in priced:
        skus.add(product.sku)
        external_ids.add(product.external_id)
    known = ShopProducts.of(store.pk, skus, external_ids)
    prices = {}
    for product in priced:
        prices[known.sku_of(product.sku, [product.external_id])] = product.price
    # Locked, so that a feed at the same time doesn't write back the price before.
    found = list(Product.objects.select_for_update().filter(store=store, sku__in=prices))
    changed = []
    for row in found:
        price_minor = payloads.minor(prices[row.sku], store.currency)
        if price_minor < 0:
            raise BadPayload(f"A price of {prices[row.sku]} is not possible.")
        if row.price_minor != price_minor:
            row.price_minor = price_minor
            changed.append(row)
    Product.objects.bulk_update(changed, ["price_minor"])
    return len(found)
