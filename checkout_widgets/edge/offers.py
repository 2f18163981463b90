"""Makes offers and widgets, as the edge holds them, of their rows."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from msgspec import Struct, ValidationError, convert

from checkout_widgets import availability
from checkout_widgets.edge.honest_copy import without_untrue
from checkout_widgets.edge.personal_prices import is_personal
from checkout_widgets.edge.rows import ExperimentRows, OfferRows, read_offers
from checkout_widgets.edge.widget_configuration import (
    ComparisonTable,
    Item,
    OfferConfiguration,
    OfferQuote,
    WidgetConfiguration,
)
from checkout_widgets.models import NextWidget, Offer, OfferDesign, OfferItem, Product, Widget
from experiments.models import Store

COPY = ("headline", "body", "reason", "social_proof", "accept_label", "decline_label", "terms_label")


class ComparisonRow(Struct):
    """A line of a comparison, as it is stored."""

    label: str
    values: tuple[str, str]


class ComparisonValue(Struct):
    """A comparison, as it is stored."""

    rows: list[ComparisonRow]
    columns: tuple[str, str] = ("", "")


def load_offers(offers: QuerySet[Offer]) -> dict[int, OfferConfiguration]:
    """Return the offers by id; the same few queries however many they are."""
    return offer_configurations(read_offers(offers))


def offer_configurations(offers: Iterable[OfferRows]) -> dict[int, OfferConfiguration]:
    """Return the offers by id."""
    found = {}
    for rows in offers:
        found[rows.offer.pk] = offer_configuration(rows.offer, rows.accepted, rows.items, rows.tiers)
    return found


def offer_configuration(
    offer: Offer, accepted: int, items: list[OfferItem], tiers: dict[int, int]
) -> OfferConfiguration:
    """Return the offer as the edge holds it; a product of another store is nothing to upgrade from."""
    replaces = None
    if offer.replaces and offer.replaces.store_id == offer.store_id:
        replaces = item_configuration(offer.replaces, 1)
    return OfferConfiguration(
        id=offer.pk,
        key=offer.key,
        kind=offer.kind,
        currency=offer.currency,
        price_minor=offer.price_minor,
        compare_at_minor=offer.compare_at_minor,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        is_active=offer.is_active,
        stock=stock_of(offer, accepted, items),
        items=tuple(item_configuration(item.product, item.quantity, item.reference_minor) for item in items),
        tiers=tiers,
        billing_period=offer.billing_period,
        replaces=replaces,
        recent_orders=offer.recent_orders,
        terms=terms_of(offer),
        owners=offer.owners,
        owners_with=offer.owners_with,
        quote=quote_of(offer),
        pairing=offer.pairing,
        pair_source=offer.pair_source,
        pair_discount=offer.pair_discount,
    )


def quote_of(offer: Offer) -> OfferQuote | None:
    """Return what somebody said; None where any of it is missing, as then nobody can check it."""
    if not (offer.quote_text and offer.quote_name and offer.quote_source and offer.quote_date):
        return None
    return OfferQuote(offer.quote_text, offer.quote_name, offer.quote_source, offer.quote_date)


def stock_of(offer: Offer, accepted: int, items: list[OfferItem]) -> int | None:
    """Return how often the offer can still be had; None where neither products nor acceptances are counted."""
    stocks = []
    for item in items:
        stock = availability.stock_of_product(item.product.stock, is_sold=item.product.is_active)
        stocks.append((stock, item.quantity))
    limit_left = None
    if offer.stock_limit is not None:
        limit_left = offer.stock_limit - accepted
    if offer.pairing:
        return availability.limit_of_pairs(limit_left)
    return availability.times_left(stocks, limit_left)


def item_configuration(product: Product, quantity: int, reference_minor: int | None = None) -> Item:
    """Return the product as the edge holds it."""
    return Item(product.sku, product.title, quantity, product.image_url, product.price_minor, reference_minor)


def terms_of(offer: Offer) -> dict[str, str]:
    """Return the terms by lower-case locale: what is written, and translations of it."""
    terms = {"": offer.terms}
    for locale, text in texts_of(offer.terms_translations).items():
        terms[locale.lower().replace("_", "-")] = text
    return terms


def widget_configurations(
    rows: ExperimentRows, offers: dict[int, OfferConfiguration], store: Store
) -> dict[int, WidgetConfiguration]:
    """Return the experiment's widgets that show these offers, by variant, each with its second offers."""
    shown: list[tuple[Widget | NextWidget, OfferConfiguration]] = []
    every: list[Widget | NextWidget] = [*rows.widgets, *rows.next_widgets]
    for widget in every:
        if widget.offer_id in offers:
            shown.append((widget, offers[widget.offer_id]))
    in_test = [offer for _, offer in shown]
    found: dict[int, WidgetConfiguration] = {}
    for widget, offer in shown:  # the second offers last
        is_marked = store.is_personal_price_marked and is_personal(offer, in_test, rows.experiment, store)
        configuration = widget_configuration(widget, offer, store, is_price_marked=is_marked)
        if isinstance(widget, Widget):
            found[widget.variant_id] = configuration
        elif widget.variant_id in found:
            found[widget.variant_id].next[widget.after] = configuration
    return found


