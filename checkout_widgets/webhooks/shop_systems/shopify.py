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

from checkout_widgets.edge.accepted_lines import NO_TOKEN, Accepted, SoldLine
from checkout_widgets.shop_products import NO_PRODUCTS, ShopProducts
from checkout_widgets.webhooks.shop_systems import payloads
from checkout_widgets.webhooks.shop_systems.payloads import Id, ListOf, ReadToken, listed
from experiments.accounting import refunded_goods
from experiments.accounting.order_data import LineData, OrderData, RefundData
from experiments.accounting.refunded_goods import Basis
from experiments.models import OrderStatus, RepeatKind

Time = Annotated[datetime, Meta(tz=True)]
PAID = {"paid", "partially_paid", "partially_refunded", "refunded"}
UNPAID = {"expired", "unpaid"}
RENEWALS = {"subscription_contract"}  # the first order of a contract comes from the checkout, under another name
MAX_SUMS = 4_096  # a shopper can't combine so many discounts that more would be needed


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
    properties: ListOf[Attribute] = None
    tax_lines: ListOf[TaxLine] = None
    discount_allocations: ListOf[DiscountAllocation] = None
    gift_card: bool | None = False
    tip: Any = None
    tip_payment_gateway: str | None = None
    tip_payment_method: str | None = None

    @property
    def are_goods(self) -> bool:
        """Whether the line is merchandise."""
        is_tip = any(value is not None for value in (self.tip, self.tip_payment_gateway, self.tip_payment_method))
        return self.quantity > 0 and not self.gift_card and not is_tip

    @property
    def external_ids(self) -> tuple[str, ...]:
        """Shopify's own ids: the variant's before the product's."""
        return tuple(str(one) for one in (self.variant_id, self.product_id) if one)

    @property
    def label(self) -> str:
        """The SKU, or Shopify's own id where the product has none."""
        return self.sku or str(self.variant_id or self.product_id or "")

    def stored_name(self, products: ShopProducts) -> str:
        """What the line is stored under: what the catalogue calls it, else the SKU, else Shopify's id."""
        return products.sku_of(self.sku or "", self.external_ids)[:64]


class ShippingLine(Struct):
    """A way of shipping."""

    discounted_price_set: MoneySet
    tax_lines: ListOf[TaxLine] = None
    is_removed: bool | None = False


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
    tax_amount_set: MoneySet | None = None


class Refund(Struct):
    """What was paid back."""

    id: Id
    created_at: Time
    order_id: Id | None = None
    refund_line_items: ListOf[RefundLine] = None
    order_adjustments: ListOf[Adjustment] = None

    @property
    def goods(self) -> list[Line]:
        """The merchandise among its lines."""
        return [line.line_item for line in listed(self.refund_line_items) if line.line_item.are_goods]


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
    line_items: ListOf[Line]
    processed_at: Time | None = None
    cancelled_at: Time | None = None
    financial_status: str | None = None
    taxes_included: bool | None = False
    test: bool | None = False
    source_name: str | None = None
    customer: Customer | None = None
    note_attributes: ListOf[Attribute] = None
    shipping_lines: ListOf[ShippingLine] = None
    refunds: ListOf[Refund] = None

    @property
    def goods(self) -> list[Line]:
        """The merchandise among its lines."""
        return [line for line in listed(self.line_items) if line.are_goods]


_orders = Decoder(Order)
_refunds = Decoder(Refund)


def read_order(body: bytes) -> Order:
    """The body of ``orders/*``. Raises ``BadPayload``."""
    return payloads.decode(_orders, body)


def read_refund(body: bytes) -> Refund:
    """The body of ``refunds/create``. Raises ``BadPayload``."""
    return payloads.decode(_refunds, body)


