"""Shopify's privacy requests and deleted customers: kept first, done by a job, and the request forgets whose it was.

The bodies are those of Shopify's documentation (privacy-law-compliance, customers/merge), with our shop's IDs.
"""

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from checkout_widgets.models import Connection, DataRequest, Delivery
from checkout_widgets.webhooks import queueing
from checkout_widgets.webhooks.deliveries import process
from checkout_widgets.webhooks.privacy_requests import erase_delivered
from experiments.customer_keys import guest_key
from experiments.models import AuditEntry, Order, Store
from journeys.contacts.jobs import merge_guest_customer
from journeys.models import Contact
from tests import factories
from tests.factories import NOON
from tests.journeys.whole_customer import customer_with_everything

PAYLOADS = Path(__file__).parents[2] / "data/payloads"
pytestmark = pytest.mark.django_db
EMAIL = "john@example.com"
PERSON = {"id": 191167, "email": EMAIL, "phone": "555-625-1199"}
SHOP = {"shop_id": 954889, "shop_domain": "shop.myshopify.com"}
REDACT = SHOP | {"customer": PERSON, "orders_to_redact": [299938, 280263, 220458]}
REQUEST = SHOP | {"customer": PERSON, "orders_requested": [299938], "data_request": {"id": 9999}}
MERGE: dict[str, Any] = {
    "admin_graphql_api_customer_kept_id": "gid://shopify/Customer/1",
    "admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/2",
    "admin_graphql_api_job_id": None,
    "status": "completed",
    "errors": [],
}


