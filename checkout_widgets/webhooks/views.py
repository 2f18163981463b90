"""``POST /v1/webhooks/<kind>/<store>``: check the signature, keep the bytes, answer; the worker does the rest."""

from functools import partial
from re import fullmatch

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from checkout_widgets.edge.call import Call
from checkout_widgets.edge.configuration import StoreConfiguration
from checkout_widgets.edge.endpoint import Endpoint
from checkout_widgets.edge.responses import ApiError
from checkout_widgets.models import Connection
from checkout_widgets.webhooks import queueing
from checkout_widgets.webhooks.shop_systems.registry import SHOP_SYSTEMS
from experiments.accounting import ingestion

MAX_BYTES = 5_000_000  # far above any order that a shop sends, and little enough to hold in memory
SOURCE = "webhooks"
DELIVERY_ID = r"[\w-]{1,64}"
BAD_SIGNATURE = ApiError(401, "bad_signature", "No store here signs with the secret of this body.")


@csrf_exempt
def webhook(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Answer a shop system that delivers something for the store with this slug."""
    endpoint = Endpoint(
        partial(receive, kind, slug),
        max_bytes=MAX_BYTES,
        is_public=False,
        source=SOURCE,
        store_of=partial(store_of, kind, slug),
    )
    return endpoint(request)


def connection_of(kind: str, slug: str) -> Connection | None:
    """The store's connection to shop systems of this kind."""
    return Connection.objects.select_related("store").filter(kind=kind, store__slug=slug, is_active=True).first()


def store_of(kind: str, slug: str, call: Call) -> StoreConfiguration | None:
    """Whose refusals are counted: the store's, where it has such a connection."""
    connection = connection_of(kind, slug)
    if connection is None:
        return None
    return call.configuration.by_site_key.get(connection.store.site_key)


def receive(kind: str, slug: str, call: Call) -> dict[str, bool]:
    """Keep what a shop system signed. Raises ``ApiError``."""
    connection = connection_of(kind, slug)
    if connection is None:
        raise BAD_SIGNATURE  # the same as for a wrong secret, so that nobody learns which stores there are
    system = SHOP_SYSTEMS[connection.kind]
    if system.is_ping(call.body):
        return {"received": True}
    names = system.headers
    if not system.verify_signature(call.header(names.signature), connection.secrets(call.now), call.body):
        raise BAD_SIGNATURE
    topic = call.header(names.topic)
    if system.recognize_topic(topic) is None:
        # Counted and acknowledged: a refusal would make the shop switch the webhook off.
        ingestion.count_rejections(connection.store_id, SOURCE, ["unknown_topic"], call.now)
        return {"received": False}
    queueing.keep(
        connection,
        topic=topic,
        external_id=delivery_id(call.header(names.delivery_id)),
        body=call.body,
        now=call.now,
    )
    return {"received": True}


def delivery_id(text: str) -> str:
    """Return the shop's name for the delivery; empty where it is none that can be stored, as nothing depends on it."""
    if fullmatch(DELIVERY_ID, text) is None:
        return ""
    return text
