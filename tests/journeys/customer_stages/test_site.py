"""The store's pages know the stage of shoppers whom the shop knows, and of nobody for whom something is wrong."""

import pytest

from checkout_widgets.edge import loading
from checkout_widgets.models import ShopperStages
from checkout_widgets.shopper_stages import StagesOfShoppers
from checkout_widgets.silenced_shoppers import customer_digest, visitor_digest
from experiments.models import CustomerSighting
from journeys.contacts.personal_data import erase_contacts
from journeys.customer_stages import refresh
from journeys.models import ContactStage, StageSettings
from tests import factories
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def settings():
    return StageSettings.objects.create(store=factories.make_store(), is_on=True)


def customer(settings, name, days_ago, **fields):
    contact = followups.make_contact(settings.store, f"i_{name}", **fields)
    followups.order_of(contact, placed_at=NOON - days_ago * DAY, customer_id=name, visitor_id=f"v_{name}")
    return contact


def held(settings):
    loaded = loading.load().by_site_key[settings.store.site_key].stages
    assert loaded is not None
    return loaded


def of_visitor(settings, name):
    return held(settings).of(visitor_digest(settings.store_id, name))


def test_every_browser_and_customer_id_of_a_contact_is_known(settings):
    customer(settings, "1", 12)
    CustomerSighting.objects.create(store=settings.store, customer_id="1", visitor_id="seen", seen_at=NOON)
    refresh.refresh(settings, NOON)
    assert [of_visitor(settings, name) for name in ("v_1", "seen", "v_2")] == ["usage", "usage", ""]
    assert held(settings).of(customer_digest(settings.store_id, "1")) == "usage"


def test_time_alone_changes_what_pages_know_and_the_same_writes_nothing(settings):
    customer(settings, "1", 12)
    refresh.refresh(settings, NOON)
    version = loading.current_version()
    refresh.refresh(settings, NOON + DAY)
    assert loading.current_version() == version
    refresh.refresh(settings, NOON + 40 * DAY)
    assert of_visitor(settings, "v_1") == "care"
    assert loading.current_version() > version


def test_pages_know_no_stage_of_whom_something_is_wrong_for(settings):
    customer(settings, "1", 12, friction_until=NOON + DAY)
    customer(settings, "2", 12, friction_until=NOON - DAY)
    refresh.refresh(settings, NOON)
    assert [of_visitor(settings, name) for name in ("v_1", "v_2")] == ["", "usage"]


@pytest.mark.parametrize("batch", [1, 10])
def test_of_two_contacts_with_one_browser_the_one_who_ordered_last_counts(settings, monkeypatch, batch):
    monkeypatch.setattr("journeys.customer_stages.site.BATCH", batch)
    for name, days_ago in (("1", 5), ("2", 40)):
        contact = followups.make_contact(settings.store, f"i_{name}")
        followups.order_of(contact, placed_at=NOON - days_ago * DAY, customer_id=name, visitor_id="shared")
    refresh.refresh(settings, NOON)
    assert of_visitor(settings, "shared") == "unboxing"


def test_erased_customer_is_gone_with_the_next_hour_and_their_row_at_once(settings):
    customer(settings, "1", 12)
    refresh.refresh(settings, NOON)
    erase_contacts(settings.store, ["i_1"])
    assert not ContactStage.objects.exists()
    refresh.refresh(settings, NOON)
    assert of_visitor(settings, "v_1") == ""


def test_store_with_stages_and_no_customers_has_an_empty_row(settings):
    refresh.refresh(settings, NOON)
    assert StagesOfShoppers.unpacked(bytes(ShopperStages.objects.get().shoppers)) == held(settings)
    assert list(held(settings).keys) == []
