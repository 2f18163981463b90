"""Shopify: orders and refunds in the shop's own currency and without tax."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec.json import Decoder

from checkout_widgets.customer_news import CustomerNews
from checkout_widgets.edge.accepted_lines import NO_TOKEN, Accepted, SoldLine
from checkout_widgets.shop_products import NO_PRODUCTS, ShopProducts
from checkout_widgets.webhooks.shop_systems import payloads, shopify_customers, shopify_privacy
from checkout_widgets.webhooks.shop_systems.payloads import ReadToken, listed
from checkout_widgets.webhooks.shop_systems.shop_system import (
    DeliveryTopic,
    Event,
    HeaderNames,
    NamedPerson,
    ProductNews,
    ShopSystem,
    StoredOrder,
)
from checkout_widgets.webhooks.shop_systems.shopify_bodies import (
    ShopifyLine,
    ShopifyOrder,
    ShopifyProduct,
    ShopifyRefund,
    ShopifyShippingLine,
)
from checkout_widgets.webhooks.shop_systems.shopify_refunds import refund_data
from experiments.accounting import order_changes
from experiments.accounting.order_data import LineData, OrderData, RefundData
from experiments.accounting.refunded_goods import Basis
from experiments.models import OrderStatus, RepeatKind, Store

PAID = {"paid", "partially_paid", "partially_refunded", "refunded"}
UNPAID = {"expired", "unpaid"}
RENEWALS = {"subscription_contract"}  # the first order of a contract comes from the checkout, under another name
MAX_SUMS = 4_096  # a shopper can't combine so many discounts that more would be needed

_orders = Decoder(ShopifyOrder)
_refunds = Decoder(ShopifyRefund)
_products = Decoder(ShopifyProduct)


class Shopify(ShopSystem[ShopifyOrder, ShopifyRefund]):
    """Shopify's webhooks, as an admin or an app sets them up: https://shopify.dev/docs/api/webhooks."""

    headers = HeaderNames("X-Shopify-Topic", "X-Shopify-Hmac-Sha256", "X-Shopify-Webhook-Id")
    topics = {
        "orders/create": DeliveryTopic(Event.ORDER),
        "orders/updated": DeliveryTopic(Event.ORDER),
        "orders/paid": DeliveryTopic(Event.ORDER),
        "orders/cancelled": DeliveryTopic(Event.ORDER),
        "orders/delete": DeliveryTopic(Event.DELETION),  # for good: an order that Shopify deleted never comes back
        "refunds/create": DeliveryTopic(Event.REFUND),
        **dict.fromkeys(shopify_customers.TOPICS, DeliveryTopic(Event.CUSTOMER)),
        # A body that comes again may be about new orders of the same customer, so none is taken for a copy.
        "customers/redact": DeliveryTopic(Event.ERASURE, is_versioned=False),
        "customers/delete": DeliveryTopic(Event.ERASURE, is_versioned=False),
        "shop/redact": DeliveryTopic(Event.SHOP_ERASURE, is_versioned=False),
        "customers/data_request": DeliveryTopic(Event.DATA_REQUEST),
        "customers/merge": DeliveryTopic(Event.CUSTOMER),
        "products/create": DeliveryTopic(Event.PRODUCT),
        "products/update": DeliveryTopic(Event.PRODUCT),
    }

    def parse_order(self, body: bytes) -> ShopifyOrder:
        return payloads.decode(_orders, body)

    def parse_refund(self, body: bytes) -> ShopifyRefund:
        return payloads.decode(_refunds, body)

    def parse_product(self, body: bytes) -> list[ProductNews]:
        products = []
        for variant in payloads.decode(_products, body).variants:
            products.append(ProductNews(external_id=str(variant.id), sku=variant.sku or "", price=variant.price))
        return products

    def read_order(self, order: ShopifyOrder, read_token: ReadToken, products: ShopProducts = NO_PRODUCTS) -> OrderData:
        lines = read_lines(order, read_token, products)
        subtotal, discount = payloads.sum_before_discounts(lines), payloads.sum_of_discounts(lines)
        basis = Basis(
            goods_minor=subtotal - discount,
            tax_minor=order.total_tax_set.minor(),
            shipping_minor=shipping_minor(order),
            total_minor=order.total_price_set.minor(),
        )
        return OrderData(
            external_id=str(order.id),
            # An order that was brought in from another system was created later than it was placed.
            placed_at=order.processed_at or order.created_at,
            updated_at=order.updated_at,
            currency=order.currency,
            lines=tuple(lines),
            subtotal_minor=subtotal,
            discount_minor=discount,
            tax_minor=basis.tax_minor,
            shipping_minor=basis.shipping_minor,
            total_minor=basis.total_minor,
            visitor_id=order.visitor_id,
            customer_id=order.customer_id,
            status=status(order),
            refunds=tuple(read_refunds(order, basis)),
            repeat_kind=repeat_kind(order),
            **seen_by_shopper(order),
        )

    def read_refund(
        self, refund: ShopifyRefund, stored: StoredOrder, products: ShopProducts = NO_PRODUCTS
    ) -> RefundData:
        """Return the refund, valued like the stored order's lines.

        A refund doesn't say whether its prices have the tax in them. Where a line's price is the one that is stored,
        which is without tax, it hasn't.
        """

        def is_tax_included(line: ShopifyLine) -> bool:
            return (line.stored_name(products), line.price_set.minor()) not in stored.unit_prices

        return refund_data(refund, is_tax_included=is_tax_included, basis=stored.basis)

    def read_person(self, topic: str, body: bytes) -> NamedPerson:
        return shopify_privacy.person_of(topic, payloads.customer_fields(body))

    def read_customer(self, topic: str, body: bytes, received_at: datetime) -> CustomerNews | None:
        if topic == shopify_privacy.MERGED:
            return shopify_privacy.news_of_merge(payloads.customer_fields(body), received_at)
        read = shopify_customers.READERS.get(topic)
        if read is None:
            return None
        return read(payloads.customer_fields(body), received_at)

    def complete_order(self, store: Store, data: OrderData) -> OrderData:
        """Add stored refunds that are newer: Shopify tells refunds on their own, and a late version lacks them."""
        return order_changes.with_later_refunds(store, data)


