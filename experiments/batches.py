"""Long lists in batches, each for a transaction of its own."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Yield the items ``size`` at a time, in order; the last batch may be smaller."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
