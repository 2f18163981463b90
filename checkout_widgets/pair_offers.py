"""Offers that sell what goes with the cart instead of fixed products: which pairs, and for how much."""

from collections.abc import Iterable
from typing import Protocol

from django.utils.translation import gettext as _

from checkout_widgets.models.offer import OfferPairing
from experiments import formatting

# Which of the suggestions an offer sells: the first one, the second one, or both.
RANKS: dict[str, tuple[int, ...]] = {
    OfferPairing.BEST: (0,),
    OfferPairing.SECOND: (1,),
    OfferPairing.BOTH: (0, 1),
}


class PricedOffer(Protocol):
    """An offer, as the database or the edge has it."""

    @property
    def pairing(self) -> str:
        """Which pairs it sells; empty where it sells fixed products."""

    @property
    def pair_discount(self) -> int:
        """How much less than in the catalogue, in percent."""

    @property
    def price_minor(self) -> int:
        """The price of fixed products."""

    @property
    def currency(self) -> str:
        """Its currency."""


class PricedProduct(Protocol):
    """A product, as the database or the edge has it."""

    @property
    def price_minor(self) -> int:
        """What it costs in the catalogue."""


def pair_price_minor(catalogue_minor: int, discount: int) -> int:
    """Return what a product costs with a discount in percent, rounded half up: the same for everybody."""
    return (catalogue_minor * (100 - discount) + 50) // 100


def price_minor_of(offer: PricedOffer, sold: Iterable[PricedProduct]) -> int:
    """Return what an offer costs: its own price, or that of the products ``sold`` where it sells pairs."""
    if not offer.pairing:
        return offer.price_minor
    return sum(pair_price_minor(product.price_minor, offer.pair_discount) for product in sold)


def price_words(offer: PricedOffer) -> str:
    """Say what an offer costs: its price, or that it follows the catalog's."""
    if not offer.pairing:
        return formatting.price(offer.price_minor, offer.currency)
    if offer.pair_discount:
        return _("Catalog price less %(discount)s%%") % {"discount": offer.pair_discount}
    return _("Catalog price")