def read_lines(order: ShopifyOrder, read_token: ReadToken, products: ShopProducts) -> list[LineData]:
    """Return the order's goods without tax; a line's discount is scaled down with it."""
    lines: list[LineData] = []
    cart_tokens = order.cart_tokens
    for line in order.goods:
        before, discounts = line.before_discounts_minor(), line.discounts_minor()
        paid = before - sum(discounts)
        net = paid - included_tax(order, line)
        # What is given away has no proportion of tax to scale by.
        net_before = round(Decimal(before) * net / paid) if paid else before
        accepted = read_acceptance(line, discounts, read_token, products, cart_tokens=cart_tokens)
        name = line.stored_name(products)
        lines += payloads.priced_lines(
            name, line.quantity, total_minor=net_before, discount_minor=net_before - net, accepted=accepted
        )
    return lines


def included_tax(order: ShopifyOrder, line: ShopifyLine | ShopifyShippingLine) -> int:
    """Return the tax that the line's price has in it; none where the shop adds taxes on top."""
    if not order.taxes_included:
        return 0
    return line.tax_minor()


def read_acceptance(
    line: ShopifyLine,
    discounts: list[int],
    read_token: ReadToken,
    products: ShopProducts,
    *,
    cart_tokens: Collection[str] = (),
) -> Accepted:
    """Return what the line's token says of it, at any price that the discounts may have left on the page.

    A line without a token may be what one of the cart's is of: a permalink, to which messages lead, makes such carts,
    and so does another app that drops the properties of lines.
    """
    own_token = line.acceptance
    tokens = [own_token] if own_token else cart_tokens
    if not tokens:
        return NO_TOKEN
    before = line.before_discounts_minor()
    totals = {before - amount for amount in sums_of_some(discounts)}
    sku = line.sku or products.sku_of("", line.external_ids)
    is_sku_known = line.sku in products.skus
    sold = SoldLine(
        sku, line.quantity, totals, line.external_ids, is_sku_known=is_sku_known, is_token_of_cart=not own_token
    )
    for token in tokens:
        accepted = read_token(token, sold)
        if accepted != NO_TOKEN:
            return accepted
    return NO_TOKEN


def sums_of_some(amounts: list[int]) -> set[int]:
    """Return the sums of every choice of these discounts: the offer's price may be one of them, a coupon another.

    Beyond ``MAX_SUMS``, which each amount may double: of none, all, each alone and all but each.
    """
    sums = {0}
    for amount in amounts:
        sums |= {known + amount for known in sums}
        if len(sums) > MAX_SUMS:
            return likely_sums(amounts)
    return sums


def likely_sums(amounts: list[int]) -> set[int]:
    """Return the sums of none, all, each alone and all but each."""
    whole = sum(amounts)
    sums = {0, whole}
    for amount in amounts:
        sums |= {amount, whole - amount}
    return sums


def shipping_minor(order: ShopifyOrder) -> int:
    """Return shipping after discounts and without tax."""
    total = 0
    for line in listed(order.shipping_lines):
        if not line.is_removed:
            total += line.discounted_price_set.minor() - included_tax(order, line)
    return total


def read_refunds(order: ShopifyOrder, basis: Basis) -> list[RefundData]:
    """Return the refunds that this version of the order lists, valued by its own taxes."""

    def is_tax_included(line: ShopifyLine) -> bool:
        return bool(order.taxes_included)

    refunds = listed(order.refunds)
    return [refund_data(refund, is_tax_included=is_tax_included, basis=basis) for refund in refunds]


def seen_by_shopper(order: ShopifyOrder) -> dict[str, Any]:
    """Return currency and total on the shopper's page, where that wasn't the shop's currency."""
    seen = order.total_price_set.presentment_money
    if seen is None or seen.currency_code == order.currency:
        return {}
    return {"presentment_currency": seen.currency_code, "presentment_total_minor": seen.minor()}


def status(order: ShopifyOrder) -> str:
    """Return how far the order is. Here an order exists only after the checkout: what isn't paid then is awaited."""
    if order.cancelled_at or order.financial_status == "voided":
        return OrderStatus.CANCELLED
    if order.financial_status in PAID:
        return OrderStatus.PAID
    if order.financial_status in UNPAID:
        return OrderStatus.PENDING
    return OrderStatus.ON_HOLD


def repeat_kind(order: ShopifyOrder) -> str:
    """Return whether a subscription made the order, and not a visit to the checkout."""
    if order.source_name in RENEWALS:
        return RepeatKind.RENEWAL
    return RepeatKind.NONE
