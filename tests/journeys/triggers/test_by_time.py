"""Contracts, campaigns, and what customers have reached: each begins once, and nothing from before the launch."""

from datetime import timedelta

import pytest

from experiments.models import Refund
from journeys.customer_stages import refresh
from journeys.models import Contract, JourneyVersion, Run, StageSettings, Trigger
from journeys.triggers import by_time
from journeys.triggers.options import OnADay, read_options
from tests import factories
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY, HOUR

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store():
    return followups.make_sending_store()


def begin(now=NOON):
    return by_time.begin_due(now)


def contract(contact, **fields):
    given = {"external_id": f"contract-{contact.pk}", "ends_at": NOON + 30 * DAY, "updated_at": NOON}
    return Contract.objects.create(store=contact.store, contact=contact, **given | fields)


def test_contract_begins_a_run_so_many_days_before_its_end_and_once_for_each_end(store):
    followups.make_journey(store, {"wait_hours": 0}, trigger=Trigger.CONTRACT_ENDS, trigger_options={"days_before": 30})
    contact = followups.make_contact(store)
    ending = contract(contact)
    assert begin(NOON - MINUTE) == 0
    assert begin() == 1
    assert begin(NOON + HOUR) == 0
    ending.ends_at = NOON + 395 * DAY
    ending.save()
    assert begin(NOON + 365 * DAY) == 1
    assert [run.contract_ends_at for run in Run.objects.order_by("pk")] == [NOON + 30 * DAY, NOON + 395 * DAY]


def test_contract_that_was_canceled_or_is_of_another_product_begins_nothing(store):
    factories.make_product(store, sku="plan", category="Plans")
    followups.make_journey(store, trigger=Trigger.CONTRACT_ENDS, categories=["Plans"])
    contract(followups.make_contact(store), sku="plan", cancelled_at=NOON - DAY)
    contract(followups.make_contact(store), sku="other")
    assert begin() == 0
    contract(followups.make_contact(store), sku="plan")
    assert begin() == 1


def test_customer_without_an_order_for_long_begins_once_for_each_last_order(store):
    options = {"kind": "days_without_order", "days": 60}
    followups.make_journey(store, {"wait_hours": 0}, trigger=Trigger.REACHED, trigger_options=options)
    lapsed, back = followups.make_contact(store), followups.make_contact(store)
    followups.order_of(lapsed, placed_at=NOON - 60 * DAY)
    followups.order_of(back, placed_at=NOON - 60 * DAY)
    followups.order_of(back, placed_at=NOON - 10 * DAY)
    assert begin() == 1
    assert begin(NOON + DAY) == 0
    run = Run.objects.get()
    assert (run.contact, run.triggered_at) == (lapsed, NOON)
    # the one who came back lapses again, and their new last order counts
    assert begin(NOON + 50 * DAY) == 1


def test_customer_close_to_a_tier_begins_once(store):
    options = {"kind": "tier", "spent_minor": 50_000, "within_minor": 5_000}
    followups.make_journey(store, {"wait_hours": 0}, trigger=Trigger.REACHED, trigger_options=options)
    close, there, far, refunded = (followups.make_contact(store) for _ in range(4))
    for contact, total in ((close, 46_000), (there, 50_000), (far, 44_999), (refunded, 46_000)):
        order = followups.order_of(contact, total_minor=total, placed_at=NOON - HOUR)
    Refund.objects.create(order=order, external_id="r", amount_minor=2_000, refunded_at=NOON)
    assert begin() == 1
    assert begin(NOON + HOUR) == 0
    assert Run.objects.get().contact == close


def campaign(store, *, audience=None, **options):
    given = {"at": NOON.isoformat(), "audience": audience or {}} | options
    journey = followups.make_journey(store, {"wait_hours": 0}, trigger=Trigger.ON_A_DAY, trigger_options=given)
    return journey.versions.get()


def test_campaign_counts_and_freezes_its_audience_at_its_time(store):
    version = campaign(store)
    first = followups.make_contact(store)
    assert begin(NOON - MINUTE) == 0
    assert begin() == 1
    followups.make_contact(store)
    assert begin(NOON + HOUR) == 0
    version.refresh_from_db()
    assert (version.audience_count, version.audience_frozen_at) == (1, NOON)
    assert Run.objects.get().contact == first


