"""What shop systems deliver is checked, kept and answered at once; everything else is refused with a code."""

from datetime import timedelta
from time import perf_counter
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from checkout_widgets.models import Delivery
from experiments.models import Rejection
from tests import factories
from tests.checkout_widgets.webhooks import samples

SAMPLES = [
    ("shopify", "shopify_orders_paid.json"),
    ("shopify", "shopify_refunds_create.json"),
    ("woocommerce", "woocommerce_order_created.json"),
]


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def counted() -> dict[tuple[str, str], int]:
    return {(rejection.source, rejection.code): rejection.count for rejection in Rejection.objects.all()}


@pytest.mark.parametrize(("kind", "name"), SAMPLES)
def test_webhook_sample_is_kept_byte_by_byte_and_queued(client, store, kind, name):
    connection = factories.make_connection(store, kind=kind)
    body, headers = (samples.FOLDER / name).read_bytes(), samples.HEADERS[name]
    response = client.post(
        f"/v1/webhooks/{kind}/shop",
        body,
        content_type="application/json",
        headers={name: value for name, value in headers.items() if name != "Content-Type"},
    )
    assert (response.status_code, response.json()) == (200, {"received": True})
    delivery = Delivery.objects.get()
    assert (delivery.connection, bytes(delivery.body), delivery.status) == (connection, body, "pending")
    assert delivery.topic == headers.get("X-Shopify-Topic", headers.get("X-WC-Webhook-Topic"))
    assert delivery.external_id in headers.values()
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args) == ("checkout_widgets.tasks.process_delivery", {"delivery_id": delivery.pk})


def test_webhook_same_again_is_kept_once_whatever_its_id(shopify, deliver):
    for delivery in ("1", "1", "2"):
        assert deliver(shopify, "orders/paid", samples.SHOPIFY_ORDER, delivery=delivery).status_code == 200
    deliver(shopify, "orders/updated", samples.SHOPIFY_ORDER)
    assert list(Delivery.objects.order_by("pk").values_list("topic", "external_id")) == [
        ("orders/paid", "1"),
        ("orders/updated", "1"),
    ]
    assert ProcrastinateJob.objects.count() == 2


def test_webhook_woocommerce_ids_that_repeat_are_other_deliveries(woocommerce, deliver):
    deliver(woocommerce, "order.created", samples.WOOCOMMERCE_ORDER, delivery="5d41")
    deliver(
        woocommerce, "order.updated", samples.changed(samples.WOOCOMMERCE_ORDER, status="completed"), delivery="5d41"
    )
    assert Delivery.objects.count() == 2


def test_webhook_deletion_delivered_twice_is_kept_twice(woocommerce, deliver):
    for _ in range(2):
        deliver(woocommerce, "order.deleted", b'{"id": 2051}')
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (samples.SHOPIFY_ORDER, "9sYHcP5Gch8yf+kCJtJzvSMbjwuzJCMSqe9zd5Jjim5="),
        (samples.SHOPIFY_ORDER, ""),
        (samples.SHOPIFY_ORDER + b" ", samples.HEADERS["shopify_orders_paid.json"]["X-Shopify-Hmac-Sha256"]),
        (b"", "x"),
    ],
)
def test_webhook_wrong_signature_or_altered_bytes_are_refused_and_counted(shopify, deliver, body, signature):
    assert refusal(deliver(shopify, "orders/paid", body, signature)) == (401, "bad_signature")
    assert not Delivery.objects.exists()
    assert counted() == {("webhooks", "bad_signature"): 1}


def test_webhook_of_another_store_with_its_own_secret_is_refused(shopify, deliver):
    other = factories.make_connection(factories.make_store(slug="other"), secret="another")
    signature = samples.HEADERS["shopify_orders_paid.json"]["X-Shopify-Hmac-Sha256"]
    assert refusal(deliver(other, "orders/paid", samples.SHOPIFY_ORDER, signature)) == (401, "bad_signature")


def test_webhook_unknown_store_answers_as_a_wrong_signature_does(client, shopify):
    for url in ("/v1/webhooks/shopify/nobody", "/v1/webhooks/woocommerce/shop"):
        assert refusal(client.post(url, b"webhook_id=7", content_type="text/plain")) == (401, "bad_signature")
    assert counted() == {}


