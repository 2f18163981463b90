"""How many send points shoppers have had today: written by apps above, held in memory by the edge.

A message that goes out, or would in control, counts like an offer shown that day. One row of a store has all of it:
edges load it at once, and hold eight bytes for each browser and customer ID (``bench/silenced.py``).
"""

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from checkout_widgets.models import SendPointDay

KEY_DIGITS = 16  # of a digest, 64 bits: two of a million shoppers share a key with a probability below 1 in 10 million
# A published document has room for more than that, next to everything else. What is beyond counts for nobody, in
# either arm.
MOST_ENTRIES = 2_000_000


@dataclass(frozen=True, slots=True)
class SendPointsToday:
    """The shoppers with send points until ``ends_at``: sorted keys, one a send point."""

    ends_at: datetime
    keys: "array[int]"

    @classmethod
    def unpacked(cls, ends_at: datetime, packed: bytes) -> Self:
        """Return those that ``packed`` made bytes of."""
        keys = array("Q", packed)
        if sys.byteorder == "big":
            keys.byteswap()
        return cls(ends_at, keys)

    def of(self, digest: str) -> int:
        """Return how many send points a shopper has, by the digest of a visitor or customer ID."""
        key = key_of(digest)
        first = bisect_left(self.keys, key)
        if first == len(self.keys) or self.keys[first] != key:
            return 0
        return bisect_right(self.keys, key, first) - first


def key_of(digest: str) -> int:
    """Return what a digest (``silenced_shoppers.py``) is found by."""
    return int(digest[:KEY_DIGITS], 16)


def packed(keys: Iterable[int]) -> bytes:
    """Return the keys sorted, eight bytes each, the lowest first."""
    entries = array("Q", sorted(keys)[:MOST_ENTRIES])
    if sys.byteorder == "big":
        entries.byteswap()
    return entries.tobytes()


def keep(store_id: int, ends_at: datetime, keys: Iterable[int], made_from: str) -> None:
    """Put these keys in place of what the store had."""
    values = {"ends_at": ends_at, "shoppers": packed(keys), "made_from": made_from}
    SendPointDay.objects.update_or_create(store_id=store_id, defaults=values)


def made_from(store_id: int) -> str:
    """Name what the store's row was made from; empty where there is none."""
    names = SendPointDay.objects.filter(store=store_id).values_list("made_from", flat=True)
    return names.first() or ""


def forget(store_id: int) -> None:
    """Delete the store's row."""
    SendPointDay.objects.filter(store=store_id).delete()
