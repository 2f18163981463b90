"""A new offer of one product: what most tests begin with. Others are made in the admin."""

from django.db import transaction
from django.utils.text import slugify

from checkout_widgets.models import Offer, OfferItem, OfferKind, Product

# Bundles and upgrades name further products, quantity breaks have tiers, and subscriptions have a period.
KINDS = (
    OfferKind.CROSS_SELL,
    OfferKind.DISCOUNT,
    OfferKind.PROTECTION_PLAN,
    OfferKind.INSURANCE,
    OfferKind.EXPEDITED_SHIPPING,
    OfferKind.ONBOARDING,
)
LONGEST_STEM = 56  # a key has 64 characters: there is room for a number


def create_offer(product: Product, *, name: str, kind: str, price_minor: int) -> Offer:
    """Create an offer of one piece of the product, in the currency of its store."""
    store = product.store
    with transaction.atomic():
        # locked, so that of two offers of one name at once the second gets a key of its own
        type(store).objects.select_for_update(no_key=True).get(pk=store.pk)
        offer = Offer.objects.create(
            store=store,
            key=free_key(product, slugify(name)[:LONGEST_STEM].strip("-") or "offer"),
            name=name,
            kind=kind,
            currency=store.currency,
            price_minor=price_minor,
        )
        OfferItem.objects.create(offer=offer, product=product)
    return offer


def free_key(product: Product, stem: str) -> str:
    """Return a key that no offer of the product's store has: the stem, or the first of ``stem-2`` and so on."""
    taken = set(Offer.objects.filter(store=product.store_id, key__startswith=stem).values_list("key", flat=True))
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key
