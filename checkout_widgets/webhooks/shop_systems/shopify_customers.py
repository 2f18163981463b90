"""What Shopify's deliveries say of customers: addresses, consent, parcels, returns and payments that failed.

Bodies: https://shopify.dev/docs/api/webhooks/latest. Since API version 2025-01, customers' own deliveries don't have
the consent any more: it comes by ``customers_email_marketing_consent/update``. Both ways are read.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from checkout_widgets.customer_fields import CustomerFields
from checkout_widgets.customer_news import ConsentNews, CustomerNews, FrictionNews, ShipmentNews

SOURCE = "shopify"
CHECKOUT = "shopify_checkout"
# What a state of Shopify's comes to: a double opt-in that isn't confirmed is no consent. "Not subscribed" is where
# nobody ever asked, unless a time says that somebody did.
STATES = {
    "subscribed": "opt_in",
    "not_subscribed": "none",
    "unsubscribed": "none",
    "pending": "none",
    "redacted": "none",
    "invalid": "none",
}
LEVELS = {"single_opt_in", "confirmed_opt_in", "unknown"}
DELIVERED = "delivered"
STATUSES = {
    *("label_printed", "label_purchased", "confirmed", "ready_for_pickup", "picked_up", "in_transit"),
    *("out_for_delivery", "attempted_delivery", "delayed", "delivered", "failure", "carrier_picked_up"),
}
CANCELLED = {"cancelled", "error", "failure"}  # of a fulfillment: nothing was sent
RETURN_CLOSED = {"closed", "canceled", "cancelled", "declined"}
RETURN_STATES = RETURN_CLOSED | {"open", "requested"}
PAYMENT_STATES = {"success", "failure", "error", "pending", "awaiting_response"}


def news_of_order(fields: CustomerFields, received_at: datetime) -> CustomerNews:
    """Read an order: its customer's address and consent, and its parcels."""
    customer = fields.part("customer")
    address = fields.address("email") or fields.address("contact_email") or customer.address("email")
    country = fields.part("shipping_address").country("country_code")
    return CustomerNews(
        source=SOURCE,
        said_at=fields.time("updated_at") or received_at,
        order_external_id=fields.id("id"),
        customer_id=customer.id("id"),
        address=address,
        locale=fields.locale("customer_locale"),
        country=country or fields.part("billing_address").country("country_code"),
        consents=tuple(consents_of_order(fields, customer)),
        shipments=tuple(shipments_of_order(fields)),
        unread=tuple(fields.unread),
    )


def consents_of_order(fields: CustomerFields, customer: CustomerFields) -> Iterator[ConsentNews]:
    """Yield what the customer's record says, and that the box in the checkout was ticked."""
    yield from consents_of(customer)
    at = fields.time("processed_at") or fields.time("created_at")
    if fields.values.get("buyer_accepts_marketing") is True and at is not None:
        yield ConsentNews(basis="opt_in", said_at=at, source=CHECKOUT)


def consents_of(fields: CustomerFields) -> Iterator[ConsentNews]:
    """Yield a customer's consent, where somebody has ever said something."""
    consent = fields.part("email_marketing_consent")
    state = consent.choice("state", STATES)
    level = consent.choice("opt_in_level", LEVELS)
    said_at = consent.time("consent_updated_at")
    if state and said_at is not None:
        yield ConsentNews(basis=STATES[state], said_at=said_at, source=SOURCE, wording=level)


def shipments_of_order(fields: CustomerFields) -> Iterator[ShipmentNews]:
    """Yield the parcels that the order lists."""
    for fulfillment in fields.parts("fulfillments"):
        shipment = shipment_of(fulfillment)
        if shipment is not None:
            yield shipment


def shipment_of(fulfillment: CustomerFields) -> ShipmentNews | None:
    """Return a fulfillment as a parcel; None where nothing was sent."""
    external_id, updated_at = fulfillment.id("id"), fulfillment.time("updated_at")
    if not external_id or updated_at is None or fulfillment.values.get("status") in CANCELLED:
        return None
    delivered_at = None
    if fulfillment.values.get("shipment_status") == DELIVERED:
        delivered_at = updated_at  # its own event says it to the minute, where the carrier reports one
    return ShipmentNews(
        external_id=external_id,
        updated_at=updated_at,
        shipped_at=fulfillment.time("created_at"),
        delivered_at=delivered_at,
        tracking_url=fulfillment.url("tracking_url"),
    )


