"""A store's counted pairs as the edge takes them: a few flat arrays, packed, with a version.

They are written with each count, in the same transaction. What merchandisers choose stays in its own table, and gives
the lists their next version.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec
from django.db.models import F

from checkout_widgets.models import PairLists
from experiments.models import Store


class PackedLists(msgspec.Struct):
    """The bytes of the arrays of ``CountedLists``."""

    products: bytes
    ends: bytes
    suggested: bytes
    scores: bytes


@dataclass(frozen=True, slots=True)
class CountedLists:
    """What is bought together with each product, the best first.

    The suggestions of ``products[n]`` (ids) end at ``ends[n]`` in ``suggested`` (ids) and ``scores``, and begin where
    those of the product before end.
    """

    products: "array[int]" = field(default_factory=lambda: array("q"))
    ends: "array[int]" = field(default_factory=lambda: array("I"))
    suggested: "array[int]" = field(default_factory=lambda: array("q"))
    scores: "array[float]" = field(default_factory=lambda: array("f"))

    def pack(self) -> bytes:
        """Return the lists as bytes."""
        arrays = (self.products, self.ends, self.suggested, self.scores)
        return msgspec.msgpack.encode(PackedLists(*(part.tobytes() for part in arrays)))


def unpack(content: bytes) -> CountedLists:
    """Return packed lists; empty ones of no bytes, before the first count."""
    lists = CountedLists()
    if not content:
        return lists
    packed = msgspec.msgpack.decode(content, type=PackedLists)
    lists.products.frombytes(packed.products)
    lists.ends.frombytes(packed.ends)
    lists.suggested.frombytes(packed.suggested)
    lists.scores.frombytes(packed.scores)
    return lists


def lists_of(pairs: Iterable[tuple[int, int, float]]) -> CountedLists:
    """Return the lists of pairs given as (product, suggested product, score), a product's together, the best first."""
    lists = CountedLists()
    for product, suggested, score in pairs:
        if not lists.products or lists.products[-1] != product:
            lists.products.append(product)
            lists.ends.append(len(lists.suggested))
        lists.suggested.append(suggested)
        lists.scores.append(score)
        lists.ends[-1] = len(lists.suggested)
    return lists


def write_lists(store: Store, lists: CountedLists) -> None:
    """Put the lists in place of the store's, as their next version."""
    new_version(store)
    PairLists.objects.filter(store=store).update(content=lists.pack())


def new_version(store: Store) -> None:
    """Give the store's lists their next version: something about its pairs has changed."""
    _, is_new = PairLists.objects.get_or_create(store=store)
    if not is_new:
        PairLists.objects.filter(store=store).update(version=F("version") + 1)
