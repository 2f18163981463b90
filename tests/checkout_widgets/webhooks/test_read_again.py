"""Orders from before unpaid ones were told apart become what their kept deliveries say, and the others fade out."""

from datetime import timedelta
from importlib import import_module
from typing import Any
from unittest.mock import patch

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from checkout_widgets import tasks
from checkout_widgets.edge import live_configuration
from checkout_widgets.edge.tokens import sign_acceptance
from checkout_widgets.models import Delivery
from checkout_widgets.webhooks import queueing
from checkout_widgets.webhooks.deliveries import process
from experiments import tasks as housekeeping
from experiments.accounting import outcomes, unclear_orders
from experiments.accounting.rebuild import rebuild
from experiments.models import Exposure, Order, OrderLine, Rejection, Store
from tests import factories
from tests.checkout_widgets.webhooks import samples
from tests.checkout_widgets.webhooks.samples import changed
from tests.factories import NOON

MIGRATION = import_module("checkout_widgets.migrations.0011_unpaid_orders")
VISITOR = "v_01JD9S0V1N6P4H7K8QRSTUVWX2"
PLACED = NOON + timedelta(hours=1)


@pytest.fixture
def exposure(store) -> Exposure:
    experiment = factories.make_experiment(store, attribution_window_days=30)
    exposed_at = NOON - timedelta(days=1)
    return factories.make_exposure(experiment.variants.get(key="treatment"), visitor_id=VISITOR, exposed_at=exposed_at)


def keep(woocommerce, body: bytes, *, topic: str = "order.created") -> None:
    live_configuration.refresh()
    with patch("checkout_widgets.webhooks.queueing.queue"):
        queueing.keep(woocommerce, topic=topic, external_id="", body=body, now=PLACED)
    process(Delivery.objects.latest("pk").pk)


def make_old(store: Store, **fields) -> Order:
    """An order as it was stored when ``pending`` was whatever isn't paid."""
    defaults: dict[str, Any] = {
        "visitor_id": VISITOR,
        "status": "pending",
        "source": "woocommerce",
        "placed_at": PLACED,
    }
    return factories.make_order(store, **defaults | fields)


def upgrade() -> None:
    """What the migration does, and the worker after it."""
    MIGRATION.tell_apart(apps, None)
    for job in ProcrastinateJob.objects.filter(status="todo").order_by("id"):
        by_name = {
            tasks.read_deliveries_again.name: tasks.read_deliveries_again,
            housekeeping.recompute_outcomes.name: housekeeping.recompute_outcomes,
        }
        by_name[job.task_name](**job.args)
    connection.cursor().execute("DELETE FROM procrastinate_jobs")


def outcome(exposure: Exposure) -> tuple[int, int]:
    exposure.refresh_from_db()
    return exposure.orders, exposure.revenue_minor


@pytest.mark.parametrize(
    ("status", "stored", "orders"), [("on-hold", "on_hold", 1), ("pending", "pending", 0), ("failed", "cancelled", 0)]
)
def test_upgrade_reads_kept_deliveries_again(woocommerce, store, exposure, status, stored, orders):
    placed: dict[str, Any] = {"date_created_gmt": "2026-11-02T13:00:00", "date_modified_gmt": "2026-11-02T13:00:00"}
    keep(woocommerce, changed(samples.WOOCOMMERCE_ORDER, status=status, **placed))
    Order.objects.update(status="pending", sent_status="")
    upgrade()
    order = Order.objects.get()
    assert (order.status, order.unclear_until) == (stored, None)
    assert outcome(exposure)[0] == orders
    store.refresh_from_db()
    assert store.unpaid_left_out_since is not None


def test_upgrade_without_a_delivery_counts_for_seven_days_and_then_no_longer(woocommerce, store, exposure):
    make_old(store)
    upgrade()
    order = Order.objects.get()
    assert (order.status, order.unclear_until) == ("on_hold", PLACED + timedelta(days=7))
    assert outcome(exposure) == (1, 5000)
    assert unclear_orders.stop_counting_overdue(PLACED + timedelta(days=7, seconds=-1)) == 0
    assert unclear_orders.stop_counting_overdue(PLACED + timedelta(days=7)) == 1
    assert Order.objects.get().status == "pending"
    assert outcome(exposure) == (0, 0)
    assert unclear_orders.stop_counting_overdue(PLACED + timedelta(days=8)) == 0
    assert rebuild(exposure.experiment).wrong == 0


def test_upgrade_a_version_that_comes_in_time_says_what_the_order_is(woocommerce, store, exposure):
    make_old(store, external_id="2051")
    upgrade()
    keep(woocommerce, samples.WOOCOMMERCE_ORDER)  # paid
    assert unclear_orders.stop_counting_overdue(PLACED + timedelta(days=99)) == 0
    assert Order.objects.get().status == "paid"