def widget_configuration(
    widget: OfferDesign, offer: OfferConfiguration, store: Store, *, is_price_marked: bool = False
) -> WidgetConfiguration:
    """Return the widget as the edge holds it; also one that isn't saved."""
    copy = copy_of(widget)
    return WidgetConfiguration(
        offer=offer,
        layout=widget.layout,
        phone_layout=widget.phone_layout,
        copy=without_untrue(copy, offer),
        phone_copy=without_untrue(phone_copy_of(widget, copy), offer),
        comparisons=comparisons_of(widget),
        theme=texts_of(widget.theme),
        terms_url=widget.terms_url,
        timezone=store.zone,
        free_shipping_minor=store.free_shipping_minor,
        is_price_marked=is_price_marked,
        asks_why_declined=store.asks_why_declined,
    )


def phone_copy_of(widget: OfferDesign, copy: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return the texts on phones by lower-case locale; none where they are the same as elsewhere.

    A text of its own language on phones stands before one that is for phones in the widget's own language alone.
    """
    on_phones = by_locale(widget.phone_copy)
    if not any(texts_of(texts) for texts in on_phones.values()):
        return {}
    own = texts_of(on_phones.get(""))
    found = {}
    for locale in {*copy, *on_phones}:
        texts = dict(copy.get(locale, copy[""]))
        if locale not in copy or locale == "":
            texts |= own
        found[locale] = texts | texts_of(on_phones.get(locale))
    return found


def copy_of(widget: OfferDesign) -> dict[str, dict[str, str]]:
    """Return the texts by lower-case locale; what a translation doesn't override stays as it is."""
    own = {name: getattr(widget, name) for name in COPY}
    copy = {"": own}
    for locale, texts in translations_of(widget).items():
        copy[locale] = own | texts_of(texts)
    return copy


def translations_of(widget: OfferDesign) -> dict[str, Any]:
    """Return the translations by lower-case locale: ``pt-br``. None where what is stored isn't a JSON object."""
    return by_locale(widget.translations)


def by_locale(stored: Any) -> dict[str, Any]:
    """Return the entries of a JSON object by lower-case locale; none where it isn't one."""
    if not isinstance(stored, dict):
        return {}
    return {locale.lower().replace("_", "-"): texts for locale, texts in stored.items()}


def comparisons_of(widget: OfferDesign) -> dict[str, ComparisonTable]:
    """Return the comparison by lower-case locale, where it can be read."""
    stored = {"": widget.comparison}
    for locale, texts in translations_of(widget).items():
        if isinstance(texts, dict):
            stored[locale] = texts.get("comparison")
    found = {}
    for locale, value in stored.items():
        comparison = comparison_of(value)
        if comparison is not None:
            found[locale] = comparison
    return found


def comparison_of(value: Any) -> ComparisonTable | None:
    """Return the comparison that a JSON object is; None where it has no rows, or isn't one."""
    try:
        read = convert(value, ComparisonValue)
    except ValidationError:
        return None
    if not read.rows:
        return None
    return ComparisonTable(read.columns, tuple((row.label, *row.values) for row in read.rows))


def texts_of(value: Any) -> dict[str, str]:
    """Return those entries of a JSON object that are text."""
    if not isinstance(value, dict):
        return {}
    return {name: text for name, text in value.items() if isinstance(text, str)}
