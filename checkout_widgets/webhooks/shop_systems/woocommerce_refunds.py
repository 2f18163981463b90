"""WooCommerce's refunds -> what was paid back for goods, without tax and shipping.

An order says only a refund's total. Where our plugin adds them, refunds are known line by line: in the order's
``offerlift_refunds``, each as the REST API answers ``orders/<id>/refunds``. What isn't known is paid back goods first,
with its tax in the goods' own proportion.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct

from checkout_widgets.webhooks.shop_systems import payloads
from checkout_widgets.webhooks.shop_systems.payloads import Id, ListOf, listed
from experiments.accounting.order_data import RefundData
from experiments.accounting.refunded_goods import Goods


class Meta(Struct):
    """What a plugin wrote down with the order or with a line."""

    key: str
    value: Any = None


class Refund(Struct):
    """What was paid back: a negative total with tax, and nothing about what it is for."""

    id: Id
    total: Decimal


class RefundedLine(Struct):
    """What was paid back of a line, a fee or the shipping: negative, without tax."""

    total: Decimal
    total_tax: Decimal | None = None
    quantity: float = 0
    sku: str | None = None
    product_id: Id | None = 0
    variation_id: Id | None = 0

    @property
    def name(self) -> str:
        """The SKU, or WooCommerce's own id where the product has none."""
        return (self.sku or str(self.variation_id or self.product_id or ""))[:64]


class ItemizedRefund(Struct):
    """A refund line by line: ``amount`` is all that was paid back, with tax; without lines it is an amount alone."""

    id: Id
    amount: Decimal
    line_items: ListOf[RefundedLine] = []
    shipping_lines: ListOf[RefundedLine] = []
    fee_lines: ListOf[RefundedLine] = []


@dataclass(frozen=True, slots=True)
class Parts:
    """A refund in minor units: goods without tax, goods with tax, and shipping and fees with tax."""

    goods_minor: int
    goods_gross_minor: int
    other_gross_minor: int


def refunds(
    goods: Goods, totals: Collection[Refund], itemized: Collection[ItemizedRefund], currency: str, at: datetime
) -> tuple[RefundData, ...]:
    """The refunds' shares of goods, one after the other; ``goods`` is what there is to pay back.

    The order's own list says which refunds there are.
    """
    known = {refund.id: refund for refund in itemized}
    data = []
    for refund in sorted(totals, key=lambda refund: refund.id):
        lines = known.get(refund.id)
        amount = abs(payloads.minor(refund.total, currency))
        paid_back = goods.pay_back_amount(amount) if lines is None else itemized_goods(goods, lines, amount, currency)
        data.append(RefundData(str(refund.id), paid_back, at, returned(lines)))
    return tuple(data)


def itemized_goods(goods: Goods, refund: ItemizedRefund, amount_minor: int, currency: str) -> int:
    """What the refund's lines pay back of the goods, and what goes beyond its lines as an amount alone.

    Where less was paid back than the lines say, all of them are less in proportion.
    """
    parts = parts_of(refund, currency)
    in_lines = parts.goods_gross_minor + parts.other_gross_minor
    net, gross = parts.goods_minor, parts.goods_gross_minor
    if 0 <= amount_minor < in_lines:
        net = round(Decimal(net) * amount_minor / in_lines)
        gross = round(Decimal(gross) * amount_minor / in_lines)
    return goods.pay_back(net, gross) + goods.pay_back_amount(amount_minor - in_lines)


def parts_of(refund: ItemizedRefund, currency: str) -> Parts:
    """What the refund's lines come to. A fee below zero was a discount, whose return makes the goods' less."""

    def net(lines: Collection[RefundedLine]) -> int:
        return -sum(payloads.minor(line.total, currency) for line in lines)

    def tax(lines: Collection[RefundedLine]) -> int:
        return -sum(payloads.minor(line.total_tax or Decimal(0), currency) for line in lines)

    discounts = [fee for fee in listed(refund.fee_lines) if payloads.minor(fee.total, currency) > 0]
    fees = [fee for fee in listed(refund.fee_lines) if payloads.minor(fee.total, currency) <= 0]
    goods, others = [*listed(refund.line_items), *discounts], [*listed(refund.shipping_lines), *fees]
    return Parts(net(goods), net(goods) + tax(goods), net(others) + tax(others))


def returned(refund: ItemizedRefund | None) -> tuple[dict[str, Any], ...]:
    """The products that came back, where they are known."""
    lines = listed(refund.line_items) if refund else []
    return tuple({"sku": line.name, "quantity": abs(round(line.quantity))} for line in lines)
