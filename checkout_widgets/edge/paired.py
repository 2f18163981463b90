"""What a test's arms show of pairs with one cart: a variant with the products in its offer, and what the token says."""

from dataclasses import replace

from checkout_widgets.edge.configuration import (
    Choice,
    ExperimentConfiguration,
    SignedPairs,
    VariantConfiguration,
)
from checkout_widgets.edge.pairs import Pairing, Places, StorePairs
from checkout_widgets.edge.targeting_context import AskedContext
from checkout_widgets.edge.widget_configuration import Item, OfferConfiguration, WidgetConfiguration
from checkout_widgets.pair_offers import pair_price_minor
from checkout_widgets.pricing import split_amount

MAX_SHOWN = 2_000  # variants with products: some 4 KB each, so that a store's take 8 MB at most
# Nothing may be said of what a product cost before: unlike an offer's items, nobody looks at its past prices.
NO_REFERENCE = 0


def paired_choice(experiment: ExperimentConfiguration, variant: VariantConfiguration, context: AskedContext) -> Choice:
    """Return the choice of an arm of a test with pairs, for a cart with which every arm can show something."""
    pairing = experiment.pairing
    assert pairing is not None, "only of tests with pairs"
    places = pairing.would_show(context) or {}
    shown = shown_variant(pairing, variant, places.get(variant.key, ()))
    return Choice(experiment.moment, experiment, shown, pairs=signed_pairs(pairing, shown, places))


def signed_pairs(pairing: Pairing, shown: VariantConfiguration, places: dict[str, Places]) -> SignedPairs:
    """Return what the token says: what is sold, each with its part of the price, and what each arm would show."""
    would_show = {}
    for key, of_arm in places.items():
        would_show[key] = [pairing.pairs.products[place].sku for place in of_arm]
    return SignedPairs(pairing.pairs.version, shown.sold_parts, would_show)


def shown_variant(pairing: Pairing, variant: VariantConfiguration, places: Places) -> VariantConfiguration:
    """Return the variant with these products in its offer; as it is where it shows none."""
    if variant.widget is None or not places:
        return variant
    kept: VariantConfiguration | None = pairing.shown.get((variant.key, places))
    if kept is not None:
        return kept
    if len(pairing.shown) >= MAX_SHOWN:  # carts are shoppers' own: there may be any number of pairs
        pairing.shown.clear()
    widget = widget_with(variant.widget, pairing.pairs, places)
    shown = replace(variant, widget=widget, decisions={}, sold_parts=sold_parts(widget.offer))
    pairing.shown[variant.key, places] = shown
    return shown


def widget_with(widget: WidgetConfiguration, pairs: StorePairs, places: Places) -> WidgetConfiguration:
    """Return the widget with these products in its offer."""
    return replace(widget, offer=offer_with(widget.offer, pairs, places), contents={})


def offer_with(offer: OfferConfiguration, pairs: StorePairs, places: Places) -> OfferConfiguration:
    """Return the offer of these products, each for the catalogue's price less the offer's discount."""
    items, price_minor = [], 0
    for place in places:
        product = pairs.products[place]
        items.append(Item(product.sku, product.title, 1, product.image_url, product.price_minor, NO_REFERENCE))
        price_minor += pair_price_minor(product.price_minor, offer.pair_discount)
    return replace(offer, items=tuple(items), price_minor=price_minor)


def sold_parts(offer: OfferConfiguration) -> tuple[tuple[str, int], ...]:
    """Return the SKU of each product with its part of the price, as the widget shows it."""
    parts = split_amount(offer.price_minor, [item.price_minor for item in offer.items])
    return tuple((item.sku, part) for item, part in zip(offer.items, parts, strict=True))
