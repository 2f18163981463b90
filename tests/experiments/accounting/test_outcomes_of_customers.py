"""Orders find the exposures of their customer, on whichever device."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from experiments.accounting import order_changes
from experiments.accounting.order_data import RefundData
from experiments.accounting.orders import record_order, record_orders
from experiments.models import Exposure
from tests import factories
from tests.experiments.accounting.outcomes_of_orders import NOTHING, expose, order, outcome_of
from tests.factories import NOON


def test_outcome_order_that_names_the_customer_alone_finds_the_visitor(exposure):
    named = order("1", customer_id="c", minutes=5)
    unnamed = order("2", "", customer_id="c", minutes=60)
    record_orders(exposure.store, [unnamed])
    assert outcome_of(exposure) == NOTHING
    record_orders(exposure.store, [named])
    assert outcome_of(exposure)[:2] == (2, 2000)
    record_order(exposure.store, replace(unnamed, status="cancelled"))
    assert outcome_of(exposure)[:2] == (1, 1000)


def test_outcome_second_device_moves_nobody_and_takes_the_orders_after_it(exposure):
    laptop = factories.make_exposure(exposure.variant, visitor_id="v_2", exposed_at=NOON + timedelta(minutes=30))
    record_orders(
        exposure.store,
        [
            order("phone", "v_1", customer_id="c", minutes=5),
            order("1", "", customer_id="c", minutes=20),
            order("laptop", "v_2", customer_id="c", minutes=40),
            order("2", "", customer_id="c", minutes=50),
        ],
    )
    assert (outcome_of(exposure)[0], outcome_of(laptop)[0]) == (2, 2)
    record_order(exposure.store, order("laptop", "v_2", customer_id="d", minutes=40, version=1))
    assert (outcome_of(exposure)[0], outcome_of(laptop)[0]) == (3, 1)


def test_outcome_customer_seen_while_exposed_brings_orders_along_that_name_no_visitor(exposure):
    record_order(exposure.store, order("1", "", customer_id="c"))
    recorded = record_order(exposure.store, order("2", "", customer_id="c"))
    assert (recorded.is_visitor_matched, outcome_of(exposure)[0]) == (False, 0)
    expose(exposure.variant, customer_id="c", at=NOON + timedelta(minutes=90))
    assert outcome_of(exposure)[0] == 2
    assert record_order(exposure.store, order("3", "", customer_id="c")).is_visitor_matched
    assert outcome_of(exposure)[0] == 3
    other = factories.make_exposure(exposure.variant, visitor_id="v_2")
    expose(exposure.variant, "v_2", customer_id="c", at=NOON)
    assert (outcome_of(exposure)[0], outcome_of(other)[0]) == (0, 3), "seen there before the orders"
    assert other.variant == exposure.variant


def test_outcome_customer_seen_in_another_store_is_somebody_else(exposure):
    record_order(exposure.store, order("1", "", customer_id="c"))
    expose(factories.make_experiment().variants.get(key="control"), "v_1", customer_id="c")
    assert outcome_of(exposure)[0] == 0


def test_outcome_refund_of_an_order_that_names_the_customer_alone_counts(exposure):
    record_orders(exposure.store, [order("1", customer_id="c"), order("2", "", customer_id="c", minutes=9)])
    with order_changes.locked_for_change(exposure.store, "2") as stored:
        order_changes.add_refund(stored, RefundData("r", 300, NOON))
    assert outcome_of(exposure)[:3] == (2, 2000, 300)


def test_outcome_same_customer_id_in_another_store_is_somebody_else(exposure):
    record_order(exposure.store, order("1", customer_id="c"))
    record_order(factories.make_store(), order("2", "", customer_id="c", minutes=9))
    assert outcome_of(exposure)[0] == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_outcome_orders_of_one_customer_at_the_same_instant_meet():
    variant = factories.make_experiment().variants.get(key="control")
    store, visitors = variant.experiment.store, [f"v_{number}" for number in range(40)]
    for visitor_id in visitors:
        factories.make_exposure(variant, visitor_id=visitor_id)

    def run(suffix: str, *, is_named: bool) -> None:
        for one in visitors:
            record_order(store, order(one + suffix, one if is_named else "", customer_id=f"c_{one}", minutes=5))
        connection.close()

    threads = [
        threading.Thread(target=run, args=("a",), kwargs={"is_named": True}),
        threading.Thread(target=run, args=("b",), kwargs={"is_named": False}),
        threading.Thread(target=run, args=("c",), kwargs={"is_named": False}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(Exposure.objects.values_list("orders", "revenue_minor")) == {(3, 3000)}
