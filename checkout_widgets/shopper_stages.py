"""At which stage shoppers are: written by apps above, held in memory by the edge.

One row of a store has all of it, eight bytes for each browser and customer ID, as of today's send points
(``packed_shoppers.py``): the upper bits of a digest, and the stage in the lowest three.
"""

from array import array
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from checkout_widgets.models import ShopperStages
from checkout_widgets.packed_shoppers import key_of, pack, unpack

# By code, which is kept: append, and never change. Those of ``journeys.stages``.
STAGES = ("", "waiting", "unboxing", "usage", "care", "renewal")
CODE = 0b111
UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class StagesOfShoppers:
    """The shoppers whose stage is known: sorted keys, with the stage in each one's lowest bits."""

    keys: "array[int]"

    @classmethod
    def unpacked(cls, packed: bytes) -> Self:
        """Return those that ``packed`` made bytes of."""
        return cls(unpack(packed))

    def of(self, digest: str) -> str:
        """Return the stage of a shopper, by the digest of a visitor or customer ID; empty where it isn't known."""
        key = key_of(digest) & ~CODE
        place = bisect_left(self.keys, key)
        if place == len(self.keys) or self.keys[place] & ~CODE != key:
            return UNKNOWN
        code = self.keys[place] & CODE
        if code < len(STAGES):
            return STAGES[code]
        return UNKNOWN  # of a later release, which wrote the row


def packed(stages: Mapping[int, str]) -> bytes:
    """Return the stages by keys as bytes, the lowest key first. Shoppers beyond the limit have no stage."""
    entries = {}
    for key, stage in stages.items():
        entries[key & ~CODE] = STAGES.index(stage)
    return pack(key | code for key, code in entries.items())


def keep(store_id: int, stages: Mapping[int, str]) -> None:
    """Put these in place of what the store had; the same again writes nothing."""
    shoppers = packed(stages)
    before = ShopperStages.objects.filter(store=store_id).values_list("shoppers", flat=True).first()
    if before is None or bytes(before) != shoppers:
        ShopperStages.objects.update_or_create(store_id=store_id, defaults={"shoppers": shoppers})


def forget(store_id: int) -> None:
    """Delete the store's row."""
    ShopperStages.objects.filter(store=store_id).delete()
