"""WooCommerce: orders without tax, with the refunds that they list."""

from dataclasses import replace
from datetime import datetime
from re import fullmatch

from msgspec.json import Decoder

from checkout_widgets.customer_news import CustomerNews
from checkout_widgets.edge.accepted_lines import NO_TOKEN, Accepted, SoldLine
from checkout_widgets.shop_products import NO_PRODUCTS, ShopProducts
from checkout_widgets.webhooks.shop_systems import payloads, woocommerce_customers, woocommerce_products
from checkout_widgets.webhooks.shop_systems.payloads import MAX_NAME, BadPayload, ReadToken
from checkout_widgets.webhooks.shop_systems.shop_system import (
    DeliveryTopic,
    Event,
    HeaderNames,
    NamedPerson,
    ParsedRefund,
    ProductNews,
    ShopSystem,
)
from checkout_widgets.webhooks.shop_systems.woocommerce_bodies import (
    WooCommerceLine,
    WooCommerceOrder,
    utc,
)
from checkout_widgets.webhooks.shop_systems.woocommerce_refunds import read_refunds
from experiments.accounting import order_changes
from experiments.accounting.order_data import LineData, OrderData
from experiments.models import OrderStatus, RepeatKind, Store

STATUSES = {
    "processing": OrderStatus.PAID,
    "completed": OrderStatus.PAID,
    "refunded": OrderStatus.PAID,
    "on-hold": OrderStatus.ON_HOLD,
    "pending": OrderStatus.PENDING,
    "cancelled": OrderStatus.CANCELLED,
    "failed": OrderStatus.CANCELLED,  # a shopper who pays after all makes it a newer version
    "trash": OrderStatus.CANCELLED,
}
RENEWAL_META = "_subscription_renewal"
COPY_META = "_offerlift_copy_of"
# Sent form-encoded and unsigned when somebody saves a webhook, before WooCommerce delivers anything.
PING = rb"webhook_id=\d{1,20}"

_orders = Decoder(WooCommerceOrder)


class WooCommerce(ShopSystem[WooCommerceOrder, ParsedRefund]):
    """WooCommerce's webhooks. It has no topic for refunds: each version of an order lists them.

    https://woocommerce.com/document/webhooks/.
    """

    headers = HeaderNames("X-WC-Webhook-Topic", "X-WC-Webhook-Signature", "X-WC-Webhook-Delivery-ID")
    topics = {
        "order.created": DeliveryTopic(Event.ORDER),
        "order.updated": DeliveryTopic(Event.ORDER),
        "order.restored": DeliveryTopic(Event.RESTORATION),
        "product.created": DeliveryTopic(Event.PRODUCT),
        "product.updated": DeliveryTopic(Event.PRODUCT),
        "product.restored": DeliveryTopic(Event.PRODUCT),
        # An id alone, which is the same when an order that was restored is deleted once more.
        "order.deleted": DeliveryTopic(Event.DELETION, is_versioned=False),
        "product.deleted": DeliveryTopic(Event.PRODUCT_DELETION, is_versioned=False),
        # An account that somebody deleted, by an ID alone.
        "customer.deleted": DeliveryTopic(Event.ERASURE, is_versioned=False),
    }

    def is_ping(self, body: bytes) -> bool:
        """Whether this is the unsigned call by which WooCommerce tries an address that somebody typed."""
        return fullmatch(PING, body) is not None

    def parse_order(self, body: bytes) -> WooCommerceOrder:
        return payloads.decode(_orders, body)

    def parse_product(self, body: bytes) -> list[ProductNews]:
        return woocommerce_products.read_products(body)

    def read_order(
        self, order: WooCommerceOrder, read_token: ReadToken, products: ShopProducts = NO_PRODUCTS
    ) -> OrderData:
        if order.date_created_gmt is None:
            raise BadPayload("The order says no date_created_gmt.")
        created_at = utc(order.date_created_gmt)
        updated_at = utc(order.date_modified_gmt or order.date_created_gmt)
        lines = read_lines(order, read_token, products)
        data = OrderData(
            external_id=str(order.id),
            placed_at=placed_at(order, created_at, updated_at),
            updated_at=updated_at,
            currency=order.base.code,
            lines=tuple(lines),
            subtotal_minor=payloads.sum_before_discounts(lines),
            discount_minor=discount_minor(order, lines),
            tax_minor=order.minor(order.total_tax),
            shipping_minor=order.minor(order.shipping_total),
            total_minor=order.minor(order.total),
            visitor_id=order.visitor_id,
            customer_id=str(order.customer_id or ""),  # 0 is a guest
            status=status(order),
            refunds=read_refunds(order, updated_at),
        )
        return with_first_order(with_presentment(data, order), order)

    def read_person(self, topic: str, body: bytes) -> NamedPerson:
        return NamedPerson(customer_id=str(self.parse_deletion(body).id))

    def read_customer(self, topic: str, body: bytes, received_at: datetime) -> CustomerNews | None:
        if self.topics[topic].event == Event.DELETION:
            return None
        return woocommerce_customers.news_of_order(payloads.customer_fields(body), received_at)

    def complete_order(self, store: Store, data: OrderData) -> OrderData:
        """Add when each refund was first seen: WooCommerce lists all refunds of an order, without their times."""
        return order_changes.with_known_refund_times(store, data)


