"""What of a refund is of goods, by hand."""

import pytest

from experiments.accounting.refunded_goods import Basis, UnrefundedGoods, without_tax

# 100.00 of goods and 10.00 of shipping at 19%: 20.90 of tax
ON_TOP = Basis(goods_minor=10_000, tax_minor=2_090, shipping_minor=1_000, total_minor=13_090)
INSIDE = Basis(goods_minor=11_900, tax_minor=2_090, shipping_minor=1_190, total_minor=13_090)


@pytest.mark.parametrize(
    ("basis", "amount", "goods"),
    [
        (ON_TOP, 11_900, 10_000),
        (ON_TOP, 1_190, 1_000),
        (ON_TOP, 1, 1),
        (ON_TOP, -1_190, -1_000),
        (ON_TOP, 0, 0),
        (INSIDE, 1_190, 1_190),
        (Basis(10_000, 0, 0, 10_000), 500, 500),
        (Basis(10_000, 1_900, 0, 12_150), 1_190, 1_000),  # with a fee of 2.50
        (Basis(0, 0, 0, 0), 500, 500),
        (Basis(-100, 50, 100, 50), 10, 10),  # nothing that a proportion could be of
    ],
)
def test_without_tax_is_the_orders_own_proportion(basis, amount, goods):
    assert without_tax(amount, basis) == goods


def test_goods_pay_back_what_is_there_and_the_rest_last():
    goods = UnrefundedGoods(4_481, 5_198)
    assert goods.pay_back(3_360, 3_998) == 3_360
    assert goods.pay_back_amount(600) == 560  # of 11.21 in 12.00: half
    assert goods.pay_back_amount(9_999) == 561
    assert (goods.net_minor, goods.gross_minor) == (0, 0)
    assert goods.pay_back_amount(1) == 0
    assert goods.pay_back(1, 1) == 0
