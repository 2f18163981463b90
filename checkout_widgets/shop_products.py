"""A shop's own names of products -> the store's catalogue."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from checkout_widgets.models import Product


@dataclass(frozen=True, slots=True)
class ShopProducts:
    """The products of a store that an order names: their SKUs, and the SKU by the shop system's own id."""

    skus: frozenset[str] = frozenset()
    by_external_id: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, store_id: int, skus: Collection[str], external_ids: Collection[str]) -> "ShopProducts":
        """Return those with one of these names; one query, and none where there are no names."""
        named, numbered = storable(skus), storable(external_ids)
        if not named and not numbered:
            return cls()
        is_named = Q(sku__in=named) | Q(external_id__in=numbered)
        # Where two products have the same id, the first by SKU has it, so that the answer is always the same.
        products = Product.objects.filter(is_named, store=store_id).order_by("sku")
        known_skus = set()
        by_external_id: dict[str, str] = {}
        for sku, external_id in products.values_list("sku", "external_id"):
            known_skus.add(sku)
            if external_id:
                by_external_id.setdefault(external_id, sku)
        return cls(frozenset(known_skus), by_external_id)

    def sku_of(self, sku: str, external_ids: Sequence[str]) -> str:
        """Return what the catalogue calls the product; what the shop calls it where the catalogue doesn't know it."""
        if sku in self.skus:
            return sku
        for external_id in external_ids:
            if external_id in self.by_external_id:
                return self.by_external_id[external_id]
        if sku or not external_ids:
            return sku
        return external_ids[0]


def storable(names: Collection[str]) -> set[str]:
    """Return the names that a product can have."""
    # PostgreSQL takes no NUL, not even in a question: a query with one fails.
    found = set()
    for name in names:
        if name and "\x00" not in name:
            found.add(name)
    return found


NO_PRODUCTS = ShopProducts()
