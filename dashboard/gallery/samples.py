"""Offers of every kind, with copy in the product's languages, as the gallery shows them."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from checkout_widgets.edge.widget_configuration import ComparisonTable, Item, OfferConfiguration, WidgetConfiguration
from checkout_widgets.models import OfferKind

COPY = json.loads(Path(__file__).with_name("copy.json").read_text(encoding="utf-8"))
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "nl": "Nederlands",
    "pl": "Polski",
    "ar": "العربية",
}
CART_MINOR, FREE_SHIPPING_MINOR = 3900, 5000  # so that the bar of free shipping is most of the way
# What the button says where "add" would be wrong: an upgrade replaces something, a subscription goes on.
LABELS = {OfferKind.UPGRADE: "switch", OfferKind.SUBSCRIPTION: "subscribe"}
# Kinds that a shopper can't accept without having been told the terms, so their widgets link to them.
TERMS = (OfferKind.PROTECTION_PLAN, OfferKind.INSURANCE, OfferKind.SUBSCRIPTION)
DAYS_LEFT = 7
# price, then the products: (title, quantity, catalogue price, picture), then what else the offer has
SAMPLES: dict[str, tuple[int, list[tuple[str, int, int, str]], dict[str, Any]]] = {
    OfferKind.CROSS_SELL: (
        990,
        [("Leather care balm, 75 ml", 1, 1250, "balm")],
        {"compare_at_minor": 1250, "stock": 3, "recent_orders": 1240},
    ),
    OfferKind.UPGRADE: (
        10900,
        [("Headset Pro", 1, 10900, "headphones")],
        {"replaces": Item("headphones", "Headset", 1, "", 7900)},
    ),
    OfferKind.BUNDLE: (
        4800,
        [("Teapot", 1, 3900, "teapot"), ("Cup", 2, 1000, "cup")],
        {"days_left": DAYS_LEFT},
    ),
    OfferKind.QUANTITY_BREAK: (1200, [("Merino socks", 1, 1200, "socks")], {"tiers": {2: 2200, 3: 3000}}),
    OfferKind.PROTECTION_PLAN: (1499, [("Accident cover", 1, 1499, "shield")], {}),
    OfferKind.EXPEDITED_SHIPPING: (490, [("Express", 1, 490, "van")], {}),
    OfferKind.INSURANCE: (195, [("Parcel insurance", 1, 195, "shield")], {}),
    OfferKind.SUBSCRIPTION: (
        1290,
        [("Coffee, 500 g", 1, 1490, "coffee")],
        {"billing_period": "month", "compare_at_minor": 1490},
    ),
    OfferKind.DISCOUNT: (1920, [("Merino cap", 1, 2400, "cap")], {"days_left": DAYS_LEFT, "stock": 8}),
    OfferKind.ONBOARDING: (4900, [("Set-up call", 1, 4900, "call")], {}),
}


PLAIN = OfferConfiguration(
    id=0,
    key="",
    kind="",
    currency="EUR",
    price_minor=0,
    compare_at_minor=None,
    starts_at=None,
    ends_at=None,
    is_active=True,
    stock=None,
    items=(),
)


def widget(kind: str, layout: str, *, pictures: str, now: datetime) -> WidgetConfiguration:
    """The sample of a kind in a layout; ``pictures`` is the address that the pictures' names are appended to."""
    terms_url = ""
    if kind in TERMS:
        terms_url = "https://shop.example/terms"
    texts = {}
    for language in LANGUAGES:
        texts[language] = copy(kind, language)
    return WidgetConfiguration(
        offer=offer(kind, pictures, now),
        layout=layout,
        # the empty language is the fallback, as in what a store publishes
        copy={"": texts["en"], **texts},
        comparisons=comparisons(kind),
        theme={},
        terms_url=terms_url,
        free_shipping_minor=FREE_SHIPPING_MINOR,
    )


def comparisons(kind: str) -> dict[str, ComparisonTable]:
    """By language, the rows that compare an upgrade with what it replaces; none for other kinds."""
    if kind != OfferKind.UPGRADE:
        return {}
    tables = {}
    for language, rows in COPY["comparison"].items():
        tables[language] = ComparisonTable(("", ""), tuple(map(tuple, rows)))
    return {"": tables["en"], **tables}


def offer(kind: str, pictures: str, now: datetime) -> OfferConfiguration:
    """The offer of a sample, in euros."""
    price_minor, products, more = SAMPLES[kind]
    fields: dict[str, Any] = dict(more)
    days_left = fields.pop("days_left", None)
    if days_left:
        # to the end of a day, so that the sample's countdown doesn't depend on the time of day
        fields["ends_at"] = now.replace(hour=23, minute=59) + timedelta(days=days_left)
    items = []
    for title, quantity, minor, picture in products:
        items.append(Item(picture, title, quantity, f"{pictures}{picture}.svg", minor))
    return replace(PLAIN, key=kind, kind=kind, price_minor=price_minor, items=tuple(items), **fields)


def copy(kind: str, language: str) -> dict[str, str]:
    """The texts of a sample in a language."""
    headline, reason = COPY["kinds"][kind][language]
    labels = COPY["labels"][language]
    proof = ""
    if kind == OfferKind.CROSS_SELL:
        proof = COPY["proof"][language]
    return {
        "headline": headline,
        "body": "",
        "reason": reason,
        "social_proof": proof,
        "accept_label": labels[LABELS.get(OfferKind(kind), "add")],
        "decline_label": labels["no"],
        "terms_label": "",
    }
