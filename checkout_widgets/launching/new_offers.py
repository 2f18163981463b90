"""A new offer of one product, or of what goes with the cart: what most tests begin with. The admin makes others."""

from typing import Any

from django.db import transaction
from django.utils.text import slugify

from checkout_widgets.models import Offer, OfferItem, OfferKind, OfferPairing, PairSource, Product
from experiments.models import Store

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
    with transaction.atomic():
        offer = create_named(product.store, name, kind=kind, price_minor=price_minor)
        OfferItem.objects.create(offer=offer, product=product)
    return offer


def create_pair_offer(store: Store, *, name: str, pairing: str, source: str, discount: int) -> Offer:
    """Create an offer of what goes best with each shopper's cart, for the catalogue's price less a discount."""
    with transaction.atomic():
        return create_named(
            store,
            name,
            kind=OfferKind.CROSS_SELL,
            price_minor=0,  # says nothing: see the model
            pairing=pairing,
            pair_source=source,
            pair_discount=discount,
        )


def plain_pair_offer(store: Store, pairing: OfferPairing, source: PairSource) -> Offer:
    """Return the store's offer of these pairs at the catalogue's price, without dates or a limit; a new one where it
    has none."""
    own = Offer.objects.filter(store=store, pairing=pairing, pair_source=source, pair_discount=0, is_active=True)
    known = own.filter(starts_at=None, ends_at=None, stock_limit=None).order_by("pk").first()
    if known is not None:
        return known
    name = str(pairing.label)
    if source:
        name = f"{name}: {source.label}"
    return create_pair_offer(store, name=name, pairing=pairing, source=source, discount=0)


def create_named(store: Store, name: str, **fields: Any) -> Offer:
    """Create an offer in the store's currency, with a key made of its name. The caller opens the transaction."""
    # Locked, so that of two offers of one name at once the second gets a key of its own.
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)
    key = free_key(store, slugify(name)[:LONGEST_STEM].strip("-") or "offer")
    return Offer.objects.create(store=store, key=key, name=name, currency=store.currency, **fields)


def free_key(store: Store, stem: str) -> str:
    """Return a key that no offer of the store has: the stem, or the first of ``stem-2`` and so on."""
    taken = set(Offer.objects.filter(store=store, key__startswith=stem).values_list("key", flat=True))
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key
