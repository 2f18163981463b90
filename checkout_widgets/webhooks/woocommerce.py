"""WooCommerce's orders as it sends them; its amounts of lines are without tax whatever the shop's settings.

Fields: https://woocommerce.github.io/woocommerce-rest-api-docs/#orders. Times that end in ``_gmt`` are UTC and don't
say so.
"""

from datetime import UTC, datetime
from decimal import Decimal
from re import fullmatch
from typing import Any

from msgspec import Struct
from msgspec.json import Decoder

from checkout_widgets.webhooks import payloads
from checkout_widgets.webhooks.payloads import BadPayload, ExperimentOf, Id
from experiments.accounting.order_data import LineData, OrderData, RefundData
from experiments.models import OrderStatus

PAID = {"processing", "completed", "refunded"}
CANCELLED = {"cancelled", "failed", "trash"}


class Meta(Struct):
    """What a plugin wrote down with the order or with a line."""

    key: str
    value: Any = None


class Line(Struct):
    """A product in an order: ``subtotal`` before discounts, ``total`` after; both without tax."""

    quantity: float
    subtotal: Decimal
    total: Decimal
    total_tax: Decimal = Decimal(0)
    sku: str | None = None
    product_id: Id = 0
    variation_id: Id = 0
    meta_data: list[Meta] = []

    @property
    def name(self) -> str:
        """The SKU, or WooCommerce's own id where the product has none."""
        return self.sku or str(self.variation_id or self.product_id or "")


class Refund(Struct):
    """What was paid back: a negative total with tax, and nothing about what it is for."""

    id: Id
    total: Decimal


class Order(Struct):
    """An order, as far as it is needed."""

    id: Id
    status: str
    currency: str
    total: Decimal
    total_tax: Decimal
    shipping_total: Decimal
    line_items: list[Line]
    date_created_gmt: datetime | None = None
    date_modified_gmt: datetime | None = None
    date_paid_gmt: datetime | None = None
    customer_id: Id = 0
    meta_data: list[Meta] = []
    refunds: list[Refund] = []

    @property
    def is_draft(self) -> bool:
        """Whether the shopper is still filling in the checkout."""
        return self.status in {"checkout-draft", "auto-draft"}


class DeletedOrder(Struct):
    """All that is sent of an order that is gone."""

    id: Id


_orders = Decoder(Order)
_deleted_orders = Decoder(DeletedOrder)


def is_ping(body: bytes) -> bool:
    """Whether this is the unsigned call by which WooCommerce tries an address."""
    return fullmatch(rb"webhook_id=\d{1,20}", body) is not None


def read_order(body: bytes) -> Order:
    """The body of ``order.created`` and ``order.updated``. Raises ``BadPayload``."""
    return payloads.decode(_orders, body)


def read_deleted_order(body: bytes) -> DeletedOrder:
    """The body of ``order.deleted``. Raises ``BadPayload``."""
    return payloads.decode(_deleted_orders, body)


def order_data(order: Order, experiment_of: ExperimentOf) -> OrderData:
    """The order as ``experiments`` takes it. Raises ``BadPayload`` and ``BadOrder``."""
    if order.date_created_gmt is None:
        raise BadPayload("The order says no date_created_gmt.")
    placed_at = utc(order.date_created_gmt)
    updated_at = utc(order.date_modified_gmt) if order.date_modified_gmt else placed_at
    visitor_id = visitor_of(order)
    lines = [part for line in order.line_items for part in line_data(line, order.currency, experiment_of, visitor_id)]
    return OrderData(
        external_id=str(order.id),
        placed_at=placed_at,
        updated_at=updated_at,
        currency=order.currency,
        lines=tuple(lines),
        subtotal_minor=sum(line.price_minor * line.quantity for line in lines),
        discount_minor=sum(line.discount_minor for line in lines),
        tax_minor=payloads.minor(order.total_tax, order.currency),
        shipping_minor=payloads.minor(order.shipping_total, order.currency),
        total_minor=payloads.minor(order.total, order.currency),
        visitor_id=visitor_id,
        customer_id=str(order.customer_id) if order.customer_id else "",
        status=status(order),
        refunds=refunds(order, updated_at),
    )


def utc(at: datetime) -> datetime:
    """A ``_gmt`` time with its offset."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def visitor_of(order: Order) -> str:
    """The visitor, from the order's meta data or else a line's."""
    places = [order.meta_data, *(line.meta_data for line in order.line_items)]
    return payloads.visitor_of((meta.key, meta.value) for place in places for meta in place)


def status(order: Order) -> str:
    """Whether the order counts; a plugin's own status counts as paid once there is a date of payment."""
    if order.status in CANCELLED:
        return OrderStatus.CANCELLED
    return OrderStatus.PAID if order.status in PAID or order.date_paid_gmt else OrderStatus.PENDING


def line_data(line: Line, currency: str, experiment_of: ExperimentOf, visitor_id: str) -> list[LineData]:
    """The line; a price that was raised by hand has no discount."""
    quantity = max(1, round(line.quantity))
    net, tax = payloads.minor(line.total, currency), payloads.minor(line.total_tax, currency)
    before = max(net, payloads.minor(line.subtotal, currency))
    token = payloads.first_text(((meta.key, meta.value) for meta in line.meta_data), payloads.ACCEPTANCE_NAMES)
    prices = {round(net / quantity), round((net + tax) / quantity)}  # shops show either
    accepted = experiment_of(token, line.name, quantity, prices, visitor_id) if token else payloads.NO_TOKEN
    return payloads.priced_lines(line.name, quantity, before, before - net, accepted)


def refunds(order: Order, at: datetime) -> tuple[RefundData, ...]:
    """The refunds' shares of goods without tax.

    A refund pays back goods first and shipping last: all goods of an order, with their tax, are what the order's
    goods without tax are for revenue, and a part of them is the same part.
    """
    goods = sum(payloads.minor(line.total, order.currency) for line in order.line_items)
    with_tax = goods + sum(payloads.minor(line.total_tax, order.currency) for line in order.line_items)
    data, paid_back, counted = [], 0, 0
    for refund in sorted(order.refunds, key=lambda refund: refund.id):
        paid_back += abs(payloads.minor(refund.total, order.currency))
        so_far = round(Decimal(min(paid_back, with_tax)) * goods / with_tax) if with_tax > 0 else 0
        data.append(RefundData(str(refund.id), so_far - counted, at))
        counted = so_far
    return tuple(data)