def order_data(order: Order, read_token: ReadToken, products: ShopProducts = NO_PRODUCTS) -> OrderData:
    """The order as ``experiments`` takes it. Raises ``BadPayload`` and ``BadOrder``."""
    lines = [part for line in order.goods for part in line_data(order, line, read_token, products)]
    subtotal = sum(line.price_minor * line.quantity for line in lines)
    discount = sum(line.discount_minor for line in lines)
    basis = Basis(
        goods_minor=subtotal - discount,
        tax_minor=order.total_tax_set.minor(),
        shipping_minor=shipping_minor(order),
        total_minor=order.total_price_set.minor(),
    )
    return OrderData(
        external_id=str(order.id),
        placed_at=order.processed_at or order.created_at,
        updated_at=order.updated_at,
        currency=order.currency,
        lines=tuple(lines),
        subtotal_minor=subtotal,
        discount_minor=discount,
        tax_minor=basis.tax_minor,
        shipping_minor=basis.shipping_minor,
        total_minor=basis.total_minor,
        visitor_id=visitor_of(order),
        customer_id=str(order.customer.id) if order.customer and order.customer.id else "",
        status=status(order),
        refunds=tuple(
            refund_data(refund, is_tax_in=lambda _line: bool(order.taxes_included), basis=basis)
            for refund in listed(order.refunds)
        ),
        repeat_kind=RepeatKind.RENEWAL if order.source_name in RENEWALS else RepeatKind.NONE,
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
    places = [order.note_attributes, *(line.properties for line in listed(order.line_items))]
    return payloads.visitor_of((attribute.name, attribute.value) for place in places for attribute in listed(place))


def status(order: Order) -> str:
    """How far the order is. Here an order exists only after the checkout: what isn't paid then is awaited."""
    if order.cancelled_at or order.financial_status == "voided":
        return OrderStatus.CANCELLED
    if order.financial_status in PAID:
        return OrderStatus.PAID
    return OrderStatus.PENDING if order.financial_status in UNPAID else OrderStatus.ON_HOLD


def line_data(order: Order, line: Line, read_token: ReadToken, products: ShopProducts) -> list[LineData]:
    """The line without tax; its discount is scaled down with it."""
    before = line.price_set.minor() * line.quantity
    discounts = [allocation.amount_set.minor() for allocation in listed(line.discount_allocations)]
    paid = before - sum(discounts)
    net = paid - (tax_minor(line) if order.taxes_included else 0)
    net_before = round(Decimal(before) * net / paid) if paid else before
    name = line.stored_name(products)
    token = accepted(line, before, discounts, read_token, products)
    return payloads.priced_lines(name, line.quantity, net_before, net_before - net, token)


def accepted(line: Line, before: int, discounts: list[int], read_token: ReadToken, products: ShopProducts) -> Accepted:
    """What the line's token says. The offer's price may be one discount, a coupon another: each may be in it."""
    texts = ((item.name, item.value) for item in listed(line.properties))
    token = payloads.first_text(texts, payloads.ACCEPTANCE_NAMES)
    if not token:
        return NO_TOKEN
    totals = {before - off for off in sums_of_some(discounts)}
    sku = line.sku or products.sku_of("", line.external_ids)
    sold = SoldLine(sku, line.quantity, totals, line.external_ids, bool(line.sku in products.skus))
    return read_token(token, sold)


def sums_of_some(amounts: list[int]) -> set[int]:
    """The sums of every choice of these amounts, as long as they are few; of many: none, all, each alone and all but
    each."""
    sums = {0}
    for amount in amounts:
        sums |= {known + amount for known in sums}
        if len(sums) > MAX_SUMS:
            whole = sum(amounts)
            return {0, whole, *amounts, *(whole - one for one in amounts)}
    return sums


def tax_minor(line: Line | ShippingLine) -> int:
    """All taxes of the line together."""
    return sum(tax.price_set.minor() for tax in listed(line.tax_lines))


def shipping_minor(order: Order) -> int:
    """Shipping after discounts and without tax."""
    return sum(
        line.discounted_price_set.minor() - (tax_minor(line) if order.taxes_included else 0)
        for line in listed(order.shipping_lines)
        if not line.is_removed
    )


def refund_data(refund: Refund, *, is_tax_in: Callable[[Line], bool], basis: Basis) -> RefundData:
    """What was paid back for goods, without tax and shipping; ``is_tax_in`` says it of a line's price.

    ``basis``: what the order is made of, as an amount beside the lines says nothing of its tax.
    """
    goods = [line for line in listed(refund.refund_line_items) if line.line_item.are_goods]
    amount = sum(
        line.subtotal_set.minor() - (line.total_tax_set.minor() if is_tax_in(line.line_item) else 0) for line in goods
    )
    amount += sum(
        beyond_lines(adjustment, basis)
        for adjustment in listed(refund.order_adjustments)
        if adjustment.kind == "refund_discrepancy"
    )
    return RefundData(
        external_id=str(refund.id),
        amount_minor=max(0, amount),
        at=refund.created_at,
        lines=tuple({"sku": line.line_item.label, "quantity": line.quantity} for line in goods),
    )


def beyond_lines(adjustment: Adjustment, basis: Basis) -> int:
    """What was paid back beyond the lines (less where it is negative), without tax: its own, else in proportion."""
    amount = -adjustment.amount_set.minor()
    tax = -adjustment.tax_amount_set.minor() if adjustment.tax_amount_set else 0
    return amount - tax if tax else refunded_goods.without_tax(amount, basis)
