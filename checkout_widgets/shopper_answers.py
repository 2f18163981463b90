"""What shoppers answered to a store's questions: written by apps above, held in memory by the edge.

One row of a store has all of it, eight bytes for each browser or customer ID and answer: the upper bits of a digest
(``packed_shoppers.py``), and the place of the answer's tag in the lowest eight.
"""

from collections.abc import Iterable, Sequence

from checkout_widgets.models import ShopperAnswers
from checkout_widgets.packed_shoppers import TextsOfShoppers

MOST_TAGS = 256


class AnswersOfShoppers(TextsOfShoppers):
    """The tags of what shoppers answered."""

    PLACE = MOST_TAGS - 1


def keep(store_id: int, tags: Sequence[str], answers: Iterable[tuple[int, int]], made_from: str) -> None:
    """Put these answers in place of what the store had."""
    values = {"tags": list(tags), "shoppers": AnswersOfShoppers.packed(answers), "made_from": made_from}
    ShopperAnswers.objects.update_or_create(store_id=store_id, defaults=values)


def made_from(store_id: int) -> str:
    """Name what the store's row was made from; empty where there is none."""
    names = ShopperAnswers.objects.filter(store=store_id).values_list("made_from", flat=True)
    return names.first() or ""


def forget(store_id: int) -> None:
    """Delete the store's row."""
    ShopperAnswers.objects.filter(store=store_id).delete()