def test_webhook_of_a_connection_that_is_switched_off_is_refused(shopify, deliver):
    shopify.is_active = False
    shopify.save()
    assert refusal(deliver(shopify, "orders/paid", samples.SHOPIFY_ORDER)) == (401, "bad_signature")


def test_webhook_previous_secret_counts_until_the_overlap_ends(shopify, deliver):
    signature = samples.HEADERS["shopify_orders_paid.json"]["X-Shopify-Hmac-Sha256"]
    shopify.replace_secret("new")
    assert deliver(shopify, "orders/paid", samples.SHOPIFY_ORDER, signature).status_code == 200
    assert deliver(shopify, "orders/updated", samples.SHOPIFY_ORDER).status_code == 200
    shopify.previous_secret_expires_at = timezone.now() - timedelta(seconds=1)
    shopify.save()
    assert refusal(deliver(shopify, "orders/paid", samples.SHOPIFY_ORDER, signature)) == (401, "bad_signature")


def test_webhook_ping_of_woocommerce_is_welcomed_unsigned(client, woocommerce):
    response = client.post(
        "/v1/webhooks/woocommerce/shop", b"webhook_id=7", content_type="application/x-www-form-urlencoded"
    )
    assert (response.status_code, response.json()) == (200, {"received": True})
    assert not Delivery.objects.exists()


def test_webhook_ping_to_shopify_is_refused(client, shopify):
    response = client.post("/v1/webhooks/shopify/shop", b"webhook_id=7", content_type="text/plain")
    assert refusal(response) == (401, "bad_signature")


def test_webhook_topic_of_no_interest_is_answered_and_counted(shopify, deliver):
    response = deliver(shopify, "themes/update", b"{}")
    assert (response.status_code, response.json()) == (200, {"received": False})
    assert not Delivery.objects.exists()
    assert counted() == {("webhooks", "unknown_topic"): 1}


def test_webhook_too_large_is_refused_and_counted(shopify, deliver):
    assert refusal(deliver(shopify, "orders/paid", b" " * 5_000_001)) == (413, "too_large")
    assert counted() == {("webhooks", "too_large"): 1}


def test_webhook_signed_nonsense_is_kept_for_somebody_to_look_at(shopify, deliver):
    assert deliver(shopify, "orders/paid", b"[" * 20_000).status_code == 200
    assert Delivery.objects.get().status == "pending"


def test_webhook_other_method_is_refused(client, shopify):
    assert refusal(client.get("/v1/webhooks/shopify/shop")) == (405, "method_not_allowed")


@pytest.mark.parametrize("url", ["/v1/webhooks/magento/shop", "/v1/webhooks/shopify/", "/v1/webhooks/shopify/a/b"])
def test_webhook_other_address_is_not_found(client, db, url):
    assert refusal(client.post(url, b"{}", content_type="text/plain")) == (404, "not_found")


def test_webhook_database_away_asks_to_try_again(shopify, deliver):
    with patch("django.db.backends.utils.CursorWrapper.execute", side_effect=OperationalError("away")):
        response = deliver(shopify, "orders/paid", samples.SHOPIFY_ORDER)
    assert refusal(response) == (503, "unavailable")
    assert int(response["Retry-After"]) >= 1


def test_webhook_queue_away_keeps_nothing_and_asks_to_try_again(shopify, deliver):
    with patch("procrastinate.contrib.django.django_connector.DjangoConnector.connection") as away:
        away.cursor.side_effect = OperationalError("away")
        response = deliver(shopify, "orders/paid", samples.SHOPIFY_ORDER)
    assert refusal(response) == (503, "unavailable")
    assert not Delivery.objects.exists()


@pytest.mark.slow
def test_webhook_is_answered_fast(shopify, deliver):
    deliver(shopify, "orders/paid", samples.SHOPIFY_ORDER)
    durations = []
    for number in range(20):
        body = samples.changed(samples.SHOPIFY_ORDER, id=number)
        start = perf_counter()
        deliver(shopify, "orders/paid", body)
        durations.append(perf_counter() - start)
    assert sorted(durations)[10] < 0.1


@pytest.mark.parametrize(("size", "status"), [(5_000_000, 200), (5_000_001, 413)])
def test_webhook_body_has_5_mb_at_most(shopify, deliver, size, status):
    body = samples.SHOPIFY_ORDER
    answer = deliver(shopify, "orders/paid", body + b" " * (size - len(body)))
    assert answer.status_code == status
    assert Delivery.objects.exists() is (status == 200)
