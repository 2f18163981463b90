"""A widget's words without what isn't true of its offer: decided when the configuration is loaded, never for a visitor.

Text by text: a headline becomes the products' names, the button of a yes the price; anything else is left out.
"""

from babel import Locale
from babel.dates import format_date

from checkout_widgets.claims import OfferClaim, claims_in, is_honest, share_percent, true_claims
from checkout_widgets.edge.languages import number, percent
from checkout_widgets.edge.savings import compare_at_minor
from checkout_widgets.edge.widget_configuration import OfferConfiguration
from checkout_widgets.models import OfferKind

Copy = dict[str, dict[str, str]]
# What is always true in the place of a text that can't be empty.
INSTEAD = {"headline": "{product}", "accept_label": "{price}", "decline_label": "×"}  # noqa: RUF001
# Nobody owns a service, so that no share of owners is said of one.
SERVICES = (OfferKind.PROTECTION_PLAN, OfferKind.EXPEDITED_SHIPPING, OfferKind.INSURANCE)


def true_of(offer: OfferConfiguration) -> frozenset[OfferClaim]:
    """Return which claims are true of the offer."""
    found = true_claims(
        saving_minor=compare_at_minor(offer) - offer.price_minor,
        recent_orders=offer.recent_orders,
        owners=offer.owners,
        owners_with=offer.owners_with,
        has_quote=offer.quote is not None,
    )
    if offer.kind in SERVICES:
        return found - {OfferClaim.SHARE}
    return found


def without_untrue(copy: Copy, offer: OfferConfiguration) -> Copy:
    """Return the texts by locale without claims that aren't true of the offer."""
    true = true_of(offer)
    honest = {}
    for locale, texts in copy.items():
        honest[locale] = texts
        if not claims_in(texts.values()) <= true:
            honest[locale] = honest_texts(texts, true, offer)
    return honest


def honest_texts(texts: dict[str, str], true: frozenset[OfferClaim], offer: OfferConfiguration) -> dict[str, str]:
    """Return the texts of one language without untrue claims."""
    return {name: honest_text(name, text, true, offer) for name, text in texts.items()}


def honest_text(name: str, text: str, true: frozenset[OfferClaim], offer: OfferConfiguration) -> str:
    """Return a text, or what stands in its place."""
    if is_honest(text, true):
        return text
    # Each quantity of a quantity break has a saving of its own, which its button says.
    if name == "accept_label" and offer.tiers:
        return text
    return INSTEAD.get(name, "")


def claim_values(offer: OfferConfiguration, locale: Locale) -> dict[str, str]:
    """Return what stands for the placeholders of the offer's true claims, but for the saving."""
    true, values = true_of(offer), {}
    if OfferClaim.COUNT in true:
        values["orders_30d"] = number(offer.recent_orders, locale)
    if OfferClaim.SHARE in true:
        values["share"] = percent(share_percent(offer.owners_with, offer.owners) or 0, locale)
        values["share_count"] = number(offer.owners_with, locale)
        values["share_base"] = number(offer.owners, locale)
    if OfferClaim.QUOTE in true and offer.quote is not None:
        quote = offer.quote
        said_on = format_date(quote.said_on, "long", locale=locale)
        values["quote"] = f"“{quote.text}” {quote.name}, {quote.source}, {said_on}"
    return values
