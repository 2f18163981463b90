"""What an order leaves in the outcome columns of an exposure, and which orders do."""

import re
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from experiments.accounting import outcomes
from experiments.accounting.order_data import LineData, RefundData
from experiments.accounting.orders import record_order, record_orders
from experiments.models import Exposure, Source, Store
from tests import factories
from tests.experiments.accounting.outcomes_of_orders import NOTHING, WINDOW_DAYS, expose, order, outcome_of
from tests.factories import NOON


def test_outcome_all_columns_from_one_order(exposure):
    data = order(
        lines=(LineData("tea", 2, 1050), LineData("cup", 1, 990, "first", 40), LineData("pot", 3, 500, "second")),
        discount_minor=90,
        refunds=(RefundData("r1", 990, NOON), RefundData("r2", 10, NOON)),
    )
    record_order(exposure.store, data)
    assert outcome_of(exposure)[:-1] == (1, 2 * 1050 + 990 + 3 * 500 - 90, 1000, 6, 950, None, True, True)


def test_outcome_margin_is_net_of_discounts_refunds_and_costs(exposure):
    lines = (LineData("tea", 2, 1050, cost_minor=400), LineData("gift", 1, 0, cost_minor=0))
    data = order(lines=lines, discount_minor=100, tax_minor=300, shipping_minor=490)
    record_order(exposure.store, replace(data, refunds=(RefundData("r1", 50, NOON),)))
    assert outcome_of(exposure)[5] == 2 * 1050 - 100 - 50 - 2 * 400


@pytest.mark.parametrize(
    ("basis", "revenue", "refunded"),
    [
        ({}, 2000, 500),
        ({"is_tax_revenue": True}, 2000 + 401, 500 + 100),  # 401 / 4, rounded
        ({"is_shipping_revenue": True}, 2000 + 490, 500),
        ({"is_tax_revenue": True, "is_shipping_revenue": True}, 2000 + 401 + 490, 500 + 100),
    ],
)
def test_outcome_revenue_is_what_the_store_counts(exposure, basis, revenue, refunded):
    lines = (LineData("tea", 2, 1050, cost_minor=400),)
    data = order(lines=lines, discount_minor=100, tax_minor=401, shipping_minor=490)
    record_order(exposure.store, replace(data, refunds=(RefundData("r1", 500, NOON),)))
    Store.objects.filter(pk=exposure.store_id).update(**basis)
    outcomes.recompute_store(exposure.store_id)
    assert outcome_of(exposure)[:-1] == (1, revenue, refunded, 2, 0, 2000 - 500 - 800, True, False)


def test_outcome_refund_of_more_than_the_goods_takes_all_tax_back_and_no_more(exposure):
    Store.objects.update(is_tax_revenue=True)
    data = order(tax_minor=190, refunds=(RefundData("r1", 700, NOON), RefundData("r2", 790, NOON)))
    record_order(exposure.store, data)
    assert outcome_of(exposure)[1:3] == (1190, 1000 + 190)  # so nothing is left, and no less


def test_recompute_store_goes_through_all_batches_of_this_store(exposure, monkeypatch):
    monkeypatch.setattr(outcomes, "BATCH", 2)
    other = factories.make_exposure(factories.make_experiment().variants.get(key="control"), visitor_id="v_1")
    for number in range(5):
        visitor_id = f"v_{number}"
        record_orders(exposure.store, [order(visitor_id, visitor_id)])
        if number != 1:
            factories.make_exposure(exposure.variant, visitor_id=visitor_id)
    record_order(other.store, order())
    Exposure.objects.update(orders=7, revenue_minor=7, has_converted=True)
    outcomes.recompute_store(exposure.store_id)
    assert set(Exposure.objects.filter(store=exposure.store).values_list("orders", "revenue_minor")) == {(1, 1000)}
    assert outcome_of(other)[:2] == (7, 7)


def test_outcome_margin_one_order_without_a_cost_is_unknown_until_it_is_known(exposure):
    record_order(exposure.store, order("1", lines=(LineData("tea", 1, 1000, cost_minor=400),)))
    record_order(exposure.store, order("2", lines=(LineData("cup", 1, 700),)))
    assert outcome_of(exposure)[:2] == (2, 1700)
    assert outcome_of(exposure)[5] is None
    record_order(exposure.store, order("2", version=1, lines=(LineData("cup", 1, 700, cost_minor=0),)))
    assert outcome_of(exposure)[5] == 600 + 700


@pytest.mark.parametrize(
    "data",
    [
        order(minutes=-1),
        order(minutes=WINDOW_DAYS * 24 * 60),
        order(currency="USD"),
        order(status="cancelled"),
        order(visitor_id="v_2"),
        order(visitor_id=""),
    ],
    ids=["before exposure", "after the window", "other currency", "cancelled", "other visitor", "no visitor"],
)
def test_outcome_order_that_does_not_count_changes_nothing(exposure, data):
    record_order(exposure.store, data)
    assert outcome_of(exposure) == NOTHING


@pytest.mark.parametrize("minutes", [0, WINDOW_DAYS * 24 * 60 - 1])
def test_outcome_order_at_the_ends_of_the_window_counts(exposure, minutes):
    record_order(exposure.store, order(minutes=minutes))
    assert outcome_of(exposure)[:2] == (1, 1000)


def test_outcome_of_another_stores_order_is_not_counted(exposure):
    record_order(factories.make_store(), order())
    assert outcome_of(exposure) == NOTHING


