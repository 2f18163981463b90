"""Locales, and how amounts, days and counts are written in them."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any, TypeVar

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_time
from babel.numbers import format_decimal, format_percent

from checkout_widgets.edge.wording import DAY, DEADLINE, PER, STOCK
from experiments import money as amounts

Wording = TypeVar("Wording")
ENGLISH = Locale("en")


@lru_cache(maxsize=1_000)
def known_tag(locale: str) -> str:
    """Return the name of the nearest locale that is known: however it is written, its content is built once."""
    return str(known_locale(locale))


def known_locale(locale: str) -> Locale:
    """Return the nearest locale that prices can be written in: ``de-XX`` is German, an unknown one is English."""
    for candidate in (locale, locale.replace("_", "-").partition("-")[0]):
        try:
            return Locale.parse(candidate.replace("_", "-"), sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return ENGLISH


def translated(wording: Mapping[str, Wording], locale: Locale) -> Wording:
    """Return the product's own words in the shopper's language, else in English."""
    return wording.get(locale.language, wording["en"])


def locale_with_words(locale: Locale) -> Locale:
    """Return the locale where the product has words in its language, else English: a sentence is in one language."""
    if locale.language not in DEADLINE:
        return ENGLISH
    return locale


def money(minor: int, currency: str, locale: Locale) -> dict[str, Any]:
    """Return an amount as a number and as text: ``{"minor": 990, "currency": "EUR", "text": "9,90 €"}``."""
    return {"minor": minor, "currency": currency, "text": amounts.text(minor, currency, locale=str(locale))}


def price_per(price: dict[str, Any], period: str, locale: Locale) -> dict[str, Any]:
    """Return the price of a subscription: ``9,90 € pro Monat``; as it is where it is paid once."""
    if not period:
        return price
    text = translated(PER, locale)[period].replace("{price}", price["text"])
    return {**price, "text": text}


def number(count: int, locale: Locale) -> str:
    """Write a count: ``1.234``."""
    return format_decimal(count, locale=locale)


def percent(whole: int, locale: Locale) -> str:
    """Write a whole percentage: ``34 %``."""
    return format_percent(whole / 100, locale=locale)


def stock_text(count: int, locale: Locale) -> str:
    """Say how many are left, in the language's plural form."""
    language, forms = locale_with_words(locale), translated(STOCK, locale)
    form = forms.get(language.plural_form(count), forms["other"])
    return form.replace("{count}", number(count, language))


def deadline_text(ends_at: datetime, zone: tzinfo, locale: Locale, now: datetime) -> str:
    """Say until when, by the store's clocks; with the year where it isn't the present one."""
    language, at = locale_with_words(locale), ends_at.astimezone(zone)
    pattern = translated(DAY, language)
    if at.year != now.astimezone(zone).year:
        pattern = f"{pattern} y"
    day = format_datetime(at, pattern, locale=language)
    time = format_time(at, "short", locale=language)
    return translated(DEADLINE, language).replace("{day}", day).replace("{time}", time)


def direction(text: str) -> str:
    """Return which way the copy runs: that of its first letter (Unicode Standard Annex 9, rule P2)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return "ltr"
        if kind in {"R", "AL"}:
            return "rtl"
    return "ltr"
