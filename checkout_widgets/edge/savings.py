"""What an offer may be said to save."""

from checkout_widgets.edge.widget_configuration import OfferConfiguration
from checkout_widgets.models import OfferKind

REDUCED = (OfferKind.BUNDLE, OfferKind.DISCOUNT, OfferKind.QUANTITY_BREAK)


def compare_at_minor(offer: OfferConfiguration) -> int:
    """Return what it costs without the offer: as the store says, else by the catalogue if the offer reduces prices.

    Never more than it may be said to have cost, whatever the store says.
    """
    if offer.compare_at_minor is not None:
        if offer.reference_minor is None:
            return offer.compare_at_minor
        return min(offer.compare_at_minor, offer.reference_minor)
    if offer.kind not in REDUCED:
        return 0
    return sum(item.before_minor for item in offer.items)
