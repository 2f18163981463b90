"""Shoppers as edges hold them: sorted keys of eight bytes, one row of a store with all of them.

A key is the beginning of a digest (``silenced_shoppers.py``); where something is said of the shopper, its lowest bits
say what.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

KEY_DIGITS = 16  # of a digest, 64 bits: two of a million shoppers share a key with a probability below 1 in 10 million
# A published document has room for more than that, next to everything else. What is beyond counts for nobody, in
# either arm.
MOST_ENTRIES = 2_000_000
NO_TEXTS: frozenset[str] = frozenset()


def key_of(digest: str) -> int:
    """Return what a digest is found by."""
    return int(digest[:KEY_DIGITS], 16)


def pack(entries: Iterable[int]) -> bytes:
    """Return entries as bytes, the lowest first, and no more than edges hold."""
    keys = array("Q", sorted(entries)[:MOST_ENTRIES])
    if sys.byteorder == "big":
        keys.byteswap()
    return keys.tobytes()


def unpack(packed: bytes) -> "array[int]":
    """Return the entries that ``pack`` made bytes of."""
    keys = array("Q", packed)
    if sys.byteorder == "big":
        keys.byteswap()
    return keys


@dataclass(frozen=True, slots=True)
class TextsOfShoppers:
    """Which of some texts are true of each shopper: in the lowest bits of a key, ``PLACE``, a text's place.

    Subclasses say how many bits these are.
    """

    texts: tuple[str, ...]
    keys: "array[int]"

    PLACE: ClassVar[int]

    @classmethod
    def unpacked(cls, texts: Sequence[str], packed: bytes) -> Self:
        """Return those that ``packed`` made bytes of."""
        return cls(tuple(texts), unpack(packed))

    @classmethod
    def packed(cls, entries: Iterable[tuple[int, int]]) -> bytes:
        """Return keys of shoppers with the places of their texts as bytes."""
        found = set()
        for key, place in entries:
            found.add(key & ~cls.PLACE | place)
        return pack(found)

    def of(self, digest: str) -> frozenset[str]:
        """Return a shopper's texts, by the digest of a visitor or customer ID."""
        key = key_of(digest) & ~self.PLACE
        found = set()
        for number in range(bisect_left(self.keys, key), len(self.keys)):
            entry = self.keys[number]
            if entry & ~self.PLACE != key:
                break
            if entry & self.PLACE < len(self.texts):
                found.add(self.texts[entry & self.PLACE])
        return frozenset(found)
