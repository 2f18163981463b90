"""What a store's shoppers have already, as they said when they declined it: never offered to them again.

Edges hold it in memory, eight bytes for each browser and product: the upper bits of a digest, and the place of the
product in the lowest sixteen. Made anew every two minutes where something has changed, so that an erasure is gone with
the next round.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Max

from checkout_widgets.models import HeldByShoppers, HeldProduct
from checkout_widgets.packed_shoppers import TextsOfShoppers, key_of
from checkout_widgets.silenced_shoppers import visitor_digest
from experiments.models import Store

MOST_SKUS = 65_536


class ProductsOfShoppers(TextsOfShoppers):
    """The SKUs, in lower case, of what shoppers have."""

    PLACE = MOST_SKUS - 1


def hold(store_id: int, visitor_id: str, skus: Iterable[str], at: datetime) -> None:
    """Keep that a visitor has these products; what is known already changes nothing."""
    rows = []
    for sku in sorted(set(skus)):
        rows.append(HeldProduct(store_id=store_id, visitor_id=visitor_id, sku=sku, at=at))
    HeldProduct.objects.bulk_create(rows, ignore_conflicts=True)


def note_all() -> None:
    """Tell the edges of all stores what their shoppers have, where it has changed."""
    changing = {*HeldProduct.objects.values_list("store", flat=True).distinct()}
    changing.update(HeldByShoppers.objects.values_list("store", flat=True))
    for store in Store.objects.filter(pk__in=changing).order_by("pk"):
        note(store)


def note(store: Store) -> None:
    """Tell a store's edges."""
    rows = HeldProduct.objects.filter(store=store)
    found = rows.aggregate(number=Count("pk"), last=Max("pk"))
    source = f"{found['number']} up to {found['last']}"
    before = HeldByShoppers.objects.filter(store=store).values_list("made_from", flat=True).first()
    if source == before:
        return
    if not found["number"]:
        HeldByShoppers.objects.filter(store=store).delete()
        return
    known = rows.values_list("sku", flat=True).distinct()
    skus = sorted(set(map(str.lower, known)))[:MOST_SKUS]
    places = dict(zip(skus, range(MOST_SKUS), strict=False))
    entries = []
    for visitor_id, sku in rows.values_list("visitor_id", "sku"):
        if sku.lower() in places:
            entries.append((key_of(visitor_digest(store.pk, visitor_id)), places[sku.lower()]))
    values = {"skus": skus, "shoppers": ProductsOfShoppers.packed(entries), "made_from": source}
    HeldByShoppers.objects.update_or_create(store=store, defaults=values)
