"""Outcomes at the moments that follow an order: confirmation and follow-up."""

from dataclasses import replace
from datetime import timedelta

import pytest

from experiments.accounting import rollups
from experiments.accounting.order_data import LineData, RefundData
from experiments.accounting.orders import record_order, record_orders
from experiments.models import Exposure
from experiments.reading import aggregation
from experiments.reading.facts import facts_of
from tests import factories
from tests.experiments.accounting.outcomes_of_orders import NOTHING, order, outcome_of
from tests.factories import NOON


@pytest.fixture
def thanks(exposure) -> Exposure:
    """At the confirmation page two minutes past noon."""
    experiment = factories.make_experiment(exposure.store, key="thanks", moment="confirmation")
    at = NOON + timedelta(minutes=2)
    return factories.make_exposure(
        experiment.variants.get(key="treatment"), visitor_id="v_1", exposed_at=at, cart_value_minor=7
    )


def test_outcome_of_confirmation_is_the_order_that_led_there_with_what_is_added_to_it(thanks):
    lines = (LineData("tea", 2, 1000, discount_minor=100), LineData("cup", 1, 700, "first"))
    placed = order(lines=lines, discount_minor=100, total_minor=1)
    record_orders(thanks.store, [order("earlier", minutes=-5), placed, order("next", minutes=3)])
    assert outcome_of(thanks) == (2, 2600 + 1000, 0, 4, 0, None, True, False, 2600)
    added = (*lines, LineData("pot", 1, 500, "thanks", discount_minor=50))
    refund = RefundData("r1", 30, NOON)
    record_order(thanks.store, replace(placed, updated_at=NOON + timedelta(hours=1), lines=added, discount_minor=150))
    assert outcome_of(thanks) == (2, 2600 + 450 + 1000, 0, 5, 450, None, True, True, 2600)
    gone = replace(placed, updated_at=NOON + timedelta(hours=2), status="cancelled", refunds=(refund,))
    record_order(thanks.store, gone)
    assert outcome_of(thanks) == (1, 1000, 0, 1, 0, None, True, False, 2600), "still what it was worth then"


@pytest.mark.parametrize(
    ("minutes", "currency", "is_led"),
    [(2, "EUR", True), (2 - 24 * 60, "EUR", True), (1 - 24 * 60, "EUR", False), (1, "USD", False), (3, "EUR", False)],
)
def test_outcome_of_confirmation_order_that_led_there_is_at_most_a_day_old(thanks, minutes, currency, is_led):
    record_order(thanks.store, order(minutes=minutes, currency=currency))
    assert (outcome_of(thanks)[-1] is not None) is is_led


def test_outcome_of_follow_up_has_the_order_before_as_covariate_alone(exposure):
    experiment = factories.make_experiment(exposure.store, key="later", moment="follow_up")
    late = factories.make_exposure(
        experiment.variants.get(key="control"), visitor_id="v_1", exposed_at=NOON + timedelta(days=3)
    )
    record_order(late.store, order())
    assert outcome_of(late) == (*NOTHING[:-1], 1000)
    assert outcome_of(exposure)[:2] == (1, 1000)
    record_order(late.store, order("next", minutes=4 * 24 * 60))
    assert outcome_of(late)[:2] == (1, 1000)


def test_sums_of_confirmation_take_the_order_for_the_cart(thanks):
    other = factories.make_exposure(thanks.variant, visitor_id="v_2", cart_value_minor=7)
    record_order(thanks.store, order())
    for _ in range(2):
        found = aggregation.aggregates(thanks.experiment)["treatment"].sums["cart_value"]
        assert (found, facts_of(thanks.experiment, NOON).mean_cart_value_minor) == (1007, 504)
        rollups.refresh_touched()
    assert outcome_of(other) == NOTHING
