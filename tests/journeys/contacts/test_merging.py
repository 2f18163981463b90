"""A guest who turns out to be a known customer is one contact, under the key that ordered first."""

from datetime import timedelta

import pytest

from checkout_widgets.customer_news import CustomerNews
from experiments.customer_keys import guest_key
from experiments.models import CustomerAlias, Order
from journeys.contacts.merging import guest_to_merge, merge_guest
from journeys.models import Address, Contact, Friction
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
TEXT = "ada@shop.example"


@pytest.mark.parametrize("is_guest_first", [True, False])
def test_merged_contact_has_the_key_that_ordered_first_and_all_of_both(is_guest_first):
    store = factories.make_store()
    guest = guest_key(store.pk, TEXT)
    early, late = NOON, NOON + timedelta(days=1)
    factories.make_order(store, customer_key=guest, placed_at=early if is_guest_first else late)
    factories.make_order(store, customer_key="i_77", customer_id="77", placed_at=late if is_guest_first else early)
    for key in (guest, "i_77"):
        contact = factories.make_contact(store, customer_key=key)
        factories.make_address(contact)
        Friction.objects.create(contact=contact, kind="ticket", external_id="same", source="api", opened_at=NOON)
    merge_guest(store, guest, "i_77")
    kept = Contact.objects.get()
    assert kept.customer_key == (guest if is_guest_first else "i_77")
    assert set(Address.objects.values_list("contact", flat=True)) == {kept.pk}
    assert Address.objects.count() == 2
    assert Friction.objects.count() == 1  # the same problem, once
    assert kept.friction_until == NOON + timedelta(days=60)
    assert set(Order.objects.values_list("customer_key", flat=True)) == {kept.customer_key}
    assert CustomerAlias.objects.get().first_key == kept.customer_key


def test_guest_is_merged_only_where_there_was_one():
    store = factories.make_store()
    news = CustomerNews(source="shopify", said_at=NOON, customer_id="77", address=TEXT)
    assert guest_to_merge(store, "i_77", news) == ""
    guest = guest_key(store.pk, TEXT)
    factories.make_order(store, customer_key=guest)
    assert guest_to_merge(store, "i_77", news) == guest
    assert guest_to_merge(store, guest, news) == ""  # merged already