def with_presentment(data: OrderData, order: WooCommerceOrder) -> OrderData:
    """Return the order with what the shopper saw, where that is another currency than it is counted in."""
    if order.currency == data.currency:
        return data
    total = payloads.minor(order.total, order.currency)
    return replace(data, presentment_currency=order.currency, presentment_total_minor=total)


def placed_at(order: WooCommerceOrder, created_at: datetime, updated_at: datetime) -> datetime:
    """Return when the shopper placed the order, as the plugin wrote down.

    WooCommerce's own time is that at which the block checkout was opened: before anything was seen there. A time from
    outside the order's life came with a copy of it.
    """
    text = payloads.first_text(payloads.pairs(order.meta_data), payloads.PLACED_AT_NAMES)
    try:
        at = utc(datetime.fromisoformat(text))
    except ValueError:
        return created_at
    if not created_at <= at <= updated_at:
        return created_at
    return at


def status(order: WooCommerceOrder) -> str:
    """Return how far the order is.

    A plugin's own status is of an order that the shop deals with, and counts as it does in WooCommerce's own reports.
    """
    if order.status in STATUSES:
        return STATUSES[order.status]
    if order.date_paid_gmt:
        return OrderStatus.PAID
    return OrderStatus.ON_HOLD


def with_first_order(data: OrderData, order: WooCommerceOrder) -> OrderData:
    """Return the order with whether the shop made it from another one, and from which, where it says so.

    Renewals are WooCommerce Subscriptions'. An order with a parent is a part of that (marketplaces split orders so).
    """
    parent = str(order.parent_id or "")
    if order.meta(RENEWAL_META) is not None or order.created_via == "subscription":
        return replace(data, repeat_kind=RepeatKind.RENEWAL, first_external_id=parent)
    first = order.meta(COPY_META) or parent
    if first:
        return replace(data, repeat_kind=RepeatKind.COPY, first_external_id=first[:MAX_NAME])
    return data


def read_lines(order: WooCommerceOrder, read_token: ReadToken, products: ShopProducts) -> list[LineData]:
    """Return the order's goods; a price that was raised by hand has no discount."""
    lines: list[LineData] = []
    for line in order.goods:
        net = order.minor(line.total)
        before = max(net, order.minor(line.subtotal))
        name = products.sku_of(line.sku or "", line.external_ids)
        accepted = read_acceptance(order, line, read_token, products)
        lines += payloads.priced_lines(
            name, line.units, total_minor=before, discount_minor=before - net, accepted=accepted
        )
    return lines


def read_acceptance(
    order: WooCommerceOrder, line: WooCommerceLine, read_token: ReadToken, products: ShopProducts
) -> Accepted:
    """Return what the line's token says of it, at any price that the shop may have shown.

    That is with tax or without, and before what coupons took off the order, or after what came off the line alone.
    """
    token = payloads.acceptance_of(payloads.pairs(line.meta_data))
    if not token:
        return NO_TOKEN
    sold = SoldLine(
        sku=line.sku or products.sku_of("", line.external_ids),
        quantity=line.units,
        totals=possible_totals(order, line),
        external_ids=line.external_ids,
        is_sku_known=line.sku in products.skus,
        tolerance_minor=order.tolerance_minor,
    )
    return read_token(token, sold)


def possible_totals(order: WooCommerceOrder, line: WooCommerceLine) -> set[int]:
    """Return what the line may have cost on the shopper's screen, in minor units."""
    before, paid = order.minor(line.subtotal), order.minor(line.total)
    before_with_tax = before + order.minor(line.subtotal_tax)
    paid_with_tax = paid + order.minor(line.total_tax)
    totals = {before, paid, before_with_tax, paid_with_tax}
    if line.is_rounded:
        # Amount and tax were each rounded: each may be off by half a unit, and so their sum by one.
        for total in (before_with_tax, paid_with_tax):
            totals |= {total - 1, total + 1}
    return totals


def discount_minor(order: WooCommerceOrder, lines: list[LineData]) -> int:
    """Return what lines and fees below zero take off the goods; fees at most what is left of them."""
    of_lines = payloads.sum_of_discounts(lines)
    left = payloads.sum_before_discounts(lines) - of_lines
    of_fees = -sum(order.minor(fee.total) for fee in order.discounts)
    return of_lines + min(max(0, left), of_fees)
