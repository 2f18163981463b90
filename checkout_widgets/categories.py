"""The categories of a store's catalogue."""

from collections.abc import Collection

from django.db.models import Count

from checkout_widgets.models import Product
from experiments.models import Store


def skus_of(store_id: int, categories: Collection[str]) -> list[str]:
    """List the SKUs of the store's products in any of these categories, those that aren't sold any more too."""
    found = Product.objects.filter(store=store_id, category__in=list(categories)).order_by("sku")
    return list(found.values_list("sku", flat=True))


def categories_of(store: Store) -> dict[str, int]:
    """Return how many products each category of the store has, by name; products without one are in none."""
    rows = Product.objects.filter(store=store).exclude(category="").values("category").annotate(products=Count("pk"))
    return {row["category"]: row["products"] for row in rows.order_by("category")}
