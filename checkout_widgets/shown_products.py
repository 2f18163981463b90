"""Which products a test's variants show."""

from collections.abc import Collection

from checkout_widgets.models import NextWidget, Widget


def skus_shown(store_id: int, variant_ids: Collection[int]) -> dict[tuple[int, str], set[str]]:
    """Return the SKUs that variants of a store offer: by the variant's row ID, and by the answer after which they come
    second; empty of what comes first."""
    found: dict[tuple[int, str], set[str]] = {}
    path = "offer__items__product__sku"
    first = Widget.objects.filter(variant__in=variant_ids, offer__store=store_id)
    for variant_id, sku in first.values_list("variant", path):
        found.setdefault((variant_id, ""), set()).add(sku)
    second = NextWidget.objects.filter(variant__in=variant_ids, offer__store=store_id)
    for variant_id, answer, sku in second.values_list("variant", "after", path):
        found.setdefault((variant_id, answer), set()).add(sku)
    return found
