"""Effects are exact in expectation."""

import pytest

from demo.simulation.effects import SECOND_ORDER_SHARE, Basket, effect_of, fitting_upsell
from experiments.accounting.order_data import LineData

BASKETS = [
    Basket((LineData("big", 1, 9000), LineData("card", 2, 500)), 10_000),
    Basket((LineData("mid", 4, 1000), LineData("card", 1, 500)), 4_500),
    Basket((LineData("mid", 5, 1000),), 5_000),
]
MEAN = (10_000 + 4_500 + 5_000) / 3


@pytest.mark.parametrize("aov_lift", [0.001, 0.05, 0.4, 1.5, -0.05, -0.3])
def test_effect_first_orders_carry_the_whole_lift(aov_lift):
    effect = effect_of(
        LineData("card", 1, 500), BASKETS, aov_lift=aov_lift, conversion_lift=-0.01, experiment_key="cart"
    )
    assert effect.upsell is not None
    assert effect.upsell.experiment_key == "cart"
    assert effect.conversion_factor == 0.99
    assert 0 < effect.take_rate <= 0.35
    gain = effect.take_rate * effect.upsell.quantity * effect.upsell.price_minor - effect.discount_share * MEAN
    assert gain / (MEAN * (1 + SECOND_ORDER_SHARE)) == pytest.approx(aov_lift)


def test_effect_without_lift_sells_and_discounts_nothing():
    effect = effect_of(LineData("card", 1, 500), BASKETS, aov_lift=0.0, conversion_lift=0.02, experiment_key="cart")
    assert (effect.take_rate, effect.discount_share, effect.conversion_factor) == (0.0, 0.0, 1.02)


def test_fitting_upsell_is_bought_often_at_a_fitting_price():
    assert fitting_upsell(BASKETS) == LineData("mid", 1, 1000)  # 325 to 1950 fits; mid and card are in two orders each


def test_fitting_upsell_where_no_price_fits_is_the_nearest():
    assert fitting_upsell([Basket((LineData("only", 1, 9000),), 9000)]) == LineData("only", 1, 9000)
