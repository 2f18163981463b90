"""Locales, and how amounts, days and counts are written in them."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any, TypeVar

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_time
from babel.numbers import format_decimal

from checkout_widgets.edge.wording import DAY, DEADLINE, PER, STOCK
from experiments import money as amounts

Wording = TypeVar("Wording")
ENGLISH = Locale("en")


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
    return ENGLISH


def translated(wording: Mapping[str, Wording], locale: Locale) -> Wording:
    """The product's own words in the shopper's language, else in English."""
    return wording.get(locale.language, wording["en"])


def locale_with_words(locale: Locale) -> Locale:
    """The locale where the product has words in its language, else English: so that a sentence is of one piece."""
    return locale if locale.language in DEADLINE else ENGLISH


def money(minor: int, currency: str, locale: Locale) -> dict[str, Any]:
    """An amount as a number and as text: ``{"minor": 990, "currency": "EUR", "text": "9,90 €"}``."""
    return {"minor": minor, "currency": currency, "text": amounts.text(minor, currency, locale=str(locale))}


def price_per(price: dict[str, Any], period: str, locale: Locale) -> dict[str, Any]:
    """The price of a subscription: ``9,90 € pro Monat``; as it is where it is paid once."""
    return price | {"text": translated(PER, locale)[period].replace("{price}", price["text"])} if period else price


def number(count: int, locale: Locale) -> str:
    """A count: ``1.234``."""
    return format_decimal(count, locale=locale)


def stock_text(count: int, locale: Locale) -> str:
    """How many are left, in the language's plural form."""
    forms = translated(STOCK, locale)
    form = forms.get(locale_with_words(locale).plural_form(count), forms["other"])
    return form.replace("{count}", number(count, locale_with_words(locale)))


def deadline_text(ends_at: datetime, zone: tzinfo, locale: Locale, now: datetime) -> str:
    """Until when, by the store's clocks; with the year where it is another than now."""
    language, at = locale_with_words(locale), ends_at.astimezone(zone)
    pattern = translated(DAY, language) + ("" if at.year == now.astimezone(zone).year else " y")
    day = format_datetime(at, pattern, locale=language)
    time = format_time(at, "short", locale=language)
    return translated(DEADLINE, language).replace("{day}", day).replace("{time}", time)


def direction(text: str) -> str:
    """Which way the copy runs: that of its first letter (Unicode Standard Annex 9, rule P2)."""
    kinds = (unicodedata.bidirectional(character) for character in text)
    first = next((kind for kind in kinds if kind in ("L", "R", "AL")), "L")
    return "ltr" if first == "L" else "rtl"