def keep(connection: Connection, topic: str, body: object) -> Delivery:
    with patch("checkout_widgets.webhooks.queueing.queue"):
        queueing.keep(connection, topic=topic, external_id="", body=json.dumps(body).encode(), now=NOON)
    delivery = Delivery.objects.latest("pk")
    process(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def erase(connection: Connection, topic: str, body: object) -> Delivery:
    """Keep the delivery, and do the job that it queues."""
    delivery = keep(connection, topic, body)
    assert (delivery.status, bytes(delivery.body)) == ("done", json.dumps(body).encode())  # kept until it is done
    assert Contact.objects.exists()
    erase_delivered(delivery_id=delivery.pk)
    erase_delivered(delivery_id=delivery.pk)  # a job that the queue hands out twice
    delivery.refresh_from_db()
    return delivery


def named(store: Store) -> set[tuple[str, str, str]]:
    return set(Order.objects.filter(store=store).values_list("external_id", "customer_key", "visitor_id"))


def test_redacted_customer_is_forgotten_by_id_address_and_orders(store, shopify):
    other_store = factories.make_store()
    customer_with_everything(other_store, "i_191167", EMAIL, "191167")
    customer_with_everything(store, "i_191167", EMAIL, "191167")
    factories.make_order(store, customer_key=guest_key(store.pk, EMAIL), visitor_id="", external_id="guest")
    factories.make_order(store, visitor_id="v_order", external_id="299938")
    stays = customer_with_everything(store, "i_5", "other@shop.example", "5")
    keep(shopify, "customers/update", PERSON | {"updated_at": "2026-11-01T00:00:00Z"})
    assert Delivery.objects.filter(customer_key="i_191167").count() == 1
    delivery = erase(shopify, "customers/redact", REDACT)
    assert set(Contact.objects.filter(store=store)) == {stays}
    assert Contact.objects.filter(store=other_store).count() == 1
    left = {order for order in named(store) if order[1] or order[2]}
    assert {order[1] for order in left} == {"i_5"}
    # Nothing that was delivered names the customer, this request included.
    assert [bytes(row.body) for row in Delivery.objects.all()] == [b""]
    assert delivery.customer_key == "i_191167"
    assert EMAIL not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize("topic", ["customers/delete", "customer.deleted"])
def test_customer_that_the_shop_deletes_is_forgotten(store, shopify, woocommerce, topic):
    customer_with_everything(store, "i_25", EMAIL, "25")
    stays = customer_with_everything(store, "i_5", "other@shop.example", "5")
    erase(shopify if topic == "customers/delete" else woocommerce, topic, {"id": 25})
    assert set(Contact.objects.all()) == {stays}


def test_deletion_that_a_real_shop_delivered_forgets_the_customer(store, woocommerce, deliver):
    recorded = json.loads((PAYLOADS / "woocommerce_customer_deleted.json").read_text())
    woocommerce.secret = recorded["secret"]
    woocommerce.save()
    customer_with_everything(store, "i_3", EMAIL, "3")
    body = json.dumps(recorded["body"], separators=(",", ":")).encode()
    signature = recorded["headers"]["X-WC-Webhook-Signature"]
    with patch("checkout_widgets.webhooks.queueing.queue"):
        assert deliver(woocommerce, recorded["headers"]["X-WC-Webhook-Topic"], body, signature).status_code == 200
    delivery = Delivery.objects.get()
    process(delivery.pk)
    erase_delivered(delivery_id=delivery.pk)
    assert not Contact.objects.filter(store=store).exists()


@pytest.mark.slow
def test_redacted_shop_forgets_its_customers_and_leaves_those_of_other_sources(store, shopify):
    for key, source in (("i_1", "shopify"), ("i_2", "shopify"), ("i_3", "api")):
        customer_with_everything(store, key, f"{key}@shop.example", key[2:])
        Order.objects.filter(store=store, customer_key=key).update(source=source)
    factories.make_consent(factories.make_address(factories.make_contact(store, customer_key="i_4")), source="shopify")
    imported = factories.make_contact(store, customer_key="i_5")
    factories.make_consent(factories.make_address(imported), source="import")
    Delivery.objects.create(connection=shopify, body=b"john", received_at=NOON, order_external_id="1")
    erase(shopify, "shop/redact", SHOP)
    assert set(Contact.objects.values_list("customer_key", flat=True)) == {"i_3", "i_5"}
    assert {order[1] for order in named(store)} == {"", "i_3"}
    assert [bytes(row.body) for row in Delivery.objects.all()] == [b""]


def test_request_for_data_waits_for_an_admin_and_has_no_address(store, shopify):
    delivery = keep(shopify, "customers/data_request", REQUEST)
    row = DataRequest.objects.get()
    assert (row.store, row.external_id, row.customer_key, row.answered_at) == (store, "9999", "i_191167", None)
    assert (delivery.status, bytes(delivery.body)) == ("done", b"")
    assert AuditEntry.objects.get().action == "data_requested"
    keep(shopify, "customers/data_request", REQUEST)  # delivered twice
    assert DataRequest.objects.count() == 1


def test_request_for_data_goes_with_its_customer(store, shopify):
    customer_with_everything(store, "i_191167", EMAIL, "191167")
    keep(shopify, "customers/data_request", REQUEST)
    erase(shopify, "customers/redact", REDACT)
    assert DataRequest.objects.count() == 0


@pytest.mark.parametrize(
    ("topic", "body", "error"),
    [
        ("customers/redact", SHOP, "names no customer"),
        ("customers/redact", [], "isn't an object"),
        (
            "customers/redact",
            SHOP | {"customer": {"id": True, "email": "no"}, "orders_to_redact": 1},
            "no customer",
        ),
        ("customers/data_request", SHOP | {"customer": PERSON}, "no ID of the request"),
        ("customers/data_request", REQUEST | {"customer": {}}, "can't be told"),
        ("customers/merge", MERGE | {"admin_graphql_api_customer_kept_id": "1"}, "no customer's ID"),
    ],
)
def test_request_that_names_nobody_is_given_up_with_a_reason(shopify, topic, body, error):
    delivery = keep(shopify, topic, body)
    assert delivery.status == "dead"
    assert error in delivery.error
    assert not ProcrastinateJob.objects.exists()


def test_merged_customers_are_one_under_the_first_key(store, shopify):
    factories.make_contact(store, customer_key="i_2")
    factories.make_order(store, customer_key="i_2", customer_id="2")
    factories.make_contact(store, customer_key="i_1")
    assert keep(shopify, "customers/merge", MERGE | {"status": "failed"}).status == "ignored"
    assert not ProcrastinateJob.objects.exists()
    assert keep(shopify, "customers/merge", MERGE).status == "done"
    [job] = ProcrastinateJob.objects.filter(task_name__endswith="merge_guest_customer")
    arguments: Any = job.args
    assert arguments == {"store_id": store.pk, "guest": "i_2", "known": "i_1"}
    merge_guest_customer(**arguments)
    merge_guest_customer(**arguments)
    assert Contact.objects.get().customer_key == "i_2"  # that ordered first
    keep(shopify, "customers/update", {"id": 1, "updated_at": "2026-12-01T00:00:00Z"})
    assert Contact.objects.count() == 1


def test_request_with_a_wrong_signature_is_refused_and_not_kept(shopify, deliver):
    body = json.dumps(REDACT).encode()
    assert deliver(shopify, "customers/redact", body, signature="bm8=").status_code == 401
    assert Delivery.objects.count() == 0
    assert deliver(shopify, "customers/redact", body).json() == {"received": True}