def news_of_customer(fields: CustomerFields, received_at: datetime) -> CustomerNews:
    """Read a customer as Shopify has them now."""
    return CustomerNews(
        source=SOURCE,
        said_at=fields.time("updated_at") or received_at,
        customer_id=fields.id("id"),
        address=fields.address("email"),
        country=fields.part("default_address").country("country_code"),
        consents=tuple(consents_of(fields)),
        unread=tuple(fields.unread),
    )


def news_of_consent(fields: CustomerFields, received_at: datetime) -> CustomerNews:
    """Read a change of a customer's consent."""
    return CustomerNews(
        source=SOURCE,
        said_at=fields.part("email_marketing_consent").time("consent_updated_at") or received_at,
        customer_id=fields.id("customer_id"),
        address=fields.address("email_address"),
        consents=tuple(consents_of(fields)),
        unread=tuple(fields.unread),
    )


def news_of_fulfillment(fields: CustomerFields, received_at: datetime) -> CustomerNews:
    """Read a parcel of an order."""
    shipment = shipment_of(fields)
    return CustomerNews(
        source=SOURCE,
        said_at=fields.time("updated_at") or received_at,
        order_external_id=fields.id("order_id"),
        shipments=(shipment,) if shipment else (),
        unread=tuple(fields.unread),
    )


def news_of_fulfillment_event(fields: CustomerFields, received_at: datetime) -> CustomerNews:
    """Read what a carrier says of a parcel."""
    happened_at = fields.time("happened_at") or received_at
    status = fields.choice("status", STATUSES)
    delivered_at = None
    if status == DELIVERED:
        delivered_at = happened_at
    shipment = ShipmentNews(
        external_id=fields.id("fulfillment_id"),
        updated_at=happened_at,
        expected_at=fields.time("estimated_delivery_at"),
        delivered_at=delivered_at,
    )
    return CustomerNews(
        source=SOURCE,
        said_at=happened_at,
        order_external_id=fields.id("order_id"),
        shipments=(shipment,) if shipment.external_id else (),
        unread=tuple(fields.unread),
    )


def news_of_return(fields: CustomerFields, received_at: datetime) -> CustomerNews:
    """Read a return that is asked for, under way, or over. Its body says no time of its own."""
    status = fields.choice("status", RETURN_STATES)
    closed_at = None
    if status in RETURN_CLOSED:
        closed_at = received_at
    friction = FrictionNews(
        kind="return",
        external_id=fields.id("id"),
        opened_at=fields.time("created_at") or received_at,
        updated_at=received_at,
        closed_at=closed_at,
    )
    return news_of_friction(fields, friction, fields.part("order").id("id"), received_at)


def news_of_transaction(fields: CustomerFields, received_at: datetime) -> CustomerNews:
    """Read a payment of an order: one that failed, or that went through after all."""
    at = fields.time("created_at") or received_at
    status = fields.choice("status", PAYMENT_STATES)
    order_id = fields.id("order_id")
    closed_at = None
    if status not in ("failure", "error"):
        closed_at = at
    friction = FrictionNews(
        kind="payment", external_id=f"order:{order_id}"[:64], opened_at=at, updated_at=at, closed_at=closed_at
    )
    return news_of_friction(fields, friction, order_id, at)


def news_of_friction(fields: CustomerFields, friction: FrictionNews, order_id: str, said_at: datetime) -> CustomerNews:
    """Return that something is wrong with an order."""
    return CustomerNews(
        source=SOURCE,
        said_at=said_at,
        order_external_id=order_id,
        frictions=(friction,) if friction.external_id else (),
        unread=tuple(fields.unread),
    )


Reader = Callable[[CustomerFields, datetime], CustomerNews]
READERS: Mapping[str, Reader] = {
    "orders/create": news_of_order,
    "orders/updated": news_of_order,
    "orders/paid": news_of_order,
    "orders/cancelled": news_of_order,
    "customers/create": news_of_customer,
    "customers/update": news_of_customer,
    "customers_email_marketing_consent/update": news_of_consent,
    "fulfillments/create": news_of_fulfillment,
    "fulfillments/update": news_of_fulfillment,
    "fulfillment_events/create": news_of_fulfillment_event,
    "returns/request": news_of_return,
    "returns/approve": news_of_return,
    "returns/close": news_of_return,
    "returns/cancel": news_of_return,
    "returns/decline": news_of_return,
    "returns/reopen": news_of_return,
    "order_transactions/create": news_of_transaction,
}
# Those that are of no order as it is stored: of orders, the customer is read beside.
TOPICS = tuple(topic for topic in READERS if not topic.startswith("orders/"))
