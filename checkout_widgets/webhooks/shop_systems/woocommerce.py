"""WooCommerce's orders as it sends them; its amounts of lines are without tax whatever the shop's settings.

Fields: https://woocommerce.github.io/woocommerce-rest-api-docs/#orders. Times that end in ``_gmt`` are UTC and don't
say so.
"""

from datetime import UTC, datetime
from decimal import Decimal
from re import fullmatch

from msgspec import Struct
from msgspec.json import Decoder

from checkout_widgets.edge.accepted_lines import NO_TOKEN, Accepted, SoldLine
from checkout_widgets.shop_products import NO_PRODUCTS, ShopProducts
from checkout_widgets.webhooks.shop_systems import payloads, woocommerce_refunds
from checkout_widgets.webhooks.shop_systems.payloads import BadPayload, Id, ListOf, ReadToken, listed
from checkout_widgets.webhooks.shop_systems.woocommerce_refunds import ItemizedRefund, Meta, Refund
from experiments import money
from experiments.accounting.order_data import LineData, OrderData
from experiments.accounting.refunded_goods import Goods
from experiments.models import OrderStatus, RepeatKind

STATUSES = {
    "processing": OrderStatus.PAID,
    "completed": OrderStatus.PAID,
    "refunded": OrderStatus.PAID,
    "on-hold": OrderStatus.ON_HOLD,
    "pending": OrderStatus.PENDING,
    "cancelled": OrderStatus.CANCELLED,
    "failed": OrderStatus.CANCELLED,
    "trash": OrderStatus.CANCELLED,
}
RENEWAL_META = "_subscription_renewal"
COPY_META = "_offerlift_copy_of"


class Line(Struct):
    """A product in an order: ``subtotal`` before discounts, ``total`` after; both without tax. ``price`` is what one
    costs after discounts, without tax and not rounded."""

    quantity: float
    subtotal: Decimal
    total: Decimal
    subtotal_tax: Decimal | None = None
    total_tax: Decimal | None = None
    price: Decimal | None = None
    sku: str | None = None
    product_id: Id | None = 0
    variation_id: Id | None = 0
    meta_data: ListOf[Meta] = []

    @property
    def external_ids(self) -> tuple[str, ...]:
        """WooCommerce's own ids of the product: the variation's before the product's."""
        return tuple(str(one) for one in (self.variation_id, self.product_id) if one)

    @property
    def is_rounded(self) -> bool:
        """Whether the shop knows the line more exactly than it writes it, as one that rounds taxes at the subtotal."""
        return self.price is not None and self.price * Decimal(self.quantity) != self.total

    @property
    def units(self) -> int:
        """How many; a part of one counts as one."""
        return max(1, round(self.quantity))


class Fee(Struct):
    """What is paid beside goods and shipping; below zero it is a discount."""

    total: Decimal
    total_tax: Decimal | None = None


class Order(Struct):
    """An order, as far as it is needed. ``offerlift_refunds`` is what our plugin adds: each refund line by line."""

    id: Id
    status: str
    currency: str
    total: Decimal
    total_tax: Decimal
    shipping_total: Decimal
    line_items: ListOf[Line]
    date_created_gmt: datetime | None = None
    date_modified_gmt: datetime | None = None
    date_paid_gmt: datetime | None = None
    customer_id: Id | None = 0
    parent_id: Id | None = 0
    created_via: str | None = ""
    meta_data: ListOf[Meta] = []
    fee_lines: ListOf[Fee] = []
    refunds: ListOf[Refund] = []
    offerlift_refunds: ListOf[ItemizedRefund] = []

    @property
    def is_draft(self) -> bool:
        """Whether the shopper is still filling in the checkout."""
        return self.status in {"checkout-draft", "auto-draft", "draft"}

    @property
    def is_in_trash(self) -> bool:
        """Whether the shop deleted it; it may be restored."""
        return self.status == "trash"

    @property
    def goods(self) -> list[Line]:
        """The lines."""
        return listed(self.line_items)

    def minor(self, amount: Decimal | None) -> int:
        """An amount of the order in minor units; nothing is zero."""
        return payloads.minor(amount or Decimal(0), self.currency)

    @property
    def tolerance_minor(self) -> int:
        """Half of the last decimal that the shop writes, where that is more than the currency's."""
        amounts = [self.total, *(amount for line in self.goods for amount in (line.subtotal, line.total))]
        written = max(payloads.decimals(amount) for amount in amounts)
        return int(money.to_minor(Decimal(1).scaleb(-written), self.currency)) // 2


_orders = Decoder(Order)


def is_ping(body: bytes) -> bool:
    """Whether this is the unsigned call by which WooCommerce tries an address."""
    return fullmatch(rb"webhook_id=\d{1,20}", body) is not None


def read_order(body: bytes) -> Order:
    """The body of ``order.created`` and ``order.updated``. Raises ``BadPayload``."""
    return payloads.decode(_orders, body)


