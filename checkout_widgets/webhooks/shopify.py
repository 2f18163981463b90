"""Shopify's orders and refunds as it sends them, in the shop's own currency and without tax.

Fields: https://shopify.dev/docs/api/admin-rest/latest/resources/order and .../refund. Each amount has a ``shop_money``
(the shop's currency, which counts) and a ``presentment_money`` (what the shopper saw).
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.json import Decoder

from checkout_widgets.webhooks import payloads
from checkout_widgets.webhooks.payloads import ExperimentOf, Id
from experiments.accounting.order_data import LineData, OrderData, RefundData
from experiments.models import OrderStatus

Time = Annotated[datetime, Meta(tz=True)]
PAID = {"paid", "partially_paid", "partially_refunded", "refunded"}


class Money(Struct):
    """An amount with its currency."""

    amount: Decimal
    currency_code: str


class MoneySet(Struct):
    """An amount in two currencies, of which the shop's counts; the other is what the shopper saw."""

    shop_money: Money
    presentment_money: Money | None = None

    def minor(self) -> int:
        """The amount in minor units of the shop's currency."""
        return payloads.minor(self.shop_money.amount, self.shop_money.currency_code)


class Attribute(Struct):
    """What the shop's pages wrote down with the cart or with a line."""

    name: str
    value: Any = None


class TaxLine(Struct):
    """A tax."""

    price_set: MoneySet


class DiscountAllocation(Struct):
    """A line's share of a discount."""

    amount_set: MoneySet


class Line(Struct):
    """A product in an order. Gift cards and tips are not goods."""

    quantity: Annotated[int, Meta(ge=0)]
    price_set: MoneySet
    sku: str | None = None
    variant_id: Id | None = None
    product_id: Id | None = None
    properties: list[Attribute] | None = None
    tax_lines: list[TaxLine] = []
    discount_allocations: list[DiscountAllocation] = []
    gift_card: bool = False
    tip: Any = None

    @property
    def are_goods(self) -> bool:
        """Whether the line is merchandise."""
        return self.quantity > 0 and not self.gift_card and self.tip is None

    @property
    def name(self) -> str:
        """The SKU, or Shopify's own id where the product has none."""
        return self.sku or str(self.variant_id or self.product_id or "")


class ShippingLine(Struct):
    """A way of shipping."""

    discounted_price_set: MoneySet
    tax_lines: list[TaxLine] = []
    is_removed: bool = False


class RefundLine(Struct):
    """A product that was given back or taken out of the order."""

    quantity: int
    line_item: Line
    subtotal_set: MoneySet
    total_tax_set: MoneySet


class Adjustment(Struct):
    """Paid back more (negative) or less (positive) than the lines and the shipping are worth."""

    kind: str
    amount_set: MoneySet


class Refund(Struct):
    """What was paid back."""

    id: Id
    created_at: Time
    order_id: Id | None = None
    refund_line_items: list[RefundLine] = []
    order_adjustments: list[Adjustment] = []


class Customer(Struct):
    """Who bought; without an id where the app may not know it."""

    id: Id | None = None


class Order(Struct):
    """An order, as far as it is needed."""

    id: Id
    created_at: Time
    updated_at: Time
    currency: str
    total_tax_set: MoneySet
    total_price_set: MoneySet
    line_items: list[Line]
    processed_at: Time | None = None
    cancelled_at: Time | None = None
    financial_status: str | None = None
    taxes_included: bool = False
    test: bool = False
    customer: Customer | None = None
    note_attributes: list[Attribute] = []
    shipping_lines: list[ShippingLine] = []
    refunds: list[Refund] = []


_orders = Decoder(Order)
_refunds = Decoder(Refund)


def read_order(body: bytes) -> Order:
    """The body of ``orders/*``. Raises ``BadPayload``."""
    return payloads.decode(_orders, body)


def read_refund(body: bytes) -> Refund:
    """The body of ``refunds/create``. Raises ``BadPayload``."""
    return payloads.decode(_refunds, body)


