"""What a message says beside its document: of the store, the order and the offer, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from babel import Locale

from checkout_widgets.claims import ClaimSet, claims_in


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownItem:
    """A product as a message shows it; ``image_url`` is empty where it has no picture."""

    title: str
    quantity: int = 1
    image_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOffer:
    """What a message offers, at the price of now, as text in the reader's language.

    ``saved`` is the amount that stands for ``{saving}``, as in widgets; ``saving`` says it by itself. Both are empty
    where nothing may be said of a saving. ``claims`` are what stands for the placeholders of other claims: of
    those that are true. ``is_personal``: its products and price are the reader's own, as of an offer of pairs.
    """

    items: Sequence[ShownItem]
    price: str
    saving: str = ""
    saved: str = ""
    claims: Mapping[str, str] = field(default_factory=dict)
    is_personal: bool = False

    @property
    def true_claims(self) -> ClaimSet:
        """What may be claimed of the offer."""
        names = set(self.claims)
        if self.saved:
            names.add("saving")
        return claims_in(f"{{{name}}}" for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOrder:
    """The order that a message follows; ``more_items``: how many products it has beside ``items``."""

    number: str
    items: Sequence[ShownItem]
    total: str
    tracking_url: str = ""
    more_items: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLinks:
    """Where a message leads to; ``answers`` by the tag of the choice."""

    offer: str
    unsubscribe: str
    preferences: str
    answers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageContext:
    """All that is known when a message is written.

    ``is_similar_customer``: it rests on what was bought, not on an agreement.
    """

    locale: Locale
    store_name: str
    postal_address: str
    links: MessageLinks
    offer: ShownOffer | None = None
    order: ShownOrder | None = None
    is_similar_customer: bool = False

    def values(self) -> dict[str, str]:
        """What stands for the placeholders of a document."""
        values = {"store": self.store_name, "price": "", "saving": "", "product": "", "bought": "", "order": ""}
        if self.offer is not None:
            values |= {"price": self.offer.price, "saving": self.offer.saved, "product": first_title(self.offer.items)}
            values |= self.offer.claims
        if self.order is not None:
            values |= {"order": self.order.number, "bought": first_title(self.order.items)}
        return values


def first_title(items: Sequence[ShownItem]) -> str:
    """Return the name of the first product; empty without one."""
    for item in items:
        return item.title
    return ""
