"""What a store's shoppers have already, as they said when they declined it: never offered to them again.

Edges hold it in memory, eight bytes for each browser and product: the upper bits of a digest, and the place of the
product in the lowest sixteen. Made anew every two minutes where something has changed, so that an erasure is gone with
the next round.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Count, Max

from checkout_widgets.models import HeldByShoppers, HeldProduct
from checkout_widgets.send_points_today import MOST_ENTRIES, key_of
from checkout_widgets.silenced_shoppers import visitor_digest
from experiments.models import Store

PLACE = 0xFFFF
MOST_SKUS = PLACE + 1
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ProductsOfShoppers:
    """What shoppers have: sorted keys, with the place of a product in each one's lowest bits."""

    skus: tuple[str, ...]
    keys: "array[int]"

    @classmethod
    def unpacked(cls, skus: Sequence[str], packed: bytes) -> Self:
        """Return those that ``packed`` made bytes of."""
        keys = array("Q", packed)
        if sys.byteorder == "big":
            keys.byteswap()
        return cls(tuple(skus), keys)

    def of(self, digest: str) -> frozenset[str]:
        """Return the SKUs that a shopper has, in lower case, by the digest of the visitor ID."""
        key = key_of(digest) & ~PLACE
        found = set()
        for number in range(bisect_left(self.keys, key), len(self.keys)):
            entry = self.keys[number]
            if entry & ~PLACE != key:
                break
            if entry & PLACE < len(self.skus):
                found.add(self.skus[entry & PLACE])
        return frozenset(found)


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
    entries = set()
    for visitor_id, sku in rows.values_list("visitor_id", "sku"):
        if sku.lower() in places:
            entries.add(key_of(visitor_digest(store.pk, visitor_id)) & ~PLACE | places[sku.lower()])
    values = {"skus": skus, "shoppers": packed(entries), "made_from": source}
    HeldByShoppers.objects.update_or_create(store=store, defaults=values)


def packed(entries: Iterable[int]) -> bytes:
    """Return keys with the places of products as bytes, the lowest key first."""
    keys = array("Q", sorted(entries)[:MOST_ENTRIES])
    if sys.byteorder == "big":
        keys.byteswap()
    return keys.tobytes()
