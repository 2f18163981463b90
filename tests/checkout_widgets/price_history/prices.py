"""Prices that a product had, as tests need them."""

from datetime import timedelta

from checkout_widgets.models import PriceChange, PriceSource, Product
from tests.factories import NOON


def make_history(product: Product, *prices: tuple[int, int], source: str = PriceSource.CATALOG) -> None:
    """Replace what is known: each price is from so many days before noon on."""
    PriceChange.objects.filter(product=product, source=source).delete()
    for days_ago, price_minor in prices:
        at = NOON - timedelta(days=days_ago)
        PriceChange.objects.create(product=product, at=at, price_minor=price_minor, source=source)
