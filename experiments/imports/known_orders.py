"""What a file of orders says nothing of stays as it is known: a column that isn't there changes no field."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from experiments.accounting.order_data import LineData, OrderData, RefundData
from experiments.accounting.single_use import ALREADY_USED
from experiments.customer_keys import guest_key
from experiments.imports.order_rows import ReadOrder
from experiments.models import UNSIGNED, Order, OrderLine, Refund

# The amounts of an order by their column: what a file doesn't say of them is taken from the stored order.
AMOUNTS = {"tax": "tax_minor", "shipping": "shipping_minor"}


def completed(store_id: int, orders: Sequence[ReadOrder]) -> list[OrderData]:
    """The orders with what is stored of them in place of what their file has no column for, and their guests' keys.

    Three queries at most.

    An order that only a confirmation page told of says nothing that a file should keep.
    """
    known = stored_orders(store_id, orders)
    result = []
    for read in orders:
        order = with_stored(read, known.get(read.order.external_id))
        result.append(replace(order, guest_key=guest_key(store_id, read.address)))
    return result


def stored_orders(store_id: int, orders: Sequence[ReadOrder]) -> dict[str, Order]:
    """What is stored of these orders by the shop's ids, with lines and refunds."""
    ids = [read.order.external_id for read in orders]
    # an unsigned order came from a browser, where anybody can make one up: it adds nothing to a merchant's file
    signed = Order.objects.filter(store=store_id, external_id__in=ids).exclude(source=UNSIGNED)
    by_id = {}
    for order in signed.prefetch_related("lines", "refunds"):
        by_id[order.external_id] = order
    return by_id


def with_stored(read: ReadOrder, stored: Order | None) -> OrderData:
    """The order of the file with what the stored one knows beyond it; amounts only where the currency is the same."""
    if stored is None:
        return read.order
    order = replace(read.order, repeat_kind=stored.repeat_kind, first_external_id=stored.first_external_id)
    if "status" not in read.filled_columns:
        # as the shop sent it last: a deletion changes what counts, and is no version of the order
        order = replace(order, status=stored.sent_status or stored.status)
    if order.currency != stored.currency:
        # yen and euros can't be added up: the file's amounts stay as they are
        return order
    order = replace(order, lines=lines_with_stored(read, list(stored.lines.all())), **unsaid_amounts(read, stored))
    # a file with discounts by line says the order's as well, as their sum
    if not {"discount", "line_discount"} & read.filled_columns:
        order = replace(order, discount_minor=stored.discount_minor)
    if "refunded" not in read.filled_columns:
        refunds = [refund_data(refund) for refund in stored.refunds.all()]
        order = replace(order, refunds=tuple(refunds))
    if "total" in read.filled_columns:
        return order
    # a total that nobody said must match its parts, some of which have just changed
    rest = order.tax_minor + order.shipping_minor - order.discount_minor
    return replace(order, total_minor=order.subtotal_minor + rest)


def unsaid_amounts(read: ReadOrder, stored: Order) -> dict[str, Any]:
    """The stored order's amounts that the file has no column for, by field."""
    amounts = {}
    for column, field in AMOUNTS.items():
        if column not in read.filled_columns:
            amounts[field] = getattr(stored, field)
    return amounts


def lines_with_stored(read: ReadOrder, stored: Sequence[OrderLine]) -> tuple[LineData, ...]:
    """The lines with their accepted offers, and their discounts where the file has no column for them.

    A line is the same where product, quantity and price are. Each stored line is used once.
    """
    # Two equal lines in a cart are usual, one of them an accepted offer: a stored line that could be used for both
    # would count the offer twice. Reversed, because the first stored line is then the first to be popped.
    waiting: dict[tuple[str, int, int], list[OrderLine]] = defaultdict(list)
    for known in reversed(stored):
        waiting[known.sku, known.quantity, known.price_minor].append(known)
    has_discounts = "line_discount" in read.filled_columns
    result = []
    for line in read.order.lines:
        same = waiting[line.sku, line.quantity, line.price_minor]
        if same:
            line = line_with_stored(line, same.pop(), has_discounts=has_discounts)
        result.append(line)
    return tuple(result)


def line_with_stored(line: LineData, known: OrderLine, *, has_discounts: bool) -> LineData:
    """The line with what no file says of it. Which of several orders an acceptance counts for is settled anew."""
    line = replace(
        line,
        experiment_key=known.token_experiment_key or known.experiment_key,
        acceptance_id=known.acceptance_id,
    )
    # "already used" depends on the other orders, which this import may change
    if known.refused_code != ALREADY_USED:
        line = replace(line, refused_code=known.refused_code)
    if not has_discounts:
        line = replace(line, discount_minor=known.discount_minor)
    return line


def refund_data(refund: Refund) -> RefundData:
    """A stored refund as a source describes it."""
    return RefundData(refund.external_id, refund.amount_minor, refund.refunded_at, tuple(refund.lines))
