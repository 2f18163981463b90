"""Handed out and erased: every table of the data map, by address and by customer, and nothing of anybody else."""

from typing import Any

import pytest
from django.db.models import Model

from checkout_widgets.edge.visitors import person_of
from checkout_widgets.erasure import erase_address, erase_customer
from checkout_widgets.models import SilencedShopper
from checkout_widgets.visitor_export import Row, tables_of
from experiments.customer_keys import guest_key
from experiments.models import AuditEntry, Order, Store
from journeys.contacts.personal_data import CONTACT_OF
from journeys.models import Contact, Shipment, Suppression
from tests import factories
from tests.journeys.whole_customer import customer_with_everything

pytestmark = pytest.mark.django_db
TEXT = "canary.bird@shop.example"


TABLES: list[type[Model]] = [Shipment, *CONTACT_OF]


def tables_of_person(store: Store, kind: str, name: str) -> dict[str, list[Row]]:
    return tables_of(store, person_of(store, kind, name))


def counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in TABLES}


@pytest.mark.parametrize("by", ["address", "customer"])
def test_erasure_takes_every_table_of_one_customer_and_leaves_the_suppression(by):
    store = factories.make_store()
    customer_with_everything(store, "i_78", "other@shop.example", "78")
    others = counts()
    assert set(others.values()) == {1}
    customer_with_everything(store, "i_77", TEXT, "77")
    erase: Any = {"address": (erase_address, TEXT.upper()), "customer": (erase_customer, "77")}[by]
    erase[0](store, erase[1], actor="ada")
    assert counts() == others
    assert Contact.objects.get().customer_key == "i_78"
    assert Suppression.objects.count() == 2
    assert SilencedShopper.objects.exclude(owner=Contact.objects.get().pk).count() == 0
    assert not Order.objects.filter(customer_key="i_77").exists()
    assert "canary" not in str(list(AuditEntry.objects.values())).lower()


def test_erasure_by_address_finds_a_guest():
    store = factories.make_store()
    customer_with_everything(store, guest_key(store.pk, TEXT), TEXT)
    erase_address(store, TEXT, actor="ada")
    assert set(counts().values()) == {0}


@pytest.mark.parametrize(("kind", "person"), [("customer_id", "77"), ("email", TEXT)])
def test_export_has_every_table_of_one_customer(kind, person):
    store = factories.make_store()
    customer_with_everything(store, "i_77", TEXT, "77")
    customer_with_everything(store, "i_78", "other@shop.example", "78")
    tables = tables_of_person(store, kind, person)
    expected = {str(model._meta.model_name) for model in TABLES} | {"order"}
    assert {name for name, rows in tables.items() if len(rows) == 1} >= expected
    assert tables["address"][0]["address"] == TEXT
    assert "other@shop.example" not in str(tables)


def test_export_of_a_visitor_has_no_customers_records():
    store = factories.make_store()
    contact = customer_with_everything(store, "i_77", TEXT, "77")
    assert TEXT not in str(tables_of_person(store, "visitor_id", f"v_{contact.pk}"))


def test_another_stores_customer_of_the_same_id_and_address_stays():
    store, other = factories.make_store(), factories.make_store()
    customer_with_everything(other, "i_77", TEXT, "77")
    before = counts()
    erase_customer(store, "77", actor="ada")
    erase_address(store, TEXT, actor="ada")
    assert counts() == before
    assert tables_of_person(store, "email", TEXT)["address"] == []
