"""How much of a refund was paid back for goods.

A refund pays back goods first and shipping last. A sum that says nothing else holds the order's tax in the order's own
proportion: all goods of an order with their tax are what its goods without tax are for revenue, and a part of them is
the same part.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Basis:
    """What an order is made of, in minor units: ``goods_minor`` after discounts, as its prices are kept."""

    goods_minor: int
    tax_minor: int
    shipping_minor: int
    total_minor: int

    @property
    def is_tax_on_top(self) -> bool:
        """Whether prices are without tax: the total then holds it beside goods and shipping.

        Fees, tips and rounding may be in the total too, so that it is compared with the middle between the two.
        """
        return self.tax_minor > 0 and 2 * (self.total_minor - self.goods_minor - self.shipping_minor) >= self.tax_minor


def without_tax(amount_minor: int, basis: Basis) -> int:
    """The part of an amount that is of goods without tax, where the order's prices are without tax; rounded half even.

    The proportion is that of goods and shipping to both with tax, as an order says its tax in one sum.
    """
    net = basis.goods_minor + basis.shipping_minor
    if not basis.is_tax_on_top or net <= 0:
        return amount_minor
    return round(Decimal(amount_minor) * net / (net + basis.tax_minor))


@dataclass(slots=True)
class UnrefundedGoods:
    """What is still to be paid back of an order's goods, without tax and with it."""

    net_minor: int
    gross_minor: int

    def pay_back(self, net_minor: int, gross_minor: int) -> int:
        """Take out so much, as far as it is there, and return the part without tax."""
        net = max(0, min(net_minor, self.net_minor))
        self.net_minor -= net
        self.gross_minor = max(0, self.gross_minor - gross_minor)
        return net

    def pay_back_amount(self, gross_minor: int) -> int:
        """The same of an amount with tax, of which nothing is known but that goods come first."""
        if self.gross_minor <= 0 or gross_minor <= 0:
            return 0
        amount = min(gross_minor, self.gross_minor)
        return self.pay_back(round(Decimal(amount) * self.net_minor / self.gross_minor), amount)
