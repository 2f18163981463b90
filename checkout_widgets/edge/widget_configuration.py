"""What the edge knows of offers and widgets while it answers. Immutable, built by ``offers.py``."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo

from msgspec import Raw

from checkout_widgets.availability import are_left, is_within


@dataclass(frozen=True, slots=True)
class Item:
    """A product in an offer; ``price_minor`` is what one costs in the catalogue.

    ``reference_minor`` is the highest that may be said it cost before; None where nothing limits it.
    """

    sku: str
    title: str
    quantity: int
    image_url: str
    price_minor: int
    reference_minor: int | None = None

    @property
    def before_minor(self) -> int:
        """What all its units cost without the offer, as far as that may be said."""
        price_minor = self.price_minor
        if self.reference_minor is not None:
            price_minor = min(price_minor, self.reference_minor)
        return self.quantity * price_minor


@dataclass(frozen=True, slots=True)
class OfferQuote:
    """What somebody said of the offer's products: who, where, and when."""

    text: str
    name: str
    source: str
    said_on: date


@dataclass(frozen=True, slots=True)
class OfferConfiguration:
    """What is sold, in minor units. ``stock`` is how often it can still be had; None where nothing is counted.

    ``tiers`` maps quantities to the price of so many, ``replaces`` is what an upgrade takes the place of, and
    ``recent_orders`` are those of the last 30 days with one of the products; of the ``owners`` of another product
    ``owners_with`` have bought one. ``terms`` are by lower-case locale, ``""``
    being the offer's own.
    """

    id: int
    key: str
    kind: str
    currency: str
    price_minor: int
    compare_at_minor: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    is_active: bool
    stock: int | None
    items: tuple[Item, ...]
    tiers: dict[int, int] = field(default_factory=dict)
    billing_period: str = ""
    replaces: Item | None = None
    recent_orders: int = 0
    terms: dict[str, str] = field(default_factory=dict)
    owners: int = 0
    owners_with: int = 0
    quote: OfferQuote | None = None
    pairing: str = ""
    pair_source: str = ""
    pair_discount: int = 0

    def is_available(self, now: datetime) -> bool:
        """Return whether the offer can be shown: active, within its dates, and in stock."""
        return self.is_to_be_had and is_within(now, self.starts_at, self.ends_at)

    @property
    def is_to_be_had(self) -> bool:
        """Whether the offer can be shown as far as dates don't matter: active and in stock."""
        # Of pairs, the items are known once the cart is.
        return self.is_active and bool(self.items or self.pairing) and are_left(self.stock)

    @property
    def reference_minor(self) -> int | None:
        """The highest that may be said the items cost before; None where nothing limits it, of one of them at least."""
        total_minor = 0
        for item in self.items:
            if item.reference_minor is None:
                return None
            total_minor += item.quantity * item.reference_minor
        return total_minor

    @property
    def catalogue_minor(self) -> int:
        """What the items cost one by one in the catalogue."""
        total_minor = 0
        for item in self.items:
            total_minor += item.quantity * item.price_minor
        return total_minor

    @property
    def has_dates(self) -> bool:
        """Whether the time can open or end it."""
        return self.starts_at is not None or self.ends_at is not None


@dataclass(frozen=True, slots=True)
class ComparisonTable:
    """Two versions side by side: what is in the cart, then what is offered; ``rows`` are a label and two values."""

    columns: tuple[str, str]
    rows: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class WidgetConfiguration:
    """How the offer is shown. ``copy`` and ``comparisons`` are by lower-case locale, ``""`` being the widget's own.

    ``phone_copy`` is the copy on phones, where any of it is another. ``is_price_marked`` is whether it says that other
    shoppers may get another price. ``asks_why_declined`` is whether a no is followed by the question why. ``next`` are
    the second offers of a sequence, by the answer after which each comes.
    ``contents`` keeps what was built for a locale, a layout and a kind of device: see ``content.py``.
    """

    offer: OfferConfiguration
    layout: str
    copy: dict[str, dict[str, str]]
    theme: dict[str, str]
    terms_url: str
    phone_layout: str = ""
    comparisons: dict[str, ComparisonTable] = field(default_factory=dict)
    timezone: tzinfo = UTC
    free_shipping_minor: int | None = None
    is_price_marked: bool = False
    phone_copy: dict[str, dict[str, str]] = field(default_factory=dict)
    asks_why_declined: bool = False
    next: "dict[str, WidgetConfiguration]" = field(default_factory=dict)
    contents: dict[tuple[str, str, bool], Raw] = field(default_factory=dict, compare=False, repr=False)
