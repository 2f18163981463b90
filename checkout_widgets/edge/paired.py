"""What a test's arms show of pairs with one cart: a variant with the products in its offer, and what the token says."""

from collections.abc import Iterable
from dataclasses import replace

from msgspec.msgpack import encode

from checkout_widgets.edge.configuration import (
    Choice,
    ExperimentConfiguration,
    SignedPairs,
    VariantConfiguration,
)
from checkout_widgets.edge.pairs import Pairing, Places, StorePairs
from checkout_widgets.edge.rows import PairedProduct
from checkout_widgets.edge.targeting_context import AskedContext
from checkout_widgets.edge.widget_configuration import Item, OfferConfiguration, WidgetConfiguration
from checkout_widgets.models import Product
from checkout_widgets.pair_offers import pair_price_minor
from checkout_widgets.pricing import split_amount

MAX_CHOICES = 2_000  # of a test: some 5 KB each with what is shown, so that they take 10 MB at most
# Nothing may be said of what a product cost before: unlike an offer's items, nobody looks at its past prices.
NO_REFERENCE = 0


def paired_choice(experiment: ExperimentConfiguration, variant: VariantConfiguration, context: AskedContext) -> Choice:
    """Return the choice of an arm of a test with pairs, for a cart that takes part.

    It is the same for all carts with the same products to show, and kept for them: by language and device, so that a
    bound of choices is one of what they keep, too.
    """
    pairing = experiment.pairing
    assert pairing is not None, "only of tests with pairs"
    places = pairing.would_show(context) or ()
    key = (variant.key, places, context.body.locale, context.device)
    kept: Choice | None = pairing.choices.get(key)
    if kept is not None:
        return kept
    if len(pairing.choices) >= MAX_CHOICES:  # carts are shoppers' own: there may be any number of pairs
        pairing.choices.clear()
    by_arm = dict(zip(pairing.arms, places, strict=True))
    shown = shown_variant(pairing, variant, by_arm.get(variant.key, ()))
    choice = Choice(experiment.moment, experiment, shown, pairs=encode(signed_pairs(pairing, shown, by_arm)))
    pairing.choices[key] = choice
    return choice


def signed_pairs(pairing: Pairing, shown: VariantConfiguration, by_arm: dict[str, Places]) -> SignedPairs:
    """Return what the token says: what is sold, each with its part of the price, and what each arm would show."""
    would_show = {}
    for key, places in by_arm.items():
        would_show[key] = [pairing.pairs.products[place].sku for place in places]
    sold: tuple[tuple[str, int], ...] = ()
    if by_arm.get(shown.key) and shown.widget is not None:
        sold = sold_parts(shown.widget.offer)
    return SignedPairs(pairing.pairs.version, sold, would_show)


def shown_variant(pairing: Pairing, variant: VariantConfiguration, places: Places) -> VariantConfiguration:
    """Return the variant with these products in its offer; without a widget where it has none for this cart."""
    if variant.key not in pairing.arms or variant.widget is None:
        return variant
    if not places:
        return replace(variant, widget=None, decisions={})
    return replace(variant, widget=widget_with(variant.widget, pairing.pairs, places), decisions={})


def widget_with(widget: WidgetConfiguration, pairs: StorePairs, places: Places) -> WidgetConfiguration:
    """Return the widget with these products in its offer."""
    return replace(widget, offer=offer_with(widget.offer, pairs, places), contents={})


def offer_with(offer: OfferConfiguration, pairs: StorePairs, places: Places) -> OfferConfiguration:
    """Return the offer of the products at these places."""
    return with_products(offer, [pairs.products[place] for place in places])


def with_products(offer: OfferConfiguration, products: Iterable[PairedProduct | Product]) -> OfferConfiguration:
    """Return an offer of pairs that sells these, each for the catalogue's price less the offer's discount."""
    items, price_minor = [], 0
    for product in products:
        items.append(Item(product.sku, product.title, 1, product.image_url, product.price_minor, NO_REFERENCE))
        price_minor += pair_price_minor(product.price_minor, offer.pair_discount)
    return replace(offer, items=tuple(items), price_minor=price_minor)


def sold_parts(offer: OfferConfiguration) -> tuple[tuple[str, int], ...]:
    """Return the SKU of each product with its part of the price, as the widget shows it."""
    parts = split_amount(offer.price_minor, [item.price_minor for item in offer.items])
    return tuple((item.sku, part) for item, part in zip(offer.items, parts, strict=True))
