"""Contracts and tickets of stores' own systems: stored in any order, for the store whose key it is."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from checkout_widgets.edge import live_configuration
from journeys.models import Contact, Contract, Friction
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)


def iso(days: float) -> str:
    return (NOW + timedelta(days=days)).isoformat()


@pytest.fixture
def store():
    return factories.make_store(secret_key="sk_shop_0123456789abcdef0123456789abcdef")


@pytest.fixture
def put(store, client):
    def send(path: str, body: object) -> Any:
        live_configuration.refresh()
        return client.put(
            path,
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {store.secret_key}"},
        )

    return send


def contract(**fields: object) -> dict[str, object]:
    return {"external_id": "c1", "customer_id": "77", "ends_at": iso(60), "updated_at": iso(0)} | fields


def ticket(**fields: object) -> dict[str, object]:
    return {"external_id": "t1", "customer_id": "77", "opened_at": iso(0), "updated_at": iso(0)} | fields


def test_newest_version_of_a_contract_holds(put, store):
    assert put("/v1/contracts", contract(updated_at=iso(1), sku="PLAN")).json()["stale"] is False
    assert put("/v1/contracts", contract(sku="OLD")).json()["stale"] is True
    stored = Contract.objects.get()
    assert (stored.store, stored.sku, stored.contact.customer_key) == (store, "PLAN", "i_77")


@pytest.mark.parametrize("is_closed_first", [False, True])
def test_ticket_silences_until_some_days_after_it_is_closed_whatever_comes_first(put, is_closed_first):
    versions = [ticket(), ticket(updated_at=iso(2), closed_at=iso(2))]
    if is_closed_first:
        versions.reverse()
    for version in versions:
        assert put("/v1/tickets", version).status_code == 200
    assert Friction.objects.get().closed_at == NOW + timedelta(days=2)
    assert Contact.objects.get().friction_until == NOW + timedelta(days=9)


def test_open_ticket_silences_for_as_long_as_it_may_stay_open(put):
    put("/v1/tickets", ticket())
    assert Contact.objects.get().friction_until == NOW + timedelta(days=60)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"customer_id": ""}, "customer_id"),
        ({"customer_id": "", "email": "nobody"}, "email"),
        ({"opened_at": "0001-01-01T00:00:00Z"}, "opened_at"),
        ({"kind": "other"}, "kind"),
        ({"updated_at": "yesterday"}, "updated_at"),
    ],
)
def test_ticket_that_can_not_be_stored_says_which_field(put, fields, field):
    answer = put("/v1/tickets", ticket(**fields))
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)
    assert Friction.objects.count() == 0


def test_ticket_of_an_order_finds_its_customer_and_waits_for_one_that_is_missing(put, store):
    named = ticket(customer_id="", order="5501")
    assert put("/v1/tickets", named).json()["error"]["code"] == "unknown_order"
    factories.make_order(store, external_id="5501", customer_id="9", customer_key="i_9")
    assert put("/v1/tickets", named).status_code == 200
    assert Contact.objects.get().customer_key == "i_9"


def test_without_the_stores_key_nothing_is_stored(client):
    live_configuration.refresh()
    answer = client.put("/v1/tickets", json.dumps(ticket()), content_type="application/json")
    assert answer.status_code == 401
    assert Contact.objects.count() == 0


def test_address_in_the_place_of_an_id_is_refused_by_name(put):
    for path, body in (("/v1/tickets", ticket()), ("/v1/contracts", contract())):
        answer = put(path, body | {"customer_id": "ada@shop.example"})
        assert (answer.status_code, answer.json()["error"]["field"]) == (400, "customer_id")
    assert Contact.objects.count() == 0
