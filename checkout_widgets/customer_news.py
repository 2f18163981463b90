"""What orders and deliveries say of a customer beside the order: whom to write to, what they agreed to, their parcels.

``journeys`` keeps it. That app imports this one and not the other way, so it registers at the start whom to tell.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from experiments.models import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentNews:
    """What a customer said about messages: ``basis`` is ``opt_in``, ``soft_opt_in`` or ``none``, ``wording`` what they
    were asked."""

    basis: str
    said_at: datetime
    source: str
    wording: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentNews:
    """What became of a parcel of an order, as its source knew it at ``updated_at``; None where it says nothing."""

    external_id: str
    updated_at: datetime
    shipped_at: datetime | None = None
    expected_at: datetime | None = None
    delivered_at: datetime | None = None
    tracking_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrictionNews:
    """Something is wrong for a customer, or is no longer. ``kind`` is one of ``FrictionKind``."""

    kind: str
    external_id: str
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerNews:
    """What a source says of one customer. It names them by the shop's ID, an address, an order, or several of these.

    ``said_at`` is the version: the newest says what the customer's address, language and country are. ``unread`` names
    the fields that couldn't be read, as the source calls them.
    """

    source: str
    said_at: datetime
    order_external_id: str = ""
    customer_id: str = ""
    former_customer_id: str = ""  # of a record that the shop has merged into this customer's
    address: str = field(default="", repr=False)  # nobody's address is in a log
    locale: str = ""
    country: str = ""
    consents: tuple[ConsentNews, ...] = ()
    shipments: tuple[ShipmentNews, ...] = ()
    frictions: tuple[FrictionNews, ...] = ()
    unread: tuple[str, ...] = ()


Receiver = Callable[[Store, CustomerNews], None]
receivers: list[Receiver] = []


def register(receiver: Receiver) -> None:
    """Name a function that keeps what is said of customers: for an app's ``ready``."""
    if receiver not in receivers:
        receivers.append(receiver)


def tell(store: Store, news: CustomerNews) -> None:
    """Hand the news to those who keep it, in the caller's transaction."""
    for receiver in receivers:
        receiver(store, news)
