"""What a widget says in the shopper's language: text, numbers and addresses of images, never HTML.

Built at the first request for a locale and kept with the widget's configuration, so that a decision only copies it.
"""

import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision

from checkout_widgets.edge.configuration import OfferConfiguration, WidgetConfiguration
from checkout_widgets.edge.wording import MESSAGES, SAVING
from checkout_widgets.pricing import share_out

LOW_STOCK = 10
MAX_LOCALES = 100
Wording = TypeVar("Wording")


def render(widget: WidgetConfiguration, locale: str) -> msgspec.Raw:
    """The ``content`` of a decision as JSON, for a locale such as ``de-DE``."""
    tag = known_tag(locale)
    content = widget.contents.get(tag)
    if content is None:
        if len(widget.contents) >= MAX_LOCALES:
            widget.contents.clear()
        content = widget.contents[tag] = msgspec.Raw(msgspec.json.encode(build(widget, known_locale(locale))))
    return content


@lru_cache(maxsize=1_000)
def known_tag(locale: str) -> str:
    """The name of the nearest locale that is known: however it is written, it is built once."""
    return str(known_locale(locale))


def known_locale(locale: str) -> Locale:
    """The nearest locale that prices can be written in: ``de-XX`` is German, and what nobody knows is English."""
    for candidate in (locale, locale.replace("_", "-").partition("-")[0]):
        try:
            return Locale.parse(candidate.replace("_", "-"), sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def build(widget: WidgetConfiguration, locale: Locale) -> dict[str, Any]:
    """The content as a dict; ``{price}`` and ``{saving}`` in the copy are the offer's, as text."""
    offer = widget.offer
    price = money(offer.price_minor, offer.currency, locale)
    saving_minor = max(0, (offer.compare_at_minor or 0) - offer.price_minor)
    saving = money(saving_minor, offer.currency, locale)
    copy = {
        name: text.replace("{price}", price["text"]).replace("{saving}", saving["text"])
        for name, text in copy_for(widget, locale).items()
    }
    return {
        "layout": widget.layout,
        "headline": copy["headline"],
        "body": copy["body"],
        "reason": copy["reason"],
        "proof": copy["social_proof"],
        "items": items(offer, locale),
        "price": price,
        "compare_at": money(offer.compare_at_minor or 0, offer.currency, locale) if saving_minor else None,
        "saving_text": own(SAVING, locale).replace("{saving}", saving["text"]) if saving_minor else "",
        "deadline_at": offer.ends_at,
        "stock": offer.stock if offer.stock is not None and offer.stock <= LOW_STOCK else None,
        "terms_url": widget.terms_url or None,
        "accept_label": copy["accept_label"],
        "decline_label": copy["decline_label"],
        "direction": direction(copy["headline"]),
        "theme": widget.theme,
        "messages": own(MESSAGES, locale),
    }


def copy_for(widget: WidgetConfiguration, locale: Locale) -> dict[str, str]:
    """The widget's texts for ``de-AT``, else ``de``, else as they were written."""
    tag = str(locale).lower().replace("_", "-")
    return widget.copy.get(tag) or widget.copy.get(locale.language) or widget.copy[""]


def own(wording: dict[str, Wording], locale: Locale) -> Wording:
    """The product's own words in the shopper's language, else in English."""
    return wording.get(locale.language, wording["en"])


def items(offer: OfferConfiguration, locale: Locale) -> list[dict[str, Any]]:
    """The products; ``price`` is what all units of one cost within the offer."""
    parts = share_out(offer.price_minor, [item.quantity * item.price_minor for item in offer.items])
    return [
        {
            "sku": item.sku,
            "title": item.title,
            "quantity": item.quantity,
            "image_url": item.image_url or None,
            "price": money(part, offer.currency, locale),
        }
        for item, part in zip(offer.items, parts, strict=True)
    ]


def money(minor: int, currency: str, locale: Locale) -> dict[str, Any]:
    """An amount as a number and as text: ``{"minor": 990, "currency": "EUR", "text": "9,90 €"}``."""
    major = Decimal(minor).scaleb(-get_currency_precision(currency))
    return {"minor": minor, "currency": currency, "text": format_currency(major, currency, locale=locale)}


def direction(text: str) -> str:
    """Which way the copy runs: that of its first letter (Unicode Standard Annex 9, rule P2)."""
    kinds = (unicodedata.bidirectional(character) for character in text)
    first = next((kind for kind in kinds if kind in ("L", "R", "AL")), "L")
    return "ltr" if first == "L" else "rtl"
