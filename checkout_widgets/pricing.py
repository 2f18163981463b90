"""An offer has one price for all its items; here it is shared out, to the last minor unit."""

from collections.abc import Sequence
from itertools import accumulate, pairwise


def split_amount(total_minor: int, weights: Sequence[int]) -> list[int]:
    """``total_minor`` divided in proportion to ``weights`` (equally where all are 0); the parts add up to it."""
    weights = weights if any(weights) else [1] * len(weights)
    whole = sum(weights)
    ends = [total_minor * end // whole for end in accumulate(weights)]
    return [end - start for start, end in pairwise([0, *ends])]


def lines(price_minor: int, items: Sequence[tuple[str, int, int]]) -> list[dict[str, str | int]]:
    """Order lines for items given as (sku, quantity, catalogue price per unit), together ``price_minor``.

    Where an item's part can't be divided by its quantity, some units cost one minor unit more, on a line of their own.
    """
    parts = split_amount(price_minor, [quantity * price for _, quantity, price in items])
    result: list[dict[str, str | int]] = []
    for (sku, quantity, _), part in zip(items, parts, strict=True):
        unit, dearer = divmod(part, quantity)
        if dearer:
            result.append({"sku": sku, "quantity": dearer, "price_minor": unit + 1})
        result.append({"sku": sku, "quantity": quantity - dearer, "price_minor": unit})
    return result
