"""What WooCommerce's orders say of customers: the address, what the plugin noted of consent, parcels, failed payments.

WooCommerce itself asks nobody whether they want messages. Without the plugin's note in the order there is no consent.
"""

from collections.abc import Iterator
from datetime import datetime

from checkout_widgets.customer_fields import CustomerFields
from checkout_widgets.customer_news import ConsentNews, CustomerNews, FrictionNews, ShipmentNews

SOURCE = "woocommerce"
ANSWER = "offerlift_email_offers"
WORDING = "offerlift_email_wording"
PLACED_AT = "_offerlift_placed_at"
# Without consent and an objection come to the same: nothing may be sent.
ANSWERS = {"opt_in": "opt_in", "none": "none", "soft_opt_in": "soft_opt_in", "objected": "none"}
COMPLETED_PARCEL = "completed"  # the one parcel that WooCommerce knows of an order: it has no list of them
PAID = {"processing", "completed", "refunded", "on-hold"}


def news_of_order(fields: CustomerFields, received_at: datetime) -> CustomerNews:
    """Read an order: its customer's address and consent, whether it was sent, and whether its payment failed."""
    billing = fields.part("billing")
    country = fields.part("shipping").country("country") or billing.country("country")
    customer_id = fields.id("customer_id")
    if customer_id == "0":  # a guest
        customer_id = ""
    said_at = fields.time("date_modified_gmt", is_utc=True) or received_at
    return CustomerNews(
        source=SOURCE,
        said_at=said_at,
        order_external_id=fields.id("id"),
        customer_id=customer_id,
        address=billing.address("email"),
        country=country,
        consents=tuple(consents_of(fields)),
        shipments=tuple(shipments_of(fields, said_at)),
        frictions=tuple(frictions_of(fields, said_at)),
        unread=tuple(fields.unread),
    )


def consents_of(fields: CustomerFields) -> Iterator[ConsentNews]:
    """Yield what the shopper answered in the checkout; nothing of an order in which nobody was asked."""
    meta = meta_of(fields)
    answer = meta.choice(ANSWER, ANSWERS)
    said_at = meta.time(PLACED_AT, is_utc=True) or fields.time("date_created_gmt", is_utc=True)
    if answer and said_at is not None:
        yield ConsentNews(basis=ANSWERS[answer], said_at=said_at, source=SOURCE, wording=meta.text(WORDING))


def meta_of(fields: CustomerFields) -> CustomerFields:
    """Return the plugin's notes in the order by their key; the first of each counts."""
    notes: dict[str, object] = {}
    for member in fields.parts("meta_data"):
        key = member.values.get("key")
        if isinstance(key, str) and key in (ANSWER, WORDING, PLACED_AT):
            notes.setdefault(key, member.values.get("value"))
    return CustomerFields(notes, "meta_data", fields.unread)


def shipments_of(fields: CustomerFields, said_at: datetime) -> Iterator[ShipmentNews]:
    """Yield the parcel of a completed order: shops complete it when they send it, and never say when it arrives."""
    completed_at = fields.time("date_completed_gmt", is_utc=True)
    if completed_at is not None:
        yield ShipmentNews(external_id=COMPLETED_PARCEL, updated_at=said_at, shipped_at=completed_at)


def frictions_of(fields: CustomerFields, said_at: datetime) -> Iterator[FrictionNews]:
    """Yield a payment that failed; it is over once the order is paid, of which a later version tells."""
    status = fields.values.get("status")
    if status != "failed" and status not in PAID:
        return
    closed_at = None
    if status in PAID:
        closed_at = said_at
    yield FrictionNews(
        kind="payment",
        external_id=f"order:{fields.id('id')}",
        opened_at=fields.time("date_created_gmt", is_utc=True) or said_at,
        updated_at=said_at,
        closed_at=closed_at,
    )
