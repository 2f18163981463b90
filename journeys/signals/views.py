"""``PUT /v1/contracts`` and ``PUT /v1/tickets``: what a store's own systems say of its customers."""

from django.db import transaction
from msgspec.json import Decoder

from checkout_widgets.customer_fields import read_address
from checkout_widgets.customer_news import CustomerNews, FrictionNews
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.endpoint import endpoint
from checkout_widgets.edge.responses import ApiError
from experiments.accounting.order_data import BadOrder, check_moment
from experiments.customer_keys import is_address
from experiments.models import Order, Store
from journeys import friction
from journeys.contacts import recording
from journeys.models import Contact, Contract, Friction
from journeys.signals.bodies import ContractBody, SignalReceipt, TicketBody

API = "api"
NOBODY = ApiError(
    400,
    "bad_field",
    'Say who the customer is: "customer_id", "email" or, of a ticket, "order".',
    field="customer_id",
)

_contracts = Decoder(ContractBody)
_tickets = Decoder(TicketBody)


@endpoint(max_bytes=10_000, method="PUT", is_public=False, source="contracts")
def put_contract(call: Call) -> SignalReceipt:
    """Store the contract as it is now; the newest version wins."""
    store = Store.objects.get(pk=call.store_for_server().id)
    body = call.decode(_contracts)
    check_times(body, "ends_at", "updated_at", "cancelled_at")
    news = news_of(body, body.customer_id, body.email)
    with transaction.atomic():
        contact = contact_of(store, news)
        # Locked, so that of two calls at once the older one finds that it is.
        known = Contract.objects.select_for_update().filter(store=store, external_id=body.external_id).first()
        if known is not None and known.updated_at > body.updated_at:
            return SignalReceipt(body.external_id, contact.pk, stale=True)
        Contract.objects.update_or_create(
            store=store,
            external_id=body.external_id,
            defaults={
                "contact": contact,
                "sku": body.sku,
                "ends_at": body.ends_at,
                "cancelled_at": body.cancelled_at,
                "updated_at": body.updated_at,
            },
        )
    return SignalReceipt(body.external_id, contact.pk)


@endpoint(max_bytes=10_000, method="PUT", is_public=False, source="tickets")
def put_ticket(call: Call) -> SignalReceipt:
    """Store the ticket as it is now; the newest version wins."""
    store = Store.objects.get(pk=call.store_for_server().id)
    body = call.decode(_tickets)
    check_times(body, "opened_at", "updated_at", "closed_at")
    order = order_of(store, body)
    news = news_of(body, body.customer_id, body.email, body.order)
    problem = FrictionNews(
        kind=body.kind,
        external_id=body.external_id,
        opened_at=body.opened_at,
        updated_at=body.updated_at,
        closed_at=body.closed_at,
    )
    with transaction.atomic():
        contact = contact_of(store, news)
        friction.record(contact, API, [problem], order)
    newest = Friction.objects.filter(contact=contact, kind=body.kind, source=API, external_id=body.external_id).first()
    is_stale = newest is not None and newest.updated_at > body.updated_at
    return SignalReceipt(body.external_id, contact.pk, stale=is_stale)


def check_times(body: ContractBody | TicketBody, *names: str) -> None:
    """Raise ``ApiError`` for a time that can't be stored."""
    for name in names:
        at = getattr(body, name)
        if at is None:
            continue
        try:
            check_moment(name, at)
        except BadOrder as error:
            raise ApiError(400, "bad_field", str(error), field=name) from error


def order_of(store: Store, body: TicketBody) -> Order | None:
    """Return the order that a ticket names. Raises ``ApiError`` where it hasn't arrived."""
    if not body.order:
        return None
    order = Order.objects.filter(store=store, external_id=body.order).first()
    if order is None:
        raise ApiError(
            404,
            "unknown_order",
            f"The order {body.order} hasn't arrived. Send it first, then this again.",
            field="order",
        )
    return order


def news_of(body: ContractBody | TicketBody, customer_id: str, email: str, order_external_id: str = "") -> CustomerNews:
    """Return who the customer is. Raises ``ApiError`` where the address is none."""
    if is_address(customer_id):
        # An ID is shown where addresses are masked, so no address may pass for one.
        raise ApiError(
            400, "bad_field", "customer_id is an email address: send it as email, or the shop's own ID.",
            field="customer_id",
        )  # fmt: skip
    try:
        address = read_address(email) if email else ""
    except ValueError:
        raise ApiError(400, "bad_field", "email must be an email address.", field="email") from None
    return CustomerNews(
        source=API,
        said_at=body.updated_at,
        customer_id=customer_id,
        address=address,
        order_external_id=order_external_id,
    )


def contact_of(store: Store, news: CustomerNews) -> Contact:
    """Return the customer's contact, which is made where there is none. Raises ``ApiError`` where nobody is named."""
    contact = recording.record_news(store, news)
    if contact is None:
        raise NOBODY
    return contact