def test_outcome_order_without_lines_counts_as_an_order(exposure):
    record_order(exposure.store, order(lines=()))
    assert outcome_of(exposure) == (1, 0, 0, 0, 0, 0, True, False, None)


def test_outcome_order_cancelled_later_is_taken_back(exposure):
    record_order(exposure.store, order())
    assert outcome_of(exposure)[0] == 1
    record_order(exposure.store, order(version=1, status="cancelled"))
    assert outcome_of(exposure) == NOTHING


def test_outcome_order_moved_to_another_visitor_leaves_the_first(exposure):
    other = factories.make_exposure(exposure.variant, visitor_id="v_2")
    record_order(exposure.store, order())
    record_order(exposure.store, order(version=1, visitor_id="v_2"))
    assert (outcome_of(exposure)[0], outcome_of(other)[0]) == (0, 1)


def test_outcome_earlier_exposure_arriving_later_takes_the_order_in(exposure):
    record_order(exposure.store, order(minutes=-5))
    assert outcome_of(exposure) == NOTHING
    expose(exposure.variant, at=NOON - timedelta(minutes=10))
    assert outcome_of(exposure)[:2] == (1, 1000)


def test_outcome_of_an_imported_experiment_is_never_touched(exposure):
    exposure.experiment.source = Source.IMPORTED
    exposure.experiment.save()
    Exposure.objects.update(orders=3, revenue_minor=99, has_converted=True)
    record_order(exposure.store, order())
    expose(exposure.variant, at=NOON - timedelta(days=1))
    assert outcome_of(exposure) == (3, 99, 0, 0, 0, 0, True, False, None)


def test_outcome_largest_order_allowed_fits(exposure):
    lines = tuple(LineData("gold", 1, 10**9) for _ in range(1000))
    record_order(exposure.store, order(lines=lines))
    assert outcome_of(exposure)[:2] == (1, 10**12)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_outcome_order_and_exposure_at_the_same_instant_meet():
    variant = factories.make_experiment().variants.get(key="control")
    store, visitors = variant.experiment.store, [f"v_{number}" for number in range(40)]

    def run(action) -> None:
        for visitor_id in visitors:
            action(visitor_id)
        connection.close()

    threads = [
        threading.Thread(target=run, args=(lambda visitor_id: expose(variant, visitor_id),)),
        threading.Thread(target=run, args=(lambda visitor_id: record_order(store, order(visitor_id, visitor_id)),)),
        threading.Thread(
            target=run, args=(lambda visitor_id: record_order(store, order(visitor_id + "b", visitor_id)),)
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(Exposure.objects.values_list("orders", "revenue_minor")) == {(2, 2000)}
    assert Exposure.objects.count() == len(visitors)


@pytest.mark.parametrize(("placed", "orders"), [(0, 1), (-1, 0)], ids=["the same second", "the one before"])
def test_outcome_order_dated_by_whole_seconds_counts_from_the_exposures_second(exposure, placed, orders):
    """A shop says 12:00:00 of an order placed at 12:00:00.7, and the exposure was at 12:00:00.2."""
    Exposure.objects.update(exposed_at=NOON + timedelta(milliseconds=200))
    record_order(exposure.store, order(placed_at=NOON + timedelta(seconds=placed)))
    assert outcome_of(exposure)[0] == orders


@pytest.mark.slow
@pytest.mark.django_db
def test_outcome_that_changes_stays_on_its_page_and_is_written_to_no_index():
    variant = factories.make_experiment().variants.get(key="control")
    for _ in range(200):
        factories.make_exposure(variant)
    # One in twenty buys: few enough for what each page keeps free.
    buyers = Exposure.objects.order_by("visitor_id").values_list("visitor_id", flat=True)[::20]
    before = updates_of_exposures()
    for visitor_id in buyers:
        record_order(variant.experiment.store, order(visitor_id, visitor_id))
    written, on_their_page = updates_of_exposures()
    assert (written - before[0], on_their_page - before[1]) == (10, 10)


def updates_of_exposures() -> tuple[int, int]:
    """How many exposures this connection has updated, and how many of these without a change to an index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'experiments_exposure'"
        )
        updated, on_their_page = cursor.fetchone()
    return updated, on_their_page


@pytest.mark.django_db
def test_outcome_of_a_holdout_is_computed_like_any_other():
    store = factories.make_store()
    holdout = factories.make_holdout(store)
    exposure = factories.make_exposure(holdout.variants.get(key="offers"), visitor_id="v_1")
    record_order(store, order())
    exposure.refresh_from_db()
    assert (exposure.orders, exposure.has_converted) == (1, True)


def test_orders_of_a_store_newer_than_the_statistics_are_not_all_read_for_each_exposure(exposure):
    """The planner takes a store that it hasn't seen for one with a single order, whatever index finds it."""
    old = factories.make_store()
    for number in range(500):
        factories.make_order(old, visitor_id=f"v_{number}", customer_key=f"i_{number}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE experiments_order")
        parameters = {"store_id": exposure.store_id, "visitor_ids": [exposure.visitor_id]}
        cursor.execute("EXPLAIN " + outcomes.RECOMPUTE, parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    found_by = set(re.findall(r"using (\w+) on experiments_order ", plan))
    assert found_by == {"order_store_visitor_placed", "order_store_linked_placed", "order_store_key_placed"}
