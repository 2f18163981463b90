"""What a report says of one variant."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class OfVariant(Protocol):
    """A result of one variant."""

    @property
    def variant(self) -> str: ...


T = TypeVar("T", bound=OfVariant)


def of_variant(results: Iterable[T], variant: str) -> list[T]:
    """Return the variant's results, in their order."""
    return [result for result in results if result.variant == variant]


def first_of_variant(results: Iterable[T], variant: str) -> T | None:
    """Return the variant's first result; None where it has none."""
    for result in results:
        if result.variant == variant:
            return result
    return None