def test_campaign_is_due_in_batches(store):
    campaign(store, batch=2, every_minutes=15)
    for _ in range(5):
        followups.make_contact(store)
    begin()
    minutes = [(run.due_at - NOON) / MINUTE for run in Run.objects.order_by("contact_id")]
    assert minutes == [0, 0, 15, 15, 30]


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ({}, {"new", "old", "none"}),
        ({"ordered_within_days": 30}, {"new"}),
        ({"not_ordered_for_days": 30}, {"old"}),
        ({"least_orders": 1}, {"new", "old"}),
        ({"least_spent_minor": 9_000}, {"old"}),
        ({"skus": ["pot"]}, {"old"}),
        ({"categories": ["Coffee"]}, {"new"}),
        ({"countries": ["AT"]}, {"none"}),
        ({"answers": ["size"]}, set()),
    ],
)
def test_audience_is_whom_all_of_its_rule_names(store, rule, names):
    factories.make_product(store, sku="beans", category="Coffee")
    contacts = {name: followups.make_contact(store, name) for name in ("new", "old", "none")}
    followups.order_of(contacts["new"], lines=[{"sku": "beans", "quantity": 1, "price_minor": 900}])
    followups.order_of(
        contacts["old"],
        placed_at=NOON - 90 * DAY,
        total_minor=9_000,
        lines=[{"sku": "pot", "quantity": 1, "price_minor": 900}],
    )
    contacts["none"].country = "AT"
    contacts["none"].save()
    followups.make_contact(followups.make_sending_store())
    version = campaign(store, audience=rule)
    version = JourneyVersion.objects.select_related("journey__store").get(pk=version.pk)
    options = read_options(version.trigger, version.trigger_options)
    assert isinstance(options, OnADay)
    assert by_time.count_audience(version, options, NOON) == len(names)
    begin()
    assert set(Run.objects.values_list("contact__customer_key", flat=True)) == names


def at_stage(store, stage, **fields):
    options = {"kind": "stage", "stage": stage}
    return followups.make_journey(store, {"wait_hours": 0}, trigger=Trigger.REACHED, trigger_options=options, **fields)


def keep_stages(store, now=NOON):
    settings, _ = StageSettings.objects.get_or_create(store=store, defaults={"is_on": True})
    refresh.refresh(settings, now)


def test_stage_begins_a_run_once_for_each_order(store):
    at_stage(store, "usage")
    contact = followups.make_contact(store)
    order = followups.order_of(contact, placed_at=NOON - 11 * DAY)  # arrives after four days, used after seven more
    keep_stages(store)
    assert begin(NOON - MINUTE) == 0
    assert begin() == 1
    assert begin(NOON + HOUR) == 0
    run = Run.objects.get()
    assert (run.contact, run.order, run.triggered_at) == (contact, order, NOON)
    followups.order_of(contact, placed_at=NOON + 9 * DAY)
    keep_stages(store, NOON + 20 * DAY)
    assert begin(NOON + 20 * DAY) == 1


def test_stage_that_is_skipped_or_was_over_before_the_launch_begins_nothing(store):
    factories.make_product(store, sku="beans", category="Coffee")
    StageSettings.objects.create(store=store, is_on=True, thresholds={"Coffee": {"lasts": 14}})
    at_stage(store, "care")
    at_stage(store, "unboxing")
    followups.order_of(
        followups.make_contact(store),
        placed_at=NOON - 18 * DAY,
        lines=[{"sku": "beans", "quantity": 1, "price_minor": 900}],
    )
    keep_stages(store)
    assert begin() == 0
    at_stage(store, "renewal")
    assert begin() == 1


def test_renewal_of_a_contract_begins_once_for_each_end_and_only_of_the_filtered_products(store):
    at_stage(store, "renewal")
    at_stage(store, "renewal", categories=["Coffee"])
    contact = followups.make_contact(store)
    ending = contract(contact, ends_at=NOON + 30 * DAY)
    keep_stages(store)
    assert begin() == 1
    ending.ends_at = NOON + 395 * DAY
    ending.save()
    keep_stages(store, NOON + 365 * DAY)
    assert begin(NOON + 365 * DAY) == 1


def test_campaign_asks_for_the_stage_of_its_day(store):
    version = campaign(store, audience={"stages": ["usage"]})
    used, waiting = followups.make_contact(store), followups.make_contact(store)
    followups.order_of(used, placed_at=NOON - 12 * DAY)
    followups.order_of(waiting, placed_at=NOON - DAY)
    keep_stages(store)
    options = read_options(version.trigger, version.trigger_options)
    assert isinstance(options, OnADay)
    assert by_time.count_audience(version, options, NOON) == 1
    assert by_time.count_audience(version, options, NOON + 60 * DAY) == 0
    begin()
    assert Run.objects.get().contact == used
