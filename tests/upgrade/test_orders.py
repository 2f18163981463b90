"""Orders, deliveries and accepted offers from before are counted as they should be, and the queued jobs are done."""

import json

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from checkout_widgets.edge import tokens
from checkout_widgets.models import Delivery, DeliveryStatus
from checkout_widgets.webhooks import deliveries
from experiments.accounting import rebuild
from experiments.models import (
    COUNTED_STATUSES,
    Experiment,
    Exposure,
    Order,
    OrderLine,
    OrderStatus,
    Source,
    Store,
)
from tests.upgrade import answers

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("undone")]


def test_an_offer_accepted_before_is_paid_for_after(before):
    left = before["unredeemed"]
    tea = Store.objects.get(slug="tea")
    exposure = tokens.read_exposure(left["exposure_token"])
    assert (exposure.store_id, exposure.visitor_id) == (tea.pk, left["visitor_id"])
    placed = answers.ASKED_AT.isoformat()
    line = {"sku": "cup", "quantity": 1, "price_minor": 890, "acceptance_token": left["acceptance_token"]}
    receipt = answers.post(
        "orders",
        tea.secret_key,
        external_id="late",
        placed_at=placed,
        updated_at=placed,
        currency="EUR",
        visitor_id=left["visitor_id"],
        subtotal_minor=890,
        total_minor=890,
        lines=[line],
    )
    assert receipt["visitor_matched"]
    assert "rejected" not in receipt
    outcome = Exposure.objects.get(experiment__key="cart-cup", visitor_id=left["visitor_id"])
    assert (outcome.revenue_minor, outcome.upsell_minor, outcome.has_accepted) == (890, 890, True)


def test_a_delivery_that_waited_is_done_after():
    waiting = Delivery.objects.get(status=DeliveryStatus.PENDING)
    assert deliveries.process(waiting.pk) is False
    waiting.refresh_from_db()
    assert (waiting.status, waiting.error) == (DeliveryStatus.DONE, "")
    assert Order.objects.get(store__slug="corner", external_id="7100").subtotal_minor == 4_899
    assert OrderLine.objects.filter(order__external_id="7100").count() == 2


def test_deliveries_are_kept_with_what_became_of_them():
    kept = Delivery.objects.values_list("connection__kind", "status").order_by("connection__kind", "status")
    numbers = {pair: kept.filter(connection__kind=pair[0], status=pair[1]).count() for pair in set(kept)}
    assert numbers == {
        ("shopify", "done"): 8,
        ("woocommerce", "dead"): 1,
        ("woocommerce", "done"): 8,
        ("woocommerce", "pending"): 1,
    }


AFTER_UPGRADE = ("checkout_widgets.tasks.read_deliveries_again", "experiments.tasks.recompute_outcomes")


def test_unpaid_orders_stop_counting_once_the_worker_has_done_what_the_upgrade_queued():
    """What each order should be, by its body: unfinished and failed payments don't count, awaited money does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo' AND task_name = ANY(%s) ORDER BY id",
            [list(AFTER_UPGRADE)],
        )
        queued = [(name, args if isinstance(args, dict) else json.loads(args)) for name, args in cursor.fetchall()]
    assert {name for name, _ in queued} == set(AFTER_UPGRADE)
    for name, arguments in queued:
        app.tasks[name].func(**arguments)
    orders = Order.objects.filter(store__slug="corner").order_by("external_id")
    counted = [order.external_id for order in orders if order.status in COUNTED_STATUSES]
    assert counted == ["7000", "7001", "7002", "7006", "7007"]
    assert orders.get(external_id="7002").status == OrderStatus.ON_HOLD
    assert orders.get(external_id="own-1").status == OrderStatus.PENDING
    buyers = Exposure.objects.filter(experiment__key="corner-cup", has_converted=True).order_by("visitor_id")
    assert [buyer.visitor_id[-1] for buyer in buyers] == ["0", "1", "2", "6", "7"]
    assert {buyer.orders for buyer in buyers} == {1}
    lamps = Exposure.objects.filter(experiment__key="lamp-cart", has_converted=True)
    assert sorted(buyer.visitor_id[-1] for buyer in lamps) == ["0", "1", "2", "4", "5"], "all but the voided one"
    for test in Experiment.with_holdouts.exclude(source=Source.IMPORTED):
        assert rebuild.rebuild(test).wrong == 0, test.key


def test_queued_jobs_are_known():
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT task_name FROM procrastinate_jobs WHERE status = 'todo'")
        queued = {name for (name,) in cursor.fetchall()}
    assert queued
    assert queued <= set(app.tasks)
