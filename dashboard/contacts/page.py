"""What a contact's page shows."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from checkout_widgets.customer_figures.one_customer import CustomerOutlook, outlook_of
from experiments.models import Order
from journeys import friction
from journeys.addresses import UnreadableAddress, masked, open_address
from journeys.consent import basis_for
from journeys.identifying import orders_of
from journeys.models import Address, ConsentRecord, Contact, Contract, Friction, Suppression

MOST_ROWS = 50  # of a table: what is older is in the export of the customer's data


@dataclass(frozen=True, slots=True)
class ShownAddress:
    """An address as the page shows it: masked, or in full to whoever asked for it."""

    address: Address
    text: str
    is_agreed: bool
    suppressions: list[Suppression]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactHistory:
    """What is known of a contact, the newest first; ``silent_until`` where nothing is offered now."""

    addresses: list[ShownAddress]
    consents: list[ConsentRecord]
    orders: list[Order]
    frictions: list[Friction]
    contracts: list[Contract]
    silent_until: datetime | None
    outlook: CustomerOutlook | None


def history_of(contact: Contact, *, is_shown: bool) -> ContactHistory:
    """Return what the page shows of a contact; the addresses in full where ``is_shown``."""
    now = timezone.now()
    addresses = list(contact.addresses.order_by("-named_at", "-pk"))
    consents = ConsentRecord.objects.filter(address__in=addresses).order_by("-said_at", "-pk")
    return ContactHistory(
        addresses=[shown(address, now, is_shown=is_shown) for address in addresses],
        consents=list(consents[:MOST_ROWS]),
        orders=list(orders_of(contact).order_by("-placed_at")[:MOST_ROWS]),
        frictions=list(contact.frictions.order_by("-opened_at")[:MOST_ROWS]),
        contracts=list(contact.contracts.order_by("-ends_at")[:MOST_ROWS]),
        outlook=outlook_of(contact.store, contact.customer_key),
        silent_until=contact.friction_until if friction.is_silent(contact, now) else None,
    )


def shown(address: Address, now: datetime, *, is_shown: bool) -> ShownAddress:
    """Return an address as the page shows it."""
    suppressions = Suppression.objects.filter(store=address.store_id, channel=address.channel, digest=address.digest)
    return ShownAddress(
        address=address,
        text=text_of(address) if is_shown else masked(address),
        is_agreed=basis_for(address, "", now) is not None,
        suppressions=list(suppressions),
    )


def text_of(address: Address) -> str:
    """Return the address in full; three dots where no key opens it."""
    try:
        return open_address(address)
    except UnreadableAddress:
        # The rest of the page is still to be read.
        return "…"
