"""Invoice lines -> the store's past orders, with cancellations as refunds of the order that they take back.

Dates stay as they were (December 2010 to May 2011): planning and simulation use the orders' values, not their age.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from demo.retail_data.online_retail import RetailFile, RetailLine
from experiments.accounting.order_data import LineData, OrderData, RefundData
from experiments.models import OrderStatus

ORDER_LINES = "order lines"
MERGED = "added to a line of the same product and price in the order"
REFUNDED = "cancellations: now refunds of the order taken back"
CANCELLED = "cancellations of a whole order within a day: the order counts as cancelled"
UNMATCHED = "cancellations of nothing that the file contains"
# Later than that, the parcel is on its way: the order was a sale, and its goods came back.
CANCELLED_WITHIN = timedelta(days=1)


@dataclass(slots=True)
class PastOrder:
    """An invoice; ``sold`` counts units by product and price, ``kept`` those that weren't taken back."""

    invoice: str
    customer_id: str
    placed_at: datetime
    shipping_minor: int
    sold: Counter[tuple[str, int]] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    taken_back: list[RetailLine] = field(default_factory=list)

    @property
    def is_cancelled(self) -> bool:
        """Whether all of it was taken back within a day, so that it never was a sale."""
        if any(units > 0 for units in self.kept.values()):
            return False
        return self.updated_at - self.placed_at <= CANCELLED_WITHIN

    @property
    def updated_at(self) -> datetime:
        """When it was last changed: placed, or taken back in part."""
        latest = self.placed_at
        for line in self.taken_back:
            latest = max(latest, line.invoiced_at)
        return latest

    def add(self, line: RetailLine) -> None:
        """Count a sold line in."""
        self.sold[line.sku, line.price_minor] += line.quantity
        self.kept[line.sku] += line.quantity

    def take_back(self, line: RetailLine) -> None:
        """Count a cancelled line out."""
        self.kept[line.sku] -= line.quantity
        self.taken_back.append(line)

    def as_data(self, currency: str) -> OrderData:
        """The order as ``experiments.accounting.orders`` takes it."""
        lines, subtotal = [], 0
        for (sku, price), quantity in self.sold.items():
            lines.append(LineData(sku, quantity, price))
            subtotal += quantity * price
        # a cancelled order never was revenue, so its refunds would be subtracted from nothing
        status, refunds = OrderStatus.PAID, tuple(self._refunds())
        if self.is_cancelled:
            status, refunds = OrderStatus.CANCELLED, ()
        return OrderData(
            external_id=self.invoice,
            customer_id=self.customer_id,
            placed_at=self.placed_at,
            updated_at=self.updated_at,
            currency=currency,
            status=status,
            subtotal_minor=subtotal,
            shipping_minor=self.shipping_minor,
            total_minor=subtotal + self.shipping_minor,
            lines=tuple(lines),
            refunds=refunds,
        )

    def _refunds(self) -> Iterator[RefundData]:
        by_invoice: defaultdict[str, list[RetailLine]] = defaultdict(list)
        for line in self.taken_back:
            by_invoice[line.invoice].append(line)
        for invoice, lines in by_invoice.items():
            yield _refund_of(invoice, lines)


def _refund_of(invoice: str, lines: list[RetailLine]) -> RefundData:
    amount_minor, products = 0, []
    for line in lines:
        amount_minor += line.quantity * line.price_minor
        products.append({"sku": line.sku, "quantity": line.quantity})
    return RefundData(invoice, amount_minor, lines[0].invoiced_at, tuple(products))


def build_past_orders(file: RetailFile) -> tuple[list[PastOrder], Counter[str]]:
    """The past orders, oldest first, and how many lines became what (see the names above)."""
    tally: Counter[str] = Counter()
    orders = _orders(file, tally)
    _take_back(orders, file, tally)
    for order in orders:
        if order.is_cancelled:
            tally[CANCELLED] += len(order.taken_back)
        else:
            tally[REFUNDED] += len(order.taken_back)
    return orders, tally


def _take_back(orders: list[PastOrder], file: RetailFile, tally: Counter[str]) -> None:
    by_customer: defaultdict[str, list[PastOrder]] = defaultdict(list)
    for order in orders:
        by_customer[order.customer_id].append(order)
    # in the order of time, so that each takes back what was left by those before
    for line in sorted(file.lines, key=lambda line: line.invoiced_at):
        if not line.is_cancellation:
            continue
        match = _order_taken_back(by_customer[line.customer_id], line)
        if match is None:
            tally[UNMATCHED] += 1
        else:
            match.take_back(line)


def _orders(file: RetailFile, tally: Counter[str]) -> list[PastOrder]:
    orders: dict[str, PastOrder] = {}
    for line in file.lines:
        if line.is_cancellation:
            continue
        order = orders.setdefault(
            line.invoice,
            PastOrder(line.invoice, line.customer_id, line.invoiced_at, file.postage_minor[line.invoice]),
        )
        # tills print a product twice that was scanned twice; an order has one line for it
        if (line.sku, line.price_minor) in order.sold:
            tally[MERGED] += 1
        else:
            tally[ORDER_LINES] += 1
        order.add(line)
    return sorted(orders.values(), key=lambda order: (order.placed_at, order.invoice))


def _order_taken_back(orders: list[PastOrder], line: RetailLine) -> PastOrder | None:
    """The customer's latest order before the cancellation that still has as many of the product."""
    # the latest, because what comes back is mostly what came last; the file doesn't say of which order it was
    for order in reversed(orders):
        if order.placed_at <= line.invoiced_at and order.kept[line.sku] >= line.quantity:
            return order
    return None
