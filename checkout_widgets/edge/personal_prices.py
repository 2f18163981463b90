"""Whether an offer's price is one that other shoppers don't get."""

from collections.abc import Iterable

from checkout_widgets.edge.widget_configuration import Item, OfferConfiguration
from experiments.models import Experiment, Status, Store


def is_personal(
    offer: OfferConfiguration, in_test: Iterable[OfferConfiguration], experiment: Experiment, store: Store
) -> bool:
    """Return whether shoppers outside the variant pay another price for the same goods.

    Those who see no offer pay the catalogue's price; those of another variant, its offer's (one of ``in_test``).
    """
    if is_for_everybody(experiment, store):
        return False
    if offer.pairing:
        return offer.pair_discount > 0
    if offer.price_minor != offer.catalogue_minor:
        return True
    goods = goods_of(offer)
    return any(other.price_minor != offer.price_minor and goods_of(other) == goods for other in in_test)


def is_for_everybody(experiment: Experiment, store: Store) -> bool:
    """Return whether every shopper gets the offer: a winner that is rolled out, to no group in particular."""
    return experiment.status == Status.CONCLUDED and not experiment.targeting and not store.holdout_share


def goods_of(offer: OfferConfiguration) -> set[tuple[str, int]]:
    """Return what is sold: SKUs and how many of each."""
    return set(map(name_of, offer.items))


def name_of(item: Item) -> tuple[str, int]:
    """Return what a product is and how many of it."""
    return item.sku, item.quantity
