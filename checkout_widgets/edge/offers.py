"""Database -> offers and widgets as the edge holds them."""

from collections import defaultdict
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import F, QuerySet, Sum
from msgspec import Struct, ValidationError, convert

from checkout_widgets import availability
from checkout_widgets.edge.configuration import ComparisonTable, Item, OfferConfiguration, WidgetConfiguration
from checkout_widgets.models import Acceptance, Offer, OfferItem, OfferTier, Product, Widget
from experiments.models import Experiment, Store

COPY = ("headline", "body", "reason", "social_proof", "accept_label", "decline_label", "terms_label")


class ComparisonRow(Struct):
    """A line of a comparison, as it is stored."""

    label: str
    values: tuple[str, str]


class ComparisonValue(Struct):
    """A comparison, as it is stored."""

    rows: list[ComparisonRow]
    columns: tuple[str, str] = ("", "")


def offers_shown_in(experiments: QuerySet[Experiment]) -> QuerySet[Offer]:
    """The offers that the experiments' widgets show."""
    return Offer.objects.filter(pk__in=Widget.objects.filter(variant__experiment__in=experiments).values("offer"))


def load_offers(offers: QuerySet[Offer]) -> dict[int, OfferConfiguration]:
    """The offers by id; the same few queries however many they are."""
    limited = Acceptance.objects.filter(offer__in=offers.filter(stock_limit__isnull=False))
    accepted = dict(limited.values_list("offer").annotate(Sum("quantity")).order_by())
    items: dict[int, list[OfferItem]] = defaultdict(list)
    own = OfferItem.objects.filter(offer__in=offers, product__store=F("offer__store"))
    for item in own.select_related("product"):
        items[item.offer_id].append(item)
    tiers: dict[int, dict[int, int]] = defaultdict(dict)
    for tier in OfferTier.objects.filter(offer__in=offers):
        tiers[tier.offer_id][tier.quantity] = tier.price_minor
    return {
        offer.pk: offer_configuration(offer, accepted.get(offer.pk, 0), items[offer.pk], tiers[offer.pk])
        for offer in offers.select_related("replaces")
    }


def offer_configuration(
    offer: Offer, accepted: int, items: list[OfferItem], tiers: dict[int, int]
) -> OfferConfiguration:
    """The offer as the edge holds it; a product of another store is nothing to upgrade from."""
    replaces = offer.replaces if offer.replaces and offer.replaces.store_id == offer.store_id else None
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
        items=tuple(item_configuration(item.product, item.quantity) for item in items),
        tiers=tiers,
        billing_period=offer.billing_period,
        replaces=item_configuration(replaces, 1) if replaces else None,
        recent_orders=offer.recent_orders,
    )


def stock_of(offer: Offer, accepted: int, items: list[OfferItem]) -> int | None:
    """How often the offer can still be had; None where neither products nor acceptances are counted."""
    stocks = []
    for item in items:
        stock = availability.stock_of_product(item.product.stock, is_sold=item.product.is_active)
        stocks.append((stock, item.quantity))
    limit_left = None
    if offer.stock_limit is not None:
        limit_left = offer.stock_limit - accepted
    return availability.times_left(stocks, limit_left)


def item_configuration(product: Product, quantity: int) -> Item:
    """The product as the edge holds it."""
    return Item(product.sku, product.title, quantity, product.image_url, product.price_minor)


def load_widgets(
    offers: dict[int, OfferConfiguration], experiments: QuerySet[Experiment]
) -> dict[int, WidgetConfiguration]:
    """The widgets that show these offers, by variant; never another store's offer."""
    own = Widget.objects.filter(variant__experiment__in=experiments, offer__store=F("variant__experiment__store"))
    return {
        widget.variant_id: widget_configuration(widget, offers[widget.offer_id], widget.variant.experiment.store)
        for widget in own.select_related("variant__experiment__store")
        if widget.offer_id in offers
    }


def widget_configuration(widget: Widget, offer: OfferConfiguration, store: Store) -> WidgetConfiguration:
    """The widget as the edge holds it; also one that isn't saved."""
    return WidgetConfiguration(
        offer=offer,
        layout=widget.layout,
        phone_layout=widget.phone_layout,
        copy=copy_of(widget),
        comparisons=comparisons_of(widget),
        theme=texts_of(widget.theme),
        terms_url=widget.terms_url,
        timezone=timezone_of(store),
        free_shipping_minor=store.free_shipping_minor,
    )


def timezone_of(store: Store) -> tzinfo:
    """The store's, or UTC where nobody knows it."""
    try:
        return ZoneInfo(store.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def copy_of(widget: Widget) -> dict[str, dict[str, str]]:
    """The texts by lower-case locale; what a translation doesn't override stays as it is."""
    own = {name: getattr(widget, name) for name in COPY}
    copy = {"": own}
    if isinstance(widget.translations, dict):
        for locale, texts in widget.translations.items():
            copy[locale.lower().replace("_", "-")] = own | texts_of(texts)
    return copy


def comparisons_of(widget: Widget) -> dict[str, ComparisonTable]:
    """The comparison by lower-case locale, where it can be read."""
    translations = widget.translations if isinstance(widget.translations, dict) else {}
    by_locale = {"": widget.comparison} | {
        locale.lower().replace("_", "-"): texts.get("comparison")
        for locale, texts in translations.items()
        if isinstance(texts, dict)
    }
    found = {locale: comparison_of(value) for locale, value in by_locale.items()}
    return {locale: comparison for locale, comparison in found.items() if comparison}


def comparison_of(value: Any) -> ComparisonTable | None:
    """The comparison that a JSON object is; None where it has no rows, or isn't one."""
    try:
        read = convert(value, ComparisonValue)
    except ValidationError:
        return None
    rows = tuple((row.label, *row.values) for row in read.rows)
    return ComparisonTable(read.columns, rows) if rows else None


def texts_of(value: Any) -> dict[str, str]:
    """Those entries of a JSON object that are text."""
    return {name: text for name, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}
