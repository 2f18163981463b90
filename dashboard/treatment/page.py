"""What the page of a treatment shows beside its form: the store's offers, to choose from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.forms import BoundField

from checkout_widgets.edge.offers import load_offers
from checkout_widgets.edge.widget_configuration import OfferConfiguration
from checkout_widgets.models import Offer
from checkout_widgets.pair_offers import price_words


@dataclass(frozen=True, slots=True)
class OfferCard:
    """An offer to choose: ``stock`` is how often it can still be had, ``None`` where nothing is counted."""

    id: int
    name: str
    picture: str
    price: str
    stock: int | None
    is_available: bool
    is_chosen: bool
    sells_pairs: bool


def offer_cards(field: BoundField, now: datetime) -> list[OfferCard]:
    """Return the offers that the field lets choose, those that can be had first; the same few queries however many."""
    chosen = str(field.value() or "")
    choice: Any = field.field
    own: QuerySet[Offer] = choice.queryset.prefetch_related(None)
    known = load_offers(own.order_by())
    cards = []
    for pk, name in own.order_by("name").values_list("pk", "name"):
        cards.append(card_of(known[pk], name, is_chosen=str(pk) == chosen, now=now))
    # the chosen one first, so that it is in view
    return sorted(cards, key=lambda card: (not card.is_chosen, not card.is_available))


def card_of(offer: OfferConfiguration, name: str, *, is_chosen: bool, now: datetime) -> OfferCard:
    """Return an offer as it is drawn, with the picture of its first product that has one."""
    picture = ""
    for item in offer.items:
        picture = picture or item.image_url
    return OfferCard(
        id=offer.id,
        name=name,
        picture=picture,
        price=price_words(offer),
        stock=offer.stock,
        is_available=offer.is_available(now),
        is_chosen=is_chosen,
        sells_pairs=bool(offer.pairing),
    )
