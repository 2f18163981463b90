"""An offer has one price for all its items; here it is shared out, to the last minor unit."""

from collections.abc import Sequence


def split_amount(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Divide ``total_minor`` in proportion to ``weights``, equally where all are 0; the parts add up to it."""
    if not any(weights):
        weights = [1] * len(weights)
    whole = sum(weights)
    parts: list[int] = []
    weight_so_far = shared_so_far = 0
    for weight in weights:
        # Each part is the difference of two rounded sums, so that what one loses by rounding the next one gets.
        weight_so_far += weight
        shared = total_minor * weight_so_far // whole
        parts.append(shared - shared_so_far)
        shared_so_far = shared
    return parts


def lines(price_minor: int, items: Sequence[tuple[str, int, int]]) -> list[dict[str, str | int]]:
    """Return order lines for items given as (sku, quantity, catalogue price per unit), together ``price_minor``.

    Where an item's part can't be divided by its quantity, some units cost one minor unit more, on a line of their own.
    """
    worths = []
    for _sku, quantity, price in items:
        worths.append(quantity * price)
    parts = split_amount(price_minor, worths)
    result: list[dict[str, str | int]] = []
    for (sku, quantity, _price), part in zip(items, parts, strict=True):
        unit, dearer = divmod(part, quantity)
        if dearer:
            result.append({"sku": sku, "quantity": dearer, "price_minor": unit + 1})
        result.append({"sku": sku, "quantity": quantity - dearer, "price_minor": unit})
    return result
