"""Soft opt-in: a customer who bought may get offers of similar products, where the store says that its law lets it.

The store's checkout has to tell its customers so, and to offer the objection there and in each message (ePrivacy
Directive, article 13(2)). What is similar are products of the categories that somebody bought.
"""

from collections.abc import Iterator

from checkout_widgets.customer_news import ConsentNews, CustomerNews
from checkout_widgets.models import Product
from experiments.models import Order, OrderStatus
from journeys.models import ConsentBasis, Sender

# WooCommerce's plugin notes itself whether its checkout let the shopper object, and the orders API says it by a field:
# of these, an order alone says nothing.
BY_ORDERS = {"shopify"}
SOURCE = "order"


def of_order(news: CustomerNews, order: Order | None) -> Iterator[ConsentNews]:
    """Yield the soft opt-in that a paid order is, where the store's shop system can't note it otherwise."""
    if order is None or order.source not in BY_ORDERS or order.status != OrderStatus.PAID:
        return
    if Sender.objects.filter(store=order.store_id, is_soft_opt_in=True).exists():
        yield ConsentNews(basis=ConsentBasis.SOFT_OPT_IN, said_at=order.placed_at, source=SOURCE)


def categories_of(order: Order | None) -> list[str]:
    """Return the categories of the products that the order is of, in order."""
    if order is None:
        return []
    skus = order.lines.values("sku")
    products = Product.objects.filter(store=order.store_id, sku__in=skus).exclude(category="")
    return sorted(set(products.values_list("category", flat=True)))
