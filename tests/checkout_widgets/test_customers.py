"""Which browsers are a customer's, and which of these another customer has used."""

import pytest

from checkout_widgets.customers import used_by_others, visitors_of
from experiments.models import CustomerSighting, Store
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return factories.make_store()


def saw(store: Store, visitor_id: str, customer_id: str) -> None:
    CustomerSighting.objects.create(store=store, customer_id=customer_id, visitor_id=visitor_id, seen_at=NOON)


def test_visitors_of_a_customer_are_seen_ordered_and_linked_each_once(store):
    saw(store, "v_seen", "c_1")
    factories.make_order(store, visitor_id="v_seen", customer_id="c_1")
    factories.make_order(store, visitor_id="v_ordered", customer_id="c_1")
    linked = factories.make_order(store, visitor_id="", customer_id="c_1")
    type(linked).objects.filter(pk=linked.pk).update(linked_visitor_id="v_linked")
    saw(store, "v_other", "c_2")
    saw(factories.make_store(), "v_elsewhere", "c_1")
    assert visitors_of(store, "c_1") == ["v_linked", "v_ordered", "v_seen"]


def test_used_by_others_by_a_sighting_or_an_order_of_another_customer_not_by_a_guest(store):
    visitors = ["v_own", "v_guest", "v_seen_too", "v_ordered_too"]
    for visitor_id in visitors:
        saw(store, visitor_id, "c_1")
    factories.make_order(store, visitor_id="v_guest", customer_id="")
    saw(store, "v_seen_too", "c_2")
    factories.make_order(store, visitor_id="v_ordered_too", customer_id="c_2")
    factories.make_order(factories.make_store(), visitor_id="v_own", customer_id="c_2")
    assert used_by_others(store, visitors, "c_1") == {"v_seen_too", "v_ordered_too"}
    assert used_by_others(store, [], "c_1") == set()
