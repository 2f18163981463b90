"""Shopify's refunds -> what was paid back for goods, without tax and shipping."""

from collections.abc import Callable
from typing import Any

from checkout_widgets.webhooks.shop_systems.payloads import listed
from checkout_widgets.webhooks.shop_systems.shopify_bodies import (
    ShopifyAdjustment,
    ShopifyLine,
    ShopifyRefund,
    ShopifyRefundLine,
)
from experiments.accounting import refunded_goods
from experiments.accounting.order_data import RefundData
from experiments.accounting.refunded_goods import Basis

BEYOND_LINES = "refund_discrepancy"  # the other kind is of shipping, which isn't goods


def refund_data(refund: ShopifyRefund, *, is_tax_included: Callable[[ShopifyLine], bool], basis: Basis) -> RefundData:
    """Return what was paid back for goods; ``is_tax_included`` says of a line whether its price has the tax in it.

    ``basis``: what the order is made of, as an amount beside the lines says nothing of its tax.
    """
    amount = 0
    returned: list[dict[str, Any]] = []
    for line in refund.merchandise:
        amount += paid_back(line, is_tax_included=is_tax_included(line.line_item))
        returned.append({"sku": line.line_item.label, "quantity": line.quantity})
    for adjustment in listed(refund.order_adjustments):
        if adjustment.kind == BEYOND_LINES:
            amount += beyond_lines(adjustment, basis)
    return RefundData(
        external_id=str(refund.id),
        amount_minor=max(0, amount),  # a shop may keep more (a fee) than the lines are worth
        at=refund.created_at,
        lines=tuple(returned),
    )


def paid_back(line: ShopifyRefundLine, *, is_tax_included: bool) -> int:
    """Return what was paid back for the line, without tax."""
    amount = line.subtotal_set.minor()
    if is_tax_included:
        return amount - line.total_tax_set.minor()
    return amount


def beyond_lines(adjustment: ShopifyAdjustment, basis: Basis) -> int:
    """Return what was paid back beyond the lines (less where it is negative), without tax.

    Its own tax where Shopify says it; else the tax in proportion to the order's.
    """
    amount, tax = -adjustment.amount_set.minor(), -adjustment.tax_minor()
    if tax:
        return amount - tax
    return refunded_goods.without_tax(amount, basis)