def order_data(order: Order, experiment_of: ExperimentOf) -> OrderData:
    """The order as ``experiments`` takes it. Raises ``BadPayload`` and ``BadOrder``."""
    visitor_id = visitor_of(order)
    lines = [
        part
        for line in order.line_items
        if line.are_goods
        for part in line_data(line, order.taxes_included, experiment_of, visitor_id)
    ]
    return OrderData(
        external_id=str(order.id),
        placed_at=order.processed_at or order.created_at,
        updated_at=order.updated_at,
        currency=order.currency,
        lines=tuple(lines),
        subtotal_minor=sum(line.price_minor * line.quantity for line in lines),
        discount_minor=sum(line.discount_minor for line in lines),
        tax_minor=order.total_tax_set.minor(),
        shipping_minor=shipping_minor(order),
        total_minor=order.total_price_set.minor(),
        visitor_id=visitor_id,
        customer_id=str(order.customer.id) if order.customer and order.customer.id else "",
        status=status(order),
        refunds=tuple(refund_data(refund, lambda _line: order.taxes_included) for refund in order.refunds),
        **seen_by_shopper(order),
    )


def seen_by_shopper(order: Order) -> dict[str, Any]:
    """The total in the shopper's currency, where that isn't the shop's."""
    seen = order.total_price_set.presentment_money
    if seen is None or seen.currency_code == order.currency:
        return {}
    total = payloads.minor(seen.amount, seen.currency_code)
    return {"presentment_currency": seen.currency_code, "presentment_total_minor": total}


def visitor_of(order: Order) -> str:
    """The visitor, from the cart's attributes or else a line's properties."""
    places = [order.note_attributes, *(line.properties or [] for line in order.line_items)]
    return payloads.visitor_of((attribute.name, attribute.value) for place in places for attribute in place)


def status(order: Order) -> str:
    """Whether the order counts."""
    if order.cancelled_at or order.financial_status == "voided":
        return OrderStatus.CANCELLED
    return OrderStatus.PAID if order.financial_status in PAID else OrderStatus.PENDING


def line_data(line: Line, is_tax_in: bool, experiment_of: ExperimentOf, visitor_id: str) -> list[LineData]:
    """The line without tax; its discount is scaled down with it."""
    before = line.price_set.minor() * line.quantity
    paid = before - sum(allocation.amount_set.minor() for allocation in line.discount_allocations)
    token = payloads.first_text(((item.name, item.value) for item in line.properties or []), payloads.ACCEPTANCE_NAMES)
    price = {round(paid / line.quantity)}
    accepted = experiment_of(token, line.name, line.quantity, price, visitor_id) if token else payloads.NO_TOKEN
    net = paid - (tax_minor(line) if is_tax_in else 0)
    net_before = round(Decimal(before) * net / paid) if paid else before
    return payloads.priced_lines(line.name, line.quantity, net_before, net_before - net, accepted)


def tax_minor(line: Line | ShippingLine) -> int:
    """All taxes of the line together."""
    return sum(tax.price_set.minor() for tax in line.tax_lines)


def shipping_minor(order: Order) -> int:
    """Shipping after discounts and without tax."""
    return sum(
        line.discounted_price_set.minor() - (tax_minor(line) if order.taxes_included else 0)
        for line in order.shipping_lines
        if not line.is_removed
    )


def refund_data(refund: Refund, is_tax_in: Callable[[Line], bool]) -> RefundData:
    """What was paid back for goods, without tax and shipping; ``is_tax_in`` says it of a line's price."""
    goods = [line for line in refund.refund_line_items if line.line_item.are_goods]
    amount = sum(
        line.subtotal_set.minor() - (line.total_tax_set.minor() if is_tax_in(line.line_item) else 0) for line in goods
    )
    amount -= sum(
        adjustment.amount_set.minor()
        for adjustment in refund.order_adjustments
        if adjustment.kind == "refund_discrepancy"
    )
    return RefundData(
        external_id=str(refund.id),
        amount_minor=max(0, amount),
        at=refund.created_at,
        lines=tuple({"sku": line.line_item.name, "quantity": line.quantity} for line in goods),
    )
