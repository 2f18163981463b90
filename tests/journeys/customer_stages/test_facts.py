"""Stages follow from the newest order that counts, its parcels, its products, and the contract that ends next."""

import pytest

from journeys.customer_stages.facts import AskedStage, StageRules, read_stage_facts, settings_of
from journeys.models import Contract, Shipment, StageSettings
from tests import factories
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    return factories.make_store()


@pytest.fixture
def contact(store):
    return followups.make_contact(store, "i_1")


def stage(contact, order=None, at=NOON, **settings):
    """The stage of a contact at a time."""
    [facts] = read_stage_facts([AskedStage(0, contact.pk, order and order.pk, at)])
    rules = StageRules.of(StageSettings(store=contact.store, **settings))
    return rules.times_of(facts).at(at)


def parcel(order, **fields):
    number = Shipment.objects.count()
    Shipment.objects.create(order=order, external_id=f"p{number}", source="api", updated_at=NOON, **fields)


def test_order_without_parcels_arrives_after_the_stores_days(contact):
    followups.order_of(contact, placed_at=NOON - 5 * DAY)
    assert [stage(contact), stage(contact, arrival_days=6)] == ["unboxing", "waiting"]


def test_order_has_arrived_once_all_of_its_parcels_have(contact):
    order = followups.order_of(contact, placed_at=NOON - 20 * DAY)
    parcel(order, shipped_at=NOON - 18 * DAY, delivered_at=NOON - 15 * DAY)
    assert stage(contact) == "usage"
    parcel(order, shipped_at=NOON - 3 * DAY)
    assert stage(contact) == "waiting"
    Shipment.objects.filter(delivered_at=None).update(delivered_at=NOON - DAY)
    assert stage(contact) == "unboxing"


def test_newest_order_decides_of_those_that_count(contact):
    followups.order_of(contact, placed_at=NOON - 50 * DAY)
    assert stage(contact) == "care"
    for fields in ({"status": "cancelled"}, {"status": "pending"}, {"source": "snippet"}, {"repeat_kind": "renewal"}):
        followups.order_of(contact, placed_at=NOON - 12 * DAY, **fields)
    followups.order_of(followups.make_contact(contact.store), placed_at=NOON - 12 * DAY)
    other_store = followups.make_contact(factories.make_store(), contact.customer_key)
    followups.order_of(other_store, placed_at=NOON - 12 * DAY)
    assert stage(contact) == "care"
    followups.order_of(contact, placed_at=NOON - 12 * DAY)
    assert stage(contact) == "usage"


def test_order_that_is_asked_for_decides_and_the_past_knows_no_later_order(contact):
    old = followups.order_of(contact, placed_at=NOON - 50 * DAY)
    followups.order_of(contact, placed_at=NOON - 12 * DAY)
    assert stage(contact, old) == "care"
    assert stage(contact, at=NOON - 13 * DAY) == "care"


def test_goods_of_the_order_decide_by_their_category_and_quantity(store, contact):
    factories.make_product(store, sku="beans", category="Coffee")
    factories.make_product(store, sku="pot", category="Pots")
    factories.make_product(store, sku="care", category="Fees", kind="service")
    lines = [{"sku": "beans", "quantity": 2, "price_minor": 9}, {"sku": "pot", "quantity": 1, "price_minor": 9}]
    fee = {"sku": "care", "quantity": 1, "price_minor": 9}
    days = {"Coffee": {"lasts": 10}, "Fees": {"lasts": 1}}
    order = followups.order_of(contact, placed_at=NOON - 24 * DAY, lines=[*lines, fee])
    parcel(order, delivered_at=NOON - 20 * DAY)
    assert stage(contact, thresholds=days) == "renewal"
    assert stage(contact, at=NOON - DAY, thresholds=days) == "care"
    assert stage(contact) == "usage"


def test_contract_that_ends_next_goes_before_the_order(store, contact):
    followups.order_of(contact, placed_at=NOON - 12 * DAY)
    factories.make_product(store, sku="plan", category="Plans")
    given = {"store": store, "contact": contact, "updated_at": NOON, "sku": "plan"}
    Contract.objects.create(external_id="a", ends_at=NOON + 40 * DAY, **given)
    Contract.objects.create(external_id="b", ends_at=NOON + 20 * DAY, cancelled_at=NOON, **given)
    assert stage(contact) == "usage"
    assert stage(contact, thresholds={"Plans": {"renewal_before_end": 45}}) == "renewal"
    Contract.objects.create(external_id="c", ends_at=NOON + 29 * DAY, **given)
    assert stage(contact) == "renewal"


def test_contact_without_order_and_contract_has_no_stage(contact):
    [facts] = read_stage_facts([AskedStage(0, contact.pk, None, NOON)])
    assert not facts.has_stage
    assert read_stage_facts([]) == []


def test_store_without_settings_has_the_usual_ones_and_no_stages(store):
    settings = settings_of(store)
    assert (settings.is_on, settings.arrival_days, settings.thresholds) == (False, 4, {})