def order_data(order: Order, read_token: ReadToken, products: ShopProducts = NO_PRODUCTS) -> OrderData:
    """The order as ``experiments`` takes it. Raises ``BadPayload`` and ``BadOrder``."""
    if order.date_created_gmt is None:
        raise BadPayload("The order says no date_created_gmt.")
    created_at = utc(order.date_created_gmt)
    updated_at = utc(order.date_modified_gmt) if order.date_modified_gmt else created_at
    lines = [part for line in order.goods for part in line_data(order, line, read_token, products)]
    subtotal = sum(line.price_minor * line.quantity for line in lines)
    of_lines = sum(line.discount_minor for line in lines)
    of_fees = min(max(0, subtotal - of_lines), discount_of_fees(order))
    kind, first = repeat_of(order)
    return OrderData(
        external_id=str(order.id),
        placed_at=placed_at(order, created_at, updated_at),
        updated_at=updated_at,
        currency=order.currency,
        lines=tuple(lines),
        subtotal_minor=subtotal,
        discount_minor=of_lines + of_fees,
        tax_minor=order.minor(order.total_tax),
        shipping_minor=order.minor(order.shipping_total),
        total_minor=order.minor(order.total),
        visitor_id=visitor_of(order),
        customer_id=str(order.customer_id) if order.customer_id else "",
        status=status(order),
        refunds=woocommerce_refunds.refunds(
            goods_of(order), listed(order.refunds), listed(order.offerlift_refunds), order.currency, updated_at
        ),
        repeat_kind=kind,
        first_external_id=first,
    )


def utc(at: datetime) -> datetime:
    """A ``_gmt`` time with its offset."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def placed_at(order: Order, created_at: datetime, updated_at: datetime) -> datetime:
    """When the shopper placed the order, as the plugin wrote down.

    WooCommerce's own time is that at which the block checkout was opened: before anything was seen there. A time from
    outside the order's life came with a copy of it.
    """
    text = payloads.first_text(((meta.key, meta.value) for meta in listed(order.meta_data)), payloads.PLACED_AT_NAMES)
    try:
        at = utc(datetime.fromisoformat(text))
    except ValueError:
        return created_at
    return at if created_at <= at <= updated_at else created_at


def visitor_of(order: Order) -> str:
    """The visitor, from the order's meta data or else a line's."""
    places = [order.meta_data, *(line.meta_data for line in order.goods)]
    return payloads.visitor_of((meta.key, meta.value) for place in places for meta in listed(place))


def status(order: Order) -> str:
    """How far the order is.

    A plugin's own status is of an order that the shop deals with, and counts as it does in WooCommerce's own reports.
    """
    if order.status in STATUSES:
        return STATUSES[order.status]
    return OrderStatus.PAID if order.date_paid_gmt else OrderStatus.ON_HOLD


def repeat_of(order: Order) -> tuple[str, str]:
    """Whether the shop made the order from another one, and from which, where it says so.

    Renewals are WooCommerce Subscriptions'. An order with a parent is a part of that (marketplaces split orders so).
    """
    keys = {meta.key for meta in listed(order.meta_data)}
    parent = str(order.parent_id) if order.parent_id else ""
    if RENEWAL_META in keys or order.created_via == "subscription":
        return RepeatKind.RENEWAL, parent
    copied = next((str(meta.value) for meta in listed(order.meta_data) if meta.key == COPY_META), "")
    if copied or parent:
        return RepeatKind.COPY, (copied or parent)[:64]
    return RepeatKind.NONE, ""


def line_data(order: Order, line: Line, read_token: ReadToken, products: ShopProducts) -> list[LineData]:
    """The line; a price that was raised by hand has no discount."""
    net = order.minor(line.total)
    before = max(net, order.minor(line.subtotal))
    name = products.sku_of(line.sku or "", line.external_ids)
    return payloads.priced_lines(name, line.units, before, before - net, accepted(order, line, read_token, products))


def accepted(order: Order, line: Line, read_token: ReadToken, products: ShopProducts) -> Accepted:
    """What the line's token says, at the prices that the shop may have shown: with tax or without, and before what
    coupons took off the order, or after what came off the line alone."""
    texts = ((meta.key, meta.value) for meta in listed(line.meta_data))
    token = payloads.first_text(texts, payloads.ACCEPTANCE_NAMES)
    if not token:
        return NO_TOKEN
    sku = line.sku or products.sku_of("", line.external_ids)
    is_sku_known = line.sku in products.skus
    totals = possible_totals(order, line)
    return read_token(token, SoldLine(sku, line.units, totals, line.external_ids, is_sku_known, order.tolerance_minor))


def possible_totals(order: Order, line: Line) -> set[int]:
    """What the line may have cost on the shopper's screen, in minor units.

    Where amount and tax were each rounded, each may be off by half a unit, and so their sum by one.
    """
    before, paid = order.minor(line.subtotal), order.minor(line.total)
    with_tax = {before + order.minor(line.subtotal_tax), paid + order.minor(line.total_tax)}
    if line.is_rounded:
        with_tax |= {total + off for total in with_tax for off in (-1, 1)}
    return {before, paid, *with_tax}


def discount_of_fees(order: Order) -> int:
    """What fees below zero take off: a volume discount, a gift."""
    return sum(-order.minor(fee.total) for fee in discounts_of(order))


def discounts_of(order: Order) -> list[Fee]:
    """The fees below zero."""
    return [fee for fee in listed(order.fee_lines) if order.minor(fee.total) < 0]


def goods_of(order: Order) -> Goods:
    """All goods of the order after discounts, without tax and with it."""
    net = sum(order.minor(line.total) for line in order.goods)
    tax = sum(order.minor(line.total_tax) for line in order.goods)
    discounts = discounts_of(order)
    net += sum(order.minor(fee.total) for fee in discounts)
    tax += sum(order.minor(fee.total_tax) for fee in discounts)
    return Goods(max(0, net), max(0, net + tax))
