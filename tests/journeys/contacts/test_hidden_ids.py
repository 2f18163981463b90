"""Addresses as customers' IDs: those that come, and those that are there."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from experiments.accounting.order_data import OrderData
from experiments.accounting.orders import record_order
from experiments.customer_keys import customer_key, guest_key, private_id
from experiments.models import CustomerAlias, CustomerSighting, Exposure, Order
from journeys.contacts.hidden_ids import kept_in_clear
from journeys.models import Contact
from tests.factories import make_contact, make_customer_experiment, make_exposure, make_order, make_store

pytestmark = pytest.mark.django_db
ADDRESS = "Ada@shop.example"
NOW = timezone.now()


def test_private_id_is_the_key_that_an_address_gives_and_any_other_id_itself():
    key = guest_key(1, ADDRESS)
    assert private_id(1, ADDRESS) == private_id(1, "ada@shop.example") == key
    assert customer_key(1, customer_id=ADDRESS) == customer_key(1, customer_id=key) == key
    assert private_id(1, "C-17") == "C-17"
    assert private_id(1, "@ada") == "@ada"
    assert private_id(2, ADDRESS) != key


def test_private_id_without_a_key_is_nothing(settings):
    settings.ADDRESS_DIGEST_KEY = ""
    assert private_id(1, ADDRESS) == ""
    assert customer_key(1, customer_id=ADDRESS) == ""


def test_command_hides_the_addresses_that_are_there_and_nothing_else_changes():
    store, other = make_store(), make_store()
    old_key, key = f"i_{ADDRESS}", guest_key(store.pk, ADDRESS)
    order = make_order(store, customer_id=ADDRESS, customer_key=old_key)
    guest = make_order(store, customer_key=old_key)
    CustomerAlias.objects.create(store=store, key=key, first_key=old_key, merged_at=NOW)
    contact = make_contact(store, customer_key=old_key)
    test = make_customer_experiment(store, started_at=NOW - timedelta(days=3))
    make_exposure(test.variants.get(is_control=True), visitor_id=f"c:{old_key}", exposed_at=NOW - timedelta(days=1))
    CustomerSighting.objects.create(store=store, customer_id=ADDRESS, visitor_id="v_1", seen_at=NOW)
    untouched = make_order(other, customer_id="C-17", customer_key="i_C-17")
    said = StringIO()
    call_command("hide_customer_addresses", count=True, stdout=said)
    assert said.getvalue().split() == [f"{store.slug}:", "1", f"{other.slug}:", "0"]
    call_command("hide_customer_addresses")
    order.refresh_from_db()
    assert (order.customer_id, order.customer_key) == (key, key)
    guest.refresh_from_db()
    assert guest.customer_key == key
    assert Contact.objects.get(pk=contact.pk).customer_key == key
    assert Exposure.objects.get(experiment=test).visitor_id == f"c:{key}"
    assert CustomerSighting.objects.get().customer_id == key
    assert not CustomerAlias.objects.exists()
    assert list(kept_in_clear(store)) == []
    untouched.refresh_from_db()
    assert untouched.customer_id == "C-17"
    # the next order of the customer finds all of it
    record_order(store, OrderData("new", NOW, NOW, "EUR", (), 0, 0, customer_id=ADDRESS))
    assert Order.objects.filter(store=store, customer_key=key).count() == 3
    assert not Order.objects.filter(customer_id__contains="@").exists()
