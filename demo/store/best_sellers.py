"""Which products sell best, by the past orders."""

from collections import Counter
from collections.abc import Sequence

from django.core.cache import cache
from django.db.models import Count, QuerySet

from checkout_widgets.models import Product
from experiments.models import OrderLine, Store

CACHED_S = 600  # past orders change only when the demo is loaded


def best_sellers_first(store: Store, found: QuerySet[Product]) -> list[int]:
    """The ids of products by how many past orders had them, then by title."""
    key = f"demo_store:sales:{store.pk}"
    # counted over all past orders, which takes longer than the page; they are history and don't change
    sales: Counter[str] = cache.get(key) or count_sales(store)
    cache.add(key, sales, CACHED_S)
    products = found.values_list("pk", "sku", "title", named=True)
    best_first = sorted(products, key=lambda product: (-sales[product.sku], product.title))
    ids = []
    for product in best_first:
        ids.append(product.pk)
    return ids


def in_order(ids: Sequence[int]) -> list[Product]:
    """The products of these ids, in the order of the ids."""
    products = Product.objects.in_bulk(ids)
    ordered = []
    for pk in ids:
        ordered.append(products[pk])
    return ordered


def count_sales(store: Store) -> Counter[str]:
    """How many past orders had a product, by stock code."""
    lines = OrderLine.objects.filter(order__store=store, order__source="history").order_by()
    return Counter(dict(lines.values_list("sku").annotate(orders=Count("pk"))))
