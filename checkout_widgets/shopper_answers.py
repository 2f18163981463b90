"""What shoppers answered to a store's questions: written by apps above, held in memory by the edge.

One row of a store has all of it, eight bytes for each browser or customer ID and answer: the upper bits of a digest
(``send_points_today.py``), and the place of the answer's tag in the lowest eight.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from checkout_widgets.models import ShopperAnswers
from checkout_widgets.send_points_today import MOST_ENTRIES, key_of

PLACE = 0xFF
MOST_TAGS = PLACE + 1
NO_ANSWERS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AnswersOfShoppers:
    """The shoppers who answered: sorted keys, with the place of a tag in each one's lowest bits."""

    tags: tuple[str, ...]
    keys: "array[int]"

    @classmethod
    def unpacked(cls, tags: Sequence[str], packed: bytes) -> Self:
        """Return those that ``packed`` made bytes of."""
        keys = array("Q", packed)
        if sys.byteorder == "big":
            keys.byteswap()
        return cls(tuple(tags), keys)

    def of(self, digest: str) -> frozenset[str]:
        """Return the tags of a shopper's answers, by the digest of a visitor or customer ID."""
        key = key_of(digest) & ~PLACE
        found = set()
        for number in range(bisect_left(self.keys, key), len(self.keys)):
            entry = self.keys[number]
            if entry & ~PLACE != key:
                break
            if entry & PLACE < len(self.tags):
                found.add(self.tags[entry & PLACE])
        return frozenset(found)


def packed(answers: Iterable[tuple[int, int]]) -> bytes:
    """Return keys of shoppers with the places of their tags as bytes, the lowest key first."""
    entries = set()
    for key, place in answers:
        entries.add(key & ~PLACE | place)
    keys = array("Q", sorted(entries)[:MOST_ENTRIES])
    if sys.byteorder == "big":
        keys.byteswap()
    return keys.tobytes()


def keep(store_id: int, tags: Sequence[str], answers: Iterable[tuple[int, int]], made_from: str) -> None:
    """Put these answers in place of what the store had."""
    values = {"tags": list(tags), "shoppers": packed(answers), "made_from": made_from}
    ShopperAnswers.objects.update_or_create(store_id=store_id, defaults=values)


def made_from(store_id: int) -> str:
    """Name what the store's row was made from; empty where there is none."""
    names = ShopperAnswers.objects.filter(store=store_id).values_list("made_from", flat=True)
    return names.first() or ""


def forget(store_id: int) -> None:
    """Delete the store's row."""
    ShopperAnswers.objects.filter(store=store_id).delete()
