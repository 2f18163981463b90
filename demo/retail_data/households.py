"""Invoices of shops -> orders of households: the same products together, by the piece instead of by the dozen.

The file's customers resell what they buy: 366 pieces for 593 pounds an invoice. A household takes a few of the products
of an invoice, and of each as many pieces as the invoice has usual lots of it. So which products are bought together, at
which prices, and which come back, stays as it is in the file.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random
from statistics import median

from demo.retail_data.past_orders import PastOrder
from demo.store.orders import FREE_SHIPPING_FROM_MINOR, SHIPPING_MINOR
from experiments.accounting.order_data import LineData, OrderData, RefundData
from experiments.models import OrderStatus

# How many products a household orders, from one on, and how many of a hundred households do.
PRODUCT_SHARES = (5, 7, 10, 12, 13, 12, 11, 9, 8, 6, 4, 3)
MOST_PIECES = 4
BETWEEN_ORDERS = timedelta(minutes=7)
Item = tuple[str, int]


def usual_lots(orders: Iterable[PastOrder]) -> dict[str, float]:
    """Return by product how many pieces an invoice usually has of it: the median."""
    sold = defaultdict(list)
    for order in orders:
        for (sku, _price), pieces in order.sold.items():
            sold[sku].append(pieces)
    return {sku: median(pieces) for sku, pieces in sold.items()}


def household_orders(orders: Iterable[PastOrder], currency: str) -> Iterator[OrderData]:
    """Yield the orders of the households that stand for the customers of these invoices."""
    known = list(orders)
    lots = usual_lots(known)
    for order in known:
        for number, items in enumerate(shared_out(order)):
            yield household_order(order, number, items=items, lots=lots, currency=currency)


def shared_out(order: PastOrder) -> Iterator[list[Item]]:
    """Yield the products of an invoice in small groups, by the file's order, which keeps together what was."""
    luck = Random(order.invoice)  # noqa: S311 -- the same groups in every demo, not a secret
    items = list(order.sold)
    while items:
        (size,) = luck.choices(range(1, len(PRODUCT_SHARES) + 1), PRODUCT_SHARES)
        yield items[:size]
        items = items[size:]


def household_order(
    order: PastOrder, number: int, *, items: Iterable[Item], lots: Mapping[str, float], currency: str
) -> OrderData:
    """Return a household's order: ``number`` counts the households of an invoice."""
    lines, subtotal_minor = [], 0
    for sku, price_minor in items:
        pieces = min(MOST_PIECES, max(1, round(order.sold[sku, price_minor] / lots[sku])))
        lines.append(LineData(sku, pieces, price_minor))
        subtotal_minor += pieces * price_minor
    shipping_minor = SHIPPING_MINOR["standard"]
    if subtotal_minor >= FREE_SHIPPING_FROM_MINOR:
        shipping_minor = 0
    placed_at = order.placed_at + number * BETWEEN_ORDERS
    placed = OrderData(
        external_id=f"{order.invoice}-{number + 1}",
        placed_at=placed_at,
        updated_at=max(placed_at, order.updated_at),
        currency=currency,
        subtotal_minor=subtotal_minor,
        shipping_minor=shipping_minor,
        total_minor=subtotal_minor + shipping_minor,
        lines=tuple(lines),
    )
    if order.is_cancelled:
        return replace(placed, status=OrderStatus.CANCELLED)
    return replace(placed, refunds=refunds_of(order, placed))


def refunds_of(order: PastOrder, placed: OrderData) -> tuple[RefundData, ...]:
    """Return the refund of what came back: the products of which nothing was kept."""
    amount_minor, products = 0, []
    for line in placed.lines:
        if order.kept[line.sku] > 0:
            continue
        amount_minor += line.quantity * line.price_minor
        products.append({"sku": line.sku, "quantity": line.quantity})
    if not products:
        return ()
    return (RefundData("r1", amount_minor, placed.updated_at, tuple(products)),)