@pytest.mark.parametrize(
    ("source", "status", "orders"), [("shopify", "on_hold", 1), ("api", "pending", 0), ("import", "pending", 0)]
)
def test_upgrade_other_sources(store, exposure, source, status, orders):
    make_old(store, source=source)
    upgrade()
    order = Order.objects.get()
    assert (order.status, order.unclear_until) == (status, None)
    assert outcome(exposure)[0] == orders
    assert rebuild(exposure.experiment).wrong == 0


def test_upgrade_leaves_paid_orders_and_stores_without_unpaid_ones_alone(store, exposure):
    make_old(store, status="paid")
    outcomes.recompute_store(store.pk)
    before = outcome(exposure)
    upgrade()
    store.refresh_from_db()
    assert (outcome(exposure), store.unpaid_left_out_since) == (before, None)
    assert before == (1, 5000)


def test_upgrade_again_changes_nothing(woocommerce, store, exposure):
    make_old(store)
    upgrade()
    before = Order.objects.values().get(), Store.objects.values().get()
    upgrade()
    assert (Order.objects.values().get(), Store.objects.values().get()) == before


def test_upgrade_does_many_in_batches(woocommerce, store, monkeypatch):
    monkeypatch.setattr(MIGRATION, "BATCH", 2)
    for _ in range(5):
        make_old(store)
    upgrade()
    assert set(Order.objects.values_list("status", flat=True)) == {"on_hold"}


@pytest.mark.slow
def test_read_again_token_refused_then_counts_now_and_is_not_counted_twice(woocommerce, store, exposure):
    offer = factories.make_offer(store, factories.make_product(store, sku="SER-30"), price_minor=3900)
    acceptance = factories.make_acceptance(offer, exposure.experiment, visitor_id=VISITOR)
    token = sign_acceptance(live_configuration.refresh().by_site_key[store.site_key], acceptance)

    def accept(body):
        body["line_items"][0]["meta_data"] = [{"key": "_offerlift_acceptance", "value": token}]
        body["line_items"][1]["meta_data"] = [{"key": "_offerlift_acceptance", "value": "forged"}]

    keep(woocommerce, changed(samples.WOOCOMMERCE_ORDER, accept))
    line = Order.objects.get().lines.get(sku="SER-30")
    assert line.experiment_key == exposure.experiment.key  # 39.00 before the coupon
    Order.objects.update(sent_status="")
    Order.objects.get().lines.update(experiment_key="", is_upsell=False, refused_code="wrong_price", acceptance_id=None)
    call_command("read_deliveries_again", "--store", store.slug)
    line = Order.objects.get().lines.get(sku="SER-30")
    assert (line.experiment_key, line.refused_code) == (exposure.experiment.key, "")
    assert list(Rejection.objects.values_list("code", "count")) == [("bad_token", 1)]


def test_read_again_delivery_that_can_not_be_read_any_more_costs_no_other(woocommerce, store):
    make_old(store, external_id="77", sent_status="", status="on_hold")
    make_old(store, external_id="2051", status="on_hold")
    for external_id, body in (("77", b"nonsense"), ("2051", samples.WOOCOMMERCE_ORDER)):
        Delivery.objects.create(
            connection=woocommerce,
            topic="order.created",
            order_external_id=external_id,
            body=body,
            received_at=NOON,
            status="done",
        )
    live_configuration.refresh()
    tasks.read_deliveries_again(store_id=store.pk)
    assert dict(Order.objects.values_list("external_id", "status")) == {"77": "on_hold", "2051": "paid"}


@pytest.mark.slow
def test_read_again_acceptance_of_two_orders_counts_for_the_first(woocommerce, store, exposure):
    offer = factories.make_offer(store, factories.make_product(store, sku="SER-30"), price_minor=3900)
    acceptance = factories.make_acceptance(offer, exposure.experiment, visitor_id=VISITOR)
    token = sign_acceptance(live_configuration.refresh().by_site_key[store.site_key], acceptance)

    def accept(body):
        body["line_items"][0]["meta_data"] = [{"key": "_offerlift_acceptance", "value": token}]

    for number in (2051, 2052):
        keep(woocommerce, changed(samples.WOOCOMMERCE_ORDER, accept, id=number))
    lines = OrderLine.objects.filter(sku="SER-30").order_by("order__external_id")
    lines.update(experiment_key=exposure.experiment.key, is_upsell=True, refused_code="", acceptance_id=None)
    Order.objects.update(sent_status="")
    tasks.read_deliveries_again(store_id=store.pk)
    assert list(lines.values_list("is_upsell", "refused_code")) == [(True, ""), (False, "already_used")]
