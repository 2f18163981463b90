"""The steps in which a webhook is read. A shop system is a class that fills them in.

While the shop waits for its answer: ``is_ping``, ``verify_signature``, ``recognize_topic``. Later, in a job: one of
``parse_order``, ``parse_refund``, ``parse_deletion`` and ``parse_product`` turns the body into a typed value, and
``read_order`` or ``read_refund`` that into what ``experiments`` stores, with the catalogue's names of the products.
``read_customer`` reads the same body by itself for what it says of the customer, so that nothing in there can cost the
order.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import ClassVar, Generic, Protocol, TypeVar

from msgspec import Struct
from msgspec.json import Decoder

from checkout_widgets.customer_news import CustomerNews
from checkout_widgets.shop_products import NO_PRODUCTS, ShopProducts
from checkout_widgets.webhooks.shop_systems import payloads, signatures
from checkout_widgets.webhooks.shop_systems.payloads import BadPayload, Id, ReadToken
from experiments.accounting.order_data import OrderData, RefundData
from experiments.accounting.refunded_goods import Basis
from experiments.models import Store


class Event(Enum):
    """What a delivery tells."""

    ORDER = "an order as it is now"
    RESTORATION = "an order that was deleted is back"
    DELETION = "an order was deleted"
    REFUND = "money was paid back"
    CUSTOMER = "a customer as they are now, or what became of a customer's order"
    PRODUCT = "a product as it is now"
    PRODUCT_DELETION = "a product is no longer sold"
    ERASURE = "a customer is to be forgotten"
    SHOP_ERASURE = "all of the shop's customers are to be forgotten"
    DATA_REQUEST = "a customer wants to know what is stored about them"


@dataclass(frozen=True, slots=True)
class DeliveryTopic:
    """What a shop system's topic tells.

    ``is_versioned``: its bodies differ from one version of the order to the next, so that the same body again is the
    same delivery.
    """

    event: Event
    is_versioned: bool = True


@dataclass(frozen=True, slots=True)
class HeaderNames:
    """The HTTP headers in which a shop system says what it delivers."""

    topic: str
    signature: str
    delivery_id: str


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """What is stored of the order that a refund is about.

    ``basis`` is what the order is made of. ``unit_prices`` are SKU and price of its lines, in minor units.
    """

    basis: Basis
    unit_prices: Collection[tuple[str, int]]


class NamedProduct(Protocol):
    """A line of a body, as far as it names its product. ``external_ids``: the shop system's own, a variant's first."""

    @property
    def sku(self) -> str | None: ...
    @property
    def external_ids(self) -> tuple[str, ...]: ...


class ParsedOrder(Protocol):
    """An order's body as a typed value; ``reason_to_ignore`` is empty where the order is of interest, ``trial_mark``
    where nothing in it says that it is a test order. ``address`` is the email address that it was placed with, empty
    where the shop doesn't say it; it is hashed, and not stored with the order."""

    @property
    def id(self) -> int: ...
    @property
    def goods(self) -> Sequence[NamedProduct]: ...
    @property
    def visitor_id(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def trial_mark(self) -> str: ...
    @property
    def reason_to_ignore(self) -> str: ...
    @property
    def is_deleted(self) -> bool: ...


class ParsedRefund(Protocol):
    """A refund's body as a typed value."""

    @property
    def order_id(self) -> int | None: ...
    @property
    def goods(self) -> Sequence[NamedProduct]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductNews:
    """What a shop says of a product, or of a variant of one; what it doesn't say stays as it is.

    ``external_id`` is the shop system's own. ``price`` is in major units of ``currency``, the store's where that is
    empty. ``is_sold`` is whether there is any to be had, None where nothing is said of it; ``stock`` how many, None
    where the shop doesn't count them. ``is_id_alone``: all that is sent of a product that is gone.
    """

    external_id: str
    sku: str = ""
    price: Decimal | None = None
    currency: str = ""
    is_sold: bool | None = None
    stock: int | None = None
    is_id_alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPerson:
    """Whom a privacy request is about: by the shop's ID, an address, or orders; ``request_id`` is the shop's own."""

    customer_id: str = ""
    address: str = field(default="", repr=False)  # nobody's address is in a log
    order_ids: tuple[str, ...] = ()
    request_id: str = ""


class DeletedOrder(Struct):
    """All that is sent of an order that is gone."""

    id: Id


class DeletedProduct(Struct):
    """All that is sent of a product that is gone."""

    id: Id


OrderBody = TypeVar("OrderBody", bound=ParsedOrder)
RefundBody = TypeVar("RefundBody", bound=ParsedRefund)

_deleted_orders = Decoder(DeletedOrder)
_deleted_products = Decoder(DeletedProduct)


class ShopSystem(ABC, Generic[OrderBody, RefundBody]):
    """How one shop system delivers what happens to a store's orders. It keeps no state."""

    headers: ClassVar[HeaderNames]
    topics: ClassVar[Mapping[str, DeliveryTopic]]

    def is_ping(self, body: bytes) -> bool:
        """Whether the body only tries the address: it is answered although nobody signed it, and isn't kept."""
        return False

    def verify_signature(self, signature: str, secrets: Iterable[str], body: bytes) -> bool:
        """Return whether the signature is the body's with one of the secrets: HMAC-SHA256 in base64, unless overridden.

        Takes the same time wherever signatures differ, so that nobody can guess one byte by byte.
        """
        return signatures.is_signed(signature, secrets, body)

    def recognize_topic(self, name: str) -> DeliveryTopic | None:
        """Return what the topic tells; None where Offerlift has no use for it."""
        return self.topics.get(name)

    @abstractmethod
    def parse_order(self, body: bytes) -> OrderBody:
        """Parse the body of ``Event.ORDER`` and ``Event.RESTORATION``. Raises ``BadPayload``."""

    def parse_refund(self, body: bytes) -> RefundBody:
        """Parse the body of ``Event.REFUND``. Raises ``BadPayload``. For shop systems with such a topic."""
        raise BadPayload("This shop system doesn't deliver refunds on their own.")

    def parse_deletion(self, body: bytes) -> DeletedOrder:
        """Parse the body of ``Event.DELETION``: an object with the order's ``id``. Raises ``BadPayload``."""
        return payloads.decode(_deleted_orders, body)

    @abstractmethod
    def parse_product(self, body: bytes) -> list[ProductNews]:
        """Parse the body of ``Event.PRODUCT``: what can be sold of it. Raises ``BadPayload``."""

    def parse_product_deletion(self, body: bytes) -> ProductNews:
        """Parse the body of ``Event.PRODUCT_DELETION``: an object with the product's ``id``. Raises ``BadPayload``."""
        deleted = payloads.decode(_deleted_products, body)
        return ProductNews(external_id=str(deleted.id), is_sold=False, is_id_alone=True)

    @abstractmethod
    def read_order(self, order: OrderBody, read_token: ReadToken, products: ShopProducts = NO_PRODUCTS) -> OrderData:
        """Return the order without tax, in minor units. ``read_token`` checks the token of an accepted offer.

        Raises ``BadPayload`` and ``BadOrder``.
        """

    def read_refund(self, refund: RefundBody, stored: StoredOrder, products: ShopProducts = NO_PRODUCTS) -> RefundData:
        """Return what the refund paid back for goods, without tax, in minor units. Raises ``BadPayload``."""
        raise BadPayload("This shop system doesn't deliver refunds on their own.")

    def read_customer(self, topic: str, body: bytes, received_at: datetime) -> CustomerNews | None:
        """Return what the delivery says of a customer; None where such a topic says nothing. Raises ``BadPayload``."""
        return None

    def read_person(self, topic: str, body: bytes) -> NamedPerson:
        """Return whom ``Event.ERASURE`` or ``Event.DATA_REQUEST`` is about. Raises ``BadPayload``."""
        raise BadPayload("This shop system delivers no privacy requests.")

    @abstractmethod
    def complete_order(self, store: Store, data: OrderData) -> OrderData:
        """Add what is stored of the order and this version of it doesn't say.

        The caller holds the transaction that stores the result; the order stays locked until it ends.
        """
