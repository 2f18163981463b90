"""How many send points shoppers have had today: written by apps above, held in memory by the edge.

A message that goes out, or would in control, counts like an offer shown that day. One row of a store has all of it:
edges load it at once, and hold eight bytes for each browser and customer ID (``bench/silenced.py``).
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from checkout_widgets.models import SendPointDay
from checkout_widgets.packed_shoppers import key_of, pack, unpack


@dataclass(frozen=True, slots=True)
class SendPointsToday:
    """The shoppers with send points until ``ends_at``: sorted keys, one a send point."""

    ends_at: datetime
    keys: "array[int]"

    @classmethod
    def unpacked(cls, ends_at: datetime, packed: bytes) -> Self:
        """Return those that ``packed`` made bytes of."""
        return cls(ends_at, unpack(packed))

    def of(self, digest: str) -> int:
        """Return how many send points a shopper has, by the digest of a visitor or customer ID."""
        key = key_of(digest)
        first = bisect_left(self.keys, key)
        if first == len(self.keys) or self.keys[first] != key:
            return 0
        return bisect_right(self.keys, key, first) - first


def keep(store_id: int, ends_at: datetime, keys: Iterable[int], made_from: str) -> None:
    """Put these keys in place of what the store had."""
    values = {"ends_at": ends_at, "shoppers": pack(keys), "made_from": made_from}
    SendPointDay.objects.update_or_create(store_id=store_id, defaults=values)


def made_from(store_id: int) -> str:
    """Name what the store's row was made from; empty where there is none."""
    names = SendPointDay.objects.filter(store=store_id).values_list("made_from", flat=True)
    return names.first() or ""


def forget(store_id: int) -> None:
    """Delete the store's row."""
    SendPointDay.objects.filter(store=store_id).delete()
