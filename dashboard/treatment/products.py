"""The products of the catalog that an offer can be made of."""

from django.db.models import Q, QuerySet

from checkout_widgets.models import Product
from experiments.models import Store

SHOWN = 12  # products at once: as many as fit without scrolling far, and the search finds the others


def found_products(store: Store, searched: str) -> QuerySet[Product]:
    """Query the products of the store whose title or SKU has the searched text."""
    own = Product.objects.filter(store=store, is_active=True, currency=store.currency)
    if searched:
        own = own.filter(Q(title__icontains=searched) | Q(sku__icontains=searched))
    return own.order_by("title")[:SHOWN]
