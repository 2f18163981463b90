"""What an order of the orders API says of its customer: optional fields, of which a bad one never costs the order."""

import logging
from collections.abc import Iterator

from django.db import DatabaseError, transaction

from checkout_widgets import customer_news
from checkout_widgets.customer_fields import CustomerFields
from checkout_widgets.customer_news import ConsentNews, CustomerNews, ShipmentNews
from checkout_widgets.edge.payloads import OrderBody
from experiments import refused_values
from experiments.models import Store

logger = logging.getLogger(__name__)

API = "api"
BASES = {"opt_in", "soft_opt_in", "none"}
MOST_SHIPMENTS = 100  # of an order; far above any, and little enough to write while the shop waits
NOT_KEPT = "customer"  # in place of a field: it was understood, and couldn't be stored


def tell_of_customer(store: Store, body: OrderBody) -> list[str]:
    """Keep what the order says of its customer, and return the fields that couldn't be read or kept.

    The order itself is stored before, in a transaction of its own.
    """
    try:
        with transaction.atomic():
            news = news_of_order(body)
            customer_news.tell(store, news)
    except Exception as error:
        if isinstance(error, DatabaseError) and not refused_values.is_permanent(error):
            raise  # answered 503, and the shop sends the order again
        # Its kind alone: a message may quote what was read, and with it an address.
        logger.error("What an order says of its customer can't be kept: %s", type(error).__name__)
        return [NOT_KEPT]
    return list(news.unread)


def address_of(body: OrderBody) -> str:
    """Return what stands in place of an address; empty where that isn't a text."""
    if isinstance(body.email, str):
        return body.email
    return ""


def news_of_order(body: OrderBody) -> CustomerNews:
    """Read the optional fields."""
    fields = CustomerFields(
        {
            "email": body.email,
            "locale": body.locale,
            "country": body.country,
            "consent": body.consent,
            "shipments": body.shipments,
        }
    )
    return CustomerNews(
        source=API,
        said_at=body.updated_at,
        order_external_id=body.external_id,
        customer_id=body.customer_id or "",
        address=fields.address("email"),
        locale=fields.locale("locale"),
        country=fields.country("country"),
        consents=tuple(consents_of(fields)),
        shipments=tuple(shipments_of(fields, body)),
        unread=tuple(fields.unread),
    )


def consents_of(fields: CustomerFields) -> Iterator[ConsentNews]:
    """Yield the consent, where its basis and time are there: without either nobody can say what holds."""
    consent = fields.part("consent")
    if not consent.values:
        return
    basis, said_at = consent.choice("basis", BASES), consent.time("at")
    wording, source = consent.text("wording"), consent.text("source", longest=32)
    for name, value in (("basis", basis), ("at", said_at)):
        if not value and consent.path_of(name) not in fields.unread:
            fields.unread.append(consent.path_of(name))
    if basis and said_at is not None:
        yield ConsentNews(basis=basis, said_at=said_at, source=source or API, wording=wording)


def shipments_of(fields: CustomerFields, body: OrderBody) -> Iterator[ShipmentNews]:
    """Yield the order's parcels."""
    for shipment in fields.parts("shipments")[:MOST_SHIPMENTS]:
        external_id = shipment.id("external_id")
        if not external_id:
            fields.unread.append(shipment.path_of("external_id"))
            continue
        yield ShipmentNews(
            external_id=external_id,
            updated_at=shipment.time("updated_at") or body.updated_at,
            shipped_at=shipment.time("shipped_at"),
            expected_at=shipment.time("expected_at"),
            delivered_at=shipment.time("delivered_at"),
            tracking_url=shipment.url("tracking_url"),
        )
