"""What the worker keeps current by itself, by its own schedule: outcomes and sums within a minute of any news."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from checkout_widgets.edge import live_configuration
from checkout_widgets.webhooks import queueing
from experiments.accounting import order_changes
from experiments.accounting.claims import claim_order
from experiments.accounting.order_data import RefundData
from experiments.accounting.orders import record_order
from experiments.models import Exposure, ExposureDay, OrderStatus, Store, TouchedDay
from experiments.reading import aggregation
from tests import factories
from tests.checkout_widgets.webhooks import samples
from tests.experiments.accounting.outcomes_of_orders import expose, order
from tests.factories import NOON

pytestmark = pytest.mark.slow

REFRESH = "experiments.tasks.refresh_touched_days"


@pytest.fixture
def exposure(transactional_db: None) -> Exposure:
    experiment = factories.make_experiment(factories.make_store(timezone="UTC"))
    return factories.make_exposure(experiment.variants.get(key="treatment"), visitor_id="v_1")


def add_up() -> None:
    """One turn of the worker's schedule, as its clock would queue it."""
    with suppress(AlreadyEnqueued):  # the worker before may have queued it by the clock
        app.configure_task(REFRESH).defer(timestamp=0)
    call_command("worker", until_empty=True)
    assert not TouchedDay.objects.exists()


def kept(exposure: Exposure) -> tuple[int, ...]:
    """Orders, revenue and refunds as they were added up, read from the sums alone."""
    rows = ExposureDay.objects.filter(experiment=exposure.experiment, dimension="", variant=exposure.variant)
    return tuple(map(int, map(sum, zip(*rows.values_list("orders", "revenue", "refunded"), strict=True))))


def news() -> list[tuple[str, Callable[[Store, Exposure], object], tuple[int, int, int]]]:
    """What may arrive, one after the other, and what is added up afterwards; revenue is net of refunds."""
    first, second = order("1"), order("2", "", customer_id="c", minutes=5)
    third = order("3", "", minutes=-5, total_minor=9)

    def refund(store: Store, exposure: Exposure) -> None:
        with order_changes.locked_for_change(store, "1") as stored:
            order_changes.add_refund(stored, RefundData("r", 300, NOON))

    def delete(store: Store, exposure: Exposure) -> None:
        at = NOON + timedelta(days=1)
        record_order(store, replace(first, status=OrderStatus.CANCELLED, updated_at=at, deleted_at=at))

    return [
        ("an order", lambda store, _: record_order(store, first), (1, 1000, 0)),
        ("a refund", refund, (1, 700, 300)),
        ("an order of nobody known", lambda store, _: record_order(store, second), (1, 700, 300)),
        ("a late identity", lambda store, seen: expose(seen.variant, customer_id="c"), (2, 1700, 300)),
        ("a deletion", delete, (1, 1000, 0)),
        (
            "a third order",
            lambda store, _: record_order(store, order("3", "", minutes=-5, total_minor=9)),
            (1, 1000, 0),
        ),
        ("a claim of it", lambda store, _: claim_order(store, third, "v_1", at=NOON), (1, 1000, 0)),
        (
            "a late event that shows an earlier exposure",
            lambda store, seen: expose(seen.variant, at=NOON - timedelta(minutes=10)),
            (2, 2000, 0),
        ),
    ]


def test_sums_follow_all_news_with_the_next_turn_of_the_schedule(exposure):
    for text, happen, expected in news():
        happen(exposure.store, exposure)
        found = aggregation.aggregates(exposure.experiment)["treatment"].sums
        assert (found["orders"], found["revenue"]) == expected[:2], f"{text}: reports don't wait"
        add_up()
        assert kept(exposure) == expected, text


def test_schedule_adds_up_every_half_minute():
    (cron,) = {one.cron for one in app.periodic_registry.periodic_tasks.values() if one.task.name == REFRESH}
    assert cron == "* * * * * */30"


def test_webhook_is_in_the_sums_with_the_next_turn_after_it_was_processed(exposure):
    shop = factories.make_connection(exposure.store)
    visitor_id = "v_01JD7Q3M8K2R5T9WXYZ4ABCDEF"
    Exposure.objects.update(visitor_id=visitor_id, exposed_at=datetime(2026, 11, 20, 10, tzinfo=UTC))
    live_configuration.refresh()
    queueing.keep(shop, topic="orders/paid", external_id="", body=samples.SHOPIFY_ORDER, now=datetime.now(UTC))
    call_command("worker", until_empty=True)
    add_up()
    assert kept(exposure) == (1, 11991 - 409, 0)


def test_change_of_what_counts_is_in_the_sums_after_one_turn(exposure):
    claim_order(exposure.store, replace(order("9"), visitor_id=""), "v_1", at=NOON)
    add_up()
    assert kept(exposure) == (1, 1000, 0)
    record_order(exposure.store, order("1", "v_other"))
    call_command("worker", until_empty=True)
    add_up()
    assert kept(exposure) == (0, 0, 0), "the shop itself sends orders now"
