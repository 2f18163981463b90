"""The bodies that the edge takes: strict types, bounded lengths; fields that it doesn't know are ignored."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Raw, Struct, field
from msgspec.json import Decoder

from checkout_widgets.edge import customer_schemas as schemas
from experiments.field_errors import text_in_form

MAX_EVENTS = 50
VISITOR_ID = r"^[A-Za-z0-9._:@/+=~|-]{1,64}\Z"
NO_NUL = r"^[^\x00]*\Z"  # the one character of Unicode that PostgreSQL can't store
# What each looks like, for whoever sent another one.
ID_WORDS = "1 to 64 characters: letters, digits, and . _ : @ / + = ~ | -"
STORABLE_WORDS = "text without the character NUL"
LOCALE_WORDS = "a language code such as en or pt-BR"
CURRENCY_WORDS = "a currency code of three capital letters, such as EUR"
COUNTRY_WORDS = "a country code of two letters, such as DE"
CUSTOMER_TYPE_WORDS = "at most 16 characters: letters, digits, - and _"
ONCE_WORDS = "1 to 64 characters: letters, digits, and . _ : -"

VisitorId = Annotated[str, text_in_form(VISITOR_ID, ID_WORDS)]
Key = Annotated[str, Meta(max_length=64)]
Token = Annotated[str, Meta(min_length=1, max_length=4_000)]
Name = Annotated[str, text_in_form(NO_NUL, STORABLE_WORDS, max_length=64)]
Reference = Annotated[str, text_in_form(NO_NUL, STORABLE_WORDS, min_length=1, max_length=64)]
Path = Annotated[str, text_in_form(NO_NUL, STORABLE_WORDS, max_length=2_000)]
Locale = Annotated[str, text_in_form(r"^[A-Za-z0-9_-]{0,35}\Z", LOCALE_WORDS)]
Currency = Annotated[str, text_in_form(r"^[A-Z]{3}\Z", CURRENCY_WORDS)]
Country = Annotated[str, text_in_form(r"^([A-Za-z]{2})?\Z", COUNTRY_WORDS)]
CustomerNumber = Annotated[int, Meta(ge=0, le=2**63 - 1)]
CustomerType = Annotated[str, text_in_form(r"^[A-Za-z0-9_-]{0,16}\Z", CUSTOMER_TYPE_WORDS)]
Minor = Annotated[int, Meta(ge=0, le=10**12)]
SignedMinor = Annotated[int, Meta(ge=-(10**12), le=10**12)]
Count = Annotated[int, Meta(ge=0, le=10**6)]
Time = Annotated[datetime, Meta(tz=True)]
Device = Literal["phone", "tablet", "desktop", ""]


class CartItem(Struct):
    """A product in the shopper's cart."""

    sku: Name = ""
    quantity: Count = 1
    category: Name | None = None


class Cart(Struct):
    """The shopper's cart; ``total_minor`` in minor units of ``currency``."""

    currency: Currency
    total_minor: Minor
    items: Annotated[list[CartItem], Meta(max_length=500)] = []


class Page(Struct):
    """Where the widget would be. ``query`` is what the visit came with, of which the ``utm_`` fields are read."""

    path: Path = ""
    query: Path = ""


class Visitor(Struct):
    """What the store knows of the shopper; ``customer_id`` is the store's own id of whoever is logged in.

    ``owned`` are SKUs that they have bought before: these are never suggested.
    """

    customer_id: Name | CustomerNumber | None = None
    customer_type: CustomerType | None = None
    orders: Count | None = None
    country: Country | None = None
    tags: Annotated[list[Name], Meta(max_length=50)] = []
    owned: Annotated[list[Name], Meta(max_length=200)] = []


class History(Struct):
    """What the shopper saw and did before."""

    shown_session: Count = 0
    shown_today: Count = 0
    declined_at: Time | None = None
    friction: Annotated[list[Name], Meta(max_length=20)] = []


class VisitBody(Struct):
    """What reports can be cut by: the page's type, whether the shopper is logged in, and the snippet's version."""

    page_type: Annotated[str, Meta(max_length=64)] | None = None
    logged_in: bool | None = None
    snippet: Annotated[int, Meta(ge=0, le=10**6)] | None = None


class Consent(Struct):
    """What the shopper allowed; null where nobody asked."""

    measurement: bool | None = None


class DecideBody(Struct):
    """``POST /v1/decide``."""

    moments: Annotated[list[str], Meta(min_length=1, max_length=50)]
    key: Key | None = None
    visitor_id: VisitorId | None = None
    page: Page | None = None
    locale: Locale | None = None
    device: Device | None = None
    cart: Cart | None = None
    visitor: Visitor | None = None
    history: History | None = None
    consent: Consent | None = None
    automation: bool | None = None
    preview: Token | None = None
    visit: VisitBody | None = None


