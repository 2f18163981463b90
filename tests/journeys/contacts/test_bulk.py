"""Contacts from files: as many statements for one as for many, and nothing that is known is lost."""

from datetime import timedelta
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from experiments.customer_keys import guest_key
from experiments.who_ordered import OrderedBy
from journeys.addresses import open_address
from journeys.contacts.bulk import ListedContact, keep_listed, keep_who_ordered
from journeys.models import Address, ConsentRecord, Contact
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def listed(number: int, **fields: Any) -> ListedContact:
    return ListedContact(address=f"a{number}@shop.example", at=NOON, basis="opt_in", said_at=NOON, **fields)


def test_many_contacts_take_as_many_statements_as_one(django_assert_max_num_queries):
    store = factories.make_store()
    with django_assert_max_num_queries(11):
        keep_listed(store.pk, [listed(number) for number in range(50)])
    assert (Contact.objects.count(), Address.objects.count(), ConsentRecord.objects.count()) == (50, 50, 50)
    assert {open_address(address) for address in Address.objects.all()} == {f"a{n}@shop.example" for n in range(50)}
    keep_listed(store.pk, [listed(number) for number in range(50)])  # the same again says nothing new
    assert (Contact.objects.count(), ConsentRecord.objects.count()) == (50, 50)


def test_imported_orders_make_contacts_without_consent():
    store = factories.make_store()
    factories.make_order(store, external_id="1", customer_key="i_77", customer_id="77")
    ordered = [
        OrderedBy(external_id="1", customer_id="77", address=" Ada@shop.example", at=NOON + timedelta(days=1)),
        OrderedBy(external_id="2", customer_id="", address="nobody", at=NOON),
    ]
    keep_who_ordered(store.pk, ordered, "import")
    assert Contact.objects.get().customer_key == "i_77"
    assert open_address(Address.objects.get()) == "Ada@shop.example"
    assert ConsentRecord.objects.count() == 0


def test_list_fills_gaps_and_leaves_what_the_shop_has_said():
    store = factories.make_store()
    factories.make_contact(store, customer_key="i_77", locale="de", country="", seen_at=NOON - timedelta(days=9))
    keep_listed(store.pk, [listed(1, customer_id="77", locale="fr", country="AT")])
    contact = Contact.objects.get()
    assert (contact.locale, contact.country, contact.seen_at) == ("de", "AT", NOON)


def test_list_that_names_a_guest_as_a_known_customer_queues_their_merge():
    store = factories.make_store()
    guest = guest_key(store.pk, "a1@shop.example")
    factories.make_contact(store, customer_key=guest)
    keep_listed(store.pk, [listed(1, customer_id="77"), listed(2, customer_id="78")])
    [job] = ProcrastinateJob.objects.filter(task_name__endswith="merge_guest_customer")
    assert job.args == {"store_id": store.pk, "guest": guest, "known": "i_77"}
