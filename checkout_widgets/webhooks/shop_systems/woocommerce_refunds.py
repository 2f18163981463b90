"""WooCommerce's refunds -> what was paid back for goods, without tax and shipping.

An order says only a refund's total. Where our plugin adds them, refunds are known line by line: in the order's
``offerlift_refunds``, each as the REST API answers ``orders/<id>/refunds``. What isn't known is paid back goods first,
with its tax in the goods' own proportion.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from checkout_widgets.webhooks.shop_systems.payloads import listed
from checkout_widgets.webhooks.shop_systems.woocommerce_bodies import (
    ItemizedRefund,
    RefundedLine,
    WooCommerceFee,
    WooCommerceLine,
    WooCommerceOrder,
)
from experiments.accounting.order_data import RefundData
from experiments.accounting.refunded_goods import UnrefundedGoods


@dataclass(slots=True)
class PaidBack:
    """Amounts that were paid back, in minor units and added up."""

    net_minor: int = 0
    tax_minor: int = 0

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.tax_minor


def read_refunds(order: WooCommerceOrder, updated_at: datetime) -> tuple[RefundData, ...]:
    """Return the refunds' shares of goods, at the time of the version, as WooCommerce says no time of theirs.

    One after the other in the order in which they were made: what one paid back, the next can't. The order's own list
    says which refunds there are; the plugin's may hold one that was taken back meanwhile.
    """
    goods = goods_of(order)
    itemized = {refund.id: refund for refund in listed(order.offerlift_refunds)}
    data = []
    for refund in sorted(listed(order.refunds), key=attrgetter("id")):
        lines = itemized.get(refund.id)
        amount = abs(order.minor(refund.total))
        if lines is None:
            refunded = goods.pay_back_amount(amount)
        else:
            refunded = pay_back_itemized(goods, order, lines, amount)
        data.append(RefundData(str(refund.id), refunded, updated_at, returned_products(lines)))
    return tuple(data)


def goods_of(order: WooCommerceOrder) -> UnrefundedGoods:
    """Return all goods of the order after discounts, without tax and with it."""
    parts: list[WooCommerceLine | WooCommerceFee] = [*order.goods, *order.discounts]
    net = tax = 0
    for part in parts:
        net += order.minor(part.total)
        tax += order.minor(part.total_tax)
    return UnrefundedGoods(max(0, net), max(0, net + tax))


def pay_back_itemized(
    goods: UnrefundedGoods, order: WooCommerceOrder, refund: ItemizedRefund, amount_minor: int
) -> int:
    """Take the refund's lines out of the goods, and what goes beyond them as an amount alone; return the part of goods.

    Where less was paid back than the lines say, all of them are less in proportion.
    """
    of_goods, of_others = split(order, refund)
    in_lines = of_goods.gross_minor + of_others.gross_minor
    net, gross = of_goods.net_minor, of_goods.gross_minor
    if 0 <= amount_minor < in_lines:
        net = round(Decimal(net) * amount_minor / in_lines)
        gross = round(Decimal(gross) * amount_minor / in_lines)
    return goods.pay_back(net, gross) + goods.pay_back_amount(amount_minor - in_lines)


def split(order: WooCommerceOrder, refund: ItemizedRefund) -> tuple[PaidBack, PaidBack]:
    """Return what the refund's lines pay back of goods, and of shipping and fees.

    Lines are negative. A positive fee takes back a discount, which makes the goods' part less.
    """
    goods, others = PaidBack(), PaidBack()
    for line in listed(refund.line_items):
        add(goods, order, line)
    for line in listed(refund.shipping_lines):
        add(others, order, line)
    for fee in listed(refund.fee_lines):
        is_discount = order.minor(fee.total) > 0
        add(goods if is_discount else others, order, fee)
    return goods, others


def add(paid_back: PaidBack, order: WooCommerceOrder, line: RefundedLine) -> None:
    """Add what the line paid back."""
    paid_back.net_minor -= order.minor(line.total)
    paid_back.tax_minor -= order.minor(line.total_tax)


def returned_products(refund: ItemizedRefund | None) -> tuple[dict[str, Any], ...]:
    """Return SKU and quantity of the products that came back; none where the refund is an amount alone."""
    if refund is None:
        return ()
    products = []
    for line in listed(refund.line_items):
        products.append({"sku": line.label, "quantity": abs(round(line.quantity))})
    return tuple(products)
