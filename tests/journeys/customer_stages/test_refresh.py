"""What is kept of stages is what the orders say, and is written only where it has changed."""

import pytest
from django.db import connection

from checkout_widgets.models import ShopperStages
from journeys.customer_stages import refresh
from journeys.customer_stages.counts import count_stages
from journeys.models import ContactStage, Shipment, StageSettings
from journeys.stage_sql import stage_of
from tests import factories
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def settings():
    store = factories.make_store()
    return StageSettings.objects.create(store=store, is_on=True)


def customer(settings, days_ago, **fields):
    contact = followups.make_contact(settings.store)
    followups.order_of(contact, placed_at=NOON - days_ago * DAY, **fields)
    return contact


def test_refresh_keeps_when_each_stage_begins_and_writes_nothing_twice(settings):
    contact = customer(settings, 10)
    followups.make_contact(settings.store)  # has ordered nothing
    assert refresh.refresh(settings, NOON) == 1
    kept = ContactStage.objects.get()
    arrived_at = NOON - 6 * DAY
    assert (kept.contact, kept.store, kept.is_estimated) == (contact, settings.store, True)
    assert kept.arrived_at == arrived_at
    assert [kept.usage_at, kept.care_at, kept.renewal_at] == [arrived_at + days * DAY for days in (7, 30, 60)]
    assert refresh.refresh(settings, NOON + 40 * DAY) == 0
    settings.refresh_from_db()
    assert settings.refreshed_at == NOON + 40 * DAY


def test_refresh_follows_a_parcel_that_was_reported_and_an_order_that_was_canceled(settings):
    contact = customer(settings, 10)
    refresh.refresh(settings, NOON)
    order = ContactStage.objects.get().order
    assert order is not None
    Shipment.objects.create(order=order, external_id="p", source="api", delivered_at=NOON - DAY, updated_at=NOON)
    assert refresh.refresh(settings, NOON) == 1
    kept = ContactStage.objects.get()
    assert (kept.arrived_at, kept.is_estimated) == (NOON - DAY, False)
    order.status = "cancelled"
    order.save()
    assert refresh.refresh(settings, NOON) == 1
    assert not ContactStage.objects.filter(contact=contact).exists()


def test_refresh_of_more_contacts_than_a_batch_takes_all_of_them(settings, monkeypatch):
    monkeypatch.setattr(refresh, "BATCH", 2)
    for days_ago in range(5):
        customer(settings, days_ago)
    assert refresh.refresh(settings, NOON) == 5
    assert ContactStage.objects.count() == 5


def test_refresh_all_leaves_stores_without_stages_alone(settings):
    other = StageSettings.objects.create(store=factories.make_store())
    customer(settings, 10)
    customer(other, 10)
    refresh.refresh_all(NOON)
    assert set(ContactStage.objects.values_list("store", flat=True)) == {settings.store_id}
    assert set(ShopperStages.objects.values_list("store", flat=True)) == {settings.store_id}


def test_forget_deletes_what_is_kept_of_one_store(settings):
    other = StageSettings.objects.create(store=factories.make_store(), is_on=True)
    for one in (settings, other):
        customer(one, 10)
    refresh.refresh_all(NOON)
    refresh.forget(settings.store)
    assert ContactStage.objects.get().store_id == other.store_id
    assert ShopperStages.objects.get().store_id == other.store_id


def test_stored_stage_is_the_same_in_sql_as_in_python_at_every_time(settings):
    for days_ago in (1, 10, 30, 50, 90):
        customer(settings, days_ago)
    refresh.refresh(settings, NOON)
    ContactStage.objects.filter(pk=ContactStage.objects.earliest("pk").pk).update(
        renewal_at=NOON, renewal_until=NOON + 9 * DAY
    )
    for days in range(-60, 90, 3):
        at = NOON + days * DAY
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT stage.id, {stage_of('%s')} FROM journeys_contactstage AS stage", 5 * [at])
            by_sql = dict(cursor.fetchall())
        assert by_sql == {kept.pk: kept.times.at(at).value for kept in ContactStage.objects.all()}


def test_count_stages_counts_one_stores_contacts(settings):
    other = StageSettings.objects.create(store=factories.make_store(), is_on=True)
    for days_ago in (1, 10, 12, 40):
        customer(settings, days_ago)
    customer(other, 10)
    refresh.refresh_all(NOON)
    counts = count_stages(settings.store, NOON)
    assert list(counts.items()) == [("waiting", 1), ("unboxing", 1), ("usage", 1), ("care", 1), ("renewal", 0)]


def test_contact_who_is_erased_while_stages_are_worked_out_is_not_written(settings):
    gone, there = customer(settings, 10), customer(settings, 10)
    row = {"store": settings.store, "arrived_at": NOON}
    rows = [ContactStage(contact_id=contact.pk, **row) for contact in (gone, there)]
    gone.delete()
    assert refresh.write(rows) == 1
    assert ContactStage.objects.get().contact == there
