"""Sends a test order to the edge's own address, in this process: nothing between is left out but the network."""

import json
from io import BytesIO
from uuid import uuid4

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.urls import get_script_prefix, resolve, reverse
from django.utils import timezone

from checkout_widgets.models import Connection, ConnectionKind, Delivery, TrialOrder
from checkout_widgets.models.trial_order import forget_oldest
from checkout_widgets.sample_shops import bodies
from checkout_widgets.sample_shops.sample_order import sample_order
from checkout_widgets.trial_orders.marks import mark_of
from checkout_widgets.webhooks.shop_systems.registry import SHOP_SYSTEMS
from checkout_widgets.webhooks.shop_systems.signatures import sign
from experiments.models import Store

# How each shop system renders an order, and the topic under which it delivers a new one.
RENDERERS = {
    ConnectionKind.WOOCOMMERCE.value: (bodies.woocommerce_order, "order.created"),
    ConnectionKind.SHOPIFY.value: (bodies.shopify_order, "orders/create"),
}


class TrialRefused(Exception):
    """Why the edge refused a test order, in its own words."""


def send_by_webhook(connection: Connection, *, visitor_id: str, sent_by: str) -> TrialOrder:
    """Deliver a test order as the connection's shop system does; the worker reads it. Raises ``TrialRefused``."""
    store, trial_id = connection.store, uuid4()
    render, topic = RENDERERS[connection.kind]
    sample = sample_order(store, visitor_id=visitor_id, mark=mark_of(store.pk, trial_id), now=timezone.now())
    # Kept before it is sent: the worker may read it before this process goes on.
    trial = TrialOrder.objects.create(
        id=trial_id,
        store=store,
        source=connection.kind,
        sent_by=sent_by,
        external_id=str(sample.number),
        visitor_id=sample.visitor_id,
    )
    try:
        deliver(connection, topic, render(sample), trial)
    except TrialRefused:
        trial.delete()
        raise
    forget_oldest(store.pk)
    return trial


def deliver(connection: Connection, topic: str, body: bytes, trial: TrialOrder) -> None:
    """Post the signed body to the connection's address, and note which delivery it became. Raises ``TrialRefused``."""
    names = SHOP_SYSTEMS[connection.kind].headers
    headers = {
        names.topic: topic,
        names.signature: sign(connection.secret, body),
        names.delivery_id: str(trial.pk),
    }
    post(reverse("webhook", args=[connection.kind, connection.store.slug]), body, headers)
    # By the name that was given to it above, among the newest: a delivery's name has no index.
    newest = Delivery.objects.filter(connection=connection, received_at__gte=trial.sent_at)
    trial.delivery = newest.filter(external_id=str(trial.pk)).first()
    trial.save(update_fields=["delivery"])


def send_by_api(store: Store, *, visitor_id: str, sent_by: str) -> TrialOrder:
    """Post a test order as the store's server does; it is read at once. Raises ``TrialRefused``."""
    sample = sample_order(store, visitor_id=visitor_id, mark="", now=timezone.now())
    post(reverse("orders"), bodies.api_order(sample), {"Authorization": f"Bearer {store.secret_key}"})
    trial = TrialOrder.objects.filter(store=store, external_id=bodies.api_id(sample)).latest("sent_at")
    trial.sent_by = sent_by
    trial.save(update_fields=["sent_by"])
    return trial


def post(path: str, body: bytes, headers: dict[str, str]) -> HttpResponse:
    """Answer a POST at an address of the edge as the edge does. Raises ``TrialRefused`` where it is refused."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    for name, value in headers.items():
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    match = resolve(path.removeprefix(get_script_prefix().rstrip("/")))
    response: HttpResponse = match.func(WSGIRequest(environ), *match.args, **match.kwargs)
    if response.status_code != 200:
        raise TrialRefused(json.loads(response.content)["error"]["message"])
    return response
