"""Jobs are queued with the transaction that needs them, and a worker does them."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from checkout_widgets.models import Delivery, DeliveryStatus, TrialOrder
from checkout_widgets.tasks import count_recent_orders, forget_deliveries, resume_stalled_jobs
from tests import factories

STALLED_FOR = timedelta(minutes=5)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_worker_finds_a_job_that_a_dead_worker_left_and_does_it():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id",
            [timezone.now() - STALLED_FOR],
        )
        (worker_id,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id)"
            " VALUES ('default', 'checkout_widgets.tasks.resume_stalled_jobs', '{\"timestamp\": 1}', 'doing', %s)"
            " RETURNING id",
            [worker_id],
        )
        (job_id,) = cursor.fetchone()
    resume_stalled_jobs.configure().defer(timestamp=2)
    for _ in range(5):  # the worker may look for the next job before it has put this one back
        call_command("worker", until_empty=True)
    assert not ProcrastinateJob.objects.filter(id=job_id).exists()


@pytest.mark.django_db
def test_job_of_a_transaction_that_fails_is_never_queued():
    def fail() -> None:
        with transaction.atomic():
            resume_stalled_jobs.configure().defer(timestamp=1)
            assert ProcrastinateJob.objects.count() == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.django_db
def test_forget_deliveries_deletes_what_is_done_with_and_old():
    connection_to_shop = factories.make_connection(factories.make_store())
    for status in DeliveryStatus:
        for age_days in (29, 31):
            Delivery.objects.create(
                connection=connection_to_shop,
                topic=f"{status} {age_days}",
                body=b"{}",
                status=status,
                received_at=timezone.now() - timedelta(days=age_days),
            )
    forget_deliveries.func(1)
    left = set(Delivery.objects.filter(topic__endswith="31").values_list("status", flat=True))
    assert left == {"pending", "failed", "dead"}
    assert Delivery.objects.filter(topic__endswith="29").count() == len(DeliveryStatus)


@pytest.mark.django_db
def test_forget_deliveries_forgets_old_test_orders_with_theirs():
    store = factories.make_store()
    for age_days in (29, 31):
        at = timezone.now() - timedelta(days=age_days)
        delivery = factories.make_delivery(store, DeliveryStatus.PENDING, received_at=at)
        TrialOrder.objects.create(store=store, source="shopify", sent_at=at, delivery=delivery)
    forget_deliveries.func(1)
    assert TrialOrder.objects.get().delivery == Delivery.objects.get()


@pytest.mark.django_db
def test_count_recent_orders_keeps_the_number_that_widgets_say():
    store = factories.make_store()
    offer = factories.make_offer(store, factories.make_product(store, sku="pot"))
    variant = factories.make_experiment(store).variants.get(key="treatment")
    factories.make_widget(variant, offer, social_proof="{orders_30d} orders in the last 30 days")
    factories.make_order(store, placed_at=timezone.now(), lines=[{"sku": "pot", "quantity": 1, "price_minor": 1}])
    count_recent_orders.func(1)
    offer.refresh_from_db()
    assert offer.recent_orders == 1
