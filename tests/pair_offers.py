"""Offers of pairs for tests: an offer, and counted pairs of a store."""

from typing import Any

from checkout_widgets.models import Offer, OfferPairing, Product
from checkout_widgets.recommending.lists import lists_of, write_lists
from experiments.models import Store


def make_pair_offer(store: Store, pairing: str = OfferPairing.BEST, **fields: Any) -> Offer:
    """An offer of what goes best with a cart, for the catalogue's price."""
    defaults = {"key": f"pair-{Offer.objects.count()}", "name": "Goes with it", "currency": store.currency}
    return Offer.objects.create(store=store, pairing=pairing, price_minor=0, **defaults | fields)


def count_pair(product: Product, suggested: Product, score: float = 0.5) -> None:
    """Make the second product the only one that is bought together with the first."""
    write_lists(product.store, lists_of([(product.pk, suggested.pk, score)]))