class EventsBody(Struct):
    """``POST /v1/events``; each event is read by itself, so that a bad one costs no other."""

    visitor_id: VisitorId
    events: Annotated[list[Raw], Meta(min_length=1)]
    key: Key | None = None
    sent_at: Time | None = None


class EventBody(Struct):
    """One event of a batch."""

    id: UUID
    type: Literal[
        "exposure", "impression", "click", "accept", "accept_failed", "decline", "skipped", "error", "view", "reason"
    ]
    at: Time
    exposure_token: Token | None = None
    props: dict[str, Any] | None = None


class AcceptBody(Struct):
    """``POST /v1/accept``."""

    visitor_id: VisitorId
    exposure_token: Token
    idempotency_key: Annotated[str, text_in_form(r"^[A-Za-z0-9._:-]{1,64}\Z", ONCE_WORDS)]
    quantity: Annotated[int, Meta(ge=1, le=1_000)] = 1
    step: Literal["accepted", "declined"] | None = None
    key: Key | None = None
    locale: Locale | None = None


class AnswerBody(Struct):
    """``POST /v1/answers``."""

    question_token: Token
    tag: Reference
    key: Key | None = None


class RedeemBody(Struct):
    """``POST /v1/acceptances/redeem``."""

    acceptance_token: Token
    reference: Reference | None = None


class OrderLineBody(Struct):
    """A product in an order."""

    sku: Name
    quantity: Annotated[int, Meta(ge=1, le=10**6)]
    price_minor: SignedMinor
    acceptance_token: Token | None = None
    cost_minor: Minor | None = None
    discount_minor: Minor = 0
    external_id: Name = ""


class RefundLine(Struct):
    """A product that came back."""

    sku: Name
    quantity: Count


class OrderRefund(Struct):
    """Money paid back; ``shipping_minor`` and ``tax_minor`` say what of it wasn't for goods."""

    external_id: Name
    amount_minor: Minor
    at: Time
    lines: Annotated[list[RefundLine], Meta(max_length=1_000)] = []
    shipping_minor: Minor = 0
    tax_minor: Minor | None = None


# Of a customer a bad field is left out and named, and the order stored all the same (``order_customers.py``). So these
# are decoded as they come; what they ought to be is for the description alone.
AnyEmail = Annotated[Any, Meta(extra_json_schema={"type": "string", "format": "email", "maxLength": 254})]
AnyLocale = Annotated[Any, Meta(extra_json_schema={"type": "string", "maxLength": 16})]
AnyCountry = Annotated[Any, Meta(extra_json_schema={"type": "string", "maxLength": 2})]
AnyConsent = Annotated[Any, Meta(extra_json_schema=schemas.CONSENT)]
AnyShipments = Annotated[Any, Meta(extra_json_schema=schemas.SHIPMENTS)]


class OrderBody(Struct):
    """``POST /v1/orders``."""

    external_id: Name
    placed_at: Time
    updated_at: Time
    currency: Currency
    subtotal_minor: SignedMinor
    total_minor: SignedMinor
    lines: Annotated[list[OrderLineBody], Meta(max_length=1_000)]
    visitor_id: Name | None = None
    customer_id: Name | None = None
    status: Literal["pending", "on_hold", "paid", "cancelled"] = "paid"
    discount_minor: Minor | None = None
    tax_minor: SignedMinor = 0
    shipping_minor: SignedMinor = 0
    refunds: Annotated[list[OrderRefund], Meta(max_length=1_000)] = field(default_factory=list)
    repeat_kind: Literal["", "renewal", "copy"] = ""
    first_external_id: Name = ""
    test: bool = False
    email: AnyEmail = None
    locale: AnyLocale = None
    country: AnyCountry = None
    consent: AnyConsent = None
    shipments: AnyShipments = None


class ConvertLine(Struct):
    """A product in an order, as the page says."""

    sku: Name
    quantity: Annotated[int, Meta(ge=1, le=10**6)]
    price_minor: Minor


class ConvertOrder(Struct):
    """An order, as the confirmation page says; shops write its id as a text or as a number."""

    id: Reference | CustomerNumber
    currency: Currency
    total_minor: Minor
    lines: Annotated[list[ConvertLine], Meta(max_length=200)] = []
    acceptance_tokens: Annotated[list[Token], Meta(max_length=20)] = []


class ConvertBody(Struct):
    """``POST /v1/convert``."""

    visitor_id: VisitorId
    order: ConvertOrder
    key: Key | None = None


class KeyedBody(Struct):
    """Of any body, whose store it is for."""

    key: Key = ""


decide = Decoder(DecideBody)
events = Decoder(EventsBody)
event = Decoder(EventBody)
accept = Decoder(AcceptBody)
answer = Decoder(AnswerBody)
redeem = Decoder(RedeemBody)
order = Decoder(OrderBody)
convert = Decoder(ConvertBody)
keyed = Decoder(KeyedBody)
